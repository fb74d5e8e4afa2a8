/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rounds.h -- threads that do random operations at once, and what they saw.
 *
 * Thread safety: cf_rounds_play() is for one thread at a time; it calls
 * perform on several, never twice at once with the same thread number.
 */
#pragma once

#include "linear/model.h"

G_BEGIN_DECLS

#define CF_ROUNDS_THREADS_MAX 8
#define CF_ROUNDS_DEPTH_MAX 4

/* Performs operations, in their order, and fills in the results. */
typedef void (*CfPerformFunc) (gpointer target,
                               guint thread,
                               CfOperation *operations,
                               guint n_operations);

typedef struct
{
  guint n_threads;
  guint n_keys;
  guint n_operations; /* of each thread */
  guint depth;        /* how many are sent at once, at most */
} CfRounds;

GArray *cf_rounds_play (const CfRounds *self,
                        CfPerformFunc perform,
                        gpointer target,
                        guint32 seed);

G_END_DECLS
