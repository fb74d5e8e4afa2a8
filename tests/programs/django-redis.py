# SPDX-License-Identifier: GPL-3.0-or-later
"""django-redis: Django's cache and its sessions."""

import tap
from tap import case, equal, until

try:
    import django
    from django.conf import settings
    from django_redis import get_redis_connection
except ImportError:
    tap.skip_all('python3-django-redis is not installed')


def cache_settings(database, **options):
    return {'BACKEND': 'django_redis.cache.RedisCache',
            'LOCATION': 'redis://%s:%d/%d' % (tap.HOST, tap.PORT, database),
            'KEY_PREFIX': 'site', 'OPTIONS': options}


settings.configure(
    SECRET_KEY='none',
    CACHES={
        'default': cache_settings(0),
        'packed': cache_settings(
            1, COMPRESSOR='django_redis.compressors.zlib.ZlibCompressor',
            SERIALIZER='django_redis.serializers.json.JSONSerializer'),
    },
    SESSION_ENGINE='django.contrib.sessions.backends.cache')
django.setup()

from django.contrib.sessions.backends.cache import SessionStore  # noqa: E402
from django.core.cache import cache, caches  # noqa: E402


@case
def values():
    cache.set('k', {'a': [1, None, 'ü'], 'b': b'\0'}, timeout=100)
    equal(cache.get('k'), {'a': [1, None, 'ü'], 'b': b'\0'})
    equal(cache.get('none', 'default'), 'default')
    equal(cache.add('k', 1), False)
    equal(cache.add('new', 1), True)
    equal(cache.set('new', 2, nx=True), False)
    equal(cache.has_key('k'), True)
    equal('k' in cache, True)
    equal(cache.get_or_set('made', lambda: 42), 42)
    equal(cache.delete('k'), True)
    equal(cache.get('k'), None)
    equal(cache.set('v', 'one', version=1) and cache.get('v', version=2), None)
    equal(cache.incr_version('v'), 2)
    equal((cache.get('v'), cache.get('v', version=2)), (None, 'one'))


@case
def many():
    cache.set_many({'m%d' % n: n for n in range(500)})
    equal(cache.get_many(['m1', 'none', 'm499']), {'m1': 1, 'm499': 499})
    equal(sorted(cache.keys('m49?')), ['m49%d' % n for n in range(10)])
    equal(len(list(cache.iter_keys('m*', itersize=50))), 500)
    equal(cache.delete_many(['m1', 'm2', 'none']), 2)
    equal(cache.delete_pattern('m*', itersize=100), 498)
    equal(cache.keys('*'), [])


@case
def expiry():
    cache.set('k', 1, timeout=60)
    equal(cache.ttl('k'), 60)
    assert 59000 < cache.pttl('k') <= 60000
    equal(cache.persist('k'), True)
    equal(cache.ttl('k'), None)
    equal(cache.expire('k', timeout=30), True)
    equal(cache.touch('k', 90), True)
    equal(cache.ttl('k'), 90)
    equal(cache.pexpire('k', timeout=40), True)
    until(lambda: cache.get('k') is None)
    equal(cache.ttl('k'), 0)
    cache.set('never', 1, timeout=0)
    equal(cache.get('never'), None)


@case
def packed():
    page = '<p>text</p>' * 10000
    caches['packed'].set('page', {'body': page})
    equal(caches['packed'].get('page'), {'body': page})
    assert get_redis_connection('packed').strlen('site:1:page') < 2000
    caches['packed'].clear()
    equal(caches['packed'].get('page'), None)


@case
def sessions():
    session = SessionStore()
    session['user'] = 'anne'
    session.set_expiry(300)
    session.create()
    again = SessionStore(session_key=session.session_key)
    equal(again['user'], 'anne')
    again['visits'] = 2
    again.save()
    equal(SessionStore(session_key=session.session_key)['visits'], 2)
    again.flush()
    equal(SessionStore().exists(session.session_key), False)


tap.run(before=cache.clear)
