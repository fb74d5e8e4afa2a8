/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/scripts.h"

#include "base/error.h"
#include "base/memory.h"

struct _CfScripts
{
  gint generation;                     /* (atomic) */
  gint waiting;                        /* (atomic) a script waits for a key */
  gssize vm_memory[CF_N_SCRIPT_KINDS]; /* (atomic) bytes */

  CfMutex lock;
  /* Protected by @lock. */
  GHashTable *by_sha; /* (owned) of CfScript (owned) */
  GQueue of_eval;     /* of CfScript (not owned), the oldest first */
  gsize memory;
  guint64 n_evicted;
  GPtrArray *runs; /* (owned) of CfScriptProgress (not owned) */
};

/* -- The cache ------------------------------------------------------------ */

/**
 * cf_scripts_new:
 *
 * Returns: (transfer full): an empty cache
 */
CfScripts *
cf_scripts_new (void)
{
  CfScripts *self = g_new0 (CfScripts, 1);

  cf_mutex_init (&self->lock, CF_LOCK_SCRIPTS, 0);
  self->by_sha = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                        (GDestroyNotify) cf_script_unref);
  g_queue_init (&self->of_eval);
  self->runs = g_ptr_array_new ();
  return self;
}

/**
 * cf_scripts_free:
 * @self: (nullable) (transfer full): a cache, while no script runs
 */
void
cf_scripts_free (CfScripts *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->by_sha);
  g_queue_clear (&self->of_eval);
  g_ptr_array_unref (self->runs);
  cf_mutex_clear (&self->lock);
  g_free (self);
}

/**
 * cf_scripts_find:
 * @self: the cache
 * @sha: a SHA-1 in lower case
 *
 * Returns: (transfer full) (nullable): the script
 */
CfScript *
cf_scripts_find (CfScripts *self, const char *sha)
{
  CfScript *script;

  cf_mutex_lock (&self->lock);
  script = g_hash_table_lookup (self->by_sha, sha);
  if (script != NULL)
    cf_script_ref (script);
  cf_mutex_unlock (&self->lock);
  return script;
}

static gsize
memory_of (const CfScript *script)
{
  return cf_memory_usable (script) + cf_memory_usable (script->body.data) +
         3 * sizeof (gpointer);
}

static void
evict_locked (CfScripts *self)
{
  while (g_queue_get_length (&self->of_eval) > CF_SCRIPTS_OF_EVAL_MAX)
    {
      CfScript *oldest = g_queue_pop_head (&self->of_eval);

      self->memory -= memory_of (oldest);
      self->n_evicted++;
      g_hash_table_remove (self->by_sha, oldest->sha);
    }
}

/* From now on SCRIPT FLUSH alone removes it. */
static void
keep_locked (CfScripts *self, CfScript *script)
{
  if (script->was_loaded)
    return;
  script->was_loaded = TRUE;
  (void) g_queue_remove (&self->of_eval, script);
}

/**
 * cf_scripts_add:
 * @self: the cache
 * @script: (transfer none): a script that can be compiled
 * @loaded: whether SCRIPT LOAD has brought it
 *
 * Returns: (transfer full): the script of this SHA in the cache
 */
CfScript *
cf_scripts_add (CfScripts *self, CfScript *script, gboolean loaded)
{
  CfScript *known;

  cf_mutex_lock (&self->lock);
  known = g_hash_table_lookup (self->by_sha, script->sha);
  if (known == NULL)
    {
      known = cf_script_ref (script);
      g_hash_table_insert (self->by_sha, known->sha, known);
      self->memory += memory_of (known);
      known->was_loaded = FALSE;
      g_queue_push_tail (&self->of_eval, known);
    }
  if (loaded)
    keep_locked (self, known);
  cf_script_ref (known);
  evict_locked (self);
  cf_mutex_unlock (&self->lock);
  return known;
}

/**
 * cf_scripts_flush:
 * @self: the cache
 *
 * Forgets all scripts.
 */
void
cf_scripts_flush (CfScripts *self)
{
  cf_mutex_lock (&self->lock);
  g_queue_clear (&self->of_eval);
  g_hash_table_remove_all (self->by_sha);
  self->memory = 0;
  g_atomic_int_inc (&self->generation);
  cf_mutex_unlock (&self->lock);
}

/**
 * cf_scripts_generation:
 * @self: the cache
 *
 * Returns: how often it was flushed
 */
guint
cf_scripts_generation (const CfScripts *self)
{
  return (guint) g_atomic_int_get (&self->generation);
}

/**
 * cf_scripts_n:
 * @self: the cache
 *
 * Returns: how many scripts are in it
 */
guint
cf_scripts_n (CfScripts *self)
{
  guint n;

  cf_mutex_lock (&self->lock);
  n = g_hash_table_size (self->by_sha);
  cf_mutex_unlock (&self->lock);
  return n;
}

/**
 * cf_scripts_memory:
 * @self: the cache
 *
 * Returns: how many bytes the scripts take in it
 */
gsize
cf_scripts_memory (CfScripts *self)
{
  gsize memory;

  cf_mutex_lock (&self->lock);
  memory = self->memory;
  cf_mutex_unlock (&self->lock);
  return memory;
}

/**
 * cf_scripts_n_evicted:
 * @self: the cache
 *
 * Returns: how many scripts of EVAL had to go for later ones
 */
guint64
cf_scripts_n_evicted (CfScripts *self)
{
  guint64 n;

  cf_mutex_lock (&self->lock);
  n = self->n_evicted;
  cf_mutex_unlock (&self->lock);
  return n;
}

/* -- Runs ----------------------------------------------------------------- */

/**
 * cf_scripts_list:
 * @self: the scripts
 * @progress: a run, in its thread
 *
 * Makes the run known to SCRIPT KILL.
 */
void
cf_scripts_list (CfScripts *self, CfScriptProgress *progress)
{
  cf_mutex_lock (&self->lock);
  g_ptr_array_add (self->runs, progress);
  progress->listed = TRUE;
  cf_mutex_unlock (&self->lock);
}

/**
 * cf_scripts_unlist:
 * @self: the scripts
 * @progress: a run that ends, listed or not
 */
void
cf_scripts_unlist (CfScripts *self, CfScriptProgress *progress)
{
  if (!progress->listed)
    return;
  cf_mutex_lock (&self->lock);
  (void) g_ptr_array_remove_fast (self->runs, progress);
  progress->listed = FALSE;
  cf_mutex_unlock (&self->lock);
}

/* How well a run can be killed; the best of all counts. */
typedef enum
{
  NONE_RUNS,
  OTHER_KIND,
  WROTE,
  KILLED,
} Kill;

static Kill
kill_run (CfScriptProgress *run, CfScriptKind kind)
{
  if (run->kind != kind)
    return OTHER_KIND;
  (void) g_atomic_int_compare_and_exchange (&run->state, CF_SCRIPT_CLEAN,
                                            CF_SCRIPT_KILLED);
  return g_atomic_int_get (&run->state) == CF_SCRIPT_KILLED ? KILLED : WROTE;
}

/**
 * cf_scripts_kill:
 * @self: the scripts
 * @kind: which ones
 * @error: return location for an error, or %NULL
 *
 * Ends all scripts of the kind that have run for a while and not written.
 *
 * Returns: %FALSE if there is none
 */
gboolean
cf_scripts_kill (CfScripts *self, CfScriptKind kind, GError **error)
{
  Kill best = NONE_RUNS;

  cf_mutex_lock (&self->lock);
  for (guint i = 0; i < self->runs->len; i++)
    best = MAX (best, kill_run (g_ptr_array_index (self->runs, i), kind));
  cf_mutex_unlock (&self->lock);
  switch (best)
    {
    case KILLED:
      return TRUE;
    case WROTE:
      return cf_throw (
          error, CF_ERROR_VERBATIM,
          "UNKILLABLE Sorry the script already executed write commands against "
          "the dataset. You can either wait the script termination or kill the "
          "server in a hard way using the SHUTDOWN NOSAVE command.");
    case OTHER_KIND:
      return cf_throw (error, CF_ERROR_VERBATIM, "%s",
                       cf_script_busy_message (kind == CF_SCRIPT_EVAL
                                                   ? CF_SCRIPT_FUNCTION
                                                   : CF_SCRIPT_EVAL));
    case NONE_RUNS:
    default:
      return cf_throw (error, CF_ERROR_VERBATIM,
                       "NOTBUSY No scripts in execution right now.");
    }
}

/**
 * cf_script_busy_message:
 * @kind: what runs
 *
 * Returns: (transfer none): what those are told who would have to wait for it
 */
const char *
cf_script_busy_message (CfScriptKind kind)
{
  return kind == CF_SCRIPT_EVAL
             ? "BUSY Redis is busy running a script. You can only call SCRIPT "
               "KILL or SHUTDOWN NOSAVE."
             : "BUSY Redis is busy running a script. You can only call "
               "FUNCTION "
               "KILL or SHUTDOWN NOSAVE.";
}

/* The longest-running; NULL: none.  @kind is one, or CF_N_SCRIPT_KINDS. */
static const CfScriptProgress *
find_longest_locked (CfScripts *self, CfScriptKind kind)
{
  const CfScriptProgress *longest = NULL;

  cf_mutex_assert_held (&self->lock);
  for (guint i = 0; i < self->runs->len; i++)
    {
      const CfScriptProgress *run = g_ptr_array_index (self->runs, i);

      if ((kind == CF_N_SCRIPT_KINDS || run->kind == kind) &&
          (longest == NULL || run->since_us < longest->since_us))
        longest = run;
    }
  return longest;
}

/**
 * cf_scripts_oldest:
 * @self: the scripts
 * @kind: (out): what it is
 * @since_us: (out): steady clock: when it began
 *
 * Finds the script that has run for longest, of whichever kind.
 *
 * Returns: %FALSE if none runs, or not for long; nothing is set then
 */
gboolean
cf_scripts_oldest (CfScripts *self, CfScriptKind *kind, gint64 *since_us)
{
  const CfScriptProgress *longest;

  cf_mutex_lock (&self->lock);
  longest = find_longest_locked (self, CF_N_SCRIPT_KINDS);
  if (longest != NULL)
    {
      *kind = longest->kind;
      *since_us = longest->since_us;
    }
  cf_mutex_unlock (&self->lock);
  return longest != NULL;
}

/**
 * cf_scripts_longest:
 * @self: the scripts
 * @kind: which ones
 * @since_us: (out): steady clock: when it began
 * @name: (out) (transfer full): what it is called
 *
 * Finds the script that has run for longest.
 * @command: (element-type GBytes): where the words of its command go
 *
 * Returns: %FALSE if none runs, or not for long
 */
gboolean
cf_scripts_longest (CfScripts *self,
                    CfScriptKind kind,
                    gint64 *since_us,
                    char **name,
                    GPtrArray *command)
{
  const CfScriptProgress *longest;

  cf_mutex_lock (&self->lock);
  longest = find_longest_locked (self, kind);
  if (longest != NULL)
    {
      *since_us = longest->since_us;
      *name = g_strdup (longest->name);
      for (guint i = 0; i < longest->argc; i++)
        g_ptr_array_add (command, g_bytes_new (longest->argv[i].data,
                                               longest->argv[i].size));
    }
  cf_mutex_unlock (&self->lock);
  return longest != NULL;
}

/**
 * cf_scripts_begin_wait:
 * @self: the scripts
 *
 * To be asked before a script waits for a key that another holds: were there
 * two, they could wait for each other.
 *
 * Returns: %FALSE if one waits already
 */
gboolean
cf_scripts_begin_wait (CfScripts *self)
{
  return g_atomic_int_compare_and_exchange (&self->waiting, 0, 1);
}

/**
 * cf_scripts_end_wait:
 * @self: the scripts, of which the calling thread's waits
 */
void
cf_scripts_end_wait (CfScripts *self)
{
  g_atomic_int_set (&self->waiting, 0);
}

/* -- Memory --------------------------------------------------------------- */

/**
 * cf_scripts_count_vm:
 * @self: the scripts
 * @kind: a kind of states
 * @bytes: how many more, or less, they take
 */
void
cf_scripts_count_vm (CfScripts *self, CfScriptKind kind, gssize bytes)
{
  __atomic_add_fetch (&self->vm_memory[kind], bytes, __ATOMIC_RELAXED);
}

/**
 * cf_scripts_vm_memory:
 * @self: the scripts
 * @kind: a kind of states
 *
 * Returns: how many bytes these states took when they last rested
 */
gsize
cf_scripts_vm_memory (CfScripts *self, CfScriptKind kind)
{
  gssize bytes = __atomic_load_n (&self->vm_memory[kind], __ATOMIC_RELAXED);

  return bytes > 0 ? (gsize) bytes : 0;
}
