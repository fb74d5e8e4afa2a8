/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/stream-group.h"

#define N_CONSUMERS 5
#define N_IDS 300

typedef struct
{
  CfStream *stream;
  CfStreamGroup *group;
  /* The model: who has each ID pending, or nobody (-1). */
  gint owner[N_IDS];
} Fixture;

static const char *const names[N_CONSUMERS] = { "", "a", "ab", "b", "\xff" };

static void
set_up (Fixture *self, gconstpointer data)
{
  self->stream = cf_stream_new ();
  self->group = cf_stream_add_group (self->stream, CF_SLICE ("group"),
                                     CF_STREAM_ID_MIN, 0);
  for (guint i = 0; i < N_IDS; i++)
    self->owner[i] = -1;
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  cf_object_free (&self->stream->object);
}

static CfStreamId
id_of (guint i)
{
  return (CfStreamId){ i / 10, i % 10 };
}

static CfStreamConsumer *
consumer (Fixture *self, gint i)
{
  CfSlice name = cf_slice_of_string (names[i]);
  CfStreamConsumer *found = cf_stream_group_find (self->group, name);

  return found != NULL ? found : cf_stream_group_add (self->group, name, 7);
}

static void
remove_consumer (Fixture *self, gint who)
{
  CfStream *rest = cf_stream_new ();
  gsize n = 0;

  for (guint i = 0; i < N_IDS; i++)
    if (self->owner[i] == who)
      {
        self->owner[i] = -1;
        n++;
      }
  g_assert_cmpuint (
      cf_stream_group_remove (self->group, consumer (self, who), rest), ==, n);
  cf_object_free (&rest->object);
}

static void
check (Fixture *self, const CfStreamGroup *group)
{
  gsize n_pending = 0, sum = 0;

  for (guint i = 0; i < N_IDS; i++)
    {
      const CfStreamPending *pending =
          cf_stream_group_pending (group, id_of (i));

      g_assert_cmpint (pending != NULL, ==, self->owner[i] >= 0);
      if (pending == NULL)
        continue;
      n_pending++;
      g_assert_cmpint (pending->delivered_ms, ==, i);
      g_assert_cmpuint (pending->n_deliveries, ==, i % 3);
      g_assert_true (cf_slice_equal (
          pending->consumer->name, cf_slice_of_string (names[self->owner[i]])));
      g_assert_true (cf_id_tree_find (&pending->consumer->pending, id_of (i)) ==
                     pending);
    }
  for (GTreeNode *at = cf_stream_group_first_consumer (group); at != NULL;
       at = g_tree_node_next (at))
    sum += cf_stream_consumer_at (at)->pending.n;
  g_assert_cmpuint (sum, ==, n_pending);
  g_assert_cmpuint (group->pending.n, ==, n_pending);
  g_assert_cmpuint (group->stream->n_pending, ==, n_pending);
}

static void
test_random (Fixture *self, gconstpointer data)
{
  for (guint round = 0; round < 20000; round++)
    {
      guint i = (guint) g_test_rand_int_range (0, N_IDS);
      gint who = g_test_rand_int_range (0, N_CONSUMERS);
      CfStreamPending *pending;

      if (round % 1000 == 999)
        remove_consumer (self, who);
      else if (g_test_rand_int_range (0, 3) > 0)
        {
          pending = cf_stream_group_give (self->group, id_of (i),
                                          consumer (self, who), i);
          pending->n_deliveries = i % 3;
          self->owner[i] = who;
        }
      else
        {
          g_assert_cmpint (cf_stream_group_ack (self->group, id_of (i)), ==,
                           self->owner[i] >= 0);
          self->owner[i] = -1;
        }
      if (round % 100 == 0)
        check (self, self->group);
    }
}

static void
test_copy (Fixture *self, gconstpointer data)
{
  CfStream *copy;
  CfStreamGroup *group;

  self->group->last_id = id_of (9);
  self->group->n_read = 3;
  for (guint i = 0; i < N_IDS; i += 2)
    {
      self->owner[i] = (gint) (i % N_CONSUMERS);
      cf_stream_group_give (self->group, id_of (i),
                            consumer (self, self->owner[i]), i)
          ->n_deliveries = i % 3;
    }
  copy = cf_stream (cf_object_try_copy (&self->stream->object));
  group = cf_stream_find_group (copy, CF_SLICE ("group"));
  check (self, group);
  g_assert_cmpuint (group->last_id.seq, ==, 9);
  g_assert_cmpint (group->n_read, ==, 3);
  g_assert_cmpint (cf_stream_group_find (group, CF_SLICE ("a"))->seen_ms, ==,
                   7);
  g_assert_cmpuint (cf_stream_group_n_consumers (group), ==, N_CONSUMERS);
  cf_object_free (&copy->object);
  check (self, self->group);
}

static void
test_groups (Fixture *self, gconstpointer data)
{
  static const char *const sorted[] = { "", "a", "aa", "b", "group" };
  CfStreamGroup *added;
  GTreeNode *at;

  for (guint i = 4; i-- > 0;)
    {
      CfSlice name = cf_slice_of_string (sorted[i]);

      added = cf_stream_add_group (self->stream, name, id_of (i), 0);
      g_assert_nonnull (added);
      g_assert_null (cf_stream_add_group (self->stream, name, id_of (i), 0));
      g_assert_true (cf_stream_find_group (self->stream, name) == added);
    }
  g_assert_cmpuint (cf_stream_n_groups (self->stream), ==, 5);
  at = cf_stream_first_group (self->stream);
  for (guint i = 0; i < 5; i++, at = g_tree_node_next (at))
    g_assert_cmpstr (cf_stream_group_at (at)->name.data, ==, sorted[i]);
  g_assert_null (at);
  cf_stream_group_give (self->group, id_of (1), consumer (self, 1), 0);
  g_assert_true (
      cf_stream_remove_group (self->stream, CF_SLICE ("group"), NULL));
  g_assert_false (
      cf_stream_remove_group (self->stream, CF_SLICE ("group"), NULL));
  g_assert_cmpuint (self->stream->n_pending, ==, 0);
  g_assert_null (cf_stream_find_group (self->stream, CF_SLICE ("group")));
}

/* What goes is found in the rest, to be freed with it. */
static void
test_rest (Fixture *self, gconstpointer data)
{
  CfStream *rest = cf_stream_new (), *other = cf_stream_new ();

  for (guint i = 1; i <= 5; i++)
    cf_stream_group_give (self->group, id_of (i), consumer (self, i > 3), 0);
  g_assert_cmpuint (
      cf_stream_group_remove (self->group, consumer (self, 0), rest), ==, 3);
  g_assert_cmpuint (rest->n_pending, ==, 3);
  g_assert_cmpuint (self->stream->n_pending, ==, 2);
  g_assert_null (cf_stream_group_pending (self->group, id_of (3)));
  g_assert_nonnull (cf_stream_group_pending (self->group, id_of (4)));
  g_assert_true (
      cf_stream_remove_group (self->stream, CF_SLICE ("group"), other));
  g_assert_cmpuint (other->n_pending, ==, 2);
  g_assert_cmpuint (self->stream->n_pending, ==, 0);
  g_assert_cmpuint (cf_stream_n_groups (self->stream), ==, 0);
  cf_object_free (&rest->object);
  cf_object_free (&other->object);
}

/* A consumer that has few of what is pending, one that has most of it, and
 * the last one. */
static void
test_shares (Fixture *self, gconstpointer data)
{
  static const gsize shares[] = { 3, N_IDS * 2 / 3, N_IDS / 4 };
  gsize first[G_N_ELEMENTS (shares) + 1] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (shares); i++)
    {
      first[i + 1] = first[i] + shares[i];
      for (gsize j = first[i]; j < first[i + 1]; j++)
        cf_stream_group_give (self->group, id_of ((guint) (j * 7 % N_IDS)),
                              consumer (self, (gint) i), 0);
    }
  for (guint i = 0; i < G_N_ELEMENTS (shares); i++)
    {
      CfStream *rest = cf_stream_new ();

      g_assert_cmpuint (
          cf_stream_group_remove (self->group, consumer (self, (gint) i), rest),
          ==, shares[i]);
      g_assert_cmpuint (self->stream->n_pending, ==,
                        first[G_N_ELEMENTS (shares)] - first[i + 1]);
      for (gsize j = 0; j < first[G_N_ELEMENTS (shares)]; j++)
        g_assert_cmpint (
            cf_stream_group_pending (self->group,
                                     id_of ((guint) (j * 7 % N_IDS))) != NULL,
            ==, j >= first[i + 1]);
      cf_object_free (&rest->object);
    }
}

static void
add_entries (CfStream *stream, guint n)
{
  static const CfSlice pair[] = { { "f", 1 }, { "v", 1 } };
  const CfStreamLimits limits = { 4096, 100 };

  for (guint i = 1; i <= n; i++)
    g_assert_cmpint (
        cf_stream_add (stream, (CfStreamId){ i, 0 }, pair, 1, &limits), ==,
        CF_STREAM_ADDED);
}

static void
assert_lag (const CfStreamGroup *group, gint64 expected)
{
  gint64 lag = -1;

  g_assert_cmpint (cf_stream_group_lag (group, &lag), ==, expected >= 0);
  if (expected >= 0)
    g_assert_cmpint (lag, ==, expected);
}

static void
test_lag (Fixture *self, gconstpointer data)
{
  CfStreamGroup *group = self->group;
  CfStreamId third = { 3, 0 };

  assert_lag (group, 0);
  add_entries (self->stream, 5);
  assert_lag (group, 5);
  cf_stream_group_advance (group, (CfStreamId){ 1, 0 });
  assert_lag (group, 4);
  g_assert_cmpint (group->n_read, ==, 1);
  g_assert_cmpuint (cf_stream_delete (self->stream, &third, 1), ==, 1);
  assert_lag (group, -1);
  cf_stream_group_advance (group, (CfStreamId){ 2, 0 });
  g_assert_cmpint (group->n_read, ==, CF_STREAM_READS_UNKNOWN);
  cf_stream_group_advance (group, (CfStreamId){ 4, 0 });
  cf_stream_group_advance (group, (CfStreamId){ 5, 0 });
  g_assert_cmpint (group->n_read, ==, 5);
  assert_lag (group, 0);
  group->n_read = G_MAXINT64;
  cf_stream_group_advance (group, (CfStreamId){ 6, 0 });
}

/* What was deleted is gone from the beginning as well. */
static void
test_lag_of_trimmed (Fixture *self, gconstpointer data)
{
  CfStreamTrim trim = { CF_STREAM_TRIM_LENGTH, FALSE, 2, CF_STREAM_ID_MIN, 0 };
  CfStreamId second = { 2, 0 };

  add_entries (self->stream, 4);
  cf_stream_group_advance (self->group, (CfStreamId){ 1, 0 });
  g_assert_cmpuint (cf_stream_delete (self->stream, &second, 1), ==, 1);
  assert_lag (self->group, -1);
  g_assert_cmpuint (cf_stream_trim (self->stream, &trim, NULL), ==, 1);
  assert_lag (self->group, 3);
}

static void
test_n_added (Fixture *self, gconstpointer data)
{
  CfStream *stream = self->stream;
  CfStreamTrim trim = { CF_STREAM_TRIM_LENGTH, FALSE, 7, CF_STREAM_ID_MIN, 0 };

  g_assert_cmpint (cf_stream_n_added_up_to (stream, (CfStreamId){ 9, 0 }), ==,
                   0);
  add_entries (stream, 10);
  g_assert_cmpuint (cf_stream_trim (stream, &trim, NULL), ==, 3);
  g_assert_cmpint (cf_stream_n_added_up_to (stream, (CfStreamId){ 2, 0 }), ==,
                   3);
  g_assert_cmpint (cf_stream_n_added_up_to (stream, (CfStreamId){ 4, 0 }), ==,
                   4);
  g_assert_cmpint (cf_stream_n_added_up_to (stream, (CfStreamId){ 5, 0 }), ==,
                   CF_STREAM_READS_UNKNOWN);
  g_assert_cmpint (cf_stream_n_added_up_to (stream, (CfStreamId){ 10, 0 }), ==,
                   10);
  g_assert_cmpint (cf_stream_n_added_up_to (stream, (CfStreamId){ 11, 0 }), ==,
                   CF_STREAM_READS_UNKNOWN);
  trim.length = 0;
  g_assert_cmpuint (cf_stream_trim (stream, &trim, NULL), ==, 7);
  g_assert_cmpint (cf_stream_n_added_up_to (stream, (CfStreamId){ 5, 0 }), ==,
                   10);
}

static void
test_memory (Fixture *self, gconstpointer data)
{
  gsize before = cf_object_memory (&self->stream->object, 0);

  for (guint i = 0; i < N_IDS; i++)
    cf_stream_group_give (self->group, id_of (i),
                          consumer (self, (gint) i % N_CONSUMERS), 0);
  g_assert_cmpuint (cf_object_memory (&self->stream->object, 0), >,
                    before + N_IDS * sizeof (CfStreamPending));
  g_assert_cmpuint (cf_object_memory (&self->stream->object, 1), >, before);
  g_assert_cmpuint (cf_object_n_blocks (&self->stream->object), >, N_IDS);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*func) (Fixture *self, gconstpointer data);
  } tests[] = {
    { "/types/stream-group/copy", test_copy },
    { "/types/stream-group/groups", test_groups },
    { "/types/stream-group/lag", test_lag },
    { "/types/stream-group/lag-of-trimmed", test_lag_of_trimmed },
    { "/types/stream-group/memory", test_memory },
    { "/types/stream-group/n-added", test_n_added },
    { "/types/stream-group/random", test_random },
    { "/types/stream-group/rest", test_rest },
    { "/types/stream-group/shares", test_shares },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].func, tear_down);
  return g_test_run ();
}
