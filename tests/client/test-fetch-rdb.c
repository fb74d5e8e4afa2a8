/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "client/canned.h"
#include "client/fetch-rdb.h"
#include "daemon/harness.h"

#define MARK "0123456789abcdef0123456789abcdef01234567"
#define REPLCONF "*3\r\n$8\r\nREPLCONF\r\n"
#define OK "+OK\r\n"
#define REFUSAL "-ERR unknown command\r\n"
#define DUMP "*2\r\n$8\r\nFUNCTION\r\n$4\r\nDUMP\r\n"

static char *
make_path (void)
{
  char *path = g_strdup ("/tmp/coffer-rdb-XXXXXX");
  int fd = g_mkstemp (path);

  g_assert_cmpint (fd, >=, 0);
  g_assert_true (g_close (fd, NULL));
  g_unlink (path);
  return path;
}

/* ---- Against answers ---------------------------------------------------- */

static const struct
{
  const char *name;
  const char *answers[6];
  const char *file;    /* (nullable) if there is none */
  const char *trouble; /* (nullable) */
} fetches[] = {
  { "sized", { OK, OK, OK, "\n\n$5\r\nREDIS" }, "REDIS", NULL },
  { "sized-in-parts", { OK, OK, OK, "$5\r\nRE", "DIS" }, "REDIS", NULL },
  { "more-than-said", { OK, OK, OK, "$5\r\nREDIS+OK" }, "REDIS", NULL },
  { "marked", { OK, OK, OK, "$EOF:" MARK "\r\nREDIS" MARK }, "REDIS", NULL },
  { "marked-in-parts",
    { OK, OK, OK, "$EOF:" MARK "\r\nREDIS0123", "456789" MARK },
    "REDIS0123456789",
    NULL },
  { "mark-in-parts",
    { OK, OK, OK, "$EOF:" MARK "\r\nREDIS0123456789abcdef",
      "0123456789abcdef01234567" },
    "REDIS",
    NULL },
  { "cut", { OK, OK, OK, "$5\r\nRED" }, "RED", "Server closed the connection" },
  { "mark-cut",
    { OK, OK, OK, "$EOF:" MARK "\r\nREDIS" },
    "",
    "Server closed the connection" },
  { "refused",
    { OK, OK, OK, "-ERR no\r\n" },
    NULL,
    "SYNC with master failed: -ERR no" },
  { "nonsense", { OK, OK, OK, "$x\r\n" }, NULL, "SYNC with master failed: $x" },
  { "no-size", { OK, OK, OK, "$\r\n" }, NULL, "SYNC with master failed: $" },
  { "short-mark",
    { OK, OK, OK, "$EOF:012\r\n" },
    NULL,
    "SYNC with master failed: $EOF:012" },
  { "gone", { OK, "" }, NULL, "Server closed the connection" },
  { "no-functions",
    { REFUSAL, REFUSAL, REFUSAL, REFUSAL },
    NULL,
    "Failed requesting functions only RDB from server, aborting" },
  { "short-dump",
    { OK, REFUSAL, REFUSAL, "$9\r\n123456789\r\n" },
    NULL,
    "Failed requesting functions only RDB from server, aborting" },
};

/* What the client sends before each answer. */
static const char *const requests[] = { REPLCONF "$4\r\ncapa\r\n$3\r\neof\r\n",
                                        "rdb-only\r\n$1\r\n1\r\n",
                                        "functions\r\n", "SYNC\r\n" };

static void
test_fetch_rdb_canned (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  CfCannedAnswer answers[6] = { { NULL } };
  g_autofree char *path = make_path (), *file = NULL, *received = NULL;
  g_autoptr (CfRemote) remote = NULL;
  g_autoptr (GError) error = NULL;
  CfCanned *server;
  gsize n;

  for (n = 0; fetches[i].answers[n] != NULL; n++)
    {
      /* Of an answer in two parts the second waits for nothing. */
      answers[n].until = n < G_N_ELEMENTS (requests) ? requests[n] : "";
      if (n == 3 && g_str_equal (fetches[i].answers[2], REFUSAL))
        answers[n].until = DUMP;
      answers[n].answer = fetches[i].answers[n];
      answers[n].goes_on = fetches[i].answers[n + 1] != NULL;
    }
  server = cf_canned_start (answers, n);
  remote = cf_remote_new ("127.0.0.1", cf_canned_get_port (server), NULL);
  g_assert_true (cf_remote_connect (remote, NULL));
  g_assert_cmpint (cf_fetch_rdb (remote, path, &error), ==,
                   fetches[i].trouble == NULL);
  g_assert_cmpstr (error != NULL ? error->message : NULL, ==,
                   fetches[i].trouble);
  received = cf_canned_finish (server);
  g_file_get_contents (path, &file, NULL, NULL);
  g_assert_cmpstr (file, ==, fetches[i].file);
  g_unlink (path);
}

static void
test_fetch_rdb_no_place (void)
{
  static const CfCannedAnswer answers[] = {
    { requests[0], OK, TRUE },
    { requests[1], OK, TRUE },
    { requests[2], OK, TRUE },
    { requests[3], "$5\r\nREDIS", FALSE },
  };
  CfCanned *server = cf_canned_start (answers, G_N_ELEMENTS (answers));
  g_autoptr (CfRemote) remote =
      cf_remote_new ("127.0.0.1", cf_canned_get_port (server), NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (cf_remote_connect (remote, NULL));
  g_assert_false (cf_fetch_rdb (remote, "/nowhere/x.rdb", &error));
  g_assert_cmpstr (error->message, ==,
                   "Error opening '/nowhere/x.rdb': No such file or directory");
  g_free (cf_canned_finish (server));
}

/* ---- Against redis-server ----------------------------------------------- */

static void
load_function (const CfHarness *redis)
{
  static const char code[] =
      "#!lua name=lib\nredis.register_function('f', function() return 1 end)";
  g_autoptr (CfRemote) remote =
      cf_remote_new ("127.0.0.1", cf_harness_get_port (redis), NULL);
  g_autoptr (CfReplyTree) reply = NULL;

  g_assert_true (cf_remote_connect (remote, NULL));
  reply = cf_remote_call (remote, NULL, "FUNCTION", "LOAD", code, NULL);
  g_assert_true (cf_reply_tree_is (reply, "lib"));
}

static void
check_file (const char *path)
{
  g_autofree char *file = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &file, &size, NULL));
  g_assert_true (g_str_has_prefix (file, "REDIS0010"));
  g_assert_nonnull (memmem (file, size, "#!lua name=lib", 14));
}

/* The program that comes with the server finds no fault in it. */
static void
check_rdb (const char *path)
{
  g_autofree char *program = g_find_program_in_path ("redis-check-rdb");
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;

  if (program == NULL)
    return;
  process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error,
                              program, path, NULL);
  g_assert_no_error (error);
  g_subprocess_wait_check (process, NULL, &error);
  g_assert_no_error (error);
}

static void
set_diskless (CfRemote *remote, const char *whether)
{
  g_autoptr (CfReplyTree) delay =
      cf_remote_call (remote, NULL, "CONFIG", "SET", "repl-diskless-sync-delay",
                      "0", "repl-diskless-sync", whether, NULL);

  g_assert_cmpint (delay->kind, ==, CF_REPLY_TREE_STATUS);
}

static void
test_fetch_rdb_redis (void)
{
  static const char *const ways[] = { "yes", "no" };
  g_autoptr (CfHarness) redis = cf_harness_start_redis ();

  if (redis == NULL)
    {
      g_test_skip ("redis-server is not installed");
      return;
    }
  load_function (redis);
  for (gsize i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autofree char *path = make_path ();
      g_autoptr (CfRemote) remote =
          cf_remote_new ("127.0.0.1", cf_harness_get_port (redis), NULL);
      g_autoptr (GError) error = NULL;

      g_assert_true (cf_remote_connect (remote, NULL));
      set_diskless (remote, ways[i]);
      cf_fetch_rdb (remote, path, &error);
      g_assert_no_error (error);
      check_file (path);
      check_rdb (path);
      g_unlink (path);
    }
}

/* Of a server that knows no REPLCONF there is a file as well. */
static void
test_fetch_rdb_dump (void)
{
  g_autoptr (CfHarness) redis = cf_harness_start_redis ();
  g_autofree char *path = make_path ();
  g_autoptr (CfRemote) remote = NULL;
  g_autoptr (CfReplyTree) reply = NULL;
  g_autoptr (GError) error = NULL;

  if (redis == NULL)
    {
      g_test_skip ("redis-server is not installed");
      return;
    }
  load_function (redis);
  remote = cf_remote_new ("127.0.0.1", cf_harness_get_port (redis), NULL);
  g_assert_true (cf_remote_connect (remote, NULL));
  reply = cf_remote_call (remote, NULL, "ACL", "SETUSER", "default",
                          "-replconf", NULL);
  g_assert_cmpint (reply->kind, ==, CF_REPLY_TREE_STATUS);
  cf_fetch_rdb (remote, path, &error);
  g_assert_no_error (error);
  check_file (path);
  check_rdb (path);
  g_unlink (path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (fetches); i++)
    {
      g_autofree char *path =
          g_strconcat ("/client/fetch-rdb/", fetches[i].name, NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_fetch_rdb_canned);
    }
  g_test_add_func ("/client/fetch-rdb/no-place", test_fetch_rdb_no_place);
  g_test_add_func ("/client/fetch-rdb/redis", test_fetch_rdb_redis);
  g_test_add_func ("/client/fetch-rdb/dump", test_fetch_rdb_dump);
  return g_test_run ();
}
