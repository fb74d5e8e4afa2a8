/* SPDX-License-Identifier: GPL-3.0-or-later */
/* object.h -- a value that is more than a string: list, hash, set, sorted
 * set, stream.
 *
 * What the keyspace and the commands on keys must know of such a value,
 * whatever its type, goes through its class.  A type's own structure begins
 * with a CfObject and is changed in place: the pointer that the entry has
 * stays the same when its encoding changes.  No object is ever empty for
 * longer than a command runs, streams excepted: the command that takes the
 * last element out removes the key.
 *
 * Thread safety: none of its own; whoever holds the key has the object.  What
 * only reads (const) must not change anything at all, so that any number of
 * threads may read at once.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Numbered as Redis numbers them. */
typedef enum
{
  CF_TYPE_STRING,
  CF_TYPE_LIST,
  CF_TYPE_SET,
  CF_TYPE_ZSET,
  CF_TYPE_HASH,
  CF_TYPE_MODULE,
  CF_TYPE_STREAM,
} CfType;

typedef struct _CfObject CfObject;

typedef struct
{
  CfType type;
  void (*free) (CfObject *self);
  CfObject *(*try_copy) (const CfObject *self); /* NULL: no memory */
  gsize (*n_elements) (const CfObject *self);   /* as xLEN counts; O(1) */
  /* How many blocks of memory it takes, about: what freeing or copying it
   * costs.  O(1). */
  gsize (*n_blocks) (const CfObject *self);
  /* Bytes, from a look at up to @samples elements (0: all). */
  gsize (*memory) (const CfObject *self, gsize samples);
  const char *(*encoding) (const CfObject *self); /* as OBJECT ENCODING */
} CfObjectClass;

struct _CfObject
{
  const CfObjectClass *class;
};

/* Objects of more blocks than this are freed in the background. */
#define CF_OBJECT_LARGE_BLOCKS 2048
/* Going over more elements than this is long: see CF_COMMAND_BIG. */
#define CF_OBJECT_LARGE_ELEMENTS 256
/* What MEMORY USAGE, eviction and others look at unless told otherwise. */
#define CF_OBJECT_SAMPLES 5

CfType cf_object_type (const CfObject *self);
void cf_object_free (CfObject *self); /* (nullable) (transfer full) */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfObject, cf_object_free)
CfObject *cf_object_try_copy (const CfObject *self); /* (nullable) */
gsize cf_object_n_elements (const CfObject *self);
gsize cf_object_n_blocks (const CfObject *self);
gsize cf_object_memory (const CfObject *self, gsize samples);
const char *cf_object_encoding (const CfObject *self);

G_END_DECLS
