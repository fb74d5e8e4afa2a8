/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "payload.h"

#define SLICE(array) cf_slice (array, sizeof (array) - 1)

/* As redis-server 7.0.15 writes it. */
static const char packed[] = "\x11\x1c\x1c\x00\x00\x00\x06\x00\x81"
                             "a\x02\x01\x01\x81"
                             "b\x02\x83"
                             "3.5\x04\x81"
                             "c\x02\x83inf\x04\xff";

static void
test_kept (void)
{
  assert_kept (SLICE (packed));
}

/* Older forms: members with scores in text, a ziplist. */
static void
test_older (void)
{
  assert_becomes (CF_SLICE ("\x03\x03\x01"
                            "b\x03"
                            "3.5\x01"
                            "a\x01"
                            "1\x01"
                            "c\xfe"),
                  SLICE (packed));
  assert_becomes (CF_SLICE ("\x0c  \x00\x00\x00\x1a\x00\x00\x00\x06\x00\x00\x01"
                            "a\x03\xf2\x02\x01"
                            "b\x03\x03"
                            "3.5\x05\x01"
                            "c\x03\x03inf\xff"),
                  SLICE (packed));
}

static void
test_refused (void)
{
  /* nothing in it; a member twice */
  assert_refused (CF_SLICE ("\x05\x00"));
  assert_refused (CF_SLICE ("\x03\x02\x01"
                            "a\x01"
                            "1\x01"
                            "a\x01"
                            "2"));
  /* no number */
  assert_refused (CF_SLICE ("\x03\x01\x01"
                            "a\xfd"));
  assert_refused (CF_SLICE ("\x03\x01\x01"
                            "a\x01"
                            "x"));
  /* a member twice, out of order, without score, a score that is none */
  assert_refused (
      CF_SLICE ("\x0c\x15\x15\x00\x00\x00\x12\x00\x00\x00\x04\x00\x00\x01"
                "a\x03\xf2\x02\x01"
                "a\x03\xf3\xff"));
  assert_refused (
      CF_SLICE ("\x0c\x15\x15\x00\x00\x00\x12\x00\x00\x00\x04\x00\x00\x01"
                "a\x03\xf3\x02\x01"
                "b\x03\xf2\xff"));
  assert_refused (
      CF_SLICE ("\x0c\x15\x15\x00\x00\x00\x12\x00\x00\x00\x04\x00\x00\x01"
                "b\x03\xf2\x02\x01"
                "a\x03\xf2\xff"));
  assert_refused (
      CF_SLICE ("\x0c\x13\x13\x00\x00\x00\x0f\x00\x00\x00\x03\x00\x00\x01"
                "a\x03\xf2\x02\x01"
                "b\xff"));
  assert_refused (
      CF_SLICE ("\x0c\x13\x13\x00\x00\x00\x0d\x00\x00\x00\x02\x00\x00\x01"
                "a\x03\x03nan\xff"));
}

/* More members than a listpack is to have: the greatest first. */
static void
test_many (void)
{
  g_autoptr (GString) text = g_string_new ("\x03\x40\xc8");
  CfEntry *entry;
  g_auto (CfRdbWriter) writer = { NULL };
  g_autoptr (CfBlob) blob = NULL;

  for (guint i = 0; i < 200; i++)
    g_string_append_printf (text, "%c%03u%c%u", 3, i,
                            i < 10    ? 1
                            : i < 100 ? 2
                                      : 3,
                            i);
  entry = read_entry (cf_slice (text->str, text->len));
  g_assert_nonnull (entry);
  g_assert_cmpint (cf_rdb_type (entry), ==, CF_RDB_ZSET_2);
  cf_rdb_writer_init (&writer, 0);
  cf_rdb_put_value (&writer, entry);
  blob = cf_rdb_writer_end (&writer);
  g_assert_cmpuint (blob->size, >, 200 * 10);
  g_assert_cmpmem (blob->data, 14,
                   "\x40\xc8\xc1\xc7\x00\x00\x00\x00\x00\x00\xe0\x68\x40\xc1",
                   14);
  cf_entry_free (entry);
}

int
main (int argc, char **argv)
{
  persist_test_init (&argc, &argv);
  g_test_add_func ("/persist/rdb-zset/kept", test_kept);
  g_test_add_func ("/persist/rdb-zset/older", test_older);
  g_test_add_func ("/persist/rdb-zset/refused", test_refused);
  g_test_add_func ("/persist/rdb-zset/many", test_many);
  return g_test_run ();
}
