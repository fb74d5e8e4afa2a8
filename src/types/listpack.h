/* SPDX-License-Identifier: GPL-3.0-or-later */
/* listpack.h -- a few strings and integers in one block, in Redis's layout.
 *
 *   total bytes: 4 | elements: 2 (65535: count them) | element ... | 0xFF
 *
 * All numbers little-endian.  An element is its encoding and data, then its
 * own size backwards (1 to 5 bytes), so that one can go both ways.  A string
 * that is the canonical text of an int64 is kept as an integer.
 *
 * Source: antirez, "Listpack specification" (2017), and what redis-server
 * 7.0 writes.
 *
 * A position (CfListpackAt) is an offset in the block: good until a change
 * before it.  Functions that change a listpack take the address of its
 * pointer, since the block moves.  A block is at most CF_LISTPACK_MAX bytes.
 *
 * Thread safety: none; readers may be many.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

G_BEGIN_DECLS

typedef struct _CfListpack CfListpack; /* (opaque) g_free() frees it */
typedef guint32 CfListpackAt;          /* 0: there is none */

#define CF_LISTPACK_MAX (1u << 30) /* bytes */
#define CF_LISTPACK_SCRATCH 32     /* bytes: room for an integer's digits */

CfListpack *cf_listpack_new (void);
CfListpack *cf_listpack_try_copy (const CfListpack *self); /* (nullable) */
/* From bytes of others: checks every element.  NULL: damaged, no memory, or
 * more than CF_LISTPACK_MAX. */
CfListpack *cf_listpack_try_parse (CfSlice bytes);
CfSlice cf_listpack_bytes (const CfListpack *self); /* the whole block */
gsize cf_listpack_size (const CfListpack *self);    /* bytes */
gsize cf_listpack_n (const CfListpack *self); /* O(1) below 65535, else O(n) */
/* Bytes that @element would take. */
gsize cf_listpack_cost (CfSlice element);

CfListpackAt cf_listpack_first (const CfListpack *self);
CfListpackAt cf_listpack_last (const CfListpack *self);
CfListpackAt cf_listpack_next (const CfListpack *self, CfListpackAt at);
CfListpackAt cf_listpack_prev (const CfListpack *self, CfListpackAt at);
/* @index counts from 0, or from -1 backwards at the end. */
CfListpackAt cf_listpack_seek (const CfListpack *self, gint64 index);
/* The first equal to @wanted at @at or after it, looking at one, leaving out
 * @skip, looking at one, and so on. */
CfListpackAt cf_listpack_find (const CfListpack *self,
                               CfListpackAt at,
                               CfSlice wanted,
                               guint skip);

/* An integer is written to @scratch. */
CfSlice cf_listpack_get (const CfListpack *self,
                         CfListpackAt at,
                         char scratch[CF_LISTPACK_SCRATCH]);
/* FALSE: it is no integer. */
gboolean
cf_listpack_get_int (const CfListpack *self, CfListpackAt at, gint64 *value);
gboolean
cf_listpack_equal (const CfListpack *self, CfListpackAt at, CfSlice bytes);

/* FALSE: no memory, or too large; nothing was changed.  Before @at; 0: at the
 * end. */
gboolean
cf_listpack_insert (CfListpack **self, CfListpackAt at, CfSlice element);
gboolean
cf_listpack_insert_int (CfListpack **self, CfListpackAt at, gint64 element);
gboolean
cf_listpack_replace (CfListpack **self, CfListpackAt at, CfSlice element);
gboolean
cf_listpack_replace_int (CfListpack **self, CfListpackAt at, gint64 element);

/**
 * cf_listpack_append:
 * @self: (inout): a listpack, which may move
 * @element: a string
 *
 * As cf_listpack_insert() behind the last element.
 *
 * Returns: %FALSE without memory, or if it is too large; nothing has changed
 *   then
 */
static inline gboolean
cf_listpack_append (CfListpack **self, CfSlice element)
{
  return cf_listpack_insert (self, 0, element);
}

/**
 * cf_listpack_append_int:
 * @self: (inout): a listpack, which may move
 * @element: an integer
 *
 * As cf_listpack_insert_int() behind the last element.
 *
 * Returns: %FALSE without memory, or if it is too large; nothing has changed
 *   then
 */
static inline gboolean
cf_listpack_append_int (CfListpack **self, gint64 element)
{
  return cf_listpack_insert_int (self, 0, element);
}

/**
 * cf_listpack_prepend:
 * @self: (inout): a listpack, which may move
 * @element: a string
 *
 * As cf_listpack_insert() before the first element.
 *
 * Returns: %FALSE without memory, or if it is too large; nothing has changed
 *   then
 */
static inline gboolean
cf_listpack_prepend (CfListpack **self, CfSlice element)
{
  return cf_listpack_insert (self, cf_listpack_first (*self), element);
}

/* Removes up to @n elements from @at on; what followed is at @at then, which
 * is returned unless nothing did. */
CfListpackAt cf_listpack_remove (CfListpack **self, CfListpackAt at, gsize n);
/* Appends all of @other, which stays. */
gboolean cf_listpack_append_all (CfListpack **self, const CfListpack *other);

G_END_DECLS
