/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/crc.h"

static void
test_crc_known (void)
{
  static const struct
  {
    const char *text;
    guint16 crc;
  } cases[] = {
    { "", 0x0000 },
    { "A", 0x58e5 },
    { "123456789", 0x31c3 },
    { "foo", 12182 + 16384 * 2 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmphex (cf_crc16 (cf_slice_of_string (cases[i].text)), ==,
                     cases[i].crc);
}

static guint16
crc_by_bits (const char *data, gsize size)
{
  guint crc = 0;

  for (gsize i = 0; i < size; i++)
    {
      crc ^= (guint) (guint8) data[i] << 8;
      for (guint bit = 0; bit < 8; bit++)
        crc = crc & 0x8000 ? crc << 1 ^ 0x11021 : crc << 1;
    }
  return (guint16) crc;
}

static void
test_crc_against_bits (void)
{
  for (gsize size = 0; size < 100; size++)
    {
      g_autofree char *data = g_malloc (size + 1);

      for (guint round = 0; round < 20; round++)
        {
          for (gsize i = 0; i < size; i++)
            data[i] = (char) g_test_rand_int ();
          g_assert_cmphex (cf_crc16 (cf_slice (data, size)), ==,
                           crc_by_bits (data, size));
        }
    }
}

static void
test_crc64_known (void)
{
  g_assert_cmphex (cf_crc64 (0, CF_SLICE ("")), ==, 0);
  g_assert_cmphex (cf_crc64 (0, CF_SLICE ("123456789")), ==,
                   G_GUINT64_CONSTANT (0xe9c6d914c4b8d9ca));
}

static guint64
crc64_by_bits (const char *data, gsize size)
{
  const guint64 reflected = G_GUINT64_CONSTANT (0x95ac9329ac4bc9b5);
  guint64 crc = 0;

  for (gsize i = 0; i < size; i++)
    {
      crc ^= (guint8) data[i];
      for (guint bit = 0; bit < 8; bit++)
        crc = crc >> 1 ^ (crc & 1 ? reflected : 0);
    }
  return crc;
}

static void
test_crc64_against_bits (void)
{
  char data[100];

  for (gsize size = 0; size <= sizeof data; size++)
    {
      gsize half = (gsize) g_test_rand_int_range (0, (gint32) size + 1);
      guint64 crc;

      for (gsize i = 0; i < size; i++)
        data[i] = (char) g_test_rand_int ();
      crc = crc64_by_bits (data, size);
      g_assert_cmphex (cf_crc64 (0, cf_slice (data, size)), ==, crc);
      g_assert_cmphex (cf_crc64 (cf_crc64 (0, cf_slice (data, half)),
                                 cf_slice (data + half, size - half)),
                       ==, crc);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/crc/known", test_crc_known);
  g_test_add_func ("/base/crc/against-bits", test_crc_against_bits);
  g_test_add_func ("/base/crc/crc64-known", test_crc64_known);
  g_test_add_func ("/base/crc/crc64-against-bits", test_crc64_against_bits);
  return g_test_run ();
}
