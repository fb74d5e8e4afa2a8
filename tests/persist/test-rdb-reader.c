/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>

#include "persist/rdb-reader.h"
#include "persist/rdb-writer.h"

/* Numbers and strings around each limit come back as they were written. */
static void
test_round_trip (void)
{
  static const guint64 lengths[] = {
    0,           1,     63,          64,
    16383,       16384, G_MAXUINT32, (guint64) G_MAXUINT32 + 1,
    G_MAXUINT64,
  };
  g_autofree char *long_text = g_strnfill (5000, 'x');
  const char *strings[] = {
    "",
    "foo",
    "0",
    "127",
    "128",
    "-128",
    "-129",
    "32767",
    "-32769",
    "2147483647",
    "2147483648",
    "-2147483648",
    "-0",
    "007",
    "aaaaaaaaaaaaaaaaaaaaaaaaa",
    "-2147483649",
    long_text,
  };
  g_auto (CfRdbWriter) writer = { NULL };
  g_auto (CfRdbString) string = CF_RDB_STRING_INIT;
  g_autoptr (CfBlob) blob = NULL;
  CfRdbReader reader;
  double score;

  cf_rdb_writer_init (&writer, 0);
  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    cf_rdb_put_length (&writer, lengths[i]);
  for (guint i = 0; i < G_N_ELEMENTS (strings); i++)
    cf_rdb_put_string (&writer, cf_slice_of_string (strings[i]));
  cf_rdb_put_double (&writer, -0.25);
  blob = cf_rdb_writer_end (&writer);
  reader = cf_rdb_reader (cf_blob_slice (blob));
  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      guint64 length;

      g_assert_true (cf_rdb_get_length (&reader, &length));
      g_assert_cmpuint (length, ==, lengths[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (strings); i++)
    {
      g_assert_true (cf_rdb_get_string (&reader, &string));
      g_assert_cmpmem (string.bytes.data, string.bytes.size, strings[i],
                       strlen (strings[i]));
    }
  g_assert_true (cf_rdb_get_double (&reader, &score));
  g_assert_cmpfloat (score, ==, -0.25);
  g_assert_cmpuint (cf_rdb_left (&reader), ==, 0);
}

#define READER(literal) cf_rdb_reader (CF_SLICE (literal))

static void
test_damaged_strings (void)
{
  static const CfSlice cases[] = {
    { "", 0 }, /* nothing */
    { "\x03"
      "fo",
      3 },                         /* too short */
    { "\xc0", 1 },                 /* an integer without its byte */
    { "\xc2\x01\x02\x03", 4 },     /* or without all of them */
    { "\xc4\x01", 2 },             /* of no kind */
    { "\x80\x00\x00", 3 },         /* half a length */
    { "\x82\x00\x00\x00\x00", 5 }, /* no length */
    { "\x81\xff\xff\xff\xff\xff\xff\xff\xff", 9 }, /* beyond all */
    { "\xc3\x02\x00\x00\x61", 5 },                 /* nothing, compressed */
    { "\xc3\x02\x80\xff\xff\xff\xff\x00\x61", 9 }, /* more than it can be */
    { "\xc3\x02\x05\x00\x61", 5 },                 /* more than it is */
    { "\xc3\x03\x05\x20\x05\x00", 6 },             /* from before the start */
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (CfRdbString) string = CF_RDB_STRING_INIT;
      CfRdbReader reader = cf_rdb_reader (cases[i]);

      g_assert_false (cf_rdb_get_string (&reader, &string));
    }
}

static void
test_counts (void)
{
  CfRdbReader reader = READER ("\x03"
                               "abc");
  gsize count;
  guint64 length;

  g_assert_true (cf_rdb_get_count (&reader, &count));
  g_assert_cmpuint (count, ==, 3);
  reader = READER ("\x04"
                   "abc");
  g_assert_false (cf_rdb_get_count (&reader, &count));
  reader = READER ("\xc0\x01");
  g_assert_false (cf_rdb_get_length (&reader, &length));
}

static void
test_text_doubles (void)
{
  CfRdbReader reader = READER ("\x03"
                               "1.5\xfe\xff\xfd\x01"
                               "x\x05"
                               "12");
  double value;

  g_assert_true (cf_rdb_get_text_double (&reader, &value));
  g_assert_cmpfloat (value, ==, 1.5);
  g_assert_true (cf_rdb_get_text_double (&reader, &value));
  g_assert_true (isinf (value) && value > 0);
  g_assert_true (cf_rdb_get_text_double (&reader, &value));
  g_assert_true (isinf (value) && value < 0);
  g_assert_true (cf_rdb_get_text_double (&reader, &value));
  g_assert_true (isnan (value));
  g_assert_false (cf_rdb_get_text_double (&reader, &value));
  g_assert_false (cf_rdb_get_text_double (&reader, &value));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/persist/rdb-reader/round-trip", test_round_trip);
  g_test_add_func ("/persist/rdb-reader/damaged-strings", test_damaged_strings);
  g_test_add_func ("/persist/rdb-reader/counts", test_counts);
  g_test_add_func ("/persist/rdb-reader/text-doubles", test_text_doubles);
  return g_test_run ();
}
