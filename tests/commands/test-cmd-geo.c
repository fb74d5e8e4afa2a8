/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

static void
test_geoadd (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "GEOADD g 13.361389 38.115556 Palermo 15.087269 37.502669 Catania",
      ":2\r\n" },
    { "GEOADD g 13.361389 38.115556 Palermo", ":0\r\n" },
    { "GEOADD g CH 13.4 38.115556 Palermo 1 1 x", ":2\r\n" },
    { "GEOADD g NX 1 1 Palermo", ":0\r\n" },
    { "GEOADD g XX 13.361389 38.115556 Palermo", ":0\r\n" },
    { "GEOADD g XX 1 1 nobody", ":0\r\n" },
    { "GEOADD g NX XX 1 1 a", "-ERR syntax error\r\n" },
    { "GEOADD g 1 1",
      "-ERR wrong number of arguments for 'geoadd' command\r\n" },
    { "GEOADD g 1 1 a 2", "-ERR syntax error\r\n" },
    { "GEOADD g x 1 a", "-ERR value is not a valid float\r\n" },
    { "GEOADD g 1 x a", "-ERR value is not a valid float\r\n" },
    { "GEOADD g 181 1 a",
      "-ERR invalid longitude,latitude pair 181.000000,1.000000\r\n" },
    { "GEOADD g 1 86 a",
      "-ERR invalid longitude,latitude pair 1.000000,86.000000\r\n" },
    { "GEOADD g -180.00001 1 a",
      "-ERR invalid longitude,latitude pair -180.000010,1.000000\r\n" },
    { "GEOADD g 180 85.05112878 corner -180 -85.05112878 other", ":2\r\n" },
    { "GEOADD g NX CH NX 1 1", "-ERR syntax error\r\n" },
    { "GEOADD g NX CH XX CH", "-ERR syntax error\r\n" },
    { "ZRANGE g 0 -1 WITHSCORES",
      "*10\r\n$5\r\nother\r\n$1\r\n0\r\n$1\r\nx\r\n$16\r\n3377822707026402\r\n$"
      "7\r\nPalermo\r\n$16\r\n3479099956230698\r\n$7\r\nCatania\r\n$"
      "16\r\n3479447370796909\r\n$6\r\ncorner\r\n$"
      "17\r\n13510798882111488\r\n" },
    { "GEOPOS g Palermo Catania x nobody corner other",
      "*6\r\n*2\r\n$20\r\n13.36138933897018433\r\n$20\r\n38."
      "11555639549629859\r\n*2\r\n$20\r\n15.08726745843887329\r\n$20\r\n37."
      "50266842333162032\r\n*2\r\n$19\r\n0.99999994039535522\r\n$19\r\n0."
      "99999945914297683\r\n*-1\r\n*2\r\n$3\r\n180\r\n$19\r\n85."
      "0511287799999991\r\n*2\r\n$22\r\n-179.99999731779098511\r\n$21\r\n-85."
      "05112751263942528\r\n" },
    { "GEOHASH g Palermo Catania x nobody corner other",
      "*6\r\n$11\r\nsqc8b49rny0\r\n$11\r\nsqdtr74hyu0\r\n$"
      "11\r\ns00twy01mt0\r\n$-1\r\n$11\r\nbp05b5048p0\r\n$"
      "11\r\n00bh0hbj200\r\n" },
    { "GEOPOS none a", "*1\r\n*-1\r\n" },
    { "GEOHASH none a", "*1\r\n$-1\r\n" },
    { "GEOPOS g", "*0\r\n" },
    { "GEOHASH g", "*0\r\n" },
    { "GEODIST g Palermo Catania", "$11\r\n166274.1516\r\n" },
    { "GEODIST g Palermo Catania km", "$8\r\n166.2742\r\n" },
    { "GEODIST g Palermo Catania mi", "$8\r\n103.3182\r\n" },
    { "GEODIST g Palermo Catania FT", "$11\r\n545518.8700\r\n" },
    { "GEODIST g Palermo Catania parsec",
      "-ERR unsupported unit provided. please use M, KM, FT, MI\r\n" },
    { "GEODIST g Palermo Catania km x", "-ERR syntax error\r\n" },
    { "GEODIST g Palermo nobody", "$-1\r\n" },
    { "GEODIST g Palermo Palermo", "$6\r\n0.0000\r\n" },
    { "GEODIST none a b", "$-1\r\n" },
    { "GEODIST none a b x",
      "-ERR unsupported unit provided. please use M, KM, FT, MI\r\n" },
    { "GEODIST g corner other", "$13\r\n18919844.5891\r\n" },
    { "SET s x", "+OK\r\n" },
    { "GEOADD s 1 1 a", "-WRONGTYPE Operation against a key holding the wrong "
                        "kind of value\r\n" },
    { "GEOPOS s a", "-WRONGTYPE Operation against a key holding the wrong kind "
                    "of value\r\n" },
    { "GEOHASH s a", "-WRONGTYPE Operation against a key holding the wrong "
                     "kind of value\r\n" },
    { "GEODIST s a b", "-WRONGTYPE Operation against a key holding the wrong "
                       "kind of value\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_geoadd_resp3 (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "GEOADD g 13.361389 38.115556 Palermo 15.087269 37.502669 Catania",
      ":2\r\n" },
    { "GEOADD g 13.361389 38.115556 Palermo", ":0\r\n" },
    { "GEOADD g CH 13.4 38.115556 Palermo 1 1 x", ":2\r\n" },
    { "GEOADD g NX 1 1 Palermo", ":0\r\n" },
    { "GEOADD g XX 13.361389 38.115556 Palermo", ":0\r\n" },
    { "GEOADD g XX 1 1 nobody", ":0\r\n" },
    { "GEOADD g 180 85.05112878 corner -180 -85.05112878 other", ":2\r\n" },
    { "ZRANGE g 0 -1 WITHSCORES",
      "*5\r\n*2\r\n$5\r\nother\r\n,0\r\n*2\r\n$1\r\nx\r\n,3377822707026402\r\n*"
      "2\r\n$7\r\nPalermo\r\n,3479099956230698\r\n*2\r\n$7\r\nCatania\r\n,"
      "3479447370796909\r\n*2\r\n$6\r\ncorner\r\n,13510798882111488\r\n" },
    { "GEOPOS g Palermo Catania x nobody corner other",
      "*6\r\n*2\r\n,13.36138933897018433\r\n,38.11555639549629859\r\n*2\r\n,15."
      "08726745843887329\r\n,37.50266842333162032\r\n*2\r\n,0."
      "99999994039535522\r\n,0.99999945914297683\r\n_\r\n*2\r\n,180\r\n,85."
      "0511287799999991\r\n*2\r\n,-179.99999731779098511\r\n,-85."
      "05112751263942528\r\n" },
    { "GEOHASH g Palermo Catania x nobody corner other",
      "*6\r\n$11\r\nsqc8b49rny0\r\n$11\r\nsqdtr74hyu0\r\n$"
      "11\r\ns00twy01mt0\r\n_\r\n$11\r\nbp05b5048p0\r\n$"
      "11\r\n00bh0hbj200\r\n" },
    { "GEOPOS none a", "*1\r\n_\r\n" },
    { "GEOHASH none a", "*1\r\n_\r\n" },
    { "GEOPOS g", "*0\r\n" },
    { "GEOHASH g", "*0\r\n" },
    { "GEODIST g Palermo Catania", "$11\r\n166274.1516\r\n" },
    { "GEODIST g Palermo Catania km", "$8\r\n166.2742\r\n" },
    { "GEODIST g Palermo Catania mi", "$8\r\n103.3182\r\n" },
    { "GEODIST g Palermo Catania FT", "$11\r\n545518.8700\r\n" },
    { "GEODIST g Palermo nobody", "_\r\n" },
    { "GEODIST g Palermo Palermo", "$6\r\n0.0000\r\n" },
    { "GEODIST none a b", "_\r\n" },
    { "GEODIST g corner other", "$13\r\n18919844.5891\r\n" },
    { "SET s x", "+OK\r\n" },
  };

  fixture->clients[0].resp = 3;
  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

/* Who reads the records need not know of places. */
static void
test_events (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "GEOADD g CH 13.361389 38.115556 Palermo", ":1\r\n");
  assert_reply (fixture, "GEOADD g 13.361389 38.115556 Palermo", ":0\r\n");
  assert_events (fixture, "zadd g\n");
  assert_records (fixture, "ZADD g CH 3479099956230698 Palermo\n");
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/cmd-geo/geoadd", test_geoadd);
  fixture_add ("/commands/cmd-geo/geoadd-resp3", test_geoadd_resp3);
  fixture_add ("/commands/cmd-geo/events", test_events);
  return g_test_run ();
}
