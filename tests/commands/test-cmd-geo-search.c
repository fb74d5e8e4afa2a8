/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

static void
test_geosearch (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "GEOADD g 13.361389 38.115556 Palermo 15.087269 37.502669 Catania "
      "12.758489 38.788135 edge1 17.241510 38.788135 edge2",
      ":4\r\n" },
    { "GEOSEARCH g FROMLONLAT 15 37 BYRADIUS 200 km ASC",
      "*2\r\n$7\r\nCatania\r\n$7\r\nPalermo\r\n" },
    { "GEOSEARCH g FROMLONLAT 15 37 BYRADIUS 200 km",
      "*2\r\n$7\r\nPalermo\r\n$7\r\nCatania\r\n" },
    { "GEOSEARCH g FROMLONLAT 15 37 BYBOX 400 400 km ASC WITHCOORD WITHDIST",
      "*4\r\n*3\r\n$7\r\nCatania\r\n$7\r\n56.4413\r\n*2\r\n$20\r\n15."
      "08726745843887329\r\n$20\r\n37.50266842333162032\r\n*3\r\n$"
      "7\r\nPalermo\r\n$8\r\n190.4424\r\n*2\r\n$20\r\n13.36138933897018433\r\n$"
      "20\r\n38.11555639549629859\r\n*3\r\n$5\r\nedge2\r\n$8\r\n279.7403\r\n*"
      "2\r\n$20\r\n17.24151045083999634\r\n$20\r\n38.78813451624225195\r\n*"
      "3\r\n$5\r\nedge1\r\n$8\r\n279.7405\r\n*2\r\n$19\r\n12."
      "7584877610206604\r\n$20\r\n38.78813451624225195\r\n" },
    { "GEOSEARCH g FROMLONLAT 15 37 BYBOX 400 400 km DESC WITHHASH",
      "*4\r\n*2\r\n$5\r\nedge1\r\n:3479273021651468\r\n*2\r\n$5\r\nedge2\r\n:"
      "3481342659049484\r\n*2\r\n$7\r\nPalermo\r\n:3479099956230698\r\n*2\r\n$"
      "7\r\nCatania\r\n:3479447370796909\r\n" },
    { "GEOSEARCH g FROMMEMBER Catania BYRADIUS 200 mi ASC WITHDIST WITHHASH "
      "WITHCOORD",
      "*4\r\n*4\r\n$7\r\nCatania\r\n$6\r\n0.0000\r\n:3479447370796909\r\n*"
      "2\r\n$20\r\n15.08726745843887329\r\n$20\r\n37.50266842333162032\r\n*"
      "4\r\n$7\r\nPalermo\r\n$8\r\n103.3182\r\n:3479099956230698\r\n*2\r\n$"
      "20\r\n13.36138933897018433\r\n$20\r\n38.11555639549629859\r\n*4\r\n$"
      "5\r\nedge2\r\n$8\r\n146.9728\r\n:3481342659049484\r\n*2\r\n$20\r\n17."
      "24151045083999634\r\n$20\r\n38.78813451624225195\r\n*4\r\n$"
      "5\r\nedge1\r\n$8\r\n154.6354\r\n:3479273021651468\r\n*2\r\n$19\r\n12."
      "7584877610206604\r\n$20\r\n38.78813451624225195\r\n" },
    { "GEOSEARCH g FROMMEMBER Catania BYRADIUS 1000 km COUNT 2",
      "*2\r\n$7\r\nCatania\r\n$7\r\nPalermo\r\n" },
    { "GEOSEARCH g FROMMEMBER Catania BYRADIUS 1000 km COUNT 2 ANY",
      "*2\r\n$7\r\nPalermo\r\n$5\r\nedge1\r\n" },
    { "GEOSEARCH g FROMMEMBER Catania BYRADIUS 1000 km COUNT 2 DESC",
      "*2\r\n$5\r\nedge1\r\n$5\r\nedge2\r\n" },
    { "GEOSEARCH g FROMMEMBER Catania BYRADIUS 0 m",
      "*1\r\n$7\r\nCatania\r\n" },
    { "GEOSEARCH g FROMMEMBER nobody BYRADIUS 1 m",
      "-ERR could not decode requested zset member\r\n" },
    { "GEOSEARCH none FROMMEMBER nobody BYRADIUS 1 m", "*0\r\n" },
    { "GEOSEARCH none FROMMEMBER nobody BYRADIUS x m",
      "-ERR need numeric radius\r\n" },
    { "GEOSEARCH g FROMLONLAT 15 37 BYRADIUS -1 km",
      "-ERR radius cannot be negative\r\n" },
    { "GEOSEARCH g FROMLONLAT 15 37 BYRADIUS x km",
      "-ERR need numeric radius\r\n" },
    { "GEOSEARCH g FROMLONLAT 15 37 BYRADIUS 1 x",
      "-ERR unsupported unit provided. please use M, KM, FT, MI\r\n" },
    { "GEOSEARCH g FROMLONLAT 15 37 BYBOX -1 1 km",
      "-ERR height or width cannot be negative\r\n" },
    { "GEOSEARCH g FROMLONLAT 15 37 BYBOX 1 -1 km",
      "-ERR height or width cannot be negative\r\n" },
    { "GEOSEARCH g FROMLONLAT 15 37 BYBOX x 1 km",
      "-ERR need numeric width\r\n" },
    { "GEOSEARCH g FROMLONLAT 15 37 BYBOX 1 x km",
      "-ERR need numeric height\r\n" },
    { "GEOSEARCH g FROMLONLAT 15 x BYRADIUS 1 km",
      "-ERR value is not a valid float\r\n" },
    { "GEOSEARCH g FROMLONLAT 15 99 BYRADIUS 1 km",
      "-ERR invalid longitude,latitude pair 15.000000,99.000000\r\n" },
    { "GEOSEARCH g FROMLONLAT 15 37 FROMMEMBER a BYRADIUS 1 km",
      "-ERR syntax error\r\n" },
    { "GEOSEARCH g FROMMEMBER Catania FROMLONLAT 15 37 BYRADIUS 1 km",
      "-ERR syntax error\r\n" },
    { "GEOSEARCH g FROMLONLAT 15 37 BYRADIUS 1 km BYBOX 1 1 km",
      "-ERR syntax error\r\n" },
    { "GEOSEARCH g FROMLONLAT 15 37 BYBOX 1 1 km BYRADIUS 1 km",
      "-ERR syntax error\r\n" },
    { "GEOSEARCH g FROMLONLAT 15 37 ASC ASC ASC",
      "-ERR exactly one of BYRADIUS and BYBOX can be specified for "
      "GEOSEARCH\r\n" },
    { "GEOSEARCH g BYRADIUS 1 km ASC ASC ASC",
      "-ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for "
      "GEOSEARCH\r\n" },
    { "GEOSEARCH g FROMLONLAT 15 37 BYRADIUS 1 km ANY",
      "-ERR the ANY argument requires COUNT argument\r\n" },
    { "GEOSEARCH g FROMLONLAT 15 37 BYRADIUS 1 km COUNT 0",
      "-ERR COUNT must be > 0\r\n" },
    { "GEOSEARCH g FROMLONLAT 15 37 BYRADIUS 1 km COUNT x",
      "-ERR value is not an integer or out of range\r\n" },
    { "GEOSEARCH g FROMLONLAT 15 37 BYRADIUS 1 km COUNT",
      "-ERR syntax error\r\n" },
    { "GEOSEARCH g FROMLONLAT 15 37 BYRADIUS 1 km STORE x",
      "-ERR syntax error\r\n" },
    { "GEOSEARCH g FROMLONLAT 15 37 BYRADIUS 1 km STOREDIST",
      "-ERR syntax error\r\n" },
    { "GEOSEARCH g FROMLONLAT 15 37 BYRADIUS inf km ASC",
      "*4\r\n$7\r\nCatania\r\n$7\r\nPalermo\r\n$5\r\nedge2\r\n$"
      "5\r\nedge1\r\n" },
    { "GEOSEARCH g FROMLONLAT 0 0 BYRADIUS 20000 km ASC",
      "*4\r\n$7\r\nCatania\r\n$7\r\nPalermo\r\n$5\r\nedge1\r\n$"
      "5\r\nedge2\r\n" },
    { "SET s x", "+OK\r\n" },
    { "GEOSEARCH s FROMLONLAT 15 37 BYRADIUS 1 km",
      "-WRONGTYPE Operation against a key holding the wrong kind of "
      "value\r\n" },
    { "GEOSEARCH s FROMLONLAT 15 x BYRADIUS 1 km",
      "-WRONGTYPE Operation against a key holding the wrong kind of "
      "value\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_geosearchstore (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "GEOADD g 13.361389 38.115556 Palermo 15.087269 37.502669 Catania",
      ":2\r\n" },
    { "GEOSEARCHSTORE to g FROMLONLAT 15 37 BYRADIUS 200 km", ":2\r\n" },
    { "COMMAND GETKEYSANDFLAGS GEORADIUS g 15 37 200 km STORE to",
      "*2\r\n*2\r\n$1\r\ng\r\n*2\r\n+RO\r\n+access\r\n"
      "*2\r\n$2\r\nto\r\n*2\r\n+OW\r\n+update\r\n" },
    { "ZRANGE to 0 -1 WITHSCORES",
      "*4\r\n$7\r\nPalermo\r\n$16\r\n3479099956230698\r\n$7\r\nCatania\r\n$"
      "16\r\n3479447370796909\r\n" },
    { "GEOSEARCHSTORE to g FROMLONLAT 15 37 BYRADIUS 200 km STOREDIST",
      ":2\r\n" },
    { "ZRANGE to 0 -1 WITHSCORES",
      "*4\r\n$7\r\nCatania\r\n$18\r\n56.441257870158204\r\n$7\r\nPalermo\r\n$"
      "18\r\n190.44242984775784\r\n" },
    { "GEOSEARCHSTORE to g FROMLONLAT 15 37 BYRADIUS 200 km COUNT 1",
      ":1\r\n" },
    { "ZRANGE to 0 -1", "*1\r\n$7\r\nCatania\r\n" },
    { "GEOSEARCHSTORE to g FROMLONLAT 15 37 BYRADIUS 200 km WITHDIST",
      "-ERR GEOSEARCHSTORE is not compatible with WITHDIST, WITHHASH and "
      "WITHCOORD options\r\n" },
    { "GEOSEARCHSTORE to g FROMLONLAT 100 37 BYRADIUS 200 km", ":0\r\n" },
    { "EXISTS to", ":0\r\n" },
    { "GEOSEARCHSTORE to none FROMLONLAT 100 37 BYRADIUS 200 km", ":0\r\n" },
    { "SET to x", "+OK\r\n" },
    { "GEOSEARCHSTORE to none FROMLONLAT 100 37 BYRADIUS 200 km", ":0\r\n" },
    { "EXISTS to", ":0\r\n" },
    { "GEOSEARCHSTORE to g BYRADIUS 200 km ASC ASC ASC",
      "-ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for "
      "GEOSEARCHSTORE\r\n" },
    { "SET s x", "+OK\r\n" },
    { "GEOSEARCHSTORE to s FROMLONLAT 15 37 BYRADIUS 1 km",
      "-WRONGTYPE Operation against a key holding the wrong kind of "
      "value\r\n" },
    { "GEOSEARCHSTORE s g FROMLONLAT 15 37 BYRADIUS 200 km", ":2\r\n" },
    { "TYPE s", "+zset\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_georadius (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "GEOADD g 13.361389 38.115556 Palermo 15.087269 37.502669 Catania",
      ":2\r\n" },
    { "GEORADIUS g 15 37 200 km WITHDIST",
      "*2\r\n*2\r\n$7\r\nPalermo\r\n$8\r\n190.4424\r\n*2\r\n$7\r\nCatania\r\n$"
      "7\r\n56.4413\r\n" },
    { "GEORADIUS g 15 37 200 km WITHCOORD ASC",
      "*2\r\n*2\r\n$7\r\nCatania\r\n*2\r\n$20\r\n15.08726745843887329\r\n$"
      "20\r\n37.50266842333162032\r\n*2\r\n$7\r\nPalermo\r\n*2\r\n$20\r\n13."
      "36138933897018433\r\n$20\r\n38.11555639549629859\r\n" },
    { "GEORADIUS_RO g 15 37 200 km WITHDIST WITHCOORD DESC COUNT 1",
      "*1\r\n*3\r\n$7\r\nPalermo\r\n$8\r\n190.4424\r\n*2\r\n$20\r\n13."
      "36138933897018433\r\n$20\r\n38.11555639549629859\r\n" },
    { "GEORADIUS g 15 37 200 km STORE to", ":2\r\n" },
    { "ZRANGE to 0 -1 WITHSCORES",
      "*4\r\n$7\r\nPalermo\r\n$16\r\n3479099956230698\r\n$7\r\nCatania\r\n$"
      "16\r\n3479447370796909\r\n" },
    { "GEORADIUS g 15 37 200 km STOREDIST to", ":2\r\n" },
    { "ZRANGE to 0 -1 WITHSCORES",
      "*4\r\n$7\r\nCatania\r\n$18\r\n56.441257870158204\r\n$7\r\nPalermo\r\n$"
      "18\r\n190.44242984775784\r\n" },
    { "GEORADIUS g 15 37 200 km STORE a STOREDIST b", ":2\r\n" },
    { "EXISTS a b", ":1\r\n" },
    { "GEORADIUS g 15 37 200 km STORE STORE", ":2\r\n" },
    { "ZRANGE STORE 0 -1", "*2\r\n$7\r\nPalermo\r\n$7\r\nCatania\r\n" },
    { "GEORADIUS g 15 37 200 km STORE", "-ERR syntax error\r\n" },
    { "GEORADIUS_RO g 15 37 200 km STORE to", "-ERR syntax error\r\n" },
    { "GEORADIUS g 15 37 200 km STORE to WITHDIST",
      "-ERR STORE option in GEORADIUS is not compatible with WITHDIST, "
      "WITHHASH and WITHCOORD options\r\n" },
    { "GEORADIUS g 15 37 200 km COUNT 1 STORE to", ":1\r\n" },
    { "GEORADIUS g 15 37 1 m STORE to", ":0\r\n" },
    { "EXISTS to", ":0\r\n" },
    { "GEORADIUS none 15 37 200 km", "*0\r\n" },
    { "GEORADIUS none 15 37 200 km STORE b", ":0\r\n" },
    { "EXISTS b", ":0\r\n" },
    { "GEORADIUS g 15 37 x km", "-ERR need numeric radius\r\n" },
    { "GEORADIUS g 15 x 1 km", "-ERR value is not a valid float\r\n" },
    { "GEORADIUS g 15 37 200 x",
      "-ERR unsupported unit provided. please use M, KM, FT, MI\r\n" },
    { "GEORADIUS g 15 37 -1 km", "-ERR radius cannot be negative\r\n" },
    { "GEORADIUS g 15 37 200 km FROMLONLAT 1 1", "-ERR syntax error\r\n" },
    { "GEORADIUSBYMEMBER g Palermo 200 km WITHDIST",
      "*2\r\n*2\r\n$7\r\nPalermo\r\n$6\r\n0.0000\r\n*2\r\n$7\r\nCatania\r\n$"
      "8\r\n166.2742\r\n" },
    { "GEORADIUSBYMEMBER_RO g Palermo 200 km ASC",
      "*2\r\n$7\r\nPalermo\r\n$7\r\nCatania\r\n" },
    { "GEORADIUSBYMEMBER g nobody 200 km",
      "-ERR could not decode requested zset member\r\n" },
    { "GEORADIUSBYMEMBER none nobody x parsec", "*0\r\n" },
    { "GEORADIUSBYMEMBER g Palermo 200 km STORE to", ":2\r\n" },
    { "ZRANGE to 0 -1", "*2\r\n$7\r\nPalermo\r\n$7\r\nCatania\r\n" },
    { "GEORADIUSBYMEMBER g Palermo x km", "-ERR need numeric radius\r\n" },
    { "GEORADIUSBYMEMBER_RO g Palermo 200 km STORE to",
      "-ERR syntax error\r\n" },
    { "GEORADIUSBYMEMBER g Palermo 200 km COUNT 1 ANY",
      "*1\r\n$7\r\nPalermo\r\n" },
    { "SET s x", "+OK\r\n" },
    { "GEORADIUS s 15 37 200 km", "-WRONGTYPE Operation against a key holding "
                                  "the wrong kind of value\r\n" },
    { "GEORADIUSBYMEMBER s a 200 km", "-WRONGTYPE Operation against a key "
                                      "holding the wrong kind of value\r\n" },
    { "COMMAND GETKEYS GEORADIUS g 15 37 200 km STORE to",
      "*2\r\n$1\r\ng\r\n$2\r\nto\r\n" },
    { "COMMAND GETKEYS GEORADIUS g 15 37 200 km STORE to STOREDIST b",
      "*3\r\n$1\r\ng\r\n$2\r\nto\r\n$1\r\nb\r\n" },
    { "COMMAND GETKEYS GEORADIUSBYMEMBER g m 200 km STORE to",
      "*2\r\n$1\r\ng\r\n$2\r\nto\r\n" },
    { "COMMAND GETKEYS ZUNIONSTORE to 2 a b",
      "*3\r\n$2\r\nto\r\n$1\r\na\r\n$1\r\nb\r\n" },
    { "COMMAND GETKEYS BZMPOP 0 2 a b MIN", "*2\r\n$1\r\na\r\n$1\r\nb\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_events (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "GEOADD g 13.361389 38.115556 Palermo", ":1\r\n");
  assert_reply (fixture, "GEOSEARCHSTORE to g FROMLONLAT 13 38 BYRADIUS 100 km",
                ":1\r\n");
  assert_reply (fixture, "GEORADIUS g 13 38 100 km STORE to", ":1\r\n");
  assert_reply (fixture, "GEORADIUS g 13 38 1 km STORE to", ":0\r\n");
  assert_reply (fixture, "GEORADIUS g 13 38 1 km STORE to", ":0\r\n");
  assert_events (fixture, "zadd g\ngeosearchstore to\ngeoradiusstore to\n"
                          "del to\n");
}

/* Only the last destination is written, and any number may be named. */
static void
test_destinations (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "GEOADD g 13.361389 38.115556 Palermo", ":1\r\n");
  assert_reply (fixture,
                "GEORADIUS g 13 38 100 km STORE a STORE b STOREDIST c "
                "STOREDIST d STORE e",
                ":1\r\n");
  assert_reply (fixture, "EXISTS a b c d", ":0\r\n");
  assert_reply (fixture, "EXISTS e", ":1\r\n");
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/cmd-geo-search/geosearch", test_geosearch);
  fixture_add ("/commands/cmd-geo-search/geosearchstore", test_geosearchstore);
  fixture_add ("/commands/cmd-geo-search/georadius", test_georadius);
  fixture_add ("/commands/cmd-geo-search/events", test_events);
  fixture_add ("/commands/cmd-geo-search/destinations", test_destinations);
  return g_test_run ();
}
