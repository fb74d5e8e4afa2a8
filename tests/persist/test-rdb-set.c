/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "payload.h"

#define SLICE(array) cf_slice (array, sizeof (array) - 1)

/* As redis-server 7.0.15 writes it. */
static const char packed[] =
    "\x0b\x14\x04\x00\x00\x00\x03\x00\x00\x00\x90\xee\xfe\xff"
    "\x01\x00\x00\x00\x03\x00\x00\x00";

/* As redis-server 7.0.15 writes it. */
static const char spread[] = "\x02\x01\x03"
                             "foo";

static void
test_kept (void)
{
  assert_kept (SLICE (packed));
  assert_kept (SLICE (spread));
}

/* Other forms: members, and the listpack of later versions. */
static void
test_others (void)
{
  assert_becomes (CF_SLICE ("\x02\x03\xc0\x03\xc0\x01\xc2\x90\xee\xfe\xff"),
                  SLICE (packed));
  assert_becomes (CF_SLICE ("\x14\x0c\x0c\x00\x00\x00\x01\x00\x83"
                            "foo\x04\xff"),
                  SLICE (spread));
}

static void
test_refused (void)
{
  /* nothing in it */
  assert_refused (CF_SLICE ("\x02\x00"));
  assert_refused (CF_SLICE ("\x0b\x08\x02\x00\x00\x00\x00\x00\x00\x00"));
  /* integers that are not in order, or of no size */
  assert_refused (CF_SLICE ("\x0b\x0c\x02\x00\x00\x00\x02\x00\x00\x00"
                            "\x02\x00\x01\x00"));
  assert_refused (CF_SLICE ("\x0b\x0b\x03\x00\x00\x00\x01\x00\x00\x00"
                            "\x02\x00\x01"));
  /* a member twice */
  assert_refused (CF_SLICE ("\x02\x02\x01"
                            "a\x01"
                            "a"));
  assert_refused (CF_SLICE ("\x02\x02\xc0\x01\xc0\x01"));
}

int
main (int argc, char **argv)
{
  persist_test_init (&argc, &argv);
  g_test_add_func ("/persist/rdb-set/kept", test_kept);
  g_test_add_func ("/persist/rdb-set/others", test_others);
  g_test_add_func ("/persist/rdb-set/refused", test_refused);
  return g_test_run ();
}
