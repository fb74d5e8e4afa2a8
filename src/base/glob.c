/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/glob.h"

static inline char
fold (char c, gboolean nocase)
{
  return nocase ? g_ascii_tolower (c) : c;
}

static gboolean
in_range (char c, char first, char last, gboolean nocase)
{
  signed char value = (signed char) fold (c, nocase);
  signed char low = (signed char) MIN ((signed char) first, (signed char) last);
  signed char high =
      (signed char) MAX ((signed char) first, (signed char) last);

  return value >= (signed char) fold ((char) low, nocase) &&
         value <= (signed char) fold ((char) high, nocase);
}

/* Matches @c with the class that opens at @*at, and moves @*at behind it. */
static gboolean
match_class (const char **at, const char *end, char c, gboolean nocase)
{
  const char *p = *at + 1;
  gboolean negated = p < end && *p == '^';
  gboolean found = FALSE;

  for (p += negated; p < end && *p != ']'; p++)
    if (*p == '\\' && end - p >= 2)
      found |= *++p == c;
    else if (end - p >= 3 && p[1] == '-')
      {
        found |= in_range (c, p[0], p[2], nocase);
        p += 2;
      }
    else
      found |= fold (*p, nocase) == fold (c, nocase);
  *at = p < end ? p + 1 : end;
  return found != negated;
}

/* Matches @c with what stands at @*at, no star, and moves @*at behind it. */
static inline gboolean
match_one (const char **at, const char *end, char c, gboolean nocase)
{
  switch (**at)
    {
    case '?':
      ++*at;
      return TRUE;
    case '[':
      return match_class (at, end, c, nocase);
    case '\\':
      *at += end - *at >= 2;
      G_GNUC_FALLTHROUGH;
    default:
      return fold (*(*at)++, nocase) == fold (c, nocase);
    }
}

/* Only the last star need ever take more: whatever an earlier one could take
 * instead, the last one can. */
static inline gboolean
match (CfSlice pattern, CfSlice text, gboolean nocase)
{
  const char *p = pattern.data, *p_end;
  const char *t = text.data, *t_end;
  const char *star = NULL; /* (nullable) behind the last star */
  const char *retry = t;   /* where that star's match ends */

  if (pattern.size == 0 || text.size == 0)
    return pattern.size == 0 ? text.size == 0 : pattern.size == 1 && *p == '*';
  p_end = p + pattern.size;
  t_end = t + text.size;
  while (t < t_end)
    if (p < p_end && *p == '*')
      {
        star = ++p;
        retry = t;
      }
    else if (p < p_end && match_one (&p, p_end, *t, nocase))
      t++;
    else if (star == NULL)
      return FALSE;
    else
      {
        p = star;
        t = ++retry;
      }
  while (p < p_end && *p == '*')
    p++;
  return p == p_end;
}

/**
 * cf_glob_match:
 * @pattern: a pattern
 * @text: a text
 *
 * Returns: whether all of @text matches @pattern
 */
gboolean
cf_glob_match (CfSlice pattern, CfSlice text)
{
  return match (pattern, text, FALSE);
}

/**
 * cf_glob_match_nocase:
 * @pattern: a pattern
 * @text: a text
 *
 * Returns: whether all of @text matches @pattern, ASCII letters in either case
 *   (but for those behind a backslash in a class, as in Redis)
 */
gboolean
cf_glob_match_nocase (CfSlice pattern, CfSlice text)
{
  return match (pattern, text, TRUE);
}

/**
 * cf_glob_is_literal:
 * @pattern: a pattern
 *
 * Returns: whether only a text that equals @pattern matches it
 */
gboolean
cf_glob_is_literal (CfSlice pattern)
{
  for (gsize i = 0; i < pattern.size; i++)
    if (strchr ("*?[\\", pattern.data[i]) != NULL && pattern.data[i] != '\0')
      return FALSE;
  return TRUE;
}
