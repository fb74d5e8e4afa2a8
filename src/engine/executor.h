/* SPDX-License-Identifier: GPL-3.0-or-later */
/* executor.h -- runs requests: finds the command, checks that it may run,
 * holds its keys, runs it, and sees to its effects.
 *
 *   find -> arity -> login -> MULTI queue -> pause -> memory
 *        -> hold keys -> run -> feed -> give back -> count, log, monitor
 *
 * Thread safety: any worker, inside the gate, for a session it handles.
 */
#pragma once

#include "engine/engine.h"
#include "engine/session.h"
#include "engine/worker.h"

G_BEGIN_DECLS

typedef enum
{
  CF_OUTCOME_DONE,   /* go on with the next request */
  CF_OUTCOME_PARKED, /* read no more until the session is woken */
  CF_OUTCOME_CLOSE,  /* send what is due and close */
} CfOutcome;

/* Commands with more keys than this claim them (hold.h). */
#define CF_EXECUTOR_MANY_KEYS 64
/* So do blocks of more commands than this. */
#define CF_EXECUTOR_MANY_COMMANDS 64
/* And those with more words than this, whatever they do with them. */
#define CF_EXECUTOR_MANY_ARGUMENTS 1024

/* Runs the request that is READY in @request. */
CfOutcome cf_executor_run (CfEngine *engine,
                           CfWorker *worker,
                           CfSession *session,
                           CfRequest *request);
/* Runs what stands in @argv, which need not stay after this. */
CfOutcome cf_executor_run_argv (CfEngine *engine,
                                CfWorker *worker,
                                CfSession *session,
                                const CfSlice *argv,
                                guint argc);
/* Runs @args (transfer full). */
CfOutcome cf_executor_run_args (CfEngine *engine,
                                CfWorker *worker,
                                CfSession *session,
                                CfArgs *args);
/* Runs @info, a command of a block, within the call of EXEC: its keys are held
 * already; writes exactly one reply. */
void
cf_executor_run_within (CfCall *block, const CfCommandInfo *info, CfArgs *args);
/* Has the client told when @keys, which @call has read, change: if it tracks.
 */
void cf_executor_remember (CfCall *call, const CfKey *keys, gsize n_keys);
/* Runs the command of @served, whose keys are held, on behalf of @session,
 * which waits for that; writes exactly one reply. */
void cf_executor_serve (CfCall *served, CfSession *session);
/* Runs the command of a parked session again. */
CfOutcome cf_executor_resume (CfEngine *engine,
                              CfWorker *worker,
                              CfSession *session,
                              CfWakeReason reason);
/* A session goes away; by its handler. */
void cf_executor_forget (CfEngine *engine, CfSession *session);

G_END_DECLS
