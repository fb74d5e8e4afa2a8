/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client/interrupt.h"

static volatile sig_atomic_t n_before;

static void
on_signal (int number)
{
  (void) number;
  n_before++;
}

static void
test_interrupt_ends (void)
{
  int fds[2];
  char c;

  signal (SIGINT, on_signal);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, fds), ==, 0);
  cf_interrupt_watch (fds[0]);
  raise (SIGINT);
  g_assert_cmpint (read (fds[0], &c, 1), ==, 0);
  g_assert_cmpint (read (fds[1], &c, 1), ==, 0);
  g_assert_true (cf_interrupt_end ());
  g_assert_cmpint (n_before, ==, 0);
  close (fds[0]);
  close (fds[1]);
}

/* Nothing of it is left after. */
static void
test_interrupt_is_given_back (void)
{
  int fds[2];
  char c = 'x';

  n_before = 0;
  signal (SIGINT, on_signal);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, fds), ==, 0);
  cf_interrupt_watch (fds[0]);
  g_assert_false (cf_interrupt_end ());
  raise (SIGINT);
  g_assert_cmpint (n_before, ==, 1);
  g_assert_cmpint (write (fds[1], &c, 1), ==, 1);
  g_assert_cmpint (read (fds[0], &c, 1), ==, 1);
  close (fds[0]);
  close (fds[1]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/interrupt/ends", test_interrupt_ends);
  g_test_add_func ("/client/interrupt/is-given-back",
                   test_interrupt_is_given_back);
  return g_test_run ();
}
