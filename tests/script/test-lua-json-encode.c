/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What redis-server 7.0.15 says of each is what is expected here. */
#include "config.h"

#include "script/fixture.h"

static const CfLuaCase cases[] = {
  { "cjson.encode(nil), cjson.encode(true), cjson.encode(false), "
    "cjson.encode(cjson.null), cjson.encode('a'), cjson.encode({})",
    "true \"null\" \"true\" \"false\" \"null\" \"\"a\"\" \"{}\"" },
  { "cjson.encode()", "false \"user_script:1: bad argument #1 to 'encode' "
                      "(expected 1 argument)\"" },
  { "cjson.encode(1,2)", "false \"user_script:1: bad argument #1 to 'encode' "
                         "(expected 1 argument)\"" },
  { "cjson.encode(function() end)",
    "false \"user_script:1: Cannot serialise function: type not supported\"" },
  { "cjson.encode({function() end})",
    "false \"user_script:1: Cannot serialise function: type not supported\"" },
  { "cjson.encode(coroutine)",
    "false \"user_script:1: Cannot serialise function: type not supported\"" },
  { "cjson.encode(1), cjson.encode(-0), cjson.encode(0), cjson.encode(1.5), "
    "cjson.encode(0.1), cjson.encode(1e14), cjson.encode(1e15), "
    "cjson.encode(99999999999999), cjson.encode(100000000000000), "
    "cjson.encode(123456789012345), cjson.encode(2^53), cjson.encode(1e100), "
    "cjson.encode(-1e-10), cjson.encode(1/3), cjson.encode(-99999999999999), "
    "cjson.encode(-1e14), cjson.encode(12345678901234567890)",
    "true \"1\" \"-0\" \"-0\" \"1.5\" \"0.1\" \"1e+14\" \"1e+15\" "
    "\"99999999999999\" \"1e+14\" \"1.2345678901234e+14\" "
    "\"9.007199254741e+15\" \"1e+100\" \"-1e-10\" \"0.33333333333333\" "
    "\"-99999999999999\" \"-1e+14\" \"1.2345678901235e+19\"" },
  { "cjson.encode(-0.0), cjson.encode(0*-1)", "true \"-0\" \"-0\"" },
  { "cjson.encode(1/0)", "false \"user_script:1: Cannot serialise number: must "
                         "not be NaN or Inf\"" },
  { "cjson.encode(0/0)", "false \"user_script:1: Cannot serialise number: must "
                         "not be NaN or Inf\"" },
  { "cjson.encode({0/0})", "false \"user_script:1: Cannot serialise number: "
                           "must not be NaN or Inf\"" },
  { "cjson.encode({[1/0]=1})", "false \"user_script:1: Cannot serialise "
                               "number: must not be NaN or Inf\"" },
  { "cjson.encode('\"\\\\/\\b\\f\\n\\r\\t\\0\\1\\31 \\127\\128\\255\351')",
    "true \"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\u0001\\u001f "
    "\\u007f\\128\\255\\233\"\"" },
  { "cjson.encode({1,2,3}), cjson.encode({1,'a',true,cjson.null,{}}), "
    "cjson.encode({[1]=1,[2]=2}), cjson.encode({a=1}), "
    "cjson.encode({a={b={c={}}}})",
    "true \"[1,2,3]\" \"[1,\"a\",true,null,{}]\" \"[1,2]\" \"{\"a\":1}\" "
    "\"{\"a\":{\"b\":{\"c\":{}}}}\"" },
  { "cjson.encode({1,nil,3}), cjson.encode({[3]=1}), cjson.encode({[10]=1}), "
    "cjson.encode({[5]=1,[10]=2})",
    "true \"[1,null,3]\" \"[null,null,1]\" "
    "\"[null,null,null,null,null,null,null,null,null,1]\" "
    "\"[null,null,null,null,1,null,null,null,null,2]\"" },
  { "cjson.encode({[11]=1})", "false \"user_script:1: Cannot serialise table: "
                              "excessively sparse array\"" },
  { "cjson.encode({[2^31]=1})", "true \"{\"2147483648\":1}\"" },
  { "cjson.encode({1,[2^33]=1})", "true \"{\"1\":1,\"8589934592\":1}\"" },
  { "cjson.encode({[1.5]=1}), cjson.encode({[0]=1}), cjson.encode({[-1]=1}), "
    "cjson.encode({[1e15]='x',a=1}), cjson.encode({[0.1]=1})",
    "true \"{\"1.5\":1}\" \"{\"0\":1}\" \"{\"-1\":1}\" "
    "\"{\"1e+15\":\"x\",\"a\":1}\" \"{\"0.1\":1}\"" },
  { "cjson.encode({1,2,a=3})", "true \"{\"1\":1,\"2\":2,\"a\":3}\"" },
  { "cjson.encode({[true]=1})",
    "false \"user_script:1: Cannot serialise boolean: table key must be a "
    "number or string\"" },
  { "cjson.encode({[{}]=1})", "false \"user_script:1: Cannot serialise table: "
                              "table key must be a number or string\"" },
  { "cjson.encode({[cjson.null]=1})",
    "false \"user_script:1: Cannot serialise userdata: table key must be a "
    "number or string\"" },
  { "cjson.encode({[1]=1,a=2,b=3,c=4,[7]=8})",
    "true \"{\"a\":2,\"7\":8,\"c\":4,\"b\":3,\"1\":1}\"" },
  { "cjson.encode({one=1,two=2,three=3,four=4,five=5,six=6,seven=7,eight=8,"
    "nine=9,ten=10})",
    "true "
    "\"{\"four\":4,\"seven\":7,\"eight\":8,\"nine\":9,\"six\":6,\"two\":2,"
    "\"one\":1,\"ten\":10,\"five\":5,\"three\":3}\"" },
  { "local t={} for i=1,999 do t={t} end return #cjson.encode(t)",
    "true 2000" },
  { "local t={} for i=1,1000 do t={t} end return #cjson.encode(t)",
    "false \"user_script:1: Cannot serialise, excessive nesting (1001)\"" },
  { "local t={} for i=1,1000 do t={a=t} end return #cjson.encode(t)",
    "false \"user_script:1: Cannot serialise, excessive nesting (1001)\"" },
  { "local t={} t.a=t return cjson.encode(t)",
    "false \"user_script:1: Cannot serialise, excessive nesting (1001)\"" },
  { "cjson.encode(setmetatable({},{__index=function() return 1 end})), "
    "cjson.encode(setmetatable({1},{__len=function() return 9 end}))",
    "true \"{}\" \"[1]\"" },
  { "cjson.encode(string.rep('x',5000)) == '\"'..string.rep('x',5000)..'\"', "
    "#cjson.encode(string.rep('\\1',10000))",
    "true true 60002" },
  { "local j=cjson.new() j.encode_number_precision(3) return j.encode(1/3), "
    "j.encode(1234), j.encode(12345), cjson.encode(1/3), j._NAME, "
    "tostring(j.null)",
    "true \"0.333\" \"1.23e+03\" \"1.23e+04\" \"0.33333333333333\" \"cjson\" "
    "\"userdata: (nil)\"" },
  { "local j=cjson.new() j.encode_sparse_array(true) return "
    "j.encode({[1000]=1}), j.encode_sparse_array(), j.encode({[2000]=1,[1]=2})",
    "true \"{\"1000\":1}\" true \"{\"2000\":1,\"1\":2}\"" },
  { "local j=cjson.new() j.encode_sparse_array(false,0) return "
    "#j.encode({[1000]=1}), j.encode_sparse_array()",
    "true 4998 false 0 10" },
  { "local j=cjson.new() j.encode_sparse_array(nil,5,100) return "
    "#j.encode({[100]=1}), j.encode({[101]=1})",
    "false \"user_script:1: Cannot serialise table: excessively sparse "
    "array\"" },
  { "local j=cjson.new() j.encode_max_depth(2) return j.encode({{}}), "
    "pcall(j.encode,{{{}}})",
    "true \"[{}]\" false \"Cannot serialise, excessive nesting (3)\"" },
  { "local j=cjson.new() return j.encode_invalid_numbers(true), j.encode(1/0), "
    "j.encode(-1/0), j.encode(0/0), j.encode(-(0/0)), j.encode({[0/1]=1/0})",
    "true true \"inf\" \"-inf\" \"nan\" \"nan\" \"{\"0\":inf}\"" },
  { "local j=cjson.new() return j.encode_invalid_numbers('null'), "
    "j.encode(1/0), j.encode(-1/0), j.encode(0/0), j.encode_invalid_numbers(), "
    "j.encode_invalid_numbers('off'), j.encode_invalid_numbers('on')",
    "true \"null\" \"null\" \"null\" \"null\" \"null\" false true" },
  { "local j=cjson.new() j.encode_max_depth(100000) local t={} "
    "for i=1,5000 do t={t} end "
    "return j.encode(t)==string.rep('[',5000)..'{}'..string.rep(']',5000)",
    "true true" },
  { "local j=cjson.new() j.encode_max_depth(100000) local t={} for i=1,5000 do "
    "t={a=t} end return j.encode(t)",
    "false \"user_script:1: Cannot serialise, excessive nesting (4000)\"" },
  { "local j=cjson.new() j.encode_keep_buffer(false) return j.encode({1,2}), "
    "j.encode_keep_buffer(), j.encode_keep_buffer('on')",
    "true \"[1,2]\" false true" },
  { "local j=cjson.new() j.encode_number_precision(1) return j.encode(15), "
    "j.encode(1.55), j.encode(0), j.encode(9)",
    "true \"2e+01\" \"2\" \"0\" \"9\"" },
};

int
main (int argc, char **argv)
{
  return cf_lua_test_table (argc, argv, "/script/lua-json-encode/cases", cases,
                            G_N_ELEMENTS (cases));
}
