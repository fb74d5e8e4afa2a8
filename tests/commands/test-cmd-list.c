/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

#define WRONG_TYPE                                                             \
  "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n"

static void
test_list_push_pop (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "LPUSH l b a", ":2\r\n" },
    { "RPUSH l c 12", ":4\r\n" },
    { "LPUSHX none a", ":0\r\n" },
    { "RPUSHX l d", ":5\r\n" },
    { "LRANGE l 0 -1",
      "*5\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n$2\r\n12\r\n$1\r\nd\r\n" },
    { "LPOP l", "$1\r\na\r\n" },
    { "RPOP l 2", "*2\r\n$1\r\nd\r\n$2\r\n12\r\n" },
    { "LPOP l 0", "*0\r\n" },
    { "LPOP l x", "-ERR value is out of range, must be positive\r\n" },
    { "LPOP l 1 1", "-ERR wrong number of arguments for 'lpop' command\r\n" },
    { "LPOP none 1", "*-1\r\n" },
    { "LPOP none", "$-1\r\n" },
    { "LPOP l 9", "*2\r\n$1\r\nb\r\n$1\r\nc\r\n" },
    { "EXISTS l", ":0\r\n" },
    { "SET s v", "+OK\r\n" },
    { "LPUSH s a", WRONG_TYPE },
    { "LPOP s", WRONG_TYPE },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
  assert_events (fixture, "lpush l\nrpush l\nrpush l\nlpop l\nrpop l\nlpop l\n"
                          "del l\nset s\n");
}

static void
test_list_inside (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "RPUSH l a b c b", ":4\r\n" },
    { "LINDEX l -1", "$1\r\nb\r\n" },
    { "LINDEX l 4", "$-1\r\n" },
    { "LSET l 4 x", "-ERR index out of range\r\n" },
    { "LSET none 0 x", "-ERR no such key\r\n" },
    { "LSET l 0 A", "+OK\r\n" },
    { "LINSERT l AFTER A x", ":5\r\n" },
    { "LINSERT l BEFORE none x", ":-1\r\n" },
    { "LINSERT none BEFORE none x", ":0\r\n" },
    { "LINSERT l NEAR none x", "-ERR syntax error\r\n" },
    { "LPOS l b", ":2\r\n" },
    { "LPOS l b COUNT 0", "*2\r\n:2\r\n:4\r\n" },
    { "LPOS l b RANK -1", ":4\r\n" },
    { "LPOS l b RANK 3", "$-1\r\n" },
    { "LPOS l b COUNT -1", "-ERR COUNT can't be negative\r\n" },
    { "LREM l -1 b", ":1\r\n" },
    { "LRANGE l 1 2", "*2\r\n$1\r\nx\r\n$1\r\nb\r\n" },
    { "LTRIM l 1 1", "+OK\r\n" },
    { "LRANGE l 0 -1", "*1\r\n$1\r\nx\r\n" },
    { "LREM l 0 x", ":1\r\n" },
    { "EXISTS l", ":0\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
  assert_events (fixture, "rpush l\nlset l\nlinsert l\nlrem l\nltrim l\n"
                          "lrem l\ndel l\n");
}

static void
test_list_move (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "RPUSH a 1 2 3", ":3\r\n" },
    { "LMOVE a b LEFT RIGHT", "$1\r\n1\r\n" },
    { "LMOVE a a LEFT RIGHT", "$1\r\n2\r\n" },
    { "LMOVE a a LEFT LEFT", "$1\r\n3\r\n" },
    { "RPOPLPUSH a b", "$1\r\n2\r\n" },
    { "LMOVE a b LEFT UP", "-ERR syntax error\r\n" },
    { "LRANGE b 0 -1", "*2\r\n$1\r\n2\r\n$1\r\n1\r\n" },
    { "LMPOP 2 none b RIGHT COUNT 9",
      "*2\r\n$1\r\nb\r\n*2\r\n$1\r\n1\r\n$1\r\n2\r\n" },
    { "LMPOP 1 b LEFT", "*-1\r\n" },
    { "RPOPLPUSH b a", "$-1\r\n" },
    { "LRANGE a 0 -1", "*1\r\n$1\r\n3\r\n" },
    { "BRPOPLPUSH a z 0", "$1\r\n3\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
  assert_events (fixture, "rpush a\nrpush b\nlpop a\nrpush a\nlpop a\nlpush a\n"
                          "lpop a\nlpush b\nrpop a\nrpop b\ndel b\nlpush z\n"
                          "rpop a\ndel a\n");
}

/* What waited is recorded as what it did, after what made it do so. */
static void
test_list_blocking (Fixture *fixture, gconstpointer data)
{
  assert_reply_to (fixture, 1, "BLPOP k 0", "");
  assert_reply_to (fixture, 2, "BLMOVE k z RIGHT LEFT 0", "");
  assert_reply_to (fixture, 3, "BLMPOP 0 1 k LEFT COUNT 2", "");
  assert_reply (fixture, "RPUSH k a b c", ":3\r\n");
  assert_late_reply_to (fixture, 1, "*2\r\n$1\r\nk\r\n$1\r\na\r\n");
  assert_late_reply_to (fixture, 2, "$1\r\nc\r\n");
  assert_late_reply_to (fixture, 3, "*2\r\n$1\r\nk\r\n*1\r\n$1\r\nb\r\n");
  assert_records (fixture, "RPUSH k a b c\nLPOP k\n"
                           "LMOVE k z RIGHT LEFT\nLPOP k 1\n");
}

static gsize
length_of (Fixture *fixture, const char *line)
{
  g_autofree char *reply = fixture_run (fixture, 0, line);

  return strlen (reply);
}

/* Elements that are blobs are shared, not copied. */
static void
test_list_large (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = g_strnfill (100000, 'x');
  const CfSlice push[] = { CF_SLICE ("RPUSH"), CF_SLICE ("l"),
                           cf_slice (text, 100000), CF_SLICE ("a") };
  const CfSlice set[] = { CF_SLICE ("LSET"), CF_SLICE ("l"), CF_SLICE ("1"),
                          cf_slice (text, 90000) };
  g_autofree char *pushed = fixture_run_args (
      fixture, 0, fixture_args_of_blobs (push, G_N_ELEMENTS (push)));
  g_autofree char *replaced = fixture_run_args (
      fixture, 0, fixture_args_of_blobs (set, G_N_ELEMENTS (set)));

  g_assert_cmpstr (pushed, ==, ":2\r\n");
  g_assert_cmpstr (replaced, ==, "+OK\r\n");
  g_assert_cmpuint (length_of (fixture, "LINDEX l 0"), ==, 100000 + 11);
  assert_reply (fixture, "LINSERT l BEFORE none x", ":-1\r\n");
  g_assert_cmpuint (length_of (fixture, "LMOVE l l LEFT RIGHT"), ==,
                    100000 + 11);
  g_assert_cmpuint (length_of (fixture, "LRANGE l 0 -1"), ==,
                    190000 + 4 + 11 + 10);
  g_assert_cmpuint (length_of (fixture, "LPOP l 2"), ==, 190000 + 4 + 11 + 10);
  assert_reply (fixture, "EXISTS l", ":0\r\n");
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/list/push-pop", test_list_push_pop);
  fixture_add ("/commands/list/inside", test_list_inside);
  fixture_add ("/commands/list/move", test_list_move);
  fixture_add ("/commands/list/blocking", test_list_blocking);
  fixture_add ("/commands/list/large", test_list_large);
  return g_test_run ();
}
