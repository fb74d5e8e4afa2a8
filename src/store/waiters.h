/* SPDX-License-Identifier: GPL-3.0-or-later */
/* waiters.h -- who waits for a key to have something: a queue a key.
 *
 * A key that somebody waits for has a queue of links, first come first.  A
 * link stands for one waiter on one key; what a waiter is, its class knows.
 * Slots with no such key pay nothing for it.
 *
 * Whoever serves a key holds it, so that one thread goes through the queue of
 * a key at a time; a waiter takes its links out at any time, though:
 *
 *   cf_keyspace_begin_serving()              a new round; what is marked ready
 *   link = cf_keyspace_next_waiter(NULL)     from now on is for the next
 *   ... cf_keyspace_next_waiter(link) ...    NULL: that was the last
 *
 * Thread safety: fields of a link are the owner's until it is linked, and
 * protected by the lock of the key's slot then.  The functions that take a
 * hold are for who holds the key; the others lock the slot.
 */
#pragma once

#include "store/keyspace.h"

G_BEGIN_DECLS

typedef struct _CfObserved CfObserved;
typedef struct _CfWaitLink CfWaitLink;

typedef struct
{
  /* Both are called with the slot locked. */
  void (*ref) (gpointer waiter);
  void (*nudge) (gpointer waiter); /* the key vanished, or must be looked at */
} CfWaiterClass;

struct _CfWaitLink
{
  /* Set before it is linked, and only read after. */
  const CfWaiterClass *class;
  gpointer waiter;    /* (not owned) */
  guint argument;     /* the waiter's: which of its keys this is */
  gboolean even_gone; /* nudged when the key expires or is evicted */

  CfObserved *observed; /* (not owned) NULL: not linked */
  CfWaitLink *next;     /* (nullable) */
  CfWaitLink *previous; /* (nullable) */
  guint16 slot;
  guint round; /* the last in which it was looked at */
};

gboolean cf_keyspace_wait (CfKeyspace *self,
                           CfHold *hold,
                           guint db,
                           const CfKey *key,
                           CfWaitLink *link);
void cf_keyspace_unwait (CfKeyspace *self, CfWaitLink *link);
void cf_keyspace_unwait_held (CfKeyspace *self, CfHold *hold, CfWaitLink *link);

typedef enum
{
  CF_READY_NOBODY, /* nobody waits for it */
  CF_READY_ALREADY,
  CF_READY_NEWLY,
} CfReadiness;
CfReadiness cf_keyspace_mark_ready (
    CfKeyspace *self, CfHold *hold, guint db, const CfKey *key, gboolean gone);

guint cf_keyspace_begin_serving (CfKeyspace *self,
                                 CfHold *hold,
                                 guint db,
                                 const CfKey *key);
CfWaitLink *cf_keyspace_next_waiter (CfKeyspace *self,
                                     CfHold *hold,
                                     guint db,
                                     const CfKey *key,
                                     guint round,
                                     gboolean gone,
                                     CfWaitLink *last);
void cf_keyspace_nudge (CfKeyspace *self, guint db, const CfKey *key);

/* The gate is closed: calls @func for each key of @db (-1: any) that is
 * waited for. */
typedef void (*CfWaitedFunc) (guint db, const CfKey *key, gpointer data);
void cf_keyspace_each_waited (CfKeyspace *self,
                              gint db,
                              CfWaitedFunc func,
                              gpointer data);

G_END_DECLS
