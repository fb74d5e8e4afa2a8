/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

static CfWatch *
watch (StoreFixture *self, guint db, const char *name, gint *dirty)
{
  CfKey key = key_of_string (name);
  CfWatch *made;

  made = cf_keyspace_watch (self->keyspace, db, &key, dirty, NOW);
  g_assert_true (cf_slice_equal (cf_watch_key (made), key.bytes));
  return made;
}

/* Whether EXEC at @now_ms has to fail. */
static gboolean
is_stale (StoreFixture *self,
          const CfWatch *made,
          const char *name,
          gint64 now_ms)
{
  CfKey key = key_of_string (name);
  gboolean stale;

  hold_one (&self->hold, &key);
  stale =
      cf_keyspace_watch_is_stale (self->keyspace, &self->hold, made, now_ms);
  cf_hold_release (&self->hold);
  return stale;
}

static void
touch (StoreFixture *self, guint db, const char *name)
{
  CfKey key = key_of_string (name);

  hold_one (&self->hold, &key);
  cf_keyspace_touch (self->keyspace, &self->hold, db, &key);
  cf_hold_release (&self->hold);
}

static void
test_watch_touch (StoreFixture *self, gconstpointer data)
{
  gint dirty = 0, other = 0;
  CfWatch *a = watch (self, 3, "{t}k", &dirty);
  CfWatch *b = watch (self, 3, "{t}k", &other);
  CfWatch *c = watch (self, 3, "{t}z", &other);

  touch (self, 3, "{t}x");
  touch (self, 4, "{t}k");
  g_assert_cmpint (dirty, ==, 0);
  touch (self, 3, "{t}k");
  g_assert_cmpint (dirty, ==, 1);
  g_assert_cmpint (other, ==, 1);
  dirty = other = 0;
  cf_keyspace_unwatch (self->keyspace, b);
  touch (self, 3, "{t}k");
  g_assert_cmpint (dirty, ==, 1);
  g_assert_cmpint (other, ==, 0);
  cf_keyspace_unwatch (self->keyspace, a);
  cf_keyspace_unwatch (self->keyspace, c);
}

/* One key in two databases is two. */
static void
test_watch_set (StoreFixture *self, gconstpointer data)
{
  gint dirty = 0;
  g_autoptr (GHashTable) watches = cf_watches_new ();
  CfKey key = key_of_string ("k"), other = key_of_string ("other");
  CfWatch *a = watch (self, 0, "k", &dirty);
  CfWatch *b = watch (self, 1, "k", &dirty);

  g_assert_true (g_hash_table_add (watches, a));
  g_assert_true (cf_watches_have (watches, 0, &key));
  g_assert_false (cf_watches_have (watches, 1, &key));
  g_assert_false (cf_watches_have (watches, 0, &other));
  g_assert_true (g_hash_table_add (watches, b));
  g_assert_true (cf_watches_have (watches, 1, &key));
  g_hash_table_steal_all (watches);
  cf_keyspace_unwatch (self->keyspace, a);
  cf_keyspace_unwatch (self->keyspace, b);
}

static void
test_watch_removed (StoreFixture *self, gconstpointer data)
{
  gint dirty = 0;
  CfWatch *made;

  put (&self->hold, 0, "k", "v", CF_NO_DEADLINE);
  made = watch (self, 0, "k", &dirty);
  discard (&self->hold, 0, "other");
  g_assert_cmpint (dirty, ==, 0);
  discard (&self->hold, 0, "k");
  g_assert_cmpint (dirty, ==, 1);
  cf_keyspace_unwatch (self->keyspace, made);
}

static void
test_watch_expired (StoreFixture *self, gconstpointer data)
{
  gint dirty = 0;
  CfWatch *made;

  put (&self->hold, 0, "k", "v", NOW + 10);
  made = watch (self, 0, "k", &dirty);
  g_assert_false (is_stale (self, made, "k", NOW + 10));
  g_assert_true (is_stale (self, made, "k", NOW + 11));
  g_assert_cmpuint (cf_keyspace_expire_due (self->keyspace, NOW + 11, 1), ==,
                    1);
  g_assert_cmpint (dirty, ==, 1);
  cf_keyspace_unwatch (self->keyspace, made);
  /* One that was past before the watch is no change when it goes. */
  put (&self->hold, 0, "stale", "v", NOW - 1);
  dirty = 0;
  made = watch (self, 0, "stale", &dirty);
  discard (&self->hold, 0, "stale");
  g_assert_false (is_stale (self, made, "stale", NOW + 10));
  g_assert_cmpint (dirty, ==, 0);
  cf_keyspace_unwatch (self->keyspace, made);
}

/* Only what was there is changed. */
static void
test_watch_flush (StoreFixture *self, gconstpointer data)
{
  gint dirty = 0;
  CfWatch *a, *b, *c;

  put (&self->hold, 0, "k", "v", CF_NO_DEADLINE);
  put (&self->hold, 1, "k", "v", CF_NO_DEADLINE);
  a = watch (self, 0, "k", &dirty);
  b = watch (self, 1, "k", &dirty);
  c = watch (self, 0, "none", &dirty);
  cf_trash_free (cf_keyspace_flush (self->keyspace, 0, NULL));
  g_assert_true (is_stale (self, a, "k", NOW));
  g_assert_false (is_stale (self, b, "k", NOW));
  g_assert_false (is_stale (self, c, "none", NOW));
  cf_trash_free (cf_keyspace_flush (self->keyspace, -1, NULL));
  g_assert_true (is_stale (self, b, "k", NOW));
  g_assert_false (is_stale (self, c, "none", NOW));
  g_assert_cmpint (dirty, ==, 0);
  cf_keyspace_unwatch (self->keyspace, a);
  cf_keyspace_unwatch (self->keyspace, b);
  cf_keyspace_unwatch (self->keyspace, c);
}

/* A key that exists in one of two databases that change places is changed. */
static void
test_watch_swap (StoreFixture *self, gconstpointer data)
{
  gint dirty = 0;
  static const char *const names[] = { "comes", "goes", "stays", "none",
                                       "stale" };
  static const gboolean changed[] = { TRUE, TRUE, FALSE, FALSE, FALSE };
  CfWatch *watches[5];

  put (&self->hold, 0, "goes", "v", CF_NO_DEADLINE);
  put (&self->hold, 1, "comes", "v", CF_NO_DEADLINE);
  put (&self->hold, 2, "stays", "v", CF_NO_DEADLINE);
  put (&self->hold, 1, "stale", "v", 1000);
  for (gsize i = 0; i < G_N_ELEMENTS (watches); i++)
    watches[i] = watch (self, i == 2 ? 2 : 0, names[i], &dirty);
  cf_keyspace_swap (self->keyspace, 1, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (watches); i++)
    g_assert_cmpint (is_stale (self, watches[i], names[i], NOW), ==,
                     changed[i]);
  /* What came goes again, but it was there. */
  cf_keyspace_swap (self->keyspace, 1, 0);
  g_assert_true (is_stale (self, watches[0], names[0], NOW));
  for (gsize i = 0; i < G_N_ELEMENTS (watches); i++)
    cf_keyspace_unwatch (self->keyspace, watches[i]);
}

int
main (int argc, char **argv)
{
  store_test_init (&argc, &argv);
  store_add ("/store/watch/touch", test_watch_touch);
  store_add ("/store/watch/set", test_watch_set);
  store_add ("/store/watch/removed", test_watch_removed);
  store_add ("/store/watch/expired", test_watch_expired);
  store_add ("/store/watch/flush", test_watch_flush);
  store_add ("/store/watch/swap", test_watch_swap);
  return g_test_run ();
}
