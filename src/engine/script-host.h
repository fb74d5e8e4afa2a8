/* SPDX-License-Identifier: GPL-3.0-or-later */
/* script-host.h -- the states of one thread in which scripts run, and the
 * programs that are compiled there.
 *
 * A state is made when it is first needed; it is thrown away when it runs out
 * of memory, when the programs are flushed, or when too many were compiled.
 *
 * Thread safety: a host belongs to its worker.
 */
#pragma once

#include "engine/function.h"
#include "engine/script.h"
#include "engine/worker.h"
#include "script/lua-state.h"

G_BEGIN_DECLS

/* Compiled programs that a state keeps. */
#define CF_SCRIPT_HOST_PROGRAMS_MAX 2000

typedef struct _CfScriptHost CfScriptHost;

/* A program, compiled in the host's present state. */
typedef struct
{
  CfScript *script; /* (owned) */
  CfLua *lua;       /* (not owned) where it is compiled */
  int reference;
} CfProgram;

void cf_script_host_free (CfScriptHost *self);

/* The state of @kind in which the worker's scripts run now; NULL: no memory.
 * Functions: @generation is that of what was loaded there; another one than at
 * the last call makes a new state, and *@is_new TRUE (nullable). */
CfLua *cf_script_host_lua (CfWorker *worker,
                           CfScriptKind kind,
                           guint generation,
                           gboolean *is_new,
                           GError **error);
/* The functions there are now; (transfer none): until the worker asks again. */
const CfFunctionSet *cf_script_host_functions (CfWorker *worker);
/* To be called after each run: sums what the state takes, or throws it away. */
void cf_script_host_rest (CfWorker *worker, CfScriptKind kind, gboolean drop);

/* The program with this text, or of this SHA; compiled if need be.  @body: EVAL
 * and SCRIPT LOAD (@loaded), which add it to the cache. */
CfProgram *cf_script_host_by_body (CfWorker *worker,
                                   CfSlice body,
                                   gboolean loaded,
                                   GError **error);
CfProgram *
cf_script_host_by_sha (CfWorker *worker, CfSlice sha, GError **error);

G_END_DECLS
