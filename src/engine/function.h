/* SPDX-License-Identifier: GPL-3.0-or-later */
/* function.h -- the libraries of functions that FCALL knows.
 *
 * All libraries of a time are one set, which is never changed: a change makes
 * another set, with the next generation.  A thread loads a set into its Lua
 * state when it first calls a function of it (function-load.h).
 *
 * Invariants: no two libraries of a set have one name, nor two functions, in
 * whatever case, of which all have a name of letters, digits and "_".
 *
 * Thread safety: all functions may be called from any thread; sets are
 * constant, and counted.
 */
#pragma once

#include "base/lock.h"
#include "engine/script.h"

G_BEGIN_DECLS

typedef struct
{
  gint refs; /* (atomic) */
  char *name;
  char *lower;       /* the name in lower case, by which Lua knows it */
  char *description; /* (nullable) */
  gsize description_size;
  CfScriptFlags flags;
  gint needs_gate; /* (atomic) see cf_script_need_gate() */
} CfFunction;

CfFunction *cf_function_new (CfSlice name, CfScriptFlags flags);
CfFunction *cf_function_ref (CfFunction *self);
void cf_function_unref (CfFunction *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfFunction, cf_function_unref)

typedef struct
{
  gint refs; /* (atomic) */
  char *name;
  GBytes *code;         /* (owned) with the "#!" line */
  gsize skip;           /* bytes of that line */
  GPtrArray *functions; /* (owned) (element-type CfFunction) */
} CfLibrary;

/* The head of @code; no functions. */
CfLibrary *cf_library_new (CfSlice code, GError **error); /* (nullable) */
CfLibrary *cf_library_ref (CfLibrary *self);
void cf_library_unref (CfLibrary *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfLibrary, cf_library_unref)
CfSlice cf_library_code (const CfLibrary *self);
gboolean cf_library_check_name (CfSlice name, GError **error);

typedef struct
{
  gint refs; /* (atomic) */
  guint generation;
  GPtrArray *libraries;  /* (owned) (element-type CfLibrary) by name */
  GHashTable *functions; /* (owned) of CfFunction (not owned), by its name in
                            lower case */
} CfFunctionSet;

CfFunctionSet *cf_function_set_ref (CfFunctionSet *self);
void cf_function_set_unref (CfFunctionSet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfFunctionSet, cf_function_set_unref)
CfFunction *
cf_function_set_find (const CfFunctionSet *self,
                      CfSlice name); /* (transfer none) (nullable) */
gsize cf_function_set_memory (const CfFunctionSet *self); /* bytes */

typedef struct _CfFunctions CfFunctions;

typedef enum
{
  CF_FUNCTIONS_APPEND,  /* names that exist are refused */
  CF_FUNCTIONS_REPLACE, /* libraries of the same names go */
  CF_FUNCTIONS_FLUSH,   /* all others go */
} CfFunctionPolicy;

CfFunctions *cf_functions_new (void);
void cf_functions_free (CfFunctions *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfFunctions, cf_functions_free)

CfFunctionSet *cf_functions_get (CfFunctions *self); /* (transfer full) */
/* Whether a library of that program may be added, as far as its first line
 * tells. */
gboolean
cf_functions_check_new (CfFunctions *self, CfSlice code, GError **error);
/* The generation of what cf_functions_get() would return now; takes no lock. */
guint cf_functions_generation (const CfFunctions *self);
/* All of @libraries (element-type CfLibrary), or none. */
gboolean cf_functions_add (CfFunctions *self,
                           GPtrArray *libraries,
                           CfFunctionPolicy policy,
                           const char *quote,
                           GError **error);
gboolean cf_functions_remove (CfFunctions *self, CfSlice name);
void cf_functions_flush (CfFunctions *self);

G_END_DECLS
