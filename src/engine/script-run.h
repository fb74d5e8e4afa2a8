/* SPDX-License-Identifier: GPL-3.0-or-later */
/* script-run.h -- one run of a script: what it holds, and how it ends.
 *
 * A script is a block of commands, like that of EXEC: nothing comes between
 * them, and their effects stand together in the change feed.
 *
 *  1. It begins with the slots of its declared keys locked, as a short command
 *     does (hold.h).
 *  2. If it goes on for more than SCRIPT_SHORT_US, or needs what cannot be had
 *     that way, it claims the keys and gives the slots back: from then on it
 *     keeps nobody waiting but those who ask for the same keys.
 *  3. A key that was not declared is claimed when it is touched, which never
 *     waits.  If somebody else has it, and nothing was written yet, the run
 *     ends and the script runs from the start with the gate closed.  If
 *     something was written, it waits while holding; of all scripts one at a
 *     time may do that, so that none waits for another that waits.
 *  4. A script that has needed the gate starts with it the next times.  After
 *     CF_SCRIPT_ALONE_US it opens it again, with everything claimed (alone.h).
 *
 * Thread safety: a run belongs to the thread that runs it, but for @progress.
 */
#pragma once

#include "engine/call.h"
#include "engine/scripts.h"
#include "script/lua-state.h"

G_BEGIN_DECLS

/* Who is to have what a script does: bits, as redis.set_repl() has them. */
#define CF_SCRIPT_REPL_NONE 0
#define CF_SCRIPT_REPL_AOF 1
#define CF_SCRIPT_REPL_REPLICA 2
#define CF_SCRIPT_REPL_ALL (CF_SCRIPT_REPL_AOF | CF_SCRIPT_REPL_REPLICA)

/* What is to be run. */
typedef struct
{
  CfScriptKind kind;
  const char *name; /* in messages: a SHA-1, or a function's name */
  CfScriptFlags flags;
  gboolean read_only;   /* EVAL_RO and its like */
  gint *needs_gate;     /* (atomic) see cf_script_need_gate() */
  CfLua *lua;           /* (not owned) */
  guint first_argument; /* of the call: the number of keys */
  /* Pushes the function and its arguments; returns how many of these. */
  int (*push) (lua_State *L, CfCall *call, gconstpointer data);
  gconstpointer data;
} CfScriptTarget;

typedef enum
{
  CF_SCRIPT_RUNS,
  CF_SCRIPT_END_KILLED,
  CF_SCRIPT_END_SHUTDOWN,
  CF_SCRIPT_END_ALONE,    /* runs again with the gate closed */
  CF_SCRIPT_END_TOO_LONG, /* its reply */
} CfScriptEnd;

typedef struct
{
  CfCall *call;  /* (not owned) of EVAL */
  CfCall *owner; /* (not owned) @call, or that of the EXEC it is in */
  const CfScriptTarget *target;
  CfScriptProgress progress;
  CfScriptEnd end;
  int status;   /* of the script, as Lua has it */
  guint n_keys; /* declared */
  guint64 start_ticks;
  gint64 since_ms; /* wall clock when it began; 0: not known yet */
  gboolean read_only;
  gboolean allow_oom;
  gboolean out_of_memory; /* when it began */
  gboolean published;     /* it cannot be run again */
  gboolean remembered;    /* the declared keys, as read */
  guint db;               /* the script's */
  guint8 resp;
  guint8 repl;         /* CF_SCRIPT_REPL_ of the commands that follow */
  GArray *held;        /* (owned) (element-type CfKey) declared, or touched */
  GHashTable *by_name; /* (owned) (nullable) the same, when they are many */
  CfOut out;           /* replies of commands */
  CfArgs *args;        /* (owned) (nullable) of commands */
  guint args_capacity;
  GString *error;         /* (owned) (nullable) what the client is told */
  gboolean error_counted; /* in the statistics, already */
} CfScriptRun;

/* The number of keys of a call of EVAL or FCALL, whose argument @at says it. */
gboolean cf_script_count_keys (const CfCall *call,
                               guint at,
                               guint *n_keys,
                               GError **error);
/* What a call of a script with @flags (CfScriptFlags) is, beside what its
 * command says. */
CfCommandFlags
cf_script_call_flags (const CfCall *call, guint flags, gint *needs_gate);
/* The same in a block, whose slots cannot be given back for claims. */
CfCommandFlags cf_script_block_flags (const CfSlice *argv, guint argc);
/* Shows the call to those who monitor, before what the script runs; once. */
void cf_script_show (CfCall *call);
/* Runs the script of @target on behalf of @call and writes its reply.  May set
 * call->alone, and is to be called again then, with the gate closed. */
gboolean
cf_script_run (CfCall *call, const CfScriptTarget *target, GError **error);
/* Pushes a table of arguments. */
void cf_script_push_words (lua_State *L, const CfSlice *words, guint n_words);

/* -- For the redis.* functions ----------------------------------------------
 */

/* The run in a state, or NULL. */
CfScriptRun *cf_script_run_of (lua_State *L);
/* Holds the keys that were collected for the command of @call before it runs.
 * May raise an error. */
void cf_script_hold (CfScriptRun *self, lua_State *L, CfCall *call);
/* Sees to the time the run has taken. */
void cf_script_check_time (CfScriptRun *self, lua_State *L);
/* Notes that something is going to be written. May raise an error. */
void cf_script_note_write (CfScriptRun *self, lua_State *L);

G_END_DECLS
