/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "script/lua-bit.h"

#include <lauxlib.h>
#include <string.h>

#include <glib.h>

#define N_DIGITS 8

/* The argument as bits: added to 2^52 + 2^51, a double keeps its integer part,
 * rounded, in the lowest bits. */
static guint32
get_bits (lua_State *lua, int argument)
{
  double number = lua_tonumber (lua, argument) + 6755399441055744.0;
  guint64 bits;

  memcpy (&bits, &number, sizeof bits);
  if ((guint32) bits == 0 && !lua_isnumber (lua, argument))
    luaL_typerror (lua, argument, lua_typename (lua, LUA_TNUMBER));
  return (guint32) bits;
}

static int
push_bits (lua_State *lua, guint32 bits)
{
  lua_pushnumber (lua, (gint32) bits);
  return 1;
}

static int
bit_tobit (lua_State *lua)
{
  return push_bits (lua, get_bits (lua, 1));
}

static int
bit_bnot (lua_State *lua)
{
  return push_bits (lua, ~get_bits (lua, 1));
}

static int
bit_bswap (lua_State *lua)
{
  return push_bits (lua, GUINT32_SWAP_LE_BE (get_bits (lua, 1)));
}

static int
bit_band (lua_State *lua)
{
  guint32 bits = get_bits (lua, 1);

  for (int i = lua_gettop (lua); i > 1; i--)
    bits &= get_bits (lua, i);
  return push_bits (lua, bits);
}

static int
bit_bor (lua_State *lua)
{
  guint32 bits = get_bits (lua, 1);

  for (int i = lua_gettop (lua); i > 1; i--)
    bits |= get_bits (lua, i);
  return push_bits (lua, bits);
}

static int
bit_bxor (lua_State *lua)
{
  guint32 bits = get_bits (lua, 1);

  for (int i = lua_gettop (lua); i > 1; i--)
    bits ^= get_bits (lua, i);
  return push_bits (lua, bits);
}

static guint32
rotate (guint32 bits, guint n)
{
  return bits << (n & 31) | bits >> (-n & 31);
}

static int
bit_lshift (lua_State *lua)
{
  guint32 bits = get_bits (lua, 1);

  return push_bits (lua, bits << (get_bits (lua, 2) & 31));
}

static int
bit_rshift (lua_State *lua)
{
  guint32 bits = get_bits (lua, 1);

  return push_bits (lua, bits >> (get_bits (lua, 2) & 31));
}

static int
bit_arshift (lua_State *lua)
{
  gint32 bits = (gint32) get_bits (lua, 1);

  return push_bits (lua, (guint32) (bits >> (get_bits (lua, 2) & 31)));
}

static int
bit_rol (lua_State *lua)
{
  guint32 bits = get_bits (lua, 1);

  return push_bits (lua, rotate (bits, get_bits (lua, 2)));
}

static int
bit_ror (lua_State *lua)
{
  guint32 bits = get_bits (lua, 1);

  return push_bits (lua, rotate (bits, -get_bits (lua, 2)));
}

/* A negative number of digits asks for capitals. */
static int
bit_tohex (lua_State *lua)
{
  guint32 bits = get_bits (lua, 1);
  gint64 asked = lua_isnone (lua, 2) ? N_DIGITS : (gint32) get_bits (lua, 2);
  const char *digits = asked < 0 ? "0123456789ABCDEF" : "0123456789abcdef";
  gsize n_digits = (gsize) MIN (ABS (asked), N_DIGITS);
  char text[N_DIGITS];

  for (gsize i = n_digits; i-- > 0; bits >>= 4)
    text[i] = digits[bits & 15];
  lua_pushlstring (lua, text, n_digits);
  return 1;
}

/**
 * cf_lua_open_bit:
 * @lua: a Lua state
 *
 * Makes the library.
 *
 * Returns: 1, the number of values left on the stack
 */
int
cf_lua_open_bit (lua_State *lua)
{
  static const luaL_Reg functions[] = {
    { "arshift", bit_arshift },
    { "band", bit_band },
    { "bnot", bit_bnot },
    { "bor", bit_bor },
    { "bswap", bit_bswap },
    { "bxor", bit_bxor },
    { "lshift", bit_lshift },
    { "rol", bit_rol },
    { "ror", bit_ror },
    { "rshift", bit_rshift },
    { "tobit", bit_tobit },
    { "tohex", bit_tohex },
    { NULL, NULL },
  };

  luaL_register (lua, "bit", functions);
  return 1;
}
