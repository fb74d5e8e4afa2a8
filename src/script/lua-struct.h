/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lua-struct.h -- the Lua library "struct": numbers and strings to and from
 * bytes, by a format.
 *
 *   > <     big, little endian           b B  1 byte, signed or not
 *   ! !n    aligned, to n at most        h H  2 bytes    l L  8 bytes
 *   x       a padding byte               i I  4 bytes, or so many as follow
 *   (blank) nothing                      T    8 bytes    f d  a float, double
 *   s       a string up to its NUL       cn   n bytes; c0: as many as the
 *                                             number before it says
 *
 * Numbers wrap to the size asked for; sizes of more than 8 bytes are filled up
 * with zeros.  No size is over INT_MAX, so offsets cannot overflow.
 *
 * Source of the format: Roberto Ierusalimschy's library struct 0.2.
 * Thread safety: that of the Lua state.
 */
#pragma once

#include <lua.h>

int cf_lua_open_struct (lua_State *lua); /* leaves the library on the stack */
