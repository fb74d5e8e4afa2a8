/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test-runner.c -- coffer and redis-cli are run side by side on one
 * redis-server: what they print and how they end must be the same. */
#include "config.h"

#include <gio/gio.h>
#include <string.h>

#include "daemon/harness.h"

typedef struct
{
  const char *line;  /* options and command, as for a shell */
  const char *input; /* (nullable) standard input */
} Run;

typedef struct
{
  GBytes *out;
  int status;
} Outcome;

#define MIXED                                                                  \
  "'return {1,{3,{},{\"a\",{\"c\"}}},{err=\"ERR x\"},{ok=\"fine\"},"           \
  "\"q\\\"\\\\\\n\\r\\t\\a\\b\\0\\255\\127\",false}' 0"
#define MAPS "'redis.setresp(3); return {map={a={map={b={1,2}}}}}' 0"

static const Run runs[] = {
  { "ping", NULL },
  { "--no-raw ping", NULL },
  { "echo 'a b'", NULL },
  { "--no-raw echo 'a b'", NULL },
  { "--no-raw incr n", NULL },
  { "--raw incr n", NULL },
  { "--no-raw get nothing", NULL },
  { "get nothing", NULL },
  { "nonsense", NULL },
  { "--no-raw nonsense a b", NULL },
  { "-e nonsense", NULL },
  { "-e ping", NULL },
  { "--no-raw lrange nothing 0 -1", NULL },
  { "lrange nothing 0 -1", NULL },
  { "--no-raw eval " MIXED, NULL },
  { "--raw eval " MIXED, NULL },
  { "--csv eval " MIXED, NULL },
  { "--json eval " MIXED, NULL },
  { "--json -2 eval " MIXED, NULL },
  { "--quoted-json eval " MIXED, NULL },
  { "-3 --no-raw eval " MIXED, NULL },
  { "-d , -D ; --raw eval " MIXED, NULL },
  { "-3 --no-raw eval " MAPS, NULL },
  { "-3 --raw eval " MAPS, NULL },
  { "-3 --csv eval " MAPS, NULL },
  { "--json eval " MAPS, NULL },
  { "-3 --no-raw command docs get set", NULL },
  { "--no-raw command docs get set", NULL },
  { "-3 --raw command docs get set", NULL },
  { "-3 --csv command docs get set", NULL },
  { "--json command docs get set", NULL },
  { "-3 --no-raw command info get zadd", NULL },
  { "--no-raw command info get zadd", NULL },
  { "-3 --no-raw debug protocol string", NULL },
  { "-3 --no-raw debug protocol double", NULL },
  { "-3 --no-raw debug protocol null", NULL },
  { "-3 --no-raw debug protocol array", NULL },
  { "-3 --no-raw debug protocol set", NULL },
  { "-3 --no-raw debug protocol map", NULL },
  { "-3 --no-raw debug protocol push", NULL },
  { "-3 --no-raw --show-pushes y debug protocol push", NULL },
  { "-3 --raw --show-pushes y debug protocol push", NULL },
  { "-3 --no-raw debug protocol verbatim", NULL },
  { "-3 --no-raw debug protocol true", NULL },
  { "-3 --no-raw debug protocol false", NULL },
  { "-3 debug protocol set", NULL },
  { "-3 debug protocol map", NULL },
  { "-3 debug protocol true", NULL },
  { "--no-raw info cluster", NULL },
  { "--json info cluster", NULL },
  { "--no-raw latency doctor", NULL },
  { "--no-raw latency graph nothing", NULL },
  { "--no-raw memory doctor", NULL },
  { "--no-raw lolwut version 5 1 1 1", NULL },
  { "-r 3 incr n", NULL },
  { "-r 0 incr n", NULL },
  { "-r 2 -i 0.01 incr n", NULL },
  { "-n 3 eval 'redis.call(\"set\",\"k\",1); return redis.call(\"dbsize\")' 0",
    NULL },
  { "-n 99 ping", NULL },
  { "-a secret --no-auth-warning ping", NULL },
  { "--user me --pass secret ping", NULL },
  { "--eval /dev/stdin k l , a b", "return {KEYS, ARGV, #ARGV}" },
  { "--eval /dev/stdin --no-raw , a", "return {KEYS, ARGV}" },
  { "--json --eval /dev/stdin k", "return {KEYS, ARGV}" },
  { "--eval /dev/stdin", "return redis.error_reply ('ERR no')" },
  { "-e --eval /dev/stdin", "return redis.error_reply ('ERR no')" },
  { "-r 2 --eval /dev/stdin k", "return redis.call ('incr', KEYS[1])" },
  { "-3 --csv --eval /dev/stdin", "redis.setresp (3); return {double=1.5}" },
  { "--eval /nowhere/x.lua k , a", NULL },
  { "-x echo", "from stdin" },
  { "-x echo", "" },
  { "-X here echo here", "from stdin" },
  { "--quoted-input echo '\"a\\x41\"'", NULL },
  { "--quoted-input echo \"'b c'\"", NULL },
  { "set k -1", NULL },
  { "incrby n -5", NULL },
  { "''", NULL },
  { "quit", NULL },
  { "3 ping", NULL },
  { "-e subscribe", NULL },
  { "unsubscribe", NULL },
  { "shutdown nonsense", NULL },
  { "", "ping\necho 'a b'\nnonsense\nget k" },
  { "--no-raw", "ping\n\n  \necho 'a b'\nnonsense\nget k\nquit\nping\n" },
  { "--no-raw", "PING\nexit\nping\n" },
  { "", "echo \"a\n2 ping\nx3 ping\n" },
  { "--no-raw", "multi\nset a 1\nselect 2\nexec\nset b 1\ndbsize\n" },
  { "--no-raw", "multi\nset a 1\ndiscard\nget a\n" },
  { "--no-raw", "select 3\nset b 1\nreset\ndbsize\n" },
  { "-3 --no-raw", "hset h a 1\nhgetall h\nreset\nhgetall h\n" },
  { "-e", "nonsense\nping\n" },
  { "", "client kill type normal skipme no\nping\nping\n" },
  { "", "debug sleep 0.01\n" },
  { "--no-raw", "# x\nclear\n:set hints\n" },
  { "", "echo \"\\x00\\xff\\\"\" \n" },
};

static GPtrArray *
make_argv (const char *program, const char *socket, const char *line)
{
  GPtrArray *argv = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) words = NULL;
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (argv, g_strdup (program));
  g_ptr_array_add (argv, g_strdup ("-s"));
  g_ptr_array_add (argv, g_strdup (socket));
  if (line[0] != '\0')
    {
      g_shell_parse_argv (line, NULL, &words, &error);
      g_assert_no_error (error);
      for (char **word = words; *word != NULL; word++)
        g_ptr_array_add (argv, g_strdup (*word));
    }
  g_ptr_array_add (argv, NULL);
  return argv;
}

static Outcome
run_program (const char *program, const char *socket, const Run *run)
{
  g_autoptr (GPtrArray) argv = make_argv (program, socket, run->line);
  g_autoptr (GSubprocess) process = NULL;
  const char *typed = run->input != NULL ? run->input : "";
  g_autoptr (GBytes) input = g_bytes_new_static (typed, strlen (typed));
  g_autoptr (GError) error = NULL;
  Outcome outcome = { NULL, 0 };

  process = g_subprocess_newv ((const char *const *) argv->pdata,
                               G_SUBPROCESS_FLAGS_STDIN_PIPE |
                                   G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                   G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                               &error);
  g_assert_no_error (error);
  g_subprocess_communicate (process, input, NULL, &outcome.out, NULL, &error);
  g_assert_no_error (error);
  outcome.status = g_subprocess_get_exit_status (process);
  return outcome;
}

static char *
show (GBytes *bytes)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  g_autofree char *text = g_strndup (size > 0 ? data : "", size);

  return g_strescape (text, NULL);
}

static void
compare (CfHarness *redis,
         const char *reference,
         const char *coffer,
         const Run *run)
{
  static const char *const fresh = "*1\r\n$8\r\nFLUSHALL\r\n";
  g_autoptr (CfWire) wire = cf_wire_open_socket (redis);
  g_autofree char *expected = NULL, *got = NULL;
  Outcome theirs, ours;

  cf_wire_exchange (wire, fresh, "+OK\r\n");
  theirs = run_program (reference, cf_harness_get_socket (redis), run);
  g_clear_pointer (&wire, cf_wire_close);
  wire = cf_wire_open_socket (redis);
  cf_wire_exchange (wire, fresh, "+OK\r\n");
  ours = run_program (coffer, cf_harness_get_socket (redis), run);

  g_test_message ("%s <<< %s", run->line, run->input);
  expected = show (theirs.out);
  got = show (ours.out);
  g_assert_cmpstr (got, ==, expected);
  g_assert_true (g_bytes_equal (ours.out, theirs.out));
  g_assert_cmpint (ours.status, ==, theirs.status);
  g_bytes_unref (theirs.out);
  g_bytes_unref (ours.out);
}

static void
test_runner_as_redis_cli (void)
{
  g_autofree char *reference = g_find_program_in_path ("redis-cli");
  const char *coffer = g_getenv ("COFFER");
  g_autoptr (CfHarness) redis = cf_harness_start_redis ();

  if (redis == NULL || reference == NULL)
    {
      g_test_skip ("redis-server and redis-cli are not both installed");
      return;
    }
  g_assert_nonnull (coffer);
  for (gsize i = 0; i < G_N_ELEMENTS (runs); i++)
    compare (redis, reference, coffer, &runs[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_unsetenv ("REDISCLI_AUTH");
  g_test_add_func ("/client/runner/as-redis-cli", test_runner_as_redis_cli);
  return g_test_run ();
}
