/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reply-tree.h -- a reply of a server, read whole.
 *
 * A tree of nodes, those of one aggregate side by side in one array.  A map
 * has twice as many children as entries: key, value, key, value.
 *
 * 1. text is (not NULL and) followed by a zero byte that size does not count.
 * 2. A tree is at most CF_REPLY_TREE_DEPTH_MAX levels high, so that whoever
 * walks it may do so by recursion.
 *
 * Thread safety: a tree belongs to one thread at a time.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CF_REPLY_TREE_DEPTH_MAX 256

typedef enum
{
  CF_REPLY_TREE_NIL,
  CF_REPLY_TREE_BOOLEAN,    /* integer */
  CF_REPLY_TREE_INTEGER,    /* integer */
  CF_REPLY_TREE_STATUS,     /* text */
  CF_REPLY_TREE_ERROR,      /* text, with its prefix */
  CF_REPLY_TREE_STRING,     /* text */
  CF_REPLY_TREE_VERBATIM,   /* text, without its format */
  CF_REPLY_TREE_DOUBLE,     /* text, as it was sent */
  CF_REPLY_TREE_BIG_NUMBER, /* text */
  CF_REPLY_TREE_ARRAY,      /* children, as all below */
  CF_REPLY_TREE_MAP,
  CF_REPLY_TREE_SET,
  CF_REPLY_TREE_PUSH,
} CfReplyKind;

typedef struct _CfReplyTree CfReplyTree;
struct _CfReplyTree
{
  CfReplyKind kind;
  guint n_reserved; /* children there is room for */
  gsize size;       /* of the text in bytes, or the number of children */
  union
  {
    gint64 integer;
    char *text;            /* (owned) */
    CfReplyTree *children; /* (owned) (array length=size) */
  };
};

/**
 * cf_reply_tree_is_aggregate:
 * @self: a reply
 *
 * Returns: whether it is one of those that have children
 */
static inline gboolean
cf_reply_tree_is_aggregate (const CfReplyTree *self)
{
  return self->kind >= CF_REPLY_TREE_ARRAY;
}

/**
 * cf_reply_tree_has_text:
 * @self: a reply
 *
 * Returns: whether it is one of those that have a text
 */
static inline gboolean
cf_reply_tree_has_text (const CfReplyTree *self)
{
  return self->kind >= CF_REPLY_TREE_STATUS && self->kind < CF_REPLY_TREE_ARRAY;
}

CfReplyTree *cf_reply_tree_new (void);
CfReplyTree *cf_reply_tree_add (CfReplyTree *self);
gboolean cf_reply_tree_set_text (CfReplyTree *self,
                                 CfReplyKind kind,
                                 const char *text,
                                 gsize size);
void cf_reply_tree_free (CfReplyTree *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfReplyTree, cf_reply_tree_free)

gboolean cf_reply_tree_is (const CfReplyTree *self, const char *text);
const CfReplyTree *cf_reply_tree_find (const CfReplyTree *self,
                                       const char *key);

G_END_DECLS
