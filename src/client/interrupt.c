/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>

#include "client/interrupt.h"

static volatile sig_atomic_t watched_fd = -1;
static volatile sig_atomic_t was_interrupted;
static struct sigaction action_before;

static void
on_interrupt (int number)
{
  int saved = errno;

  (void) number;
  was_interrupted = 1;
  shutdown (watched_fd, SHUT_RDWR);
  errno = saved;
}

/**
 * cf_interrupt_watch:
 * @fd: a connected socket; it stays the caller's
 *
 * From now on SIGINT shuts @fd down, until cf_interrupt_end().
 */
void
cf_interrupt_watch (int fd)
{
  struct sigaction action = { .sa_handler = on_interrupt };

  sigemptyset (&action.sa_mask);
  was_interrupted = 0;
  watched_fd = fd;
  sigaction (SIGINT, &action, &action_before);
}

/**
 * cf_interrupt_end:
 *
 * Gives SIGINT back what it did before cf_interrupt_watch().
 *
 * Returns: %TRUE if it came since then
 */
gboolean
cf_interrupt_end (void)
{
  sigaction (SIGINT, &action_before, NULL);
  watched_fd = -1;
  return was_interrupted != 0;
}
