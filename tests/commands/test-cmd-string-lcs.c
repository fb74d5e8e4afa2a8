/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

static void
test_lcs (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "LCS a b", "$0\r\n\r\n" },
    { "MSET a ohmytext b mynewtext", "+OK\r\n" },
    { "LCS a b", "$6\r\nmytext\r\n" },
    { "LCS a b LEN", ":6\r\n" },
    { "LCS a b IDX",
      "*4\r\n$7\r\nmatches\r\n*2\r\n*2\r\n*2\r\n:4\r\n:7\r\n*2\r\n:5\r\n:8\r\n*"
      "2\r\n*2\r\n:2\r\n:3\r\n*2\r\n:0\r\n:1\r\n$3\r\nlen\r\n:6\r\n" },
    { "LCS a b IDX MINMATCHLEN 4",
      "*4\r\n$7\r\nmatches\r\n*1\r\n*2\r\n*2\r\n:4\r\n:7\r\n*2\r\n:5\r\n:8\r\n$"
      "3\r\nlen\r\n:6\r\n" },
    { "LCS a b IDX MINMATCHLEN 4 WITHMATCHLEN",
      "*4\r\n$7\r\nmatches\r\n*1\r\n*3\r\n*2\r\n:4\r\n:7\r\n*2\r\n:5\r\n:8\r\n:"
      "4\r\n$3\r\nlen\r\n:6\r\n" },
    { "LCS a b IDX WITHMATCHLEN",
      "*4\r\n$7\r\nmatches\r\n*2\r\n*3\r\n*2\r\n:4\r\n:7\r\n*2\r\n:5\r\n:8\r\n:"
      "4\r\n*3\r\n*2\r\n:2\r\n:3\r\n*2\r\n:0\r\n:1\r\n:2\r\n$3\r\nlen\r\n:"
      "6\r\n" },
    { "LCS a b IDX MINMATCHLEN 0",
      "*4\r\n$7\r\nmatches\r\n*2\r\n*2\r\n*2\r\n:4\r\n:7\r\n*2\r\n:5\r\n:8\r\n*"
      "2\r\n*2\r\n:2\r\n:3\r\n*2\r\n:0\r\n:1\r\n$3\r\nlen\r\n:6\r\n" },
    { "LCS a b IDX MINMATCHLEN -5",
      "*4\r\n$7\r\nmatches\r\n*2\r\n*2\r\n*2\r\n:4\r\n:7\r\n*2\r\n:5\r\n:8\r\n*"
      "2\r\n*2\r\n:2\r\n:3\r\n*2\r\n:0\r\n:1\r\n$3\r\nlen\r\n:6\r\n" },
    { "LCS a b IDX MINMATCHLEN 100",
      "*4\r\n$7\r\nmatches\r\n*0\r\n$3\r\nlen\r\n:6\r\n" },
    { "LCS a b IDX MINMATCHLEN x",
      "-ERR value is not an integer or out of range\r\n" },
    { "LCS a b IDX MINMATCHLEN", "-ERR syntax error\r\n" },
    { "LCS a b LEN IDX", "-ERR If you want both the length and indexes, please "
                         "just use IDX.\r\n" },
    { "LCS a b IDX LEN", "-ERR If you want both the length and indexes, please "
                         "just use IDX.\r\n" },
    { "LCS a b LEN MINMATCHLEN 4", ":6\r\n" },
    { "LCS a b WITHMATCHLEN", "$6\r\nmytext\r\n" },
    { "LCS a b foo", "-ERR syntax error\r\n" },
    { "LCS a b idx withmatchlen minmatchlen 2",
      "*4\r\n$7\r\nmatches\r\n*2\r\n*3\r\n*2\r\n:4\r\n:7\r\n*2\r\n:5\r\n:8\r\n:"
      "4\r\n*3\r\n*2\r\n:2\r\n:3\r\n*2\r\n:0\r\n:1\r\n:2\r\n$3\r\nlen\r\n:"
      "6\r\n" },
    { "LCS a", "-ERR wrong number of arguments for 'lcs' command\r\n" },
    { "LCS a none", "$0\r\n\r\n" },
    { "LCS none a LEN", ":0\r\n" },
    { "LCS none none IDX", "*4\r\n$7\r\nmatches\r\n*0\r\n$3\r\nlen\r\n:0\r\n" },
    { "MSET n 12345 m 2345", "+OK\r\n" },
    { "LCS n m IDX WITHMATCHLEN",
      "*4\r\n$7\r\nmatches\r\n*1\r\n*3\r\n*2\r\n:1\r\n:4\r\n*2\r\n:0\r\n:3\r\n:"
      "4\r\n$3\r\nlen\r\n:4\r\n" },
    { "LCS a a IDX", "*4\r\n$7\r\nmatches\r\n*1\r\n*2\r\n*2\r\n:0\r\n:7\r\n*"
                     "2\r\n:0\r\n:7\r\n$3\r\nlen\r\n:8\r\n" },
    { "LCS a a", "$8\r\nohmytext\r\n" },
    { "MSET x abcabba y cbabac", "+OK\r\n" },
    { "LCS x y", "$4\r\ncbba\r\n" },
    { "LCS y x", "$4\r\nbaba\r\n" },
    { "LCS x y IDX",
      "*4\r\n$7\r\nmatches\r\n*3\r\n*2\r\n*2\r\n:5\r\n:6\r\n*2\r\n:3\r\n:4\r\n*"
      "2\r\n*2\r\n:4\r\n:4\r\n*2\r\n:1\r\n:1\r\n*2\r\n*2\r\n:2\r\n:2\r\n*2\r\n:"
      "0\r\n:0\r\n$3\r\nlen\r\n:4\r\n" },
    { "LCS y x IDX",
      "*4\r\n$7\r\nmatches\r\n*3\r\n*2\r\n*2\r\n:3\r\n:4\r\n*2\r\n:5\r\n:6\r\n*"
      "2\r\n*2\r\n:2\r\n:2\r\n*2\r\n:3\r\n:3\r\n*2\r\n*2\r\n:1\r\n:1\r\n*2\r\n:"
      "1\r\n:1\r\n$3\r\nlen\r\n:4\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_resp3 (Fixture *fixture, gconstpointer data)
{
  fixture->clients[1].resp = 3;
  assert_reply (fixture, "MSET a xab b aby", "+OK\r\n");
  assert_reply_to (fixture, 1, "LCS a b IDX WITHMATCHLEN",
                   "%2\r\n$7\r\nmatches\r\n*1\r\n*3\r\n*2\r\n:1\r\n:2\r\n"
                   "*2\r\n:0\r\n:1\r\n:2\r\n$3\r\nlen\r\n:2\r\n");
}

/* What would take too large a table is refused, and nothing less is. */
static void
test_limits (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "SETRANGE a 11584 x", ":11585\r\n");
  assert_reply (fixture, "SETRANGE b 11583 x", ":11584\r\n");
  assert_reply (fixture, "LCS a b LEN",
                "-ERR Insufficient memory, transient memory for LCS exceeds "
                "proto-max-bulk-len\r\n");
  assert_reply (fixture, "LCS a none LEN", ":0\r\n");
  assert_reply (fixture, "LCS b b LEN", ":11584\r\n");
  assert_reply (fixture, "SETRANGE e 500000000 x", ":500000001\r\n");
  assert_reply (fixture, "LCS e e",
                "-ERR Insufficient memory, transient memory for LCS exceeds "
                "proto-max-bulk-len\r\n");
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/cmd-string-lcs/lcs", test_lcs);
  fixture_add ("/commands/cmd-string-lcs/resp3", test_resp3);
  fixture_add ("/commands/cmd-string-lcs/limits", test_limits);
  return g_test_run ();
}
