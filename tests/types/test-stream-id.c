/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/stream-id.h"

static void
test_parse (void)
{
  static const struct
  {
    const char *text;
    gboolean ok;
    CfStreamId id;
  } cases[] = {
    { "1-2", TRUE, { 1, 2 } },
    { "5", TRUE, { 5, 77 } },
    { "0-0", TRUE, { 0, 0 } },
    { "18446744073709551615-18446744073709551615",
      TRUE,
      { G_MAXUINT64, G_MAXUINT64 } },
    { "007-0001", TRUE, { 7, 1 } },
    { "+1- 2", TRUE, { 1, 2 } },
    { "5--0", TRUE, { 5, 0 } },
    { "5--01", TRUE, { 5, G_MAXUINT64 } },
    { "18446744073709551616-1", FALSE, { 0, 0 } },
    { "1-18446744073709551616", FALSE, { 0, 0 } },
    { "5--1", FALSE, { 0, 0 } },
    { "", FALSE, { 0, 0 } },
    { "-", FALSE, { 0, 0 } },
    { "-1", FALSE, { 0, 0 } },
    { "1-", FALSE, { 0, 0 } },
    { "+", FALSE, { 0, 0 } },
    { "1-+", FALSE, { 0, 0 } },
    { "1-2-3", FALSE, { 0, 0 } },
    { "1-2 ", FALSE, { 0, 0 } },
    { "1-*", FALSE, { 0, 0 } },
    { "x-1", FALSE, { 0, 0 } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      CfStreamId id = { 99, 99 };

      g_test_message ("%s", cases[i].text);
      g_assert_cmpint (cf_stream_id_parse (cf_slice_of_string (cases[i].text),
                                           77, &id, NULL),
                       ==, cases[i].ok);
      if (!cases[i].ok)
        g_assert_cmpuint (id.seq, ==, 99);
      else
        g_assert_cmpint (cf_stream_id_compare (id, cases[i].id), ==, 0);
    }
}

static void
test_parse_edges (void)
{
  g_autofree char *zeros = g_strnfill (127, '0');
  g_autofree char *more = g_strnfill (128, '0');
  CfStreamId id;

  g_assert_true (cf_stream_id_parse (cf_slice (zeros, 127), 3, &id, NULL));
  g_assert_cmpuint (id.ms, ==, 0);
  g_assert_cmpuint (id.seq, ==, 3);
  g_assert_false (cf_stream_id_parse (cf_slice (more, 128), 3, &id, NULL));
  /* What follows a NUL does not count. */
  g_assert_true (cf_stream_id_parse (CF_SLICE ("1-2\0x"), 3, &id, NULL));
  g_assert_cmpuint (id.seq, ==, 2);
}

static void
test_any_sequence (void)
{
  CfStreamId id;
  gboolean any;

  g_assert_true (cf_stream_id_parse (CF_SLICE ("8-*"), 3, &id, &any));
  g_assert_true (any);
  g_assert_cmpuint (id.ms, ==, 8);
  g_assert_true (cf_stream_id_parse (CF_SLICE ("8-1"), 3, &id, &any));
  g_assert_false (any);
  g_assert_false (cf_stream_id_parse (CF_SLICE ("8-**"), 3, &id, &any));
  g_assert_false (cf_stream_id_parse (CF_SLICE ("*-*"), 3, &id, &any));
}

static void
test_steps (void)
{
  CfStreamId id = { 1, G_MAXUINT64 };

  g_assert_true (cf_stream_id_next (&id));
  g_assert_cmpuint (id.ms, ==, 2);
  g_assert_cmpuint (id.seq, ==, 0);
  g_assert_true (cf_stream_id_prev (&id));
  g_assert_cmpuint (id.ms, ==, 1);
  g_assert_cmpuint (id.seq, ==, G_MAXUINT64);
  id = CF_STREAM_ID_MAX;
  g_assert_false (cf_stream_id_next (&id));
  g_assert_true (cf_stream_id_is_zero (id));
  g_assert_false (cf_stream_id_prev (&id));
  g_assert_cmpint (cf_stream_id_compare (id, CF_STREAM_ID_MAX), ==, 0);
}

static void
test_text (void)
{
  char text[CF_STREAM_ID_SIZE];

  g_assert_cmpuint (cf_stream_id_format ((CfStreamId){ 12, 0 }, text), ==, 4);
  g_assert_cmpstr (text, ==, "12-0");
  g_assert_cmpuint (cf_stream_id_format (CF_STREAM_ID_MAX, text), ==, 41);
  g_assert_cmpstr (text, ==, "18446744073709551615-18446744073709551615");
}

static void
test_bytes (void)
{
  CfStreamId id = { 0x0102030405060708, 0x090a0b0c0d0e0f10 }, same;
  guint8 bytes[CF_STREAM_ID_BYTES];

  cf_stream_id_encode (id, bytes);
  for (guint8 i = 0; i < sizeof bytes; i++)
    g_assert_cmpuint (bytes[i], ==, i + 1);
  same = cf_stream_id_decode (bytes);
  g_assert_cmpint (cf_stream_id_compare (id, same), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/types/stream-id/any-sequence", test_any_sequence);
  g_test_add_func ("/types/stream-id/bytes", test_bytes);
  g_test_add_func ("/types/stream-id/parse", test_parse);
  g_test_add_func ("/types/stream-id/parse-edges", test_parse_edges);
  g_test_add_func ("/types/stream-id/steps", test_steps);
  g_test_add_func ("/types/stream-id/text", test_text);
  return g_test_run ();
}
