/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/listpack-writer.h"

static const char *const words[] = {
  "",
  "a",
  "0",
  "127",
  "128",
  "-1",
  "4095",
  "-4097",
  "65536",
  "01",
  "x y",
  "9223372036854775807",
  "-9223372036854775808",
  "12345678901234567890",
};

static void
assert_same (const CfListpack *one, const CfListpack *other)
{
  CfSlice a = cf_listpack_bytes (one), b = cf_listpack_bytes (other);

  g_assert_cmpmem (a.data, a.size, b.data, b.size);
  g_assert_cmpuint (cf_listpack_n (one), ==, cf_listpack_n (other));
}

static void
append (CfListpackWriter *writer, CfListpack **model, CfSlice word)
{
  cf_listpack_writer_add (writer, word);
  g_assert_true (cf_listpack_append (model, word));
}

/* The same bytes as from one at a time. */
static void
test_same (void)
{
  g_autofree CfListpack *self = cf_listpack_new ();
  g_autofree CfListpack *model = cf_listpack_new ();
  g_autofree char *large = g_strnfill (70000, 'l');
  static const gint64 integers[] = { 0,    127,        128,        -1,
                                     9000, G_MAXINT64, G_MININT64, 1 << 20 };

  for (guint round = 0; round < 3; round++)
    {
      CfListpackWriter writer;

      g_assert_true (cf_listpack_writer_begin (&writer, &self, 64, 80000));
      for (guint i = 0; i < G_N_ELEMENTS (words); i++)
        append (&writer, &model, cf_slice_of_string (words[i]));
      for (guint i = 0; i < G_N_ELEMENTS (integers); i++)
        {
          cf_listpack_writer_add_int (&writer, integers[i]);
          g_assert_true (cf_listpack_append_int (&model, integers[i]));
        }
      append (&writer, &model, cf_slice (large, 63));
      append (&writer, &model, cf_slice (large, 64));
      append (&writer, &model, cf_slice (large, 4096));
      append (&writer, &model, cf_slice (large, 70000));
      cf_listpack_writer_end (&writer);
      assert_same (self, model);
    }
  g_assert_true (cf_listpack_append (&self, CF_SLICE ("on")));
  g_assert_true (cf_listpack_append (&model, CF_SLICE ("on")));
  assert_same (self, model);
}

static void
test_many (void)
{
  g_autofree CfListpack *self = cf_listpack_new ();
  CfListpackWriter writer;

  g_assert_true (cf_listpack_writer_begin (&writer, &self, 70000, 0));
  for (guint i = 0; i < 70000; i++)
    cf_listpack_writer_add_int (&writer, i % 100);
  cf_listpack_writer_end (&writer);
  g_assert_cmpuint (cf_listpack_n (self), ==, 70000);
}

static void
test_too_large (void)
{
  g_autofree CfListpack *self = cf_listpack_new ();
  CfListpackWriter writer;

  g_assert_false (
      cf_listpack_writer_begin (&writer, &self, 1, CF_LISTPACK_MAX));
  g_assert_false (
      cf_listpack_writer_begin (&writer, &self, CF_LISTPACK_MAX, 1));
  g_assert_false (cf_listpack_writer_begin (&writer, &self, G_MAXSIZE, 1));
  g_assert_false (cf_listpack_writer_begin (&writer, &self, 1, G_MAXSIZE));
  g_assert_cmpuint (cf_listpack_n (self), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/types/listpack-writer/many", test_many);
  g_test_add_func ("/types/listpack-writer/same", test_same);
  g_test_add_func ("/types/listpack-writer/too-large", test_too_large);
  return g_test_run ();
}
