/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "payload.h"

#define SLICE(array) cf_slice (array, sizeof (array) - 1)

/* What redis-server 7.0.15 writes after RPUSH key a 1 foo. */
static const char one_node[] = "\x12\x01\x02\x11\x11\x00\x00\x00\x03\x00\x81"
                               "a\x02\x01\x01\x83"
                               "foo\x04\xff";

static void
test_kept (void)
{
  assert_kept (SLICE (one_node));
}

/* Older forms, and an element in a node of its own. */
static void
test_others (void)
{
  assert_becomes (CF_SLICE ("\x01\x03\x01"
                            "a\xc0\x01\x03"
                            "foo"),
                  SLICE (one_node));
  assert_becomes (CF_SLICE ("\x0a\x15\x15\x00\x00\x00\x0f\x00\x00\x00\x03\x00"
                            "\x00\x01"
                            "a\x03\xf2\x02\x03"
                            "foo\xff"),
                  SLICE (one_node));
  assert_becomes (CF_SLICE ("\x0e\x02\x10\x10\x00\x00\x00\x0d\x00\x00\x00\x02"
                            "\x00\x00\x01"
                            "a\x03\xf2"
                            "\xff\x0b\x0b\x00\x00\x00\x0a\x00\x00\x00\x00\x00"
                            "\xff"),
                  CF_SLICE ("\x12\x01\x02\x0c\x0c\x00\x00\x00\x02\x00\x81"
                            "a\x02\x01\x01\xff"));
  assert_becomes (CF_SLICE ("\x12\x03\x01\x01"
                            "a\x01\xc0\x01\x01\x03"
                            "foo"),
                  SLICE (one_node));
}

static void
test_refused (void)
{
  /* nothing in it */
  assert_refused (CF_SLICE ("\x01\x00"));
  assert_refused (CF_SLICE ("\x12\x00"));
  assert_refused (CF_SLICE ("\x12\x01\x02\x07\x07\x00\x00\x00\x00\x00\xff"));
  /* a node of no kind */
  assert_refused (CF_SLICE ("\x12\x01\x03\x01"
                            "a"));
}

int
main (int argc, char **argv)
{
  persist_test_init (&argc, &argv);
  g_test_add_func ("/persist/rdb-list/kept", test_kept);
  g_test_add_func ("/persist/rdb-list/others", test_others);
  g_test_add_func ("/persist/rdb-list/refused", test_refused);
  return g_test_run ();
}
