/* SPDX-License-Identifier: GPL-3.0-or-later */
/* loop.h -- an epoll set and its connections, and who runs it.
 *
 * A loop is run by a handler, a task of a thread pool.  Which thread that is
 * can change: while a handler is inside a turn of one connection, @claim is
 * odd, and if anything else has to be done meanwhile, the watchdog may take
 * the loop away from it and give it to a fresh handler, which serves all the
 * other connections at once:
 *
 *   handler                          watchdog, each millisecond or two
 *   claim := seq * 2 + 1             sees the same odd value twice, or that
 *   ... turn of one connection ...   the turn has taken too long already,
 *   CAS (claim, odd -> odd + 1)      and there is more to do:
 *                                      CAS (claim, odd -> odd + 1)
 *                                      and pushes the loop to the pool
 *
 * Of the two compare-and-swaps one fails.  A handler whose own fails has been
 * relieved: it posts its connection to the mailbox, and is no handler of this
 * loop any more.  The fresh handler finds that connection in @current and
 * leaves it alone until it comes back.
 *
 * A handler that nobody waits for stays, since a hand-over costs more than it
 * seems: two threads are woken, and the next turn finds cold caches.  But it
 * gives way to other threads, as one that was relieved does: the watchdog puts
 * its claim into @lowered when it has lowered its priority, and each of the
 * two looks afterwards at what the other one wrote, so that at least one of
 * them sees that the priority is to be put right.
 *
 * In a round each ready connection has its turn, and then the replies of all
 * are sent: who waits for them is woken once, and finds more to do.  What
 * clients are told without having asked, as by PUBLISH, is sent after that,
 * and not to all of them at once: who publishes more meanwhile is heard in
 * between, and those whose turn has not come yet get all of it by one send.
 *
 * Invariants: 1. Within a turn a handler touches nothing of its loop.  2. Only
 * the loop's handler takes connections in, and closes and frees them.  3. A
 * connection is in @ready if and only if @is_ready is set, and then it is not
 * away.
 *
 * Thread safety: see each field.  A release of @claim by one handler and its
 * acquisition by the watchdog order all that the loop owns.
 */
#pragma once

#include <sys/epoll.h>

#include "net/connection.h"
#include "net/gather.h"

G_BEGIN_DECLS

typedef struct _CfLoop CfLoop;
typedef struct _CfLoopGroup CfLoopGroup;

#define CF_LOOP_EVENTS 256

/* What the loops of a process share. */
struct _CfLoopGroup
{
  /* Set up before there is a handler, and only read after. */
  CfEngine *engine; /* (not owned) */
  CfLoop **loops;   /* (owned) (array length=n_loops) */
  guint n_loops;
  int cancel_fd; /* readable when all is to end */
  int watch_fd;  /* an eventfd that wakes the watchdog */
  /* Relieves a loop's handler, whose claim was seen, if there may be one more.
   */
  void (*relieve) (gpointer data, CfLoop *loop, guint64 claim);
  /* Called in some thread when the last loop has ended. */
  void (*ended) (gpointer data);
  gpointer data;

  gint stopping;         /* (atomic) run no more requests */
  gint abandoned;        /* (atomic) end without waiting for anything */
  guint n_live_loops;    /* (atomic) that have not ended */
  guint n_handlers;      /* (atomic) tasks in the pool */
  guint n_active;        /* (atomic) loops that get new connections */
  gboolean watch_asleep; /* (atomic) the watchdog waits for @watch_fd */
};

struct _CfLoop
{
  CfLoopGroup *group; /* (not owned) */
  guint number;
  int epoll_fd;
  CfMailbox mailbox;

  guint64 claim;       /* (atomic) see above */
  guint64 lowered;     /* (atomic) likewise */
  gint64 wanted_ms;    /* (atomic) when, by the wall clock, there will be more
                          to do than the turn, but for mail and events */
  guint n_away;        /* (atomic) turns that relieved handlers are still in */
  guint64 away_ticks;  /* the watchdog's: what such turns have taken */
  guint n_connections; /* (atomic) that it has or will get */
  guint64 idle_ticks;  /* (atomic) spent waiting */
  gsize memory;        /* (atomic) bytes of its connections */

  CfWorker *worker; /* (not owned) (atomic) the handler's */
  gint thread;      /* (atomic) the handler, for cf_priority_lower() */
  /* The handler's. */
  guint64 sequence;
  CfConnection *current; /* (nullable) whose turn it is */
  GQueue connections;    /* (element-type CfConnection) by link */
  GQueue ready;          /* (element-type CfConnection) by ready_link */
  GQueue due;            /* (element-type CfConnection) by due_link */
  GQueue told;           /* (element-type CfConnection) by told_link */
  GQueue dead;           /* (element-type CfConnection) by link */
  CfTimers timers;
  CfGather gather;
  GArray *messages; /* (owned) empty; kept for its memory */
  gint64 now_ms;    /* wall clock when this round began */
  gboolean stopping;
  struct epoll_event events[CF_LOOP_EVENTS];
};

CfLoop *cf_loop_new (CfLoopGroup *group, guint number, GError **error);
void cf_loop_free (CfLoop *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfLoop, cf_loop_free)

void cf_loop_handle (CfLoop *self, CfWorker *worker);

/**
 * cf_loop_get_claim:
 * @self: a loop
 *
 * Any thread.
 *
 * Returns: its claim; odd while a turn lasts
 */
static inline guint64
cf_loop_get_claim (const CfLoop *self)
{
  return __atomic_load_n (&self->claim, __ATOMIC_ACQUIRE);
}

/**
 * cf_loop_relieve:
 * @self: a loop
 * @claim: what it was when the turn began
 *
 * Ends the turn in which @claim was made, or, by the watchdog, the handler's
 * right to the loop.
 *
 * Returns: %FALSE if the other of the two did so before
 */
static inline gboolean
cf_loop_relieve (CfLoop *self, guint64 claim)
{
  return __atomic_compare_exchange_n (&self->claim, &claim, claim + 1, FALSE,
                                      __ATOMIC_SEQ_CST, __ATOMIC_ACQUIRE);
}

G_END_DECLS
