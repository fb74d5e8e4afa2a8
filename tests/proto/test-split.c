/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "proto/split.h"

#define LINE(text) text, sizeof text - 1
#define UNBALANCED NULL, 0

/* The arguments are written here with a | after each. */
static const struct
{
  const char *line;
  gsize size;
  const char *args; /* (nullable) */
  gsize args_size;
} splits[] = {
  { LINE (""), LINE ("") },
  { LINE (" \t\r\n\v\f "), LINE ("") },
  { LINE ("GET foo"), LINE ("GET|foo|") },
  { LINE ("  GET   foo\t\r\n"), LINE ("GET|foo|") },
  { LINE ("a\vb\fc"), LINE ("a\vb\fc|") },
  { LINE ("\va"), LINE ("a|") },
  { LINE ("a\0b"), LINE ("a|") },
  { LINE ("\0a"), LINE ("") },
  { LINE ("\xff\xfe"), LINE ("\xff\xfe|") },
  { LINE ("a\\nb"), LINE ("a\\nb|") },
  { LINE ("\"\""), LINE ("|") },
  { LINE ("''"), LINE ("|") },
  { LINE ("'' \"\" x"), LINE ("||x|") },
  { LINE ("\"a b\""), LINE ("a b|") },
  { LINE ("\"a 'b'\""), LINE ("a 'b'|") },
  { LINE ("'a \"b\"'"), LINE ("a \"b\"|") },
  { LINE ("foo\"bar\""), LINE ("foobar|") },
  { LINE ("foo'b r' x"), LINE ("foob r|x|") },
  { LINE ("\"\\n\\r\\t\\b\\a\\q\\\\\\\"\""), LINE ("\n\r\t\b\aq\\\"|") },
  { LINE ("\"\\x00\\xfF\\x4a\""), LINE ("\0\xffJ|") },
  { LINE ("\"\\x4\\xg0\\x\""), LINE ("x4xg0x|") },
  { LINE ("'\\n\\x41\\''"), LINE ("\\n\\x41'|") },
  { LINE ("'a\\\\'"), UNBALANCED },
  { LINE ("\"a\"\v\"b\""), LINE ("a|b|") },
  { LINE ("\"a\"\0x"), LINE ("a|") },
  { LINE ("\""), UNBALANCED },
  { LINE ("'"), UNBALANCED },
  { LINE ("\"a"), UNBALANCED },
  { LINE ("a\"b"), UNBALANCED },
  { LINE ("a 'b"), UNBALANCED },
  { LINE ("\"a\"b"), UNBALANCED },
  { LINE ("'a'b"), UNBALANCED },
  { LINE ("'a'\"b\""), UNBALANCED },
  { LINE ("\"a\\"), UNBALANCED },
  { LINE ("\"a\\\""), UNBALANCED },
  { LINE ("'a\\'"), UNBALANCED },
  { LINE ("\"a\0\""), UNBALANCED },
  { LINE ("\"\\x4"), UNBALANCED },
};

static GString *
join (const char *line, const GArray *spans)
{
  GString *joined = g_string_new (NULL);

  for (guint i = 0; i < spans->len; i++)
    {
      const CfSpan *span = &g_array_index (spans, CfSpan, i);

      g_string_append_len (joined, line + span->offset, (gssize) span->size);
      g_string_append_c (joined, '|');
    }
  return joined;
}

static void
test_split_table (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (splits); i++)
    {
      g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (CfSpan));
      g_autoptr (GString) joined = NULL;
      /* Of the very size, so that a sanitizer sees a step beyond it. */
      g_autofree char *line = g_memdup2 (splits[i].line, splits[i].size);
      gboolean ok = cf_split_args (line, splits[i].size, spans);

      g_test_message ("%s", splits[i].line);
      g_assert_cmpint (ok, ==, splits[i].args != NULL);
      if (!ok)
        continue;
      joined = join (line, spans);
      g_assert_cmpmem (joined->str, joined->len, splits[i].args,
                       splits[i].args_size);
    }
}

static void
test_split_appends (void)
{
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (CfSpan));
  char line[] = "c";
  CfSpan first = { 7, 8 };

  g_array_append_val (spans, first);
  g_assert_true (cf_split_args (line, 1, spans));
  g_assert_cmpuint (spans->len, ==, 2);
  g_assert_cmpuint (g_array_index (spans, CfSpan, 0).offset, ==, 7);
  g_assert_cmpuint (g_array_index (spans, CfSpan, 1).size, ==, 1);
}

/* Splitting is linear: a megabyte of one-byte arguments is quick. */
static void
test_split_long_line (void)
{
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (CfSpan));
  gsize size = 1024 * 1024;
  g_autofree char *line = g_malloc (size);

  memset (line, ' ', size);
  for (gsize i = 0; i < size; i += 2)
    line[i] = 'x';
  g_assert_true (cf_split_args (line, size, spans));
  g_assert_cmpuint (spans->len, ==, size / 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proto/split/table", test_split_table);
  g_test_add_func ("/proto/split/appends", test_split_appends);
  g_test_add_func ("/proto/split/long-line", test_split_long_line);
  return g_test_run ();
}
