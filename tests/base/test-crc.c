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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/crc/known", test_crc_known);
  g_test_add_func ("/base/crc/against-bits", test_crc_against_bits);
  return g_test_run ();
}
