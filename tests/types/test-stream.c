/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/stream-group.h"

#define FIELDS_MAX 4

/* The model: entries in an array, each made from a number. */
typedef struct
{
  CfStreamId id;
  guint number;
} Item;

typedef struct
{
  CfStream *stream;
  CfStreamLimits limits;
  GArray *items;
  guint n_added;
  CfStreamId max_deleted;
} Pair;

static void
set_up (Pair *self, gconstpointer data)
{
  self->stream = cf_stream_new ();
  self->limits = (CfStreamLimits){ 4096, 100 };
  self->items = g_array_new (FALSE, FALSE, sizeof (Item));
}

static void
tear_down (Pair *self, gconstpointer data)
{
  cf_object_free (&self->stream->object);
  g_array_free (self->items, TRUE);
}

static const Item *
item_at (const Pair *self, guint i)
{
  return &g_array_index (self->items, Item, i);
}

/* The fields and values of entry @number: most have the same fields. */
static gsize
make_pairs (guint number, CfSlice pairs[2 * FIELDS_MAX], char text[64])
{
  gsize n = number % 7 == 0 ? number % FIELDS_MAX + 1 : 2;

  g_snprintf (text, 64, "%u and more", number);
  for (gsize i = 0; i < n; i++)
    {
      pairs[2 * i] = cf_slice ("abcdef" + i, 1 + number % 7 / 6);
      pairs[2 * i + 1] = cf_slice (text, i % 2 == 0 ? strlen (text) : 1);
    }
  return n;
}

static void
add (Pair *self, CfStreamId id)
{
  Item item = { id, self->n_added };
  CfSlice pairs[2 * FIELDS_MAX];
  char text[64];
  gsize n = make_pairs (item.number, pairs, text);

  g_assert_cmpint (cf_stream_add (self->stream, id, pairs, n, &self->limits),
                   ==, CF_STREAM_ADDED);
  g_assert_cmpint (cf_stream_add (self->stream, id, pairs, n, &self->limits),
                   ==, CF_STREAM_ID_TOO_SMALL);
  g_array_append_val (self->items, item);
  self->n_added++;
}

static void
add_next (Pair *self)
{
  CfStreamId id = self->stream->last_id;

  id.ms += (guint) g_test_rand_int_range (0, 3);
  if (id.ms > self->stream->last_id.ms)
    id.seq = (guint) g_test_rand_int_range (0, 5);
  else
    id.seq += (guint) g_test_rand_int_range (1, 4);
  add (self, id);
}

static void
drop (Pair *self, guint i)
{
  CfStreamId id = item_at (self, i)->id;

  if (cf_stream_id_compare (id, self->max_deleted) > 0)
    self->max_deleted = id;
  g_array_remove_index (self->items, i);
}

static void
delete_some (Pair *self)
{
  CfStreamId ids[4];
  gsize n = (gsize) g_test_rand_int_range (1, 5), expected = 0;

  for (gsize i = 0; i < n; i++)
    {
      guint at = (guint) g_test_rand_int_range (0, (gint) self->items->len + 1);

      ids[i] = (CfStreamId){ 0, 0 }; /* which no entry has */
      if (at == self->items->len)
        continue;
      ids[i] = item_at (self, at)->id;
      drop (self, at);
      expected++;
      if (g_test_rand_bit () && ++i < n)
        ids[i] = ids[i - 1];
    }
  g_assert_cmpuint (cf_stream_delete (self->stream, ids, n), ==, expected);
}

static void
assert_entry (const CfStreamEntry *entry, const Item *item)
{
  CfSlice pairs[2 * FIELDS_MAX], field, value;
  char text[64];
  gsize n = make_pairs (item->number, pairs, text);
  CfStreamFields fields;

  g_assert_cmpint (cf_stream_id_compare (entry->id, item->id), ==, 0);
  g_assert_cmpuint (entry->n_fields, ==, n);
  cf_stream_fields_init (&fields, entry);
  for (gsize i = 0; i < n; i++)
    {
      g_assert_true (cf_stream_fields_next (&fields, &field, &value));
      g_assert_true (cf_slice_equal (field, pairs[2 * i]));
      g_assert_true (cf_slice_equal (value, pairs[2 * i + 1]));
    }
}

static void
check_range (const Pair *self, CfStreamId from, CfStreamId to, gboolean back)
{
  guint n = self->items->len;
  CfStreamIter iter;
  const CfStreamEntry *entry;

  cf_stream_iter_init (&iter, self->stream, from, to, back);
  for (guint k = 0; k < n; k++)
    {
      const Item *item = item_at (self, back ? n - 1 - k : k);

      if (cf_stream_id_compare (item->id, from) < 0 ||
          cf_stream_id_compare (item->id, to) > 0)
        continue;
      entry = cf_stream_iter_next (&iter);
      g_assert_nonnull (entry);
      assert_entry (entry, item);
    }
  g_assert_null (cf_stream_iter_next (&iter));
  g_assert_null (cf_stream_iter_next (&iter));
}

static CfStreamId
random_id (const Pair *self)
{
  return (CfStreamId){ (guint64) g_test_rand_int_range (
                           0, (gint) self->stream->last_id.ms + 3),
                       (guint64) g_test_rand_int_range (0, 6) };
}

static void
check_ranges (const Pair *self)
{
  CfStreamId from = random_id (self), to = random_id (self);

  check_range (self, CF_STREAM_ID_MIN, CF_STREAM_ID_MAX, FALSE);
  check_range (self, CF_STREAM_ID_MIN, CF_STREAM_ID_MAX, TRUE);
  check_range (self, from, to, FALSE);
  check_range (self, from, to, TRUE);
  check_range (self, from, from, FALSE);
  check_range (self, CF_STREAM_ID_MIN, to, TRUE);
}

static void
check_figures (const Pair *self)
{
  const CfStream *stream = self->stream;
  guint n = self->items->len;
  CfStreamId first = n > 0 ? item_at (self, 0)->id : CF_STREAM_ID_MIN;
  CfStreamId top = n > 0 ? item_at (self, n - 1)->id : CF_STREAM_ID_MIN;

  g_assert_cmpuint (stream->length, ==, n);
  g_assert_cmpuint (cf_object_n_elements (&stream->object), ==, n);
  g_assert_cmpuint (stream->entries_added, ==, self->n_added);
  g_assert_cmpint (cf_stream_id_compare (stream->first_id, first), ==, 0);
  g_assert_cmpint (
      cf_stream_id_compare (stream->max_deleted_id, self->max_deleted), ==, 0);
  g_assert_cmpint (cf_stream_id_compare (cf_stream_top_id (stream), top), ==,
                   0);
  g_assert_cmpint (cf_stream_has (stream, top), ==, n > 0);
}

/* Builds another stream from the bytes of all nodes; it must be the same. */
static void
reload (Pair *self)
{
  CfStream *loaded = cf_stream_new ();
  CfStreamNodes nodes = { .started = FALSE };
  const CfStreamNode *node;

  while ((node = cf_stream_nodes_next (&nodes, self->stream)) != NULL)
    {
      CfListpack *listpack =
          cf_listpack_try_parse (cf_listpack_bytes (node->listpack));

      g_assert_true (cf_stream_load_node (loaded, node->base, listpack));
    }
  g_assert_true (cf_stream_load_figures (
      loaded, self->stream->length, self->stream->last_id,
      self->stream->first_id, self->stream->max_deleted_id,
      self->stream->entries_added));
  cf_object_free (&self->stream->object);
  self->stream = loaded;
}

static void
copy (Pair *self)
{
  CfObject *made = cf_object_try_copy (&self->stream->object);

  cf_object_free (&self->stream->object);
  self->stream = cf_stream (made);
}

/* What goes is freed at once, or with the rest. */
static gsize
trim_stream (Pair *self, const CfStreamTrim *trim)
{
  CfStream *rest = g_test_rand_bit () ? cf_stream_new () : NULL;
  gsize n = cf_stream_trim (self->stream, trim, rest);

  if (rest != NULL)
    cf_object_free (&rest->object);
  return n;
}

static void
trim_to_length (Pair *self)
{
  guint length = (guint) g_test_rand_int_range (0, (gint) self->items->len + 5);
  CfStreamTrim trim = { CF_STREAM_TRIM_LENGTH, FALSE, length, CF_STREAM_ID_MIN,
                        0 };
  guint n = self->items->len > length ? self->items->len - length : 0;

  g_assert_cmpuint (trim_stream (self, &trim), ==, n);
  g_array_remove_range (self->items, 0, n);
}

static void
trim_to_id (Pair *self)
{
  CfStreamTrim trim = { CF_STREAM_TRIM_ID, FALSE, 0, random_id (self), 0 };
  guint n = 0;

  while (n < self->items->len &&
         cf_stream_id_compare (item_at (self, n)->id, trim.least) < 0)
    n++;
  g_assert_cmpuint (trim_stream (self, &trim), ==, n);
  g_array_remove_range (self->items, 0, n);
}

static void
test_random (Pair *self, gconstpointer data)
{
  static const CfStreamLimits limits[] = {
    { 4096, 100 }, { 0, 3 }, { 100, 0 }, { 0, 0 }, { 1, 1 }
  };

  for (guint round = 0; round < 60; round++)
    {
      guint n = (guint) g_test_rand_int_range (0, 150);

      self->limits = limits[round % G_N_ELEMENTS (limits)];
      for (guint i = 0; i < n; i++)
        if (g_test_rand_int_range (0, 4) > 0)
          add_next (self);
        else
          delete_some (self);
      check_ranges (self);
      check_figures (self);
      switch (g_test_rand_int_range (0, 5))
        {
        case 0:
          trim_to_length (self);
          break;
        case 1:
          trim_to_id (self);
          break;
        case 2:
          reload (self);
          break;
        case 3:
          copy (self);
          break;
        default:
          break;
        }
      check_ranges (self);
      check_figures (self);
    }
}

static void
add_many (Pair *self, guint n)
{
  for (guint i = 1; i <= n; i++)
    add (self, (CfStreamId){ i, 0 });
}

/* Only whole nodes go, and no more than asked to be looked at. */
static void
test_trim_roughly (Pair *self, gconstpointer data)
{
  CfStreamTrim trim = { CF_STREAM_TRIM_LENGTH, TRUE, 55, CF_STREAM_ID_MIN, 0 };

  self->limits = (CfStreamLimits){ 0, 10 };
  add_many (self, 105);
  trim.most = 25;
  g_assert_cmpuint (cf_stream_trim (self->stream, &trim, NULL), ==, 20);
  trim.most = 0;
  g_assert_cmpuint (cf_stream_trim (self->stream, &trim, NULL), ==, 30);
  g_assert_cmpuint (cf_stream_trim (self->stream, &trim, NULL), ==, 0);
  trim.kind = CF_STREAM_TRIM_ID;
  trim.least = (CfStreamId){ 75, 0 };
  g_assert_cmpuint (cf_stream_trim (self->stream, &trim, NULL), ==, 20);
  g_assert_cmpuint (self->stream->first_id.ms, ==, 71);
  trim.kind = CF_STREAM_TRIM_NONE;
  g_assert_cmpuint (cf_stream_trim (self->stream, &trim, NULL), ==, 0);
}

/* What goes is found in the rest, to be freed with it. */
static void
test_trim_rest (Pair *self, gconstpointer data)
{
  CfStreamTrim trim = { CF_STREAM_TRIM_LENGTH, FALSE, 55, CF_STREAM_ID_MIN, 0 };

  self->limits = (CfStreamLimits){ 0, 10 };
  add_many (self, 100);
  for (guint i = 0; i < 3; i++)
    {
      static const gsize left[] = { 55, 11, 0 }, gone[] = { 4, 4, 1 };
      CfStream *rest = cf_stream_new ();
      gsize before = self->stream->length;

      trim.kind = i == 0 ? CF_STREAM_TRIM_LENGTH : CF_STREAM_TRIM_ID;
      trim.least = (CfStreamId){ i == 1 ? 90 : 101, 0 };
      g_assert_cmpuint (cf_stream_trim (self->stream, &trim, rest), ==,
                        before - left[i]);
      g_assert_cmpuint (self->stream->length, ==, left[i]);
      g_assert_cmpuint (rest->nodes.n, >=, gone[i]);
      g_assert_cmpuint (self->stream->first_id.ms, ==,
                        left[i] > 0 ? 101 - left[i] : 0);
      cf_object_free (&rest->object);
    }
  add (self, (CfStreamId){ 200, 0 });
  g_assert_cmpuint (self->stream->length, ==, 1);
  g_array_set_size (self->items, 0);
}

/* The last entry is deleted and keeps its node; nothing is left of it. */
static void
test_empty_node (Pair *self, gconstpointer data)
{
  CfStreamTrim trim = { CF_STREAM_TRIM_ID, FALSE, 0, { 3, 0 }, 0 };
  CfStreamId last = { 3, 0 };

  add_many (self, 3);
  g_assert_cmpuint (cf_stream_delete (self->stream, &last, 1), ==, 1);
  g_assert_cmpuint (cf_stream_trim (self->stream, &trim, NULL), ==, 2);
  g_assert_cmpuint (self->stream->nodes.n, ==, 1);
  g_array_set_size (self->items, 0);
  self->max_deleted = last;
  check_figures (self);
  check_ranges (self);
  add (self, (CfStreamId){ 4, 0 });
  check_figures (self);
  check_ranges (self);
}

static void
test_next_id (Pair *self, gconstpointer data)
{
  CfStreamId id;

  g_assert_true (cf_stream_next_id (self->stream, 7, &id));
  g_assert_cmpuint (id.ms, ==, 7);
  g_assert_cmpuint (id.seq, ==, 0);
  add (self, id);
  g_assert_true (cf_stream_next_id (self->stream, 7, &id));
  g_assert_cmpuint (id.seq, ==, 1);
  g_assert_true (cf_stream_next_id (self->stream, 3, &id));
  g_assert_cmpuint (id.ms, ==, 7);
  id.ms = 6;
  g_assert_false (cf_stream_next_id_at (self->stream, &id));
  id.ms = 7;
  g_assert_true (cf_stream_next_id_at (self->stream, &id));
  g_assert_cmpuint (id.seq, ==, 1);
  id.ms = 8;
  g_assert_true (cf_stream_next_id_at (self->stream, &id));
  g_assert_cmpuint (id.seq, ==, 0);
  add (self, (CfStreamId){ 9, G_MAXUINT64 });
  id.ms = 9;
  g_assert_false (cf_stream_next_id_at (self->stream, &id));
  g_assert_true (cf_stream_next_id (self->stream, 3, &id));
  g_assert_cmpuint (id.ms, ==, 10);
  add (self, CF_STREAM_ID_MAX);
  g_assert_false (cf_stream_next_id (self->stream, 3, &id));
}

static void
test_too_large (Pair *self, gconstpointer data)
{
  /* Nobody looks at the bytes of what is refused. */
  CfSlice pairs[2] = { { "f", 1 }, { "v", (gsize) 1 << 31 } };

  g_assert_cmpint (cf_stream_add (self->stream, (CfStreamId){ 1, 1 }, pairs, 1,
                                  &self->limits),
                   ==, CF_STREAM_TOO_LARGE);
  check_figures (self);
}

static void
test_load_refused (Pair *self, gconstpointer data)
{
  const CfStreamId zero = CF_STREAM_ID_MIN, last = { 3, 0 };
  CfStream *loaded = cf_stream_new ();
  g_autofree CfListpack *listpack = NULL;

  add_many (self, 3);
  listpack = cf_listpack_try_copy (self->stream->tail->listpack);
  g_assert_true (cf_stream_load_node (loaded, (CfStreamId){ 1, 0 }, listpack));
  listpack = cf_listpack_try_copy (self->stream->tail->listpack);
  /* It would overlap. */
  g_assert_false (cf_stream_load_node (loaded, last, listpack));
  g_assert_false (cf_stream_load_figures (loaded, 2, last, zero, zero, 3));
  g_assert_false (
      cf_stream_load_figures (loaded, 3, (CfStreamId){ 2, 9 }, zero, zero, 3));
  g_assert_false (
      cf_stream_load_figures (loaded, 3, last, zero, zero, G_MAXUINT64));
  g_assert_true (cf_stream_load_figures (loaded, 3, last, zero, zero, 3));
  cf_stream_guess_figures (loaded);
  g_assert_cmpuint (loaded->first_id.ms, ==, 1);
  g_assert_cmpuint (loaded->entries_added, ==, 3);
  cf_object_free (&loaded->object);
}

static void
test_object (Pair *self, gconstpointer data)
{
  const CfObject *object = &self->stream->object;
  gsize bytes;

  g_assert_cmpint (cf_object_type (object), ==, CF_TYPE_STREAM);
  g_assert_cmpstr (cf_object_encoding (object), ==, "stream");
  g_assert_cmpuint (cf_object_n_blocks (object), ==, 1);
  bytes = cf_object_memory (object, 0);
  add_many (self, 1000);
  g_assert_cmpuint (cf_object_n_blocks (object), >=, 11);
  g_assert_cmpuint (cf_object_memory (object, 0), >, bytes + 10000);
  g_assert_cmpuint (cf_object_memory (object, 0), <, bytes + 40000);
  g_assert_cmpuint (cf_object_memory (object, 5), >, bytes + 10000);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*func) (Pair *self, gconstpointer data);
  } tests[] = {
    { "/types/stream/empty-node", test_empty_node },
    { "/types/stream/load-refused", test_load_refused },
    { "/types/stream/next-id", test_next_id },
    { "/types/stream/object", test_object },
    { "/types/stream/random", test_random },
    { "/types/stream/too-large", test_too_large },
    { "/types/stream/trim-rest", test_trim_rest },
    { "/types/stream/trim-roughly", test_trim_roughly },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Pair, NULL, set_up, tests[i].func, tear_down);
  return g_test_run ();
}
