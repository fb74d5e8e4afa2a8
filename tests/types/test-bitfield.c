/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/bitfield.h"

static void
test_bitfield_parse (void)
{
  static const struct
  {
    const char *text;
    gboolean valid;
    gboolean is_signed;
    guint bits;
  } cases[] = {
    { "i1", TRUE, TRUE, 1 },    { "i64", TRUE, TRUE, 64 },
    { "u1", TRUE, FALSE, 1 },   { "u63", TRUE, FALSE, 63 },
    { "u64", FALSE, FALSE, 0 }, { "i65", FALSE, FALSE, 0 },
    { "i0", FALSE, FALSE, 0 },  { "u", FALSE, FALSE, 0 },
    { "", FALSE, FALSE, 0 },    { "I8", FALSE, FALSE, 0 },
    { "i-8", FALSE, FALSE, 0 }, { "i08", FALSE, FALSE, 0 },
    { "x8", FALSE, FALSE, 0 },  { "i8 ", FALSE, FALSE, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      CfBitfieldType type;
      gboolean valid =
          cf_bitfield_parse_type (cf_slice_of_string (cases[i].text), &type);

      g_test_message ("'%s'", cases[i].text);
      g_assert_cmpint (valid, ==, cases[i].valid);
      if (!valid)
        continue;
      g_assert_cmpint (type.is_signed, ==, cases[i].is_signed);
      g_assert_cmpuint (type.bits, ==, cases[i].bits);
    }
}

static CfBitfieldType
random_type (void)
{
  gboolean is_signed = g_test_rand_bit ();
  guint most = is_signed ? 65 : 64;

  return (CfBitfieldType){ is_signed,
                           (guint) g_test_rand_int_range (1, (int) most) };
}

static guint64
random_u64 (void)
{
  guint64 value = (guint64) (guint32) g_test_rand_int () << 32 |
                  (guint32) g_test_rand_int ();

  return value >> g_test_rand_int_range (0, 64);
}

/* The bits one by one. */
static __int128
model_get (const guchar *data, guint64 offset, const CfBitfieldType *type)
{
  __int128 value = 0;

  for (guint i = 0; i < type->bits; i++)
    value = value * 2 + (data[(offset + i) / 8] >> (7 - (offset + i) % 8) & 1);
  if (type->is_signed && value >> (type->bits - 1) != 0)
    value -= (__int128) 1 << type->bits;
  return value;
}

static void
test_bitfield_get_set (void)
{
  for (int round = 0; round < 20000; round++)
    {
      CfBitfieldType type = random_type ();
      guint64 offset = (guint64) g_test_rand_int_range (0, 64);
      guint64 value = random_u64 ();
      guchar data[16], before[16];
      CfSlice bytes = cf_slice ((const char *) data, sizeof data);

      for (gsize i = 0; i < sizeof data; i++)
        before[i] = data[i] = (guchar) g_test_rand_int_range (0, 256);
      g_assert_true (cf_bitfield_get (bytes, offset, &type) ==
                     model_get (data, offset, &type));
      cf_bitfield_set ((char *) data, offset, type.bits, value);
      for (guint i = 0; i < 128; i++)
        {
          guint bit = data[i / 8] >> (7 - i % 8) & 1;

          if (i < offset || i >= offset + type.bits)
            g_assert_cmpuint (bit, ==, before[i / 8] >> (7 - i % 8) & 1);
          else
            g_assert_cmpuint (bit, ==,
                              value >> (type.bits - 1 - (i - offset)) & 1);
        }
    }
}

static void
test_bitfield_beyond_end (void)
{
  CfBitfieldType u8 = { FALSE, 8 }, i8 = { TRUE, 8 };
  CfSlice bytes = CF_SLICE ("\xff");

  g_assert_cmpint (cf_bitfield_get (bytes, 4, &u8), ==, 0xf0);
  g_assert_cmpint (cf_bitfield_get (bytes, 4, &i8), ==, -16);
  g_assert_cmpint (cf_bitfield_get (bytes, 8, &u8), ==, 0);
  g_assert_cmpint (cf_bitfield_get (bytes, G_MAXUINT64 - 8, &u8), ==, 0);
}

static __int128
floor_mod (__int128 value, __int128 modulus)
{
  return (value % modulus + modulus) % modulus;
}

static void
test_bitfield_add (void)
{
  for (int round = 0; round < 50000; round++)
    {
      CfBitfieldType type = random_type ();
      __int128 n = (__int128) 1 << type.bits;
      __int128 least = type.is_signed ? -(n / 2) : 0;
      __int128 most = least + n - 1;
      gint64 value = (gint64) (floor_mod ((__int128) random_u64 (), n) + least);
      gint64 increment =
          g_test_rand_bit () ? (gint64) random_u64 () : -(gint64) random_u64 ();
      __int128 sum = (__int128) value + increment;
      gboolean fits = sum >= least && sum <= most;
      gint64 result = 4711;

      g_assert_true (
          cf_bitfield_add (&type, value, increment, CF_BITFIELD_WRAP, &result));
      g_assert_true (result == floor_mod (sum - least, n) + least);
      g_assert_true (
          cf_bitfield_add (&type, value, increment, CF_BITFIELD_SAT, &result));
      g_assert_true (result == CLAMP (sum, least, most));
      g_assert_cmpint (
          cf_bitfield_add (&type, value, increment, CF_BITFIELD_FAIL, &result),
          ==, fits);
    }
}

/* A negative value given for an unsigned integer is a very large one. */
static void
test_bitfield_unsigned_negative (void)
{
  CfBitfieldType u8 = { FALSE, 8 };
  gint64 result;

  g_assert_true (cf_bitfield_add (&u8, -1, 0, CF_BITFIELD_SAT, &result));
  g_assert_cmpint (result, ==, 255);
  g_assert_true (cf_bitfield_add (&u8, -2, 0, CF_BITFIELD_WRAP, &result));
  g_assert_cmpint (result, ==, 254);
  g_assert_false (cf_bitfield_add (&u8, -1, 0, CF_BITFIELD_FAIL, &result));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/types/bitfield/parse", test_bitfield_parse);
  g_test_add_func ("/types/bitfield/get-set", test_bitfield_get_set);
  g_test_add_func ("/types/bitfield/beyond-end", test_bitfield_beyond_end);
  g_test_add_func ("/types/bitfield/add", test_bitfield_add);
  g_test_add_func ("/types/bitfield/unsigned-negative",
                   test_bitfield_unsigned_negative);
  return g_test_run ();
}
