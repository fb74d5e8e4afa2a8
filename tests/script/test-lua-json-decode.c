/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What redis-server 7.0.15 says of each is what is expected here. */
#include "config.h"

#include "script/fixture.h"

static const CfLuaCase cases[] = {
  { "cjson.decode('null'), cjson.decode('true'), cjson.decode('false'), "
    "cjson.decode('1'), cjson.decode('\"a\"'), cjson.decode('[]'), "
    "cjson.decode('{}'), cjson.decode(' \\t\\r\\n[ 1 , 2 ] ')",
    "true userdata: (nil) true false 1 \"a\" {} {} {1=1,2=2}" },
  { "cjson.decode('[1,2,[3,{\"a\":null}]]'), "
    "cjson.decode('{\"a\":1,\"a\":2,\"1\":3}'), cjson.decode('[null]'), "
    "cjson.decode('[1,null,3]')",
    "true {1=1,2=2,3={1=3,2={\"a\"=userdata: (nil)}}} {\"1\"=3,\"a\"=2} "
    "{1=userdata: (nil)} {1=1,2=userdata: (nil),3=3}" },
  { "cjson.decode('1.5e3'), cjson.decode('-0'), cjson.decode('1E-2'), "
    "cjson.decode('1.'), cjson.decode('-1'), "
    "cjson.decode('12345678901234567890'), cjson.decode('1e400'), "
    "cjson.decode('-1e400'), cjson.decode('00012'), cjson.decode('0x1F'), "
    "cjson.decode('-0x10'), cjson.decode('0x1p4'), cjson.decode('nan'), "
    "cjson.decode('NaN'), cjson.decode('inf'), cjson.decode('-inf'), "
    "cjson.decode('Infinity'), cjson.decode('+1'), cjson.decode('+inf'), "
    "cjson.decode('-nan'), cjson.decode('nan(12)')",
    "true 1500 -0 0.01 1 -1 1.2345678901234567e+19 inf -inf 12 31 -16 16 nan "
    "nan inf -inf inf 1 inf -nan nan" },
  { "cjson.decode('INF'), cjson.decode('[infinity,1]'), cjson.decode('.5')",
    "false \"user_script:1: Expected value but found invalid token at "
    "character 1\"" },
  { "cjson.decode('+-1')", "false \"user_script:1: Expected value but found "
                           "invalid number at character 1\"" },
  { "cjson.decode('-')", "false \"user_script:1: Expected value but found "
                         "invalid number at character 1\"" },
  { "cjson.decode('-a')", "false \"user_script:1: Expected value but found "
                          "invalid number at character 1\"" },
  { "cjson.decode('--1')", "false \"user_script:1: Expected value but found "
                           "invalid number at character 1\"" },
  { "cjson.decode('1e')", "false \"user_script:1: Expected the end but found "
                          "invalid token at character 2\"" },
  { "cjson.decode('1x')", "false \"user_script:1: Expected the end but found "
                          "invalid token at character 2\"" },
  { "cjson.decode('0x')", "false \"user_script:1: Expected the end but found "
                          "invalid token at character 2\"" },
  { "cjson.decode('1.5.5')", "false \"user_script:1: Expected the end but "
                             "found invalid token at character 4\"" },
  { "cjson.decode('infx')", "false \"user_script:1: Expected the end but found "
                            "invalid token at character 4\"" },
  { "cjson.decode('tru')", "false \"user_script:1: Expected value but found "
                           "invalid token at character 1\"" },
  { "cjson.decode('truex')", "false \"user_script:1: Expected the end but "
                             "found invalid token at character 5\"" },
  { "cjson.decode('nul')", "false \"user_script:1: Expected value but found "
                           "invalid token at character 1\"" },
  { "cjson.decode('fals')", "false \"user_script:1: Expected value but found "
                            "invalid token at character 1\"" },
  { "cjson.decode('nope')", "false \"user_script:1: Expected value but found "
                            "invalid token at character 1\"" },
  { "cjson.decode('i')", "false \"user_script:1: Expected value but found "
                         "invalid token at character 1\"" },
  { "cjson.decode('True')", "false \"user_script:1: Expected value but found "
                            "invalid token at character 1\"" },
  { "cjson.decode('')",
    "false \"user_script:1: Expected value but found T_END at character 1\"" },
  { "cjson.decode(' ')",
    "false \"user_script:1: Expected value but found T_END at character 2\"" },
  { "cjson.decode('\\0\\0')",
    "false \"user_script:1: JSON parser does not support UTF-16 or UTF-32\"" },
  { "cjson.decode('1\\0')",
    "false \"user_script:1: JSON parser does not support UTF-16 or UTF-32\"" },
  { "cjson.decode('12\\0garbage'), cjson.decode('\\0')",
    "false \"user_script:1: Expected value but found T_END at character 1\"" },
  { "cjson.decode('[1,\\0 2]')",
    "false \"user_script:1: Expected value but found T_END at character 4\"" },
  { "cjson.decode('\"a\\0b\"')",
    "false \"user_script:1: Expected value but found unexpected end of string "
    "at character 3\"" },
  { "cjson.decode('a')", "false \"user_script:1: Expected value but found "
                         "invalid token at character 1\"" },
  { "cjson.decode('\\255')", "false \"user_script:1: Expected value but found "
                             "invalid token at character 1\"" },
  { "cjson.decode('\\239\\187\\1911')",
    "false \"user_script:1: Expected value but found invalid token at "
    "character 1\"" },
  { "cjson.decode('[')",
    "false \"user_script:1: Expected value but found T_END at character 2\"" },
  { "cjson.decode('[1')", "false \"user_script:1: Expected comma or array end "
                          "but found T_END at character 3\"" },
  { "cjson.decode('[1,')",
    "false \"user_script:1: Expected value but found T_END at character 4\"" },
  { "cjson.decode('[1,]')", "false \"user_script:1: Expected value but found "
                            "T_ARR_END at character 4\"" },
  { "cjson.decode('[,1]')", "false \"user_script:1: Expected value but found "
                            "T_COMMA at character 2\"" },
  { "cjson.decode('[1 2]')", "false \"user_script:1: Expected comma or array "
                             "end but found T_NUMBER at character 4\"" },
  { "cjson.decode('[1}')", "false \"user_script:1: Expected comma or array end "
                           "but found T_OBJ_END at character 3\"" },
  { "cjson.decode(']')", "false \"user_script:1: Expected value but found "
                         "T_ARR_END at character 1\"" },
  { "cjson.decode('{')", "false \"user_script:1: Expected object key string "
                         "but found T_END at character 2\"" },
  { "cjson.decode('{\"a\"')",
    "false \"user_script:1: Expected colon but found T_END at character 5\"" },
  { "cjson.decode('{\"a\":')",
    "false \"user_script:1: Expected value but found T_END at character 6\"" },
  { "cjson.decode('{\"a\":1')", "false \"user_script:1: Expected comma or "
                                "object end but found T_END at character 7\"" },
  { "cjson.decode('{\"a\":1,')", "false \"user_script:1: Expected object key "
                                 "string but found T_END at character 8\"" },
  { "cjson.decode('{\"a\":1,}')",
    "false \"user_script:1: Expected object key string but found T_OBJ_END at "
    "character 8\"" },
  { "cjson.decode('{\"a\" 1}')", "false \"user_script:1: Expected colon but "
                                 "found T_NUMBER at character 6\"" },
  { "cjson.decode('{\"a\",1}')", "false \"user_script:1: Expected colon but "
                                 "found T_COMMA at character 5\"" },
  { "cjson.decode('{1:2}')", "false \"user_script:1: Expected object key "
                             "string but found T_NUMBER at character 2\"" },
  { "cjson.decode('{a:2}')",
    "false \"user_script:1: Expected object key string but found invalid token "
    "at character 2\"" },
  { "cjson.decode('{null:2}')", "false \"user_script:1: Expected object key "
                                "string but found T_NULL at character 2\"" },
  { "cjson.decode('{\"a\":}')", "false \"user_script:1: Expected value but "
                                "found T_OBJ_END at character 6\"" },
  { "cjson.decode('{\"a\":1 \"b\":2}')",
    "false \"user_script:1: Expected comma or object end but found T_STRING at "
    "character 8\"" },
  { "cjson.decode('{\"a\":1]')",
    "false \"user_script:1: Expected comma or object end but found T_ARR_END "
    "at character 7\"" },
  { "cjson.decode('[1][2]')", "false \"user_script:1: Expected the end but "
                              "found T_ARR_BEGIN at character 4\"" },
  { "cjson.decode('1,2')", "false \"user_script:1: Expected the end but found "
                           "T_COMMA at character 2\"" },
  { "cjson.decode('1:')", "false \"user_script:1: Expected the end but found "
                          "T_COLON at character 2\"" },
  { "cjson.decode('\"')", "false \"user_script:1: Expected value but found "
                          "unexpected end of string at character 2\"" },
  { "cjson.decode('\"abc')", "false \"user_script:1: Expected value but found "
                             "unexpected end of string at character 5\"" },
  { "cjson.decode('\"abc\\\\')", "false \"user_script:1: Expected value but "
                                 "found invalid escape code at character 5\"" },
  { "cjson.decode('\"abc\\\\\"')",
    "false \"user_script:1: Expected value but found unexpected end of string "
    "at character 7\"" },
  { "cjson.decode('\"\\\\x\"')", "false \"user_script:1: Expected value but "
                                 "found invalid escape code at character 2\"" },
  { "cjson.decode('\"a\\\\qb\"')",
    "false \"user_script:1: Expected value but found invalid escape code at "
    "character 3\"" },
  { "cjson.decode('\"\\\\\"\\\\\\\\\\\\/\\\\b\\\\f\\\\n\\\\r\\\\t\"'), "
    "cjson.decode('\"\\\\u0041\\\\u00e9\\\\u20ac\\\\ud83d\\\\ude00\\\\u0000\"')"
    ", cjson.decode('\"a\\tb\\nc\"'), cjson.decode('\"\\\\uABCD\\\\uabcd\"')",
    "true \"\"\\/\\008\\012\\010\\013\\009\" "
    "\"A\\195\\169\\226\\130\\172\\240\\159\\152\\128\\000\" \"a\\009b\\010c\" "
    "\"\\234\\175\\141\\234\\175\\141\"" },
  { "cjson.decode('\"\\\\u\"')",
    "false \"user_script:1: Expected value but found invalid unicode escape "
    "code at character 2\"" },
  { "cjson.decode('\"\\\\u12\"')",
    "false \"user_script:1: Expected value but found invalid unicode escape "
    "code at character 2\"" },
  { "cjson.decode('\"\\\\u12g4\"')",
    "false \"user_script:1: Expected value but found invalid unicode escape "
    "code at character 2\"" },
  { "cjson.decode('\"\\\\ud83d\"')",
    "false \"user_script:1: Expected value but found invalid unicode escape "
    "code at character 2\"" },
  { "cjson.decode('\"\\\\ud83dx\"')",
    "false \"user_script:1: Expected value but found invalid unicode escape "
    "code at character 2\"" },
  { "cjson.decode('\"\\\\ud83d\\\\n\"')",
    "false \"user_script:1: Expected value but found invalid unicode escape "
    "code at character 2\"" },
  { "cjson.decode('\"\\\\ud83d\\\\u0041\"')",
    "false \"user_script:1: Expected value but found invalid unicode escape "
    "code at character 2\"" },
  { "cjson.decode('\"\\\\ude00\"')",
    "false \"user_script:1: Expected value but found invalid unicode escape "
    "code at character 2\"" },
  { "cjson.decode('\"\\\\ud83d\\\\ud83d\"')",
    "false \"user_script:1: Expected value but found invalid unicode escape "
    "code at character 2\"" },
  { "cjson.decode('[\"a\",\"\\\\n\",\"b\",\"\\\\u0041\",\"c\\\\t\"]'), "
    "cjson.decode('{\"\\\\n\":\"\\\\t\",\"k\":\"v\"}')",
    "true {1=\"a\",2=\"\\010\",3=\"b\",4=\"A\",5=\"c\\009\"} "
    "{\"\\010\"=\"\\009\",\"k\"=\"v\"}" },
  { "cjson.decode()", "false \"user_script:1: bad argument #1 to 'decode' "
                      "(expected 1 argument)\"" },
  { "cjson.decode(1)", "true 1" },
  { "cjson.decode('1',2)", "false \"user_script:1: bad argument #1 to 'decode' "
                           "(expected 1 argument)\"" },
  { "cjson.decode({})", "false \"user_script:1: bad argument #1 to 'decode' "
                        "(string expected, got table)\"" },
  { "cjson.decode(nil)", "false \"user_script:1: bad argument #1 to 'decode' "
                         "(string expected, got nil)\"" },
  { "cjson.decode(string.rep('[',1000)..string.rep(']',1000)) ~= nil",
    "true true" },
  { "cjson.decode(string.rep('[',1001)..string.rep(']',1001))",
    "false \"user_script:1: Found too many nested data structures (1001) at "
    "character 1001\"" },
  { "cjson.decode(string.rep('{\"a\":',1000)..'1'..string.rep('}',1000)) ~= "
    "nil",
    "true true" },
  { "cjson.decode(string.rep('{\"a\":',1001)..'1'..string.rep('}',1001))",
    "false \"user_script:1: Found too many nested data structures (1001) at "
    "character 5001\"" },
  { "cjson.decode(string.rep('[',100000))",
    "false \"user_script:1: Found too many nested data structures (1001) at "
    "character 1001\"" },
  { "cjson.encode(cjson.decode('{\"a\":[1,2,{\"b\":null}],\"c\":\"\\\\u20ac\"}'"
    "))",
    "true \"{\"a\":[1,2,{\"b\":null}],\"c\":\"\\226\\130\\172\"}\"" },
  { "local j=cjson.new() j.decode_max_depth(2) return j.decode('[[]]'), "
    "pcall(j.decode,'[[[]]]')",
    "true {1={}} false \"Found too many nested data structures (3) at "
    "character 3\"" },
  { "local j=cjson.new() j.decode_max_depth(100000) return "
    "j.decode(string.rep('[',50000))",
    "false \"user_script:1: Found too many nested data structures (7999) at "
    "character 7999\"" },
  { "local j=cjson.new() j.decode_max_depth(100000) return "
    "j.decode(string.rep('{\"a\":',50000))",
    "false \"user_script:1: Found too many nested data structures (4000) at "
    "character 19996\"" },
};

int
main (int argc, char **argv)
{
  return cf_lua_test_table (argc, argv, "/script/lua-json-decode/cases", cases,
                            G_N_ELEMENTS (cases));
}
