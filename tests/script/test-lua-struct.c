/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What redis-server 7.0.15 says of each is what is expected here. */
#include "config.h"

#include "script/fixture.h"

static const CfLuaCase cases[] = {
  { "struct.pack('b',-1), struct.pack('B',255), struct.pack('B',256), "
    "struct.pack('h',-2), struct.pack('H',65535)",
    "true \"\\255\" \"\\255\" \"\\000\" \"\\254\\255\" \"\\255\\255\"" },
  { "struct.pack('>h',258), struct.pack('<h',258), struct.pack('>l',1), "
    "struct.pack('<L',2^63), struct.pack('T',7)",
    "true \"\\001\\002\" \"\\002\\001\" "
    "\"\\000\\000\\000\\000\\000\\000\\000\\001\" "
    "\"\\000\\000\\000\\000\\000\\000\\000\\128\" "
    "\"\\007\\000\\000\\000\\000\\000\\000\\000\"" },
  { "struct.pack('i',-1), struct.pack('i1',-1), struct.pack('i3',-2), "
    "struct.pack('>i3',66051), struct.pack('I16',5), struct.pack('i16',-5), "
    "struct.pack('>i16',-5)",
    "true \"\\255\\255\\255\\255\" \"\\255\" \"\\254\\255\\255\" "
    "\"\\001\\002\\003\" "
    "\"\\005\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\"
    "000\\000\" "
    "\"\\251\\255\\255\\255\\255\\255\\255\\255\\000\\000\\000\\000\\000\\000\\"
    "000\\000\" "
    "\"\\000\\000\\000\\000\\000\\000\\000\\000\\255\\255\\255\\255\\255\\255\\"
    "255\\251\"" },
  { "struct.pack('i0',5), struct.unpack('i0','')", "true \"\" 0 1" },
  { "struct.pack('i32',-1)",
    "true "
    "\"\\255\\255\\255\\255\\255\\255\\255\\255\\000\\000\\000\\000\\000\\000\\"
    "000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000"
    "\\000\\000\\000\"" },
  { "struct.pack('i33',1)",
    "false \"user_script:1: integral size 33 is larger than limit of 32\"" },
  { "struct.pack('i99999999999',1)",
    "false \"user_script:1: integral size overflow\"" },
  { "struct.pack('i2147483647',1)", "false \"user_script:1: integral size "
                                    "2147483647 is larger than limit of 32\"" },
  { "struct.pack('f',1.5), struct.pack('d',1.5), struct.pack('>f',1.1), "
    "struct.pack('>d',1.1), struct.pack('f',1e300)",
    "true \"\\000\\000\\192?\" \"\\000\\000\\000\\000\\000\\000\\248?\" "
    "\"?\\140\\204\\205\" \"?\\241\\153\\153\\153\\153\\153\\154\" "
    "\"\\000\\000\\128\\127\"" },
  { "struct.pack('s','abc'), struct.pack('s',''), struct.pack('s','a\\0b'), "
    "struct.pack('c3','abcdef'), struct.pack('c0','abc'), "
    "struct.pack('c','xyz')",
    "true \"abc\\000\" \"\\000\" \"a\\000b\\000\" \"abc\" \"abc\" \"x\"" },
  { "struct.pack('c5','abc')",
    "false \"user_script:1: bad argument #3 to 'pack' (string too short)\"" },
  { "struct.pack('bc5',1,'abc')",
    "false \"user_script:1: bad argument #4 to 'pack' (string too short)\"" },
  { "struct.pack('x'), struct.pack('xxb',1), struct.pack(''), struct.pack(' ')",
    "true \"\\000\" \"\\000\\000\\001\" \"\" \"\"" },
  { "struct.pack('!bi',1,2)",
    "true \"\\001\\000\\000\\000\\002\\000\\000\\000\"" },
  { "struct.pack('!4bd',1,2)",
    "true \"\\001\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000@\"" },
  { "struct.pack('!bhbld',1,2,3,4,5)",
    "true "
    "\"\\001\\000\\002\\000\\003\\000\\000\\000\\004\\000\\000\\000\\000\\000\\"
    "000\\000\\000\\000\\000\\000\\000\\000\\020@\"" },
  { "struct.pack('!2bibh',1,2,3,4)",
    "true \"\\001\\000\\002\\000\\000\\000\\003\\000\\004\\000\"" },
  { "struct.pack('!bi3b',1,2,3)",
    "true \"\\001\\000\\000\\002\\000\\000\\003\"" },
  { "struct.pack('!4i3',7)", "true \"\\000\\000\\007\\000\\000\"" },
  { "struct.pack('!8i5bi6',7,1,2)",
    "true "
    "\"\\000\\000\\000\\000\\007\\000\\000\\000\\000\\001\\000\\000\\000\\000\\"
    "002\\000\\000\\000\\000\\000\"" },
  { "struct.pack('!3b',1)",
    "false \"user_script:1: alignment 3 is not a power of 2\"" },
  { "struct.pack('!0b',1)",
    "false \"user_script:1: alignment 0 is not a power of 2\"" },
  { "struct.pack('!16bi16',1,3)",
    "true "
    "\"\\001\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\"
    "000\\000\\003\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000\\000"
    "\\000\\000\\000\"" },
  { "struct.pack('!1024b',1)", "true \"\\001\"" },
  { "struct.pack('z',1)", "false \"user_script:1: bad argument #1 to 'pack' "
                          "(invalid format option 'z')\"" },
  { "struct.pack('\\200',1)", "false \"user_script:1: bad argument #1 to "
                              "'pack' (invalid format option '\\200')\"" },
  { "struct.pack('i')", "false \"user_script:1: bad argument #2 to 'pack' "
                        "(number expected, got nil)\"" },
  { "struct.pack('i','x')", "false \"user_script:1: bad argument #2 to 'pack' "
                            "(number expected, got string)\"" },
  { "struct.pack('i','12')", "true \"\\012\\000\\000\\000\"" },
  { "struct.pack('i',{})", "false \"user_script:1: bad argument #2 to 'pack' "
                           "(number expected, got table)\"" },
  { "struct.pack()", "false \"user_script:1: bad argument #1 to 'pack' (string "
                     "expected, got no value)\"" },
  { "struct.pack({})", "false \"user_script:1: bad argument #1 to 'pack' "
                       "(string expected, got table)\"" },
  { "struct.pack('s')", "false \"user_script:1: bad argument #2 to 'pack' "
                        "(string expected, got nil)\"" },
  { "struct.pack('s',12)", "true \"12\\000\"" },
  { "struct.pack('<L',2^64), struct.pack('<L',0/0), struct.pack('<L',-2^70), "
    "struct.pack('<L',1/0), struct.pack('<L',-1/0), struct.pack('i',-1.5)",
    "true \"\\000\\000\\000\\000\\000\\000\\000\\000\" "
    "\"\\000\\000\\000\\000\\000\\000\\000\\128\" "
    "\"\\000\\000\\000\\000\\000\\000\\000\\128\" "
    "\"\\000\\000\\000\\000\\000\\000\\000\\000\" "
    "\"\\000\\000\\000\\000\\000\\000\\000\\128\" \"\\255\\255\\255\\255\"" },
  { "struct.pack('4')", "false \"user_script:1: bad argument #1 to 'pack' "
                        "(invalid format option '4')\"" },
  { "struct.unpack('b','\\255'), struct.unpack('B','\\255')", "true -1 255 2" },
  { "struct.unpack('>h','\\1\\2'), struct.unpack('<h','\\1\\2')",
    "true 258 513 3" },
  { "struct.unpack('i3','\\254\\255\\255'), "
    "struct.unpack('>i3','\\254\\255\\255'), "
    "struct.unpack('I3','\\254\\255\\255')",
    "true -2 -65537 16777214 4" },
  { "struct.unpack('i16',struct.pack('i16',-5)), "
    "struct.unpack('I16',struct.pack('i16',-5)), "
    "struct.unpack('<i9',string.char(44,1,0,0,0,0,0,0,0)), "
    "struct.unpack('<i12',string.char(44,1,0,0,200,0,0,0,0,9,9,9))",
    "true -5 1.8446744073709552e+19 -84 -2147483348 13" },
  { "struct.unpack('>i9',string.char(0,0,0,0,0,0,0,1,44)), "
    "struct.unpack('>I9',string.char(1,0,0,0,0,0,0,1,44)), "
    "struct.unpack('<i10',string.char(0,128,0,0,0,0,0,0,0,0)), "
    "struct.unpack('<i32',string.rep('\\255',32))",
    "true -84 300 -32768 -1 33" },
  { "struct.unpack('l',string.rep('\\255',8)), "
    "struct.unpack('L',string.rep('\\255',8))",
    "true -1 1.8446744073709552e+19 9" },
  { "struct.unpack('f',struct.pack('f',1.5)), "
    "struct.unpack('>d',struct.pack('>d',1.1))",
    "true 1.5 1.1000000000000001 9" },
  { "struct.unpack('s','abc\\0def'), struct.unpack('ss','abc\\0def\\0')",
    "true \"abc\" \"abc\" \"def\" 9" },
  { "struct.unpack('s','abc')",
    "false \"user_script:1: unfinished string in data\"" },
  { "struct.unpack('c3','abcdef'), struct.unpack('c','abc')",
    "true \"abc\" \"a\" 2" },
  { "struct.unpack('Bc0','\\3abcdef'), struct.unpack('Bc0B','\\3abcdef')",
    "true \"abc\" \"abc\" 100 6" },
  { "struct.unpack('c0','abc')",
    "false \"user_script:1: format 'c0' needs a previous size\"" },
  { "struct.unpack('sc0','3\\0abcdef')", "true \"abc\" 6" },
  { "struct.unpack('sc0','x\\0abcdef')",
    "false \"user_script:1: format 'c0' needs a previous size\"" },
  { "struct.unpack('bc0','\\255abc')",
    "false \"user_script:1: bad argument #2 to 'unpack' (data string too "
    "short)\"" },
  { "struct.unpack('Bc0','\\9abc')", "false \"user_script:1: bad argument #2 "
                                     "to 'unpack' (data string too short)\"" },
  { "struct.unpack('dc0',struct.pack('d',-0.5)..'abc')", "true \"\" 9" },
  { "struct.unpack('dc0',struct.pack('d',0/0)..'abc')",
    "false \"user_script:1: bad argument #2 to 'unpack' (data string too "
    "short)\"" },
  { "struct.unpack('dc0',struct.pack('d',1e30)..'abc')", "true \"\" 9" },
  { "struct.unpack('dc0',struct.pack('d',2.9)..'abc')", "true \"ab\" 11" },
  { "struct.unpack('i','abc')", "false \"user_script:1: bad argument #2 to "
                                "'unpack' (data string too short)\"" },
  { "struct.unpack('i','abcdefgh',2), struct.unpack('b','abc',3)",
    "true 1701077858 99 4" },
  { "struct.unpack('b','abc',4)", "false \"user_script:1: bad argument #2 to "
                                  "'unpack' (data string too short)\"" },
  { "struct.unpack('b','abc',0)", "false \"user_script:1: bad argument #3 to "
                                  "'unpack' (offset must be 1 or greater)\"" },
  { "struct.unpack('b','abc',-1)", "false \"user_script:1: bad argument #2 to "
                                   "'unpack' (data string too short)\"" },
  { "struct.unpack('','abc',-1)", "true -1" },
  { "struct.unpack(' ','abc',-1)", "false \"user_script:1: bad argument #2 to "
                                   "'unpack' (data string too short)\"" },
  { "struct.unpack('','abc',9)", "true 9" },
  { "struct.unpack(' ','abc',9)", "false \"user_script:1: bad argument #2 to "
                                  "'unpack' (data string too short)\"" },
  { "struct.unpack('z','abc',9)", "false \"user_script:1: bad argument #2 to "
                                  "'unpack' (data string too short)\"" },
  { "struct.unpack('z','abc')", "false \"user_script:1: bad argument #1 to "
                                "'unpack' (invalid format option 'z')\"" },
  { "struct.unpack('x','abc'), struct.unpack('xx','a')",
    "false \"user_script:1: bad argument #2 to 'unpack' (data string too "
    "short)\"" },
  { "struct.unpack('!bi','\\1\\0\\0\\0\\2\\0\\0\\0'), "
    "struct.unpack('!4bi3','\\1\\0\\0\\0\\2\\0\\0\\0\\0\\0\\0')",
    "true 1 1 512 7" },
  { "struct.unpack('!b','abc',2)", "true 98 3" },
  { "struct.unpack('!i','abcdefghijkl',2)", "true 1751606885 9" },
  { "struct.unpack('i')", "false \"user_script:1: bad argument #2 to 'unpack' "
                          "(string expected, got no value)\"" },
  { "struct.unpack()", "false \"user_script:1: bad argument #1 to 'unpack' "
                       "(string expected, got no value)\"" },
  { "struct.unpack('i',{})", "false \"user_script:1: bad argument #2 to "
                             "'unpack' (string expected, got table)\"" },
  { "struct.unpack('b','a','x')", "false \"user_script:1: bad argument #3 to "
                                  "'unpack' (number expected, got string)\"" },
  { "struct.unpack('b','a',1.9)", "true 97 2" },
  { "struct.unpack('c2147483647','a')",
    "false \"user_script:1: bad argument #2 to 'unpack' (data string too "
    "short)\"" },
  { "struct.unpack('c2147483648','a')",
    "false \"user_script:1: integral size overflow\"" },
  { "struct.unpack('c99999999999999999999','a')",
    "false \"user_script:1: integral size overflow\"" },
  { "local r={struct.unpack(string.rep('b',7990),string.rep('a',8000))} "
    "return #r,table.concat(r)==string.rep('97',7990)..'7991'",
    "true 7991 true" },
  { "select('#',struct.unpack(string.rep('b',7000),string.rep('a',8000)))",
    "true 7001" },
  { "struct.size('i'), struct.size('!bi'), struct.size('bhl'), "
    "struct.size('x'), struct.size('c10'), struct.size('!bi3'), "
    "struct.size('z'), struct.size('qwe'), struct.size(''), struct.size(' "
    "><'), struct.size('9')",
    "true 4 8 11 1 10 6 0 0 0 0 0" },
  { "struct.size('s')", "false \"user_script:1: bad argument #1 to 'size' "
                        "(option 's' has no fixed size)\"" },
  { "struct.size('c0')", "false \"user_script:1: bad argument #1 to 'size' "
                         "(option 'c0' has no fixed size)\"" },
  { "struct.size('c'), struct.size('i0'), struct.size('fdT')", "true 1 0 20" },
  { "struct.size('%')", "false \"user_script:1: bad argument #1 to 'size' "
                        "(invalid format option '%')\"" },
  { "struct.size('!3')",
    "false \"user_script:1: alignment 3 is not a power of 2\"" },
  { "struct.size('i33')",
    "false \"user_script:1: integral size 33 is larger than limit of 32\"" },
  { "struct.size(string.rep('c2147483647',3))", "true 6442450941" },
  { "struct.size()", "false \"user_script:1: bad argument #1 to 'size' (string "
                     "expected, got no value)\"" },
  { "struct.size({})", "false \"user_script:1: bad argument #1 to 'size' "
                       "(string expected, got table)\"" },
};

int
main (int argc, char **argv)
{
  return cf_lua_test_table (argc, argv, "/script/lua-struct/cases", cases,
                            G_N_ELEMENTS (cases));
}
