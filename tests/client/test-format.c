/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "client/format.h"
#include "proto/reply-reader.h"

typedef void (*Append) (GString *out,
                        const CfReplyTree *reply,
                        const CfFormatStyle *style);

static CfReplyTree *
read_reply (const char *wire)
{
  g_autoptr (CfReplyReader) reader = cf_reply_reader_new (G_MAXSIZE);
  g_autoptr (GError) error = NULL;
  CfReplyTree *reply;

  g_assert_true (cf_reply_reader_feed (reader, wire, strlen (wire), &error));
  g_assert_true (cf_reply_reader_next (reader, &reply, &error));
  g_assert_no_error (error);
  g_assert_nonnull (reply);
  return reply;
}

static void
assert_appends (Append append,
                CfFormat format,
                const char *wire,
                const char *expected)
{
  const CfFormatStyle style = { format, "\n", "\n" };
  g_autoptr (CfReplyTree) reply = read_reply (wire);
  g_autoptr (GString) out = g_string_new (NULL);

  append (out, reply, &style);
  g_assert_cmpstr (out->str, ==, expected);
}

/* What redis-cli 7.0.15 printed; it cannot print big numbers. */
static const struct
{
  const char *wire;
  const char *human, *raw, *csv, *json;
} replies[] = {
  { "+OK\r\n", "OK\n", "OK\n", "\"OK\"\n", "\"OK\"\n" },
  { "-ERR \"x\"\r\n", "(error) ERR \"x\"\n", "ERR \"x\"\n\n",
    "ERROR,\"ERR \\\"x\\\"\"\n", "error:\"ERR \\\"x\\\"\"\n" },
  { ":-5\r\n", "(integer) -5\n", "-5\n", "-5\n", "-5\n" },
  { "$-1\r\n", "(nil)\n", "\n", "NULL\n", "null\n" },
  { "$4\r\na\"\n\\\r\n", "\"a\\\"\\n\\\\\"\n", "a\"\n\\\n",
    "\"a\\\"\\n\\\\\"\n", "\"a\\\"\\n\\\\\"\n" },
  { "$7\r\n\a\b\f\t\x01\x7f\xff\r\n", "\"\\a\\b\\x0c\\t\\x01\\x7f\\xff\"\n",
    "\a\b\f\t\x01\x7f\xff\n", "\"\\a\\b\\x0c\\t\\x01\\x7f\\xff\"\n",
    "\"\\u0007\\b\\f\\t\\u0001\x7f\xff\"\n" },
  { ",3.141\r\n", "(double) 3.141\n", "3.141\n", "3.141\n", "3.141\n" },
  { "#t\r\n", "(true)\n", "(true)\n", "true\n", "true\n" },
  { "#f\r\n", "(false)\n", "(false)\n", "false\n", "false\n" },
  { "(123\r\n", "(big number) 123\n", "123\n", "123\n", "123\n" },
  { "=7\r\ntxt:a\nb\r\n", "a\nb\n", "a\nb\n", "\"a\\nb\"\n", "\"a\\nb\"\n" },
  { "*0\r\n", "(empty array)\n", "\n", "\n", "[]\n" },
  { "%0\r\n", "(empty hash)\n", "\n", "\n", "{}\n" },
  { "~0\r\n", "(empty set)\n", "\n", "\n", "[]\n" },
  { "*3\r\n:1\r\n*2\r\n$1\r\na\r\n*0\r\n-ERR x\r\n",
    "1) (integer) 1\n2) 1) \"a\"\n   2) (empty array)\n3) (error) ERR x\n",
    "1\na\n\nERR x\n\n", "1,\"a\",,ERROR,\"ERR x\"\n",
    "[1,[\"a\",[]],error:\"ERR x\"]\n" },
  { "~1\r\n:1\r\n", "1~ (integer) 1\n", "1\n", "1\n", "[1]\n" },
  { "%2\r\n:1\r\n*2\r\n:2\r\n:3\r\n:4\r\n*1\r\n:5\r\n",
    "1# (integer) 1 => \n   1) (integer) 2\n   2) (integer) 3\n"
    "2# (integer) 4 => 1) (integer) 5\n",
    "1 2\n3\n4 5\n", "1,2,3,4,5\n", "{\"1\":[2,3],\"4\":[5]}\n" },
  { "%1\r\n$1\r\na\r\n%1\r\n$1\r\nb\r\n*2\r\n:1\r\n:2\r\n",
    "1# \"a\" => \n   1# \"b\" => \n      1) (integer) 1\n"
    "      2) (integer) 2\n",
    "a b 1\n2\n", "\"a\",\"b\",1,2\n", "{\"a\":{\"b\":[1,2]}}\n" },
  { "%1\r\n:0\r\n%1\r\n*2\r\n:1\r\n:2\r\n*1\r\n:1\r\n",
    "1# (integer) 0 => 1# 1) (integer) 1\n      2) (integer) 2 => "
    "1) (integer) 1\n",
    "0 1\n2 1\n", "0,1,2,1\n", "{\"0\":{\"[1,2]\":[1]}}\n" },
  { "%3\r\n#t\r\n:1\r\n_\r\n:2\r\n-ERR x\r\n:3\r\n",
    "1# (true) => (integer) 1\n2# (nil) => (integer) 2\n"
    "3# (error) ERR x => (integer) 3\n",
    "(true) 1\n 2\nERR x\n 3\n", "true,1,NULL,2,ERROR,\"ERR x\",3\n",
    "{\"true\":1,\"null\":2,error:\"ERR x\":3}\n" },
  { "*10\r\n:1\r\n:2\r\n:3\r\n:4\r\n:5\r\n:6\r\n:7\r\n:8\r\n*2\r\n:1\r\n:2\r\n"
    ":9\r\n",
    " 1) (integer) 1\n 2) (integer) 2\n 3) (integer) 3\n 4) (integer) 4\n"
    " 5) (integer) 5\n 6) (integer) 6\n 7) (integer) 7\n 8) (integer) 8\n"
    " 9) 1) (integer) 1\n    2) (integer) 2\n10) (integer) 9\n",
    "1\n2\n3\n4\n5\n6\n7\n8\n1\n2\n9\n", "1,2,3,4,5,6,7,8,1,2,9\n",
    "[1,2,3,4,5,6,7,8,[1,2],9]\n" },
};

static void
test_format_table (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (replies); i++)
    {
      const char *wire = replies[i].wire;

      assert_appends (cf_format_reply, CF_FORMAT_HUMAN, wire, replies[i].human);
      assert_appends (cf_format_reply, CF_FORMAT_RAW, wire, replies[i].raw);
      assert_appends (cf_format_reply, CF_FORMAT_CSV, wire, replies[i].csv);
      assert_appends (cf_format_reply, CF_FORMAT_JSON, wire, replies[i].json);
    }
}

static void
test_format_quoted_json (void)
{
  assert_appends (cf_format_reply, CF_FORMAT_QUOTED_JSON,
                  "$5\r\nq\"\\\n\xff\r\n", "\"q\\\\\"\\\\\\\\\\\\n\\\\xff\"\n");
}

static void
test_format_delimiters (void)
{
  const CfFormatStyle style = { CF_FORMAT_RAW, ",", ";" };
  g_autoptr (CfReplyTree) reply = read_reply ("*2\r\n:1\r\n*2\r\n:2\r\n:3\r\n");
  g_autoptr (GString) out = g_string_new (NULL);

  cf_format_reply (out, reply, &style);
  g_assert_cmpstr (out->str, ==, "1,2,3;");
}

static void
test_format_verbatim (void)
{
  assert_appends (cf_format_verbatim, CF_FORMAT_HUMAN, "$4\r\na\r\nb\r\n",
                  "a\r\nb");
}

static void
test_format_push (void)
{
  const char *invalidation = ">2\r\n$10\r\ninvalidate\r\n"
                             "*2\r\n$1\r\na\r\n$1\r\nb\r\n";

  assert_appends (cf_format_push, CF_FORMAT_HUMAN, invalidation,
                  "-> invalidate: 'a', 'b'\n");
  assert_appends (cf_format_push, CF_FORMAT_RAW, invalidation,
                  "invalidate\na\nb\n");
  assert_appends (cf_format_push, CF_FORMAT_HUMAN,
                  ">2\r\n$10\r\ninvalidate\r\n_\r\n",
                  "1) \"invalidate\"\n2) (nil)\n");
  assert_appends (cf_format_push, CF_FORMAT_HUMAN, ">0\r\n", "(empty push)\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/format/table", test_format_table);
  g_test_add_func ("/client/format/quoted-json", test_format_quoted_json);
  g_test_add_func ("/client/format/delimiters", test_format_delimiters);
  g_test_add_func ("/client/format/verbatim", test_format_verbatim);
  g_test_add_func ("/client/format/push", test_format_push);
  return g_test_run ();
}
