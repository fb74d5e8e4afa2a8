/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/prefixes.h"

static CfSlice
slice (const char *text)
{
  return cf_slice_of_string (text);
}

static void
add_name (gpointer value, gpointer data)
{
  g_string_append_printf (data, "%s;", (const char *) value);
}

static void
assert_each (const CfPrefixes *self, const char *key, const char *expected)
{
  g_autoptr (GString) found = g_string_new (NULL);

  cf_prefixes_each (self, slice (key), add_name, found);
  g_assert_cmpstr (found->str, ==, expected);
}

static void
test_prefixes_each (void)
{
  static const char *const names[] = { "user:1", "user:", "user:2:name", "us",
                                       "order" };
  g_autoptr (CfPrefixes) self = cf_prefixes_new ();

  assert_each (self, "user:1", "");
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    cf_prefixes_add (self, slice (names[i]), (gpointer) names[i]);
  g_assert_cmpuint (cf_prefixes_n (self), ==, G_N_ELEMENTS (names));
  assert_each (self, "user:17", "us;user:;user:1;");
  assert_each (self, "user:2", "us;user:;");
  assert_each (self, "user:2:names", "us;user:;user:2:name;");
  assert_each (self, "use", "us;");
  assert_each (self, "u", "");
  assert_each (self, "", "");
  assert_each (self, "orde", "");
  cf_prefixes_add (self, slice (""), (gpointer) "all");
  assert_each (self, "", "all;");
  assert_each (self, "us", "all;us;");
  g_assert_null (cf_prefixes_find (self, slice ("user")));
  g_assert_null (cf_prefixes_find (self, slice ("user:12")));
  g_assert_cmpstr (cf_prefixes_steal (self, slice ("")), ==, "all");
  g_assert_null (cf_prefixes_steal (self, slice ("")));
  g_assert_null (cf_prefixes_steal (self, slice ("user")));
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_true (cf_prefixes_steal (self, slice (names[i])) == names[i]);
  g_assert_cmpuint (cf_prefixes_n (self), ==, 0);
}

/* -- Beside a model -------------------------------------------------------- */

typedef struct
{
  GHashTable *all; /* (owned) of the same strings */
  CfPrefixes *self;
} Model;

static char *
random_name (void)
{
  static const char letters[] = "ab\xff";
  gint size = g_test_rand_int_range (0, 9);
  char *name = g_malloc0 ((gsize) size + 1);

  for (gint i = 0; i < size; i++)
    name[i] = letters[g_test_rand_int_range (0, 3)];
  return name;
}

static void
change (Model *model)
{
  g_autofree char *name = random_name ();
  char *has = g_hash_table_lookup (model->all, name);

  g_assert_true (cf_prefixes_find (model->self, slice (name)) == has);
  if (has == NULL)
    {
      cf_prefixes_add (model->self, slice (name), name);
      g_hash_table_add (model->all, g_steal_pointer (&name));
      return;
    }
  g_assert_true (cf_prefixes_steal (model->self, slice (name)) == has);
  g_hash_table_remove (model->all, name);
}

static void
check (Model *model)
{
  g_autofree char *key = random_name ();
  g_autoptr (GString) expected = g_string_new (NULL);

  for (gsize size = 0; size <= strlen (key); size++)
    {
      g_autofree char *prefix = g_strndup (key, size);

      if (g_hash_table_contains (model->all, prefix))
        g_string_append_printf (expected, "%s;", prefix);
    }
  assert_each (model->self, key, expected->str);
  g_assert_cmpuint (cf_prefixes_n (model->self), ==,
                    g_hash_table_size (model->all));
}

static void
test_prefixes_model (void)
{
  Model model = { g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
                  cf_prefixes_new () };
  GHashTableIter iter;
  gpointer name;

  for (guint i = 0; i < 20000; i++)
    {
      change (&model);
      check (&model);
    }
  g_hash_table_iter_init (&iter, model.all);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    {
      g_assert_true (cf_prefixes_steal (model.self, slice (name)) == name);
      g_hash_table_iter_remove (&iter);
    }
  cf_prefixes_free (model.self);
  g_hash_table_unref (model.all);
}

/* As deep as it can be: nothing is done again and again for each level. */
static void
test_prefixes_deep (void)
{
  g_autoptr (CfPrefixes) self = cf_prefixes_new ();
  g_autofree char *name = g_strnfill (20000, 'a');
  g_autoptr (GString) found = g_string_new (NULL);
  static const char mark[] = "x";

  for (gsize size = 1; size <= 20000; size++)
    cf_prefixes_add (self, cf_slice (name, size), (gpointer) mark);
  cf_prefixes_each (self, slice (name), add_name, found);
  g_assert_cmpuint (found->len, ==, 2 * 20000);
  for (gsize size = 1; size <= 20000; size++)
    g_assert_nonnull (cf_prefixes_steal (self, cf_slice (name, size)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/prefixes/each", test_prefixes_each);
  g_test_add_func ("/engine/prefixes/model", test_prefixes_model);
  g_test_add_func ("/engine/prefixes/deep", test_prefixes_deep);
  return g_test_run ();
}
