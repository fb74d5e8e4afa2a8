/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz-reply-reader.c -- any bytes as replies: the same trees, however they
 * are cut up, and no more memory than the bytes are worth. */
#include "config.h"

#include "proto/reply-reader.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

#define REPLY_SIZE_MAX (64 * 1024)

static guint
sum_up (guint sum, const CfReplyTree *tree)
{
  sum = sum * 31 + (guint) tree->kind;
  if (cf_reply_tree_has_text (tree))
    for (gsize i = 0; i < tree->size; i++)
      sum = sum * 31 + (guchar) tree->text[i];
  else if (cf_reply_tree_is_aggregate (tree))
    for (gsize i = 0; i < tree->size; i++)
      sum = sum_up (sum, &tree->children[i]);
  else
    sum = sum * 31 + (guint) tree->integer;
  return sum;
}

static guint
read_all (const char *data, gsize size, gsize step)
{
  g_autoptr (CfReplyReader) reader = cf_reply_reader_new (REPLY_SIZE_MAX);
  guint sum = 0;

  for (gsize i = 0; i < size; i += step)
    {
      CfReplyTree *tree = NULL;

      if (!cf_reply_reader_feed (reader, data + i, MIN (step, size - i), NULL))
        return 0;
      while (cf_reply_reader_next (reader, &tree, NULL) && tree != NULL)
        {
          sum = sum_up (sum, tree);
          cf_reply_tree_free (tree);
        }
    }
  return sum;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  const char *bytes = (const char *) data;
  guint sum = read_all (bytes, size, MAX (size, 1));

  g_assert_cmpuint (sum, ==, read_all (bytes, size, 1));
  g_assert_cmpuint (sum, ==, read_all (bytes, size, 7));
  return 0;
}
