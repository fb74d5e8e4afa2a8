/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/list.h"

#include <string.h>

#include <glib.h>

/* The model: an array of strings. */
typedef struct
{
  gint limit;
  CfList *list;
  GPtrArray *model; /* (element-type GString) */
  GRand *rand;
} Fixture;

static void
free_string (gpointer string)
{
  g_string_free (string, TRUE);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->limit = GPOINTER_TO_INT (data);
  self->list = cf_list_new ();
  self->model = g_ptr_array_new_with_free_func (free_string);
  self->rand = g_rand_new_with_seed ((guint32) (self->limit + 100));
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  cf_list_free (self->list);
  g_ptr_array_unref (self->model);
  g_rand_free (self->rand);
}

static GString *
random_text (Fixture *self)
{
  GString *text = g_string_new (NULL);
  gint kind = g_rand_int_range (self->rand, 0, 100);
  gint size = kind < 50   ? g_rand_int_range (self->rand, 0, 12)
              : kind < 90 ? g_rand_int_range (self->rand, 0, 200)
              : kind < 98 ? g_rand_int_range (self->rand, 0, 5000)
                          : g_rand_int_range (self->rand, 0, 80000);

  if (kind < 25)
    g_string_printf (text, "%" G_GINT64_FORMAT,
                     (gint64) ((guint64) g_rand_int (self->rand) << 32 |
                               g_rand_int (self->rand)) >>
                         g_rand_int_range (self->rand, 0, 64));
  else
    for (gint i = 0; i < size; i++)
      g_string_append_c (text, (char) g_rand_int_range (self->rand, 0, 256));
  return text;
}

static CfListElement
element_of (const GString *text)
{
  return cf_list_element (cf_slice (text->str, text->len));
}

static void
assert_is (CfListElement element, const GString *text)
{
  g_assert_cmpmem (element.bytes.data, element.bytes.size, text->str,
                   text->len);
}

static GString *
model_at (const Fixture *self, gsize i)
{
  return g_ptr_array_index (self->model, i);
}

/* What cf_list_each() has to come across next. */
typedef struct
{
  const Fixture *fixture;
  gsize i;
} Walk;

static void
assert_next (const CfListElement *element, gpointer data)
{
  Walk *walk = data;

  assert_is (*element, model_at (walk->fixture, walk->i++));
}

/* From all places to the end, and to the one before it. */
static void
assert_each (const Fixture *self, const CfList *list)
{
  gsize n = self->model->len;
  CfListCursor cursor;

  for (gsize i = 0; i < n; i += 1 + n / 50)
    for (gsize left = 0; left < 2 && left < n - i; left++)
      {
        Walk walk = { self, i };

        g_assert_true (cf_list_seek (list, (gint64) i, &cursor));
        cf_list_each (&cursor, n - i - left, assert_next, &walk);
        g_assert_cmpuint (walk.i, ==, n - left);
      }
}

static void
assert_same_as (const Fixture *self, const CfList *list)
{
  char scratch[CF_LIST_SCRATCH];
  gsize n = self->model->len;
  CfListCursor cursor;

  g_assert_cmpuint (cf_list_n (list), ==, n);
  if (n == 0)
    {
      g_assert_false (cf_list_seek (list, 0, &cursor));
      return;
    }
  assert_each (self, list);
  g_assert_true (cf_list_seek (list, 0, &cursor));
  for (gsize i = 0; i < n; i++)
    {
      assert_is (cf_list_get (&cursor, scratch), model_at (self, i));
      g_assert_cmpint (cf_list_next (&cursor), ==, i + 1 < n);
    }
  for (gsize i = n; i-- > 0;)
    {
      assert_is (cf_list_get (&cursor, scratch), model_at (self, i));
      g_assert_cmpint (cf_list_previous (&cursor), ==, i > 0);
    }
  assert_is (cf_list_peek (list, CF_LIST_HEAD, scratch), model_at (self, 0));
  assert_is (cf_list_peek (list, CF_LIST_TAIL, scratch),
             model_at (self, n - 1));
}

static void
assert_same (const Fixture *self)
{
  assert_same_as (self, self->list);
}

/* -- Random changes ------------------------------------------------------- */

static gsize
random_index (Fixture *self)
{
  return (gsize) g_rand_int_range (self->rand, 0, (gint32) self->model->len);
}

static CfListCursor
seek (Fixture *self, gsize i)
{
  gint64 index = (gint64) i;
  char scratch[CF_LIST_SCRATCH];
  CfListCursor cursor;

  if (g_rand_boolean (self->rand))
    index -= (gint64) self->model->len;
  g_assert_true (cf_list_seek (self->list, index, &cursor));
  assert_is (cf_list_get (&cursor, scratch), model_at (self, i));
  return cursor;
}

static void
do_push (Fixture *self)
{
  gboolean head = g_rand_boolean (self->rand);
  GString *text = random_text (self);
  CfListElement element = element_of (text);
  g_autoptr (CfBlob) blob = NULL;

  if (g_rand_boolean (self->rand))
    {
      blob = cf_blob_new (element.bytes);
      element = (CfListElement){ cf_blob_slice (blob), blob };
    }
  g_assert_true (cf_list_push (self->list, head ? CF_LIST_HEAD : CF_LIST_TAIL,
                               &element, self->limit));
  g_ptr_array_insert (self->model, head ? 0 : -1, text);
}

static void
do_drop (Fixture *self)
{
  gboolean head = g_rand_boolean (self->rand);

  cf_list_drop (self->list, head ? CF_LIST_HEAD : CF_LIST_TAIL);
  g_ptr_array_remove_index (self->model, head ? 0 : self->model->len - 1);
}

static void
do_insert (Fixture *self)
{
  gsize i = random_index (self);
  gboolean after = g_rand_boolean (self->rand);
  GString *text = random_text (self);
  CfListElement element = element_of (text);
  CfListCursor cursor = seek (self, i);
  char scratch[CF_LIST_SCRATCH];

  g_assert_true (
      cf_list_insert (self->list, &cursor, after, &element, self->limit));
  assert_is (cf_list_get (&cursor, scratch), text);
  g_ptr_array_insert (self->model, (gint) i + after, text);
}

static void
do_replace (Fixture *self)
{
  gsize i = random_index (self);
  GString *text = random_text (self);
  CfListElement element = element_of (text);
  CfListCursor cursor = seek (self, i);

  g_assert_true (cf_list_replace (self->list, &cursor, &element, self->limit));
  free_string (self->model->pdata[i]);
  self->model->pdata[i] = text;
}

/* Some, one after the other. */
static void
do_remove (Fixture *self)
{
  gboolean backwards = g_rand_boolean (self->rand), more = TRUE;
  gsize i = random_index (self);
  CfListCursor cursor = seek (self, i);
  char scratch[CF_LIST_SCRATCH];

  for (gint n = g_rand_int_range (self->rand, 1, 20); more && n > 0; n--)
    {
      more = cf_list_remove (self->list, &cursor, backwards);
      g_ptr_array_remove_index (self->model, (guint) i);
      g_assert_cmpint (more, ==, backwards ? i > 0 : i < self->model->len);
      if (backwards)
        i--;
      if (more)
        assert_is (cf_list_get (&cursor, scratch), model_at (self, i));
    }
}

static void
do_cut (Fixture *self)
{
  gboolean head = g_rand_boolean (self->rand);
  gsize n = random_index (self) / 8;

  cf_list_free (
      cf_list_cut (self->list, head ? CF_LIST_HEAD : CF_LIST_TAIL, n));
  if (n > 0)
    g_ptr_array_remove_range (
        self->model, head ? 0 : self->model->len - (guint) n, (guint) n);
}

static void
do_something (Fixture *self, gint growth)
{
  gint what = g_rand_int_range (self->rand, 0, 100);

  if (self->model->len == 0 || what < growth)
    do_push (self);
  else if (what < growth + 15)
    do_insert (self);
  else if (what < growth + 25)
    do_replace (self);
  else if (what < 96)
    do_drop (self);
  else if (what < 99)
    do_remove (self);
  else
    do_cut (self);
}

static void
test_list_model (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < 6000; i++)
    {
      do_something (self, i / 1500 % 2 == 0 ? 60 : 30);
      if (i % 300 == 0)
        assert_same (self);
    }
  assert_same (self);
  while (self->model->len > 0)
    do_drop (self);
  assert_same (self);
}

/* -- Others --------------------------------------------------------------- */

static void
fill (Fixture *self, guint n)
{
  for (guint i = 0; i < n; i++)
    do_push (self);
}

static void
test_list_copy (Fixture *self, gconstpointer data)
{
  CfObject *copy;

  fill (self, 500);
  copy = cf_object_try_copy (cf_list_object (self->list));
  do_drop (self);
  do_insert (self);
  assert_same (self);
  g_assert_cmpuint (cf_object_n_elements (copy), ==, 500);
  cf_list_free (self->list);
  self->list = cf_list_of_object (copy);
  g_assert_cmpint (cf_object_type (copy), ==, CF_TYPE_LIST);
  g_assert_cmpstr (cf_object_encoding (copy), ==, "quicklist");
  g_assert_cmpuint (cf_object_n_blocks (copy), >=,
                    cf_list_n_packs (self->list));
  g_assert_cmpuint (cf_object_memory (copy, 0), >, 500);
}

static gboolean
load (CfSlice bytes, gpointer data)
{
  Fixture *self = data;
  g_autofree CfListpack *pack = cf_listpack_try_parse (bytes);

  g_assert_nonnull (pack);
  return cf_list_append_pack (self->list, pack, self->limit);
}

static void
test_list_packs (Fixture *self, gconstpointer data)
{
  g_autoptr (CfList) saved = self->list;

  fill (self, 700);
  self->list = cf_list_new ();
  g_assert_true (cf_list_each_pack (saved, load, self));
  assert_same (self);
}

static gboolean
stop (CfSlice bytes, gpointer data)
{
  return FALSE;
}

static void
test_list_packs_end (Fixture *self, gconstpointer data)
{
  g_assert_true (cf_list_each_pack (self->list, stop, NULL));
  fill (self, 3);
  g_assert_false (cf_list_each_pack (self->list, stop, NULL));
}

static void
test_list_wanted (Fixture *self, gconstpointer data)
{
  static const char *const texts[] = { "12", "-7", "012", "", "x", "1200000" };
  CfListCursor cursor;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      CfListElement element = cf_list_element (cf_slice_of_string (texts[i]));

      g_assert_true (
          cf_list_push (self->list, CF_LIST_TAIL, &element, self->limit));
    }
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    for (guint j = 0; j < G_N_ELEMENTS (texts); j++)
      {
        CfListWanted wanted = cf_list_wanted (cf_slice_of_string (texts[j]));

        g_assert_true (cf_list_seek (self->list, i, &cursor));
        g_assert_cmpint (cf_list_is (&cursor, &wanted), ==, i == j);
      }
}

/* An index far inside is found quickly, and what is cut off in large pieces is
 * given back to be freed elsewhere. */
static void
test_list_large (Fixture *self, gconstpointer data)
{
  g_autoptr (CfList) cut = NULL;
  char scratch[CF_LIST_SCRATCH];
  const gint64 n = 3000000;
  gint64 since_us, value;
  CfListCursor cursor;

  for (gint64 i = 0; i < n; i++)
    {
      g_autofree char *text = g_strdup_printf ("e%" G_GINT64_FORMAT, i);
      CfListElement element = cf_list_element (cf_slice_of_string (text));

      g_assert_true (
          cf_list_push (self->list, CF_LIST_TAIL, &element, self->limit));
    }
  since_us = g_get_monotonic_time ();
  for (gint64 i = 0; i < 1000; i++)
    {
      gint64 index = (i * 2971) % n;

      g_assert_true (cf_list_seek (self->list, index, &cursor));
      value = g_ascii_strtoll (cf_list_get (&cursor, scratch).bytes.data + 1,
                               NULL, 10);
      g_assert_cmpint (value, ==, index);
    }
  g_assert_cmpint (g_get_monotonic_time () - since_us, <, 1000 * 1000);
  cut = cf_list_cut (self->list, CF_LIST_HEAD, (gsize) n - 10);
  g_assert_nonnull (cut);
  g_assert_cmpuint (cf_list_n (self->list), ==, 10);
  g_assert_true (cf_list_seek (self->list, 0, &cursor));
  value =
      g_ascii_strtoll (cf_list_get (&cursor, scratch).bytes.data + 1, NULL, 10);
  g_assert_cmpint (value, ==, n - 10);
}

/* With many elements that are nodes of their own. */
static void
test_list_plain (Fixture *self, gconstpointer data)
{
  cf_list_set_plain_size (8);
  test_list_model (self, data);
  cf_list_set_plain_size (0);
}

int
main (int argc, char **argv)
{
  static const gint limits[] = { -2, -1, -5, 0, 1, 3, 128 };

  g_test_init (&argc, &argv, NULL);
#define ADD(name, limit, function)                                             \
  g_test_add ("/types/list/" name, Fixture, GINT_TO_POINTER (limit), set_up,   \
              function, tear_down)
  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      g_autofree char *path =
          g_strdup_printf ("/types/list/model/%d", limits[i]);

      g_test_add (path, Fixture, GINT_TO_POINTER (limits[i]), set_up,
                  test_list_model, tear_down);
    }
  ADD ("copy", -2, test_list_copy);
  ADD ("packs", -2, test_list_packs);
  ADD ("packs-end", -2, test_list_packs_end);
  ADD ("wanted", -2, test_list_wanted);
  ADD ("wanted-one-a-node", 1, test_list_wanted);
  ADD ("large", -2, test_list_large);
  ADD ("plain", -2, test_list_plain);
#undef ADD
  return g_test_run ();
}
