/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What redis-server 7.0.15 says of each is what is expected here. */
#include "config.h"

#include "script/fixture.h"

static const CfLuaCase cases[] = {
  { "bit.tobit(0xffffffff)", "true -1" },
  { "bit.tobit(2^31)", "true -2147483648" },
  { "bit.tobit(2^40+5)", "true 5" },
  { "bit.tobit(2^53+6)", "true 3" },
  { "bit.tobit(-2^51)", "true 0" },
  { "bit.tobit(1/0)", "true 0" },
  { "bit.tobit(0/0)", "true 0" },
  { "bit.tobit(0.5), bit.tobit(1.5), bit.tobit(2.5), bit.tobit(-0.5), "
    "bit.tobit(-1.5)",
    "true 0 2 2 0 -2" },
  { "bit.tobit('12'), bit.tobit('0x10')", "true 12 16" },
  { "bit.tobit('x')", "false \"user_script:1: bad argument #1 to 'tobit' "
                      "(number expected, got string)\"" },
  { "bit.tobit()", "false \"user_script:1: bad argument #1 to 'tobit' (number "
                   "expected, got no value)\"" },
  { "bit.tobit(nil)", "false \"user_script:1: bad argument #1 to 'tobit' "
                      "(number expected, got nil)\"" },
  { "bit.tobit({})", "false \"user_script:1: bad argument #1 to 'tobit' "
                     "(number expected, got table)\"" },
  { "bit.tobit(true)", "false \"user_script:1: bad argument #1 to 'tobit' "
                       "(number expected, got boolean)\"" },
  { "bit.bnot(0), bit.bnot(5), bit.bnot('7')", "true -1 -6 -8" },
  { "bit.band(0xff,0x0f,7), bit.band(5), bit.bor(1,2,4), bit.bxor(1,3,5)",
    "true 7 5 7 7" },
  { "bit.band()", "false \"user_script:1: bad argument #1 to 'band' (number "
                  "expected, got no value)\"" },
  { "bit.band(1,nil)", "false \"user_script:1: bad argument #2 to 'band' "
                       "(number expected, got nil)\"" },
  { "bit.band(1,'z',2)", "false \"user_script:1: bad argument #2 to 'band' "
                         "(number expected, got string)\"" },
  { "bit.lshift(1,31), bit.lshift(1,32), bit.lshift(1,33), bit.lshift(1,-1)",
    "true -2147483648 1 2 -2147483648" },
  { "bit.rshift(-1,1), bit.arshift(-1,1), bit.arshift(-256,4), "
    "bit.rshift(256,40)",
    "true 2147483647 -1 -16 1" },
  { "bit.rol(0x12345678,12), bit.ror(0x12345678,12), bit.rol(1,0), "
    "bit.ror(1,32), bit.rol(1,-1)",
    "true 1164411171 1736516421 1 1 -2147483648" },
  { "bit.lshift(1)", "false \"user_script:1: bad argument #2 to 'lshift' "
                     "(number expected, got no value)\"" },
  { "bit.bswap(0x12345678), bit.bswap(0x78563412)",
    "true 2018915346 305419896" },
  { "bit.tohex(1), bit.tohex(-1), bit.tohex(-1,4), bit.tohex(0xabcdef,-6), "
    "bit.tohex(255,0), bit.tohex(255,100), bit.tohex(255,-100)",
    "true \"00000001\" \"ffffffff\" \"ffff\" \"ABCDEF\" \"\" \"000000ff\" "
    "\"000000FF\"" },
  { "bit.tohex(255,-2147483648)", "true \"000000FF\"" },
  { "bit.tohex(255,2147483648)", "true \"000000FF\"" },
  { "bit.tohex(255,nil)", "false \"user_script:1: bad argument #2 to 'tohex' "
                          "(number expected, got nil)\"" },
  { "bit.tohex(255,'4')", "true \"00ff\"" },
  { "bit.tohex()", "false \"user_script:1: bad argument #1 to 'tohex' (number "
                   "expected, got no value)\"" },
};

int
main (int argc, char **argv)
{
  return cf_lua_test_table (argc, argv, "/script/lua-bit/cases", cases,
                            G_N_ELEMENTS (cases));
}
