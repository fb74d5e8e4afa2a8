/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/function.h"

#include "base/error.h"
#include "proto/split.h"

#define HEAD_MAX (64 * 1024) /* bytes of the "#!" line */
/* Names below this are looked up without an allocation. */
#define NAME_SHORT 64

struct _CfFunctions
{
  gint generation; /* (atomic) that of @set, written with @lock held */

  CfMutex lock;
  /* Protected by @lock. */
  CfFunctionSet *set; /* (owned) */
};

/* -- A function ----------------------------------------------------------- */

/**
 * cf_function_new:
 * @name: what it is called, checked
 * @flags: what it says it does
 *
 * Returns: (transfer full): a function without a description
 */
CfFunction *
cf_function_new (CfSlice name, CfScriptFlags flags)
{
  CfFunction *self = g_new0 (CfFunction, 1);

  self->refs = 1;
  self->name = g_strndup (name.data, name.size);
  self->lower = g_ascii_strdown (self->name, -1);
  self->flags = flags;
  return self;
}

/**
 * cf_function_ref:
 * @self: a function
 *
 * Returns: (transfer full): @self
 */
CfFunction *
cf_function_ref (CfFunction *self)
{
  g_atomic_int_inc (&self->refs);
  return self;
}

/**
 * cf_function_unref:
 * @self: (nullable) (transfer full): a function
 */
void
cf_function_unref (CfFunction *self)
{
  if (self == NULL || !g_atomic_int_dec_and_test (&self->refs))
    return;
  g_free (self->name);
  g_free (self->lower);
  g_free (self->description);
  g_free (self);
}

/* -- A library ------------------------------------------------------------ */

/**
 * cf_library_check_name:
 * @name: the name of a library or a function
 * @error: return location for an error, or %NULL
 *
 * Returns: whether it may be one
 */
gboolean
cf_library_check_name (CfSlice name, GError **error)
{
  gboolean is_good = name.size > 0;

  for (gsize i = 0; i < name.size; i++)
    if (!g_ascii_isalnum (name.data[i]) && name.data[i] != '_')
      is_good = FALSE;
  return is_good ||
         cf_throw (error, CF_ERROR_FAILED,
                   "Library names can only contain letters, numbers, or "
                   "underscores(_) and must be at least one character long");
}

/* One word of the head, after the first. */
static gboolean
parse_option (CfLibrary *self, CfSlice word, GError **error)
{
  const gsize prefix = strlen ("name=");

  if (word.size < prefix || g_ascii_strncasecmp (word.data, "name=", prefix))
    return cf_throw (error, CF_ERROR_FAILED,
                     "Invalid metadata value given: %.*s",
                     (int) MIN (word.size, 256), word.data);
  if (self->name != NULL)
    return cf_throw (error, CF_ERROR_FAILED,
                     "Invalid metadata value, name argument was given multiple "
                     "times");
  self->name = g_strndup (word.data + prefix, word.size - prefix);
  return TRUE;
}

static gboolean
check_engine (CfSlice word, GError **error)
{
  CfSlice engine = cf_slice (word.data + 2, word.size - 2);

  return cf_slice_is (engine, "lua") ||
         cf_throw (error, CF_ERROR_FAILED, "Engine '%.*s' not found",
                   (int) MIN (engine.size, 256), engine.data);
}

/* "#!lua name=NAME". */
static gboolean
parse_head (CfLibrary *self, CfSlice head, GError **error)
{
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (CfSpan));
  g_autofree char *line = g_strndup (head.data, head.size);
  CfSlice first;

  if (!cf_split_args (line, head.size, spans) || spans->len == 0)
    return cf_throw (error, CF_ERROR_FAILED, "Invalid library metadata");
  for (guint i = 1; i < spans->len; i++)
    {
      const CfSpan *span = &g_array_index (spans, CfSpan, i);

      if (!parse_option (self, cf_slice (line + span->offset, span->size),
                         error))
        return FALSE;
    }
  if (self->name == NULL)
    return cf_throw (error, CF_ERROR_FAILED, "Library name was not given");
  first = cf_slice (line + g_array_index (spans, CfSpan, 0).offset,
                    g_array_index (spans, CfSpan, 0).size);
  return cf_library_check_name (cf_slice_of_string (self->name), error) &&
         check_engine (first, error);
}

/**
 * cf_library_new:
 * @code: the program of a library, copied
 * @error: return location for an error, or %NULL
 *
 * Returns: (transfer full) (nullable): the library, of which the head is
 *   known; %NULL if that is wrong
 */
CfLibrary *
cf_library_new (CfSlice code, GError **error)
{
  g_autoptr (CfLibrary) self = NULL;
  const char *end;
  char *copy;

  if (code.size < 2 || memcmp (code.data, "#!", 2) != 0)
    {
      cf_throw (error, CF_ERROR_FAILED, "Missing library metadata");
      return NULL;
    }
  end = memchr (code.data, '\n', code.size);
  if (end == NULL || end - code.data > HEAD_MAX)
    {
      cf_throw (error, CF_ERROR_FAILED, "Invalid library metadata");
      return NULL;
    }
  copy = cf_slice_try_dup (code);
  if (copy == NULL)
    {
      cf_throw (error, CF_ERROR_OOM, CF_NO_MEMORY);
      return NULL;
    }
  self = g_new0 (CfLibrary, 1);
  self->refs = 1;
  self->code = g_bytes_new_take (copy, code.size);
  self->skip = (gsize) (end - code.data);
  self->functions =
      g_ptr_array_new_with_free_func ((GDestroyNotify) cf_function_unref);
  if (!parse_head (self, cf_slice (code.data, self->skip), error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * cf_library_ref:
 * @self: a library
 *
 * Returns: (transfer full): @self
 */
CfLibrary *
cf_library_ref (CfLibrary *self)
{
  g_atomic_int_inc (&self->refs);
  return self;
}

/**
 * cf_library_unref:
 * @self: (nullable) (transfer full): a library
 */
void
cf_library_unref (CfLibrary *self)
{
  if (self == NULL || !g_atomic_int_dec_and_test (&self->refs))
    return;
  g_free (self->name);
  g_bytes_unref (self->code);
  g_ptr_array_unref (self->functions);
  g_free (self);
}

/**
 * cf_library_code:
 * @self: a library
 *
 * Returns: its program, with the "#!" line
 */
CfSlice
cf_library_code (const CfLibrary *self)
{
  gsize size;
  const char *code = g_bytes_get_data (self->code, &size);

  return cf_slice (code, size);
}

/* -- A set ---------------------------------------------------------------- */

static CfFunctionSet *
set_new (guint generation)
{
  CfFunctionSet *self = g_new0 (CfFunctionSet, 1);

  self->refs = 1;
  self->generation = generation;
  self->libraries =
      g_ptr_array_new_with_free_func ((GDestroyNotify) cf_library_unref);
  self->functions = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

/**
 * cf_function_set_ref:
 * @self: a set
 *
 * Returns: (transfer full): @self
 */
CfFunctionSet *
cf_function_set_ref (CfFunctionSet *self)
{
  g_atomic_int_inc (&self->refs);
  return self;
}

/**
 * cf_function_set_unref:
 * @self: (nullable) (transfer full): a set
 */
void
cf_function_set_unref (CfFunctionSet *self)
{
  if (self == NULL || !g_atomic_int_dec_and_test (&self->refs))
    return;
  g_hash_table_unref (self->functions);
  g_ptr_array_unref (self->libraries);
  g_free (self);
}

/**
 * cf_function_set_find:
 * @self: a set
 * @name: the name of a function, in any case
 *
 * Returns: (transfer none) (nullable): the function
 */
CfFunction *
cf_function_set_find (const CfFunctionSet *self, CfSlice name)
{
  g_autofree char *much =
      name.size < NAME_SHORT ? NULL : g_try_malloc (name.size + 1);
  char few[NAME_SHORT], *lower = much != NULL ? much : few;

  if (name.size >= NAME_SHORT && much == NULL)
    return NULL; /* none has a name as long as that */
  for (gsize i = 0; i < name.size; i++)
    {
      lower[i] = g_ascii_tolower (name.data[i]);
      if (lower[i] == '\0')
        return NULL;
    }
  lower[name.size] = '\0';
  return g_hash_table_lookup (self->functions, lower);
}

/**
 * cf_function_set_memory:
 * @self: a set
 *
 * Returns: the bytes that its libraries take, all states of Lua left out
 */
gsize
cf_function_set_memory (const CfFunctionSet *self)
{
  gsize bytes = 0;

  for (guint i = 0; i < self->libraries->len; i++)
    {
      const CfLibrary *library = g_ptr_array_index (self->libraries, i);

      bytes += sizeof *library + strlen (library->name) +
               g_bytes_get_size (library->code);
      for (guint j = 0; j < library->functions->len; j++)
        {
          const CfFunction *f = g_ptr_array_index (library->functions, j);

          bytes += sizeof *f + strlen (f->name) + f->description_size;
        }
    }
  return bytes;
}

/* @quote: what is put around the name in the message, as Redis does. */
static gboolean
check_name (const CfFunctionSet *self,
            const CfLibrary *library,
            const char *quote,
            GError **error)
{
  for (guint i = 0; i < self->libraries->len; i++)
    {
      const CfLibrary *other = g_ptr_array_index (self->libraries, i);

      if (strcmp (other->name, library->name) == 0)
        return cf_throw (error, CF_ERROR_FAILED,
                         "Library %s%s%s already exists", quote, library->name,
                         quote);
    }
  return TRUE;
}

static gboolean
set_add (CfFunctionSet *self,
         CfLibrary *library,
         const char *quote,
         GError **error)
{
  if (!check_name (self, library, quote, error))
    return FALSE;
  for (guint i = 0; i < library->functions->len; i++)
    {
      CfFunction *function = g_ptr_array_index (library->functions, i);

      if (g_hash_table_contains (self->functions, function->lower))
        return cf_throw (error, CF_ERROR_FAILED, "Function %s already exists",
                         function->name);
      g_hash_table_insert (self->functions, function->lower, function);
    }
  g_ptr_array_add (self->libraries, cf_library_ref (library));
  return TRUE;
}

static gboolean
has_library (const GPtrArray *libraries, const char *name)
{
  for (guint i = 0; i < libraries->len; i++)
    {
      const CfLibrary *library = g_ptr_array_index (libraries, i);

      if (strcmp (library->name, name) == 0)
        return TRUE;
    }
  return FALSE;
}

/* -- All sets ------------------------------------------------------------- */

/**
 * cf_functions_new:
 *
 * Returns: (transfer full): functions, of which there are none
 */
CfFunctions *
cf_functions_new (void)
{
  CfFunctions *self = g_new0 (CfFunctions, 1);

  cf_mutex_init (&self->lock, CF_LOCK_FUNCTIONS, 0);
  self->set = set_new (0);
  return self;
}

/**
 * cf_functions_free:
 * @self: (nullable) (transfer full): functions
 */
void
cf_functions_free (CfFunctions *self)
{
  if (self == NULL)
    return;
  cf_mutex_clear (&self->lock);
  cf_function_set_unref (self->set);
  g_free (self);
}

/**
 * cf_functions_get:
 * @self: functions
 *
 * Returns: (transfer full): those there are now
 */
CfFunctionSet *
cf_functions_get (CfFunctions *self)
{
  CfFunctionSet *set;

  cf_mutex_lock (&self->lock);
  set = cf_function_set_ref (self->set);
  cf_mutex_unlock (&self->lock);
  return set;
}

/**
 * cf_functions_generation:
 * @self: functions
 *
 * Returns: the generation of those there are now
 */
guint
cf_functions_generation (const CfFunctions *self)
{
  return (guint) g_atomic_int_get (&self->generation);
}

/* Puts @next in place of @before, if that is still there. */
static gboolean
try_change (CfFunctions *self, CfFunctionSet *before, CfFunctionSet *next)
{
  gboolean same;

  cf_mutex_lock (&self->lock);
  same = self->set == before;
  if (same)
    {
      self->set = cf_function_set_ref (next);
      g_atomic_int_set (&self->generation, (gint) next->generation);
    }
  cf_mutex_unlock (&self->lock);
  if (same)
    cf_function_set_unref (before);
  return same;
}

/* The set @before as @libraries, added by @policy, make it. */
static CfFunctionSet *
make_next (const CfFunctionSet *before,
           GPtrArray *libraries,
           CfFunctionPolicy policy,
           const char *quote,
           GError **error)
{
  g_autoptr (CfFunctionSet) next = set_new (before->generation + 1);

  for (guint i = 0; policy != CF_FUNCTIONS_FLUSH && i < before->libraries->len;
       i++)
    {
      CfLibrary *library = g_ptr_array_index (before->libraries, i);

      if (policy == CF_FUNCTIONS_REPLACE &&
          has_library (libraries, library->name))
        continue;
      if (!set_add (next, library, quote, error))
        return NULL;
    }
  for (guint i = 0; i < libraries->len; i++)
    if (!set_add (next, g_ptr_array_index (libraries, i), quote, error))
      return NULL;
  return g_steal_pointer (&next);
}

/**
 * cf_functions_add:
 * @self: functions
 * @libraries: (element-type CfLibrary): what to add
 * @policy: what becomes of those there are
 * @quote: what stands around a name in messages
 * @error: return location for an error, or %NULL
 *
 * Returns: whether all were added; else none was
 */
gboolean
cf_functions_add (CfFunctions *self,
                  GPtrArray *libraries,
                  CfFunctionPolicy policy,
                  const char *quote,
                  GError **error)
{
  while (TRUE)
    {
      g_autoptr (CfFunctionSet) before = cf_functions_get (self);
      g_autoptr (CfFunctionSet) next =
          make_next (before, libraries, policy, quote, error);

      if (next == NULL)
        return FALSE;
      if (try_change (self, before, next))
        return TRUE;
    }
}

/**
 * cf_functions_check_new:
 * @self: functions
 * @code: the program of a library, which need not be sound
 * @error: return location for an error, or %NULL
 *
 * Returns: whether it says which library it is, and that is not there yet
 */
gboolean
cf_functions_check_new (CfFunctions *self, CfSlice code, GError **error)
{
  g_autoptr (CfLibrary) library = cf_library_new (code, error);
  g_autoptr (CfFunctionSet) set = cf_functions_get (self);

  return library != NULL && check_name (set, library, "'", error);
}

/**
 * cf_functions_remove:
 * @self: functions
 * @name: the name of a library
 *
 * Returns: whether there was such a library, which is gone now
 */
gboolean
cf_functions_remove (CfFunctions *self, CfSlice name)
{
  while (TRUE)
    {
      g_autoptr (CfFunctionSet) before = cf_functions_get (self);
      g_autoptr (CfFunctionSet) next = set_new (before->generation + 1);

      for (guint i = 0; i < before->libraries->len; i++)
        {
          CfLibrary *library = g_ptr_array_index (before->libraries, i);

          if (!cf_slice_equal (cf_slice_of_string (library->name), name))
            (void) set_add (next, library, "", NULL);
        }
      if (next->libraries->len == before->libraries->len)
        return FALSE;
      if (try_change (self, before, next))
        return TRUE;
    }
}

/**
 * cf_functions_flush:
 * @self: functions
 *
 * Removes all.
 */
void
cf_functions_flush (CfFunctions *self)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new ();

  (void) cf_functions_add (self, none, CF_FUNCTIONS_FLUSH, "", NULL);
}
