/* SPDX-License-Identifier: GPL-3.0-or-later */
/* transaction.h -- MULTI: commands that are queued and then run as one.
 *
 * EXEC holds the keys of all of them, and of WATCH, before it looks whether
 * a watched key was changed; so nothing comes between that look and the
 * last command.
 *
 * Thread safety: a transaction belongs to its session.
 */
#pragma once

#include "engine/call.h"

G_BEGIN_DECLS

CfTransaction *cf_transaction_new (void);
void cf_transaction_free (CfTransaction *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfTransaction, cf_transaction_free)

void cf_transaction_queue (CfTransaction *self,
                           const CfCommandInfo *info,
                           CfArgs *args,
                           CfCommandFlags flags); /* (transfer full) */
void cf_transaction_abort (CfTransaction *self);
gboolean cf_transaction_is_aborted (const CfTransaction *self);
guint cf_transaction_n (const CfTransaction *self);
gsize cf_transaction_memory (const CfTransaction *self); /* bytes */
/* The flags of all its commands together. */
CfCommandFlags cf_transaction_flags (const CfTransaction *self);

/* What EXEC must hold: calls @func for each key of a queued command. */
typedef void (*CfKeyFunc) (CfSlice key, gpointer data);
void cf_transaction_each_key (const CfTransaction *self,
                              CfKeyFunc func,
                              gpointer data);

/* Runs all commands and replies with the array of their replies.  The keys
 * are held by @call. */
void cf_transaction_run (CfTransaction *self, CfCall *call);

G_END_DECLS
