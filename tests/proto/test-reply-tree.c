/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "proto/reply-tree.h"

static void
test_reply_tree_grows (void)
{
  g_autoptr (CfReplyTree) tree = cf_reply_tree_new ();

  tree->kind = CF_REPLY_TREE_ARRAY;
  for (int i = 0; i < 1000; i++)
    {
      CfReplyTree *child = cf_reply_tree_add (tree);

      g_assert_cmpint (child->kind, ==, CF_REPLY_TREE_NIL);
      child->kind = CF_REPLY_TREE_INTEGER;
      child->integer = i;
    }
  g_assert_cmpuint (tree->size, ==, 1000);
  for (int i = 0; i < 1000; i++)
    g_assert_cmpint (tree->children[i].integer, ==, i);
}

static void
test_reply_tree_text (void)
{
  g_autoptr (CfReplyTree) tree = cf_reply_tree_new ();
  const char bytes[] = { 'a', '\0', 'b' };

  g_assert_true (cf_reply_tree_set_text (tree, CF_REPLY_TREE_STRING, bytes, 3));
  g_assert_true (cf_reply_tree_has_text (tree));
  g_assert_false (cf_reply_tree_is_aggregate (tree));
  g_assert_cmpuint (tree->size, ==, 3);
  g_assert_cmpint (tree->text[3], ==, '\0');
  g_assert_false (cf_reply_tree_is (tree, "a"));
}

static void
test_reply_tree_is (void)
{
  g_autoptr (CfReplyTree) tree = cf_reply_tree_new ();

  g_assert_false (cf_reply_tree_is (tree, ""));
  g_assert_true (cf_reply_tree_set_text (tree, CF_REPLY_TREE_STATUS, "OK", 2));
  g_assert_true (cf_reply_tree_is (tree, "OK"));
  g_assert_false (cf_reply_tree_is (tree, "ok"));
  g_assert_false (cf_reply_tree_is (tree, "O"));
}

static void
add_text (CfReplyTree *tree, const char *text)
{
  CfReplyTree *child = cf_reply_tree_add (tree);

  g_assert_true (cf_reply_tree_set_text (child, CF_REPLY_TREE_STRING, text,
                                         strlen (text)));
}

static void
test_reply_tree_find (void)
{
  g_autoptr (CfReplyTree) tree = cf_reply_tree_new ();

  g_assert_null (cf_reply_tree_find (tree, "a"));
  tree->kind = CF_REPLY_TREE_ARRAY;
  add_text (tree, "a");
  add_text (tree, "b");
  add_text (tree, "b");
  g_assert_true (cf_reply_tree_find (tree, "a") == &tree->children[1]);
  g_assert_null (cf_reply_tree_find (tree, "b"));
  add_text (tree, "c");
  g_assert_true (cf_reply_tree_find (tree, "b") == &tree->children[3]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proto/reply-tree/grows", test_reply_tree_grows);
  g_test_add_func ("/proto/reply-tree/text", test_reply_tree_text);
  g_test_add_func ("/proto/reply-tree/is", test_reply_tree_is);
  g_test_add_func ("/proto/reply-tree/find", test_reply_tree_find);
  return g_test_run ();
}
