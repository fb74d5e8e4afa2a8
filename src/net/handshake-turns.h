/* SPDX-License-Identifier: GPL-3.0-or-later */
/* handshake-turns.h -- who is there, who has begun, and who waits for a turn to
 * begin.
 *
 *   new -- cf_handshake_turns_begin() --> begun -- cf_handshake_turns_remove()
 * --> gone ^            |                            | |   too many have begun
 * | |            v                            |
 *    '-------- waiting <-- it may try again ---'
 *
 * 1. All are in one queue, by when they came.
 * 2. Who has begun is in a second queue, by when; who waits in a third, by
 *    when it first asked; whoever else is in neither.
 * 3. Whoever is busy, a thread has: it stays until it is not.
 *
 * Thread safety: its owner's lock protects it, and each turn in it.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One that is there, embedded in what it is a turn of. */
typedef struct
{
  guint64 serial;  /* no other has, or has had, the same */
  gint64 start_ms; /* when it came */
  gboolean is_busy;

  /* The turns' own. */
  gboolean has_begun;
  gboolean is_waiting;
  GList link;      /* in @all */
  GList turn_link; /* in @begun or @waiting */
} CfHandshakeTurn;

typedef struct
{
  GHashTable *table; /* (owned) (element-type CfHandshakeTurn) by serial */
  GQueue all;        /* (element-type CfHandshakeTurn) */
  GQueue begun;      /* (element-type CfHandshakeTurn) */
  GQueue waiting;    /* (element-type CfHandshakeTurn) */
  guint64 serial;    /* the last that was given */
} CfHandshakeTurns;

void cf_handshake_turns_init (CfHandshakeTurns *self, guint64 serial);
void cf_handshake_turns_clear (CfHandshakeTurns *self);

void cf_handshake_turns_add (CfHandshakeTurns *self,
                             CfHandshakeTurn *turn,
                             gint64 now_ms);
CfHandshakeTurn *cf_handshake_turns_find (const CfHandshakeTurns *self,
                                          guint64 serial);
gboolean cf_handshake_turns_begin (CfHandshakeTurns *self,
                                   CfHandshakeTurn *turn,
                                   guint most);
CfHandshakeTurn *cf_handshake_turns_remove (CfHandshakeTurns *self,
                                            CfHandshakeTurn *turn);

CfHandshakeTurn *cf_handshake_turns_oldest (const GQueue *queue, gint64 by_ms);

G_END_DECLS
