/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "proto/plain.h"

#include <stdlib.h>

#define MAX_SIZE 1000

static gboolean no_memory = FALSE;

/* Stands in for that of GLib. */
gpointer
g_try_realloc (gpointer block, gsize size)
{
  return no_memory ? NULL : realloc (block, size);
}

static void
note (GString *seen, CfPlainKind kind, const CfPlainRequest *request)
{
  if (kind == CF_PLAIN_INVALID)
    g_string_append_c (seen, '!');
  if (kind == CF_PLAIN_SET || kind == CF_PLAIN_GET)
    g_string_append_len (seen, request->key.data, (gssize) request->key.size);
  if (kind == CF_PLAIN_SET)
    {
      g_string_append_c (seen, '=');
      g_string_append_len (seen, request->value.data,
                           (gssize) request->value.size);
    }
  g_string_append_c (seen, ';');
}

/* Reads a piece from a block of its very size, gone when it was read. */
static void
feed (
    CfPlain *plain, GString *seen, const char *data, gsize size, gboolean ended)
{
  g_autofree char *piece = g_memdup2 (data, size);
  CfPlainRequest request;
  CfPlainKind kind;

  if (g_str_has_suffix (seen->str, "!;"))
    return;
  g_assert_true (cf_plain_begin (plain, piece, size, ended));
  while ((kind = cf_plain_next (plain, &request)) != CF_PLAIN_MORE)
    {
      note (seen, kind, &request);
      if (kind == CF_PLAIN_INVALID)
        {
          g_assert_cmpint (cf_plain_next (plain, &request), ==,
                           CF_PLAIN_INVALID);
          return;
        }
    }
  g_assert_cmpint (cf_plain_next (plain, &request), ==, CF_PLAIN_MORE);
}

static const struct
{
  const char *input;
  const char *seen;
} lines[] = {
  { "set foo bar\n", "foo=bar;" },
  { "get foo\n", "foo;" },
  { "set foo bar\r\nget foo\r\n", "foo=bar;foo;" },
  { "set foo a b  c \n", "foo=a b  c ;" },
  { "set foo  bar\n", "foo= bar;" },
  { "set k a\rb\nget k\n", "k=a\rb;k;" },
  { "set \n", "!;" },
  { "set foo\n", "!;" },
  { "set foo \n", "!;" },
  { "set  foo bar\n", "!;" },
  { "get \n", "!;" },
  { "get\n", "!;" },
  { "get  foo\n", "!;" },
  { "get foo bar\n", "!;" },
  { "x\r", "!;" },
  { "get foo \n", "!;" },
  { " get foo\n", "!;" },
  { "SET foo bar\n", "!;" },
  { "del foo\n", "!;" },
  { "\n", "!;" },
  { "\r\n", "!;" },
  { "get foo\n\n", "foo;!;" },
  { "get foo\nnonsense\nget foo\n", "foo;!;" },
};

/* In one read, and cut everywhere when no read ends. */
static void
test_plain_lines (void)
{
  for (gsize n = 0; n < G_N_ELEMENTS (lines); n++)
    {
      const char *input = lines[n].input;
      gsize size = strlen (input);

      g_test_message ("%s", input);
      for (gsize i = 0; i <= size; i++)
        for (gsize j = i; j <= size; j++)
          {
            g_autoptr (CfPlain) plain = cf_plain_new (MAX_SIZE);
            g_autoptr (GString) seen = g_string_new (NULL);

            feed (plain, seen, input, i, FALSE);
            feed (plain, seen, input + i, j - i, FALSE);
            feed (plain, seen, input + j, size - j, TRUE);
            g_assert_cmpstr (seen->str, ==, lines[n].seen);
          }
    }
}

/* Reads that end, by "|", and buffers that are full, by "+". */
static const struct
{
  const char *input;
  const char *seen;
} reads[] = {
  { "set foo bar|", "foo=bar;" },
  { "set foo bar|get foo|", "foo=bar;foo;" },
  { "set foo bar|\nget foo|\r\nget foo|", "foo=bar;foo;foo;" },
  { "set foo bar\r|\nget foo\r\n|", "foo=bar;foo;" },
  { "set foo bar|\r|\nget foo|", "foo=bar;foo;" },
  { "set foo bar|\r+\nget foo|", "foo=bar;foo;" },
  { "set foo bar|\rget foo|", "foo=bar;!;" },
  { "set foo bar|\n|\n|", "foo=bar;!;" },
  { "set foo bar\n|\n|", "foo=bar;!;" },
  { "set foo b+ar|", "foo=bar;" },
  { "set foo b+ar+|", "foo=bar;" },
  { "s+e+t+ +f+oo b+ar\nget f+oo+|get x|", "foo=bar;foo;x;" },
  { "set foo b|ar|", "foo=b;!;" },
  { "||get foo|||get bar||", "foo;bar;" },
};

static void
test_plain_reads (void)
{
  for (gsize n = 0; n < G_N_ELEMENTS (reads); n++)
    {
      g_autoptr (CfPlain) plain = cf_plain_new (MAX_SIZE);
      g_autoptr (GString) seen = g_string_new (NULL);
      const char *at = reads[n].input;

      g_test_message ("%s", at);
      while (*at != '\0')
        {
          gsize size = strcspn (at, "|+");

          feed (plain, seen, at, size, at[size] == '|');
          at += size + 1;
        }
      g_assert_cmpstr (seen->str, ==, reads[n].seen);
    }
}

static void
test_plain_nul (void)
{
  g_autoptr (CfPlain) plain = cf_plain_new (MAX_SIZE);
  CfPlainRequest request;

  cf_plain_begin (plain, "set a\0b \0\n", 11, TRUE);
  g_assert_cmpint (cf_plain_next (plain, &request), ==, CF_PLAIN_SET);
  g_assert_true (cf_slice_equal (request.key, CF_SLICE ("a\0b")));
  g_assert_true (cf_slice_equal (request.value, CF_SLICE ("\0")));
}

/* The longest request is read, one byte more is not, wherever it ends. */
static void
test_plain_longest (void)
{
  for (guint over = 0; over < 2; over++)
    for (guint full = 0; full < 3; full++)
      {
        g_autoptr (CfPlain) plain = cf_plain_new (MAX_SIZE);
        g_autoptr (GString) seen = g_string_new (NULL);
        g_autofree char *key = g_strnfill (MAX_SIZE - 4 + over, 'k');
        g_autofree char *line =
            g_strconcat ("get ", key, full == 2 ? "" : "\n", NULL);

        feed (plain, seen, line, 500, FALSE);
        feed (plain, seen, line + 500, strlen (line) - 500, full != 1);
        if (over)
          g_assert_cmpstr (seen->str, ==, "!;");
        else
          g_assert_cmpuint (seen->len, ==, MAX_SIZE - 3);
      }
}

/* What never ends is not kept for ever. */
static void
test_plain_endless (void)
{
  g_autoptr (CfPlain) plain = cf_plain_new (MAX_SIZE);
  g_autoptr (GString) seen = g_string_new (NULL);

  for (guint i = 0; i < 100000; i++)
    {
      feed (plain, seen, "xx", 2, FALSE);
      g_assert_cmpuint (cf_plain_memory (plain), <, 4 * MAX_SIZE);
    }
  g_assert_cmpstr (seen->str, ==, "!;");
}

/* A megabyte byte by byte is no trouble, and freed when it was read. */
static void
test_plain_bytewise (void)
{
  g_autoptr (CfPlain) plain = cf_plain_new (2 << 20);
  g_autoptr (GString) seen = g_string_new (NULL);
  gsize idle = cf_plain_memory (plain);

  feed (plain, seen, "set k ", 6, FALSE);
  for (guint i = 0; i < 1 << 20; i++)
    feed (plain, seen, "x", 1, FALSE);
  g_assert_cmpuint (seen->len, ==, 0);
  g_assert_cmpuint (cf_plain_memory (plain), >, 1 << 20);
  feed (plain, seen, "", 0, TRUE);
  g_assert_cmpuint (seen->len, ==, (1 << 20) + 3);
  feed (plain, seen, "get k", 5, TRUE);
  g_assert_cmpuint (cf_plain_memory (plain), ==, idle);
}

static void
test_plain_no_memory (void)
{
  g_autoptr (CfPlain) first = cf_plain_new (MAX_SIZE);
  g_autoptr (CfPlain) second = cf_plain_new (MAX_SIZE);
  CfPlainRequest request;

  no_memory = TRUE;
  g_assert_true (cf_plain_begin (first, "get foo", 7, FALSE));
  g_assert_cmpint (cf_plain_next (first, &request), ==, CF_PLAIN_INVALID);
  no_memory = FALSE;
  g_assert_true (cf_plain_begin (second, "get foo", 7, FALSE));
  g_assert_cmpint (cf_plain_next (second, &request), ==, CF_PLAIN_MORE);
  no_memory = TRUE;
  g_assert_false (cf_plain_begin (second, "and much more", 13, FALSE));
  no_memory = FALSE;
  cf_plain_free (NULL);
}

/* Who stops in the middle goes on there, when the input is gone. */
static void
test_plain_end (void)
{
  g_autoptr (CfPlain) plain = cf_plain_new (MAX_SIZE);
  g_autofree char *input = g_strdup ("get a\nget b\nset c d");
  CfPlainRequest request;

  g_assert_true (cf_plain_begin (plain, input, strlen (input), TRUE));
  g_assert_cmpint (cf_plain_next (plain, &request), ==, CF_PLAIN_GET);
  g_assert_true (cf_plain_end (plain));
  g_clear_pointer (&input, g_free);
  g_assert_cmpint (cf_plain_next (plain, &request), ==, CF_PLAIN_GET);
  g_assert_true (cf_slice_is (request.key, "b"));
  g_assert_true (cf_plain_end (plain));
  g_assert_true (cf_plain_end (plain));
  g_assert_cmpint (cf_plain_next (plain, &request), ==, CF_PLAIN_SET);
  g_assert_true (cf_slice_is (request.value, "d"));
  g_assert_cmpint (cf_plain_next (plain, &request), ==, CF_PLAIN_MORE);
  g_assert_true (cf_plain_end (plain));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proto/plain/lines", test_plain_lines);
  g_test_add_func ("/proto/plain/reads", test_plain_reads);
  g_test_add_func ("/proto/plain/nul", test_plain_nul);
  g_test_add_func ("/proto/plain/longest", test_plain_longest);
  g_test_add_func ("/proto/plain/endless", test_plain_endless);
  g_test_add_func ("/proto/plain/no-memory", test_plain_no_memory);
  g_test_add_func ("/proto/plain/bytewise", test_plain_bytewise);
  g_test_add_func ("/proto/plain/end", test_plain_end);
  return g_test_run ();
}
