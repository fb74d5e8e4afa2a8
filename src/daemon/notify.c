/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "daemon/notify.h"

#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define MAX_FDS 1024

/* Fills in the address of NOTIFY_SOCKET, a path or, after "@", an abstract
 * name.  Returns its length, or 0 if there is none to speak of. */
static socklen_t
find_manager (struct sockaddr_un *address)
{
  const char *path = g_getenv ("NOTIFY_SOCKET");
  gsize size = path != NULL ? strlen (path) : 0;

  memset (address, 0, sizeof *address);
  if (size < 2 || size >= sizeof address->sun_path ||
      (path[0] != '/' && path[0] != '@'))
    return 0;
  address->sun_family = AF_UNIX;
  memcpy (address->sun_path, path, size);
  if (path[0] == '@')
    address->sun_path[0] = '\0';
  return (socklen_t) (offsetof (struct sockaddr_un, sun_path) + size);
}

/**
 * cf_notify:
 * @format: a printf() format for the state: lines such as "READY=1"
 *
 * Tells the service manager about our state.  A service manager that does not
 * want to know is no error.
 *
 * Returns: whether it was told
 */
gboolean
cf_notify (const char *format, ...)
{
  struct sockaddr_un address;
  socklen_t length = find_manager (&address);
  g_autofree char *state = NULL;
  va_list args;
  ssize_t sent;
  int fd;

  if (length == 0)
    return FALSE;
  fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return FALSE;
  va_start (args, format);
  state = g_strdup_vprintf (format, args);
  va_end (args);
  sent = sendto (fd, state, strlen (state), MSG_NOSIGNAL,
                 (struct sockaddr *) &address, length);
  close (fd);
  return sent >= 0;
}

/**
 * cf_notify_listen_fds:
 *
 * Takes over the sockets that the service manager opened for this process:
 * they are %CF_NOTIFY_FIRST_FD and those after it.  A second call finds none.
 *
 * Returns: how many there are
 */
guint
cf_notify_listen_fds (void)
{
  const char *pid = g_getenv ("LISTEN_PID"), *fds = g_getenv ("LISTEN_FDS");
  guint64 for_pid = 0, n = 0;
  gboolean ours =
      pid != NULL && fds != NULL &&
      g_ascii_string_to_unsigned (pid, 10, 1, G_MAXINT, &for_pid, NULL) &&
      g_ascii_string_to_unsigned (fds, 10, 1, MAX_FDS, &n, NULL) &&
      for_pid == (guint64) getpid ();

  if (!ours)
    return 0;
  for (int fd = CF_NOTIFY_FIRST_FD; fd < CF_NOTIFY_FIRST_FD + (int) n; fd++)
    fcntl (fd, F_SETFD, FD_CLOEXEC);
  g_unsetenv ("LISTEN_PID");
  g_unsetenv ("LISTEN_FDS");
  g_unsetenv ("LISTEN_FDNAMES");
  return (guint) n;
}
