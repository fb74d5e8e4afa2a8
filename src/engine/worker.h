/* SPDX-License-Identifier: GPL-3.0-or-later */
/* worker.h -- a thread that runs commands, and what it has at hand.
 *
 * A worker has its keeper at the gate, its pool of output chunks, its scratch
 * space and its share of the statistics, so that a command allocates nothing
 * and writes no cache line that another thread writes.
 *
 * A batch: cf_worker_enter(), commands, cf_worker_leave().  In between the
 * worker is inside the gate.
 *
 * Thread safety: a worker belongs to the thread that uses it.  Workers are
 * reused: threads come and go, the set of workers only grows.
 */
#pragma once

#include "engine/gate.h"
#include "engine/stats.h"
#include "proto/out.h"
#include "store/keyspace.h"

G_BEGIN_DECLS

#define CF_WORKER_SCRATCH (64 * 1024) /* bytes to receive into */

typedef struct _CfEngine CfEngine;

typedef struct _CfWorker
{
  CfEngine *engine;     /* (not owned) */
  CfGateKeeper *keeper; /* (owned by the gate) */
  CfOutPool chunks;
  char *scratch;        /* (owned) CF_WORKER_SCRATCH bytes for the network */
  CfHold hold;          /* of the command that runs */
  CfKey *keys;          /* (owned) of the command that runs */
  guint *key_arguments; /* (owned) the argument each key is */
  gsize n_keys;
  gsize keys_capacity;
  const CfKey *ahead; /* (not owned) (nullable) what was derived beforehand
                         of a word of the request that runs */
  gboolean like_last; /* its command's word is that of the last request,
                         which this worker ran just before */
  gboolean like_next; /* likewise of the next one, which it is to run */
  guint16 next_slot;  /* that of its key, or CF_NO_SLOT */
  const struct _CfCommandInfo *again; /* (nullable) the last request's command,
                                         if nothing was in its way and it is
                                         run again just like that */
  guint again_argc;                   /* how many words it had */
  const struct _CfCommandInfo *found; /* (nullable) what the last request's
                                         word named */
  GArray *positions;                  /* (owned) scratch of guint */
  CfStatsShard *stats;                /* (owned by the engine's stats) */
  gint64 batch_us;                    /* wall clock when the clocks were read */
  guint64 batch_ticks;                /* steady clock, likewise */
  guint64 since_ticks; /* (atomic) the same, for who watches; 0: no batch has
                          begun in this turn */
  gint64 now_us;       /* wall clock when the present command began, or the
                          first of those that are measured together */
  gint64 now_ms;       /* the same in milliseconds */
  guint64 now_ticks;   /* steady clock, likewise */
  guint64 told_ticks;  /* the value of @now_ticks that @now_us is of */
  struct _CfScriptHost *scripts; /* (owned) (nullable) its Lua states */
  gboolean inside;               /* the gate */
} CfWorker;

void cf_worker_free (CfWorker *self);
CfWorker *cf_worker_acquire (CfEngine *engine); /* NULL: too many */
void cf_worker_release (CfWorker *self);

void cf_worker_enter (CfWorker *self);
void cf_worker_leave (CfWorker *self);
/* Goes on with a batch after cf_worker_leave(), the clocks as they were.  With
 * claims it waits until nobody else holds everything. */
void cf_worker_return (CfWorker *self);
/* Reads the clocks again. */
void cf_worker_tick (CfWorker *self);
/* Lets an exclusive operation pass; between two steps of a long walk, with
 * nothing held, and never within a transaction. */
void cf_worker_breathe (CfWorker *self);

G_END_DECLS
