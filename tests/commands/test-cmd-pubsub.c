/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

#define ONLY                                                                   \
  "only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed "  \
  "in this context\r\n"

static void
test_pubsub_resp2 (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "UNSUBSCRIBE", "*3\r\n$11\r\nunsubscribe\r\n$-1\r\n:0\r\n" },
    { "PUNSUBSCRIBE x", "*3\r\n$12\r\npunsubscribe\r\n$1\r\nx\r\n:0\r\n" },
    { "SUBSCRIBE a b", "*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n"
                       "*3\r\n$9\r\nsubscribe\r\n$1\r\nb\r\n:2\r\n" },
    { "PSUBSCRIBE a*", "*3\r\n$10\r\npsubscribe\r\n$2\r\na*\r\n:3\r\n" },
    { "SSUBSCRIBE a", "*3\r\n$10\r\nssubscribe\r\n$1\r\na\r\n:1\r\n" },
    { "GET k", "-ERR Can't execute 'get': " ONLY },
    { "CLIENT ID", "-ERR Can't execute 'client|id': " ONLY },
    { "PING", "*2\r\n$4\r\npong\r\n$0\r\n\r\n" },
    { "PING x", "*2\r\n$4\r\npong\r\n$1\r\nx\r\n" },
    { "NOPE", "-ERR unknown command 'NOPE', with args beginning with: \r\n" },
    { "UNSUBSCRIBE a", "*3\r\n$11\r\nunsubscribe\r\n$1\r\na\r\n:2\r\n" },
    { "RESET", "+RESET\r\n" },
    { "PING", "+PONG\r\n" },
    { "PUBSUB CHANNELS", "*0\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_pubsub_publish (Fixture *fixture, gconstpointer data)
{
  assert_reply_to (fixture, 1, "SUBSCRIBE a",
                   "*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n");
  assert_reply (fixture, "PUBLISH a x", ":1\r\n");
  assert_reply (fixture, "PUBLISH b x", ":0\r\n");
  assert_received (fixture, 1, "*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nx\r\n");
  assert_reply (fixture, "PUBLISH a y", ":1\r\n");
  assert_reply_to (fixture, 1, "UNSUBSCRIBE",
                   "*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\ny\r\n"
                   "*3\r\n$11\r\nunsubscribe\r\n$1\r\na\r\n:0\r\n");
  assert_reply (fixture, "PUBLISH a z", ":0\r\n");
  assert_received (fixture, 1, "");
  assert_reply_to (fixture, 2, "SSUBSCRIBE a",
                   "*3\r\n$10\r\nssubscribe\r\n$1\r\na\r\n:1\r\n");
  assert_reply (fixture, "SPUBLISH a x", ":1\r\n");
  assert_received (fixture, 2,
                   "*3\r\n$8\r\nsmessage\r\n$1\r\na\r\n$1\r\nx\r\n");
}

static void
test_pubsub_resp3 (Fixture *fixture, gconstpointer data)
{
  g_autofree char *hello = fixture_run (fixture, 0, "HELLO 3");

  assert_reply (fixture, "SUBSCRIBE a",
                ">3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n");
  assert_reply (fixture, "GET k", "_\r\n");
  /* Its own message comes behind the reply. */
  assert_reply (fixture, "PUBLISH a x",
                ":1\r\n>3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nx\r\n");
  assert_reply (fixture, "MULTI", "+OK\r\n");
  assert_reply (fixture, "PUBLISH a y", "+QUEUED\r\n");
  assert_reply (fixture, "SUBSCRIBE b", "+QUEUED\r\n");
  assert_reply (fixture, "EXEC",
                "*2\r\n:1\r\n>3\r\n$9\r\nsubscribe\r\n$1\r\nb\r\n:2\r\n"
                ">3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\ny\r\n");
  assert_reply (fixture, "CLIENT REPLY OFF", "");
  assert_reply (fixture, "PUBLISH a z",
                ">3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nz\r\n");
  assert_reply (fixture, "UNSUBSCRIBE a",
                ">3\r\n$11\r\nunsubscribe\r\n$1\r\na\r\n:1\r\n");
}

static void
test_pubsub_ask (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "PUBSUB CHANNELS", "*1\r\n$2\r\nab\r\n" },
    { "PUBSUB CHANNELS a*", "*1\r\n$2\r\nab\r\n" },
    { "PUBSUB CHANNELS b*", "*0\r\n" },
    { "PUBSUB CHANNELS a b",
      "-ERR unknown subcommand or wrong number of arguments for 'CHANNELS'. "
      "Try PUBSUB HELP.\r\n" },
    { "PUBSUB NUMSUB ab x", "*4\r\n$2\r\nab\r\n:2\r\n$1\r\nx\r\n:0\r\n" },
    { "PUBSUB NUMSUB", "*0\r\n" },
    { "PUBSUB NUMPAT", ":1\r\n" },
    { "PUBSUB SHARDCHANNELS", "*1\r\n$1\r\ns\r\n" },
    { "PUBSUB SHARDNUMSUB s", "*2\r\n$1\r\ns\r\n:1\r\n" },
    { "CLIENT KILL TYPE pubsub", ":2\r\n" },
  };

  g_free (fixture_run (fixture, 1, "SUBSCRIBE ab"));
  g_free (fixture_run (fixture, 2, "SUBSCRIBE ab"));
  g_free (fixture_run (fixture, 2, "PSUBSCRIBE a*"));
  g_free (fixture_run (fixture, 2, "SSUBSCRIBE s"));
  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

/* A client that is to end has forgotten everything before it does. */
static void
test_pubsub_lists (Fixture *fixture, gconstpointer data)
{
  g_autofree char *list = NULL, *info = NULL;

  g_free (fixture_run (fixture, 1, "SUBSCRIBE a b"));
  g_free (fixture_run (fixture, 1, "PSUBSCRIBE a"));
  list = fixture_run (fixture, 0, "CLIENT LIST TYPE pubsub");
  g_assert_nonnull (strstr (list, "id=2 "));
  g_assert_nonnull (strstr (list, "flags=P db=0 sub=2 psub=1 ssub=0 "));
  g_assert_null (strstr (list, "id=1 "));
  info = fixture_run (fixture, 0, "INFO stats");
  g_assert_nonnull (strstr (info, "pubsub_channels:2\r\npubsub_patterns:1\r\n"
                                  "pubsubshard_channels:0\r\n"));
}

static void
test_pubsub_block (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "MULTI", "+OK\r\n" },
    { "SUBSCRIBE a", "+QUEUED\r\n" },
    { "SSUBSCRIBE s", "+QUEUED\r\n" },
    { "EXEC", "*2\r\n*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n"
              "-ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/pubsub/block", test_pubsub_block);
  fixture_add ("/commands/pubsub/resp2", test_pubsub_resp2);
  fixture_add ("/commands/pubsub/publish", test_pubsub_publish);
  fixture_add ("/commands/pubsub/resp3", test_pubsub_resp3);
  fixture_add ("/commands/pubsub/ask", test_pubsub_ask);
  fixture_add ("/commands/pubsub/lists", test_pubsub_lists);
  return g_test_run ();
}
