/* SPDX-License-Identifier: GPL-3.0-or-later */
/* call.h -- one command on its way: its arguments, its keys, its reply, and
 * what it says of its effects.
 *
 * A command function is straight single-threaded code.  It gets its
 * arguments, finds its keys held, writes one whole reply and returns TRUE, or
 * writes nothing, sets its error and returns FALSE.  It takes no lock and
 * sees no socket.
 *
 * Thread safety: a call belongs to the thread that runs it.
 */
#pragma once

#include "base/error.h"
#include "config/settings.h"
#include "engine/command.h"
#include "engine/engine.h"
#include "engine/feed.h"
#include "engine/session.h"
#include "engine/worker.h"
#include "proto/reply.h"

G_BEGIN_DECLS

/* Classes of key-space events, lettered as notify-keyspace-events does. */
typedef enum
{
  CF_NOTIFY_GENERIC = 'g',
  CF_NOTIFY_STRING = '$',
  CF_NOTIFY_LIST = 'l',
  CF_NOTIFY_SET = 's',
  CF_NOTIFY_HASH = 'h',
  CF_NOTIFY_ZSET = 'z',
  CF_NOTIFY_EXPIRED = 'x',
  CF_NOTIFY_EVICTED = 'e',
  CF_NOTIFY_STREAM = 't',
  CF_NOTIFY_KEY_MISS = 'm',
  CF_NOTIFY_NEW = 'n',
} CfNotifyClass;

struct _CfCall
{
  const CfSlice *argv; /* argv[0] is the name; not NUL-terminated */
  guint argc;
  const CfCommandInfo *info;
  CfEngine *engine;
  CfWorker *worker;
  CfSession *session;
  CfKeyspace *keyspace;
  guint db;
  CfReply reply;
  gint64 now_ms; /* wall clock; the same for all of a transaction */
  gboolean in_transaction;

  /* Private to the engine. */
  CfRequest *request; /* (nullable) whose blobs may be taken */
  CfArgs *args;       /* (nullable) likewise */
  CfArgs **kept_args; /* (nullable) where @args may be taken from */
  GPtrArray *taken;   /* (owned) (nullable) (element-type CfBlob) arguments
                         that became values: @argv is good until the end */
  CfHold *hold;
  const CfKey *keys;
  const guint *key_arguments;
  gsize n_keys;
  gsize key_hint;
  guint64 n_changes;
  gboolean in_sections;       /* EXEC: see alone.h */
  CfTransaction *transaction; /* (owned) (nullable) that EXEC ran: the bytes of
                                 its keys must outlive the hold on them */
  CfCall *block;              /* (nullable) the call of EXEC this is within */
  GPtrArray *trash;           /* (owned) (nullable) (element-type CfTrash) */
  gboolean free_trash_here;   /* FLUSHALL SYNC: before the reply is sent */
  CfFeedBlock *effects;       /* (owned) (nullable) */
  gboolean has_effect;        /* cf_call_effect() was called */
  gboolean parked;            /* cf_call_park() was called */
  gboolean retry;             /* cf_call_claim_foreign() returned FALSE */
  gboolean alone;             /* a script runs again, with the gate closed */
  gboolean failed;            /* its reply is an error that was counted */
  gpointer program;           /* (not owned) (nullable) of EVAL */
  GPtrArray *foreign;         /* (owned) (nullable) (element-type CfBlob) names
                                 of foreign keys, which outlive the hold */
  gint64 park_deadline_ms;
  CfWaiting *waiting; /* (owned) (nullable) cf_call_block() was called */
  GPtrArray *ready;   /* (owned) (nullable) keys whose waiters are to be served
                       */
  GQueue *deferred;   /* (owned) (nullable) (element-type CfWaiting) (owned)
                            those that need another hold */
  guint ready_key;    /* argument that a waiter is served for, or 0 */
  const CfSlice *again; /* (not owned) (nullable) what a waiter is served with,
                           in place of @argv: "$" is another ID then */
  CfOutMark before;     /* where its reply begins */
  gboolean is_push;     /* its reply is sent whatever CLIENT REPLY says */
  gboolean in_parts;    /* EXEC: CLIENT REPLY has had its say of each part */
  GArray *changed;      /* (owned) (nullable) of CfSlice (owned): keys of which
                           those who track in broadcasting mode are to be told */
  guint64 redacted;     /* bit i: argument i is secret */
};

#define CF_CALL_TEXT_MAX (64 * 1024) /* bytes of a name that is no key */

/* -- Arguments ------------------------------------------------------------- */

gboolean
cf_call_get_int (const CfCall *self, guint i, gint64 *value, GError **error);
gboolean cf_call_get_int_in (const CfCall *self,
                             guint i,
                             gint64 least,
                             gint64 most,
                             gint64 *value,
                             GError **error);
gboolean
cf_call_get_double (const CfCall *self, guint i, double *value, GError **error);
gboolean
cf_call_is (const CfCall *self, guint i, const char *word); /* any case */
gboolean cf_call_syntax_error (GError **error);             /* FALSE, always */
gboolean cf_call_out_of_memory (GError **error);            /* likewise */
/* Argument @i as a string, of CF_CALL_TEXT_MAX bytes at most. (nullable) */
char *cf_call_dup_text (const CfCall *self, guint i, GError **error);
gboolean cf_call_usage_error (const CfCall *self,
                              GError **error); /* likewise */
/* The blob that argument @i is the whole of, or NULL; the caller's then.  The
 * argument stays good until the call ends. (transfer full) (nullable) */
CfBlob *cf_call_take_blob (CfCall *self, guint i);

/* Keeps argument @i out of the slow log and of MONITOR. */
void cf_call_redact (CfCall *self, guint i);

/* -- Keys: @i is the number of an argument that is a key --------------------
 */

const CfKey *cf_call_key (CfCall *self, guint i);
/* -- Foreign keys: those that are no arguments, but follow from data (SORT
 * BY).  Of a command that claims its keys (CF_COMMAND_LONG), and in a block
 * runs alone (block_flags: CF_COMMAND_EXCLUSIVE). -- */

/* Claims keys, to be read only, beside the call's own; twice at most.  @keys
 * is (inout) scratch, with bytes in @names (transfer full).  FALSE: the
 * command is to return TRUE at once, without a reply or a change; it will be
 * run again. */
gboolean
cf_call_claim_foreign (CfCall *self, CfKey *keys, gsize n_keys, CfBlob *names);
/* The live entry at a claimed key, or NULL. */
const CfEntry *cf_call_read_foreign (CfCall *self, CfSlice key);

/* The live entry at a key, or NULL.  _read counts hits and misses and, unless
 * the command or client says NO_TOUCH, the access; _write only the access. */
CfEntry *cf_call_read (CfCall *self, guint i);
void cf_call_missed (CfCall *self, CfSlice key);
CfEntry *cf_call_write (CfCall *self, guint i);
/* The same, for a string: FALSE and WRONGTYPE if it is something else. */
gboolean
cf_call_read_string (CfCall *self, guint i, CfEntry **entry, GError **error);
gboolean
cf_call_write_string (CfCall *self, guint i, CfEntry **entry, GError **error);
/* The same, for a collection of @type: WRONGTYPE if it is something else; NULL
 * if there is none. */
gboolean cf_call_read_object (
    CfCall *self, guint i, CfType type, CfObject **object, GError **error);
gboolean cf_call_write_object (
    CfCall *self, guint i, CfType type, CfObject **object, GError **error);
gboolean cf_call_check_type (const CfEntry *entry,
                             CfType type,
                             GError **error); /* NULL fits */

/* See cf_keyspace_put() and _set_deadline(); FALSE: out of memory, @error set.
 */
gboolean cf_call_put (CfCall *self,
                      guint i,
                      const CfValue *value,
                      gint64 deadline_ms,
                      CfEntry **entry /* (nullable) */,
                      GError **error);
/* An entry that was made for the key (transfer full): it needs no memory. */
void cf_call_put_entry (CfCall *self, guint i, CfEntry *entry);
gboolean cf_call_put_string (CfCall *self,
                             guint i,
                             guint argument,
                             gint64 deadline_ms,
                             GError **error); /* takes its blob */
gboolean cf_call_put_object (CfCall *self,
                             guint i,
                             CfObject *object,
                             gint64 deadline_ms,
                             GError **error); /* always takes @object */
gboolean cf_call_set_deadline (CfCall *self,
                               guint i,
                               gint64 deadline_ms,
                               GError **error);
gboolean cf_call_remove (CfCall *self, guint i); /* TRUE: there was one */
/* Frees a collection that no entry holds (transfer full) (nullable): a large
 * one in the background. */
void cf_call_free_object (CfCall *self, CfObject *object);

/* Says that the value at the key of argument @i was changed: wakes WATCH,
 * counts the change, tells of the event. */
void
cf_call_changed (CfCall *self, guint i, CfNotifyClass class, const char *event);
/* One more event of the same change: SET with a deadline is "set", "expire". */
void
cf_call_event (CfCall *self, guint i, CfNotifyClass class, const char *event);
/* @n keys at once, by a command on a whole database. */
void cf_call_changed_all (CfCall *self, gsize n);
/* Gives @trash (transfer full) to be freed when the gate is open again: in
 * the background, or before the reply is sent if @here. */
void cf_call_discard (CfCall *self, CfTrash *trash, gboolean here);
/* Has @object (transfer full), part of a value, freed in the background. */
void cf_call_discard_object (CfCall *self, CfObject *object);
/* Likewise for a key of another database, or one that is no argument. */
void cf_call_changed_key (CfCall *self,
                          guint db,
                          const CfKey *key,
                          CfNotifyClass class,
                          const char *event);

/* Likewise, with no event that tells of it. */
void cf_call_changed_silently (CfCall *self, guint db, const CfKey *key);

/* A key is there that was not: the class of events CF_NOTIFY_NEW. */
void cf_call_added (CfCall *self, guint db, CfSlice key);
/* For the engine: tells of what was changed in all, before it is let go. */
void cf_call_broadcast (CfCall *self);
/* All keys of databases are gone: tells those who cache them. */
void cf_call_flushed (CfCall *self);

/* -- Effects for the change feed ----------------------------------------------
 * By default a command that changed something is recorded as it came.  A
 * command whose effect depends on the time or on chance records what it did:
 * words, ended by NULL; "%k" etc. are not interpreted. */
gboolean cf_call_wants_effect (const CfCall *self);
void cf_call_effect (CfCall *self, const CfSlice *words, guint n_words);

/* -- Replies
 * ------------------------------------------------------------------- Use
 * cf_reply_*(&call->reply, ...).  For a string entry: */
void cf_call_reply_string (CfCall *self, CfEntry *entry); /* NULL: null */
/* Whether a reply of @n elements, a number that the client chose, can be
 * made; FALSE: @error set. */
gboolean cf_call_may_reply (CfCall *self, guint64 n, GError **error);

/* -- Waiting
 * ------------------------------------------------------------------- Parks the
 * session; to be followed by returning TRUE without a reply.  The command is
 * run again when woken; park.reason of the session says why. Never within a
 * transaction. */
void cf_call_park (CfCall *self, gint64 deadline_ms);
CfWakeReason cf_call_wake_reason (const CfCall *self);

/* Waiting for keys, as BLPOP does: waiting.h says how such a command is
 * written. */
gboolean cf_call_get_timeout (const CfCall *self,
                              guint i,
                              gint64 *deadline_ms,
                              GError **error);
gboolean cf_call_get_timeout_ms (const CfCall *self,
                                 guint i,
                                 gint64 *deadline_ms,
                                 GError **error);
gboolean cf_call_block (
    CfCall *self, guint first, guint n, gint64 deadline_ms, GError **error);
guint cf_call_ready_key (const CfCall *self);
void cf_call_ready (CfCall *self, guint i);
void cf_call_ready_all (CfCall *self, gint db);
CfArgs *cf_call_keep_args (CfCall *self); /* the engine's own */

G_END_DECLS
