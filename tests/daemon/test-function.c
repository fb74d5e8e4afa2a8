/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test-function.c -- functions: while one runs, as files have them, and with
 * what their flags say. */
#include "config.h"

#include <string.h>

#include "daemon/harness.h"

#define LOAD(NAME, BODY)                                                       \
  "FUNCTION LOAD REPLACE \"#!lua name=" NAME "\\n" BODY "\"\r\n"
#define LOOP                                                                   \
  LOAD ("loops", "redis.register_function ('loop', function (k) redis.call "   \
                 "('GET', k[1]) while true do end end)")
#define COUNTER                                                                \
  LOAD ("counts", "redis.register_function ('count', function (k) return "     \
                  "redis.call ('INCR', k[1]) end)")
#define KILLED                                                                 \
  "-ERR Script killed by user with SCRIPT KILL... script: loop, on "           \
  "@user_function:2.\r\n"
#define IDLE                                                                   \
  "*4\r\n$14\r\nrunning_script\r\n$-1\r\n$7\r\nengines\r\n*2\r\n$3\r\nLUA\r\n" \
  "*4\r\n$15\r\nlibraries_count\r\n:2\r\n$15\r\nfunctions_count\r\n:2\r\n"

static CfHarness *server;

/* One line with its end. */
static GString *
read_line (CfWire *wire)
{
  GString *line = g_string_new (NULL);
  char c = 0;

  while (c != '\n')
    {
      g_assert_cmpuint (cf_wire_receive (wire, &c, 1), ==, 1);
      g_string_append_c (line, c);
    }
  return line;
}

/* The bytes of a reply that is a string. */
static GString *
read_bulk (CfWire *wire)
{
  g_autoptr (GString) head = read_line (wire);
  GString *bytes = g_string_new (NULL);
  guint64 left;

  g_assert_cmpint (head->str[0], ==, '$');
  left = g_ascii_strtoull (head->str + 1, NULL, 10) + 2;
  while (left > 0)
    {
      char part[256];
      gsize size = cf_wire_receive (wire, part, MIN (left, sizeof part));

      g_assert_cmpuint (size, >, 0);
      g_string_append_len (bytes, part, (gssize) size);
      left -= size;
    }
  g_string_truncate (bytes, bytes->len - 2);
  return bytes;
}

/* Until a function is seen to have @key. */
static void
wait_busy (CfWire *wire, const char *key)
{
  g_autofree char *request = g_strdup_printf ("SET %s 1\r\n", key);

  cf_wire_say_until (wire, request, "+OK\r\n", "-BUSY ");
}

static void
load_both (CfWire *wire)
{
  cf_wire_exchange (wire, "FUNCTION FLUSH\r\n", "+OK\r\n");
  cf_wire_exchange (wire, LOOP, "$5\r\nloops\r\n");
  cf_wire_exchange (wire, COUNTER, "$6\r\ncounts\r\n");
}

/* -- While one runs ------------------------------------------------------- */

static void
test_function_stats (void)
{
  g_autoptr (CfWire) loop = cf_wire_open (server);
  g_autoptr (CfWire) other = cf_wire_open (server);
  g_autoptr (GString) duration = NULL;

  load_both (other);
  cf_wire_exchange (other, "FUNCTION STATS\r\n", IDLE);
  cf_wire_say (loop, "FCALL loop 1 k\r\n");
  wait_busy (other, "k");
  cf_wire_say (other, "FUNCTION STATS\r\n");
  cf_wire_expect (other, "*4\r\n$14\r\nrunning_script\r\n*6\r\n$4\r\nname\r\n"
                         "$4\r\nloop\r\n$7\r\ncommand\r\n*4\r\n$5\r\nFCALL\r\n"
                         "$4\r\nloop\r\n$1\r\n1\r\n$1\r\nk\r\n"
                         "$11\r\nduration_ms\r\n");
  duration = read_line (other);
  g_assert_cmpint (duration->str[0], ==, ':');
  g_assert_cmpuint (g_ascii_strtoull (duration->str + 1, NULL, 10), >, 0);
  cf_wire_expect (other, strstr (IDLE, "$7\r\nengines"));
  cf_wire_exchange (other, "FUNCTION KILL\r\n", "+OK\r\n");
  cf_wire_expect (loop, KILLED);
  cf_wire_exchange (loop, "FUNCTION STATS\r\nSET k 1\r\n", IDLE "+OK\r\n");
  cf_wire_exchange (other, "FUNCTION KILL\r\n",
                    "-NOTBUSY No scripts in execution right now.\r\n");
}

/* Two of them loop, and nobody else waits. */
static void
test_function_side_by_side (void)
{
  g_autoptr (CfWire) one = cf_wire_open (server);
  g_autoptr (CfWire) two = cf_wire_open (server);
  g_autoptr (CfWire) other = cf_wire_open (server);

  load_both (other);
  cf_wire_exchange (other, "DEL l\r\n", ":0\r\n");
  cf_wire_say (one, "FCALL loop 1 a\r\n");
  cf_wire_say (two, "FCALL loop 1 b\r\n");
  wait_busy (other, "a");
  wait_busy (other, "b");
  cf_wire_exchange (other, "FCALL count 1 l\r\nFCALL count 1 l\r\n",
                    ":1\r\n:2\r\n");
  cf_wire_exchange (other, "FUNCTION KILL\r\n", "+OK\r\n");
  cf_wire_expect (one, KILLED);
  cf_wire_expect (two, KILLED);
  cf_wire_exchange (other, "DEL l\r\n", ":1\r\n");
}

/* Its library may go and come back; it runs to its end. */
static void
test_function_flushed (void)
{
  g_autoptr (CfWire) loop = cf_wire_open (server);
  g_autoptr (CfWire) other = cf_wire_open (server);

  load_both (other);
  cf_wire_say (loop, "FCALL loop 1 k\r\n");
  wait_busy (other, "k");
  cf_wire_exchange (other,
                    "FUNCTION DELETE loops\r\nFCALL loop 1 l\r\n"
                    "FCALL count 1 l\r\nFUNCTION FLUSH\r\nFCALL count 1 l\r\n",
                    "+OK\r\n-ERR Function not found\r\n:1\r\n+OK\r\n"
                    "-ERR Function not found\r\n");
  cf_wire_exchange (other, COUNTER, "$6\r\ncounts\r\n");
  cf_wire_exchange (other, "FCALL count 1 l\r\nFUNCTION KILL\r\n",
                    ":2\r\n+OK\r\n");
  cf_wire_expect (loop, KILLED);
  cf_wire_exchange (loop, "FCALL count 1 l\r\nDEL l\r\n", ":3\r\n:1\r\n");
}

/* -- As files have them --------------------------------------------------- */

static void
restore (CfWire *wire, const GString *dump, const char *how, const char *reply)
{
  g_autoptr (GString) request = g_string_new (NULL);

  g_string_printf (request, "*4\r\n$8\r\nFUNCTION\r\n$7\r\nRESTORE\r\n$%zu\r\n",
                   dump->len);
  g_string_append_len (request, dump->str, (gssize) dump->len);
  g_string_append_printf (request, "\r\n$%zu\r\n%s\r\n", strlen (how), how);
  cf_wire_send (wire, request->str, request->len);
  cf_wire_expect (wire, reply);
}

static void
test_function_restore (void)
{
  g_autoptr (CfWire) wire = cf_wire_open (server);
  g_autoptr (GString) dump = NULL;

  load_both (wire);
  cf_wire_say (wire, "FUNCTION DUMP\r\n");
  dump = read_bulk (wire);
  cf_wire_exchange (wire, "FUNCTION DELETE loops\r\n", "+OK\r\n");
  restore (wire, dump, "APPEND", "-ERR Library counts already exists\r\n");
  /* Nothing was restored. */
  cf_wire_exchange (wire, "FUNCTION DELETE loops\r\n",
                    "-ERR Library not found\r\n");
  restore (wire, dump, "REPLACE", "+OK\r\n");
  cf_wire_exchange (wire, "FUNCTION STATS\r\nFCALL count 1 l\r\nDEL l\r\n",
                    IDLE ":1\r\n:1\r\n");
  cf_wire_exchange (wire,
                    LOAD ("more", "redis.register_function ('more', function "
                                  "() return 1 end)"),
                    "$4\r\nmore\r\n");
  restore (wire, dump, "FLUSH", "+OK\r\n");
  cf_wire_exchange (wire, "FUNCTION STATS\r\nFCALL more 0\r\n",
                    IDLE "-ERR Function not found\r\n");
  cf_wire_exchange (wire, "FUNCTION FLUSH\r\n", "+OK\r\n");
  restore (wire, dump, "APPEND", "+OK\r\n");
  cf_wire_exchange (wire, "FUNCTION STATS\r\n", IDLE);
}

/* A dump with a flipped bit, or without its end, changes nothing. */
static void
test_function_broken_dump (void)
{
  g_autoptr (CfWire) wire = cf_wire_open (server);
  g_autoptr (GString) dump = NULL;

  load_both (wire);
  cf_wire_say (wire, "FUNCTION DUMP\r\n");
  dump = read_bulk (wire);
  for (gsize i = 0; i < dump->len; i++)
    {
      dump->str[i] ^= 0x10;
      restore (wire, dump, "FLUSH",
               "-ERR DUMP payload version or checksum are wrong\r\n");
      dump->str[i] ^= 0x10;
    }
  while (dump->len > 0)
    {
      g_string_truncate (dump, dump->len - 1);
      restore (wire, dump, "FLUSH",
               "-ERR DUMP payload version or checksum are wrong\r\n");
    }
  cf_wire_exchange (wire, "FUNCTION STATS\r\n", IDLE);
}

/* -- Flags ---------------------------------------------------------------- */

#define WRITER(NAME, FLAGS)                                                    \
  "redis.register_function { function_name = '" NAME                           \
  "', callback = function (k) return redis.call ('SET', k[1], 1) end, flags "  \
  "= {" FLAGS "} } "
#define FULL "-OOM command not allowed when used memory > 'maxmemory'.\r\n"

static void
test_function_flags (void)
{
  g_autoptr (CfWire) wire = cf_wire_open (server);

  cf_wire_exchange (wire, "FUNCTION FLUSH\r\n", "+OK\r\n");
  cf_wire_exchange (wire,
                    LOAD ("flags",
                          WRITER ("plain", "") WRITER ("pure", "'no-writes'")
                              WRITER ("big", "'allow-oom'")
                                  WRITER ("old", "'allow-stale'")),
                    "$5\r\nflags\r\n");
  cf_wire_exchange (wire, "FCALL plain 1 k\r\nFCALL old 1 k\r\n",
                    "+OK\r\n+OK\r\n");
  cf_wire_exchange (wire, "FCALL pure 1 k\r\n",
                    "-ERR Write commands are not allowed from read-only "
                    "scripts. script: pure, on @user_function:2.\r\n");
  cf_wire_exchange (wire, "FCALL_RO plain 1 k\r\n",
                    "-ERR Can not execute a script with write flag using *_ro "
                    "command.\r\n");
  cf_wire_exchange (wire, "CONFIG SET maxmemory 1\r\n", "+OK\r\n");
  cf_wire_exchange (wire, "FCALL plain 1 k\r\n", FULL);
  cf_wire_exchange (wire, "FCALL old 1 k\r\nFCALL big 1 k\r\n", FULL "+OK\r\n");
  cf_wire_exchange (wire, "FCALL_RO pure 1 k\r\n",
                    "-ERR Write commands are not allowed from read-only "
                    "scripts. script: pure, on @user_function:2.\r\n");
  cf_wire_exchange (wire, "CONFIG SET maxmemory 0\r\nFCALL plain 1 k\r\n",
                    "+OK\r\n+OK\r\n");
}

/* Lua takes a time that grows with the square of such a chain. */
static void
test_function_endless_source (void)
{
  g_autoptr (CfWire) wire = cf_wire_open (server);
  g_autoptr (GString) source = g_string_new ("#!lua name=chain\nif x then ");
  g_autofree char *head = NULL;

  for (guint i = 0; i < 400000; i++)
    g_string_append (source, "elseif x then ");
  g_string_append (source, "end");
  head = g_strdup_printf ("*3\r\n$8\r\nFUNCTION\r\n$4\r\nLOAD\r\n"
                          "$%" G_GSIZE_FORMAT "\r\n",
                          source->len);
  g_string_append (source, "\r\n");
  cf_wire_say (wire, head);
  cf_wire_send (wire, source->str, source->len);
  cf_wire_expect (wire, "-ERR Error registering functions: ERR FUNCTION LOAD "
                        "timeout\r\n");
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  server = cf_harness_start ("--busy-reply-threshold", "100", NULL);
  g_test_add_func ("/daemon/function/stats", test_function_stats);
  g_test_add_func ("/daemon/function/side-by-side", test_function_side_by_side);
  g_test_add_func ("/daemon/function/flushed", test_function_flushed);
  g_test_add_func ("/daemon/function/restore", test_function_restore);
  g_test_add_func ("/daemon/function/broken-dump", test_function_broken_dump);
  g_test_add_func ("/daemon/function/endless-source",
                   test_function_endless_source);
  g_test_add_func ("/daemon/function/flags", test_function_flags);
  status = g_test_run ();
  cf_harness_stop (server);
  return status;
}
