/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "persist/rdb-writer.h"

static void
assert_written (CfRdbWriter *writer, const char *expected, gsize size)
{
  g_autoptr (CfBlob) blob = cf_rdb_writer_end (writer);

  g_assert_nonnull (blob);
  g_assert_cmpmem (blob->data, blob->size, expected, size);
  cf_rdb_writer_init (writer, 0);
}

#define assert_bytes(writer, literal)                                          \
  assert_written (writer, literal, sizeof (literal) - 1)

static void
test_lengths (void)
{
  g_auto (CfRdbWriter) writer = { NULL };

  cf_rdb_writer_init (&writer, 0);
  cf_rdb_put_length (&writer, 0);
  cf_rdb_put_length (&writer, 63);
  assert_bytes (&writer, "\x00\x3f");
  cf_rdb_put_length (&writer, 64);
  cf_rdb_put_length (&writer, 16383);
  assert_bytes (&writer, "\x40\x40\x7f\xff");
  cf_rdb_put_length (&writer, 16384);
  cf_rdb_put_length (&writer, G_MAXUINT32);
  assert_bytes (&writer, "\x80\x00\x00\x40\x00\x80\xff\xff\xff\xff");
  cf_rdb_put_length (&writer, (guint64) G_MAXUINT32 + 1);
  assert_bytes (&writer, "\x81\x00\x00\x00\x01\x00\x00\x00\x00");
}

static void
test_strings (void)
{
  g_auto (CfRdbWriter) writer = { NULL };

  cf_rdb_writer_init (&writer, 0);
  cf_rdb_put_string (&writer, CF_SLICE (""));
  cf_rdb_put_string (&writer, CF_SLICE ("foo"));
  assert_bytes (&writer, "\x00\x03"
                         "foo");
  cf_rdb_put_string (&writer, CF_SLICE ("12"));
  cf_rdb_put_string (&writer, CF_SLICE ("-129"));
  cf_rdb_put_string (&writer, CF_SLICE ("32768"));
  assert_bytes (&writer, "\xc0\x0c\xc1\x7f\xff\xc2\x00\x80\x00\x00");
  cf_rdb_put_string (&writer, CF_SLICE ("012"));
  cf_rdb_put_string (&writer, CF_SLICE ("2147483648"));
  assert_bytes (&writer, "\x03"
                         "012"
                         "\x0a"
                         "2147483648");
  cf_rdb_put_int_string (&writer, -2147483648);
  cf_rdb_put_int_string (&writer, -2147483649);
  assert_bytes (&writer, "\xc2\x00\x00\x00\x80\x0b"
                         "-2147483649");
}

static void
test_compressed (void)
{
  g_auto (CfRdbWriter) writer = { NULL };

  cf_rdb_writer_init (&writer, 0);
  cf_rdb_put_string (&writer, CF_SLICE ("aaaaaaaaaaaaaaaaaaaa"));
  assert_bytes (&writer, "\x14"
                         "aaaaaaaaaaaaaaaaaaaa");
  /* What redis-server 7.0.15 writes. */
  cf_rdb_put_string (&writer, CF_SLICE ("aaaaaaaaaaaaaaaaaaaaa"));
  assert_bytes (&writer, "\xc3\x06\x15\x01"
                         "aa\xe0\x0a\x00");
  writer.compress = FALSE;
  cf_rdb_put_string (&writer, CF_SLICE ("aaaaaaaaaaaaaaaaaaaaa"));
  assert_bytes (&writer, "\x15"
                         "aaaaaaaaaaaaaaaaaaaaa");
}

static void
test_numbers (void)
{
  g_auto (CfRdbWriter) writer = { NULL };

  cf_rdb_writer_init (&writer, 0);
  cf_rdb_put_le16 (&writer, 0x0102);
  cf_rdb_put_le64 (&writer, G_GUINT64_CONSTANT (0x0102030405060708));
  cf_rdb_put_double (&writer, 1.5);
  assert_bytes (&writer, "\x02\x01\x08\x07\x06\x05\x04\x03\x02\x01"
                         "\x00\x00\x00\x00\x00\x00\xf8\x3f");
}

static void
test_growth (void)
{
  g_auto (CfRdbWriter) writer = { NULL };
  g_autoptr (CfBlob) blob = NULL;

  cf_rdb_writer_init (&writer, 0);
  for (guint i = 0; i < 100000; i++)
    cf_rdb_put_byte (&writer, (guint8) i);
  blob = cf_rdb_writer_end (&writer);
  g_assert_cmpuint (blob->size, ==, 100000);
  for (guint i = 0; i < 100000; i++)
    g_assert_cmpuint ((guint8) blob->data[i], ==, i & 255);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/persist/rdb-writer/lengths", test_lengths);
  g_test_add_func ("/persist/rdb-writer/strings", test_strings);
  g_test_add_func ("/persist/rdb-writer/compressed", test_compressed);
  g_test_add_func ("/persist/rdb-writer/numbers", test_numbers);
  g_test_add_func ("/persist/rdb-writer/growth", test_growth);
  return g_test_run ();
}
