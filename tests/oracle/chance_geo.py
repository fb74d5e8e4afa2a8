# SPDX-License-Identifier: GPL-3.0-or-later
"""Random commands on places in sorted sets; see chance.py."""

TEMPLATES = '''
GEOADD K +P:W:N
GEOADD K +P:W:N
GEOADD K +P:W:N
GEOADD K P:W:N:P:W:N:P:W:N:P:W:N:P:W:N:P:W:N
GEOADD K ?NX|XX ?CH +P:W:N
GEOADD K ?NX ?XX ?CH +P:W:N ?N
ZADD K +A:N
ZREM K N
GEODIST K N N ?H|nonsense
GEOHASH K +N
GEOPOS K +N
GEOHASH K
ZRANGE K 0 -1 WITHSCORES
GEOSEARCH K FROMLONLAT P:W BYRADIUS R H ?ASC|DESC ?COUNT:C ?WITHCOORD ?WITHDIST ?WITHHASH
GEOSEARCH K FROMLONLAT P:W BYBOX R R H ?ASC|DESC ?COUNT:C ?WITHDIST
GEOSEARCH K FROMMEMBER N BYBOX R R H ?ASC|DESC ?COUNT:C:ANY ?WITHCOORD
GEOSEARCH K FROMMEMBER N BYRADIUS R H ?ASC|DESC ?COUNT:C:ANY ?WITHHASH
GEOSEARCH K ?FROMMEMBER:N ?FROMLONLAT:P:W ?BYRADIUS:R:H ?BYBOX:R:R:H ?ANY ?nonsense
GEOSEARCHSTORE K K FROMLONLAT P:W BYRADIUS R H ?ASC|DESC ?COUNT:C ?STOREDIST
GEOSEARCHSTORE K K FROMMEMBER N BYBOX R R H ?COUNT:C ?STOREDIST ?WITHDIST
GEORADIUS K P:W R H ?ASC|DESC ?COUNT:C ?WITHCOORD ?WITHDIST
GEORADIUS K P:W R H ?STORE:K ?STOREDIST:K ?COUNT:C ?WITHHASH
GEORADIUS_RO K P:W R H ?ASC|DESC ?COUNT:C ?STORE:K
GEORADIUSBYMEMBER K N R H ?ASC|DESC ?COUNT:C:ANY ?WITHCOORD
GEORADIUSBYMEMBER K N R H ?STORE:K ?STOREDIST:K
GEORADIUSBYMEMBER_RO K N R H ?DESC ?WITHDIST
CONFIG SET zset-max-listpack-entries L
'''


def longitude(maker):
    chance = maker.chance
    kind = chance.random()
    if kind < 0.02:
        return chance.choice(('x', 'nan', 'inf', '180.0001', '-181'))
    if kind < 0.1:
        return chance.choice((180, -180, 0, 179.9999, -179.9999))
    if kind < 0.5:
        return round(chance.uniform(-1, 1), chance.randrange(3, 9))
    return round(chance.uniform(-180, 180), chance.randrange(7))


def latitude(maker):
    chance = maker.chance
    kind = chance.random()
    if kind < 0.02:
        return chance.choice(('x', '85.06', '-90', ''))
    if kind < 0.1:
        return chance.choice((85.05112878, -85.05112878, 0, 85, 66.1, -80.1))
    if kind < 0.5:
        return round(chance.uniform(-1, 1), chance.randrange(3, 9))
    return round(chance.uniform(-85, 85), chance.randrange(7))


FILL = {
    'P': longitude,
    'W': latitude,
    'N': lambda maker: 'p%d' % maker.chance.randrange(24),
    'A': lambda maker: maker.chance.choice(
        (-1, 0, 1.5, 2**52, 2**53, 3479099956230698, 1e15)),
    'H': lambda maker: maker.chance.choice(
        ('m', 'km', 'km', 'KM', 'ft', 'mi', 'mi')),
    'R': lambda maker: maker.chance.choice(
        (0, 1, 10, 100, 200, 500, 1000, 3000, 5000, 10000, 1e5, 0.5)
        if maker.chance.random() < 0.97 else (-1, 'x', 'inf', '')),
    'C': lambda maker: maker.chance.choice((1, 2, 3, 10, 100, 0, -1, 'x')),
    'L': lambda maker: maker.chance.choice((0, 5, 128)),
}
