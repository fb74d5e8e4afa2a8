/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/zset-range.h"

#include <math.h>

#include "base/number.h"

#define ON_STACK 128

/* Reads a number by the rules of strtod(), as Redis does here: blanks before
 * it, nothing at all and what is behind a NUL are no matter. */
static gboolean
parse_loosely (CfSlice text, double *value)
{
  char on_stack[ON_STACK];
  g_autofree char *heap = NULL;
  char *copy = on_stack, *end;

  if (text.size >= ON_STACK)
    copy = heap = g_try_malloc (text.size + 1);
  if (copy == NULL)
    return FALSE;
  if (text.size > 0)
    memcpy (copy, text.data, text.size);
  copy[text.size] = '\0';
  *value = g_ascii_strtod (copy, &end);
  return *end == '\0' && !isnan (*value);
}

static gboolean
parse_bound (CfSlice text, double *value, gboolean *open)
{
  *open = text.size > 0 && text.data[0] == '(';
  if (*open)
    text = cf_slice (text.data + 1, text.size - 1);
  return cf_parse_double (text.data, text.size, value) ||
         parse_loosely (text, value);
}

/**
 * cf_score_range_parse:
 * @self: (out): the range
 * @min: its lower bound as text
 * @max: its upper bound
 *
 * Returns: %FALSE if one of them is no number
 */
gboolean
cf_score_range_parse (CfScoreRange *self, CfSlice min, CfSlice max)
{
  return parse_bound (min, &self->min, &self->min_open) &&
         parse_bound (max, &self->max, &self->max_open);
}

static gboolean
parse_lex_bound (CfSlice text, CfLexBound *bound)
{
  char sign = text.size > 0 ? text.data[0] : '\0';

  *bound = (CfLexBound){ 0 };
  if (sign == '-' || sign == '+')
    {
      bound->infinity = sign == '-' ? -1 : 1;
      return text.size == 1 || text.data[1] == '\0';
    }
  if (sign != '(' && sign != '[')
    return FALSE;
  bound->open = sign == '(';
  bound->bytes = cf_slice (text.data + 1, text.size - 1);
  return TRUE;
}

/**
 * cf_lex_range_parse:
 * @self: (out): the range, which refers to the bytes of @min and @max
 * @min: its lower bound as text
 * @max: its upper bound
 *
 * Returns: %FALSE if one of them is none
 */
gboolean
cf_lex_range_parse (CfLexRange *self, CfSlice min, CfSlice max)
{
  return parse_lex_bound (min, &self->min) && parse_lex_bound (max, &self->max);
}
