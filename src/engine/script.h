/* SPDX-License-Identifier: GPL-3.0-or-later */
/* script.h -- the programs that EVAL knows, and the scripts that run.
 *
 * The cache is one for all threads; each thread compiles a program when it
 * first runs it there (script-host.h).  Programs that SCRIPT LOAD brought stay
 * until SCRIPT FLUSH; of those that EVAL brought the latest are kept.
 *
 * A run is listed once it has taken a while: SCRIPT KILL reaches it then.
 *
 *                first write
 *   CLEAN --------------------------> WROTE    cannot be killed any more
 *     +------> KILLED: ends at its next tick
 *   SCRIPT KILL
 *
 * Thread safety: all functions may be called from any thread.
 */
#pragma once

#include "base/lock.h"
#include "base/slice.h"

G_BEGIN_DECLS

#define CF_SCRIPT_SHA_SIZE 40
#define CF_SCRIPTS_OF_EVAL_MAX 500

typedef struct _CfScripts CfScripts;

/* Which of the two kinds of states a script runs in. */
typedef enum
{
  CF_SCRIPT_EVAL,
  CF_SCRIPT_FUNCTION,
  CF_N_SCRIPT_KINDS,
} CfScriptKind;

typedef enum
{
  CF_SCRIPT_NO_WRITES = 1 << 0,
  CF_SCRIPT_ALLOW_OOM = 1 << 1,
  CF_SCRIPT_ALLOW_STALE = 1 << 2,
  CF_SCRIPT_NO_CLUSTER = 1 << 3,
  CF_SCRIPT_ALLOW_CROSS_SLOT = 1 << 4,
  CF_SCRIPT_WITHOUT_FLAGS = 1 << 5, /* EVAL of a program without "#!" */
} CfScriptFlags;

/* So often a script begins alone that did not get what it needs otherwise;
 * then it is tried again how it goes. */
#define CF_SCRIPT_RUNS_ALONE 100

/* Of a counter, which begins as 0: the script needs the gate closed. */
void cf_script_need_gate (gint *runs);
/* Whether to begin a run with the gate closed; counts it. */
gboolean cf_script_begins_alone (gint *runs);

/* Adds the flag of that name; FALSE: there is none. */
gboolean cf_script_flags_add (CfScriptFlags *flags, CfSlice name);

typedef struct
{
  gint refs; /* (atomic) */
  char sha[CF_SCRIPT_SHA_SIZE + 1];
  CfSlice body; /* (owned) */
  gsize skip;   /* bytes of the "#!" line */
  CfScriptFlags flags;
  gint needs_gate;     /* (atomic) see cf_script_need_gate() */
  gboolean was_loaded; /* by SCRIPT LOAD; protected by the cache's lock */
} CfScript;

void cf_script_sha (CfSlice body, char sha[CF_SCRIPT_SHA_SIZE + 1]);
CfScript *cf_script_new (CfSlice body, GError **error); /* (nullable) */
CfScript *cf_script_ref (CfScript *self);
void cf_script_unref (CfScript *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfScript, cf_script_unref)

CfScripts *cf_scripts_new (void);
void cf_scripts_free (CfScripts *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfScripts, cf_scripts_free)

CfScript *cf_scripts_find (CfScripts *self,
                           const char *sha); /* (transfer full) (nullable) */
/* Adds @script, or finds one of the same SHA; (transfer full) */
CfScript *cf_scripts_add (CfScripts *self, CfScript *script, gboolean loaded);
void cf_scripts_flush (CfScripts *self);
/* Counts the times the cache was flushed: what was compiled before is not to
 * be used any more. */
guint cf_scripts_generation (const CfScripts *self);
guint cf_scripts_n (CfScripts *self);
gsize cf_scripts_memory (CfScripts *self);      /* bytes of the cache */
guint64 cf_scripts_n_evicted (CfScripts *self); /* since the start */

/* -- Runs -------------------------------------------------------------------
 */

typedef enum
{
  CF_SCRIPT_CLEAN,
  CF_SCRIPT_WROTE,
  CF_SCRIPT_KILLED,
} CfScriptState;

typedef struct
{
  CfScriptKind kind;
  gint state;      /* (atomic) CfScriptState */
  gint64 since_us; /* steady clock */
  const char *name;
  const CfSlice *argv; /* (not owned) the command that runs it */
  guint argc;
  gboolean listed; /* the run's own */
} CfScriptProgress;

void cf_scripts_list (CfScripts *self, CfScriptProgress *progress);
void cf_scripts_unlist (CfScripts *self, CfScriptProgress *progress);
/* Ends those of @kind that may be ended. FALSE: there is none. */
gboolean cf_scripts_kill (CfScripts *self, CfScriptKind kind, GError **error);
/* What others are told while one of @kind runs for long, with its prefix. */
const char *cf_script_busy_message (CfScriptKind kind);
/* The longest-running listed run. FALSE: there is none. */
gboolean
cf_scripts_oldest (CfScripts *self, CfScriptKind *kind, gint64 *since_us);
/* The longest-running listed run of @kind. FALSE: there is none. */
gboolean cf_scripts_longest (CfScripts *self,
                             CfScriptKind kind,
                             gint64 *since_us,
                             char **name,         /* (transfer full) */
                             GPtrArray *command); /* of GBytes, added */

/* One script at a time may wait for a key while it holds others. */
gboolean cf_scripts_begin_wait (CfScripts *self);
void cf_scripts_end_wait (CfScripts *self);

/* -- Memory of states -------------------------------------------------------
 */

/* Adds @bytes, which may be negative, to what the states of @kind take. */
void cf_scripts_count_vm (CfScripts *self, CfScriptKind kind, gssize bytes);
gsize cf_scripts_vm_memory (CfScripts *self, CfScriptKind kind);

G_END_DECLS
