/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/script-host.h"

#include "base/hash.h"
#include "engine/engine.h"
#include "engine/script-api.h"
#include "store/table.h"

/* What a state takes is counted when it differs by so much. */
#define COUNTED_STEP 4096

typedef struct
{
  CfLua *lua; /* (owned) (nullable) */
  guint generation;
  gsize counted; /* bytes that the sum of all has of it */
} Place;

struct _CfScriptHost
{
  CfEngine *engine;   /* (not owned) */
  CfScripts *scripts; /* (not owned) its own */
  Place places[CF_N_SCRIPT_KINDS];
  GHashTable *by_body; /* (owned) of CfProgram (owned), by its script's body */
  GHashTable *by_sha;  /* (owned) the same, by its script's SHA */
  CfFunctionSet *functions; /* (owned) (nullable) those asked for last */
};

static guint
hash_body (gconstpointer data)
{
  return cf_table_hash (*(const CfSlice *) data);
}

static gboolean
equal_bodies (gconstpointer a, gconstpointer b)
{
  return cf_slice_equal (*(const CfSlice *) a, *(const CfSlice *) b);
}

static void
free_program (gpointer data)
{
  CfProgram *program = data;

  cf_script_unref (program->script);
  g_free (program);
}

static CfScriptHost *
host_of (CfWorker *worker)
{
  CfScriptHost *self = worker->scripts;

  if (G_LIKELY (self != NULL))
    return self;
  self = worker->scripts = g_new0 (CfScriptHost, 1);
  self->engine = worker->engine;
  self->scripts = self->engine->scripts;
  self->by_body =
      g_hash_table_new_full (hash_body, equal_bodies, NULL, free_program);
  self->by_sha = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

/* All threads count in one place, so not every byte is worth it. */
static void
count (CfScriptHost *self, CfScriptKind kind, gsize bytes)
{
  Place *place = &self->places[kind];
  gssize change = (gssize) bytes - (gssize) place->counted;

  if (bytes != 0 && ABS (change) < COUNTED_STEP)
    return;
  cf_scripts_count_vm (self->scripts, kind, change);
  place->counted = bytes;
}

static void
drop_state (CfScriptHost *self, CfScriptKind kind)
{
  if (kind == CF_SCRIPT_EVAL)
    {
      g_hash_table_remove_all (self->by_sha);
      g_hash_table_remove_all (self->by_body);
    }
  g_clear_pointer (&self->places[kind].lua, cf_lua_free);
  count (self, kind, 0);
}

/**
 * cf_script_host_free:
 * @self: (nullable) (transfer full): a host in which nothing runs
 */
void
cf_script_host_free (CfScriptHost *self)
{
  if (self == NULL)
    return;
  for (CfScriptKind kind = 0; kind < CF_N_SCRIPT_KINDS; kind++)
    drop_state (self, kind);
  g_hash_table_unref (self->by_sha);
  g_hash_table_unref (self->by_body);
  cf_function_set_unref (self->functions);
  g_free (self);
}

static int
open_api (lua_State *L)
{
  cf_script_api_open (L);
  return 0;
}

static int
open_api_for_functions (lua_State *L)
{
  cf_script_api_open_for_functions (L);
  return 0;
}

static CfLua *
make_state (CfWorker *worker, CfScriptKind kind)
{
  gint64 limit =
      cf_config_get_int (worker->engine->config, CF_SETTING_LUA_MEMORY_LIMIT);
  g_autoptr (CfLua) lua = cf_lua_new ((gsize) limit);
  lua_CFunction open =
      kind == CF_SCRIPT_FUNCTION ? open_api_for_functions : open_api;

  if (lua == NULL || cf_lua_protect (lua, open, NULL) != 0)
    return NULL;
  return g_steal_pointer (&lua);
}

/**
 * cf_script_host_lua:
 * @worker: the calling thread's worker
 * @kind: what is to run in the state
 * @generation: of what is loaded there
 * @is_new: (out) (optional): whether nothing is loaded there yet
 * @error: return location for an error, or %NULL
 *
 * Returns: (transfer none) (nullable): the state; %NULL: no memory
 */
CfLua *
cf_script_host_lua (CfWorker *worker,
                    CfScriptKind kind,
                    guint generation,
                    gboolean *is_new,
                    GError **error)
{
  CfScriptHost *self = host_of (worker);
  Place *place = &self->places[kind];

  if (is_new != NULL)
    *is_new = FALSE;
  if (G_LIKELY (place->lua != NULL && place->generation == generation))
    return place->lua;
  drop_state (self, kind);
  place->lua = make_state (worker, kind);
  place->generation = generation;
  if (place->lua == NULL)
    cf_throw (error, CF_ERROR_OOM,
              "there is not enough memory for scripts (lua-memory-limit)");
  else if (is_new != NULL)
    *is_new = TRUE;
  return place->lua;
}

/**
 * cf_script_host_functions:
 * @worker: the calling thread's worker
 *
 * Returns: (transfer none): the functions there are now, until it is called
 *   again
 */
const CfFunctionSet *
cf_script_host_functions (CfWorker *worker)
{
  CfScriptHost *self = host_of (worker);
  CfFunctions *functions = worker->engine->functions;

  if (G_LIKELY (self->functions != NULL &&
                self->functions->generation ==
                    cf_functions_generation (functions)))
    return self->functions;
  cf_function_set_unref (self->functions);
  self->functions = cf_functions_get (functions);
  return self->functions;
}

/* Whether the state of scripts has gathered so much that the next one may find
 * no room: Lua does not look for garbage when memory runs out. */
static gboolean
is_worn (const CfScriptHost *self, const Place *place)
{
  return g_hash_table_size (self->by_body) > CF_SCRIPT_HOST_PROGRAMS_MAX ||
         (place->lua != NULL && place->lua->limit > 0 &&
          cf_lua_used (place->lua) > place->lua->limit / 2);
}

/**
 * cf_script_host_rest:
 * @worker: the calling thread's worker
 * @kind: what has run
 * @drop: whether the state is of no use any more
 *
 * Sees to the state after a run.
 */
void
cf_script_host_rest (CfWorker *worker, CfScriptKind kind, gboolean drop)
{
  CfScriptHost *self = host_of (worker);
  Place *place = &self->places[kind];

  if (drop || (kind == CF_SCRIPT_EVAL && is_worn (self, place)))
    drop_state (self, kind);
  else if (place->lua != NULL)
    count (self, kind, cf_lua_used (place->lua));
}

/* Who compiles ends with the server. */
static void
on_compile_tick (CfLua *lua, gpointer data)
{
  const CfScriptHost *self = data;

  lua->unwinding = g_atomic_int_get (&self->engine->shutting_down) != 0;
}

static int
compile_body (CfScriptHost *self, CfLua *lua, CfSlice code, int *reference)
{
  int status;

  lua->tick = on_compile_tick;
  lua->tick_data = self;
  status = cf_lua_compile (lua, code, "@user_script", reference);
  lua->tick = NULL;
  lua->tick_data = NULL;
  lua->unwinding = FALSE;
  return status;
}

/* Compiles @script; throws what Lua says if that does not work. */
static CfProgram *
compile (CfScriptHost *self, CfScript *script, GError **error)
{
  CfLua *lua = self->places[CF_SCRIPT_EVAL].lua;
  CfSlice code = cf_slice (script->body.data + script->skip,
                           script->body.size - script->skip);
  int reference;
  CfProgram *program;

  if (compile_body (self, lua, code, &reference) != 0)
    {
      const char *message = lua_tostring (lua->L, -1);

      cf_throw (error, CF_ERROR_FAILED,
                "Error compiling script (new function): %s",
                message != NULL ? message : "?");
      lua_settop (lua->L, 0);
      return NULL;
    }
  program = g_new0 (CfProgram, 1);
  program->script = cf_script_ref (script);
  program->lua = lua;
  program->reference = reference;
  return program;
}

static CfProgram *
keep (CfScriptHost *self, CfProgram *program)
{
  g_hash_table_insert (self->by_sha, program->script->sha, program);
  g_hash_table_insert (self->by_body, &program->script->body, program);
  return program;
}

static CfScriptHost *
ready_host (CfWorker *worker, GError **error)
{
  CfScripts *scripts = worker->engine->scripts;

  if (cf_script_host_lua (worker, CF_SCRIPT_EVAL,
                          cf_scripts_generation (scripts), NULL, error) == NULL)
    return NULL;
  return worker->scripts;
}

/**
 * cf_script_host_by_body:
 * @worker: the calling thread's worker
 * @body: a program
 * @loaded: whether SCRIPT LOAD has brought it
 * @error: return location for an error, or %NULL
 *
 * Finds the program, or compiles it and adds it to the cache of scripts.
 *
 * Returns: (transfer none) (nullable): the program; %NULL if it is no good
 */
CfProgram *
cf_script_host_by_body (CfWorker *worker,
                        CfSlice body,
                        gboolean loaded,
                        GError **error)
{
  CfScriptHost *self = ready_host (worker, error);
  CfProgram *program;
  g_autoptr (CfScript) script = NULL;
  g_autoptr (CfScript) cached = NULL;

  if (self == NULL)
    return NULL;
  program = g_hash_table_lookup (self->by_body, &body);
  if (G_LIKELY (program != NULL && !loaded))
    return program;
  if (program == NULL)
    {
      script = cf_script_new (body, error);
      program = script != NULL ? compile (self, script, error) : NULL;
      if (program == NULL)
        return NULL;
      keep (self, program);
    }
  cached = cf_scripts_add (self->scripts, program->script, loaded);
  if (cached != program->script)
    {
      /* What is found out of it is to be known to all threads. */
      g_autoptr (CfScript) own = program->script;

      g_hash_table_steal (self->by_sha, own->sha);
      g_hash_table_steal (self->by_body, &own->body);
      program->script = g_steal_pointer (&cached);
      keep (self, program);
    }
  return program;
}

/**
 * cf_script_host_by_sha:
 * @worker: the calling thread's worker
 * @sha: what a client takes for a SHA-1, in any case
 * @error: return location for an error, or %NULL
 *
 * Returns: (transfer none) (nullable): the program; %NULL if there is none
 */
CfProgram *
cf_script_host_by_sha (CfWorker *worker, CfSlice sha, GError **error)
{
  CfScriptHost *self = ready_host (worker, error);
  char lower[CF_SCRIPT_SHA_SIZE + 1] = "";
  g_autoptr (CfScript) script = NULL;
  CfProgram *program = NULL;

  if (self == NULL)
    return NULL;
  if (sha.size == CF_SCRIPT_SHA_SIZE)
    {
      for (gsize i = 0; i < CF_SCRIPT_SHA_SIZE; i++)
        lower[i] = g_ascii_tolower (sha.data[i]);
      program = g_hash_table_lookup (self->by_sha, lower);
      if (G_LIKELY (program != NULL))
        return program;
      script = cf_scripts_find (self->scripts, lower);
    }
  if (script == NULL)
    {
      cf_throw (error, CF_ERROR_VERBATIM,
                "NOSCRIPT No matching script. Please use EVAL.");
      return NULL;
    }
  program = compile (self, script, error);
  return program != NULL ? keep (self, program) : NULL;
}
