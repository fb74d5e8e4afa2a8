/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "proto/reply-tree.h"

/**
 * cf_reply_tree_new:
 *
 * Returns: (transfer full) (nullable): a nil, to be made what is wanted, or
 *   %NULL if memory is short
 */
CfReplyTree *
cf_reply_tree_new (void)
{
  return g_try_new0 (CfReplyTree, 1);
}

/**
 * cf_reply_tree_add:
 * @self: an aggregate
 *
 * Adds a child.  It, and all children got before, are good until the next is
 * added.
 *
 * Returns: (transfer none) (nullable): the child, a nil as yet, or %NULL if
 *   memory is short
 */
CfReplyTree *
cf_reply_tree_add (CfReplyTree *self)
{
  CfReplyTree *child;

  g_assert (cf_reply_tree_is_aggregate (self));
  if (self->size == self->n_reserved)
    {
      gsize wanted = MAX (2, (gsize) self->n_reserved * 2);
      CfReplyTree *children = NULL;

      if (wanted <= G_MAXUINT)
        children = g_try_renew (CfReplyTree, self->children, wanted);
      if (children == NULL)
        return NULL;
      self->children = children;
      self->n_reserved = (guint) wanted;
    }
  child = &self->children[self->size++];
  memset (child, 0, sizeof *child);
  return child;
}

/**
 * cf_reply_tree_set_text:
 * @self: a nil
 * @kind: one that has text
 * @text: (array length=size): the text, which is copied
 * @size: the size of @text in bytes
 *
 * Returns: %FALSE if memory is short
 */
gboolean
cf_reply_tree_set_text (CfReplyTree *self,
                        CfReplyKind kind,
                        const char *text,
                        gsize size)
{
  char *copy = g_try_malloc (size + 1);

  g_assert (self->kind == CF_REPLY_TREE_NIL);
  if (copy == NULL)
    return FALSE;
  memcpy (copy, text, size);
  copy[size] = '\0';
  self->text = copy;
  self->size = size;
  self->kind = kind;
  g_assert (cf_reply_tree_has_text (self));
  return TRUE;
}

static void
clear (CfReplyTree *self)
{
  if (cf_reply_tree_has_text (self))
    g_free (self->text);
  if (!cf_reply_tree_is_aggregate (self))
    return;
  for (gsize i = 0; i < self->size; i++)
    clear (&self->children[i]);
  g_free (self->children);
}

/**
 * cf_reply_tree_free:
 * @self: (transfer full) (nullable): the root of a tree
 */
void
cf_reply_tree_free (CfReplyTree *self)
{
  if (self == NULL)
    return;
  clear (self);
  g_free (self);
}

/**
 * cf_reply_tree_is:
 * @self: a node
 * @text: a word
 *
 * Returns: %TRUE if @self is text of any kind, namely @text
 */
gboolean
cf_reply_tree_is (const CfReplyTree *self, const char *text)
{
  return cf_reply_tree_has_text (self) && self->size == strlen (text) &&
         memcmp (self->text, text, self->size) == 0;
}

/**
 * cf_reply_tree_find:
 * @self: a node; what RESP3 sends as a map is an array in RESP2
 * @key: a word
 *
 * Returns: (transfer none) (nullable): the value of @key; %NULL if there is
 *   none, or @self has no children
 */
const CfReplyTree *
cf_reply_tree_find (const CfReplyTree *self, const char *key)
{
  if (!cf_reply_tree_is_aggregate (self))
    return NULL;
  for (gsize i = 0; i + 1 < self->size; i += 2)
    if (cf_reply_tree_is (&self->children[i], key))
      return &self->children[i + 1];
  return NULL;
}
