/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "script/lua-msgpack.h"

#include <lauxlib.h>
#include <limits.h>
#include <math.h>

#include "script/lua-bytes.h"
#include "script/lua-cost.h"

/* -- Packing -------------------------------------------------------------- */

/* @tag, then the low @size bytes of @bits, the highest first. */
static void
add_tagged (CfLuaBytes *out, guint8 tag, guint64 bits, guint size)
{
  guint64 big = GUINT64_TO_BE (bits);

  cf_lua_bytes_add_char (out, (char) tag);
  cf_lua_bytes_add (out, (const char *) &big + (8 - size), size);
}

static void
pack_int (CfLuaBytes *out, gint64 value)
{
  guint64 bits = (guint64) value;

  if (value >= -32 && value <= 127)
    add_tagged (out, (guint8) value, 0, 0);
  else if (value >= 0)
    {
      if (value <= G_MAXUINT8)
        add_tagged (out, 0xcc, bits, 1);
      else if (value <= G_MAXUINT16)
        add_tagged (out, 0xcd, bits, 2);
      else if (value <= G_MAXUINT32)
        add_tagged (out, 0xce, bits, 4);
      else
        add_tagged (out, 0xcf, bits, 8);
    }
  else if (value >= G_MININT8)
    add_tagged (out, 0xd0, bits, 1);
  else if (value >= G_MININT16)
    add_tagged (out, 0xd1, bits, 2);
  else if (value >= G_MININT32)
    add_tagged (out, 0xd2, bits, 4);
  else
    add_tagged (out, 0xd3, bits, 8);
}

static void
pack_number (CfLuaBytes *out, lua_Number number)
{
  float narrow = (float) number;
  guint64 bits = 0;
  guint32 narrow_bits;

  if (number >= -0x1p63 && number < 0x1p63 && number == floor (number))
    pack_int (out, (gint64) number);
  else if ((double) narrow == number)
    {
      memcpy (&narrow_bits, &narrow, sizeof narrow_bits);
      add_tagged (out, 0xca, narrow_bits, 4);
    }
  else
    {
      memcpy (&bits, &number, sizeof bits);
      add_tagged (out, 0xcb, bits, 8);
    }
}

static void
pack_string (CfLuaBytes *out, const char *string, gsize size)
{
  if (size < 32)
    add_tagged (out, (guint8) (0xa0 | size), 0, 0);
  else if (size <= G_MAXUINT8)
    add_tagged (out, 0xd9, size, 1);
  else if (size <= G_MAXUINT16)
    add_tagged (out, 0xda, size, 2);
  else
    add_tagged (out, 0xdb, size, 4);
  cf_lua_bytes_add (out, string, size);
}

static void
pack_length (CfLuaBytes *out, gsize n, guint8 few, guint8 many)
{
  if (n < 16)
    add_tagged (out, (guint8) (few | n), 0, 0);
  else if (n <= G_MAXUINT16)
    add_tagged (out, many, n, 2);
  else
    add_tagged (out, (guint8) (many + 1), n, 4);
}

/* Whether the keys of the table on top are 1 to n; counts them. */
static gboolean
measure_table (lua_State *lua, gsize *n_keys)
{
  lua_Number most = 0;
  gboolean are_indexes = TRUE;

  luaL_checkstack (lua, 2, "in function table_is_an_array");
  *n_keys = 0;
  for (lua_pushnil (lua); lua_next (lua, -2) != 0; lua_pop (lua, 1))
    {
      lua_Number key =
          lua_type (lua, -2) == LUA_TNUMBER ? lua_tonumber (lua, -2) : 0;

      if (key < 1 || key > INT_MAX || key != floor (key))
        are_indexes = FALSE;
      most = MAX (most, key);
      ++*n_keys;
    }
  return are_indexes && most == (lua_Number) *n_keys;
}

static void pack_value (lua_State *lua, CfLuaBytes *out, guint depth);

static void
pack_table (lua_State *lua, CfLuaBytes *out, guint depth)
{
  gsize n;

  if (measure_table (lua, &n))
    {
      luaL_checkstack (lua, 1, "in function mp_encode_lua_table_as_array");
      pack_length (out, n, 0x90, 0xdc);
      for (gsize i = 1; i <= n; i++)
        {
          lua_rawgeti (lua, -1, (int) i);
          pack_value (lua, out, depth + 1);
        }
      return;
    }
  luaL_checkstack (lua, 3, "in function mp_encode_lua_table_as_map");
  pack_length (out, n, 0x80, 0xde);
  for (lua_pushnil (lua); lua_next (lua, -2) != 0;)
    {
      lua_pushvalue (lua, -2);
      pack_value (lua, out, depth + 1);
      pack_value (lua, out, depth + 1);
    }
}

/* Packs the value on top and takes it away. */
static void
pack_value (lua_State *lua, CfLuaBytes *out, guint depth)
{
  int type = lua_type (lua, -1);
  const char *string;
  size_t size;

  if (type == LUA_TTABLE && depth == CF_LUA_MSGPACK_DEPTH)
    type = LUA_TNIL;
  switch (type)
    {
    case LUA_TSTRING:
      string = lua_tolstring (lua, -1, &size);
      pack_string (out, string, size);
      break;
    case LUA_TBOOLEAN:
      add_tagged (out, lua_toboolean (lua, -1) ? 0xc3 : 0xc2, 0, 0);
      break;
    case LUA_TNUMBER:
      pack_number (out, lua_tonumber (lua, -1));
      break;
    case LUA_TTABLE:
      pack_table (lua, out, depth);
      break;
    default:
      add_tagged (out, 0xc0, 0, 0);
    }
  lua_pop (lua, 1);
}

static int
msgpack_pack (lua_State *lua)
{
  int n_values = lua_gettop (lua);
  CfLuaBytes out;

  if (n_values == 0)
    return luaL_argerror (lua, 0, "MessagePack pack needs input.");
  if (!lua_checkstack (lua, n_values))
    return luaL_argerror (lua, 0, "Too many arguments for MessagePack pack.");
  cf_lua_bytes_init (&out, lua);
  for (int i = 1; i <= n_values; i++)
    {
      luaL_checkstack (lua, 1, "in function mp_check");
      lua_pushvalue (lua, i);
      pack_value (lua, &out, 0);
    }
  cf_lua_bytes_push (&out);
  return 1;
}

/* -- Unpacking ------------------------------------------------------------ */

typedef struct
{
  const guint8 *at;
  gsize left; /* bytes */
} Input;

static void
need (lua_State *lua, const Input *input, guint64 size)
{
  if (input->left < size)
    luaL_error (lua, "Missing bytes in input.");
}

static guint64
take_bits (lua_State *lua, Input *input, guint size)
{
  guint64 big = 0;

  need (lua, input, size);
  memcpy ((char *) &big + (8 - size), input->at, size);
  input->at += size;
  input->left -= size;
  return GUINT64_FROM_BE (big);
}

static gint64
take_int (lua_State *lua, Input *input, guint size)
{
  guint shift = 64 - 8 * size;

  return (gint64) (take_bits (lua, input, size) << shift) >> shift;
}

static void
unpack_string (lua_State *lua, Input *input, guint64 size)
{
  need (lua, input, size);
  lua_pushlstring (lua, (const char *) input->at, size);
  input->at += size;
  input->left -= size;
}

static void unpack_value (lua_State *lua, Input *input);

/* Each level takes two places on Lua's stack, whose limit bounds the depth. */
static void
unpack_array (lua_State *lua, Input *input, guint64 n)
{
  lua_newtable (lua);
  luaL_checkstack (lua, 1, "in function mp_decode_to_lua_array");
  for (guint64 i = 1; i <= n; i++)
    {
      lua_pushnumber (lua, (lua_Number) i);
      unpack_value (lua, input);
      lua_rawset (lua, -3);
    }
}

static void
unpack_map (lua_State *lua, Input *input, guint64 n)
{
  lua_newtable (lua);
  for (guint64 i = 0; i < n; i++)
    {
      unpack_value (lua, input);
      unpack_value (lua, input);
      lua_settable (lua, -3);
    }
}

static void
unpack_float (lua_State *lua, Input *input, guint size)
{
  guint64 bits = take_bits (lua, input, size);
  guint32 narrow_bits = (guint32) bits;
  double wide;
  float narrow;

  memcpy (&wide, &bits, sizeof wide);
  memcpy (&narrow, &narrow_bits, sizeof narrow);
  lua_pushnumber (lua, size == 8 ? wide : (double) narrow);
}

/* A tag that says all, or holds a short length. */
static gboolean
unpack_short (lua_State *lua, Input *input, guint8 tag)
{
  if (tag < 0x80)
    lua_pushnumber (lua, tag);
  else if (tag < 0x90)
    unpack_map (lua, input, tag & 15);
  else if (tag < 0xa0)
    unpack_array (lua, input, tag & 15);
  else if (tag < 0xc0)
    unpack_string (lua, input, tag & 31);
  else if (tag >= 0xe0)
    lua_pushnumber (lua, (gint8) tag);
  else
    return FALSE;
  return TRUE;
}

static void
unpack_value (lua_State *lua, Input *input)
{
  guint8 tag = (guint8) take_bits (lua, input, 1);

  luaL_checkstack (lua, 1,
                   "too many return values at once; use unpack_one or "
                   "unpack_limit instead.");
  if (unpack_short (lua, input, tag))
    return;
  switch (tag)
    {
    case 0xc0:
      lua_pushnil (lua);
      break;
    case 0xc2:
    case 0xc3:
      lua_pushboolean (lua, tag & 1);
      break;
    case 0xca:
    case 0xcb:
      unpack_float (lua, input, tag == 0xca ? 4 : 8);
      break;
    case 0xcc:
    case 0xcd:
    case 0xce:
    case 0xcf: /* as in Redis, the upper half of these is negative */
      lua_pushnumber (lua, (lua_Number) (gint64) take_bits (
                               lua, input, 1u << (tag - 0xcc)));
      break;
    case 0xd0:
    case 0xd1:
    case 0xd2:
    case 0xd3:
      lua_pushnumber (lua,
                      (lua_Number) take_int (lua, input, 1u << (tag - 0xd0)));
      break;
    case 0xd9:
    case 0xda:
    case 0xdb:
      unpack_string (lua, input, take_bits (lua, input, 1u << (tag - 0xd9)));
      break;
    case 0xdc:
    case 0xdd:
      unpack_array (lua, input, take_bits (lua, input, tag == 0xdc ? 2 : 4));
      break;
    case 0xde:
    case 0xdf:
      unpack_map (lua, input, take_bits (lua, input, tag == 0xde ? 2 : 4));
      break;
    default:
      luaL_error (lua, "Bad data format in input.");
    }
}

/* Unpacks up to @limit values from @offset on; 0 and 0: all.  With a limit or
 * an offset the offset of what follows comes first. */
static int
unpack_from (lua_State *lua, lua_Integer limit, lua_Integer offset)
{
  gboolean is_all = limit == 0 && offset == 0;
  size_t size;
  const char *bytes = luaL_checklstring (lua, 1, &size);
  Input input;
  int n = 0;

  if (offset < 0 || limit < 0)
    return luaL_error (
        lua, "Invalid request to unpack with offset of %d and limit of %d.",
        (int) offset, (int) size);
  if ((gsize) offset > size)
    return luaL_error (lua, "Start offset %d greater than input length %d.",
                       (int) offset, (int) size);
  cf_lua_cost_announce (lua, size - (gsize) offset);
  input = (Input){ (const guint8 *) bytes + offset, size - (gsize) offset };
  while (input.left > 0 && (is_all || n < limit))
    {
      unpack_value (lua, &input);
      n++;
    }
  if (is_all)
    return n;
  luaL_checkstack (lua, 1, "in function mp_unpack_full");
  lua_pushinteger (lua,
                   input.left == 0 ? -1 : (lua_Integer) (size - input.left));
  lua_insert (lua, 2);
  return n + 1;
}

static int
msgpack_unpack (lua_State *lua)
{
  return unpack_from (lua, 0, 0);
}

static int
msgpack_unpack_one (lua_State *lua)
{
  lua_Integer offset = luaL_optinteger (lua, 2, 0);

  lua_settop (lua, 1);
  return unpack_from (lua, 1, offset);
}

static int
msgpack_unpack_limit (lua_State *lua)
{
  lua_Integer limit = luaL_checkinteger (lua, 2);
  lua_Integer offset = luaL_optinteger (lua, 3, 0);

  lua_settop (lua, 1);
  return unpack_from (lua, limit, offset);
}

/**
 * cf_lua_open_msgpack:
 * @lua: a Lua state
 *
 * Makes the library.
 *
 * Returns: 1, the number of values left on the stack
 */
int
cf_lua_open_msgpack (lua_State *lua)
{
  static const luaL_Reg functions[] = {
    { "pack", msgpack_pack },
    { "unpack", msgpack_unpack },
    { "unpack_one", msgpack_unpack_one },
    { "unpack_limit", msgpack_unpack_limit },
  };
  static const struct
  {
    const char *name;
    const char *value;
  } facts[] = {
    { "_NAME", "cmsgpack" },
    { "_VERSION", "lua-cmsgpack 0.4.0" },
    { "_COPYRIGHT", "Copyright (C) 2012, Salvatore Sanfilippo" },
    { "_DESCRIPTION", "MessagePack C implementation for Lua" },
  };

  lua_newtable (lua);
  for (gsize i = 0; i < G_N_ELEMENTS (functions); i++)
    {
      lua_pushnil (lua);
      lua_pushnil (lua);
      lua_pushcclosure (lua, functions[i].func, CF_LUA_BYTES_UPVALUE);
      lua_setfield (lua, -2, functions[i].name);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (facts); i++)
    {
      lua_pushstring (lua, facts[i].value);
      lua_setfield (lua, -2, facts[i].name);
    }
  lua_pushvalue (lua, -1);
  lua_setglobal (lua, "cmsgpack");
  return 1;
}
