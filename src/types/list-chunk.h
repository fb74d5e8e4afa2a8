/* SPDX-License-Identifier: GPL-3.0-or-later */
/* list-chunk.h -- a list from inside: its chunks of nodes.
 *
 * For list*.c alone.
 *
 * Thread safety: none; readers may be many.
 */
#pragma once

#include "types/list-node.h"
#include "types/list.h"

G_BEGIN_DECLS

/* Bytes of a listpack that are no elements. */
#define CF_LIST_PACK_HEADER 6
#define CF_LIST_PACK_BYTES (CF_LIST_PACK_HEADER + 1)

/* What cf_list_set_plain_size() set. */
gsize cf_list_get_plain_size (void);

struct _CfListChunk
{
  CfListChunk *previous; /* (nullable) */
  CfListChunk *next;     /* (nullable) */
  guint32 n;             /* elements */
  guint16 n_nodes;       /* at least one */
  guint16 capacity;      /* nodes */
  CfListNode nodes[];
};

struct _CfList
{
  CfObject object;
  CfListChunk *first; /* (owned) (nullable) */
  CfListChunk *last;  /* (nullable) */
  gsize n;            /* elements */
  gsize n_nodes;
};

CfListChunk *cf_list_try_add_chunk (CfList *self,
                                    CfListChunk *previous,
                                    CfListChunk *next,
                                    guint capacity);
void cf_list_free_chunk (CfListChunk *chunk);
void cf_list_move_chunk (CfList *self, CfListChunk *chunk, CfList *to);
gboolean cf_list_add_node (CfList *self,
                           CfListChunk *chunk,
                           guint at,
                           const CfListNode *node,
                           CfListCursor *cursor);
void cf_list_remove_node (CfList *self, CfListChunk *chunk, guint at);

G_END_DECLS
