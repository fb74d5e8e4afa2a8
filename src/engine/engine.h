/* SPDX-License-Identifier: GPL-3.0-or-later */
/* engine.h -- everything that commands run on, in one place.
 *
 * Thread safety: the members are set by cf_engine_new() and only read after;
 * each is safe for any thread by itself unless it says otherwise.
 */
#pragma once

#include <glib.h>

#include "config/settings.h"
#include "engine/command.h"
#include "engine/gate.h"
#include "engine/session.h"
#include "engine/stats.h"
#include "store/keyspace.h"

G_BEGIN_DECLS

typedef struct _CfEngine CfEngine;
typedef struct _CfSlowlog CfSlowlog;
typedef struct _CfLatency CfLatency;
typedef struct _CfMonitors CfMonitors;
typedef struct _CfPause CfPause;
typedef struct _CfEvict CfEvict;
typedef struct _CfExpirer CfExpirer;
typedef struct _CfReaper CfReaper;
typedef struct _CfFeed CfFeed;
typedef struct _CfPubsub CfPubsub;
typedef struct _CfTracking CfTracking;
typedef struct _CfAcl CfAcl;
typedef struct _CfAclLog CfAclLog;
typedef struct _CfFunctions CfFunctions;
typedef struct _CfScripts CfScripts;
typedef struct _CfLogins CfLogins;

/* For how long CLIENT LIST shows the peak of a reply buffer. */
#define CF_REPLY_PEAK_RESET_MS 5000

/* What only the daemon can do; filled by it. */
typedef struct
{
  /* Starts the graceful end of the process; returns at once. */
  void (*shutdown) (gpointer data, gboolean now);
  /* Numbers for INFO: loops in use, handlers alive. */
  void (*describe) (gpointer data, guint *n_loops, guint *n_handlers);
  /* (nullable) A key-space event, wanted by the settings or not; @class is a
   * CfNotifyClass.  Called with the key held, so it must only note it. */
  void (*event) (
      gpointer data, guint db, CfSlice key, char class, const char *event);
  gpointer data;
} CfEngineHooks;

/* What happened a second since it was last asked for; see cf_engine_rates(). */
typedef struct
{
  guint64 commands;
  double input;  /* bytes */
  double output; /* bytes */
} CfRates;

struct _CfEngine
{
  CfConfig *config;             /* (not owned) */
  CfCommandTable *commands;     /* (owned) */
  CfKeyspace *keyspace;         /* (owned) */
  CfBacklog *backlog;           /* (owned) */
  CfGate *gate;                 /* (owned) */
  CfStats *stats;               /* (owned) */
  CfSessions *sessions;         /* (owned) */
  CfSlowlog *slowlog;           /* (owned) */
  CfLatency *latency;           /* (owned) */
  CfMonitors *monitors;         /* (owned) */
  CfPause *pause;               /* (owned) */
  CfEvict *evict;               /* (owned) */
  CfExpirer *expirer;           /* (owned) */
  CfGateKeeper *expirer_keeper; /* (owned by the gate) its thread's */
  CfReaper *reaper;             /* (owned) */
  CfFeed *feed;                 /* (owned) */
  CfPubsub *pubsub;             /* (owned) */
  CfTracking *tracking;         /* (owned) */
  CfAcl *acl;                   /* (owned) */
  CfAclLog *acl_log;            /* (owned) */
  CfScripts *scripts;           /* (owned) */
  CfLogins *logins;             /* (owned) */
  CfFunctions *functions;       /* (owned) */

  CfMutex workers_lock;
  /* Protected by @workers_lock. */
  GPtrArray *workers;      /* (owned) (element-type CfWorker) all there are */
  GPtrArray *free_workers; /* (owned) (element-type CfWorker) (not owned) */

  CfEngineHooks hooks;

  CfMutex rates_lock;
  /* Protected by @rates_lock. */
  struct
  {
    gint64 since_us; /* steady clock */
    guint64 commands, input, output;
    CfRates last;
  } rates;
  gsize expired_base; /* (atomic) at the last CONFIG RESETSTAT */
  gsize evicted_base; /* (atomic) likewise */

  gint64 started_ms;
  gint64 started_mono_us;
  char run_id[41];
  gint64 reply_peak_reset_ms; /* (atomic) see CF_REPLY_PEAK_RESET_MS */
  gint shutting_down;         /* (atomic) */
  gint scripts_may_debug;     /* (atomic) some of DEBUG, for tests */
  guint blocked_clients;      /* (atomic) parked by CF_PARK_BLOCK or _PAUSE */
  gsize startup_memory;       /* bytes used when it had started; set once */
  gsize peak_memory; /* (atomic) the most bytes that were ever seen used */
};

CfEngine *cf_engine_new (CfConfig *config,
                         const CfFamily *const *families,
                         const CfEngineHooks *hooks);
void cf_engine_start (CfEngine *self); /* its threads: expirer, reaper */
void cf_engine_stop (CfEngine *self);  /* ends them; no worker may be inside */
CfRates cf_engine_rates (CfEngine *self);
/* Since the last cf_engine_reset_stats(). */
gsize cf_engine_n_expired (CfEngine *self);
gsize cf_engine_n_evicted (CfEngine *self);
void cf_engine_reset_stats (CfEngine *self);
void cf_engine_note_memory (CfEngine *self, gsize used); /* for the peak */
void cf_engine_free (CfEngine *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfEngine, cf_engine_free)

G_END_DECLS
