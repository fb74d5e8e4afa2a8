/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

#define OVERLAP "Prefixes for a single client must not overlap.\r\n"
#define SWITCH                                                                 \
  "before disabling tracking for this client, and then re-enabling it with a " \
  "different mode.\r\n"

static void
test_tracking_errors (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "CLIENT TRACKING nope", "-ERR syntax error\r\n" },
    { "CLIENT TRACKING on redirect", "-ERR syntax error\r\n" },
    { "CLIENT TRACKING on redirect 99",
      "-ERR The client ID you want redirect to does not exist\r\n" },
    { "CLIENT TRACKING on redirect 2 redirect 2",
      "-ERR A client can only redirect to a single other client\r\n" },
    { "CLIENT TRACKING on prefix a",
      "-ERR PREFIX option requires BCAST mode to be enabled\r\n" },
    { "CLIENT TRACKING on bcast optin",
      "-ERR OPTIN and OPTOUT are not compatible with BCAST\r\n" },
    { "CLIENT TRACKING on optin optout",
      "-ERR You can't specify both OPTIN mode and OPTOUT mode\r\n" },
    { "CLIENT TRACKING on bcast prefix ab prefix a",
      "-ERR Prefix 'ab' overlaps with another provided prefix 'a'. " OVERLAP },
    { "CLIENT CACHING yes",
      "-ERR CLIENT CACHING can be called only when the client is in tracking "
      "mode with OPTIN or OPTOUT mode enabled\r\n" },
    { "CLIENT GETREDIR", ":-1\r\n" },
    { "CLIENT TRACKING on optin", "+OK\r\n" },
    { "CLIENT GETREDIR", ":0\r\n" },
    { "CLIENT TRACKING on optout",
      "-ERR You can't switch OPTIN/OPTOUT mode " SWITCH },
    { "CLIENT TRACKING on bcast",
      "-ERR You can't switch BCAST mode on/off " SWITCH },
    { "CLIENT CACHING no",
      "-ERR CLIENT CACHING NO is only valid when tracking is enabled in "
      "OPTOUT mode.\r\n" },
    { "CLIENT CACHING yes", "+OK\r\n" },
    { "CLIENT TRACKINGINFO",
      "*6\r\n$5\r\nflags\r\n*3\r\n$2\r\non\r\n$5\r\noptin\r\n"
      "$11\r\ncaching-yes\r\n$8\r\nredirect\r\n:0\r\n$8\r\nprefixes\r\n"
      "*0\r\n" },
    { "CLIENT TRACKING off", "+OK\r\n" },
    { "CLIENT TRACKING on bcast prefix ab noloop", "+OK\r\n" },
    { "CLIENT TRACKING on bcast prefix abc",
      "-ERR Prefix 'abc' overlaps with an existing prefix 'ab'. " OVERLAP },
    { "CLIENT TRACKINGINFO",
      "*6\r\n$5\r\nflags\r\n*3\r\n$2\r\non\r\n$5\r\nbcast\r\n$6\r\nnoloop\r\n"
      "$8\r\nredirect\r\n:0\r\n$8\r\nprefixes\r\n*1\r\n$2\r\nab\r\n" },
    { "RESET", "+RESET\r\n" },
    { "CLIENT TRACKINGINFO", "*6\r\n$5\r\nflags\r\n*1\r\n$3\r\noff\r\n"
                             "$8\r\nredirect\r\n:-1\r\n$8\r\nprefixes\r\n"
                             "*0\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

#define DROP(n, keys) ">2\r\n$10\r\ninvalidate\r\n*" #n "\r\n" keys
#define DROP_K DROP (1, "$1\r\nk\r\n")

static void
test_tracking_reads (Fixture *fixture, gconstpointer data)
{
  g_free (fixture_run (fixture, 1, "HELLO 3"));
  assert_reply_to (fixture, 1, "CLIENT TRACKING on", "+OK\r\n");
  assert_reply_to (fixture, 1, "GET k", "_\r\n");
  assert_reply (fixture, "SET k v", "+OK\r\n");
  assert_received (fixture, 1, DROP_K);
  assert_reply (fixture, "SET k v", "+OK\r\n");
  assert_received (fixture, 1, "");
  /* Its own change is told behind the reply, within a block at its end. */
  assert_reply_to (fixture, 1, "GET k", "$1\r\nv\r\n");
  assert_reply_to (fixture, 1, "SET k w", "+OK\r\n" DROP_K);
  assert_reply_to (fixture, 1, "MULTI", "+OK\r\n");
  assert_reply_to (fixture, 1, "GET k", "+QUEUED\r\n");
  assert_reply_to (fixture, 1, "SET k x", "+QUEUED\r\n");
  assert_reply_to (fixture, 1, "EXEC", "*2\r\n$1\r\nw\r\n+OK\r\n" DROP_K);
  assert_reply_to (fixture, 1, "GET k", "$1\r\nx\r\n");
  assert_reply (fixture, "FLUSHALL", "+OK\r\n");
  assert_received (fixture, 1, ">2\r\n$10\r\ninvalidate\r\n_\r\n");
  assert_reply_to (fixture, 1, "CLIENT TRACKING off", "+OK\r\n");
  assert_reply_to (fixture, 1, "GET k", "_\r\n");
  assert_reply (fixture, "SET k x", "+OK\r\n");
  assert_received (fixture, 1, "");
}

static void
test_tracking_caching (Fixture *fixture, gconstpointer data)
{
  g_free (fixture_run (fixture, 1, "HELLO 3"));
  assert_reply_to (fixture, 1, "CLIENT TRACKING on optin", "+OK\r\n");
  assert_reply_to (fixture, 1, "GET k", "_\r\n");
  assert_reply_to (fixture, 1, "CLIENT CACHING yes", "+OK\r\n");
  assert_reply_to (fixture, 1, "CLIENT ID", ":2\r\n");
  assert_reply_to (fixture, 1, "GET l", "_\r\n");
  assert_reply_to (fixture, 1, "GET m", "_\r\n");
  assert_reply (fixture, "MSET k 1 l 1 m 1", "+OK\r\n");
  assert_received (fixture, 1, DROP (1, "$1\r\nl\r\n"));
  assert_reply_to (fixture, 1, "CLIENT TRACKING off", "+OK\r\n");
  assert_reply_to (fixture, 1, "CLIENT TRACKING on optout", "+OK\r\n");
  assert_reply_to (fixture, 1, "CLIENT CACHING no", "+OK\r\n");
  assert_reply_to (fixture, 1, "GET k", "$1\r\n1\r\n");
  assert_reply_to (fixture, 1, "GET l", "$1\r\n1\r\n");
  assert_reply (fixture, "MSET k 1 l 1", "+OK\r\n");
  assert_received (fixture, 1, DROP (1, "$1\r\nl\r\n"));
}

/* What a script reads counts when it reads: what it writes next goes again. */
static void
test_tracking_scripts (Fixture *fixture, gconstpointer data)
{
  g_free (fixture_run (fixture, 1, "HELLO 3"));
  assert_reply_to (fixture, 1, "CLIENT TRACKING on noloop", "+OK\r\n");
  assert_reply_to (fixture, 1,
                   "EVAL 'redis.call(\"GET\",\"k\") return "
                   "redis.call(\"SET\",\"k\",1)' 1 k",
                   "+OK\r\n");
  assert_reply (fixture, "SET k 2", "+OK\r\n");
  assert_received (fixture, 1, "");
  /* Of what is declared all counts; of the rest, what was read. */
  assert_reply_to (fixture, 1, "EVAL 'return redis.call(\"GET\",\"m\")' 2 k l",
                   "_\r\n");
  assert_reply (fixture, "SET l 1", "+OK\r\n");
  assert_received (fixture, 1, DROP (1, "$1\r\nl\r\n"));
  assert_reply (fixture, "SET m 1", "+OK\r\n");
  assert_received (fixture, 1, DROP (1, "$1\r\nm\r\n"));
}

/* The count is kept with the value. */
static void
test_tracking_counts (Fixture *fixture, gconstpointer data)
{
  g_free (fixture_run (fixture, 1, "HELLO 3"));
  assert_reply_to (fixture, 1, "CLIENT TRACKING on", "+OK\r\n");
  assert_reply (fixture, "PFADD k a", ":1\r\n");
  assert_reply_to (fixture, 1, "PFCOUNT k l", ":1\r\n");
  assert_reply (fixture, "PFADD l a", ":1\r\n");
  assert_received (fixture, 1, DROP (1, "$1\r\nl\r\n"));
  assert_reply (fixture, "PFCOUNT k", ":1\r\n");
  assert_received (fixture, 1, DROP (1, "$1\r\nk\r\n"));
}

static void
test_tracking_broadcast (Fixture *fixture, gconstpointer data)
{
  g_free (fixture_run (fixture, 1, "HELLO 3"));
  assert_reply_to (fixture, 1, "CLIENT TRACKING on bcast prefix a prefix b",
                   "+OK\r\n");
  assert_reply (fixture, "MSET a2 1 b1 1 c1 1 a1 1", "+OK\r\n");
  assert_received (fixture, 1,
                   DROP (2, "$2\r\na1\r\n$2\r\na2\r\n")
                       DROP (1, "$2\r\nb1\r\n"));
  assert_reply (fixture, "MULTI", "+OK\r\n");
  assert_reply (fixture, "SET a1 1", "+QUEUED\r\n");
  assert_reply (fixture, "DEL a2", "+QUEUED\r\n");
  assert_reply (fixture, "EXEC", "*2\r\n+OK\r\n:1\r\n");
  assert_received (fixture, 1, DROP (2, "$2\r\na1\r\n$2\r\na2\r\n"));
}

static void
test_tracking_lists (Fixture *fixture, gconstpointer data)
{
  g_autofree char *info = NULL, *list = NULL;

  g_free (fixture_run (fixture, 1, "CLIENT TRACKING on redirect 3"));
  g_free (fixture_run (fixture, 1, "MGET k l"));
  info = fixture_run (fixture, 0, "INFO");
  g_assert_nonnull (strstr (info, "tracking_clients:1\r\n"));
  g_assert_nonnull (strstr (info, "tracking_total_keys:2\r\n"
                                  "tracking_total_items:2\r\n"
                                  "tracking_total_prefixes:0\r\n"));
  list = fixture_run (fixture, 0, "CLIENT LIST ID 2");
  g_assert_nonnull (strstr (list, " flags=t "));
  g_assert_nonnull (strstr (list, " redir=3 "));
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/client-tracking/errors", test_tracking_errors);
  fixture_add ("/commands/client-tracking/reads", test_tracking_reads);
  fixture_add ("/commands/client-tracking/caching", test_tracking_caching);
  fixture_add ("/commands/client-tracking/broadcast", test_tracking_broadcast);
  fixture_add ("/commands/client-tracking/counts", test_tracking_counts);
  fixture_add ("/commands/client-tracking/lists", test_tracking_lists);
  fixture_add ("/commands/client-tracking/scripts", test_tracking_scripts);
  return g_test_run ();
}
