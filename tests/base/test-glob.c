/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/glob.h"

static const struct
{
  const char *pattern;
  const char *text;
  gboolean match;
  gboolean match_nocase;
} cases[] = {
  { "", "", 1, 1 },
  { "", "a", 0, 0 },
  { "a", "", 0, 0 },
  { "*", "", 1, 1 },
  { "**", "", 0, 0 },
  { "*", "abc", 1, 1 },
  { "**", "abc", 1, 1 },
  { "a", "a", 1, 1 },
  { "a", "A", 0, 1 },
  { "A", "a", 0, 1 },
  { "ab", "a", 0, 0 },
  { "a", "ab", 0, 0 },
  { "a*", "a", 1, 1 },
  { "a**", "a", 1, 1 },
  { "a*b", "a", 0, 0 },
  { "a*b", "axxb", 1, 1 },
  { "a*b", "abxb", 1, 1 },
  { "a*b", "abx", 0, 0 },
  { "*a*b*", "xxaxxbxx", 1, 1 },
  { "*a*b*", "xxbxxaxx", 0, 0 },
  { "a*b*c", "abcabd", 0, 0 },
  { "a*ab", "aaab", 1, 1 },
  { "h?llo", "hello", 1, 1 },
  { "h?llo", "hllo", 0, 0 },
  { "?", "", 0, 0 },
  { "??", "a", 0, 0 },
  { "*?", "abc", 1, 1 },
  { "[abc]", "b", 1, 1 },
  { "[abc]", "B", 0, 1 },
  { "[abc]", "d", 0, 0 },
  { "[^abc]", "d", 1, 1 },
  { "[^abc]", "b", 0, 0 },
  { "[^abc]", "B", 1, 0 },
  { "[a-c]x", "bx", 1, 1 },
  { "[c-a]x", "bx", 1, 1 },
  { "[A-C]", "b", 0, 1 },
  { "[a-c]", "d", 0, 0 },
  { "[^a-c]", "d", 1, 1 },
  { "[a-]", "a", 1, 1 },
  { "[a-]", "-", 0, 0 },
  { "[a-]", "]", 1, 1 },
  { "[a-]b]", "]", 1, 1 },
  { "[-a]", "-", 1, 1 },
  { "[\\]]", "]", 1, 1 },
  { "[\\-]", "-", 1, 1 },
  { "[\\a]", "a", 1, 1 },
  { "[\\a]", "A", 0, 0 },
  { "[a", "a", 1, 1 },
  { "[a", "ab", 0, 0 },
  { "[ab", "b", 1, 1 },
  { "[", "[", 0, 0 },
  { "[^", "x", 1, 1 },
  { "[]", "]", 0, 0 },
  { "[]a", "a", 0, 0 },
  { "[^]", "x", 1, 1 },
  { "[\\", "\\", 1, 1 },
  { "[a\\", "\\", 1, 1 },
  { "\\*", "*", 1, 1 },
  { "\\*", "a", 0, 0 },
  { "\\a", "A", 0, 1 },
  { "\\", "\\", 1, 1 },
  { "a\\", "a\\", 1, 1 },
  { "\\\\", "\\", 1, 1 },
  { "*\\", "abc\\", 1, 1 },
  { "*[a-c]", "xxb", 1, 1 },
  { "*[a-c]", "xxbd", 0, 0 },
  { "[\xf0-\xff]", "\xf8", 1, 1 },
  { "[a-\xff]", "b", 0, 0 },
  { "[a-\xff]", "A", 1, 1 },
};

static void
test_glob_table (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      /* Of the very sizes, so that a sanitizer sees a step beyond them. */
      gsize pattern_size = strlen (cases[i].pattern);
      gsize text_size = strlen (cases[i].text);
      g_autofree char *pattern = g_memdup2 (cases[i].pattern, pattern_size);
      g_autofree char *text = g_memdup2 (cases[i].text, text_size);
      CfSlice p = cf_slice (pattern, pattern_size);
      CfSlice t = cf_slice (text, text_size);

      g_test_message ("%s %s", cases[i].pattern, cases[i].text);
      g_assert_cmpint (cf_glob_match (p, t), ==, cases[i].match);
      g_assert_cmpint (cf_glob_match_nocase (p, t), ==, cases[i].match_nocase);
    }
}

static void
test_glob_nul (void)
{
  g_assert_true (cf_glob_match (CF_SLICE ("a\0*"), CF_SLICE ("a\0b")));
  g_assert_true (cf_glob_match (CF_SLICE ("a?b"), CF_SLICE ("a\0b")));
  g_assert_false (cf_glob_match (CF_SLICE ("a\0b"), CF_SLICE ("a\0c")));
}

static void
test_glob_literal (void)
{
  g_assert_true (cf_glob_is_literal (CF_SLICE ("")));
  g_assert_true (cf_glob_is_literal (CF_SLICE ("a]b^c-\0d")));
  g_assert_false (cf_glob_is_literal (CF_SLICE ("a*")));
  g_assert_false (cf_glob_is_literal (CF_SLICE ("a?")));
  g_assert_false (cf_glob_is_literal (CF_SLICE ("[a")));
  g_assert_false (cf_glob_is_literal (CF_SLICE ("a\\")));
}

/* Many stars: naive matchers need years for this. */
static void
test_glob_many_stars (void)
{
  g_autoptr (GString) pattern = g_string_new (NULL);
  g_autofree char *text = g_strnfill (20000, 'a');

  for (guint i = 0; i < 100; i++)
    g_string_append (pattern, "a*");
  g_assert_true (cf_glob_match (cf_slice (pattern->str, pattern->len),
                                cf_slice (text, 20000)));
  g_string_append_c (pattern, 'b');
  g_assert_false (cf_glob_match (cf_slice (pattern->str, pattern->len),
                                 cf_slice (text, 20000)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/glob/table", test_glob_table);
  g_test_add_func ("/base/glob/nul", test_glob_nul);
  g_test_add_func ("/base/glob/literal", test_glob_literal);
  g_test_add_func ("/base/glob/many-stars", test_glob_many_stars);
  return g_test_run ();
}
