/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-function.c -- FCALL and FUNCTION. */
#include "config.h"

#include "base/clock.h"
#include "base/crc.h"
#include "base/glob.h"
#include "commands/commands.h"
#include "commands/help.h"
#include "engine/function-load.h"
#include "engine/script-host.h"
#include "engine/script-run.h"
#include "persist/rdb-value.h"

#define NAME 1
#define NUMKEYS 2

#define RDB_FUNCTION 245 /* opcode: the program of a library follows */

/* -- FCALL ---------------------------------------------------------------- */

static int
push_function (lua_State *L, CfCall *call, gconstpointer data)
{
  const CfSlice *words = call->argv + NUMKEYS + 1;
  guint n_keys = 0;

  (void) cf_script_count_keys (call, NUMKEYS, &n_keys, NULL);
  cf_function_push (L, data);
  cf_script_push_words (L, words, n_keys);
  cf_script_push_words (L, words + n_keys, call->argc - NUMKEYS - 1 - n_keys);
  return 2;
}

/* What the executor has to know of the function before it runs. */
static CfCommandFlags
flags_of_call (CfCall *call)
{
  const CfFunctionSet *set = cf_script_host_functions (call->worker);
  CfFunction *function = cf_function_set_find (set, call->argv[NAME]);

  return function == NULL ? 0
                          : cf_script_call_flags (call, function->flags,
                                                  &function->needs_gate);
}

/* The worker's state with the functions of @set. */
static CfLua *
ready_state (CfCall *call, const CfFunctionSet *set, GError **error)
{
  gboolean is_new;
  CfLua *lua = cf_script_host_lua (call->worker, CF_SCRIPT_FUNCTION,
                                   set->generation, &is_new, error);

  if (lua == NULL || !is_new || cf_function_install (lua, set, error))
    return lua;
  cf_script_host_rest (call->worker, CF_SCRIPT_FUNCTION, TRUE);
  return NULL;
}

static gboolean
run_fcall (CfCall *call, GError **error)
{
  const CfFunctionSet *set = cf_script_host_functions (call->worker);
  CfFunction *function = cf_function_set_find (set, call->argv[NAME]);
  gint64 n_keys;
  CfScriptTarget target = {
    .kind = CF_SCRIPT_FUNCTION,
    .read_only = (call->info->command->flags & CF_COMMAND_READONLY) != 0,
    .first_argument = NUMKEYS,
    .push = push_function,
  };

  cf_script_show (call);
  if (function == NULL)
    return cf_throw (error, CF_ERROR_FAILED, "Function not found");
  if (!cf_call_get_int (call, NUMKEYS, &n_keys, NULL))
    return cf_throw (error, CF_ERROR_FAILED, "Bad number of keys provided");
  target.name = function->name;
  target.flags = function->flags;
  target.needs_gate = &function->needs_gate;
  target.lua = ready_state (call, set, error);
  if (target.lua == NULL)
    return FALSE;
  target.data = function;
  return cf_script_run (call, &target, error);
}

/* -- FUNCTION LOAD, DELETE, FLUSH ----------------------------------------- */

static CfLibrary *
load_library (CfCall *call, CfSlice code, GError **error)
{
  gint64 limit =
      cf_config_get_int (call->engine->config, CF_SETTING_LUA_MEMORY_LIMIT);

  return cf_function_load (code, (gsize) limit, error);
}

static void
reply_changed (CfCall *call)
{
  cf_call_effect (call, call->argv, call->argc);
  cf_reply_ok (&call->reply);
}

static gboolean
run_function_load (CfCall *call, GError **error)
{
  g_autoptr (GPtrArray) libraries =
      g_ptr_array_new_with_free_func ((GDestroyNotify) cf_library_unref);
  CfFunctionPolicy policy = CF_FUNCTIONS_APPEND;
  CfLibrary *library;

  for (guint i = 2; i + 1 < call->argc; i++)
    {
      if (!cf_call_is (call, i, "REPLACE"))
        return cf_throw (error, CF_ERROR_FAILED, "Unknown option given: %.*s",
                         (int) MIN (call->argv[i].size, CF_CALL_TEXT_MAX),
                         call->argv[i].data);
      policy = CF_FUNCTIONS_REPLACE;
    }
  if (policy == CF_FUNCTIONS_APPEND &&
      !cf_functions_check_new (call->engine->functions,
                               call->argv[call->argc - 1], error))
    return FALSE;
  library = load_library (call, call->argv[call->argc - 1], error);
  if (library == NULL)
    return FALSE;
  g_ptr_array_add (libraries, library);
  if (!cf_functions_add (call->engine->functions, libraries, policy, "'",
                         error))
    return FALSE;
  cf_call_effect (call, call->argv, call->argc);
  cf_reply_bulk_string (&call->reply, library->name);
  return TRUE;
}

static gboolean
run_function_delete (CfCall *call, GError **error)
{
  if (!cf_functions_remove (call->engine->functions, call->argv[2]))
    return cf_throw (error, CF_ERROR_FAILED, "Library not found");
  reply_changed (call);
  return TRUE;
}

static gboolean
run_function_flush (CfCall *call, GError **error)
{
  if (call->argc > 3)
    return cf_call_usage_error (call, error);
  if (call->argc == 3 && !cf_call_is (call, 2, "SYNC") &&
      !cf_call_is (call, 2, "ASYNC"))
    return cf_throw (error, CF_ERROR_FAILED,
                     "FUNCTION FLUSH only supports SYNC|ASYNC option");
  cf_functions_flush (call->engine->functions);
  reply_changed (call);
  return TRUE;
}

/* -- FUNCTION DUMP, RESTORE ----------------------------------------------- */

static gboolean
run_function_dump (CfCall *call, GError **error)
{
  g_autoptr (CfFunctionSet) set = cf_functions_get (call->engine->functions);
  g_auto (CfRdbWriter) writer = { NULL };
  g_autoptr (CfBlob) payload = NULL;

  cf_rdb_writer_init (&writer, 64);
  writer.compress = TRUE;
  for (guint i = 0; i < set->libraries->len; i++)
    {
      cf_rdb_put_byte (&writer, RDB_FUNCTION);
      cf_rdb_put_string (
          &writer, cf_library_code (g_ptr_array_index (set->libraries, i)));
    }
  cf_rdb_put_le16 (&writer, CF_RDB_VERSION);
  if (!writer.failed)
    cf_rdb_put_le64 (&writer, cf_crc64 (0, cf_blob_slice (writer.blob)));
  payload = cf_rdb_writer_end (&writer);
  if (payload == NULL)
    return cf_call_out_of_memory (error);
  cf_reply_bulk_blob (&call->reply, payload, 0, payload->size);
  return TRUE;
}

static gboolean
parse_policy (CfCall *call, CfFunctionPolicy *policy, GError **error)
{
  *policy = CF_FUNCTIONS_APPEND;
  if (call->argc > 4)
    return cf_call_usage_error (call, error);
  if (call->argc < 4 || cf_call_is (call, 3, "APPEND"))
    return TRUE;
  if (cf_call_is (call, 3, "REPLACE"))
    *policy = CF_FUNCTIONS_REPLACE;
  else if (cf_call_is (call, 3, "FLUSH"))
    *policy = CF_FUNCTIONS_FLUSH;
  else
    return cf_throw (error, CF_ERROR_FAILED,
                     "Wrong restore policy given, value should be either "
                     "FLUSH, APPEND or REPLACE.");
  return TRUE;
}

/* Adds the library that comes next in @reader. */
static gboolean
restore_next (CfCall *call,
              CfRdbReader *reader,
              GPtrArray *libraries,
              GError **error)
{
  g_auto (CfRdbString) code = CF_RDB_STRING_INIT;
  CfLibrary *library;
  guint8 opcode;

  if (!cf_rdb_get_byte (reader, &opcode) || opcode != RDB_FUNCTION)
    return cf_throw (error, CF_ERROR_FAILED, "given type is not a function");
  if (!cf_rdb_get_string (reader, &code))
    return cf_throw (error, CF_ERROR_FAILED, "Failed loading library payload");
  library = load_library (call, code.bytes, error);
  if (library == NULL)
    return FALSE;
  g_ptr_array_add (libraries, library);
  return TRUE;
}

static gboolean
run_function_restore (CfCall *call, GError **error)
{
  g_autoptr (GPtrArray) libraries =
      g_ptr_array_new_with_free_func ((GDestroyNotify) cf_library_unref);
  CfFunctionPolicy policy;
  CfRdbReader reader;

  if (!parse_policy (call, &policy, error))
    return FALSE;
  if (!cf_rdb_payload_open (call->argv[2], &reader))
    return cf_throw (error, CF_ERROR_FAILED,
                     "DUMP payload version or checksum are wrong");
  while (cf_rdb_left (&reader) > 0)
    if (!restore_next (call, &reader, libraries, error))
      return FALSE;
  if (!cf_functions_add (call->engine->functions, libraries, policy, "", error))
    return FALSE;
  reply_changed (call);
  return TRUE;
}

/* -- FUNCTION LIST -------------------------------------------------------- */

typedef struct
{
  const CfSlice *pattern; /* (nullable) */
  gboolean with_code;
} ListOptions;

static gboolean
parse_list (CfCall *call, ListOptions *options, GError **error)
{
  *options = (ListOptions){ NULL };
  for (guint i = 2; i < call->argc; i++)
    {
      if (!options->with_code && cf_call_is (call, i, "WITHCODE"))
        options->with_code = TRUE;
      else if (options->pattern == NULL && cf_call_is (call, i, "LIBRARYNAME"))
        {
          if (++i == call->argc)
            return cf_throw (error, CF_ERROR_FAILED,
                             "library name argument was not given");
          options->pattern = &call->argv[i];
        }
      else
        return cf_throw (error, CF_ERROR_FAILED, "Unknown argument %.*s",
                         (int) MIN (call->argv[i].size, CF_CALL_TEXT_MAX),
                         call->argv[i].data);
    }
  return TRUE;
}

static void
reply_flags (CfReply *reply, CfScriptFlags flags)
{
  static const struct
  {
    CfScriptFlags flag;
    const char *name;
  } known[] = {
    { CF_SCRIPT_NO_WRITES, "no-writes" },
    { CF_SCRIPT_ALLOW_OOM, "allow-oom" },
    { CF_SCRIPT_ALLOW_STALE, "allow-stale" },
    { CF_SCRIPT_NO_CLUSTER, "no-cluster" },
    { CF_SCRIPT_ALLOW_CROSS_SLOT, "allow-cross-slot-keys" },
  };
  gsize n = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    n += (flags & known[i].flag) != 0;
  cf_reply_set (reply, n);
  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    if (flags & known[i].flag)
      cf_reply_status (reply, known[i].name);
}

static void
reply_library (CfReply *reply, const CfLibrary *library, gboolean with_code)
{
  cf_reply_map (reply, with_code ? 4 : 3);
  cf_reply_bulk_string (reply, "library_name");
  cf_reply_bulk_string (reply, library->name);
  cf_reply_bulk_string (reply, "engine");
  cf_reply_bulk_string (reply, "LUA");
  cf_reply_bulk_string (reply, "functions");
  cf_reply_array (reply, library->functions->len);
  for (guint i = 0; i < library->functions->len; i++)
    {
      const CfFunction *function = g_ptr_array_index (library->functions, i);

      cf_reply_map (reply, 3);
      cf_reply_bulk_string (reply, "name");
      cf_reply_bulk_string (reply, function->name);
      cf_reply_bulk_string (reply, "description");
      if (function->description != NULL)
        cf_reply_bulk (reply, cf_slice (function->description,
                                        function->description_size));
      else
        cf_reply_null (reply);
      cf_reply_bulk_string (reply, "flags");
      reply_flags (reply, function->flags);
    }
  if (!with_code)
    return;
  cf_reply_bulk_string (reply, "library_code");
  cf_reply_bulk (reply, cf_library_code (library));
}

static gboolean
is_listed (const CfLibrary *library, const ListOptions *options)
{
  return options->pattern == NULL ||
         cf_glob_match_nocase (*options->pattern,
                               cf_slice_of_string (library->name));
}

static gboolean
run_function_list (CfCall *call, GError **error)
{
  g_autoptr (CfFunctionSet) set = cf_functions_get (call->engine->functions);
  ListOptions options;
  gsize n = 0;

  if (!parse_list (call, &options, error))
    return FALSE;
  for (guint i = 0; i < set->libraries->len; i++)
    n += is_listed (g_ptr_array_index (set->libraries, i), &options);
  cf_reply_array (&call->reply, n);
  for (guint i = 0; i < set->libraries->len; i++)
    if (is_listed (g_ptr_array_index (set->libraries, i), &options))
      reply_library (&call->reply, g_ptr_array_index (set->libraries, i),
                     options.with_code);
  return TRUE;
}

/* -- FUNCTION STATS, KILL ------------------------------------------------- */

static void
reply_running (CfCall *call)
{
  g_autoptr (GPtrArray) words =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autofree char *name = NULL;
  gint64 since_us;

  if (!cf_scripts_longest (call->engine->scripts, CF_SCRIPT_FUNCTION, &since_us,
                           &name, words))
    {
      cf_reply_null (&call->reply);
      return;
    }
  cf_reply_map (&call->reply, 3);
  cf_reply_bulk_string (&call->reply, "name");
  cf_reply_bulk_string (&call->reply, name);
  cf_reply_bulk_string (&call->reply, "command");
  cf_reply_array (&call->reply, words->len);
  for (guint i = 0; i < words->len; i++)
    {
      gsize size;
      const char *word = g_bytes_get_data (g_ptr_array_index (words, i), &size);

      cf_reply_bulk (&call->reply, cf_slice (word, size));
    }
  cf_reply_bulk_string (&call->reply, "duration_ms");
  cf_reply_int (&call->reply, (cf_clock_mono_us () - since_us) / 1000);
}

static gboolean
run_function_stats (CfCall *call, GError **error)
{
  g_autoptr (CfFunctionSet) set = cf_functions_get (call->engine->functions);

  cf_reply_map (&call->reply, 2);
  cf_reply_bulk_string (&call->reply, "running_script");
  reply_running (call);
  cf_reply_bulk_string (&call->reply, "engines");
  cf_reply_map (&call->reply, 1);
  cf_reply_bulk_string (&call->reply, "LUA");
  cf_reply_map (&call->reply, 2);
  cf_reply_bulk_string (&call->reply, "libraries_count");
  cf_reply_int (&call->reply, set->libraries->len);
  cf_reply_bulk_string (&call->reply, "functions_count");
  cf_reply_int (&call->reply, g_hash_table_size (set->functions));
  return TRUE;
}

static gboolean
run_function_kill (CfCall *call, GError **error)
{
  if (!cf_scripts_kill (call->engine->scripts, CF_SCRIPT_FUNCTION, error))
    return FALSE;
  cf_reply_ok (&call->reply);
  return TRUE;
}

/* -- Tables --------------------------------------------------------------- */

#define SUBCOMMAND(NAME, USAGE, SUMMARY, COMPLEXITY, TIPS, ARITY, FLAGS, RUN)  \
  {                                                                            \
    .name = NAME, .usage = USAGE, .summary = SUMMARY, .since = "7.0.0",        \
    .complexity = COMPLEXITY, .tips = TIPS, .run = RUN, .arity = ARITY,        \
    .flags = CF_COMMAND_NOSCRIPT | (FLAGS), .categories = CF_ACL_SCRIPTING,    \
  }

#define ALL_SHARDS "request_policy:all_shards response_policy:all_succeeded"

static const CfCommand function_commands[] = {
  SUBCOMMAND ("DELETE",
              "library-name",
              "Removes a library and its functions.",
              "O(1)",
              ALL_SHARDS,
              3,
              CF_COMMAND_WRITE,
              run_function_delete),
  SUBCOMMAND ("DUMP",
              NULL,
              "Returns all libraries as bytes that FUNCTION RESTORE takes.",
              "O(N) where N is the number of functions",
              NULL,
              2,
              0,
              run_function_dump),
  SUBCOMMAND ("FLUSH",
              "[ASYNC | SYNC]",
              "Removes all libraries.",
              "O(N) where N is the number of functions deleted",
              ALL_SHARDS,
              -2,
              CF_COMMAND_WRITE,
              run_function_flush),
  CF_HELP_COMMAND ("7.0.0", CF_ACL_SCRIPTING),
  SUBCOMMAND ("KILL",
              NULL,
              "Ends the functions that run and have not written.",
              "O(1)",
              "request_policy:all_shards response_policy:one_succeeded",
              2,
              CF_COMMAND_ALLOW_BUSY,
              run_function_kill),
  SUBCOMMAND ("LIST",
              "[LIBRARYNAME library-name-pattern] [WITHCODE]",
              "Lists libraries and their functions.",
              "O(N) where N is the number of functions",
              "nondeterministic_output_order",
              -2,
              0,
              run_function_list),
  SUBCOMMAND ("LOAD",
              "[REPLACE] function-code",
              "Adds the library that a program makes.",
              "O(1) (considering compilation time is redundant)",
              ALL_SHARDS,
              -3,
              CF_COMMAND_WRITE | CF_COMMAND_DENYOOM,
              run_function_load),
  SUBCOMMAND ("RESTORE",
              "serialized-value [FLUSH | APPEND | REPLACE]",
              "Adds the libraries that FUNCTION DUMP has returned.",
              "O(N) where N is the number of functions on the payload",
              ALL_SHARDS,
              -3,
              CF_COMMAND_WRITE | CF_COMMAND_DENYOOM,
              run_function_restore),
  SUBCOMMAND ("STATS",
              NULL,
              "Tells which function runs, and how many there are.",
              "O(1)",
              "nondeterministic_output request_policy:all_shards "
              "response_policy:special",
              2,
              CF_COMMAND_ALLOW_BUSY,
              run_function_stats),
};

#define FCALL(NAME, SUMMARY, FLAGS, KEY_FLAGS, NOTES)                          \
  {                                                                            \
    .name = NAME, .usage = "function numkeys:integer [key ...] [arg ...]",     \
    .summary = SUMMARY, .since = "7.0.0",                                      \
    .complexity = "Depends on the function that is executed.",                 \
    .run = run_fcall, .arity = -3,                                             \
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
    .block_flags = cf_script_block_flags, .call_flags = flags_of_call,         \
  }

static const CfCommand commands[] = {
  FCALL ("FCALL",
         "Calls a function.",
         0,
         "RW access update",
         "It cannot be told what the function does with the keys: it may write "
         "them"),
  FCALL ("FCALL_RO",
         "Calls a function that may not write.",
         CF_COMMAND_READONLY,
         "RO access",
         "It cannot be told what the function does with the keys: it reads"),
  {
      .name = "FUNCTION",
      .summary = "Manages libraries of functions, and ends functions.",
      .since = "7.0.0",
      .complexity = "Depends on subcommand.",
      .arity = -2,
      .subcommands = function_commands,
      .n_subcommands = G_N_ELEMENTS (function_commands),
  },
};

const CfFamily cf_function_family = {
  .group = "scripting",
  .commands = commands,
  .n_commands = G_N_ELEMENTS (commands),
};
