/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/listpack.h"

#include "base/number.h"

#define HEADER_SIZE 6
#define MOST 300 /* elements of a model */

/* What redis-server 7.0.15 wrote for an element. */
static const struct
{
  const char *element;
  guint n_bytes;
  guint8 bytes[14];
} short_elements[] = {
  { "0", 2, { 0x00, 0x01 } },
  { "127", 2, { 0x7f, 0x01 } },
  { "128", 3, { 0xc0, 0x80, 0x02 } },
  { "-1", 3, { 0xdf, 0xff, 0x02 } },
  { "-4096", 3, { 0xd0, 0x00, 0x02 } },
  { "4095", 3, { 0xcf, 0xff, 0x02 } },
  { "4096", 4, { 0xf1, 0x00, 0x10, 0x03 } },
  { "-4097", 4, { 0xf1, 0xff, 0xef, 0x03 } },
  { "32767", 4, { 0xf1, 0xff, 0x7f, 0x03 } },
  { "-32768", 4, { 0xf1, 0x00, 0x80, 0x03 } },
  { "32768", 5, { 0xf2, 0x00, 0x80, 0x00, 0x04 } },
  { "8388607", 5, { 0xf2, 0xff, 0xff, 0x7f, 0x04 } },
  { "-8388608", 5, { 0xf2, 0x00, 0x00, 0x80, 0x04 } },
  { "8388608", 6, { 0xf3, 0x00, 0x00, 0x80, 0x00, 0x05 } },
  { "2147483647", 6, { 0xf3, 0xff, 0xff, 0xff, 0x7f, 0x05 } },
  { "-2147483648", 6, { 0xf3, 0x00, 0x00, 0x00, 0x80, 0x05 } },
  { "2147483648", 10, { 0xf4, 0, 0, 0, 0x80, 0, 0, 0, 0, 0x09 } },
  { "9223372036854775807",
    10,
    { 0xf4, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0x09 } },
  { "-9223372036854775808", 10, { 0xf4, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x09 } },
  { "-0", 4, { 0x82, '-', '0', 0x03 } },
  { "01", 4, { 0x82, '0', '1', 0x03 } },
  { "+1", 4, { 0x82, '+', '1', 0x03 } },
  { "", 2, { 0x80, 0x01 } },
  { "x", 3, { 0x81, 'x', 0x02 } },
  { "1 ", 4, { 0x82, '1', ' ', 0x03 } },
  { "1.0", 5, { 0x83, '1', '.', '0', 0x04 } },
  { "9223372036854775808",
    21,
    { 0x93, '9', '2', '2', '3', '3', '7', '2', '0', '3', '6', '8', '5' } },
};

/* What it wrote before and after a string of that many bytes. */
static const struct
{
  gsize size;
  guint n_before;
  guint8 before[5];
  guint n_after;
  guint8 after[5];
} long_elements[] = {
  { 63, 1, { 0xbf }, 1, { 0x40 } },
  { 64, 2, { 0xe0, 0x40 }, 1, { 0x42 } },
  { 125, 2, { 0xe0, 0x7d }, 1, { 0x7f } },
  { 126, 2, { 0xe0, 0x7e }, 2, { 0x01, 0x80 } },
  { 127, 2, { 0xe0, 0x7f }, 2, { 0x01, 0x81 } },
  { 4095, 2, { 0xef, 0xff }, 2, { 0x20, 0x81 } },
  { 4096, 5, { 0xf0, 0x00, 0x10 }, 2, { 0x20, 0x85 } },
  { 16377, 5, { 0xf0, 0xf9, 0x3f }, 2, { 0x7f, 0xfe } },
  { 16378, 5, { 0xf0, 0xfa, 0x3f }, 3, { 0x00, 0xff, 0xff } },
  { 16379, 5, { 0xf0, 0xfb, 0x3f }, 3, { 0x01, 0x80, 0x80 } },
  { 2097145, 5, { 0xf0, 0xf9, 0xff, 0x1f }, 3, { 0x7f, 0xff, 0xfe } },
  { 2097146, 5, { 0xf0, 0xfa, 0xff, 0x1f }, 4, { 0x00, 0xff, 0xff, 0xff } },
  { 2097147, 5, { 0xf0, 0xfb, 0xff, 0x1f }, 4, { 0x01, 0x80, 0x80, 0x80 } },
  { 268435449,
    5,
    { 0xf0, 0xf9, 0xff, 0xff, 0x0f },
    4,
    { 0x7f, 0xff, 0xff, 0xfe } },
  { 268435450,
    5,
    { 0xf0, 0xfa, 0xff, 0xff, 0x0f },
    5,
    { 0x00, 0xff, 0xff, 0xff, 0xff } },
  { 268435451,
    5,
    { 0xf0, 0xfb, 0xff, 0xff, 0x0f },
    5,
    { 0x01, 0x80, 0x80, 0x80, 0x80 } },
};

static const guint8 *
bytes_of (const CfListpack *listpack)
{
  return (const guint8 *) cf_listpack_bytes (listpack).data;
}

static void
test_listpack_short_elements (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (short_elements); i++)
    {
      g_autofree CfListpack *listpack = cf_listpack_new ();
      CfSlice element = cf_slice_of_string (short_elements[i].element);
      guint n = short_elements[i].n_bytes;
      char scratch[CF_LISTPACK_SCRATCH];
      gint64 value = 0, got = 0;
      CfSlice text;

      g_assert_cmpuint (cf_listpack_size (listpack), ==, HEADER_SIZE + 1);
      g_assert_true (cf_listpack_append (&listpack, element));
      g_assert_cmpuint (cf_listpack_size (listpack), ==, HEADER_SIZE + n + 1);
      g_assert_cmpuint (cf_listpack_cost (element), ==, n);
      g_assert_cmpmem (bytes_of (listpack) + HEADER_SIZE, MIN (n, 13),
                       short_elements[i].bytes, MIN (n, 13));
      text = cf_listpack_get (listpack, HEADER_SIZE, scratch);
      g_assert_cmpmem (text.data, text.size, element.data, element.size);
      g_assert_true (cf_listpack_equal (listpack, HEADER_SIZE, element));
      g_assert_cmpint (cf_listpack_get_int (listpack, HEADER_SIZE, &got), ==,
                       cf_parse_int64 (element.data, element.size, &value));
      g_assert_cmpint (got, ==, value);
    }
}

static void
test_listpack_long_elements (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (long_elements); i++)
    {
      g_autofree CfListpack *listpack = cf_listpack_new ();
      gsize size = long_elements[i].size;
      guint n_before = long_elements[i].n_before;
      guint n_after = long_elements[i].n_after;
      g_autofree char *text = g_malloc0 (size);
      const guint8 *bytes;

      if (size > 16 * 1024 * 1024 && !g_test_slow ())
        continue;
      g_assert_true (cf_listpack_append (&listpack, cf_slice (text, size)));
      g_assert_true (cf_listpack_append (&listpack, CF_SLICE ("v")));
      bytes = bytes_of (listpack) + HEADER_SIZE;
      g_assert_cmpmem (bytes, n_before, long_elements[i].before, n_before);
      g_assert_cmpmem (bytes + n_before + size, n_after, long_elements[i].after,
                       n_after);
      g_assert_cmpuint (cf_listpack_size (listpack), ==,
                        HEADER_SIZE + n_before + size + n_after + 3 + 1);
      g_assert_cmpuint (
          cf_listpack_prev (listpack, cf_listpack_last (listpack)), ==,
          HEADER_SIZE);
    }
}

static void
test_listpack_too_large (void)
{
  g_autofree CfListpack *listpack = cf_listpack_new ();
  /* Nobody looks at its bytes. */
  CfSlice huge = cf_slice ("", CF_LISTPACK_MAX + 1);

  g_assert_false (cf_listpack_append (&listpack, huge));
  huge.size = CF_LISTPACK_MAX - HEADER_SIZE - 1;
  g_assert_false (cf_listpack_append (&listpack, huge));
  g_assert_cmpuint (cf_listpack_n (listpack), ==, 0);
  g_assert_cmpuint (cf_listpack_size (listpack), ==, HEADER_SIZE + 1);
}

static void
test_listpack_count_saturates (void)
{
  g_autofree CfListpack *listpack = cf_listpack_new (), *other = NULL;
  const guint n = 65540;

  for (guint i = 1; i <= n; i++)
    {
      g_assert_true (cf_listpack_append_int (&listpack, i));
      if (i == 65534)
        g_assert_cmpmem (bytes_of (listpack) + 4, 2, "\xfe\xff", 2);
    }
  g_assert_cmpmem (bytes_of (listpack) + 4, 2, "\xff\xff", 2);
  g_assert_cmpuint (cf_listpack_n (listpack), ==, n);
  g_assert_cmpuint (cf_listpack_seek (listpack, n), ==, 0);
  g_assert_cmpuint (cf_listpack_seek (listpack, -(gint64) n - 1), ==, 0);
  g_assert_cmpuint (cf_listpack_seek (listpack, -(gint64) n), ==,
                    cf_listpack_first (listpack));
  g_assert_cmpuint (cf_listpack_seek (listpack, n - 1), ==,
                    cf_listpack_last (listpack));
  other = cf_listpack_try_parse (cf_listpack_bytes (listpack));
  g_assert_nonnull (other);
  (void) cf_listpack_remove (&listpack, cf_listpack_first (listpack), 40);
  g_assert_cmpuint (cf_listpack_n (listpack), ==, n - 40);
  g_assert_true (cf_listpack_append_all (&listpack, other));
  g_assert_cmpuint (cf_listpack_n (listpack), ==, 2 * n - 40);
}

/* An element, in every encoding. */
static char *
any_element (gsize *size)
{
  static const gsize sizes[] = {
    0, 1, 5, 62, 63, 64, 65, 125, 126, 4095, 4096
  };
  char digits[CF_INT64_SIZE];
  char *text;

  if (g_test_rand_int_range (0, 2) == 0)
    {
      guint64 word = (guint64) (guint32) g_test_rand_int () << 32 |
                     (guint32) g_test_rand_int ();

      *size = cf_format_int64 (digits,
                               (gint64) word >> g_test_rand_int_range (0, 64));
      return g_memdup2 (digits, *size + 1);
    }
  *size = g_test_rand_int_range (0, 8) == 0
              ? sizes[g_test_rand_int_range (0, G_N_ELEMENTS (sizes))]
              : (gsize) g_test_rand_int_range (0, 30);
  text = g_malloc0 (*size + 1);
  for (gsize i = 0; i < *size; i++)
    text[i] = (char) g_test_rand_int_range (0, 256);
  return text;
}

static void
check_model (const CfListpack *listpack, const GPtrArray *model)
{
  g_autofree CfListpack *parsed =
      cf_listpack_try_parse (cf_listpack_bytes (listpack));
  CfListpackAt at = cf_listpack_first (listpack), before = 0;

  g_assert_nonnull (parsed);
  g_assert_cmpuint (cf_listpack_n (listpack), ==, model->len);
  for (guint i = 0; i < model->len; i++)
    {
      const GBytes *element = g_ptr_array_index (model, i);
      gsize size;
      const char *data = g_bytes_get_data ((GBytes *) element, &size);

      g_assert_cmpuint (at, !=, 0);
      g_assert_cmpuint (cf_listpack_prev (listpack, at), ==, before);
      g_assert_true (cf_listpack_equal (listpack, at, cf_slice (data, size)));
      g_assert_cmpuint (cf_listpack_seek (listpack, i), ==, at);
      g_assert_cmpuint (
          cf_listpack_seek (listpack, (gint64) i - (gint64) model->len), ==,
          at);
      before = at;
      at = cf_listpack_next (listpack, at);
    }
  g_assert_cmpuint (at, ==, 0);
  g_assert_cmpuint (cf_listpack_last (listpack), ==, before);
}

/* One change to both. */
static void
change (CfListpack **listpack, GPtrArray *model)
{
  guint n = model->len;
  int i = n > 0 ? g_test_rand_int_range (0, (int) n) : 0;
  CfListpackAt at = n > 0 ? cf_listpack_seek (*listpack, i) : 0;
  int kind = g_test_rand_int_range (0, n >= MOST ? 4 : 12);
  gsize size;
  g_autofree char *text = any_element (&size);

  if (n > 0 && kind == 0)
    {
      guint removed = (guint) g_test_rand_int_range (1, 60);
      guint really = MIN (removed, n - (guint) i);
      CfListpackAt left = cf_listpack_remove (listpack, at, removed);

      g_assert_cmpuint (left, ==, (guint) i + really == n ? 0 : at);
      g_ptr_array_remove_range (model, (guint) i, really);
      return;
    }
  if (n > 0 && kind < 4)
    {
      g_assert_true (cf_listpack_replace (listpack, at, cf_slice (text, size)));
      g_bytes_unref (g_ptr_array_index (model, i));
      g_ptr_array_index (model, i) = g_bytes_new (text, size);
      return;
    }
  if (kind < 6)
    i = -1;
  g_assert_true (
      cf_listpack_insert (listpack, i < 0 ? 0 : at, cf_slice (text, size)));
  g_ptr_array_insert (model, n == 0 ? -1 : i, g_bytes_new (text, size));
}

static void
test_listpack_model (void)
{
  g_autofree CfListpack *listpack = cf_listpack_new ();
  g_autoptr (GPtrArray) model =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (int round = 0; round < 4000; round++)
    {
      change (&listpack, model);
      if (round % 8 == 0)
        check_model (listpack, model);
    }
}

static void
test_listpack_find (void)
{
  g_autofree CfListpack *listpack = cf_listpack_new ();
  const char *elements[] = { "1", "a", "b", "1", "", "70000", "c", "-5" };

  for (gsize i = 0; i < G_N_ELEMENTS (elements); i++)
    g_assert_true (
        cf_listpack_append (&listpack, cf_slice_of_string (elements[i])));
  for (guint skip = 0; skip < 3; skip++)
    for (gsize from = 0; from < G_N_ELEMENTS (elements); from++)
      for (gsize wanted = 0; wanted < G_N_ELEMENTS (elements); wanted++)
        {
          CfSlice text = cf_slice_of_string (elements[wanted]);
          gsize i = from;

          while (i < G_N_ELEMENTS (elements) &&
                 strcmp (elements[i], elements[wanted]) != 0)
            i += skip + 1;
          g_assert_cmpuint (
              cf_listpack_find (listpack,
                                cf_listpack_seek (listpack, (gint64) from),
                                text, skip),
              ==,
              i < G_N_ELEMENTS (elements)
                  ? cf_listpack_seek (listpack, (gint64) i)
                  : 0);
        }
  g_assert_cmpuint (cf_listpack_find (listpack, 0, CF_SLICE ("1"), 0), ==, 0);
}

static void
test_listpack_integers (void)
{
  g_autofree CfListpack *listpack = cf_listpack_new (), *copy = NULL;
  gint64 value;

  g_assert_true (cf_listpack_append_int (&listpack, -7));
  g_assert_true (cf_listpack_prepend (&listpack, CF_SLICE ("word")));
  g_assert_true (cf_listpack_insert_int (&listpack, cf_listpack_last (listpack),
                                         G_MININT64));
  copy = cf_listpack_try_copy (listpack);
  g_assert_cmpmem (bytes_of (copy), cf_listpack_size (copy),
                   bytes_of (listpack), cf_listpack_size (listpack));
  g_assert_true (
      cf_listpack_replace_int (&copy, cf_listpack_first (copy), 1000));
  g_assert_true (cf_listpack_equal (listpack, HEADER_SIZE, CF_SLICE ("word")));
  g_assert_false (cf_listpack_get_int (listpack, HEADER_SIZE, &value));
  g_assert_true (cf_listpack_get_int (copy, HEADER_SIZE, &value));
  g_assert_cmpint (value, ==, 1000);
  g_assert_true (
      cf_listpack_get_int (copy, cf_listpack_seek (copy, 1), &value));
  g_assert_cmpint (value, ==, G_MININT64);
}

static void
refuse (const char *bytes, gsize size)
{
  /* Just as many bytes, so that ASan sees who reads on. */
  g_autofree char *exact = g_memdup2 (bytes, size);

  g_assert_null (cf_listpack_try_parse (cf_slice (exact, size)));
}

static void
test_listpack_refuses (void)
{
#define REFUSE(literal) refuse (literal, sizeof (literal) - 1)
  refuse (NULL, 0);
  REFUSE ("\7\0\0\0\0\0");
  REFUSE ("\7\0\0\0\0\0\0");        /* no end */
  REFUSE ("\6\0\0\0\0\0\xff");      /* wrong total */
  REFUSE ("\7\0\0\0\1\0\xff");      /* wrong count */
  REFUSE ("\x9\0\0\0\1\0\0\2\xff"); /* wrong size backwards */
  REFUSE ("\x9\0\0\0\1\0\0\x81\xff");
  REFUSE ("\x9\0\0\0\1\0\xf5\1\xff"); /* no such encoding */
  REFUSE ("\x9\0\0\0\1\0\xff\1\xff"); /* the end before the end */
  REFUSE ("\x9\0\0\0\1\0\xbf\1\xff"); /* beyond the end */
  REFUSE ("\x9\0\0\0\1\0\xe0\1\xff");
  REFUSE ("\xd\0\0\0\1\0\xf0\xff\xff\xff\xff\5\xff");
  REFUSE ("\x8\0\0\0\1\0\xf0\xff");
  REFUSE ("\x8\0\0\0\1\0\xf4\xff");
  REFUSE ("\x8\0\0\0\1\0\xc0\xff");
#undef REFUSE
}

/* Whatever is changed of a sound one, it is refused or can be gone over. */
static void
test_listpack_damage (void)
{
  g_autofree CfListpack *listpack = cf_listpack_new ();
  gsize size;

  for (int i = 0; i < 40; i++)
    {
      g_autofree char *text = any_element (&size);

      g_assert_true (cf_listpack_append (&listpack, cf_slice (text, size)));
    }
  for (int round = 0; round < 20000; round++)
    {
      CfSlice bytes = cf_listpack_bytes (listpack);
      g_autofree char *damaged = g_memdup2 (bytes.data, bytes.size);
      g_autofree CfListpack *parsed = NULL;
      gsize n = 0;

      damaged[g_test_rand_int_range (0, (int) bytes.size)] ^=
          (char) (1 << g_test_rand_int_range (0, 8));
      parsed = cf_listpack_try_parse (cf_slice (damaged, bytes.size));
      if (parsed == NULL)
        continue;
      for (CfListpackAt at = cf_listpack_last (parsed); at != 0;
           at = cf_listpack_prev (parsed, at))
        n++;
      g_assert_cmpuint (n, ==, cf_listpack_n (parsed));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/types/listpack/short-elements",
                   test_listpack_short_elements);
  g_test_add_func ("/types/listpack/long-elements",
                   test_listpack_long_elements);
  g_test_add_func ("/types/listpack/too-large", test_listpack_too_large);
  g_test_add_func ("/types/listpack/count-saturates",
                   test_listpack_count_saturates);
  g_test_add_func ("/types/listpack/model", test_listpack_model);
  g_test_add_func ("/types/listpack/find", test_listpack_find);
  g_test_add_func ("/types/listpack/integers", test_listpack_integers);
  g_test_add_func ("/types/listpack/refuses", test_listpack_refuses);
  g_test_add_func ("/types/listpack/damage", test_listpack_damage);
  return g_test_run ();
}
