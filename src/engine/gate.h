/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gate.h -- how an operation on the whole keyspace is alone for a moment.
 *
 * Every worker has a keeper, and holds the keeper's lock while it runs a
 * batch.  An exclusive operation takes the locks of all keepers, in order; so
 * the common path writes no cache line that another core writes.
 *
 * An exclusive operation must not make everybody wait for one long command:
 * it tries for at most CF_GATE_TRY_US with the gate marked as wanted (workers
 * that arrive then wait), and when some keeper's batch does not end by then,
 * it lets everybody go on, waits holding nothing until that batch is over,
 * and tries again.  After CF_GATE_PATIENCE_US no further command that is
 * known to take long begins (backlog.h), so that its turn comes.
 *
 * Whoever holds something while it closes the gate, or closes it more than
 * once, reserves it first; so does everybody else who is to wait for that.
 *
 * Who waits may be told to give up: a function is asked every few
 * milliseconds.
 *
 * Lock order: EXCLUSIVE, then the keepers' GATE locks by number.
 * Thread safety: all functions may be called from any thread.
 */
#pragma once

#include "engine/backlog.h"

G_BEGIN_DECLS

#define CF_GATE_KEEPERS_MAX 1024
#define CF_GATE_TRY_US 1000
#define CF_GATE_PATIENCE_US (50 * 1000)

typedef struct _CfGate CfGate;

/* Whether not to wait any longer; no lock of the gate's is held. */
typedef gboolean (*CfGateGiveUp) (gpointer data);

typedef struct
{
  CfMutex lock;
  CfGate *gate; /* (not owned) set once */
  guint number;
  guint n_left;    /* (atomic) how often it went out; wraps */
  gint n_awaiting; /* (atomic) closers that wait until it goes out */
  gboolean in_use; /* protected by the gate's EXCLUSIVE lock */
} CfGateKeeper;

CfGate *cf_gate_new (CfBacklog *backlog /* (nullable) */);
void cf_gate_free (CfGate *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfGate, cf_gate_free)

CfGateKeeper *cf_gate_register (CfGate *self); /* NULL: too many */
void cf_gate_unregister (CfGate *self, CfGateKeeper *keeper);

void cf_gate_enter (CfGateKeeper *keeper); /* may wait while it is closed */
void cf_gate_leave (CfGateKeeper *keeper);
/* For one that is inside: whether another would go on if it went out. */
gboolean cf_gate_is_wanted (const CfGateKeeper *keeper);

/* Nobody else can until cf_gate_unreserve().  The caller must be outside; it
 * may go in and out after that.  FALSE: it was told to give up, which it is not
 * if @give_up is NULL. */
gboolean cf_gate_reserve (CfGate *self, CfGateGiveUp give_up, gpointer data);
void cf_gate_unreserve (CfGate *self);
/* The caller's keeper must not be inside; it gets no lock of its own but is
 * alone until cf_gate_open().  FALSE: as above; the gate is open. */
gboolean cf_gate_close (CfGate *self, CfGateGiveUp give_up, gpointer data);
void cf_gate_open (CfGate *self);

G_END_DECLS
