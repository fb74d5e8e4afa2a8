/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hiredis: the C library, one reply at a time and pipelined. */
#include <stdlib.h>
#include <string.h>

#include <glib.h>
#include <hiredis/hiredis.h>

static redisContext *context;

typedef redisReply Reply;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Reply, freeReplyObject)

static void
connect_to_server (void)
{
  context =
      redisConnect (g_getenv ("REDIS_HOST"), atoi (g_getenv ("REDIS_PORT")));
  g_assert_nonnull (context);
  g_assert_cmpstr (context->errstr, ==, "");
}

static void
assert_reply (Reply *reply, int type, const char *text)
{
  g_assert_nonnull (reply);
  g_assert_cmpint (reply->type, ==, type);
  g_assert_cmpmem (reply->str, reply->len, text, strlen (text));
}

static void
assert_integer (Reply *reply, long long value)
{
  g_assert_nonnull (reply);
  g_assert_cmpint (reply->type, ==, REDIS_REPLY_INTEGER);
  g_assert_cmpint (reply->integer, ==, value);
}

static Reply *
next_reply (void)
{
  void *reply = NULL;

  g_assert_cmpint (redisGetReply (context, &reply), ==, REDIS_OK);
  return reply;
}

static void
test_hiredis_strings (void)
{
  g_autoptr (Reply) set = redisCommand (context, "SET %b %b", "k\0k",
                                        (size_t) 3, "v\r\n", (size_t) 3);
  g_autoptr (Reply) get = redisCommand (context, "GET %b", "k\0k", (size_t) 3);
  g_autoptr (Reply) none = redisCommand (context, "GET none");
  g_autoptr (Reply) error = redisCommand (context, "SET k");
  g_autoptr (Reply) number = redisCommand (context, "INCRBY n %d", 42);

  assert_reply (set, REDIS_REPLY_STATUS, "OK");
  assert_reply (get, REDIS_REPLY_STRING, "v\r\n");
  g_assert_cmpint (none->type, ==, REDIS_REPLY_NIL);
  assert_reply (error, REDIS_REPLY_ERROR,
                "ERR wrong number of arguments for 'set' command");
  assert_integer (number, 42);
}

static void
test_hiredis_pipeline (void)
{
  enum
  {
    N = 20000
  };

  for (int i = 0; i < N; i++)
    {
      redisAppendCommand (context, "SET key:%d value-%d", i, i);
      redisAppendCommand (context, "GET key:%d", i);
      redisAppendCommand (context, "INCR count");
    }
  for (int i = 0; i < N; i++)
    {
      g_autoptr (Reply) set = next_reply ();
      g_autoptr (Reply) get = next_reply ();
      g_autoptr (Reply) count = next_reply ();
      g_autofree char *value = g_strdup_printf ("value-%d", i);

      assert_reply (set, REDIS_REPLY_STATUS, "OK");
      assert_reply (get, REDIS_REPLY_STRING, value);
      assert_integer (count, i + 1);
    }
}

static void
test_hiredis_transaction (void)
{
  redisAppendCommand (context, "MULTI");
  redisAppendCommand (context, "SET a 1");
  redisAppendCommand (context, "APPEND a 2");
  redisAppendCommand (context, "EXEC");
  for (int i = 0; i < 3; i++)
    {
      g_autoptr (Reply) reply = next_reply ();

      assert_reply (reply, REDIS_REPLY_STATUS, i == 0 ? "OK" : "QUEUED");
    }
  g_autoptr (Reply) results = next_reply ();
  g_assert_cmpint (results->type, ==, REDIS_REPLY_ARRAY);
  g_assert_cmpuint (results->elements, ==, 2);
  assert_integer (results->element[1], 2);
}

static void
test_hiredis_big_values (void)
{
  const size_t size = 8 << 20;
  g_autofree char *value = g_malloc (size);
  g_autoptr (Reply) set = NULL, get = NULL;

  for (size_t i = 0; i < size; i++)
    value[i] = (char) (i * 31 >> 3);
  set = redisCommand (context, "SET big %b", value, size);
  get = redisCommand (context, "GET big");
  assert_reply (set, REDIS_REPLY_STATUS, "OK");
  g_assert_cmpint (get->type, ==, REDIS_REPLY_STRING);
  g_assert_cmpmem (get->str, get->len, value, size);
}

static void
test_hiredis_types (void)
{
  redisAppendCommand (context, "RPUSH list a b c");
  redisAppendCommand (context, "HSET hash f v");
  redisAppendCommand (context, "SADD set m");
  redisAppendCommand (context, "ZADD zset 1.5 m");
  redisAppendCommand (context, "LRANGE list 0 -1");
  redisAppendCommand (context, "ZSCORE zset m");
  static const long long counts[] = { 3, 1, 1, 1 };

  for (size_t i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autoptr (Reply) reply = next_reply ();

      assert_integer (reply, counts[i]);
    }
  g_autoptr (Reply) list = next_reply ();
  g_autoptr (Reply) score = next_reply ();
  g_assert_cmpuint (list->elements, ==, 3);
  assert_reply (list->element[2], REDIS_REPLY_STRING, "c");
  assert_reply (score, REDIS_REPLY_STRING, "1.5");
}

int
main (int argc, char **argv)
{
  /* The runner gives no arguments, and reads TAP. */
  char *arguments[] = { argv[0], "--tap", "-k", NULL };
  char **list = arguments;
  int status;

  argc = G_N_ELEMENTS (arguments) - 1;
  g_test_init (&argc, &list, NULL);
  connect_to_server ();
  g_test_add_func ("/hiredis/strings", test_hiredis_strings);
  g_test_add_func ("/hiredis/pipeline", test_hiredis_pipeline);
  g_test_add_func ("/hiredis/transaction", test_hiredis_transaction);
  g_test_add_func ("/hiredis/big-values", test_hiredis_big_values);
  g_test_add_func ("/hiredis/types", test_hiredis_types);
  status = g_test_run ();
  redisFree (context);
  return status;
}
