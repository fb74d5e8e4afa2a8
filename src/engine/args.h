/* SPDX-License-Identifier: GPL-3.0-or-later */
/* args.h -- arguments that outlive the buffer they came in: of a queued
 * command, or of one that waits.
 *
 * Small arguments stand behind the slices in one block; a large one stays in
 * the blob it was received in.
 *
 * Thread safety: none; owned by one session.
 */
#pragma once

#include "base/blob.h"
#include "proto/request.h"

G_BEGIN_DECLS

typedef struct
{
  guint argc;
  gsize memory;   /* bytes, all told */
  gboolean shown; /* to those who monitor, though it has to begin anew */
  CfBlob **blobs; /* (owned) (nullable) [i] (owned) (nullable) */
  CfSlice argv[];
} CfArgs;

CfArgs *cf_args_try_new (const CfSlice *argv, guint argc, CfRequest *request);
void cf_args_free (CfArgs *self);
CfBlob *cf_args_take_blob (CfArgs *self, guint i);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfArgs, cf_args_free)

G_END_DECLS
