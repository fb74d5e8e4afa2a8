/* SPDX-License-Identifier: GPL-3.0-or-later */
/* remote-store.h -- operations of the model, performed by a real server.
 *
 * Thread safety: cf_remote_store_perform() may run on several threads, each
 * with a thread number of its own; the rest is for when none runs.
 */
#pragma once

#include "daemon/harness.h"
#include "linear/model.h"

G_BEGIN_DECLS

typedef struct _CfRemoteStore CfRemoteStore;

CfRemoteStore *cf_remote_store_new (const CfHarness *harness, guint n_threads);
void cf_remote_store_free (CfRemoteStore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfRemoteStore, cf_remote_store_free)

void cf_remote_store_forget (CfRemoteStore *self);
void cf_remote_store_perform (gpointer self,
                              guint thread,
                              CfOperation *operations,
                              guint n_operations);

G_END_DECLS
