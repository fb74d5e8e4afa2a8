/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "payload.h"

#define SLICE(array) cf_slice (array, sizeof (array) - 1)

/* As redis-server 7.0.15 writes it. */
static const char packed[] = "\x10\x19\x19\x00\x00\x00\x06\x00\x81"
                             "a\x02\x01\x01\x81"
                             "b\x02\x83"
                             "foo\x04\x0c\x01\xdf\xfb\x02\xff";

/* As redis-server 7.0.15 writes it. */
static const char spread[] = "\x04\x01\x01"
                             "a\xc3\x09@F\x01xx\xe0"
                             "9\x00\x01xx";

static void
test_kept (void)
{
  assert_kept (SLICE (packed));
  assert_kept (SLICE (spread));
}

/* Older forms: pairs, a ziplist, a zipmap. */
static void
test_older (void)
{
  assert_becomes (CF_SLICE ("\x04\x03\x01"
                            "a\x01"
                            "1\x01"
                            "b\x03"
                            "foo\x02"
                            "12\x02-5"),
                  SLICE (packed));
  assert_becomes (
      CF_SLICE ("\x0d\x1d\x1d\x00\x00\x00\x19\x00\x00\x00\x06\x00\x00\x01"
                "a\x03\xf2\x02\x01"
                "b\x03\x03"
                "foo\x05\xfd\x02\xfe\xfb\xff"),
      SLICE (packed));
  assert_becomes (CF_SLICE ("\x09\x15\x03\x01"
                            "a\x01\x00"
                            "1\x01"
                            "b\x03\x00"
                            "foo\x02"
                            "12\x02\x00-5\xff"),
                  SLICE (packed));
}

static void
test_refused (void)
{
  /* nothing in it */
  assert_refused (CF_SLICE ("\x04\x00"));
  assert_refused (CF_SLICE ("\x10\x07\x07\x00\x00\x00\x00\x00\xff"));
  /* a field without value */
  assert_refused (CF_SLICE ("\x10\x09\x09\x00\x00\x00\x01\x00\x01\x01\xff"));
  /* a field twice */
  assert_refused (
      CF_SLICE ("\x0d\x15\x15\x00\x00\x00\x12\x00\x00\x00\x04\x00\x00\x01"
                "a\x03\xf2\x02\x01"
                "a\x03\xf3\xff"));
  assert_refused (CF_SLICE ("\x04\x02\x01"
                            "a\x01"
                            "1\x01"
                            "a\x01"
                            "2"));
}

/* More fields than a listpack is to have. */
static void
test_many (void)
{
  g_autoptr (GString) text = g_string_new ("\x04\x42\x58");
  CfEntry *entry;

  for (guint i = 0; i < 600; i++)
    g_string_append_printf (text, "%c%03u\x01v", 3, i);
  entry = read_entry (cf_slice (text->str, text->len));
  g_assert_nonnull (entry);
  g_assert_cmpuint (cf_object_n_elements (cf_entry_object (entry)), ==, 600);
  g_assert_cmpint (cf_rdb_type (entry), ==, CF_RDB_HASH);
  cf_entry_free (entry);
}

int
main (int argc, char **argv)
{
  persist_test_init (&argc, &argv);
  g_test_add_func ("/persist/rdb-hashmap/kept", test_kept);
  g_test_add_func ("/persist/rdb-hashmap/older", test_older);
  g_test_add_func ("/persist/rdb-hashmap/refused", test_refused);
  g_test_add_func ("/persist/rdb-hashmap/many", test_many);
  return g_test_run ();
}
