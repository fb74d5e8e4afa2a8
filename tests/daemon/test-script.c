/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test-script.c -- a script holds up nobody but those who ask for its keys. */
#include "config.h"

#include <signal.h>
#include <string.h>

#include "daemon/harness.h"

#define LOOP "EVAL 'redis.call(\"GET\",KEYS[1]) while true do end' 1 "
#define BUSY                                                                   \
  "-BUSY Redis is busy running a script. You can only call SCRIPT KILL or "    \
  "SHUTDOWN NOSAVE.\r\n"
#define LOOP_ALONE                                                             \
  "EVAL 'redis.call(\"SORT_RO\",\"no\",\"BY\",\"w_*\") while true do end' "    \
  "0\r\n"
#define SHA_OF_LOOP_ALONE "997b20b5e80d684d6ef8653eba3f0f120d85139e"
#define EXEC_BUSY                                                              \
  "-EXECABORT Transaction discarded because of: BUSY Redis is busy running a " \
  "script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.\r\n"
#define UNKILLABLE                                                             \
  "-UNKILLABLE Sorry the script already executed write commands against the "  \
  "dataset. You can either wait the script termination or kill the server in " \
  "a hard way using the SHUTDOWN NOSAVE command.\r\n"
#define BUSY_FUNCTION                                                          \
  "-BUSY Redis is busy running a script. You can only call FUNCTION KILL or "  \
  "SHUTDOWN NOSAVE.\r\n"
#define SHA_OF_LOOP "c93362c509929e6f3083e2713c5db605070ecf16"
/* The same, which tells the log that it has its key. */
#define LOOP_TOLD                                                              \
  "EVAL 'redis.call(\"GET\",KEYS[1]) redis.log(redis.LOG_WARNING,\"it "        \
  "loops\") while true do end' 1 "
#define SHA_OF_LOOP_TOLD "c8ad60bf522d227e1b9e6093475bb3ced89d0df9"

/* What the client of a killed script is told. */
#define KILLED(SHA)                                                            \
  "-ERR Script killed by user with SCRIPT KILL... script: " SHA                \
  ", on @user_script:1.\r\n"

static CfHarness *server;

/* Until a script is there to be killed. */
static void
kill_script (CfWire *wire)
{
  cf_wire_say_until (wire, "SCRIPT KILL\r\n", "-NOTBUSY", "+OK\r\n");
}

/* Until a script is seen to have the key k. */
static void
wait_busy (CfWire *wire)
{
  cf_wire_say_until (wire, "SET k 1\r\n", "+OK\r\n", BUSY);
}

static void
test_script_loops (void)
{
  g_autoptr (CfWire) loop = cf_wire_open (server);
  g_autoptr (CfWire) other = cf_wire_open (server);
  g_autoptr (CfWire) same = cf_wire_open (server);

  cf_wire_say (loop, LOOP "k\r\n");
  /* After busy-reply-threshold, not before. */
  wait_busy (same);
  cf_wire_exchange (other, "SET l 1\r\nGET l\r\n", "+OK\r\n$1\r\n1\r\n");
  cf_wire_exchange (other, "EVAL 'return redis.call(\"INCR\",KEYS[1])' 1 l\r\n",
                    ":2\r\n");
  cf_wire_exchange (same, "PING\r\nGET l\r\nGET k\r\n",
                    "+PONG\r\n$1\r\n2\r\n" BUSY);
  kill_script (other);
  cf_wire_expect (loop, KILLED (SHA_OF_LOOP));
  cf_wire_exchange (same, "SET k 1\r\nGET k\r\n", "+OK\r\n$1\r\n1\r\n");
  cf_wire_exchange (loop, "GET k\r\n", "$1\r\n1\r\n");
}

/* What has written cannot be killed; its client is told when it ends. */
static void
test_script_unkillable (void)
{
  g_autoptr (CfWire) writer = cf_wire_open (server);
  g_autoptr (CfWire) other = cf_wire_open (server);
  char reply[256];
  gboolean refused = FALSE;

  cf_wire_say (writer,
               "EVAL 'redis.call(\"SET\",KEYS[1],1) local n = 0 for i = "
               "1,300000000 do n = n + 1 end return n' 1 w\r\n");
  cf_wire_wait_taken (writer);
  while (!refused)
    {
      gsize size;

      cf_wire_say (other, "SCRIPT KILL\r\n");
      size = cf_wire_receive (other, reply, sizeof reply);
      g_assert_cmpuint (size, >, 8);
      refused = memcmp (reply, "-UNKILLABLE ", 12) == 0;
      if (!refused)
        g_assert_cmpmem (reply, 8, "-NOTBUSY", 8);
    }
  cf_wire_expect (writer, ":300000000\r\n");
}

typedef struct
{
  guint key;
} Counting;

static gpointer
count (gpointer data)
{
  Counting *self = data;
  g_autoptr (CfWire) wire = cf_wire_open (server);
  g_autofree char *request = g_strdup_printf (
      "EVAL 'for i = 1,1000 do redis.call(\"INCR\",\"shared\") "
      "redis.call(\"INCR\",KEYS[1]) end "
      "return redis.call(\"GET\",KEYS[1])' 1 count%u\r\n",
      self->key);

  cf_wire_exchange (wire, request, "$4\r\n1000\r\n");
  return NULL;
}

/* Scripts that all touch a key which none has declared: none is lost, none
 * comes between. */
static void
test_script_undeclared (void)
{
  Counting counts[4];
  GThread *threads[G_N_ELEMENTS (counts)];
  g_autoptr (CfWire) wire = cf_wire_open (server);

  cf_wire_exchange (wire, "SET shared 0\r\n", "+OK\r\n");
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      counts[i] = (Counting){ .key = i };
      threads[i] = g_thread_new ("count", count, &counts[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    g_thread_join (threads[i]);
  cf_wire_exchange (wire, "GET shared\r\n", "$4\r\n4000\r\n");
}

/* One that loops with the gate closed keeps nobody waiting who needs no key;
 * others are told, and one can kill it. */
static void
test_script_loops_alone (void)
{
  g_autoptr (CfWire) loop = cf_wire_open (server);
  g_autoptr (CfWire) other = cf_wire_open (server);

  cf_wire_say (loop, LOOP_ALONE);
  wait_busy (other);
  cf_wire_exchange (other,
                    "PING\r\nGET anything\r\nEVAL 'return 1' 1 x\r\n"
                    "EVAL 'return 1' 0\r\n",
                    "+PONG\r\n" BUSY BUSY ":1\r\n");
  cf_wire_exchange (other, "FLUSHALL\r\nSHUTDOWN\r\nFUNCTION KILL\r\n",
                    BUSY BUSY BUSY);
  kill_script (other);
  cf_wire_expect (loop, KILLED (SHA_OF_LOOP_ALONE));
  cf_wire_exchange (other, "SET k 1\r\nGET k\r\nFLUSHALL\r\nGET k\r\n",
                    "+OK\r\n$1\r\n1\r\n+OK\r\n$-1\r\n");
  cf_wire_exchange (loop, "SET l 1\r\nDBSIZE\r\n", "+OK\r\n:1\r\n");
}

/* Likewise, within a block that also flushes. */
static void
test_script_loops_in_block (void)
{
  g_autoptr (CfWire) loop = cf_wire_open (server);
  g_autoptr (CfWire) other = cf_wire_open (server);

  cf_wire_exchange (loop,
                    "MULTI\r\nFLUSHALL\r\n"
                    "EVAL 'while true do end' 0\r\nFLUSHALL\r\nSET a 1\r\n",
                    "+OK\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n");
  cf_wire_say (loop, "EXEC\r\n");
  wait_busy (other);
  kill_script (other);
  cf_wire_expect (loop,
                  "*4\r\n+OK\r\n" KILLED (
                      "694a5fe1ddb97a4c6a1bf299d9537c7d3d0f84e7") "+OK\r\n"
                                                                  "+OK\r\n");
  cf_wire_exchange (other, "GET a\r\nDBSIZE\r\n", "$1\r\n1\r\n:1\r\n");
}

/* A function of Lua's that cannot be stopped holds up those alone who want the
 * key; between two the script ends. */
static void
test_script_loops_in_find (void)
{
  g_autoptr (CfWire) loop = cf_wire_open (server);
  g_autoptr (CfWire) other = cf_wire_open (server);
  g_autoptr (CfWire) same = cf_wire_open (server);

  cf_wire_say (loop, "EVAL 'local s = string.rep(\"a\",600) while true do "
                     "string.find(s,\".-.-b\") end' 1 k\r\n");
  wait_busy (same);
  /* A key in the same slot. */
  cf_wire_exchange (other, "SET {k}x 1\r\nGET {k}x\r\nGET k\r\nPING\r\n",
                    "+OK\r\n$1\r\n1\r\n" BUSY "+PONG\r\n");
  kill_script (other);
  cf_wire_expect (loop, KILLED ("e0026799bb13531856a56bd1fe508788637c6b2a"));
  cf_wire_exchange (same, "SET k 1\r\n", "+OK\r\n");
}

/* Who needs that nobody else runs is told, as well. */
static void
test_script_loops_before_flush (void)
{
  g_autoptr (CfWire) loop = cf_wire_open (server);
  g_autoptr (CfWire) flush = cf_wire_open (server);
  g_autoptr (CfWire) block = cf_wire_open (server);
  g_autofree char *line = NULL;

  cf_wire_say (loop, LOOP_TOLD "k\r\n");
  line = cf_harness_next_log_line (server, "it loops");
  cf_wire_say (flush, "FLUSHALL\r\n");
  cf_wire_exchange (block, "MULTI\r\nSET fresh 1\r\nFLUSHALL\r\n",
                    "+OK\r\n+QUEUED\r\n+QUEUED\r\n");
  cf_wire_exchange (block, "EXEC\r\nGET fresh\r\n", EXEC_BUSY "$-1\r\n");
  cf_wire_expect (flush, BUSY);
  cf_wire_exchange (flush, "SWAPDB 0 1\r\nFLUSHDB\r\nSCRIPT FLUSH\r\n",
                    BUSY BUSY "+OK\r\n");
  kill_script (flush);
  cf_wire_expect (loop, KILLED (SHA_OF_LOOP_TOLD));
  cf_wire_exchange (flush, "FLUSHALL\r\n", "+OK\r\n");
}

/* A function, likewise; others are told to kill a function. */
static void
test_script_function_loops (void)
{
  g_autoptr (CfWire) loop = cf_wire_open (server);
  g_autoptr (CfWire) other = cf_wire_open (server);
  char reply[256] = "";

  cf_wire_exchange (other,
                    "FUNCTION LOAD \"#!lua name=l\\n"
                    "redis.register_function('loop', function() "
                    "redis.call('GET','k') "
                    "redis.call('SORT_RO','no','BY','w_*') "
                    "while true do end end)\"\r\n",
                    "$1\r\nl\r\n");
  cf_wire_say (loop, "FCALL loop 0\r\n");
  while (!g_str_has_prefix (reply, "-BUSY "))
    {
      gsize size;

      cf_wire_say (other, "GET k\r\n");
      size = cf_wire_receive (other, reply, sizeof reply - 1);
      reply[size] = '\0';
    }
  g_assert_cmpstr (reply, ==, BUSY_FUNCTION);
  cf_wire_exchange (other, "SCRIPT KILL\r\nSWAPDB 0 1\r\nFUNCTION KILL\r\n",
                    BUSY_FUNCTION BUSY_FUNCTION "+OK\r\n");
  cf_wire_expect (loop, "-ERR Script killed by user with SCRIPT KILL... "
                        "script: loop, on @user_function:2.\r\n");
  cf_wire_exchange (other, "SET k 1\r\n", "+OK\r\n");
}

/* What has written while it was alone goes on to its end; the others are
 * served then. */
static void
test_script_alone_unkillable (void)
{
  g_autoptr (CfWire) writer = cf_wire_open (server);
  g_autoptr (CfWire) other = cf_wire_open (server);
  g_autoptr (CfWire) waiting = cf_wire_open (server);

  cf_wire_say (writer,
               "EVAL 'redis.call(\"FLUSHALL\") redis.call(\"SET\",\"w\",1) "
               "local n = 0 for i = 1,300000000 do n = n + 1 end "
               "redis.call(\"FLUSHALL\") redis.call(\"INCR\",\"w\") "
               "return redis.call(\"DBSIZE\")' 0\r\n");
  wait_busy (other);
  cf_wire_say (waiting, "SCRIPT KILL\r\n");
  cf_wire_expect (waiting, UNKILLABLE);
  cf_wire_expect (writer, ":1\r\n");
  cf_wire_exchange (other, "GET w\r\n", "$1\r\n1\r\n");
}

#define N_VERSIONS 100

/* What one client loads is what others call, on whichever loop they are. */
static void
test_script_functions (void)
{
  CfWire *callers[4];
  g_autoptr (CfWire) loader = cf_wire_open (server);

  for (guint i = 0; i < G_N_ELEMENTS (callers); i++)
    callers[i] = cf_wire_open (server);
  for (guint version = 0; version < N_VERSIONS; version++)
    {
      g_autofree char *load = g_strdup_printf (
          "FUNCTION LOAD REPLACE \"#!lua name=now\\nredis.register_function("
          "'version', function () return %u end)\"\r\n",
          version);
      g_autofree char *reply = g_strdup_printf (":%u\r\n", version);

      cf_wire_exchange (loader, load, "$3\r\nnow\r\n");
      for (guint i = 0; i < G_N_ELEMENTS (callers); i++)
        cf_wire_exchange (callers[i], "FCALL Version 0\r\n", reply);
    }
  cf_wire_exchange (loader, "FUNCTION DELETE now\r\n", "+OK\r\n");
  for (guint i = 0; i < G_N_ELEMENTS (callers); i++)
    {
      cf_wire_exchange (callers[i], "FCALL version 0\r\n",
                        "-ERR Function not found\r\n");
      cf_wire_close (callers[i]);
    }
}

/* A script that loops does not keep the server from ending. */
static void
test_script_shutdown (void)
{
  g_autoptr (CfWire) loop = cf_wire_open (server);

  cf_wire_say (loop, LOOP_ALONE);
  cf_wire_wait_taken (loop);
  cf_harness_send_signal (server, SIGTERM);
  g_assert_cmpint (cf_harness_wait (server), ==, 0);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  server = cf_harness_start ("--busy-reply-threshold", "300", "--io-threads",
                             "2", NULL);
  g_test_add_func ("/daemon/script/loops", test_script_loops);
  g_test_add_func ("/daemon/script/unkillable", test_script_unkillable);
  g_test_add_func ("/daemon/script/loops-alone", test_script_loops_alone);
  g_test_add_func ("/daemon/script/loops-in-block", test_script_loops_in_block);
  g_test_add_func ("/daemon/script/loops-before-flush",
                   test_script_loops_before_flush);
  g_test_add_func ("/daemon/script/function-loops", test_script_function_loops);
  g_test_add_func ("/daemon/script/loops-in-find", test_script_loops_in_find);
  g_test_add_func ("/daemon/script/alone-unkillable",
                   test_script_alone_unkillable);
  g_test_add_func ("/daemon/script/undeclared", test_script_undeclared);
  g_test_add_func ("/daemon/script/functions", test_script_functions);
  g_test_add_func ("/daemon/script/shutdown", test_script_shutdown);
  status = g_test_run ();
  cf_harness_stop (server);
  return status;
}
