/* SPDX-License-Identifier: GPL-3.0-or-later */
/* list.h -- a list: quick at both ends, and not slow in between.
 *
 * Elements stand in nodes of some kilobytes, encoded as in Redis's listpacks;
 * nodes stand in chunks of up to CF_LIST_CHUNK, which know how many elements
 * they have and are linked both ways:
 *
 *   list -> chunk <----------------> chunk <------------> chunk
 *            | node node node ...     | node ...           | node ...
 *              | a b c ...
 *
 * So an index far inside costs a step for each chunk from the nearer end, a
 * step for each node of one chunk, and a step for each element of one node.
 *
 * The limit of a node is the setting list-max-listpack-size: a number of
 * elements (in no more than CF_LIST_SAFE_BYTES), or from -1 to -5 for 4, 8, 16,
 * 32, 64 kilobytes.  An element that does not fit is a blob of its own.
 *
 * A cursor stands on an element.  It is good until the next change, but for
 * the changes made with it.
 *
 * Thread safety: none; readers (const) may be many.  cf_list_set_plain_size()
 * may be called from any thread.
 */
#pragma once

#include "base/blob.h"
#include "types/listpack.h"
#include "types/object.h"

G_BEGIN_DECLS

typedef struct _CfList CfList;
typedef struct _CfListChunk CfListChunk;

#define CF_LIST_CHUNK 64 /* nodes */
#define CF_LIST_SAFE_BYTES 8192
#define CF_LIST_SCRATCH CF_LISTPACK_SCRATCH

typedef enum
{
  CF_LIST_HEAD,
  CF_LIST_TAIL,
} CfListEnd;

typedef struct
{
  CfSlice bytes;
  CfBlob *blob; /* (nullable) (not owned) that @bytes are the whole of */
} CfListElement;

typedef struct
{
  CfListChunk *chunk;
  guint node;
  guint32 at; /* in the node */
  guint32 n;  /* elements in the node before this one */
} CfListCursor;

/**
 * cf_list_element:
 * @bytes: a string
 *
 * Returns: an element, to be copied from it
 */
static inline CfListElement
cf_list_element (CfSlice bytes)
{
  return (CfListElement){ bytes, NULL };
}

CfList *cf_list_new (void);
void cf_list_free (CfList *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfList, cf_list_free)

/**
 * cf_list_object:
 * @self: a list
 *
 * Returns: (transfer none): the same as an object
 */
static inline CfObject *
cf_list_object (CfList *self)
{
  return (CfObject *) self;
}

/**
 * cf_list_of_object:
 * @object: (nullable): a list as an object
 *
 * Returns: (transfer none) (nullable): the same as a list
 */
static inline CfList *
cf_list_of_object (CfObject *object)
{
  return (CfList *) object;
}

/* For tests: an element of so many bytes is a blob of its own in any list, so
 * that small ones can be.  0: as the limit of a node has it. */
void cf_list_set_plain_size (gsize size);

gsize cf_list_n (const CfList *self); /* elements */

/* FALSE: no memory, and nothing has changed.  The element is copied; or its
 * blob, if it has one and is large, shared. */
gboolean cf_list_push (CfList *self,
                       CfListEnd end,
                       const CfListElement *element,
                       gint limit);
/* Of the first or last one, if there is any; good until it changes. */
CfListElement
cf_list_peek (const CfList *self, CfListEnd end, char scratch[CF_LIST_SCRATCH]);
void cf_list_drop (CfList *self, CfListEnd end);
/* Removes @n at one end.  What is a lot is not freed but returned.
 * (transfer full) (nullable) */
CfList *cf_list_cut (CfList *self, CfListEnd end, gsize n);

/* @index counts from 0, or from -1 backwards.  FALSE: there is none. */
gboolean cf_list_seek (const CfList *self, gint64 index, CfListCursor *cursor);
gboolean cf_list_next (CfListCursor *cursor); /* FALSE: it was the last */
gboolean cf_list_previous (CfListCursor *cursor);
CfListElement cf_list_get (const CfListCursor *cursor,
                           char scratch[CF_LIST_SCRATCH]);
/* Calls @func for @n elements from the cursor's on; there are as many.  Each is
 * good for the call. */
typedef void (*CfListFunc) (const CfListElement *element, gpointer data);
void cf_list_each (const CfListCursor *cursor,
                   gsize n,
                   CfListFunc func,
                   gpointer data);

/* What is looked for. */
typedef struct
{
  CfSlice bytes;
  gboolean is_int;
  gint64 value;
} CfListWanted;
CfListWanted cf_list_wanted (CfSlice bytes);
gboolean cf_list_is (const CfListCursor *cursor, const CfListWanted *wanted);

/* FALSE: no memory, and nothing has changed but the cursor's worth; else it
 * stands on the new element. */
gboolean cf_list_insert (CfList *self,
                         CfListCursor *cursor,
                         gboolean after,
                         const CfListElement *element,
                         gint limit);
gboolean cf_list_replace (CfList *self,
                          CfListCursor *cursor,
                          const CfListElement *element,
                          gint limit);
/* Then the cursor stands on the one after it, or before it if @backwards;
 * FALSE: there is none. */
gboolean
cf_list_remove (CfList *self, CfListCursor *cursor, gboolean backwards);

/* To save and to load: listpacks, head first, each good for the call.  FALSE
 * from @func ends it. */
typedef gboolean (*CfListPackFunc) (CfSlice listpack, gpointer data);
gsize cf_list_n_packs (const CfList *self);
gboolean
cf_list_each_pack (const CfList *self, CfListPackFunc func, gpointer data);
gboolean cf_list_append_pack (CfList *self, const CfListpack *pack, gint limit);

G_END_DECLS
