/* SPDX-License-Identifier: GPL-3.0-or-later */
/* script.h -- a program that EVAL knows, and what its head says.
 *
 * Each thread compiles it when it first runs it there (script-host.h).
 *
 * Thread safety: any thread.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

G_BEGIN_DECLS

#define CF_SCRIPT_SHA_SIZE 40

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

G_END_DECLS
