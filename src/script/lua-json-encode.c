/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "script/lua-json-inside.h"

#include <lauxlib.h>
#include <limits.h>
#include <math.h>

#include "base/number.h"
#include "script/lua-bytes.h"

typedef struct
{
  lua_State *lua;
  CfLuaJsonSettings settings;
  CfLuaBytes out;
} Encoder;

static void add_value (Encoder *self, int depth);

static void
refuse (Encoder *self, int index, const char *reason)
{
  luaL_error (self->lua, "Cannot serialise %s: %s",
              luaL_typename (self->lua, index), reason);
}

/* What comes after the backslash: 0 for no escape, "u" for the long one. */
static char
get_escape (guint8 c)
{
  switch (c)
    {
    case '\b':
      return 'b';
    case '\t':
      return 't';
    case '\n':
      return 'n';
    case '\f':
      return 'f';
    case '\r':
      return 'r';
    case '"':
    case '/':
    case '\\':
      return (char) c;
    default:
      return c < 0x20 || c == 0x7f ? 'u' : 0;
    }
}

/* Writes @c at @at, with its escape; returns what is behind it. */
static char *
put_char (char *at, guint8 c)
{
  char escape = get_escape (c);

  if (escape == 0)
    {
      *at++ = (char) c;
      return at;
    }
  *at++ = '\\';
  *at++ = escape;
  if (escape == 'u')
    {
      *at++ = '0';
      *at++ = '0';
      *at++ = "0123456789abcdef"[c >> 4];
      *at++ = "0123456789abcdef"[c & 15];
    }
  return at;
}

static void
add_string (Encoder *self, int index)
{
  const gsize longest = 6; /* of an escape */
  const gsize part = 4096;
  size_t size;
  const char *string = lua_tolstring (self->lua, index, &size);

  cf_lua_bytes_add_char (&self->out, '"');
  for (gsize done = 0; done < size;)
    {
      gsize n = MIN (size - done, part);
      char *start = cf_lua_bytes_reserve (&self->out, n * longest);
      char *at = start;

      for (gsize end = done + n; done < end; done++)
        at = put_char (at, (guint8) string[done]);
      self->out.size += (gsize) (at - start);
    }
  cf_lua_bytes_add_char (&self->out, '"');
}

/* As printf's "%.*g" in the C locale. */
static gsize
format_number (char *buffer, gsize room, double number, int precision)
{
  char format[] = {
    '%', '.', (char) ('0' + precision / 10), (char) ('0' + precision % 10),
    'g', '\0'
  };
  double limit = 1e14;

  if (precision == 14 && number == floor (number) && fabs (number) < limit &&
      (number != 0 || !signbit (number)))
    return cf_format_int64 (buffer, (gint64) number);
  (void) g_ascii_formatd (buffer, (gint) room, format, number);
  return strlen (buffer);
}

static void
add_number (Encoder *self, int index)
{
  double number = lua_tonumber (self->lua, index);
  char *at;

  if (self->settings.encode_invalid_numbers == CF_LUA_JSON_REFUSE &&
      !isfinite (number))
    refuse (self, index, "must not be NaN or Inf");
  if (self->settings.encode_invalid_numbers == CF_LUA_JSON_NULL &&
      !isfinite (number))
    {
      cf_lua_bytes_add (&self->out, "null", 4);
      return;
    }
  if (isnan (number))
    {
      cf_lua_bytes_add (&self->out, "nan", 3);
      return;
    }
  at = cf_lua_bytes_reserve (&self->out, CF_DOUBLE_SIZE);
  self->out.size += format_number (at, CF_DOUBLE_SIZE, number,
                                   self->settings.encode_precision);
}

static gboolean
is_too_sparse (Encoder *self, gint64 length, gint64 n_items)
{
  const CfLuaJsonSettings *settings = &self->settings;

  return settings->sparse_ratio > 0 &&
         length > n_items * settings->sparse_ratio &&
         length > settings->sparse_safe;
}

/* The length of the table on top as an array; -1: it is none. */
static int
get_array_length (Encoder *self)
{
  lua_State *lua = self->lua;
  gint64 length = 0, n_items = 0;

  for (lua_pushnil (lua); lua_next (lua, -2) != 0; lua_pop (lua, 1))
    {
      double key =
          lua_type (lua, -2) == LUA_TNUMBER ? lua_tonumber (lua, -2) : 0;

      if (key < 1 || key > INT_MAX || floor (key) != key)
        {
          lua_pop (lua, 2);
          return -1;
        }
      length = MAX (length, (gint64) key);
      n_items++;
    }
  if (!is_too_sparse (self, length, n_items))
    return (int) length;
  if (!self->settings.sparse_convert)
    refuse (self, -1, "excessively sparse array");
  return -1;
}

static void
add_array (Encoder *self, int length, int depth)
{
  cf_lua_bytes_add_char (&self->out, '[');
  for (int i = 1; i <= length; i++)
    {
      if (i > 1)
        cf_lua_bytes_add_char (&self->out, ',');
      lua_rawgeti (self->lua, -1, i);
      add_value (self, depth);
      lua_pop (self->lua, 1);
      if (i == INT_MAX)
        break;
    }
  cf_lua_bytes_add_char (&self->out, ']');
}

static void
add_key (Encoder *self)
{
  switch (lua_type (self->lua, -2))
    {
    case LUA_TSTRING:
      add_string (self, -2);
      break;
    case LUA_TNUMBER:
      cf_lua_bytes_add_char (&self->out, '"');
      add_number (self, -2);
      cf_lua_bytes_add_char (&self->out, '"');
      break;
    default:
      refuse (self, -2, "table key must be a number or string");
    }
  cf_lua_bytes_add_char (&self->out, ':');
}

static void
add_object (Encoder *self, int depth)
{
  lua_State *lua = self->lua;
  gboolean is_first = TRUE;

  cf_lua_bytes_add_char (&self->out, '{');
  for (lua_pushnil (lua); lua_next (lua, -2) != 0; lua_pop (lua, 1))
    {
      if (!is_first)
        cf_lua_bytes_add_char (&self->out, ',');
      is_first = FALSE;
      add_key (self);
      add_value (self, depth);
    }
  cf_lua_bytes_add_char (&self->out, '}');
}

static void
add_table (Encoder *self, int depth)
{
  int length;

  if (depth > self->settings.encode_max_depth || !lua_checkstack (self->lua, 3))
    luaL_error (self->lua, "Cannot serialise, excessive nesting (%d)", depth);
  length = get_array_length (self);
  if (length > 0)
    add_array (self, length, depth);
  else
    add_object (self, depth);
}

/* Adds the value on top and leaves it there. */
static void
add_value (Encoder *self, int depth)
{
  switch (lua_type (self->lua, -1))
    {
    case LUA_TSTRING:
      add_string (self, -1);
      return;
    case LUA_TNUMBER:
      add_number (self, -1);
      return;
    case LUA_TBOOLEAN:
      if (lua_toboolean (self->lua, -1))
        cf_lua_bytes_add (&self->out, "true", 4);
      else
        cf_lua_bytes_add (&self->out, "false", 5);
      return;
    case LUA_TTABLE:
      add_table (self, depth + 1);
      return;
    case LUA_TLIGHTUSERDATA:
      if (lua_touserdata (self->lua, -1) != NULL)
        break;
      G_GNUC_FALLTHROUGH;
    case LUA_TNIL:
      cf_lua_bytes_add (&self->out, "null", 4);
      return;
    default:
      break;
    }
  refuse (self, -1, "type not supported");
}

/**
 * cf_lua_json_encode:
 * @lua: the Lua state
 *
 * The function "encode": its value as JSON.
 *
 * Returns: 1, the number of results
 */
int
cf_lua_json_encode (lua_State *lua)
{
  Encoder self = { .lua = lua };

  luaL_argcheck (lua, lua_gettop (lua) == 1, 1, "expected 1 argument");
  self.settings = cf_lua_json_settings (lua);
  cf_lua_bytes_init (&self.out, lua);
  add_value (&self, 0);
  cf_lua_bytes_push (&self.out);
  return 1;
}
