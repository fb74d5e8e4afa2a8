/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* memmem() */
#include "config.h"

#include "script/lua-pattern.h"

#include <lauxlib.h>
#include <string.h>

#include "base/slice.h"
#include "script/lua-cost.h"
#include "script/lua-state.h"

/* Steps, of some nanoseconds each, between two ticks. */
#define STEPS_A_TICK 4096

#define SPECIALS "^$*+?.([%-"
#define ESCAPE '%'

#define CAPTURES_MAX 32

/* In place of the length of a capture. */
#define UNFINISHED (-1)
#define POSITION (-2)

typedef struct
{
  lua_State *L;
  const char *start, *end; /* of the text */
  gint64 steps_left;       /* until the next tick */
  int n_captures;
  struct
  {
    const char *at;
    gssize size; /* or UNFINISHED, or POSITION */
  } captures[CAPTURES_MAX];
} Matcher;

static const char *match (Matcher *self, const char *at, const char *pattern);

static void
spend (Matcher *self, gsize steps)
{
  self->steps_left -= (gint64) steps;
  if (G_LIKELY (self->steps_left > 0))
    return;
  self->steps_left = STEPS_A_TICK;
  cf_lua_tick (self->L);
}

/* -- One character -------------------------------------------------------- */

static gboolean
is_of_class (guchar c, guchar class)
{
  gboolean is;

  switch (g_ascii_tolower ((char) class))
    {
    case 'a':
      is = g_ascii_isalpha (c);
      break;
    case 'c':
      is = g_ascii_iscntrl (c);
      break;
    case 'd':
      is = g_ascii_isdigit (c);
      break;
    case 'l':
      is = g_ascii_islower (c);
      break;
    case 'p':
      is = g_ascii_ispunct (c);
      break;
    case 's':
      is = g_ascii_isspace (c) || c == '\v';
      break;
    case 'u':
      is = g_ascii_isupper (c);
      break;
    case 'w':
      is = g_ascii_isalnum (c);
      break;
    case 'x':
      is = g_ascii_isxdigit (c);
      break;
    case 'z':
      is = c == '\0';
      break;
    default:
      return class == c;
    }
  return g_ascii_isupper ((char) class) ? !is : is;
}

/* @set begins with its "[" and ends with its "]", at @last. */
static gboolean
is_in_set (guchar c, const char *set, const char *last)
{
  gboolean is_inside = set[1] != '^';

  for (const char *at = set + (is_inside ? 1 : 2); at < last; at++)
    if (*at == ESCAPE)
      {
        if (is_of_class (c, (guchar) * ++at))
          return is_inside;
      }
    else if (at[1] == '-' && at + 2 < last)
      {
        if ((guchar) at[0] <= c && c <= (guchar) at[2])
          return is_inside;
        at += 2;
      }
    else if ((guchar) *at == c)
      return is_inside;
  return !is_inside;
}

/* What is behind the item at @pattern, which stands for one character. */
static const char *
skip_item (Matcher *self, const char *pattern)
{
  const char *at = pattern + 1;

  if (*pattern == ESCAPE && *at == '\0')
    luaL_error (self->L, "malformed pattern (ends with '%%')");
  if (*pattern == ESCAPE)
    return at + 1;
  if (*pattern != '[')
    return at;
  at += *at == '^';
  do
    {
      if (*at == '\0')
        luaL_error (self->L, "malformed pattern (missing ']')");
      if (*at++ == ESCAPE && *at != '\0')
        at++;
    }
  while (*at != ']');
  return at + 1;
}

/* Whether the item from @item to @behind matches what is at @at. */
static gboolean
matches_one (Matcher *self,
             const char *at,
             const char *item,
             const char *behind)
{
  if (at >= self->end)
    return FALSE;
  spend (self, (gsize) (behind - item));
  switch (*item)
    {
    case '.':
      return TRUE;
    case ESCAPE:
      return is_of_class ((guchar) *at, (guchar) item[1]);
    case '[':
      return is_in_set ((guchar) *at, item, behind - 1);
    default:
      return *item == *at;
    }
}

/* -- Items ---------------------------------------------------------------- */

/* As often as it goes, and then less and less. */
static const char *
match_most (Matcher *self, const char *at, const char *item, const char *behind)
{
  const char *last = at;

  while (matches_one (self, last, item, behind))
    last++;
  for (; last >= at; last--)
    {
      const char *result = match (self, last, behind + 1);

      if (result != NULL)
        return result;
    }
  return NULL;
}

/* As seldom as it goes. */
static const char *
match_least (Matcher *self,
             const char *at,
             const char *item,
             const char *behind)
{
  const char *result;

  while ((result = match (self, at, behind + 1)) == NULL)
    if (matches_one (self, at, item, behind))
      at++;
    else
      return NULL;
  return result;
}

static const char *
begin_capture (Matcher *self, const char *at, const char *pattern, gssize size)
{
  const char *result;

  if (self->n_captures >= CAPTURES_MAX)
    luaL_error (self->L, "too many captures");
  self->captures[self->n_captures].at = at;
  self->captures[self->n_captures].size = size;
  self->n_captures++;
  result = match (self, at, pattern);
  if (result == NULL)
    self->n_captures--;
  return result;
}

static const char *
end_capture (Matcher *self, const char *at, const char *pattern)
{
  int i = self->n_captures - 1;
  const char *result;

  while (i >= 0 && self->captures[i].size != UNFINISHED)
    i--;
  if (i < 0)
    luaL_error (self->L, "invalid pattern capture");
  self->captures[i].size = at - self->captures[i].at;
  result = match (self, at, pattern);
  if (result == NULL)
    self->captures[i].size = UNFINISHED;
  return result;
}

/* "%1": what was captured, once more. */
static const char *
match_capture (Matcher *self, const char *at, char digit)
{
  int i = digit - '1';
  gsize size;

  if (i < 0 || i >= self->n_captures || self->captures[i].size == UNFINISHED)
    luaL_error (self->L, "invalid capture index");
  size = (gsize) self->captures[i].size;
  spend (self, size / 16 + 1);
  if ((gsize) (self->end - at) < size ||
      memcmp (self->captures[i].at, at, size) != 0)
    return NULL;
  return at + size;
}

/* "%bxy", of which @pair is the x. */
static const char *
match_balanced (Matcher *self, const char *at, const char *pair)
{
  gsize depth = 1;

  if (pair[0] == '\0' || pair[1] == '\0')
    luaL_error (self->L, "unbalanced pattern");
  if (at >= self->end || *at != pair[0])
    return NULL;
  while (++at < self->end)
    {
      spend (self, 1);
      if (*at == pair[1])
        {
          if (--depth == 0)
            return at + 1;
        }
      else if (*at == pair[0])
        depth++;
    }
  return NULL;
}

/* "%f[set]": whether the set begins at @at.  Moves *@pattern behind it. */
static gboolean
is_frontier (Matcher *self, const char *at, const char **pattern)
{
  const char *set = *pattern + 2;
  guchar before = at == self->start ? '\0' : (guchar) at[-1];

  if (*set != '[')
    luaL_error (self->L, "missing '[' after '%%f' in pattern");
  *pattern = skip_item (self, set);
  spend (self, (gsize) (*pattern - set));
  /* A NUL follows each string of Lua's. */
  return !is_in_set (before, set, *pattern - 1) &&
         is_in_set ((guchar) *at, set, *pattern - 1);
}

/* An escape that stands for more than a character.  FALSE: it is none, or there
 * is no match, when *@at is NULL. */
static gboolean
match_escape (Matcher *self, const char **at, const char **pattern)
{
  char what = (*pattern)[1];

  if (what == 'b')
    {
      *at = match_balanced (self, *at, *pattern + 2);
      *pattern += 4;
    }
  else if (what == 'f')
    {
      if (!is_frontier (self, *at, pattern))
        *at = NULL;
    }
  else if (g_ascii_isdigit (what))
    {
      *at = match_capture (self, *at, what);
      *pattern += 2;
    }
  else
    return FALSE;
  return *at != NULL;
}

/* Where the match of @pattern ends that begins at @at; NULL: there is none. */
static const char *
match (Matcher *self, const char *at, const char *pattern)
{
  while (at != NULL && *pattern != '\0')
    {
      const char *behind;

      spend (self, 1);
      if (*pattern == '(' && pattern[1] == ')')
        return begin_capture (self, at, pattern + 2, POSITION);
      if (*pattern == '(')
        return begin_capture (self, at, pattern + 1, UNFINISHED);
      if (*pattern == ')')
        return end_capture (self, at, pattern + 1);
      if (*pattern == '$' && pattern[1] == '\0')
        return at == self->end ? at : NULL;
      if (*pattern == ESCAPE &&
          (match_escape (self, &at, &pattern) || at == NULL))
        continue;
      behind = skip_item (self, pattern);
      if (*behind == '*')
        return match_most (self, at, pattern, behind);
      if (*behind == '-')
        return match_least (self, at, pattern, behind);
      if (!matches_one (self, at, pattern, behind))
        {
          if (*behind != '?')
            return NULL;
          pattern = behind + 1;
        }
      else if (*behind == '+')
        return match_most (self, at + 1, pattern, behind);
      else if (*behind == '?')
        {
          const char *result = match (self, at + 1, behind + 1);

          if (result != NULL)
            return result;
          pattern = behind + 1;
        }
      else
        {
          at++;
          pattern = behind;
        }
    }
  return at;
}

/* -- Results -------------------------------------------------------------- */

/* Pushes capture @i of the match from @from to @to; without captures that is
 * the first. */
static void
push_capture (Matcher *self, int i, const char *from, const char *to)
{
  if (i >= self->n_captures)
    {
      if (i != 0)
        luaL_error (self->L, "invalid capture index");
      lua_pushlstring (self->L, from, (gsize) (to - from));
    }
  else if (self->captures[i].size == UNFINISHED)
    luaL_error (self->L, "unfinished capture");
  else if (self->captures[i].size == POSITION)
    lua_pushinteger (self->L, self->captures[i].at - self->start + 1);
  else
    {
      spend (self, (gsize) self->captures[i].size / 16);
      lua_pushlstring (self->L, self->captures[i].at,
                       (gsize) self->captures[i].size);
    }
}

/* All of them; returns how many.  Without @from only those there are. */
static int
push_captures (Matcher *self, const char *from, const char *to)
{
  int n = self->n_captures == 0 && from != NULL ? 1 : self->n_captures;

  luaL_checkstack (self->L, n, "too many captures");
  for (int i = 0; i < n; i++)
    push_capture (self, i, from, to);
  return n;
}

static gboolean
is_plain (const char *pattern)
{
  return strpbrk (pattern, SPECIALS) == NULL;
}

static void
check_pattern (lua_State *L, const char *pattern, size_t size)
{
  if (size > CF_LUA_PATTERN_MAX && !is_plain (pattern))
    luaL_error (L, "pattern too complex");
}

static Matcher
new_matcher (lua_State *L, const char *text, size_t size)
{
  return (Matcher){
    .L = L,
    .start = text,
    .end = text + size,
    .steps_left = STEPS_A_TICK,
  };
}

/* -- The functions -------------------------------------------------------- */

static int
find_plain (lua_State *L, const char *text, CfSlice rest, CfSlice words)
{
  const char *found;

  cf_lua_cost_announce (L, rest.size);
  found = memmem (rest.data, rest.size, words.data, words.size);
  if (found == NULL)
    {
      lua_pushnil (L);
      return 1;
    }
  lua_pushinteger (L, found - text + 1);
  lua_pushinteger (L, found - text + (lua_Integer) words.size);
  return 2;
}

/* The first match at @at or behind it. */
static int
find_pattern (Matcher *self,
              const char *at,
              const char *pattern,
              gboolean with_place)
{
  gboolean is_anchored = *pattern == '^';

  pattern += is_anchored;
  for (;; at++)
    {
      const char *to;

      self->n_captures = 0;
      to = match (self, at, pattern);
      if (to != NULL && with_place)
        {
          lua_pushinteger (self->L, at - self->start + 1);
          lua_pushinteger (self->L, to - self->start);
          return push_captures (self, NULL, NULL) + 2;
        }
      if (to != NULL)
        return push_captures (self, at, to);
      if (at >= self->end || is_anchored)
        break;
    }
  lua_pushnil (self->L);
  return 1;
}

/* Where to begin, from argument 3. */
static size_t
get_start (lua_State *L, size_t size)
{
  lua_Integer start = luaL_optinteger (L, 3, 1);

  if (start < 0)
    start += (lua_Integer) size + 1;
  return start <= 0 ? 0 : MIN ((size_t) start - 1, size);
}

static int
find (lua_State *L, gboolean with_place)
{
  size_t size, pattern_size, start;
  const char *text = luaL_checklstring (L, 1, &size);
  const char *pattern = luaL_checklstring (L, 2, &pattern_size);
  Matcher matcher;

  start = get_start (L, size);
  if (with_place && (lua_toboolean (L, 4) || is_plain (pattern)))
    return find_plain (L, text, cf_slice (text + start, size - start),
                       cf_slice (pattern, pattern_size));
  check_pattern (L, pattern, pattern_size);
  matcher = new_matcher (L, text, size);
  return find_pattern (&matcher, text + start, pattern, with_place);
}

/**
 * cf_lua_pattern_find:
 * @L: a state
 *
 * The function string.find().
 *
 * Returns: the number of results
 */
int
cf_lua_pattern_find (lua_State *L)
{
  return find (L, TRUE);
}

/**
 * cf_lua_pattern_match:
 * @L: a state
 *
 * The function string.match().
 *
 * Returns: the number of results
 */
int
cf_lua_pattern_match (lua_State *L)
{
  return find (L, FALSE);
}

/* Upvalues: the text, the pattern, and how many bytes are done. */
static int
on_next (lua_State *L)
{
  size_t size;
  const char *text = lua_tolstring (L, lua_upvalueindex (1), &size);
  const char *pattern = lua_tostring (L, lua_upvalueindex (2));
  Matcher matcher = new_matcher (L, text, size);

  for (const char *at = text + lua_tointeger (L, lua_upvalueindex (3));
       at <= matcher.end; at++)
    {
      const char *to;

      matcher.n_captures = 0;
      to = match (&matcher, at, pattern);
      if (to == NULL)
        continue;
      lua_pushinteger (L, to - text + (to == at));
      lua_replace (L, lua_upvalueindex (3));
      return push_captures (&matcher, at, to);
    }
  return 0;
}

/**
 * cf_lua_pattern_gmatch:
 * @L: a state
 *
 * The function string.gmatch().
 *
 * Returns: the number of results
 */
int
cf_lua_pattern_gmatch (lua_State *L)
{
  size_t size;
  const char *pattern;

  (void) luaL_checkstring (L, 1);
  pattern = luaL_checklstring (L, 2, &size);
  check_pattern (L, pattern, size);
  lua_settop (L, 2);
  lua_pushinteger (L, 0);
  lua_pushcclosure (L, on_next, 3);
  return 1;
}

/* The string at 3, with what stands in it for captures. */
static void
add_template (Matcher *self, luaL_Buffer *out, const char *from, const char *to)
{
  size_t size;
  const char *template = lua_tolstring (self->L, 3, &size);

  for (size_t i = 0; i < size; i++)
    {
      spend (self, 1);
      if (template[i] != ESCAPE)
        luaL_addchar (out, template[i]);
      /* A NUL follows each string of Lua's. */
      else if (!g_ascii_isdigit (template[++i]))
        luaL_addchar (out, template[i]);
      else if (template[i] == '0')
        luaL_addlstring (out, from, (gsize) (to - from));
      else
        {
          push_capture (self, template[i] - '1', from, to);
          luaL_addvalue (out);
        }
    }
}

/* What stands for the match from @from to @to. */
static void
add_replacement (Matcher *self,
                 luaL_Buffer *out,
                 const char *from,
                 const char *to)
{
  lua_State *L = self->L;

  spend (self, (gsize) (to - from) / 16);
  switch (lua_type (L, 3))
    {
    case LUA_TFUNCTION:
      lua_pushvalue (L, 3);
      lua_call (L, push_captures (self, from, to), 1);
      break;
    case LUA_TTABLE:
      push_capture (self, 0, from, to);
      lua_gettable (L, 3);
      break;
    default:
      add_template (self, out, from, to);
      return;
    }
  if (!lua_toboolean (L, -1))
    {
      lua_pop (L, 1);
      lua_pushlstring (L, from, (gsize) (to - from));
    }
  else if (!lua_isstring (L, -1))
    luaL_error (L, "invalid replacement value (a %s)", luaL_typename (L, -1));
  luaL_addvalue (out);
}

/**
 * cf_lua_pattern_gsub:
 * @L: a state
 *
 * The function string.gsub().
 *
 * Returns: the number of results
 */
int
cf_lua_pattern_gsub (lua_State *L)
{
  size_t size, pattern_size;
  const char *at = luaL_checklstring (L, 1, &size), *to = at;
  const char *pattern = luaL_checklstring (L, 2, &pattern_size);
  int type = lua_type (L, 3), most = luaL_optint (L, 4, (int) size + 1), n = 0;
  gboolean is_anchored = *pattern == '^';
  Matcher matcher = new_matcher (L, at, size);
  luaL_Buffer out;

  luaL_argcheck (L,
                 type == LUA_TNUMBER || type == LUA_TSTRING ||
                     type == LUA_TFUNCTION || type == LUA_TTABLE,
                 3, "string/function/table expected");
  check_pattern (L, pattern, pattern_size);
  luaL_buffinit (L, &out);
  pattern += is_anchored;
  while (n < most)
    {
      matcher.n_captures = 0;
      to = match (&matcher, at, pattern);
      if (to != NULL)
        {
          n++;
          add_replacement (&matcher, &out, at, to);
        }
      if (to != NULL && to > at)
        at = to;
      else if (at < matcher.end)
        luaL_addchar (&out, *at++);
      else
        break;
      if (is_anchored)
        break;
    }
  luaL_addlstring (&out, at, (gsize) (matcher.end - at));
  luaL_pushresult (&out);
  lua_pushinteger (L, n);
  return 2;
}
