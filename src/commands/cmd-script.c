/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-script.c -- EVAL and SCRIPT. */
#include "config.h"

#include "commands/commands.h"
#include "commands/help.h"
#include "engine/script-host.h"
#include "engine/script-run.h"
#include "script/sandbox.h"

#define BODY 1
#define NUMKEYS 2

/* -- EVAL ----------------------------------------------------------------- */

/* The table @name of some arguments. */
static void
set_words (lua_State *L, const char *name, const CfSlice *words, guint n)
{
  cf_script_push_words (L, words, n);
  cf_sandbox_set_global (L, name);
}

static int
push_program (lua_State *L, CfCall *call, gconstpointer data)
{
  const CfProgram *program = data;
  const CfSlice *words = call->argv + NUMKEYS + 1;
  guint n_keys = 0;

  (void) cf_script_count_keys (call, NUMKEYS, &n_keys, NULL);
  set_words (L, "KEYS", words, n_keys);
  set_words (L, "ARGV", words + n_keys, call->argc - NUMKEYS - 1 - n_keys);
  cf_lua_push (cf_lua_of (L), program->reference);
  return 0;
}

static gboolean
is_by_sha (const CfCall *call)
{
  return g_str_has_prefix (call->info->command->name, "EVALSHA");
}

static CfProgram *
find_program (CfCall *call, GError **error)
{
  if (is_by_sha (call))
    return cf_script_host_by_sha (call->worker, call->argv[BODY], error);
  return cf_script_host_by_body (call->worker, call->argv[BODY], FALSE, error);
}

/* What the executor has to know of the script before it runs. */
static CfCommandFlags
flags_of_eval (CfCall *call)
{
  CfScript *script;
  guint n_keys;

  /* What cannot run is not kept. */
  if (!cf_script_count_keys (call, NUMKEYS, &n_keys, NULL))
    return 0;
  call->program = find_program (call, NULL);
  if (call->program == NULL)
    return 0;
  script = ((CfProgram *) call->program)->script;
  return cf_script_call_flags (call, script->flags, &script->needs_gate);
}

static gboolean
run_eval (CfCall *call, GError **error)
{
  CfProgram *program = call->program;
  guint n_keys;
  CfScriptTarget target = {
    .kind = CF_SCRIPT_EVAL,
    .read_only = (call->info->command->flags & CF_COMMAND_READONLY) != 0,
    .first_argument = NUMKEYS,
    .push = push_program,
  };

  cf_script_show (call);
  if (!cf_script_count_keys (call, NUMKEYS, &n_keys, error))
    return FALSE;
  /* One that ran before may have gone with its state. */
  if (program == NULL || call->alone)
    program = find_program (call, error);
  if (program == NULL)
    return FALSE;
  target.name = program->script->sha;
  target.flags = program->script->flags;
  target.needs_gate = &program->script->needs_gate;
  target.lua = program->lua;
  target.data = program;
  return cf_script_run (call, &target, error);
}

/* -- SCRIPT --------------------------------------------------------------- */

static gboolean
run_script_debug (CfCall *call, GError **error)
{
  if (!cf_call_is (call, 2, "NO") && !cf_call_is (call, 2, "YES") &&
      !cf_call_is (call, 2, "SYNC"))
    return cf_throw (error, CF_ERROR_FAILED, "Use SCRIPT DEBUG YES/SYNC/NO");
  if (!cf_call_is (call, 2, "NO"))
    return cf_throw (error, CF_ERROR_FAILED,
                     "SCRIPT DEBUG is not supported: there is no debugger");
  cf_reply_ok (&call->reply);
  return TRUE;
}

static gboolean
run_script_exists (CfCall *call, GError **error)
{
  cf_reply_array (&call->reply, call->argc - 2);
  for (guint i = 2; i < call->argc; i++)
    {
      char sha[CF_SCRIPT_SHA_SIZE + 1] = "";
      g_autoptr (CfScript) script = NULL;

      if (call->argv[i].size == CF_SCRIPT_SHA_SIZE)
        {
          for (guint j = 0; j < CF_SCRIPT_SHA_SIZE; j++)
            sha[j] = g_ascii_tolower (call->argv[i].data[j]);
          script = cf_scripts_find (call->engine->scripts, sha);
        }
      cf_reply_int (&call->reply, script != NULL);
    }
  return TRUE;
}

static gboolean
run_script_flush (CfCall *call, GError **error)
{
  if (call->argc > 3 || (call->argc == 3 && !cf_call_is (call, 2, "ASYNC") &&
                         !cf_call_is (call, 2, "SYNC")))
    return cf_throw (error, CF_ERROR_FAILED,
                     "SCRIPT FLUSH only support SYNC|ASYNC option");
  cf_scripts_flush (call->engine->scripts);
  cf_reply_ok (&call->reply);
  return TRUE;
}

static gboolean
run_script_kill (CfCall *call, GError **error)
{
  if (!cf_scripts_kill (call->engine->scripts, CF_SCRIPT_EVAL, error))
    return FALSE;
  cf_reply_ok (&call->reply);
  return TRUE;
}

static gboolean
run_script_load (CfCall *call, GError **error)
{
  const CfProgram *program =
      cf_script_host_by_body (call->worker, call->argv[2], TRUE, error);

  if (program == NULL)
    return FALSE;
  cf_reply_bulk_string (&call->reply, program->script->sha);
  return TRUE;
}

/* -- Tables --------------------------------------------------------------- */

#define EVAL(NAME, WORD, SUMMARY, SINCE, FLAGS, KEY_FLAGS, NOTES)              \
  {                                                                            \
    .name = NAME, .usage = WORD " numkeys:integer [key ...] [arg ...]",        \
    .summary = SUMMARY, .since = SINCE,                                        \
    .complexity = "Depends on the script that is executed.", .run = run_eval,  \
    .arity = -3,                                                               \
    .flags = CF_COMMAND_NOSCRIPT | CF_COMMAND_STALE |                          \
             CF_COMMAND_SKIP_MONITOR | CF_COMMAND_NO_MANDATORY_KEYS |          \
             CF_COMMAND_SCRIPT | (FLAGS),                                      \
    .categories = CF_ACL_SCRIPTING,                                            \
    .keys = { { .flags = KEY_FLAGS,                                            \
                .first = 2,                                                    \
                .step = 1,                                                     \
                .keynum = 1,                                                   \
                .keynum_first = 1,                                             \
                .notes = NOTES } },                                            \
    .block_flags = cf_script_block_flags, .call_flags = flags_of_eval,         \
  }

#define MAY_WRITE                                                              \
  "It cannot be told what the script does with the keys: it may write them"
#define READS "It cannot be told what the script does with the keys: it reads"

#define SUBCOMMAND(NAME, USAGE, SUMMARY, SINCE, COMPLEXITY, TIPS, ARITY,       \
                   FLAGS, RUN)                                                 \
  {                                                                            \
    .name = NAME, .usage = USAGE, .summary = SUMMARY, .since = SINCE,          \
    .complexity = COMPLEXITY, .tips = TIPS, .run = RUN, .arity = ARITY,        \
    .flags = CF_COMMAND_NOSCRIPT | (FLAGS), .categories = CF_ACL_SCRIPTING,    \
  }

static const CfCommand script_commands[] = {
  SUBCOMMAND ("DEBUG",
              "(YES | SYNC | NO)",
              "Would choose how scripts are debugged.",
              "3.2.0",
              "O(1)",
              NULL,
              3,
              0,
              run_script_debug),
  SUBCOMMAND ("EXISTS",
              "sha1 ...",
              "Tells which scripts are in the cache.",
              "2.6.0",
              "O(N) with N being the number of scripts to check (so checking a "
              "single script is an O(1) operation).",
              "request_policy:all_shards response_policy:agg_logical_and",
              -3,
              0,
              run_script_exists),
  SUBCOMMAND ("FLUSH",
              "[ASYNC | SYNC]",
              "Empties the cache of scripts.",
              "2.6.0",
              "O(N) with N being the number of scripts in cache",
              "request_policy:all_nodes response_policy:all_succeeded",
              -2,
              0,
              run_script_flush),
  CF_HELP_COMMAND ("5.0.0", CF_ACL_SCRIPTING),
  SUBCOMMAND ("KILL",
              NULL,
              "Ends the scripts that run and have not written.",
              "2.6.0",
              "O(1)",
              "request_policy:all_shards response_policy:one_succeeded",
              2,
              CF_COMMAND_ALLOW_BUSY,
              run_script_kill),
  SUBCOMMAND ("LOAD",
              "script",
              "Puts a script into the cache and returns its SHA-1.",
              "2.6.0",
              "O(N) with N being the length in bytes of the script body.",
              "request_policy:all_nodes response_policy:all_succeeded",
              3,
              CF_COMMAND_STALE,
              run_script_load),
};

static const CfCommand commands[] = {
  EVAL ("EVAL",
        "script",
        "Runs a script.",
        "2.6.0",
        0,
        "RW access update",
        MAY_WRITE),
  EVAL ("EVALSHA",
        "sha1",
        "Runs a script that is in the cache.",
        "2.6.0",
        0,
        "RW access update",
        NULL),
  EVAL ("EVALSHA_RO",
        "sha1",
        "Runs a script that is in the cache and may not write.",
        "7.0.0",
        CF_COMMAND_READONLY,
        "RO access",
        NULL),
  EVAL ("EVAL_RO",
        "script",
        "Runs a script that may not write.",
        "7.0.0",
        CF_COMMAND_READONLY,
        "RO access",
        READS),
  {
      .name = "SCRIPT",
      .summary = "Manages the cache of scripts, and ends scripts.",
      .since = "2.6.0",
      .complexity = "Depends on subcommand.",
      .arity = -2,
      .subcommands = script_commands,
      .n_subcommands = G_N_ELEMENTS (script_commands),
  },
};

const CfFamily cf_script_family = {
  .group = "scripting",
  .commands = commands,
  .n_commands = G_N_ELEMENTS (commands),
};
