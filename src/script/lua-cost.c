/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "script/lua-cost.h"

#include <math.h>

/* Matching goes back to each of these, and tries again. */
static guint
count_choices (CfSlice pattern)
{
  guint n = 0;

  for (gsize i = 0; i < pattern.size; i++)
    if (pattern.data[i] == '%')
      {
        i++;
        n += i < pattern.size && pattern.data[i] == 'b';
      }
    else
      n += strchr ("*+-?", pattern.data[i]) != NULL;
  return n;
}

/**
 * cf_lua_cost_of_matching:
 * @text_size: bytes of the text
 * @pattern: a pattern of Lua's
 * @plain: whether it is to be found as it is
 *
 * Returns: the most steps it can take: each item that may match more or less
 *   is tried at each byte, for each choice of those before it
 */
double
cf_lua_cost_of_matching (gsize text_size, CfSlice pattern, gboolean plain)
{
  double size = (double) text_size;

  if (plain)
    return size * (double) MAX (pattern.size, 1);
  return pow (size, 1 + count_choices (pattern)) + size * (double) pattern.size;
}

/**
 * cf_lua_cost_of_sorting:
 * @n: how many elements
 *
 * Returns: the steps it takes, commonly
 */
double
cf_lua_cost_of_sorting (gsize n)
{
  return n < 2 ? 0 : 4 * (double) n * log2 ((double) n);
}
