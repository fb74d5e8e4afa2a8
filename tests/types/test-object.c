/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pile.h"

static void
test_object_class (void)
{
  gint n_alive = 0;
  CfObject *object = pile_new (7, &n_alive), *copy;

  copy = cf_object_try_copy (object);
  g_assert_true (copy != object);
  g_assert_cmpint (cf_object_type (copy), ==, CF_TYPE_LIST);
  g_assert_cmpuint (cf_object_n_elements (copy), ==, 7);
  g_assert_cmpuint (cf_object_n_blocks (copy), ==, 7);
  g_assert_cmpuint (cf_object_memory (copy, 3), ==, sizeof (Pile) + 3);
  g_assert_cmpstr (cf_object_encoding (copy), ==, "pile");
  cf_object_free (copy);
  cf_object_free (object);
  cf_object_free (NULL);
  g_assert_cmpint (n_alive, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/types/object/class", test_object_class);
  return g_test_run ();
}
