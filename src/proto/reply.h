/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reply.h -- writes RESP2 and RESP3 to an output chain.
 *
 * Each function writes one value, or the head of an aggregate whose elements
 * are to follow.  Where RESP2 lacks a type, it writes what Redis writes then
 * (a map is an array of twice the length, a double a bulk string, ...).
 *
 * Source: the RESP3 specification by Salvatore Sanfilippo.
 * Thread safety: a reply belongs to one thread.
 */
#pragma once

#include <glib.h>

#include "proto/out.h"

G_BEGIN_DECLS

typedef struct
{
  CfOut *out;  /* (not owned) */
  guint8 resp; /* 2 or 3 */
} CfReply;

/* Bulk strings of at least this many bytes that stand in a blob are sent by
 * reference. */
#define CF_REPLY_BY_REFERENCE (16 * 1024)

void cf_reply_ok (CfReply *self);
void cf_reply_status (CfReply *self, const char *status); /* +status */
void cf_reply_error (CfReply *self, const char *message); /* -message, which
                                  has its prefix; CR and LF become blanks */
void cf_reply_int (CfReply *self, gint64 value);
void cf_reply_bool (CfReply *self, gboolean value); /* RESP2: :0 :1 */
void cf_reply_double (CfReply *self, double value);
void cf_reply_human_double (CfReply *self, long double value); /* a bulk */
void cf_reply_decimal (CfReply *self, double value);           /* no exponent */
void cf_reply_bignum (CfReply *self, CfSlice digits);
void cf_reply_bulk (CfReply *self, CfSlice bytes);
void cf_reply_bulk_string (CfReply *self, const char *string);
void cf_reply_bulk_int (CfReply *self, gint64 value);
void cf_reply_bulk_blob (CfReply *self, CfBlob *blob, gsize start, gsize size);
void cf_reply_verbatim (CfReply *self, const char *format, CfSlice text);
void cf_reply_null (CfReply *self);       /* $-1 or _ */
void cf_reply_null_array (CfReply *self); /* *-1 or _ */
void cf_reply_array (CfReply *self, gsize n_elements);
void cf_reply_map (CfReply *self, gsize n_pairs);
void cf_reply_set (CfReply *self, gsize n_elements);
void cf_reply_push (CfReply *self, gsize n_elements);
void cf_reply_attribute (CfReply *self, gsize n_pairs); /* RESP3 only */

/* An aggregate whose length is known only at its end. */
CfOutChunk *cf_reply_deferred (CfReply *self);
void
cf_reply_deferred_array (CfReply *self, CfOutChunk *hole, gsize n_elements);
void cf_reply_deferred_map (CfReply *self, CfOutChunk *hole, gsize n_pairs);
void cf_reply_deferred_set (CfReply *self, CfOutChunk *hole, gsize n_elements);

G_END_DECLS
