/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What redis-server 7.0.15 says of each is what is expected here. */
#include "config.h"

#include "script/fixture.h"

static const CfLuaCase cases[] = {
  { "cmsgpack.pack()", "false \"user_script:1: bad argument #0 to 'pack' "
                       "(MessagePack pack needs input.)\"" },
  { "cmsgpack.pack(nil), cmsgpack.pack(true), cmsgpack.pack(false), "
    "cmsgpack.pack(1,2,'a',{})",
    "true \"\\192\" \"\\195\" \"\\194\" \"\\001\\002\\161a\\144\"" },
  { "cmsgpack.pack(0), cmsgpack.pack(127), cmsgpack.pack(128), "
    "cmsgpack.pack(255), cmsgpack.pack(256), cmsgpack.pack(65535), "
    "cmsgpack.pack(65536), cmsgpack.pack(2^32-1), cmsgpack.pack(2^32), "
    "cmsgpack.pack(2^53), cmsgpack.pack(2^62), cmsgpack.pack(2^63), "
    "cmsgpack.pack(2^64)",
    "true \"\\000\" \"\\127\" \"\\204\\128\" \"\\204\\255\" "
    "\"\\205\\001\\000\" \"\\205\\255\\255\" \"\\206\\000\\001\\000\\000\" "
    "\"\\206\\255\\255\\255\\255\" "
    "\"\\207\\000\\000\\000\\001\\000\\000\\000\\000\" \"\\207\\000 "
    "\\000\\000\\000\\000\\000\\000\" "
    "\"\\207@\\000\\000\\000\\000\\000\\000\\000\" \"\\202_\\000\\000\\000\" "
    "\"\\202_\\128\\000\\000\"" },
  { "cmsgpack.pack(-1), cmsgpack.pack(-32), cmsgpack.pack(-33), "
    "cmsgpack.pack(-128), cmsgpack.pack(-129), cmsgpack.pack(-32768), "
    "cmsgpack.pack(-32769), cmsgpack.pack(-2^31), cmsgpack.pack(-2^31-1), "
    "cmsgpack.pack(-2^63), cmsgpack.pack(-2^64)",
    "true \"\\255\" \"\\224\" \"\\208\\223\" \"\\208\\128\" "
    "\"\\209\\255\\127\" \"\\209\\128\\000\" \"\\210\\255\\255\\127\\255\" "
    "\"\\210\\128\\000\\000\\000\" "
    "\"\\211\\255\\255\\255\\255\\127\\255\\255\\255\" "
    "\"\\211\\128\\000\\000\\000\\000\\000\\000\\000\" "
    "\"\\202\\223\\128\\000\\000\"" },
  { "cmsgpack.pack(1.5), cmsgpack.pack(1.1), cmsgpack.pack(1/0), "
    "cmsgpack.pack(-1/0), cmsgpack.pack(0/0), cmsgpack.pack(-0), "
    "cmsgpack.pack(-0.0), cmsgpack.pack(1e300), cmsgpack.pack(1e-300), "
    "cmsgpack.pack(0.1)",
    "true \"\\202?\\192\\000\\000\" "
    "\"\\203?\\241\\153\\153\\153\\153\\153\\154\" "
    "\"\\202\\127\\128\\000\\000\" \"\\202\\255\\128\\000\\000\" "
    "\"\\203\\255\\248\\000\\000\\000\\000\\000\\000\" \"\\000\" \"\\000\" "
    "\"\\203~7\\228<\\136\\000u\\156\" "
    "\"\\203\\001\\165n\\031\\194\\248\\243Y\" "
    "\"\\203?\\185\\153\\153\\153\\153\\153\\154\"" },
  { "cmsgpack.pack(''), cmsgpack.pack('a'), cmsgpack.pack(string.rep('a',31)), "
    "cmsgpack.pack(string.rep('a',32)), "
    "cmsgpack.pack(string.rep('a',255)):sub(1,9), "
    "cmsgpack.pack(string.rep('a',256)):sub(1,9), "
    "cmsgpack.pack(string.rep('a',65535)):sub(1,9), "
    "cmsgpack.pack(string.rep('a',65536)):sub(1,9)",
    "true \"\\160\" \"\\161a\" \"\\191aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\" "
    "\"\\217 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\" \"\\217\\255aaaaaaa\" "
    "\"\\218\\001\\000aaaaaa\" \"\\218\\255\\255aaaaaa\" "
    "\"\\219\\000\\001\\000\\000aaaa\"" },
  { "cmsgpack.pack({}), cmsgpack.pack({1,2,3}), cmsgpack.pack({a=1}), "
    "cmsgpack.pack({1,nil,3}), cmsgpack.pack({[2]=1}), cmsgpack.pack({[0]=1}), "
    "cmsgpack.pack({[1.5]=2}), cmsgpack.pack({[1]=1,[2]=2}), "
    "cmsgpack.pack({[-1]=1}), cmsgpack.pack({[2^31]=1}), "
    "cmsgpack.pack({[2^40]=1})",
    "true \"\\144\" \"\\147\\001\\002\\003\" \"\\129\\161a\\001\" "
    "\"\\130\\001\\001\\003\\003\" \"\\129\\002\\001\" \"\\129\\000\\001\" "
    "\"\\129\\202?\\192\\000\\000\\002\" \"\\146\\001\\002\" "
    "\"\\129\\255\\001\" \"\\129\\206\\128\\000\\000\\000\\001\" "
    "\"\\129\\207\\000\\000\\001\\000\\000\\000\\000\\000\\001\"" },
  { "cmsgpack.pack({1,2,a=3}), cmsgpack.pack({true,false,'x',{y='z'}})",
    "true \"\\131\\001\\001\\002\\002\\161a\\003\" "
    "\"\\148\\195\\194\\161x\\129\\161y\\161z\"" },
  { "local t={} for i=1,15 do t[i]=i end return cmsgpack.pack(t)",
    "true "
    "\"\\159\\001\\002\\003\\004\\005\\006\\007\\008\\009\\010\\011\\012\\013\\"
    "014\\015\"" },
  { "local t={} for i=1,16 do t[i]=i end return cmsgpack.pack(t)",
    "true "
    "\"\\220\\000\\016\\001\\002\\003\\004\\005\\006\\007\\008\\009\\010\\011\\"
    "012\\013\\014\\015\\016\"" },
  { "local t={} for i=1,70000 do t[i]=1 end local s=cmsgpack.pack(t) return "
    "s:sub(1,10),#s",
    "true \"\\221\\000\\001\\017p\\001\\001\\001\\001\\001\" 70005" },
  { "local t={} for i=1,16 do t['k'..i]=i end return cmsgpack.pack(t)",
    "true "
    "\"\\222\\000\\016\\163k12\\012\\163k16\\016\\162k9\\009\\162k8\\008\\162k1"
    "\\001\\163k15\\015\\162k3\\003\\162k2\\002\\163k14\\014\\163k13\\013\\163k"
    "10\\010\\163k11\\011\\162k6\\006\\162k7\\007\\162k4\\004\\162k5\\005\"" },
  { "local t={} for i=1,70000 do t['k'..i]=1 end local s=cmsgpack.pack(t) "
    "return s:sub(1,5),#s",
    "true \"\\223\\000\\001\\017p\" 548899" },
  { "local t={} t[1]=t return cmsgpack.pack(t)",
    "true "
    "\"\\145\\145\\145\\145\\145\\145\\145\\145\\145\\145\\145\\145\\145\\145\\"
    "145\\145\\192\"" },
  { "local t={} t.a=t return cmsgpack.pack(t)",
    "true "
    "\"\\129\\161a\\129\\161a\\129\\161a\\129\\161a\\129\\161a\\129\\161a\\129"
    "\\161a\\129\\161a\\129\\161a\\129\\161a\\129\\161a\\129\\161a\\129\\161a\\"
    "129\\161a\\129\\161a\\129\\161a\\192\"" },
  { "local t={} for i=1,20 do t={t} end return cmsgpack.pack(t)",
    "true "
    "\"\\145\\145\\145\\145\\145\\145\\145\\145\\145\\145\\145\\145\\145\\145\\"
    "145\\145\\192\"" },
  { "local t={} for i=1,15 do t={t} end return cmsgpack.pack(t)",
    "true "
    "\"\\145\\145\\145\\145\\145\\145\\145\\145\\145\\145\\145\\145\\145\\145\\"
    "145\\144\"" },
  { "cmsgpack.pack(function() end), cmsgpack.pack(cjson.null), "
    "cmsgpack.pack({function() end}), cmsgpack.pack({[true]=1}), "
    "cmsgpack.pack({[{1}]=2})",
    "true \"\\192\" \"\\192\" \"\\145\\192\" \"\\129\\195\\001\" "
    "\"\\129\\145\\001\\002\"" },
  { "cmsgpack.pack(setmetatable({},{__index=function() return 1 end})), "
    "cmsgpack.pack(setmetatable({1,2},{__index=function() return 1 end}))",
    "true \"\\144\" \"\\146\\001\\002\"" },
  { "cmsgpack.unpack(''), cmsgpack.unpack('\\1\\2\\3'), "
    "cmsgpack.unpack('\\255')",
    "true nil 1 -1" },
  { "cmsgpack.unpack('\\192'), cmsgpack.unpack('\\192\\1')", "true nil nil 1" },
  { "cmsgpack.unpack('\\193')",
    "false \"user_script:1: Bad data format in input.\"" },
  { "cmsgpack.unpack('\\196\\1a'), cmsgpack.unpack('\\197')",
    "false \"user_script:1: Bad data format in input.\"" },
  { "cmsgpack.unpack('\\199')",
    "false \"user_script:1: Bad data format in input.\"" },
  { "cmsgpack.unpack('\\212')",
    "false \"user_script:1: Bad data format in input.\"" },
  { "cmsgpack.unpack('\\216')",
    "false \"user_script:1: Bad data format in input.\"" },
  { "cmsgpack.unpack('\\204\\200'), cmsgpack.unpack('\\205\\1\\2'), "
    "cmsgpack.unpack('\\206\\255\\255\\255\\255'), "
    "cmsgpack.unpack('\\207\\255\\255\\255\\255\\255\\255\\255\\255'), "
    "cmsgpack.unpack('\\208\\200'), cmsgpack.unpack('\\209\\255\\2'), "
    "cmsgpack.unpack('\\210\\255\\255\\255\\254'), "
    "cmsgpack.unpack('\\211\\255\\255\\255\\255\\255\\255\\255\\254')",
    "true 200 258 4294967295 -1 -56 -254 -2 -2" },
  { "cmsgpack.unpack('\\202\\63\\192\\0\\0'), "
    "cmsgpack.unpack('\\203\\63\\241\\153\\153\\153\\153\\153\\154')",
    "true 1.5 1.1000000000000001" },
  { "cmsgpack.unpack('\\204')",
    "false \"user_script:1: Missing bytes in input.\"" },
  { "cmsgpack.unpack('\\207\\1\\2')",
    "false \"user_script:1: Missing bytes in input.\"" },
  { "cmsgpack.unpack('\\203\\63')",
    "false \"user_script:1: Missing bytes in input.\"" },
  { "cmsgpack.unpack('\\161a'), cmsgpack.unpack('\\217\\1a'), "
    "cmsgpack.unpack('\\218\\0\\1a'), cmsgpack.unpack('\\219\\0\\0\\0\\1a')",
    "true \"a\" \"a\" \"a\" \"a\"" },
  { "cmsgpack.unpack('\\161')",
    "false \"user_script:1: Missing bytes in input.\"" },
  { "cmsgpack.unpack('\\217')",
    "false \"user_script:1: Missing bytes in input.\"" },
  { "cmsgpack.unpack('\\219\\255\\255\\255\\255a')",
    "false \"user_script:1: Missing bytes in input.\"" },
  { "cmsgpack.unpack('\\219\\0\\0')",
    "false \"user_script:1: Missing bytes in input.\"" },
  { "cmsgpack.unpack('\\147\\1\\2\\3'), cmsgpack.unpack('\\220\\0\\2\\1\\2'), "
    "cmsgpack.unpack('\\221\\0\\0\\0\\1\\9'), cmsgpack.unpack('\\144')",
    "true {1=1,2=2,3=3} {1=1,2=2} {1=9} {}" },
  { "cmsgpack.unpack('\\147\\1\\192\\3')", "true {1=1,3=3}" },
  { "cmsgpack.unpack('\\147\\1\\2')",
    "false \"user_script:1: Missing bytes in input.\"" },
  { "cmsgpack.unpack('\\221\\255\\255\\255\\255')",
    "false \"user_script:1: Missing bytes in input.\"" },
  { "cmsgpack.unpack('\\221\\255\\255')",
    "false \"user_script:1: Missing bytes in input.\"" },
  { "cmsgpack.unpack('\\129\\161a\\1'), cmsgpack.unpack('\\222\\0\\1\\1\\2'), "
    "cmsgpack.unpack('\\223\\0\\0\\0\\1\\1\\2'), cmsgpack.unpack('\\128')",
    "true {\"a\"=1} {1=2} {1=2} {}" },
  { "cmsgpack.unpack('\\129\\192\\1')", "false \"table index is nil\"" },
  { "cmsgpack.unpack('\\129\\1\\192')", "true {}" },
  { "cmsgpack.unpack('\\129\\203\\127\\248\\0\\0\\0\\0\\0\\0\\1')",
    "false \"table index is NaN\"" },
  { "cmsgpack.unpack('\\223\\255\\255\\255\\255')",
    "false \"user_script:1: Missing bytes in input.\"" },
  { "cmsgpack.unpack('\\130\\1\\2')",
    "false \"user_script:1: Missing bytes in input.\"" },
  { "cmsgpack.unpack(string.rep('\\145',3990)..'\\1')",
    "true {1={1={1={1={1={1={1={..}}}}}}}}" },
  { "cmsgpack.unpack(string.rep('\\145',3995)..'\\1')",
    "true {1={1={1={1={1={1={1={..}}}}}}}}" },
  { "cmsgpack.unpack(string.rep('\\145',3996)..'\\1')",
    "true {1={1={1={1={1={1={1={..}}}}}}}}" },
  { "cmsgpack.unpack(string.rep('\\145',3997)..'\\1')",
    "true {1={1={1={1={1={1={1={..}}}}}}}}" },
  { "cmsgpack.unpack(string.rep('\\145',3998)..'\\1')",
    "true {1={1={1={1={1={1={1={..}}}}}}}}" },
  { "cmsgpack.unpack(string.rep('\\145',3999)..'\\1')",
    "true {1={1={1={1={1={1={1={..}}}}}}}}" },
  { "cmsgpack.unpack(string.rep('\\145',5000))",
    "false \"user_script:1: stack overflow (in function "
    "mp_decode_to_lua_array)\"" },
  { "cmsgpack.unpack(string.rep('\\129a',3998)..'\\1')",
    "true {97={97={97={97={97={97={97={..}}}}}}}}" },
  { "cmsgpack.unpack(string.rep('\\129a',3999)..'\\1')",
    "true {97={97={97={97={97={97={97={..}}}}}}}}" },
  { "cmsgpack.unpack(string.rep('\\129a',5000))",
    "false \"user_script:1: stack overflow (too many return values at once; "
    "use unpack_one or unpack_limit instead.)\"" },
  { "select('#',cmsgpack.unpack(string.rep('a',7900)))", "true 7900" },
  { "local r={cmsgpack.unpack(string.rep('a',7999))} return #r,"
    "table.concat(r)==string.rep('97',7999)",
    "true 7999 true" },
  { "cmsgpack.unpack(string.rep('a',9000))",
    "false \"user_script:1: stack overflow (too many return values at once; "
    "use unpack_one or unpack_limit instead.)\"" },
  { "cmsgpack.unpack_one('\\1\\2\\3'), cmsgpack.unpack_one('\\1\\2\\3',1), "
    "cmsgpack.unpack_one('\\1\\2\\3',2), cmsgpack.unpack_one('\\1\\2\\3',3)",
    "true 1 2 -1 -1" },
  { "cmsgpack.unpack_one('\\1\\2\\3',4)",
    "false \"user_script:1: Start offset 4 greater than input length 3.\"" },
  { "cmsgpack.unpack_one('\\1\\2\\3',-1)",
    "false \"user_script:1: Invalid request to unpack with offset of -1 and "
    "limit of 3.\"" },
  { "cmsgpack.unpack_one('')", "true -1" },
  { "cmsgpack.unpack_one('\\193')",
    "false \"user_script:1: Bad data format in input.\"" },
  { "cmsgpack.unpack_one('\\1',0,'extra')", "true -1 1" },
  { "cmsgpack.unpack_limit('\\1\\2\\3',2)", "true 2 1 2" },
  { "cmsgpack.unpack_limit('\\1\\2\\3',9)", "true -1 1 2 3" },
  { "cmsgpack.unpack_limit('\\1\\2\\3',2^32)", "true -1 1 2 3" },
  { "cmsgpack.unpack_one('\\1',2^32)",
    "false \"user_script:1: Start offset 0 greater than input length 1.\"" },
  { "cmsgpack.unpack_limit('\\1\\2\\3',2,1)", "true -1 2 3" },
  { "cmsgpack.unpack_limit('\\1\\2\\3',0,0)", "true 1 2 3" },
  { "cmsgpack.unpack_limit('\\1\\2\\3',0,1)", "true 1" },
  { "cmsgpack.unpack_limit('\\1\\2\\3',-7,1)",
    "false \"user_script:1: Invalid request to unpack with offset of 1 and "
    "limit of 3.\"" },
  { "cmsgpack.unpack_limit('\\1\\2\\3',2,-9)",
    "false \"user_script:1: Invalid request to unpack with offset of -9 and "
    "limit of 3.\"" },
  { "cmsgpack.unpack_limit('\\1\\2\\3')",
    "false \"user_script:1: bad argument #2 to 'unpack_limit' (number "
    "expected, got no value)\"" },
  { "cmsgpack.unpack_limit('\\1\\2\\3','x')",
    "false \"user_script:1: bad argument #2 to 'unpack_limit' (number "
    "expected, got string)\"" },
  { "cmsgpack.unpack_limit()",
    "false \"user_script:1: bad argument #2 to 'unpack_limit' (number "
    "expected, got no value)\"" },
  { "cmsgpack.unpack()", "false \"user_script:1: bad argument #1 to 'unpack' "
                         "(string expected, got no value)\"" },
  { "cmsgpack.unpack({})", "false \"user_script:1: bad argument #1 to 'unpack' "
                           "(string expected, got table)\"" },
  { "cmsgpack.unpack(12)", "true 49 50" },
  { "cmsgpack.unpack('a',1)", "true 97" },
  { "select('#',cmsgpack.pack(unpack({},1,3000)))", "true 1" },
  { "cmsgpack.pack(unpack({},1,4500))",
    "false \"user_script:1: bad argument #0 to 'pack' (Too many arguments for "
    "MessagePack pack.)\"" },
};

int
main (int argc, char **argv)
{
  return cf_lua_test_table (argc, argv, "/script/lua-msgpack/cases", cases,
                            G_N_ELEMENTS (cases));
}
