/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

#define BAD_SCORE "-ERR One or more scores can't be converted into double\r\n"

static void
test_sort (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "RPUSH l 3 1 2 10", ":4\r\n" },
    { "SORT l", "*4\r\n$1\r\n1\r\n$1\r\n2\r\n$1\r\n3\r\n$2\r\n10\r\n" },
    { "SORT l DESC LIMIT 1 2", "*2\r\n$1\r\n3\r\n$1\r\n2\r\n" },
    { "SORT l ALPHA", "*4\r\n$1\r\n1\r\n$2\r\n10\r\n$1\r\n2\r\n$1\r\n3\r\n" },
    { "SORT_RO l LIMIT 0 1", "*1\r\n$1\r\n1\r\n" },
    { "SORT l LIMIT 0 0", "*0\r\n" },
    { "SORT l LIMIT 10 1", "*0\r\n" },
    { "SORT l LIMIT -5 1", "*1\r\n$1\r\n1\r\n" },
    { "SORT none", "*0\r\n" },
    { "SADD s b a", ":2\r\n" },
    { "SORT s", BAD_SCORE },
    { "SORT s ALPHA DESC", "*2\r\n$1\r\nb\r\n$1\r\na\r\n" },
    { "SORT s STORE", "-ERR syntax error\r\n" },
    { "SORT l LIMIT 1", "-ERR syntax error\r\n" },
    { "SORT l LIMIT x 1", "-ERR value is not an integer or out of range\r\n" },
    { "SORT_RO l STORE d", "-ERR syntax error\r\n" },
    { "SET k v", "+OK\r\n" },
    { "SORT k", "-WRONGTYPE Operation against a key holding the wrong kind of "
                "value\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_patterns (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "RPUSH l 1 2 3", ":3\r\n" },
    { "MSET w_1 3 w_2 1 w_3 2 n_1 one", "+OK\r\n" },
    { "HSET h_2 f two w 7", ":2\r\n" },
    { "SORT l BY w_*", "*3\r\n$1\r\n2\r\n$1\r\n3\r\n$1\r\n1\r\n" },
    { "SORT l BY w_* GET n_* GET #",
      "*6\r\n$-1\r\n$1\r\n2\r\n$-1\r\n$1\r\n3\r\n$3\r\none\r\n$1\r\n1\r\n" },
    { "SORT l BY h_*->w GET h_*->f", "*3\r\n$-1\r\n$-1\r\n$3\r\ntwo\r\n" },
    { "SORT l BY nosort DESC", "*3\r\n$1\r\n3\r\n$1\r\n2\r\n$1\r\n1\r\n" },
    { "SORT l BY nosort LIMIT 1 1", "*1\r\n$1\r\n2\r\n" },
    { "SORT l BY nosort BY w* LIMIT 1 1", "*1\r\n$1\r\n2\r\n" },
    { "SORT l BY h_*->f", BAD_SCORE },
    { "SORT l BY h_*->f ALPHA DESC LIMIT 0 1", "*1\r\n$1\r\n2\r\n" },
    { "SORT l GET fixed GET h_*", "*6\r\n$-1\r\n$-1\r\n$-1\r\n$-1\r\n$-1\r\n"
                                  "$-1\r\n" },
    { "SET w_2 \"\\x00x\"", "+OK\r\n" },
    { "SORT l BY w_* LIMIT 0 1", "*1\r\n$1\r\n2\r\n" },
    { "SORT l GET *", "*3\r\n$-1\r\n$-1\r\n$-1\r\n" },
    { "MULTI", "+OK\r\n" },
    { "SET w_1 0", "+QUEUED\r\n" },
    { "SORT l BY w_* GET w_*", "+QUEUED\r\n" },
    { "EXEC", "*2\r\n+OK\r\n*3\r\n$1\r\n0\r\n$2\r\n\\0x\r\n$1\r\n2\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_store (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "RPUSH l 3 1 2", ":3\r\n");
  assert_reply (fixture, "SET w_1 x", "+OK\r\n");
  assert_reply (fixture, "SORT l STORE d", ":3\r\n");
  assert_reply (fixture, "LRANGE d 0 -1",
                "*3\r\n$1\r\n1\r\n$1\r\n2\r\n$1\r\n3\r\n");
  /* The destination may be what is sorted, or one that is looked up. */
  assert_reply (fixture, "SORT l GET w_* GET # STORE l", ":6\r\n");
  assert_reply (fixture, "LRANGE l 0 3",
                "*4\r\n$1\r\nx\r\n$1\r\n1\r\n$0\r\n\r\n$1\r\n2\r\n");
  assert_reply (fixture, "SORT d GET w_* STORE w_1", ":3\r\n");
  assert_reply (fixture, "LRANGE w_1 0 0", "*1\r\n$1\r\nx\r\n");
  assert_reply (fixture, "SORT none STORE d", ":0\r\n");
  assert_reply (fixture, "EXISTS d", ":0\r\n");
  assert_events (fixture, "rpush l\nset w_1\nsortstore d\nsortstore l\n"
                          "sortstore w_1\ndel d\n");
  assert_records (fixture, "RPUSH l 3 1 2\nSET w_1 x\nSORT l STORE d\n"
                           "SORT l GET w_* GET # STORE l\n"
                           "SORT d GET w_* STORE w_1\n"
                           "SORT none STORE d\n");
}

/* It is only known then which keys there are; one that another changes is
 * waited for, without holding anything. */
static void
test_claimed (Fixture *fixture, gconstpointer data)
{
  CfWorker *other = cf_worker_acquire (fixture->engine);
  CfKey key = cf_key (CF_SLICE ("w_2"));

  assert_reply (fixture, "RPUSH l 2 1", ":2\r\n");
  assert_reply (fixture, "MSET w_1 1 w_2 2", "+OK\r\n");
  g_assert_true (cf_hold_claims (&other->hold, &key, 1, NULL));
  assert_reply (fixture, "SORT l BY w_*", "");
  g_assert_cmpint (fixture->clients[0].park.kind, ==, CF_PARK_CLAIM);
  assert_reply_to (fixture, 1, "RPUSH l 3", ":3\r\n");
  assert_reply_to (fixture, 1, "SET w_1 7", "+OK\r\n");
  cf_hold_release (&other->hold);
  cf_worker_release (other);
  cf_worker_enter (fixture->worker);
  cf_executor_resume (fixture->engine, fixture->worker, &fixture->clients[0],
                      CF_WAKE_RETRY);
  cf_worker_leave (fixture->worker);
  {
    gsize size;
    g_autofree char *reply = cf_out_to_string (&fixture->clients[0].out, &size);

    g_assert_cmpstr (reply, ==, "*3\r\n$1\r\n3\r\n$1\r\n2\r\n$1\r\n1\r\n");
    cf_out_clear (&fixture->clients[0].out);
  }
}

static void
test_keys (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "COMMAND GETKEYS SORT k BY store GET limit STORE by STORE d",
      "*2\r\n$1\r\nk\r\n$1\r\nd\r\n" },
    { "COMMAND GETKEYSANDFLAGS SORT k STORE d",
      "*2\r\n*2\r\n$1\r\nk\r\n*2\r\n+RO\r\n+access\r\n*2\r\n$1\r\nd\r\n*2\r\n"
      "+OW\r\n+update\r\n" },
    { "COMMAND GETKEYS SORT_RO k BY store", "*1\r\n$1\r\nk\r\n" },
    { "SORT none STORE by STORE none", ":0\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/cmd-sort/sort", test_sort);
  fixture_add ("/commands/cmd-sort/patterns", test_patterns);
  fixture_add ("/commands/cmd-sort/store", test_store);
  fixture_add ("/commands/cmd-sort/claimed", test_claimed);
  fixture_add ("/commands/cmd-sort/keys", test_keys);
  return g_test_run ();
}
