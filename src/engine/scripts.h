/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scripts.h -- the cache of programs, and the scripts that run.
 *
 * The cache is one for all threads.  Programs that SCRIPT LOAD brought stay
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
#include "engine/script.h"

G_BEGIN_DECLS

#define CF_SCRIPTS_OF_EVAL_MAX 500

typedef struct _CfScripts CfScripts;

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
