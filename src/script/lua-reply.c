/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "script/lua-reply.h"

#include <string.h>

#include "base/number.h"
#include "script/lua-state.h"

/* So often the state's tick is called. */
#define ELEMENTS_A_TICK 1024

/* -- From replies to Lua -------------------------------------------------- */

typedef struct
{
  lua_State *L;
  const char *at;
  const char *end;
} Reading;

static CfSlice
read_line (Reading *self)
{
  const char *start = self->at;
  const char *stop = memchr (start, '\r', (gsize) (self->end - start));

  if (stop == NULL || stop + 2 > self->end)
    luaL_error (self->L, "broken reply");
  self->at = stop + 2;
  return cf_slice (start, (gsize) (stop - start));
}

static gint64
read_number (Reading *self)
{
  CfSlice line = read_line (self);
  gint64 value = 0;

  if (!cf_parse_int64 (line.data, line.size, &value))
    luaL_error (self->L, "broken reply");
  return value;
}

static CfSlice
read_bytes (Reading *self, gint64 n)
{
  const char *start = self->at;

  if (n < 0 || n + 2 > self->end - start)
    luaL_error (self->L, "broken reply");
  self->at += n + 2;
  return cf_slice (start, (gsize) n);
}

static void
push_slice (lua_State *L, CfSlice text)
{
  lua_pushlstring (L, text.data, text.size);
}

/* Pushes { @name = @text }. */
static void
push_named (lua_State *L, const char *name, CfSlice text)
{
  lua_createtable (L, 0, 1);
  push_slice (L, text);
  lua_setfield (L, -2, name);
}

static void
push_error (lua_State *L, CfSlice text)
{
  push_named (L, "err", text);
  lua_pushboolean (L, TRUE);
  lua_setfield (L, -2, "ignore_error_stats_update");
}

static void
push_double (lua_State *L, CfSlice text)
{
  double value = 0;

  if (!cf_parse_double (text.data, text.size, &value))
    value = g_ascii_strtod (text.data, NULL);
  lua_createtable (L, 0, 1);
  lua_pushnumber (L, value);
  lua_setfield (L, -2, "double");
}

static void
push_verbatim (lua_State *L, CfSlice text)
{
  lua_createtable (L, 0, 1);
  lua_createtable (L, 0, 2);
  lua_pushlstring (L, text.data + 4, text.size - 4);
  lua_setfield (L, -2, "string");
  lua_pushlstring (L, text.data, 3);
  lua_setfield (L, -2, "format");
  lua_setfield (L, -2, "verbatim_string");
}

static void push_value (Reading *self);

static void
push_array (Reading *self, gint64 n)
{
  lua_State *L = self->L;

  lua_createtable (L, (int) MIN (n, self->end - self->at), 0);
  for (gint64 i = 1; i <= n; i++)
    {
      push_value (self);
      lua_rawseti (L, -2, (int) i);
      if (i % ELEMENTS_A_TICK == 0)
        cf_lua_tick (L);
    }
}

/* Pushes { @name = { ... } } with @n keys, each with a value if @is_map. */
static void
push_keyed (Reading *self, const char *name, gint64 n, gboolean is_map)
{
  lua_State *L = self->L;

  lua_createtable (L, 0, 1);
  lua_newtable (L);
  for (gint64 i = 1; i <= n; i++)
    {
      push_value (self);
      if (is_map)
        push_value (self);
      else
        lua_pushboolean (L, TRUE);
      if (lua_isnil (L, -2))
        lua_pop (L, 2);
      else
        lua_rawset (L, -3);
      if (i % ELEMENTS_A_TICK == 0)
        cf_lua_tick (L);
    }
  lua_setfield (L, -2, name);
}

static void
push_aggregate (Reading *self, char type)
{
  gint64 n = read_number (self);

  luaL_checkstack (self->L, 6, "deep reply");
  if (n < 0)
    lua_pushboolean (self->L, FALSE);
  else if (type == '%')
    push_keyed (self, "map", n, TRUE);
  else if (type == '~')
    push_keyed (self, "set", n, FALSE);
  else
    push_array (self, n);
}

static void
push_bulk (Reading *self, char type)
{
  gint64 n = read_number (self);
  CfSlice text;

  if (n < 0)
    {
      lua_pushboolean (self->L, FALSE);
      return;
    }
  text = read_bytes (self, n);
  if (type == '=' && text.size >= 4)
    push_verbatim (self->L, text);
  else
    push_slice (self->L, text);
}

/* The value that follows an attribute is what counts. */
static void
skip_attribute (Reading *self)
{
  for (gint64 n = 2 * read_number (self); n > 0; n--)
    {
      push_value (self);
      lua_pop (self->L, 1);
    }
  push_value (self);
}

static void
push_value (Reading *self)
{
  char type = *self->at++;

  switch (type)
    {
    case '$':
    case '=':
      push_bulk (self, type);
      break;
    case ':':
      lua_pushnumber (self->L, (lua_Number) read_number (self));
      break;
    case '+':
      push_named (self->L, "ok", read_line (self));
      break;
    case '-':
      push_error (self->L, read_line (self));
      break;
    case '*':
    case '%':
    case '~':
    case '>':
      push_aggregate (self, type);
      break;
    case '_':
      (void) read_line (self);
      lua_pushnil (self->L);
      break;
    case '#':
      lua_pushboolean (self->L, *read_line (self).data == 't');
      break;
    case ',':
      push_double (self->L, read_line (self));
      break;
    case '(':
      push_named (self->L, "big_number", read_line (self));
      break;
    case '|':
      skip_attribute (self);
      break;
    default:
      luaL_error (self->L, "broken reply");
    }
}

/**
 * cf_lua_push_reply:
 * @L: a state
 * @bytes: a reply, whole
 *
 * Pushes one value.
 */
void
cf_lua_push_reply (lua_State *L, CfSlice bytes)
{
  Reading reading = { L, bytes.data, bytes.data + bytes.size };

  luaL_checkstack (L, 6, "deep reply");
  push_value (&reading);
}

/* -- From Lua to replies -------------------------------------------------- */

typedef struct
{
  lua_State *L;
  const CfLuaWriter *to;
  guint64 n; /* values written */
  gboolean too_long;
} Writing;

static void write_value (Writing *self);

/* Pushes what the table on top has under @name, if that is of @type. */
static gboolean
push_member (lua_State *L, const char *name, int type)
{
  lua_pushstring (L, name);
  lua_rawget (L, -2);
  if (lua_type (L, -1) == type)
    return TRUE;
  lua_pop (L, 1);
  return FALSE;
}

static CfSlice
top_slice (lua_State *L)
{
  CfSlice text;

  text.data = lua_tolstring (L, -1, &text.size);
  return text;
}

static void
write_error (Writing *self)
{
  lua_State *L = self->L;
  const char *message = lua_tostring (L, -1);

  cf_reply_error (self->to->reply, message);
  lua_pushliteral (L, "ignore_error_stats_update");
  lua_rawget (L, -3);
  if (self->to->failed != NULL)
    self->to->failed (self->to->data, message, lua_toboolean (L, -1));
  lua_pop (L, 2);
}

/* Pushes a copy of the first @size bytes of the string on top, on one line. */
static CfSlice
push_line (lua_State *L, gsize size)
{
  const char *text = lua_tostring (L, -1);
  char *line = lua_newuserdata (L, size + 1);

  for (gsize i = 0; i < size; i++)
    line[i] = text[i] == '\r' || text[i] == '\n' ? ' ' : text[i];
  line[size] = '\0';
  return cf_slice (line, size);
}

/* Up to the first NUL byte. */
static void
write_status (Writing *self)
{
  lua_State *L = self->L;
  CfSlice text = push_line (L, strlen (lua_tostring (L, -1)));

  cf_reply_status (self->to->reply, text.data);
  lua_pop (L, 2);
}

static void
write_big_number (Writing *self)
{
  lua_State *L = self->L;

  cf_reply_bignum (self->to->reply, push_line (L, top_slice (L).size));
  lua_pop (L, 2);
}

/* With { format=, string= } on top; FALSE: it is something else. */
static gboolean
write_verbatim (Writing *self)
{
  lua_State *L = self->L;
  char format[4] = "   ";
  const char *given;

  if (!push_member (L, "format", LUA_TSTRING))
    return FALSE;
  given = lua_tostring (L, -1);
  memcpy (format, given, MIN (strlen (given), 3));
  lua_pop (L, 1);
  if (!push_member (L, "string", LUA_TSTRING))
    return FALSE;
  cf_reply_verbatim (self->to->reply, format, top_slice (L));
  lua_pop (L, 1);
  return TRUE;
}

static gsize
count_members (lua_State *L)
{
  gsize n = 0;

  for (lua_pushnil (L); lua_next (L, -2) != 0; n++)
    lua_pop (L, 1);
  return n;
}

/* The table on top, as a map or a set of its keys. */
static void
write_keyed (Writing *self, gboolean is_map)
{
  lua_State *L = self->L;
  gsize n = count_members (L);

  if (is_map)
    cf_reply_map (self->to->reply, n);
  else
    cf_reply_set (self->to->reply, n);
  for (lua_pushnil (L); !self->too_long && lua_next (L, -2) != 0;)
    {
      if (!is_map)
        lua_pop (L, 1);
      lua_pushvalue (L, is_map ? -2 : -1);
      write_value (self);
      if (is_map && !self->too_long)
        write_value (self);
    }
}

static int
count_elements (lua_State *L)
{
  int n = 0;
  gboolean more = TRUE;

  while (more)
    {
      lua_rawgeti (L, -1, n + 1);
      more = !lua_isnil (L, -1);
      lua_pop (L, 1);
      n += more;
    }
  return n;
}

static void
write_array (Writing *self)
{
  int n = count_elements (self->L);

  cf_reply_array (self->to->reply, (gsize) n);
  for (int i = 1; i <= n && !self->too_long; i++)
    {
      lua_rawgeti (self->L, -1, i);
      write_value (self);
    }
}

/* FALSE: the table on top is no reply of a kind that has a name. */
static gboolean
write_named (Writing *self)
{
  lua_State *L = self->L;

  if (push_member (L, "err", LUA_TSTRING))
    write_error (self);
  else if (push_member (L, "ok", LUA_TSTRING))
    write_status (self);
  else if (push_member (L, "double", LUA_TNUMBER))
    {
      cf_reply_double (self->to->reply, lua_tonumber (L, -1));
      lua_pop (L, 1);
    }
  else if (push_member (L, "map", LUA_TTABLE))
    {
      write_keyed (self, TRUE);
      if (!self->too_long)
        lua_pop (L, 1);
    }
  else if (push_member (L, "set", LUA_TTABLE))
    {
      write_keyed (self, FALSE);
      if (!self->too_long)
        lua_pop (L, 1);
    }
  else if (push_member (L, "big_number", LUA_TSTRING))
    write_big_number (self);
  else if (push_member (L, "verbatim_string", LUA_TTABLE))
    {
      gboolean written = write_verbatim (self);

      lua_pop (L, 1);
      return written;
    }
  else
    return FALSE;
  return TRUE;
}

static void
write_boolean (Writing *self, gboolean value)
{
  CfReply *reply = self->to->reply;

  if (self->to->resp >= 3)
    cf_reply_bool (reply, value);
  else if (value)
    cf_reply_int (reply, 1);
  else
    cf_reply_null (reply);
}

/* As a cast does on the machines that Redis is mostly run on. */
static gint64
whole (lua_Number number)
{
  return number >= -0x1p63 && number < 0x1p63 ? (gint64) number : G_MININT64;
}

/* Writes the value on top and pops it. */
static void
write_value (Writing *self)
{
  lua_State *L = self->L;
  CfReply *reply = self->to->reply;

  if (++self->n % ELEMENTS_A_TICK == 0)
    cf_lua_tick (L);
  if (reply->out->memory > self->to->limit)
    self->too_long = TRUE;
  if (self->too_long)
    return;
  if (!lua_checkstack (L, 4))
    {
      cf_reply_error (reply, "ERR reached lua stack limit");
      lua_pop (L, 1);
      return;
    }
  switch (lua_type (L, -1))
    {
    case LUA_TSTRING:
      cf_reply_bulk (reply, top_slice (L));
      break;
    case LUA_TNUMBER:
      cf_reply_int (reply, whole (lua_tonumber (L, -1)));
      break;
    case LUA_TBOOLEAN:
      write_boolean (self, lua_toboolean (L, -1));
      break;
    case LUA_TTABLE:
      if (!write_named (self) && !self->too_long)
        write_array (self);
      break;
    default:
      cf_reply_null (reply);
      break;
    }
  if (!self->too_long)
    lua_pop (L, 1);
}

/**
 * cf_lua_write_reply:
 * @L: a state with a value on top
 * @writer: where to write it to
 *
 * Writes one reply, whatever the value is.  When that gets too long, it stops
 * anywhere, with anything on the stack.
 *
 * Returns: %FALSE if it got too long
 */
gboolean
cf_lua_write_reply (lua_State *L, const CfLuaWriter *writer)
{
  Writing writing = { .L = L, .to = writer };

  write_value (&writing);
  return !writing.too_long;
}
