/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lua-bit.h -- the Lua library "bit": numbers as 32 bits.
 *
 *   tobit (x)  bnot (x)  bswap (x)
 *   band (x, ...)  bor (x, ...)  bxor (x, ...)
 *   lshift (x, n)  rshift (x, n)  arshift (x, n)  rol (x, n)  ror (x, n)
 *   tohex (x [, n_digits])
 *
 * Results are signed.  Numbers wrap modulo 2^32 up to 2^51; a fraction is
 * rounded to the nearest, a half to the even.
 *
 * What it does is as in Mike Pall's BitOp 1.0.2.  Debian's lua-bitop does not
 * fit: bit.tohex (x, -2^31) reads out of bounds there.
 * Thread safety: that of the Lua state.
 */
#pragma once

#include <lua.h>

int cf_lua_open_bit (lua_State *lua); /* leaves the library on the stack */
