/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <signal.h>
#include <string.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>

#include "daemon/harness.h"

#define END_OF_LOG "(end of the log)"

/* Another process may be given a free port before the server takes it. */
#define ATTEMPTS 5

struct _CfHarness
{
  GSubprocess *process; /* (owned) */
  char *folder;         /* (owned) where it runs */
  char *socket;         /* (owned) its Unix socket */
  guint16 port;
  guint16 plain_port;
  gboolean is_redis;
  gboolean has_ended;  /* and its status is known */
  GThread *log_thread; /* (owned) */
  GAsyncQueue *lines;  /* (owned) (element-type utf8) what it logged */
};

struct _CfWire
{
  GSocket *socket; /* (owned) */
};

/* ---- The server --------------------------------------------------------- */

static void
die_with_parent (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

/* Reads all that the server says, so that it never waits for us. */
static gpointer
read_log (gpointer data)
{
  CfHarness *self = data;
  g_autoptr (GDataInputStream) stream =
      g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  char *line;

  while ((line = g_data_input_stream_read_line (stream, NULL, NULL, NULL)) !=
         NULL)
    {
      g_printerr ("# %s\n", line);
      g_async_queue_push (self->lines, line);
    }
  g_async_queue_push (self->lines, g_strdup (END_OF_LOG));
  return NULL;
}

/* A port that was free a moment ago. */
static guint16
find_port (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();

  return g_socket_listener_add_any_inet_port (listener, NULL, NULL);
}

/* Returns FALSE if the server ended before it said so. */
static gboolean
wait_until_ready (CfHarness *self)
{
  const char *ready = self->is_redis ? "server is now ready" : "listening on";

  for (;;)
    {
      g_autofree char *line = g_async_queue_timeout_pop (
          self->lines, CF_HARNESS_PATIENCE_S * G_USEC_PER_SEC);

      if (line == NULL)
        g_error ("the server did not say '%s'", ready);
      if (g_str_equal (line, END_OF_LOG))
        return FALSE;
      if (strstr (line, ready) != NULL)
        return TRUE;
    }
}

/**
 * cf_harness_next_log_line:
 * @self: a server
 * @text: what the line must have in it
 *
 * Waits for the next such line.
 *
 * Returns: (transfer full): the line
 */
char *
cf_harness_next_log_line (CfHarness *self, const char *text)
{
  for (;;)
    {
      g_autofree char *line = g_async_queue_timeout_pop (
          self->lines, CF_HARNESS_PATIENCE_S * G_USEC_PER_SEC);

      if (line == NULL || g_str_equal (line, END_OF_LOG))
        g_error ("the server did not say '%s'", text);
      if (strstr (line, text) != NULL)
        return g_steal_pointer (&line);
    }
}

/* What valgrind and its kind are called with, to run the server too. */
static void
add_wrapper (GPtrArray *argv)
{
  const char *wrapper = g_getenv ("TEST_WRAPPER");
  g_auto (GStrv) words = NULL;

  if (wrapper == NULL || !g_shell_parse_argv (wrapper, NULL, &words, NULL))
    return;
  for (char **word = words; *word != NULL; word++)
    g_ptr_array_add (argv, g_strdup (*word));
}

static CfHarness *
new_harness (gboolean is_redis)
{
  CfHarness *self = g_new0 (CfHarness, 1);
  g_autoptr (GError) error = NULL;

  self->is_redis = is_redis;
  self->folder = g_dir_make_tmp ("coffer-XXXXXX", &error);
  g_assert_no_error (error);
  self->socket = g_build_filename (self->folder, "socket", NULL);
  self->lines = g_async_queue_new_full (g_free);
  return self;
}

static void
add_option (GPtrArray *argv, const char *name, const char *value)
{
  g_ptr_array_add (argv, g_strdup (name));
  g_ptr_array_add (argv, g_strdup (value));
}

static void
add_port (GPtrArray *argv, const char *name, guint16 port)
{
  g_ptr_array_add (argv, g_strdup (name));
  g_ptr_array_add (argv, g_strdup_printf ("%u", port));
}

static void
spawn (CfHarness *self, const GPtrArray *argv)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE);
  g_autoptr (GError) error = NULL;

  g_subprocess_launcher_set_cwd (launcher, self->folder);
  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
  self->process = g_subprocess_launcher_spawnv (
      launcher, (const char *const *) argv->pdata, &error);
  g_assert_no_error (error);
  self->log_thread = g_thread_new ("log", read_log, self);
}

static void
forget_process (CfHarness *self)
{
  g_subprocess_force_exit (self->process);
  g_subprocess_wait (self->process, NULL, NULL);
  g_thread_join (self->log_thread);
  g_clear_object (&self->process);
}

static void
spawn_until_ready (CfHarness *self,
                   const char *program,
                   const char *const *options)
{
  for (int attempt = 0; attempt < ATTEMPTS; attempt++)
    {
      g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);

      self->port = find_port ();
      self->plain_port = find_port ();
      add_wrapper (argv);
      g_ptr_array_add (argv, g_strdup (program));
      add_option (argv, "--bind", "127.0.0.1");
      add_port (argv, "--port", self->port);
      add_option (argv, "--unixsocket", self->socket);
      if (self->is_redis)
        add_option (argv, "--save", "");
      else
        add_port (argv, "--plain-port", self->plain_port);
      for (const char *const *option = options; *option != NULL; option++)
        g_ptr_array_add (argv, g_strdup (*option));
      g_ptr_array_add (argv, NULL);
      spawn (self, argv);
      if (wait_until_ready (self))
        return;
      forget_process (self);
    }
  g_error ("the server does not start");
}

/**
 * cf_harness_start:
 * @option: (nullable): "--NAME", followed by its value, and so on
 * @...: more of these, then %NULL
 *
 * Starts $COFFERD on loopback and waits until it is ready.
 *
 * Returns: (transfer full): the server
 */
CfHarness *
cf_harness_start (const char *option, ...)
{
  g_autoptr (GPtrArray) options = g_ptr_array_new ();
  const char *program = g_getenv ("COFFERD");
  CfHarness *self;
  va_list more;

  if (program == NULL)
    g_error ("COFFERD names no program to test");
  self = new_harness (g_str_has_suffix (program, "redis-server"));
  va_start (more, option);
  for (; option != NULL; option = va_arg (more, const char *))
    g_ptr_array_add (options, (gpointer) option);
  va_end (more);
  g_ptr_array_add (options, NULL);
  spawn_until_ready (self, program, (const char *const *) options->pdata);
  return self;
}

/**
 * cf_harness_start_redis:
 *
 * Starts redis-server, whatever $COFFERD is, and waits until it is ready.
 *
 * Returns: (transfer full) (nullable): the server, or %NULL if it is not
 *   installed
 */
CfHarness *
cf_harness_start_redis (void)
{
  const char *const options[] = { "--enable-debug-command", "yes", NULL };
  g_autofree char *program = g_find_program_in_path ("redis-server");
  CfHarness *self;

  if (program == NULL)
    return NULL;
  self = new_harness (TRUE);
  spawn_until_ready (self, program, options);
  return self;
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *inner = g_build_filename (path, name, NULL);

      if (g_file_test (inner, G_FILE_TEST_IS_DIR))
        remove_folder (inner);
      else
        g_unlink (inner);
    }
  g_rmdir (path);
}

const char *
cf_harness_get_socket (const CfHarness *self)
{
  return self->socket;
}

guint16
cf_harness_get_port (const CfHarness *self)
{
  return self->port;
}

guint16
cf_harness_get_plain_port (const CfHarness *self)
{
  return self->plain_port;
}

/**
 * cf_harness_is_redis:
 * @self: a server
 *
 * Returns: %TRUE if it is not cofferd but redis-server, which knows less
 */
gboolean
cf_harness_is_redis (const CfHarness *self)
{
  return self->is_redis;
}

void
cf_harness_send_signal (CfHarness *self, int signal)
{
  g_subprocess_send_signal (self->process, signal);
}

/**
 * cf_harness_freeze:
 * @self: a server that runs
 *
 * Has the server do nothing until it gets SIGCONT.
 */
void
cf_harness_freeze (CfHarness *self)
{
  const char *pid = g_subprocess_get_identifier (self->process);
  siginfo_t info = { 0 };

  g_subprocess_send_signal (self->process, SIGSTOP);
  g_assert_cmpint (
      waitid (P_PID, (id_t) g_ascii_strtoull (pid, NULL, 10), &info, WSTOPPED),
      ==, 0);
  g_assert_cmpint (info.si_code, ==, CLD_STOPPED);
}

/**
 * cf_harness_wait:
 * @self: a server that is to end by itself
 *
 * Returns: its exit status, or minus the number of the signal that ended it
 */
int
cf_harness_wait (CfHarness *self)
{
  g_autoptr (GError) error = NULL;

  g_subprocess_wait (self->process, NULL, &error);
  g_assert_no_error (error);
  self->has_ended = TRUE;
  if (g_subprocess_get_if_signaled (self->process))
    return -g_subprocess_get_term_sig (self->process);
  return g_subprocess_get_exit_status (self->process);
}

/**
 * cf_harness_stop:
 * @self: (transfer full) (nullable): a server, running or not
 *
 * Ends the server if that was not waited for; the daemon must end well, which
 * it does not when a sanitizer has something to report.
 */
void
cf_harness_stop (CfHarness *self)
{
  if (self == NULL)
    return;
  if (!self->is_redis && !self->has_ended)
    {
      cf_harness_send_signal (self, SIGTERM);
      g_assert_cmpint (cf_harness_wait (self), ==, 0);
    }
  forget_process (self);
  g_async_queue_unref (self->lines);
  remove_folder (self->folder);
  g_free (self->folder);
  g_free (self->socket);
  g_free (self);
}

/* ---- Wires -------------------------------------------------------------- */

static CfWire *
try_open_address (GSocketAddress *address)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket =
      g_socket_new (g_socket_address_get_family (address), G_SOCKET_TYPE_STREAM,
                    G_SOCKET_PROTOCOL_DEFAULT, &error);
  CfWire *self;

  g_assert_no_error (error);
  g_socket_set_timeout (socket, CF_HARNESS_PATIENCE_S);
  if (!g_socket_connect (socket, address, NULL, NULL))
    return NULL;
  self = g_new0 (CfWire, 1);
  self->socket = g_steal_pointer (&socket);
  return self;
}

static CfWire *
try_open_port (guint16 port)
{
  g_autoptr (GInetAddress) loopback =
      g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address =
      g_inet_socket_address_new (loopback, port);

  return try_open_address (address);
}

/**
 * cf_wire_try_open:
 * @harness: a server that may have stopped listening
 *
 * Returns: (transfer full) (nullable): a connection to its port
 */
CfWire *
cf_wire_try_open (const CfHarness *harness)
{
  return try_open_port (harness->port);
}

CfWire *
cf_wire_open (const CfHarness *harness)
{
  CfWire *self = try_open_port (harness->port);

  g_assert_nonnull (self);
  return self;
}

/**
 * cf_wire_open_socket:
 * @harness: a server
 *
 * Returns: (transfer full): a connection to its Unix socket, the only kind
 *   that knows what the other side has read
 */
CfWire *
cf_wire_open_socket (const CfHarness *harness)
{
  g_autoptr (GSocketAddress) address =
      g_unix_socket_address_new (harness->socket);
  CfWire *self = try_open_address (address);

  g_assert_nonnull (self);
  return self;
}

/**
 * cf_wire_open_plain:
 * @harness: a server
 *
 * Returns: (transfer full): a connection to its plain-text port
 */
CfWire *
cf_wire_open_plain (const CfHarness *harness)
{
  CfWire *self = try_open_port (harness->plain_port);

  g_assert_nonnull (self);
  return self;
}

void
cf_wire_close (CfWire *self)
{
  if (self == NULL)
    return;
  g_object_unref (self->socket);
  g_free (self);
}

GSocket *
cf_wire_get_socket (CfWire *self)
{
  return self->socket;
}

/**
 * cf_wire_try_send:
 * @self: a wire
 * @data: (array length=size): what to send
 * @size: the size of @data in bytes
 *
 * Returns: %FALSE if the server has closed
 */
gboolean
cf_wire_try_send (CfWire *self, const char *data, gsize size)
{
  while (size > 0)
    {
      gssize sent = g_socket_send (self->socket, data, size, NULL, NULL);

      if (sent < 0)
        return FALSE;
      data += sent;
      size -= (gsize) sent;
    }
  return TRUE;
}

void
cf_wire_send (CfWire *self, const char *data, gsize size)
{
  g_assert_true (cf_wire_try_send (self, data, size));
}

/**
 * cf_wire_wait_taken:
 * @self: a wire to a Unix socket
 *
 * Returns when the server has read all that was sent.
 */
void
cf_wire_wait_taken (CfWire *self)
{
  int n_bytes = 1;

  while (n_bytes > 0)
    {
      g_assert_cmpint (
          ioctl (g_socket_get_fd (self->socket), SIOCOUTQ, &n_bytes), ==, 0);
      g_thread_yield ();
    }
}

void
cf_wire_say (CfWire *self, const char *text)
{
  cf_wire_send (self, text, strlen (text));
}

/**
 * cf_wire_end:
 * @self: a wire
 *
 * Says that nothing more will be sent.
 */
void
cf_wire_end (CfWire *self)
{
  g_autoptr (GError) error = NULL;

  g_socket_shutdown (self->socket, FALSE, TRUE, &error);
  g_assert_no_error (error);
}

/**
 * cf_wire_receive:
 * @self: a wire
 * @buffer: (array length=size): where to put what comes
 * @size: how much may come
 *
 * Returns: how much came, 0 if the server closed, in whatever manner
 */
gsize
cf_wire_receive (CfWire *self, char *buffer, gsize size)
{
  g_autoptr (GError) error = NULL;
  gssize received = g_socket_receive (self->socket, buffer, size, NULL, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED))
    return 0;
  g_assert_no_error (error);
  return (gsize) received;
}

/**
 * cf_wire_say_until:
 * @self: a wire
 * @request: what to say, again and again
 * @meanwhile: what its answers may begin with before the last
 * @wanted: what the last one begins with
 */
void
cf_wire_say_until (CfWire *self,
                   const char *request,
                   const char *meanwhile,
                   const char *wanted)
{
  for (;;)
    {
      char reply[256];

      cf_wire_say (self, request);
      reply[cf_wire_receive (self, reply, sizeof reply - 1)] = '\0';
      if (g_str_has_prefix (reply, wanted))
        return;
      g_assert_true (g_str_has_prefix (reply, meanwhile));
    }
}

/**
 * cf_wire_expect:
 * @self: a wire
 * @text: what must come next
 */
void
cf_wire_expect (CfWire *self, const char *text)
{
  gsize size = strlen (text);
  g_autofree char *read = g_malloc0 (size + 1);
  gsize filled = 0, received = 1;

  while (filled < size && received > 0)
    {
      received = cf_wire_receive (self, read + filled, size - filled);
      filled += received;
      if (memcmp (read, text, filled) != 0)
        break;
    }
  g_assert_cmpstr (read, ==, text);
}

/**
 * cf_wire_read_rest:
 * @self: a wire
 *
 * Returns: (transfer full): all that comes until the server closes
 */
GString *
cf_wire_read_rest (CfWire *self)
{
  GString *rest = g_string_new (NULL);
  char buffer[64 * 1024];
  gsize size;

  while ((size = cf_wire_receive (self, buffer, sizeof buffer)) > 0)
    g_string_append_len (rest, buffer, (gssize) size);
  return rest;
}

void
cf_wire_expect_end (CfWire *self)
{
  g_autoptr (GString) rest = cf_wire_read_rest (self);

  g_assert_cmpstr (rest->str, ==, "");
}

/**
 * cf_wire_exchange:
 * @self: a wire
 * @request: what to send
 * @reply: what must come back
 */
void
cf_wire_exchange (CfWire *self, const char *request, const char *reply)
{
  cf_wire_say (self, request);
  cf_wire_expect (self, reply);
}
