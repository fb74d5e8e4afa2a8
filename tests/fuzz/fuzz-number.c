/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz-number.c -- any bytes as numbers: what is read is written as it was,
 * or reads back as the same number. */
#include "config.h"

#include "base/number.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_integers (const char *text, gsize size)
{
  char written[CF_INT64_SIZE];
  gint64 integer;
  guint64 natural;

  if (cf_parse_int64 (text, size, &integer))
    {
      g_assert_cmpuint (cf_format_int64 (written, integer), ==, size);
      g_assert_cmpint (memcmp (written, text, size), ==, 0);
    }
  if (cf_parse_uint64 (text, size, &natural))
    {
      g_assert_cmpuint (cf_format_uint64 (written, natural), ==, size);
      g_assert_cmpint (memcmp (written, text, size), ==, 0);
      g_assert_cmpuint (cf_digits (natural), ==, size);
    }
}

static void
check_reals (const char *text, gsize size)
{
  char written[CF_LONG_DOUBLE_SIZE];
  double real, again = 0;
  long double precise;

  if (cf_parse_double (text, size, &real))
    {
      gsize length = cf_format_double (written, real);

      g_assert_cmpuint (length, <, CF_DOUBLE_SIZE);
      g_assert_true (cf_parse_double (written, length, &again));
      g_assert_true (memcmp (&real, &again, sizeof real) == 0);
    }
  if (cf_parse_long_double (text, size, &precise))
    g_assert_cmpuint (cf_format_long_double_human (written, precise), ==,
                      strlen (written));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_memdup2 (data, size);
  guint64 bytes;

  check_integers (text, size);
  check_reals (text, size);
  if (cf_parse_memory (text, size, &bytes))
    g_assert_true (g_ascii_isdigit (text[0]));
  return 0;
}
