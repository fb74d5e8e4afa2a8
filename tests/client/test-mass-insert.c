/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "client/canned.h"
#include "client/mass-insert.h"

#define ECHO "\r\n*2\r\n$4\r\nECHO\r\n$20\r\n"
#define N_COMMANDS 200000

/* Answers a + to each line it gets, and to the ending with its word. */
static gpointer
serve (gpointer data)
{
  g_autoptr (GSocketConnection) connection =
      g_socket_listener_accept (data, NULL, NULL, NULL);
  g_autoptr (GDataInputStream) in = g_data_input_stream_new (
      g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  gboolean is_ending = FALSE;

  for (;;)
    {
      g_autofree char *line =
          g_data_input_stream_read_line (in, NULL, NULL, NULL);
      g_autofree char *answer = NULL;

      if (line == NULL)
        return NULL;
      if (line[0] == '*')
        is_ending = TRUE;
      if (strlen (line) == 21 && is_ending)
        answer = g_strdup_printf ("$20\r\n%.20s\r\n", line);
      else if (line[0] == 'x')
        answer = g_strdup (line[1] == 'e' ? "-ERR no\r\n" : "+OK\r\n");
      if (answer != NULL)
        g_assert_true (g_output_stream_write_all (out, answer, strlen (answer),
                                                  NULL, NULL, NULL));
    }
}

static gpointer
write_commands (gpointer data)
{
  int fd = GPOINTER_TO_INT (data);
  g_autoptr (GString) text = g_string_new (NULL);
  gsize done = 0;

  for (int i = 0; i < N_COMMANDS; i++)
    g_string_append (text, i == 7 ? "xe\r\n" : "x\r\n");
  while (done < text->len)
    {
      ssize_t n = write (fd, text->str + done, text->len - done);

      g_assert_cmpint (n, >, 0);
      done += (gsize) n;
    }
  close (fd);
  return NULL;
}

/* More than fits into the buffers of both sides. */
static void
insert (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  g_autoptr (CfRemote) remote = cf_remote_new ("127.0.0.1", port, NULL);
  CfClientOptions options = { .pipe_timeout_us = -1 };
  g_autoptr (GError) error = NULL;
  GThread *server = g_thread_new ("server", serve, listener), *writer;
  int fds[2];

  g_assert_cmpint (pipe (fds), ==, 0);
  writer = g_thread_new ("writer", write_commands, GINT_TO_POINTER (fds[1]));
  g_assert_true (cf_remote_connect (remote, NULL));
  g_assert_false (cf_mass_insert (remote, &options, fds[0], &error));
  g_assert_no_error (error);
  cf_remote_close (remote);
  close (fds[0]);
  g_thread_join (writer);
  g_thread_join (server);
}

static void
test_mass_insert_counts (void)
{
  if (g_test_subprocess ())
    {
      insert ();
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stdout ("*errors: 1, replies: 200000\n*");
  g_test_trap_assert_stderr ("*ERR no\n*");
}

static void
run_canned (const char *until,
            const char *answer,
            gint64 timeout_us,
            const char *trouble)
{
  const CfCannedAnswer canned = { until, answer };
  CfCanned *server = cf_canned_start (&canned, 1);
  g_autoptr (CfRemote) remote =
      cf_remote_new ("127.0.0.1", cf_canned_get_port (server), NULL);
  CfClientOptions options = { .pipe_timeout_us = timeout_us };
  g_autoptr (GError) error = NULL;
  int fds[2];

  g_assert_cmpint (pipe (fds), ==, 0);
  close (fds[1]);
  g_assert_true (cf_remote_connect (remote, NULL));
  g_assert_false (cf_mass_insert (remote, &options, fds[0], &error));
  g_assert_cmpstr (error != NULL ? error->message : NULL, ==, trouble);
  cf_remote_close (remote);
  close (fds[0]);
  g_free (cf_canned_finish (server));
}

static void
test_mass_insert_lost (void)
{
  run_canned (ECHO, "+OK\r\n", -1, "Server closed the connection");
}

/* A server that reads and never answers. */
static void
test_mass_insert_timeout (void)
{
  run_canned (NULL, "", 1000, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/mass-insert/counts", test_mass_insert_counts);
  g_test_add_func ("/client/mass-insert/lost", test_mass_insert_lost);
  g_test_add_func ("/client/mass-insert/timeout", test_mass_insert_timeout);
  return g_test_run ();
}
