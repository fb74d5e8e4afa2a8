/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/function.h"

#define LONG_NAME 200

/* A library of functions without programs. */
static CfLibrary *
new_library (const char *name, const char *functions)
{
  g_autofree char *code = g_strdup_printf ("#!lua name=%s\n", name);
  g_auto (GStrv) names = g_strsplit (functions, " ", -1);
  CfLibrary *library = cf_library_new (cf_slice_of_string (code), NULL);

  g_assert_nonnull (library);
  for (char **word = names; *word != NULL; word++)
    g_ptr_array_add (library->functions,
                     cf_function_new (cf_slice_of_string (*word), 0));
  return library;
}

static void
add (CfFunctions *functions,
     CfFunctionPolicy policy,
     const char *name,
     const char *names,
     const char *message)
{
  g_autoptr (GPtrArray) libraries =
      g_ptr_array_new_with_free_func ((GDestroyNotify) cf_library_unref);
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (libraries, new_library (name, names));
  g_assert_true (cf_functions_add (functions, libraries, policy, "'", &error) ==
                 (message == NULL));
  g_assert_cmpstr (error != NULL ? error->message : NULL, ==, message);
}

static gboolean
has (CfFunctions *functions, const char *name)
{
  g_autoptr (CfFunctionSet) set = cf_functions_get (functions);

  return cf_function_set_find (set, cf_slice_of_string (name)) != NULL;
}

static void
test_head (void)
{
  static const struct
  {
    const char *code;
    const char *message; /* NULL: it is good */
  } cases[] = {
    { "", "Missing library metadata" },
    { "x", "Missing library metadata" },
    { "#!lua name=a", "Invalid library metadata" },
    { "#!lua name=\"a\n", "Invalid library metadata" },
    { "#!lua\n", "Library name was not given" },
    { "#!\n", "Library name was not given" },
    { "#!lua name=a name=b\n",
      "Invalid metadata value, name argument was given multiple times" },
    { "#!lua a=b\n", "Invalid metadata value given: a=b" },
    { "#!js name=a\n", "Engine 'js' not found" },
    { "#! name=a\n", "Engine '' not found" },
    { "#!lua name=a-b\n",
      "Library names can only contain letters, numbers, or underscores(_) and "
      "must be at least one character long" },
    { "#!lua name=a\n", NULL },
    { "#!LUA  NAME='a_1'\nreturn", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (CfLibrary) library =
          cf_library_new (cf_slice_of_string (cases[i].code), &error);

      g_assert_true ((library != NULL) == (cases[i].message == NULL));
      g_assert_cmpstr (error != NULL ? error->message : NULL, ==,
                       cases[i].message);
      if (library != NULL)
        g_assert_cmpint (cf_library_code (library).data[library->skip], ==,
                         '\n');
    }
}

static void
test_sets (void)
{
  g_autoptr (CfFunctions) functions = cf_functions_new ();
  g_autoptr (CfFunctionSet) first = cf_functions_get (functions);
  g_autoptr (CfFunctionSet) second = NULL;

  add (functions, CF_FUNCTIONS_APPEND, "one", "f g", NULL);
  add (functions, CF_FUNCTIONS_APPEND, "one", "h",
       "Library 'one' already exists");
  add (functions, CF_FUNCTIONS_APPEND, "two", "h F",
       "Function F already exists");
  g_assert_true (has (functions, "f"));
  g_assert_true (has (functions, "G"));
  g_assert_false (has (functions, "h"));
  g_assert_false (has (functions, ""));
  second = cf_functions_get (functions);
  g_assert_cmpuint (second->generation, !=, first->generation);
  g_assert_cmpuint (second->generation, ==,
                    cf_functions_generation (functions));
  g_assert_cmpuint (first->libraries->len, ==, 0);
  g_assert_cmpuint (cf_function_set_memory (second), >, 0);
  add (functions, CF_FUNCTIONS_REPLACE, "one", "h", NULL);
  g_assert_false (has (functions, "f"));
  g_assert_true (has (functions, "h"));
  /* Who has the old set still finds what is in it. */
  g_assert_nonnull (cf_function_set_find (second, CF_SLICE ("f")));
}

/* Names are found in any case, however long they are, and only whole. */
static void
test_names (void)
{
  g_autoptr (CfFunctions) functions = cf_functions_new ();
  g_autoptr (CfFunctionSet) set = NULL;

  for (gsize size = 1; size < LONG_NAME; size++)
    {
      g_autofree char *library = g_strdup_printf ("library%zu", size);
      g_autofree char *name = g_strnfill (size, 'n');

      add (functions, CF_FUNCTIONS_APPEND, library, name, NULL);
    }
  set = cf_functions_get (functions);
  for (gsize size = 1; size < LONG_NAME; size++)
    {
      g_autofree char *name = g_strnfill (size + 1, 'N');
      const CfFunction *function = cf_function_set_find (
          set, cf_slice (name, size)); /* nothing ends the name */

      g_assert_nonnull (function);
      g_assert_cmpuint (strlen (function->name), ==, size);
      name[size - 1] = '\0';
      g_assert_null (cf_function_set_find (set, cf_slice (name, size)));
    }
}

static void
test_remove (void)
{
  g_autoptr (CfFunctions) functions = cf_functions_new ();

  add (functions, CF_FUNCTIONS_APPEND, "one", "f", NULL);
  add (functions, CF_FUNCTIONS_APPEND, "ONE", "g", NULL);
  g_assert_false (cf_functions_remove (functions, CF_SLICE ("two")));
  g_assert_true (cf_functions_remove (functions, CF_SLICE ("one")));
  g_assert_false (has (functions, "f"));
  g_assert_true (has (functions, "g"));
  add (functions, CF_FUNCTIONS_FLUSH, "three", "i", NULL);
  g_assert_false (has (functions, "g"));
  cf_functions_flush (functions);
  g_assert_false (has (functions, "i"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/function/head", test_head);
  g_test_add_func ("/engine/function/names", test_names);
  g_test_add_func ("/engine/function/remove", test_remove);
  g_test_add_func ("/engine/function/sets", test_sets);
  return g_test_run ();
}
