/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/number.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <string.h>

static void
test_number_int64 (void)
{
  static const struct
  {
    const char *text;
    gboolean valid;
    gint64 value;
  } cases[] = {
    { "0", TRUE, 0 },
    { "7", TRUE, 7 },
    { "-1", TRUE, -1 },
    { "1000", TRUE, 1000 },
    { "9223372036854775807", TRUE, G_MAXINT64 },
    { "-9223372036854775808", TRUE, G_MININT64 },
    { "9223372036854775808", FALSE, 0 },
    { "-9223372036854775809", FALSE, 0 },
    { "18446744073709551615", FALSE, 0 },
    { "99999999999999999999", FALSE, 0 },
    { "123456789012345678901", FALSE, 0 },
    { "", FALSE, 0 },
    { "-", FALSE, 0 },
    { "+1", FALSE, 0 },
    { "-0", FALSE, 0 },
    { "00", FALSE, 0 },
    { "01", FALSE, 0 },
    { "-01", FALSE, 0 },
    { " 1", FALSE, 0 },
    { "1 ", FALSE, 0 },
    { "1x", FALSE, 0 },
    { "0x1", FALSE, 0 },
    { "1.0", FALSE, 0 },
    { "--1", FALSE, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gint64 value = 42;

      g_assert_cmpint (
          cf_parse_int64 (cases[i].text, strlen (cases[i].text), &value), ==,
          cases[i].valid);
      g_assert_cmpint (value, ==, cases[i].valid ? cases[i].value : 42);
    }
}

/* Only the bytes of the slice count, whatever stands after them. */
static void
test_number_slice (void)
{
  gint64 integer;
  double real;
  long double wide;

  g_assert_true (cf_parse_int64 ("12345", 2, &integer));
  g_assert_cmpint (integer, ==, 12);
  g_assert_true (cf_parse_double ("1.5e9", 3, &real));
  g_assert_cmpfloat (real, ==, 1.5);
  g_assert_true (cf_parse_long_double ("2.5e9", 3, &wide));
  g_assert_true (wide == 2.5L);
  g_assert_false (cf_parse_int64 ("1\0"
                                  "2",
                                  3, &integer));
  g_assert_false (cf_parse_double ("1\0"
                                   "2",
                                   3, &real));
  g_assert_false (cf_parse_long_double ("1\0", 2, &wide));
}

static void
test_number_uint64 (void)
{
  guint64 value = 42;

  g_assert_false (cf_parse_uint64 ("-1", 2, &value));
  g_assert_false (cf_parse_uint64 ("18446744073709551616", 20, &value));
  g_assert_false (cf_parse_uint64 ("20000000000000000000", 20, &value));
  g_assert_false (cf_parse_uint64 ("01", 2, &value));
  g_assert_cmpuint (value, ==, 42);
  g_assert_true (cf_parse_uint64 ("18446744073709551615", 20, &value));
  g_assert_cmpuint (value, ==, G_MAXUINT64);
  g_assert_true (cf_parse_uint64 ("0", 1, &value));
  g_assert_cmpuint (value, ==, 0);
}

static void
test_number_int64_round_trip (void)
{
  char buffer[CF_INT64_SIZE], expected[32];

  for (guint shift = 0; shift < 64; shift++)
    for (gint64 near = -2; near <= 2; near++)
      {
        guint64 number = ((guint64) 1 << shift) + (guint64) near;
        gint64 back = 0;
        gsize length = cf_format_int64 (buffer, (gint64) number);

        g_snprintf (expected, sizeof expected, "%" G_GINT64_FORMAT,
                    (gint64) number);
        g_assert_cmpstr (buffer, ==, expected);
        g_assert_cmpuint (length, ==, strlen (expected));
        g_assert_true (cf_parse_int64 (buffer, length, &back));
        g_assert_cmpint (back, ==, (gint64) number);

        length = cf_format_uint64 (buffer, number);
        g_snprintf (expected, sizeof expected, "%" G_GUINT64_FORMAT, number);
        g_assert_cmpstr (buffer, ==, expected);
        g_assert_cmpuint (length, ==, strlen (expected));
        g_assert_cmpuint (cf_digits (number), ==, length);
      }
}

static void
test_number_powers_of_ten (void)
{
  char buffer[CF_INT64_SIZE];
  guint64 power = 1;

  for (guint digits = 1; digits <= 20; digits++, power *= 10)
    {
      g_assert_cmpuint (cf_digits (power), ==, digits);
      g_assert_cmpuint (cf_digits (power - 1), ==, MAX (digits - 1, 1));
      g_assert_cmpuint (cf_format_uint64 (buffer, power), ==, digits);
      g_assert_cmpint (buffer[0], ==, '1');
      g_assert_cmpuint (strspn (buffer + 1, "0"), ==, digits - 1);
    }
}

/* Valgrind computes long doubles in 64 bits, see its manual. */
static gboolean
skip_under_valgrind (void)
{
  if (g_getenv ("TEST_WRAPPER") == NULL)
    return FALSE;
  g_test_skip ("valgrind has no long double of 80 bits");
  return TRUE;
}

/* What redis-server 7.0.15 accepts as a score and as a float increment. */
static void
test_number_real (void)
{
  static const struct
  {
    const char *text;
    gboolean is_double;
    gboolean is_long_double;
    double value;
  } cases[] = {
    { "0", TRUE, TRUE, 0 },           { "0x10", TRUE, TRUE, 16 },
    { "0x1p3", TRUE, TRUE, 8 },       { "+5", TRUE, TRUE, 5 },
    { "1.", TRUE, TRUE, 1 },          { ".5", TRUE, TRUE, 0.5 },
    { "3.0e3", TRUE, TRUE, 3000 },    { "-2.5", TRUE, TRUE, -2.5 },
    { "inf", TRUE, TRUE, INFINITY },  { "INF", TRUE, TRUE, INFINITY },
    { "+inf", TRUE, TRUE, INFINITY }, { "-Infinity", TRUE, TRUE, -INFINITY },
    { "5e-324", TRUE, TRUE, 5e-324 }, { "1e400", FALSE, TRUE, 0 },
    { "1e-400", FALSE, TRUE, 0 },     { "1e-4950", FALSE, TRUE, 0 },
    { "1e5000", FALSE, FALSE, 0 },    { "1e-5000", FALSE, FALSE, 0 },
    { "nan", FALSE, FALSE, 0 },       { "nan(1)", FALSE, FALSE, 0 },
    { "-nan", FALSE, FALSE, 0 },      { " 1", FALSE, FALSE, 0 },
    { "\v1", FALSE, FALSE, 0 },       { "1 ", FALSE, FALSE, 0 },
    { "", FALSE, FALSE, 0 },          { ".", FALSE, FALSE, 0 },
    { "-", FALSE, FALSE, 0 },         { "1,5", FALSE, FALSE, 0 },
    { "0x", FALSE, FALSE, 0 },        { "infinit", FALSE, FALSE, 0 },
  };

  if (skip_under_valgrind ())
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *text = cases[i].text;
      double real = 42;
      long double wide = 42;

      g_assert_cmpint (cf_parse_double (text, strlen (text), &real), ==,
                       cases[i].is_double);
      g_assert_cmpint (cf_parse_long_double (text, strlen (text), &wide), ==,
                       cases[i].is_long_double);
      g_assert_true (real == (cases[i].is_double ? cases[i].value : 42));
      if (cases[i].is_double && text[1] != 'e')
        g_assert_true (wide == (long double) cases[i].value);
      if (!cases[i].is_long_double)
        g_assert_true (wide == 42);
    }
}

static void
test_number_long_texts (void)
{
  g_autofree char *zeros = g_strnfill (CF_LONG_DOUBLE_SIZE, '0');
  double real = 0;
  long double wide = 0;

  zeros[CF_LONG_DOUBLE_SIZE - 2] = '7';
  g_assert_true (cf_parse_double (zeros, CF_LONG_DOUBLE_SIZE - 1, &real));
  g_assert_cmpfloat (real, ==, 7);
  g_assert_true (cf_parse_long_double (zeros, CF_LONG_DOUBLE_SIZE - 1, &wide));
  g_assert_true (wide == 7);
  g_assert_true (cf_parse_double (zeros, CF_LONG_DOUBLE_SIZE, &real));
  g_assert_cmpfloat (real, ==, 70);
  g_assert_false (cf_parse_long_double (zeros, CF_LONG_DOUBLE_SIZE, &wide));
}

static void
test_number_memory (void)
{
  static const struct
  {
    const char *text;
    gboolean valid;
    guint64 value;
  } cases[] = {
    { "0", TRUE, 0 },
    { "007", TRUE, 7 },
    { "1b", TRUE, 1 },
    { "1k", TRUE, 1000 },
    { "1K", TRUE, 1000 },
    { "1kb", TRUE, 1024 },
    { "2Kb", TRUE, 2048 },
    { "1m", TRUE, 1000 * 1000 },
    { "64mb", TRUE, 64 << 20 },
    { "1g", TRUE, 1000 * 1000 * 1000 },
    { "3GB", TRUE, (guint64) 3 << 30 },
    { "18446744073709551615", TRUE, G_MAXUINT64 },
    { "18446744073709551616", FALSE, 0 },
    { "17179869183gb", TRUE, (guint64) 17179869183 << 30 },
    { "17179869184gb", FALSE, 0 },
    { "1t", FALSE, 0 },
    { "1kbb", FALSE, 0 },
    { "", FALSE, 0 },
    { "mb", FALSE, 0 },
    { "-1", FALSE, 0 },
    { "+1", FALSE, 0 },
    { " 1", FALSE, 0 },
    { "1 mb", FALSE, 0 },
    { "1.5m", FALSE, 0 },
    { "5%", FALSE, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint64 value = 42;

      g_assert_cmpint (
          cf_parse_memory (cases[i].text, strlen (cases[i].text), &value), ==,
          cases[i].valid);
      g_assert_cmpuint (value, ==, cases[i].valid ? cases[i].value : 42);
    }
}

static void
test_number_format_double (void)
{
  static const struct
  {
    double value;
    const char *text;
  } cases[] = {
    { 0, "0" },
    { -0.0, "-0" },
    { 3, "3" },
    { -17, "-17" },
    { 0.1, "0.10000000000000001" },
    { 1.5, "1.5" },
    { 1e15, "1000000000000000" },
    { 1e16, "10000000000000000" },
    { 1e17, "1e+17" },
    { -1e17, "-1e+17" },
    { 5e-324, "4.9406564584124654e-324" },
    { -DBL_MAX, "-1.7976931348623157e+308" },
    { INFINITY, "inf" },
    { -INFINITY, "-inf" },
    { NAN, "nan" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      char buffer[CF_DOUBLE_SIZE];
      gsize length = cf_format_double (buffer, cases[i].value);

      g_assert_cmpstr (buffer, ==, cases[i].text);
      g_assert_cmpuint (length, ==, strlen (buffer));
    }
}

static void
test_number_format_long_double (void)
{
  static const struct
  {
    long double value;
    const char *text;
  } cases[] = {
    { 0, "0" },
    { -0.0L, "0" },
    { 100, "100" },
    { 10.5L, "10.5" },
    { 0.1L, "0.1" },
    { 1e-17L, "0.00000000000000001" },
    { -1e-19L, "0" },
    { 3.0e3L, "3000" },
    { 1e20L, "100000000000000000000" },
    { -1.25L, "-1.25" },
    { INFINITY, "inf" },
    { -INFINITY, "-inf" },
  };
  char buffer[CF_LONG_DOUBLE_SIZE];

  if (skip_under_valgrind ())
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gsize length = cf_format_long_double_human (buffer, cases[i].value);

      g_assert_cmpstr (buffer, ==, cases[i].text);
      g_assert_cmpuint (length, ==, strlen (buffer));
    }
  g_assert_cmpuint (cf_format_long_double_human (buffer, -LDBL_MAX), ==, 4934);
}

/* Under a locale with a decimal comma, if this machine has one. */
static void
test_number_locale (void)
{
  static const char *const names[] = { "de_DE.UTF-8", "de_DE.utf8",
                                       "fr_FR.UTF-8", "de_DE" };
  const char *set = NULL;
  char buffer[CF_LONG_DOUBLE_SIZE];
  double real = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (names) && set == NULL; i++)
    set = setlocale (LC_NUMERIC, names[i]);
  if (set == NULL)
    {
      g_test_skip ("no locale with a decimal comma is installed");
      return;
    }
  cf_format_double (buffer, 1.5);
  g_assert_cmpstr (buffer, ==, "1.5");
  cf_format_long_double_human (buffer, 2.5L);
  g_assert_cmpstr (buffer, ==, "2.5");
  g_assert_true (cf_parse_double ("1.5", 3, &real));
  g_assert_false (cf_parse_double ("1,5", 3, &real));
  setlocale (LC_NUMERIC, "C");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/number/int64", test_number_int64);
  g_test_add_func ("/base/number/slice", test_number_slice);
  g_test_add_func ("/base/number/uint64", test_number_uint64);
  g_test_add_func ("/base/number/int64-round-trip",
                   test_number_int64_round_trip);
  g_test_add_func ("/base/number/powers-of-ten", test_number_powers_of_ten);
  g_test_add_func ("/base/number/real", test_number_real);
  g_test_add_func ("/base/number/long-texts", test_number_long_texts);
  g_test_add_func ("/base/number/memory", test_number_memory);
  g_test_add_func ("/base/number/format-double", test_number_format_double);
  g_test_add_func ("/base/number/format-long-double",
                   test_number_format_long_double);
  g_test_add_func ("/base/number/locale", test_number_locale);
  return g_test_run ();
}
