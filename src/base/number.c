/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/number.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Texts up to this length are parsed without an allocation. */
#define ON_STACK 128

static locale_t
c_locale (void)
{
  static gsize c = 0;

  if (g_once_init_enter (&c))
    g_once_init_leave (&c, (gsize) newlocale (LC_ALL_MASK, "C", 0));
  return (locale_t) c;
}

/* A number without sign and without leading zeros, at most 20 digits. */
static gboolean
parse_digits (const char *data, gsize size, guint64 *value)
{
  guint64 sum = 0;

  if (size == 0 || size > 20 || (data[0] == '0' && size > 1))
    return FALSE;
  for (gsize i = 0; i < size; i++)
    {
      guint digit = (guint) ((guchar) data[i] - '0');

      if (digit > 9)
        return FALSE;
      if (i == 19 &&
          (sum > G_MAXUINT64 / 10 || (sum == G_MAXUINT64 / 10 && digit > 5)))
        return FALSE;
      sum = sum * 10 + digit;
    }
  *value = sum;
  return TRUE;
}

/**
 * cf_parse_int64:
 * @data: (array length=size): the text
 * @size: its length
 * @value: (out): the number
 *
 * Accepts one spelling a number: no blank, no "+", no leading zero, no "-0".
 * What it accepts is exactly what cf_format_int64() writes.
 *
 * Returns: %FALSE if the text is no such number, or beyond 64 bits
 */
gboolean
cf_parse_int64 (const char *data, gsize size, gint64 *value)
{
  gboolean negative = size > 0 && data[0] == '-';
  guint64 magnitude;

  if (size == 0 || !parse_digits (data + negative, size - negative, &magnitude))
    return FALSE;
  if (!negative && magnitude <= G_MAXINT64)
    *value = (gint64) magnitude;
  else if (negative && magnitude > 0 && magnitude <= (guint64) 1 << 63)
    *value = (gint64) (0 - magnitude);
  else
    return FALSE;
  return TRUE;
}

/**
 * cf_parse_uint64:
 * @data: (array length=size): the text
 * @size: its length
 * @value: (out): the number
 *
 * Accepts what cf_format_uint64() writes and nothing else.
 *
 * Returns: %FALSE if the text is no such number, or beyond 64 bits
 */
gboolean
cf_parse_uint64 (const char *data, gsize size, guint64 *value)
{
  return parse_digits (data, size, value);
}

/* A NUL-terminated copy of a slice, in @on_stack if it fits there. */
static char *
terminate (const char *data, gsize size, char on_stack[ON_STACK], char **heap)
{
  char *copy = on_stack;

  if (size == 0 || g_ascii_isspace (data[0]) || data[0] == '\v')
    return NULL;
  if (size >= ON_STACK)
    copy = *heap = g_try_malloc (size + 1);
  if (copy == NULL)
    return NULL;
  memcpy (copy, data, size);
  copy[size] = '\0';
  return copy;
}

/**
 * cf_parse_double:
 * @data: (array length=size): the text
 * @size: its length
 * @value: (out): the number
 *
 * Accepts what strtod() accepts in the C locale, hexadecimal and "inf"
 * included, but no leading blank, no NaN, and nothing too large or too small
 * to represent.
 *
 * Returns: %FALSE if the text is no such number
 */
gboolean
cf_parse_double (const char *data, gsize size, double *value)
{
  char on_stack[ON_STACK];
  g_autofree char *heap = NULL;
  const char *copy = terminate (data, size, on_stack, &heap);
  char *end;
  double parsed;

  if (copy == NULL)
    return FALSE;
  errno = 0;
  parsed = strtod_l (copy, &end, c_locale ());
  if (end != copy + size || isnan (parsed) ||
      (errno == ERANGE && (isinf (parsed) || fpclassify (parsed) == FP_ZERO)))
    return FALSE;
  *value = parsed;
  return TRUE;
}

/**
 * cf_parse_long_double:
 * @data: (array length=size): the text
 * @size: its length
 * @value: (out): the number
 *
 * Like cf_parse_double() with more digits.  A text that could not have come
 * from cf_format_long_double_human() for its mere length is refused.
 *
 * Returns: %FALSE if the text is no such number
 */
gboolean
cf_parse_long_double (const char *data, gsize size, long double *value)
{
  char on_stack[ON_STACK];
  g_autofree char *heap = NULL;
  const char *copy;
  char *end;
  long double parsed;

  if (size >= CF_LONG_DOUBLE_SIZE)
    return FALSE;
  copy = terminate (data, size, on_stack, &heap);
  if (copy == NULL)
    return FALSE;
  errno = 0;
  parsed = strtold_l (copy, &end, c_locale ());
  if (end != copy + size || isnan (parsed) ||
      (errno == ERANGE && (isinf (parsed) || fpclassify (parsed) == FP_ZERO)))
    return FALSE;
  *value = parsed;
  return TRUE;
}

/**
 * cf_parse_memory:
 * @data: (array length=size): the text
 * @size: its length
 * @value: (out): the number of bytes
 *
 * Parses an amount of memory: digits and, in either case, one of the units b,
 * k (1000), kb (1024), m, mb, g and gb.
 *
 * Returns: %FALSE if the text is no such amount, or beyond 64 bits
 */
gboolean
cf_parse_memory (const char *data, gsize size, guint64 *value)
{
  static const struct
  {
    const char *name;
    guint64 factor;
  } units[] = {
    { "", 1 },           { "b", 1 },           { "k", 1000 },
    { "kb", 1 << 10 },   { "m", 1000 * 1000 }, { "mb", 1 << 20 },
    { "g", 1000000000 }, { "gb", 1 << 30 },
  };
  gsize digits = 0;
  guint64 number = 0;

  while (digits < size && g_ascii_isdigit (data[digits]))
    if (!g_uint64_checked_mul (&number, number, 10) ||
        !g_uint64_checked_add (&number, number,
                               (guint64) (data[digits++] - '0')))
      return FALSE;
  if (digits == 0)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (units); i++)
    if (strlen (units[i].name) == size - digits &&
        g_ascii_strncasecmp (units[i].name, data + digits, size - digits) == 0)
      {
        if (number > G_MAXUINT64 / units[i].factor)
          return FALSE;
        *value = number * units[i].factor;
        return TRUE;
      }
  return FALSE;
}

/**
 * cf_digits:
 * @value: a number
 *
 * Returns: how many decimal digits it has, 1 to 20
 */
guint
cf_digits (guint64 value)
{
  guint digits = 1;

  for (; value >= 10000; value /= 10000)
    digits += 4;
  return digits + (value >= 1000) + (value >= 100) + (value >= 10);
}

/**
 * cf_format_uint64:
 * @buffer: where to write
 * @value: the number
 *
 * Returns: the length of the text
 */
gsize
cf_format_uint64 (char buffer[static CF_INT64_SIZE], guint64 value)
{
  static const char pairs[] = "00010203040506070809"
                              "10111213141516171819"
                              "20212223242526272829"
                              "30313233343536373839"
                              "40414243444546474849"
                              "50515253545556575859"
                              "60616263646566676869"
                              "70717273747576777879"
                              "80818283848586878889"
                              "90919293949596979899";
  gsize length = cf_digits (value);
  char *at = buffer + length;

  *at = '\0';
  for (; value >= 100; value /= 100)
    memcpy (at -= 2, pairs + 2 * (value % 100), 2);
  if (value >= 10)
    memcpy (at - 2, pairs + 2 * value, 2);
  else
    at[-1] = (char) ('0' + value);
  return length;
}

/**
 * cf_format_int64:
 * @buffer: where to write
 * @value: the number
 *
 * Returns: the length of the text
 */
gsize
cf_format_int64 (char buffer[static CF_INT64_SIZE], gint64 value)
{
  char digits[CF_INT64_SIZE];
  gsize length;

  if (value >= 0)
    return cf_format_uint64 (buffer, (guint64) value);
  length = cf_format_uint64 (digits, 0 - (guint64) value);
  buffer[0] = '-';
  memcpy (buffer + 1, digits, length + 1);
  return length + 1;
}

/* The infinities and NaN, which printf() spells as it likes. */
static gsize
format_special (char *buffer, gboolean nan, gboolean negative)
{
  return (gsize) (g_stpcpy (buffer, nan        ? "nan"
                                    : negative ? "-inf"
                                               : "inf") -
                  buffer);
}

/**
 * cf_format_double:
 * @buffer: where to write
 * @value: the number
 *
 * Writes up to 17 digits, so that the text reads back as the same number.
 *
 * Returns: the length of the text
 */
gsize
cf_format_double (char buffer[static CF_DOUBLE_SIZE], double value)
{
  locale_t old;
  int length;

  if (!isfinite (value))
    return format_special (buffer, isnan (value), value < 0);
  if (fabs (value) < 1e15 && value == (double) (gint64) value &&
      !(value == 0 && signbit (value)))
    return cf_format_int64 (buffer, (gint64) value);
  old = uselocale (c_locale ());
  length = snprintf (buffer, CF_DOUBLE_SIZE, "%.17g", value);
  uselocale (old);
  return (gsize) length;
}

/**
 * cf_format_fixed:
 * @buffer: where to write
 * @value: the number
 * @n_decimals: how many digits to write after the point, at most 20
 *
 * Returns: the length of the text
 */
gsize
cf_format_fixed (char buffer[static CF_FIXED_SIZE],
                 double value,
                 guint n_decimals)
{
  locale_t old;
  int length;

  if (!isfinite (value))
    return format_special (buffer, isnan (value), value < 0);
  old = uselocale (c_locale ());
  length = snprintf (buffer, CF_FIXED_SIZE, "%.*f", (int) n_decimals, value);
  uselocale (old);
  return (gsize) length;
}

/**
 * cf_format_long_double_human:
 * @buffer: where to write
 * @value: the number
 *
 * Writes the number without an exponent, with at most 17 digits after the
 * point and no zero at their end: what INCRBYFLOAT stores and answers.
 *
 * Returns: the length of the text
 */
gsize
cf_format_long_double_human (char buffer[static CF_LONG_DOUBLE_SIZE],
                             long double value)
{
  locale_t old;
  gsize length;

  if (!isfinite (value))
    return format_special (buffer, isnan (value), value < 0);
  old = uselocale (c_locale ());
  length = (gsize) snprintf (buffer, CF_LONG_DOUBLE_SIZE, "%.17Lf", value);
  uselocale (old);
  while (buffer[length - 1] == '0')
    length--;
  if (buffer[length - 1] == '.')
    length--;
  buffer[length] = '\0';
  if (strcmp (buffer, "-0") == 0)
    return (gsize) (g_stpcpy (buffer, "0") - buffer);
  return length;
}
