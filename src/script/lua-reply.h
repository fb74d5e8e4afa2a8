/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lua-reply.h -- replies as values of Lua, and values of Lua as replies.
 *
 *   reply               Lua                        Lua             reply
 *   integer             number                     number          integer
 *   bulk                string                     string          bulk
 *   array               table                      table           array
 *   status              {ok=}                      {ok=}           status
 *   error               {err=}                     {err=}          error
 *   null (RESP2)        false                      false           null
 *   null (RESP3)        nil                        nil, function   null
 *   boolean             boolean                    boolean         1, null
 *   map, set            {map=}, {set=}                             or boolean
 *   double              {double=}                  and back
 *   big number          {big_number=}
 *   verbatim            {verbatim_string={format=,string=}}
 *
 * Thread safety: as for a state.
 */
#pragma once

#include <lua.h>

#include "base/slice.h"
#include "proto/reply.h"

G_BEGIN_DECLS

/* Pushes the value of the first reply in @bytes, which is whole and sound; to
 * be called where Lua's errors are caught. */
void cf_lua_push_reply (lua_State *L, CfSlice bytes);

typedef struct
{
  CfReply *reply;
  guint8 resp; /* which one redis.setresp() has chosen */
  gsize limit; /* bytes of the reply's chain: there it stops */
  /* (nullable) An error is part of the reply; @counted: a command's. */
  void (*failed) (gpointer data, const char *message, gboolean counted);
  gpointer data;
} CfLuaWriter;

/* Writes the value on top of the stack, which it pops, where Lua's errors are
 * caught.  FALSE: that would have been too long, and a part was written. */
gboolean cf_lua_write_reply (lua_State *L, const CfLuaWriter *writer);

G_END_DECLS
