/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What redis-server 7.0.15 says of each is what is expected here. */
#include "config.h"

#include "script/fixture.h"

static const CfLuaCase cases[] = {
  { "cjson._NAME, cjson._VERSION, tostring(cjson.null), type(cjson.null)",
    "true \"cjson\" \"2.1.0\" \"userdata: (nil)\" \"userdata\"" },
  { "cjson.encode_sparse_array()", "true false 2 10" },
  { "cjson.encode_max_depth(), cjson.decode_max_depth(), "
    "cjson.encode_number_precision(), cjson.encode_keep_buffer(), "
    "cjson.encode_invalid_numbers(), cjson.decode_invalid_numbers()",
    "true 1000 1000 14 true false true" },
  { "cjson.encode_sparse_array(1,2,3,4)",
    "false \"user_script:1: bad argument #4 to 'encode_sparse_array' (found "
    "too many arguments)\"" },
  { "cjson.encode_max_depth(1,2)",
    "false \"user_script:1: bad argument #2 to 'encode_max_depth' (found too "
    "many arguments)\"" },
  { "cjson.encode_max_depth(0)",
    "false \"user_script:1: bad argument #1 to 'encode_max_depth' (expected "
    "integer between 1 and 2147483647)\"" },
  { "cjson.encode_max_depth('x')",
    "false \"user_script:1: bad argument #1 to 'encode_max_depth' (number "
    "expected, got string)\"" },
  { "cjson.encode_number_precision(0)",
    "false \"user_script:1: bad argument #1 to 'encode_number_precision' "
    "(expected integer between 1 and 14)\"" },
  { "cjson.encode_number_precision(15)",
    "false \"user_script:1: bad argument #1 to 'encode_number_precision' "
    "(expected integer between 1 and 14)\"" },
  { "cjson.encode_number_precision(17)",
    "false \"user_script:1: bad argument #1 to 'encode_number_precision' "
    "(expected integer between 1 and 14)\"" },
  { "cjson.encode_invalid_numbers('foo')",
    "false \"user_script:1: bad argument #1 to 'encode_invalid_numbers' "
    "(invalid option 'foo')\"" },
  { "cjson.encode_invalid_numbers(1)",
    "false \"user_script:1: bad argument #1 to 'encode_invalid_numbers' "
    "(invalid option '1')\"" },
  { "cjson.encode_keep_buffer('on')", "true true" },
  { "cjson.decode_invalid_numbers('bar')",
    "false \"user_script:1: bad argument #1 to 'decode_invalid_numbers' "
    "(invalid option 'bar')\"" },
  { "cjson.encode_sparse_array('x')",
    "false \"user_script:1: bad argument #1 to 'encode_sparse_array' (invalid "
    "option 'x')\"" },
  { "cjson.encode_sparse_array(true,-1)",
    "false \"user_script:1: bad argument #1 to 'encode_sparse_array' (expected "
    "integer between 0 and 2147483647)\"" },
  { "local j=cjson.new() return j.encode_sparse_array('on','3','7')",
    "true true 3 7" },
  { "local j=cjson.new() j.decode_invalid_numbers(false) local r={} for _,s in "
    "ipairs{'1','-1','0','-0','01','-01','0x1','+1','inf','-inf','nan','"
    "Infinity','-nan','1.','.5','1e5','-','nanx','NAN','i','n'} do local "
    "ok,e=pcall(j.decode,s) r[#r+1]=tostring(e) end return unpack(r)",
    "true \"1\" \"-1\" \"0\" \"-0\" \"Expected value but found invalid number "
    "at character 1\" \"Expected value but found invalid number at character "
    "1\" \"Expected value but found invalid number at character 1\" \"Expected "
    "value but found invalid token at character 1\" \"Expected value but found "
    "invalid token at character 1\" \"Expected value but found invalid number "
    "at character 1\" \"Expected value but found invalid token at character "
    "1\" \"Expected value but found invalid token at character 1\" \"Expected "
    "value but found invalid number at character 1\" \"1\" \"Expected value "
    "but found invalid token at character 1\" \"100000\" \"Expected value but "
    "found invalid number at character 1\" \"Expected value but found invalid "
    "token at character 1\" \"Expected value but found invalid token at "
    "character 1\" \"Expected value but found invalid token at character 1\" "
    "\"Expected value but found invalid token at character 1\"" },
};

int
main (int argc, char **argv)
{
  return cf_lua_test_table (argc, argv, "/script/lua-json/cases", cases,
                            G_N_ELEMENTS (cases));
}
