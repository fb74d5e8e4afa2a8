/* SPDX-License-Identifier: GPL-3.0-or-later */
/* session.h -- a client as the engine sees it.
 *
 * The handler that runs a session's batch owns it; other threads reach it
 * through the table of sessions, read what @shown and @lock give, and ask its
 * loop for anything else (wake, kill, send) through @ops.
 *
 * A command that cannot run or end now parks its session: its arguments are
 * kept in @park and no further request is read until cf_session_wake() or the
 * deadline; then the very same command is run again, and finds in
 * park.reason why.
 *
 * Thread safety: see each field.  References may be taken in any thread.
 */
#pragma once

#include "base/lock.h"
#include "engine/args.h"
#include "proto/reply.h"
#include "proto/request.h"
#include "store/keyspace.h"

G_BEGIN_DECLS

typedef struct _CfSession CfSession;
typedef struct _CfTransaction CfTransaction;
typedef struct _CfCommandInfo CfCommandInfo;
typedef struct _CfWaiting CfWaiting;
typedef struct _CfSubscriptions CfSubscriptions;
typedef struct _CfTracker CfTracker;
typedef struct _CfAclAccount CfAclAccount;
typedef struct _CfAclUser CfAclUser;

typedef enum
{
  CF_WAKE_NONE,    /* not parked: the command runs for the first time */
  CF_WAKE_RETRY,   /* what it waited for may be there */
  CF_WAKE_TIMEOUT, /* its deadline passed */
  CF_WAKE_UNBLOCK, /* CLIENT UNBLOCK: as if timed out */
  CF_WAKE_ERROR,   /* CLIENT UNBLOCK ... ERROR */
} CfWakeReason;

/* For cf_session_wake(): whatever it waits for. */
#define CF_PARK_ANY G_MAXUINT

typedef enum
{
  CF_PARK_NONE,
  CF_PARK_CLAIM, /* a key is claimed by another */
  CF_PARK_PAUSE, /* CLIENT PAUSE */
  CF_PARK_BLOCK, /* the command waits by itself: a blocked client */
} CfParkKind;

/* What the network does for the engine.  All may be called in any thread,
 * with no lock above SESSION held; they only post a message. */
typedef struct
{
  void (*wake) (CfSession *self, guint serial, CfWakeReason reason);
  void (*close) (CfSession *self); /* after the present batch; replies that are
                                      due are dropped */
  /* Bytes out of turn: MONITOR lines, and pushes, which begin with '>' and
   * are sent with '*' in RESP2 (engine/push.h).  (transfer none) */
  void (*send) (CfSession *self, CfBlob *bytes);
  /* (nullable) Puts what send() was given so far behind what is in @out; by
   * the session's handler, within a turn. */
  void (*collect) (CfSession *self);
  void (*free) (CfSession *self); /* the last reference is gone */
} CfSessionOps;

typedef enum
{
  CF_SESSION_AUTHORIZED = 1 << 0,
  CF_SESSION_CLOSE_AFTER_REPLY = 1 << 1,
  CF_SESSION_CLOSE_NOW = 1 << 2,
  CF_SESSION_NO_EVICT = 1 << 3,
  CF_SESSION_NO_TOUCH = 1 << 4,
  CF_SESSION_REPLY_OFF = 1 << 5,
  CF_SESSION_REPLY_SKIP = 1 << 6, /* this command's reply is dropped */
  CF_SESSION_REPLY_SKIP_NEXT = 1 << 7,
  CF_SESSION_MONITOR = 1 << 8,
  CF_SESSION_UNIX = 1 << 9,     /* came by the Unix socket */
  CF_SESSION_PLAIN = 1 << 10,   /* speaks the plain dialect */
  CF_SESSION_BLOCKED = 1 << 11, /* parked by CF_PARK_BLOCK */
  CF_SESSION_MULTI = 1 << 12,
  CF_SESSION_PAUSED = 1 << 13,   /* parked by CF_PARK_PAUSE */
  CF_SESSION_INTERNAL = 1 << 14, /* not a client: tests, replay */
  CF_SESSION_TLS = 1 << 15,      /* came by TLS */
  CF_SESSION_PUBSUB = 1 << 16,   /* has a subscription */
  CF_SESSION_TRACKING = 1 << 17, /* CLIENT TRACKING */
  CF_SESSION_TRACKING_BCAST = 1 << 18,
  CF_SESSION_CACHING = 1 << 19,    /* CLIENT CACHING, for the next command */
  CF_SESSION_COUNTED = 1 << 20,    /* among the connections of its account */
  CF_SESSION_RESTRICTED = 1 << 21, /* its user may not do everything */
  CF_SESSION_SCRIPT = 1 << 22,     /* its script runs a command */
} CfSessionFlags;

typedef struct
{
  CfParkKind kind;
  guint serial;        /* counts parkings: a wake for another one is stale */
  gint64 deadline_ms;  /* wall clock, or G_MAXINT64 */
  CfWakeReason reason; /* while the command runs again */
  CfArgs *args;        /* (owned) (nullable) the command to run again */
  CfWaiting *waiting;  /* (owned) (nullable) instead: what it waits for;
                          changed with the session's lock */
} CfPark;

struct _CfSession
{
  guint refs; /* (atomic) */
  guint64 id; /* set by cf_sessions_add() and only read after */
  const CfSessionOps *ops;
  gint64 created_ms;
  char *address;       /* (owned) "127.0.0.1:1234", "/path:0"; only read */
  char *local_address; /* (owned) likewise */
  int fd;              /* for CLIENT LIST alone; only read */

  /* The handler's, while it runs the session's batch. */
  CfOut out;
  guint8 resp; /* 2 or 3 */
  guint db;
  guint flags;                    /* CfSessionFlags */
  CfTransaction *transaction;     /* (owned) (nullable) MULTI */
  const CfTransaction *running;   /* (not owned) (nullable) what EXEC runs */
  GHashTable *watches;            /* (owned) (nullable) of CfWatch */
  gsize watch_memory;             /* bytes that they take, about */
  CfSubscriptions *subscriptions; /* (owned) (nullable) see pubsub.h */
  CfTracker *tracker;             /* (owned) (nullable) see tracking.h */
  CfPark park;
  const CfCommandInfo *last_command; /* (nullable) */
  /* See acl.h; NULL: no client's, which may do everything.  Changed with
   * @lock. */
  CfAclAccount *account; /* (owned) (nullable) */
  CfAclUser *user;       /* (owned) (nullable) as it was when last looked at */
  guint acl_generation;  /* of then */
  guint64 max_output_bytes; /* (atomic) of the user; 0: no limit */

  gint dirty;        /* (atomic) a watched key was changed */
  guint shown_flags; /* (atomic) copy of @flags for other threads */
  gint ended;        /* (atomic) its client is gone */

  CfMutex lock;
  /* Protected by @lock. */
  char *name;           /* (owned) (nullable) CLIENT SETNAME */
  char *lib_name;       /* (owned) (nullable) CLIENT SETINFO */
  char *lib_version;    /* (owned) (nullable) */
  gboolean is_blocked;  /* parked by CF_PARK_BLOCK */
  guint blocked_serial; /* then: the parking's */

  /* For other threads to read: (atomic) each, published after a batch. */
  struct
  {
    gint64 active_ms; /* last request */
    guint command;    /* 1 + id of the last command, 0: none */
    guint db;
    guint resp;
    guint n_channels;    /* subscriptions: sub */
    guint n_patterns;    /* psub */
    guint n_shard;       /* ssub */
    gint64 redirect;     /* CLIENT TRACKING: redir */
    guint broken;        /* its redirection leads nowhere; set in any thread */
    gsize pubsub_memory; /* of subscriptions and tracked prefixes */
    gint n_multi;        /* queued commands, or -1 */
    guint n_watch;
    gsize multi_memory;
    gsize query_bytes; /* qbuf */
    gsize query_free;  /* qbuf-free */
    gsize argv_memory;
    gsize reply_size;   /* rbs */
    gsize reply_peak;   /* rbp */
    gsize reply_bytes;  /* obl: in the first chunk */
    guint reply_chunks; /* oll */
    gsize reply_memory; /* omem, with the next */
    gsize inbox_memory; /* what others sent and its handler has not taken */
    gsize total_memory;
    guint64 n_commands;
  } shown;
};

void cf_session_init (CfSession *self, const CfSessionOps *ops);
void cf_session_clear (CfSession *self);
CfSession *cf_session_ref (CfSession *self);
void cf_session_unref (CfSession *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfSession, cf_session_unref)
void
cf_session_publish (CfSession *self); /* what follows from its own fields */
void cf_session_set_resp (CfSession *self, guint8 resp); /* shown at once */
void cf_session_set_name (CfSession *self, const char *name); /* (nullable) */
char *cf_session_dup_name (CfSession *self); /* (transfer full) (nullable) */
gsize cf_session_memory (const CfSession *self); /* bytes, all told */

void cf_session_park (CfSession *self,
                      CfParkKind kind,
                      gint64 deadline_ms,
                      CfArgs *args); /* (transfer full) */
CfArgs *cf_session_unpark (CfSession *self,
                           CfWakeReason reason); /* (transfer full) */
/* The same, of one that waits for keys; its arguments are in @waiting. */
void cf_session_block (CfSession *self,
                       gint64 deadline_ms,
                       CfWaiting *waiting); /* (transfer full) */
/* Any thread.  FALSE: it does not wait, or is being served. */
gboolean cf_session_unblock (CfSession *self, gboolean with_error);
/* Any thread; @serial is the park.serial of then. */
void cf_session_wake (CfSession *self, guint serial, CfWakeReason reason);
/* Puts what others sent it behind its replies so far; by its handler. */
void cf_session_collect (CfSession *self);
/* A waiter for cf_hold_*(): wakes @self with CF_WAKE_RETRY. */
CfWaiter cf_session_waiter (CfSession *self);
void cf_session_reset (CfSession *self, CfKeyspace *keyspace); /* RESET */
void cf_session_unwatch_all (CfSession *self, CfKeyspace *keyspace);
guint cf_session_n_watches (const CfSession *self);

/* The table of live sessions.  Thread safety: any thread. */
typedef struct _CfSessions CfSessions;
CfSessions *cf_sessions_new (void);
void cf_sessions_free (CfSessions *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfSessions, cf_sessions_free)
void cf_sessions_add (CfSessions *self,
                      CfSession *session); /* gives it its id */
void cf_sessions_remove (CfSessions *self, CfSession *session);
guint cf_sessions_n (CfSessions *self);
CfSession *cf_sessions_find (CfSessions *self,
                             guint64 id); /* (transfer full) (nullable) */
/* All of them, in order of id; (transfer full) (element-type CfSession) */
GPtrArray *cf_sessions_list (CfSessions *self);

G_END_DECLS
