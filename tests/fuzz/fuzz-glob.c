/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz-glob.c -- any pattern, a newline, and any text: matched as a plain
 * recursive matcher does it. */
#include "config.h"

#include "base/glob.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Some stars at most, for the recursion's sake. */
#define STARS_MAX 5
#define TEXT_MAX 64

static gboolean
same (char a, char b, gboolean nocase)
{
  return nocase ? g_ascii_tolower (a) == g_ascii_tolower (b) : a == b;
}

static int
value_of (char c, gboolean nocase)
{
  return (signed char) (nocase ? g_ascii_tolower (c) : c);
}

/* Whether the class behind the bracket at @p has @c; @end becomes its end. */
static gboolean
class_has (CfSlice p, char c, gboolean nocase, gsize *end)
{
  gboolean not = p.size > 1 && p.data[1] == '^', has = FALSE;
  gsize i = not ? 2 : 1;

  while (i < p.size && p.data[i] != ']')
    if (p.data[i] == '\\' && i + 1 < p.size)
      {
        has |= p.data[i + 1] == c;
        i += 2;
      }
    else if (i + 2 < p.size && p.data[i + 1] == '-')
      {
        gboolean swap = (signed char) p.data[i] > (signed char) p.data[i + 2];
        int low = value_of (p.data[swap ? i + 2 : i], nocase);
        int high = value_of (p.data[swap ? i : i + 2], nocase);

        has |= value_of (c, nocase) >= low && value_of (c, nocase) <= high;
        i += 3;
      }
    else
      has |= same (p.data[i++], c, nocase);
  *end = MIN (i + 1, p.size);
  return has != not ;
}

static gboolean
matches (CfSlice p, CfSlice t, gboolean nocase)
{
  gsize used = 1;
  gboolean fits;

  if (p.size == 0)
    return t.size == 0;
  if (p.data[0] == '*')
    {
      for (gsize i = 0; i <= t.size; i++)
        if (matches (cf_slice (p.data + 1, p.size - 1),
                     cf_slice (t.data + i, t.size - i), nocase))
          return TRUE;
      return FALSE;
    }
  if (t.size == 0)
    return FALSE;
  if (p.data[0] == '[')
    fits = class_has (p, t.data[0], nocase, &used);
  else if (p.data[0] == '\\' && p.size > 1)
    {
      fits = same (p.data[1], t.data[0], nocase);
      used = 2;
    }
  else
    fits = p.data[0] == '?' || same (p.data[0], t.data[0], nocase);
  return fits && matches (cf_slice (p.data + used, p.size - used),
                          cf_slice (t.data + 1, t.size - 1), nocase);
}

static gboolean
is_simple (CfSlice pattern)
{
  guint stars = 0;

  for (gsize i = 0; i < pattern.size; i++)
    stars += pattern.data[i] == '*';
  return stars <= STARS_MAX;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  const char *bytes = (const char *) data;
  const char *newline = size > 0 ? memchr (bytes, '\n', size) : NULL;
  gsize length = newline != NULL ? (gsize) (newline - bytes) : size;
  gsize rest = newline != NULL ? size - length - 1 : 0;
  g_autofree char *pattern_bytes = g_memdup2 (bytes, length);
  g_autofree char *text_bytes = g_memdup2 (bytes + size - rest, rest);
  CfSlice pattern = cf_slice (pattern_bytes, length);
  CfSlice text = cf_slice (text_bytes, rest);
  gboolean match = cf_glob_match (pattern, text);
  gboolean nocase = cf_glob_match_nocase (pattern, text);

  if (cf_glob_is_literal (pattern))
    g_assert_cmpint (match, ==, cf_slice_equal (pattern, text));
  if (rest == 0 || rest > TEXT_MAX || !is_simple (pattern))
    return 0;
  g_assert_cmpint (match, ==, matches (pattern, text, FALSE));
  g_assert_cmpint (nocase, ==, matches (pattern, text, TRUE));
  return 0;
}
