/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "base/error.h"
#include "proto/reply-reader.h"

#define SIZE_MAX_OF_TEST 1000

/* Writes a tree down: kind letter, text or children in brackets. */
static void
describe (const CfReplyTree *tree, GString *out)
{
  static const char letters[] = "_#:+-$=,(*%~>";

  g_string_append_c (out, letters[tree->kind]);
  if (cf_reply_tree_has_text (tree))
    {
      g_string_append_len (out, tree->text, (gssize) tree->size);
      g_assert_cmpint (tree->text[tree->size], ==, '\0');
    }
  else if (cf_reply_tree_is_aggregate (tree))
    {
      g_string_append_c (out, '[');
      for (gsize i = 0; i < tree->size; i++)
        describe (&tree->children[i], out);
      g_string_append_c (out, ']');
    }
  else if (tree->kind != CF_REPLY_TREE_NIL)
    g_string_append_printf (out, "%" G_GINT64_FORMAT, tree->integer);
  g_string_append_c (out, ' ');
}

/* Feeds @step bytes at a time; ends with "!" and the error's message. */
static char *
read_all (const char *data, gsize size, gsize step)
{
  g_autoptr (CfReplyReader) reader = cf_reply_reader_new (SIZE_MAX_OF_TEST);
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < size; i += step)
    {
      g_autoptr (CfReplyTree) tree = NULL;

      g_assert_true (
          cf_reply_reader_feed (reader, data + i, MIN (step, size - i), NULL));
      while (cf_reply_reader_next (reader, &tree, &error) && tree != NULL)
        {
          describe (tree, out);
          g_clear_pointer (&tree, cf_reply_tree_free);
        }
      if (error != NULL)
        {
          g_string_append_printf (out, "!%s", error->message);
          break;
        }
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static const struct
{
  const char *wire;
  const char *read;
} replies[] = {
  { "", "" },
  { "+OK\r\n", "+OK " },
  { "+\r\n", "+ " },
  { "-ERR no\r\n", "-ERR no " },
  { ":-12\r\n", ":-12 " },
  { ":9223372036854775807\r\n", ":9223372036854775807 " },
  { "$5\r\na\r\nbc\r\n", "$a\r\nbc " },
  { "$0\r\n\r\n", "$ " },
  { "$-1\r\n", "_ " },
  { "*-1\r\n", "_ " },
  { "_\r\n", "_ " },
  { "#t\r\n#f\r\n", "#1 #0 " },
  { ",3.25\r\n,-inf\r\n,nan\r\n", ",3.25 ,-inf ,nan " },
  { "(-123\r\n", "(-123 " },
  { "=7\r\ntxt:a\nb\r\n", "=a\nb " },
  { "=4\r\ntxt:\r\n", "= " },
  { "*0\r\n%0\r\n~0\r\n>0\r\n", "*[] %[] ~[] >[] " },
  { "*2\r\n:1\r\n*2\r\n$1\r\nx\r\n*0\r\n:3\r\n", "*[:1 *[$x *[] ] ] :3 " },
  { "%2\r\n+a\r\n:1\r\n+b\r\n~1\r\n:2\r\n", "%[+a :1 +b ~[:2 ] ] " },
  { ">2\r\n+message\r\n:1\r\n+OK\r\n", ">[+message :1 ] +OK " },
  { "*1\r\n*1\r\n*1\r\n:1\r\n", "*[*[*[:1 ] ] ] " },
  { "|1\r\n+ttl\r\n*1\r\n:3\r\n:7\r\n", ":7 " },
  { "*2\r\n|1\r\n+a\r\n+b\r\n:1\r\n|0\r\n:2\r\n", "*[:1 :2 ] " },
  { "|1\r\n|1\r\n:1\r\n:2\r\n+a\r\n:3\r\n+c\r\n", "+c " },
  { "x\r\n", "!Protocol error, got \"x\" as reply type byte" },
  { "\x01", "!Protocol error, got \"\\x01\" as reply type byte" },
  { "+OK\r\n?", "+OK !Protocol error, got \"?\" as reply type byte" },
  { "+a\nb\r\n", "!Bad simple string value" },
  { ":\r\n", "!Bad integer value" },
  { ":1x\r\n", "!Bad integer value" },
  { ":9223372036854775808\r\n", "!Bad integer value" },
  { "$x\r\n", "!Bad bulk string length" },
  { "$-2\r\n", "!Bulk string length out of range" },
  { "$1001\r\n", "!Bulk string length out of range" },
  { "$9223372036854775807\r\n", "!Bulk string length out of range" },
  { "$1\r\nabc", "!Bulk string without its end" },
  { "*x\r\n", "!Bad multi-bulk length" },
  { "*-2\r\n", "!Multi-bulk length out of range" },
  { "%9223372036854775807\r\n", "!Multi-bulk length out of range" },
  { ",\r\n", "!Bad double value" },
  { ",1.2.3\r\n", "!Bad double value" },
  { ", 1\r\n", "!Bad double value" },
  { "#\r\n", "!Bad bool value" },
  { "#x\r\n", "!Bad bool value" },
  { "(\r\n", "!Bad bignum value" },
  { "(-\r\n", "!Bad bignum value" },
  { "(1x\r\n", "!Bad bignum value" },
  { "_x\r\n", "!Bad nil value" },
  { "=3\r\nabc\r\n", "!Verbatim string 4 bytes of content type are missing "
                     "or incorrectly encoded." },
  { "*2\r\n:1\r\n|1\r\n:1\r\n?\r\n",
    "!Protocol error, got \"?\" as reply type byte" },
};

static void
test_reply_reader_table (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (replies); i++)
    {
      gsize size = strlen (replies[i].wire);

      for (gsize step = 1; step <= size + 1; step++)
        {
          g_autofree char *read = read_all (replies[i].wire, size, step);

          g_test_message ("%s in steps of %" G_GSIZE_FORMAT, replies[i].wire,
                          step);
          g_assert_cmpstr (read, ==, replies[i].read);
        }
    }
}

static void
test_reply_reader_zero_bytes (void)
{
  g_autoptr (CfReplyReader) reader = cf_reply_reader_new (SIZE_MAX_OF_TEST);
  g_autoptr (CfReplyTree) tree = NULL;

  g_assert_true (cf_reply_reader_feed (reader, "$3\r\na\0b\r\n", 9, NULL));
  g_assert_true (cf_reply_reader_next (reader, &tree, NULL));
  g_assert_cmpuint (tree->size, ==, 3);
  g_assert_true (memcmp (tree->text, "a\0b", 4) == 0);
  g_assert_false (cf_reply_tree_is (tree, "a"));
}

/* Whether a reply of @depth aggregates, one in the other, is read. */
static gboolean
reads_nested (guint depth)
{
  g_autoptr (CfReplyReader) reader = cf_reply_reader_new (G_MAXSIZE);
  g_autoptr (CfReplyTree) tree = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < depth; i++)
    g_assert_true (cf_reply_reader_feed (reader, "*1\r\n", 4, NULL));
  g_assert_true (cf_reply_reader_feed (reader, ":1\r\n", 4, NULL));
  if (cf_reply_reader_next (reader, &tree, &error))
    g_assert_nonnull (tree);
  else
    g_assert_cmpstr (error->message, ==, "Reply is nested too deeply");
  return tree != NULL;
}

static void
test_reply_reader_depth (void)
{
  g_assert_true (reads_nested (CF_REPLY_TREE_DEPTH_MAX - 1));
  g_assert_false (reads_nested (CF_REPLY_TREE_DEPTH_MAX));
  g_assert_false (reads_nested (CF_REPLY_TREE_DEPTH_MAX * 1000));
}

/* What a length promises is not allocated before it comes. */
static void
test_reply_reader_promises (void)
{
  g_autoptr (CfReplyReader) reader = cf_reply_reader_new (G_MAXSIZE);
  g_autoptr (CfReplyTree) tree = NULL;
  const char *wire = "*4611686018427387903\r\n$4611686018427387903\r\nabc";

  g_assert_true (cf_reply_reader_feed (reader, wire, strlen (wire), NULL));
  g_assert_true (cf_reply_reader_next (reader, &tree, NULL));
  g_assert_null (tree);
}

static void
test_reply_reader_too_big (void)
{
  g_autoptr (GString) wire = g_string_new ("*1000\r\n");
  g_autofree char *many = NULL, *line = NULL;

  for (int i = 0; i < 1000; i++)
    g_string_append (wire, ":1\r\n");
  many = read_all (wire->str, wire->len, wire->len);
  g_assert_cmpstr (many, ==, "!Reply is too big");

  g_string_assign (wire, "+");
  for (int i = 0; i < SIZE_MAX_OF_TEST + 1; i++)
    g_string_append_c (wire, 'x');
  line = read_all (wire->str, wire->len, 7);
  g_assert_cmpstr (line, ==, "!Reply is too big");
}

static void
test_reply_reader_stays_broken (void)
{
  g_autoptr (CfReplyReader) reader = cf_reply_reader_new (SIZE_MAX_OF_TEST);
  CfReplyTree *tree;

  for (int i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (cf_reply_reader_feed (reader, "?\r\n+OK\r\n", 8, NULL));
      g_assert_false (cf_reply_reader_next (reader, &tree, &error));
      g_assert_null (tree);
      g_assert_error (error, CF_ERROR, CF_ERROR_FAILED);
    }
}

/* Bytes that come one by one are looked at once: this is quick or it is
 * quadratic. */
static void
test_reply_reader_is_linear (void)
{
  gsize size = 1000 * 1000;
  g_autoptr (CfReplyReader) reader = cf_reply_reader_new (G_MAXSIZE);
  g_autoptr (CfReplyTree) tree = NULL;

  g_assert_true (cf_reply_reader_feed (reader, "+", 1, NULL));
  for (gsize i = 0; i < size; i++)
    {
      g_assert_true (cf_reply_reader_feed (reader, "x", 1, NULL));
      g_assert_true (cf_reply_reader_next (reader, &tree, NULL));
      g_assert_null (tree);
    }
  g_assert_true (cf_reply_reader_feed (reader, "\r\n", 2, NULL));
  g_assert_true (cf_reply_reader_next (reader, &tree, NULL));
  g_assert_cmpuint (tree->size, ==, size);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proto/reply-reader/table", test_reply_reader_table);
  g_test_add_func ("/proto/reply-reader/zero-bytes",
                   test_reply_reader_zero_bytes);
  g_test_add_func ("/proto/reply-reader/depth", test_reply_reader_depth);
  g_test_add_func ("/proto/reply-reader/promises", test_reply_reader_promises);
  g_test_add_func ("/proto/reply-reader/too-big", test_reply_reader_too_big);
  g_test_add_func ("/proto/reply-reader/stays-broken",
                   test_reply_reader_stays_broken);
  g_test_add_func ("/proto/reply-reader/is-linear",
                   test_reply_reader_is_linear);
  return g_test_run ();
}
