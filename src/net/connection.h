/* SPDX-License-Identifier: GPL-3.0-or-later */
/* connection.h -- a client's socket, and what becomes of it.
 *
 * A connection is served in turns.  A turn receives what there is, up to a
 * fair amount, and runs the requests that are whole; then all replies are sent
 * at once.  What a turn finds out is left in the connection for the loop.
 *
 *            requests                 all sent                peer closed,
 *   OPEN ------------------> FLUSHING --------> LINGERING --------> DEAD
 *        QUIT, bad protocol,                    or its time is over
 *        end of file, shutdown
 *
 * FLUSHING and LINGERING run no request.  A socket that is closed while
 * bytes from its peer are unread sends a reset, which may destroy replies
 * that the peer has not read yet; so the end is announced first, and for a
 * moment what still comes in is read and dropped.  A connection that fails or
 * is killed goes straight to DEAD.
 *
 * Invariants: 1. An idle connection holds no buffer.  2. @session.out borrows
 * a pool only within a turn.  3. Requests that were received but not run are
 * kept in @request, and @has_kept is set.
 *
 * Thread safety: a turn and the fields that it uses belong to the handler that
 * runs it; the other fields to the handler that has the loop, which leaves a
 * connection alone while it is @away with a relieved handler.  Other threads
 * leave word in @inbox.
 */
#pragma once

#include <gio/gio.h>

#include "engine/engine.h"
#include "engine/executor.h"
#include "engine/session.h"
#include "engine/worker.h"
#include "net/mailbox.h"
#include "net/timers.h"
#include "net/tls-stream.h"
#include "proto/plain.h"
#include "proto/request.h"

G_BEGIN_DECLS

typedef enum
{
  CF_STAGE_OPEN,
  CF_STAGE_FLUSHING,
  CF_STAGE_LINGERING,
  CF_STAGE_ENDING, /* one more turn, to undo what it leaves behind */
  CF_STAGE_DEAD,
} CfConnectionStage;

typedef enum
{
  CF_TURN_GO_ON, /* all well: see cf_connection_wants_turn() */
  CF_TURN_CLOSE, /* send what is due, then close */
  CF_TURN_GONE,  /* close at once */
} CfTurn;

typedef struct
{
  gboolean notified; /* a CF_MESSAGE_MAIL is on its way */
  gboolean told;     /* a CF_MESSAGE_TOLD is, or the loop knows from one */
  gboolean close;
  CfWakeReason wake;     /* CF_WAKE_NONE: no */
  guint wake_serial;     /* of the parking that @wake is for */
  CfWakeReason wake_any; /* the same, whatever it waits for */
  GPtrArray *blobs; /* (owned) (nullable) (element-type CfBlob) to be sent */
  gsize bytes;      /* of @blobs */
  gint64 soft_since_ms; /* these are over the soft limit; 0: they are not */
  gboolean flooded;     /* they were too many */
} CfInbox;

typedef struct _CfConnection
{
  CfSession session;

  /* Set by cf_connection_new() and only read after. */
  CfEngine *engine; /* (not owned) */
  int fd;
  gsize reader_bytes;   /* that a reader takes without any buffer */
  const gint *stopping; /* (not owned) (atomic) run no more requests */

  CfMailbox *mailbox; /* (not owned) (atomic) of the loop that has it */

  CfMutex inbox_lock;
  CfInbox inbox; /* protected by @inbox_lock */

  /* The turn's. */
  CfTlsStream *tls;      /* (owned) (nullable) receives and sends instead */
  CfRequest *request;    /* (owned) */
  CfPlain *plain;        /* (owned) (nullable) instead, in the plain dialect */
  CfWakeReason wake;     /* resume the parked command, for this reason */
  CfTurn turn;           /* how the last one ended */
  gboolean readable;     /* there may be something to receive */
  gboolean writable;     /* the socket may take more */
  gboolean has_kept;     /* @request may have a request to run */
  gboolean hung_up;      /* there is an end to be received, too */
  gboolean has_ended;    /* the peer will send no more */
  gboolean is_forgotten; /* by the engine */
  gint64 active_ms;      /* when the last request came */
  gboolean is_warm;      /* was active not long ago */
  gsize query_peak;      /* bytes received in a turn, lately */
  gsize reply_peak;      /* bytes sent in a turn, lately */

  /* The loop's. */
  GSocketConnection *socket; /* (owned) (nullable) DEAD: NULL */
  CfConnectionStage stage;
  GList link;       /* in the loop's connections or dead ones */
  GList ready_link; /* in the loop's ready ones, if @is_ready */
  GList due_link;   /* in those to be sent to, if @is_due */
  GList told_link;  /* in those told something, if @is_told */
  gboolean is_ready;
  gboolean is_due;
  gboolean is_told;
  guint window;             /* see cf_gather_meet() */
  gboolean is_away;         /* a relieved handler has it */
  gboolean missed_readable; /* events that came while it was away */
  gboolean missed_writable;
  gboolean missed_hang_up;
  gboolean missed_mail;
  struct _CfLoop *move_to; /* (not owned) (nullable) where it is to go when it
                              is back */
  gint64 close_by_ms;      /* FLUSHING, LINGERING */
  gsize flush_left;        /* FLUSHING: bytes that were to be sent */
  gsize counted_memory;    /* bytes, in the loop's sum */
  gint evicted;            /* (atomic) it is being closed for its memory */
  gint64 soft_since_ms;    /* over the soft limit of its output; 0: it is not */
  CfTimer timer;
} CfConnection;

/* Bytes of replies after which a turn ends, so that they are sent. */
#define CF_CONNECTION_FLUSH_BYTES (1024 * 1024)
/* Bytes of replies that may wait before no more requests are read.  Clients
 * send long pipelines before they read the first reply, so this is much. */
#define CF_CONNECTION_THROTTLE_BYTES (256 * 1024 * 1024)
/* A connection that was idle for so long gives back what it kept warm. */
#define CF_CONNECTION_WARM_MS 2000

CfConnection *cf_connection_new (CfEngine *engine,
                                 GSocketConnection *socket,
                                 guint flags,
                                 const gint *stopping);
void cf_connection_set_options (CfConnection *self);

/* connection-turn.c, connection-send.c */
void cf_connection_take_turn (CfConnection *self, CfWorker *worker);
void cf_connection_send (CfConnection *self, CfWorker *worker);

gboolean cf_connection_wants_turn (const CfConnection *self);
gboolean cf_connection_leaves_much (const CfConnection *self);
void cf_connection_forget (CfConnection *self);
gboolean cf_connection_is_over_limit (CfConnection *self,
                                      gint64 now_ms,
                                      gint64 *again_ms);
void cf_connection_open_inbox (CfConnection *self, CfWorker *worker);
void cf_connection_look_into_inbox (CfConnection *self);

/* connection-show.c */
void cf_connection_cool (CfConnection *self);
void cf_connection_publish (CfConnection *self);

/**
 * cf_connection_of_timer:
 * @timer: the timer of a connection
 *
 * Returns: (transfer none): whose it is
 */
static inline CfConnection *
cf_connection_of_timer (CfTimer *timer)
{
  return (CfConnection *) ((char *) timer -
                           G_STRUCT_OFFSET (CfConnection, timer));
}

/**
 * cf_connection_is_parked:
 * @self: a connection
 *
 * Returns: whether a request of it waits for something
 */
static inline gboolean
cf_connection_is_parked (const CfConnection *self)
{
  return self->session.park.kind != CF_PARK_NONE;
}

/**
 * cf_connection_may_run:
 * @self: a connection
 *
 * Returns: whether requests may be run now, if there are any
 */
static inline gboolean
cf_connection_may_run (const CfConnection *self)
{
  return self->turn == CF_TURN_GO_ON && !cf_connection_is_parked (self) &&
         self->session.out.memory < CF_CONNECTION_THROTTLE_BYTES &&
         !__atomic_load_n (self->stopping, __ATOMIC_RELAXED);
}

G_END_DECLS
