/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <sys/resource.h>

#include "fixture.h"

static void
test_get (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "GET k", "$-1\r\n" },
    { "SET k v", "+OK\r\n" },
    { "GET k", "$1\r\nv\r\n" },
    { "get k", "$1\r\nv\r\n" },
    { "GET", "-ERR wrong number of arguments for 'get' command\r\n" },
    { "GET k k", "-ERR wrong number of arguments for 'get' command\r\n" },
    { "GETDEL k", "$1\r\nv\r\n" },
    { "GETDEL k", "$-1\r\n" },
    { "GET k", "$-1\r\n" },
    { "GETDEL", "-ERR wrong number of arguments for 'getdel' command\r\n" },
    { "SET n 12", "+OK\r\n" },
    { "GETDEL n", "$2\r\n12\r\n" },
    { "STRLEN n", ":0\r\n" },
    { "SET n -1234", "+OK\r\n" },
    { "STRLEN n", ":5\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_several (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "MSET a 1 b two", "+OK\r\n" },
    { "MGET a b c", "*3\r\n$1\r\n1\r\n$3\r\ntwo\r\n$-1\r\n" },
    { "MGET a a", "*2\r\n$1\r\n1\r\n$1\r\n1\r\n" },
    { "MGET", "-ERR wrong number of arguments for 'mget' command\r\n" },
    { "MSET a", "-ERR wrong number of arguments for 'mset' command\r\n" },
    { "MSET a 1 b", "-ERR wrong number of arguments for 'mset' command\r\n" },
    { "MSET a 1 b 2 c",
      "-ERR wrong number of arguments for 'mset' command\r\n" },
    { "MSET", "-ERR wrong number of arguments for 'mset' command\r\n" },
    { "MGET a b c", "*3\r\n$1\r\n1\r\n$3\r\ntwo\r\n$-1\r\n" },
    { "MSETNX b x c y", ":0\r\n" },
    { "MGET a b c", "*3\r\n$1\r\n1\r\n$3\r\ntwo\r\n$-1\r\n" },
    { "MSETNX c y d z", ":1\r\n" },
    { "MGET c d", "*2\r\n$1\r\ny\r\n$1\r\nz\r\n" },
    { "MSETNX e", "-ERR wrong number of arguments for 'msetnx' command\r\n" },
    { "MSETNX e 1 f",
      "-ERR wrong number of arguments for 'msetnx' command\r\n" },
    { "MSETNX e 1 e 2", ":1\r\n" },
    { "GET e", "$1\r\n2\r\n" },
    { "MSET g 1 g 2", "+OK\r\n" },
    { "GET g", "$1\r\n2\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_effects (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "MSET a 1 b 2", "+OK\r\n");
  assert_reply (fixture, "MSETNX b 1 c 2", ":0\r\n");
  assert_reply (fixture, "MSETNX c 1 d 2", ":1\r\n");
  assert_reply (fixture, "GETDEL c", "$1\r\n1\r\n");
  assert_reply (fixture, "GETDEL c", "$-1\r\n");
  assert_reply (fixture, "MGET a b", "*2\r\n$1\r\n1\r\n$1\r\n2\r\n");
  assert_events (fixture, "set a\nset b\nset c\nset d\ndel c\n");
  assert_records (fixture, "MSET a 1 b 2\nMSETNX c 1 d 2\nDEL c\n");
}

static void
test_mset_deadline (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "SET a 1 PXAT 9999999999999", "+OK\r\n");
  assert_reply (fixture, "MSET a 2 b 3", "+OK\r\n");
  assert_deadline (fixture, "a", CF_NO_DEADLINE);
}

static void
test_resp3 (Fixture *fixture, gconstpointer data)
{
  fixture->clients[1].resp = 3;
  assert_reply (fixture, "SET k v", "+OK\r\n");
  assert_reply_to (fixture, 1, "GET none", "_\r\n");
  assert_reply_to (fixture, 1, "GETDEL none", "_\r\n");
  assert_reply_to (fixture, 1, "MGET k none", "*2\r\n$1\r\nv\r\n_\r\n");
  assert_reply_to (fixture, 0, "MGET k none", "*2\r\n$1\r\nv\r\n$-1\r\n");
}

/* More keys than the executor takes the slots of at once. */
static void
test_many_keys (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) mset = g_string_new ("MSET");
  g_autoptr (GString) mget = g_string_new ("MGET");
  g_autoptr (GString) expected = g_string_new ("*1000\r\n");

  for (guint i = 0; i < 1000; i++)
    {
      g_string_append_printf (mset, " key:%u %u", i, 1000 + i);
      g_string_append_printf (mget, " key:%u", i);
      g_string_append_printf (expected, "$4\r\n%u\r\n", 1000 + i);
    }
  assert_reply (fixture, mset->str, "+OK\r\n");
  assert_reply (fixture, mget->str, expected->str);
}

/* A large value may be removed while it is being sent. */
static void
test_getdel_large (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = g_strnfill (50000, 'x');
  g_autofree char *set = g_strdup_printf ("SET k %s", text);
  g_autofree char *expected = g_strdup_printf ("$50000\r\n%s\r\n", text);

  assert_reply (fixture, set, "+OK\r\n");
  assert_reply (fixture, "GETDEL k", expected);
  assert_reply (fixture, "GET k", "$-1\r\n");
}

/* What was asked is still known when a value taken from it is gone. */
static void
test_taken (Fixture *fixture, gconstpointer data)
{
  g_autofree char *a = g_strnfill (40000, 'a');
  g_autofree char *b = g_strnfill (40000, 'b');
  const CfSlice words[] = { CF_SLICE ("MSET"),
                            CF_SLICE ("k"),
                            { a, 40000 },
                            CF_SLICE ("k"),
                            { b, 40000 } };
  g_autofree char *record = g_strdup_printf ("MSET k %s k %s\n", a, b);
  g_autofree char *set = NULL;
  g_autofree char *logged = NULL;

  assert_reply (fixture, "CONFIG SET slowlog-log-slower-than 0", "+OK\r\n");
  set = fixture_run_args (fixture, 0,
                          fixture_args_of_blobs (words, G_N_ELEMENTS (words)));
  g_assert_cmpstr (set, ==, "+OK\r\n");
  assert_records (fixture, record);
  logged = fixture_run (fixture, 0, "SLOWLOG GET 1");
  a[128] = b[128] = '\0';
  g_assert_nonnull (strstr (logged, a));
  g_assert_nonnull (strstr (logged, b));
}

/* Many bytes are put as few are. */
static void
test_mset_much (Fixture *fixture, gconstpointer data)
{
  g_autofree char *much = g_strnfill (600 * 1024, 'x');
  g_autofree char *line =
      g_strdup_printf ("MSET a %s b 1 a %s a 2", much, much);

  assert_reply (fixture, "SET a 1 PX 100000", "+OK\r\n");
  assert_reply (fixture, "RPUSH b 1", ":1\r\n");
  assert_reply (fixture, line, "+OK\r\n");
  assert_reply (fixture, "MGET a b", "*2\r\n$1\r\n2\r\n$1\r\n1\r\n");
  assert_reply (fixture, "PTTL a", ":-1\r\n");
  assert_encoding (fixture, "b", CF_ENCODING_INT);
}

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define HAS_SANITIZER 1
#else
#define HAS_SANITIZER 0
#endif

/* There is no memory for the last pair: then none is set. */
static void
test_mset_no_memory (Fixture *fixture, gconstpointer data)
{
  enum
  {
    SIZE = 400 * 1024 * 1024
  };
  struct rlimit limit = { SIZE / 2, RLIM_INFINITY };
  g_autofree char *reply = NULL;
  CfSlice words[] = { CF_SLICE ("MSET"),
                      CF_SLICE ("a"),
                      CF_SLICE ("1"),
                      { NULL, SIZE },
                      CF_SLICE ("2") };
  CfArgs *args;

  if (HAS_SANITIZER)
    {
      g_test_skip ("sanitizers take all the address space there is");
      return;
    }
  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
      g_test_trap_assert_passed ();
      return;
    }
  words[3].data = g_malloc0 (SIZE);
  args = cf_args_try_new (words, G_N_ELEMENTS (words), NULL);
  g_assert_nonnull (args);
  g_assert_cmpint (setrlimit (RLIMIT_DATA, &limit), ==, 0);
  reply = fixture_run_args (fixture, 0, args);
  g_assert_cmpstr (reply, ==, "-OOM there is not enough memory for this\r\n");
  assert_reply (fixture, "GET a", "$-1\r\n");
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/cmd-string/get", test_get);
  fixture_add ("/commands/cmd-string/several", test_several);
  fixture_add ("/commands/cmd-string/effects", test_effects);
  fixture_add ("/commands/cmd-string/mset-deadline", test_mset_deadline);
  fixture_add ("/commands/cmd-string/resp3", test_resp3);
  fixture_add ("/commands/cmd-string/many-keys", test_many_keys);
  fixture_add ("/commands/cmd-string/getdel-large", test_getdel_large);
  fixture_add ("/commands/cmd-string/taken", test_taken);
  fixture_add ("/commands/cmd-string/mset-much", test_mset_much);
  fixture_add ("/commands/cmd-string/mset-no-memory", test_mset_no_memory);
  return g_test_run ();
}
