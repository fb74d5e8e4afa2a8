/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/memory.h"
#include "fixture.h"
#include "store/evict.h"
#include "store/reaper.h"

#define N_KEYS 2000
#define VALUE_SIZE 1000

typedef struct
{
  CfConfig *config;
  CfKeyspace *keyspace;
  CfEvict *evict;
  CfHold hold;
} Fixture;

static void
set (Fixture *self, CfSettingId id, const char *value)
{
  g_autoptr (GError) error = NULL;

  cf_config_set (self->config, id, value, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  cf_memory_init ();
  self->config = cf_config_new ();
  self->keyspace = cf_keyspace_new (16, NULL);
  self->evict = cf_evict_new (self->keyspace, self->config);
  cf_hold_init (&self->hold, self->keyspace);
  set (self, CF_SETTING_MAXMEMORY_POLICY, data);
  set (self, CF_SETTING_MAXMEMORY_EVICTION_TENACITY, "100");
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  cf_hold_clear (&self->hold);
  cf_evict_free (self->evict);
  cf_keyspace_free (self->keyspace);
  cf_config_free (self->config);
}

/* Half of the keys are worth more than the others: they were used later or
 * more often, and have later deadlines.  Their number is even. */
static void
fill (Fixture *self, gboolean with_deadlines, gboolean is_lfu)
{
  g_autofree char *text = g_strnfill (VALUE_SIZE, 'x');
  CfValue value = cf_value_raw (cf_slice (text, VALUE_SIZE));

  if (is_lfu)
    cf_keyspace_set_access_kind (self->keyspace, CF_ACCESS_LFU, 10, 1);
  for (guint i = 0; i < N_KEYS; i++)
    {
      char name[16];
      CfKey key;
      CfEntry *entry;

      g_snprintf (name, sizeof name, "key%u", i);
      key = key_of_string (name);
      hold_one (&self->hold, &key);
      entry =
          cf_keyspace_put (self->keyspace, &self->hold, i % 3, &key, &value,
                           with_deadlines ? NOW + (i % 2 == 0 ? 1000000 : 1000)
                                          : CF_NO_DEADLINE);
      if (is_lfu)
        for (guint n = 0; i % 2 == 0 && n < 100; n++)
          cf_keyspace_accessed (self->keyspace, entry, NOW);
      else
        cf_keyspace_accessed (self->keyspace, entry,
                              NOW - (i % 2 == 0 ? 0 : 100000));
      cf_hold_release (&self->hold);
    }
}

static guint
count (Fixture *self, guint parity)
{
  guint n = 0;

  for (guint i = parity; i < N_KEYS; i += 2)
    {
      char name[16];
      g_autofree char *found = NULL;

      g_snprintf (name, sizeof name, "key%u", i);
      found = get (&self->hold, i % 3, name, NOW);
      n += found != NULL;
    }
  return n;
}

static gboolean
cannot_tell (void)
{
  if (cf_memory_used () > 0)
    return FALSE;
  g_test_skip ("the allocator does not say what is in use");
  return TRUE;
}

static void
test_evict_policy (Fixture *self, gconstpointer data)
{
  const char *policy = data;
  gboolean is_random = g_str_has_suffix (policy, "random");
  gsize limit;
  guint n_good, n_bad;

  if (cannot_tell ())
    return;
  fill (self, g_str_has_prefix (policy, "volatile"),
        g_str_has_suffix (policy, "lfu"));
  put (&self->hold, 5, "stays", "v",
       g_str_has_prefix (policy, "volatile") ? CF_NO_DEADLINE : NOW + 1);
  limit = cf_memory_used () - N_KEYS / 3 * VALUE_SIZE;
  g_assert_true (cf_evict_make_room (self->evict, limit, NOW));
  g_assert_cmpuint (cf_memory_used (), <=, limit);
  n_good = count (self, 0);
  n_bad = count (self, 1);
  g_assert_cmpuint (n_good + n_bad, >, N_KEYS / 3);
  g_assert_cmpuint (n_good + n_bad, <, N_KEYS * 3 / 4);
  g_test_message ("%u of those to keep, %u of the others", n_good, n_bad);
  if (is_random)
    g_assert_cmpuint (n_bad, >, N_KEYS / 6);
  else
    g_assert_cmpuint (n_good, >, N_KEYS / 2 * 9 / 10);
  g_assert_cmpuint (cf_keyspace_n_evicted (self->keyspace), >=,
                    N_KEYS - n_good - n_bad);
}

/* Keys without a deadline are safe, and then there is no room. */
static void
test_evict_only_volatile (Fixture *self, gconstpointer data)
{
  if (cannot_tell ())
    return;
  fill (self, TRUE, FALSE);
  put (&self->hold, 0, "safe", "v", CF_NO_DEADLINE);
  g_assert_false (cf_evict_make_room (self->evict, 1, NOW));
  g_assert_cmpuint (count (self, 0) + count (self, 1), ==, 0);
  assert_value (&self->hold, 0, "safe", "v");
}

static void
test_evict_none (Fixture *self, gconstpointer data)
{
  if (cannot_tell ())
    return;
  fill (self, TRUE, FALSE);
  g_assert_true (cf_evict_make_room (self->evict, G_MAXSIZE, NOW));
  g_assert_false (cf_evict_make_room (self->evict, 1, NOW));
  g_assert_cmpuint (count (self, 0) + count (self, 1), ==, N_KEYS);
}

/* A call ends after a while, whatever there is to do. */
static void
test_evict_bounded (Fixture *self, gconstpointer data)
{
  if (cannot_tell ())
    return;
  set (self, CF_SETTING_MAXMEMORY_EVICTION_TENACITY, "0");
  fill (self, FALSE, FALSE);
  g_assert_true (cf_evict_make_room (self->evict, 1, NOW));
  g_assert_cmpuint (count (self, 0) + count (self, 1), ==, N_KEYS - 1);
}

/* What the reaper is about to free needs no eviction. */
static void
test_evict_pending (Fixture *self, gconstpointer data)
{
  g_autoptr (CfReaper) reaper = cf_reaper_new ();
  g_autofree char *text = g_strnfill (1000000, 'x');
  gsize used;

  if (cannot_tell ())
    return;
  cf_keyspace_set_reaper (self->keyspace, reaper);
  fill (self, FALSE, FALSE);
  used = cf_memory_used ();
  for (guint i = 0; i < 20; i++)
    {
      char name[16];

      g_snprintf (name, sizeof name, "large%u", i);
      put (&self->hold, 0, name, text, CF_NO_DEADLINE);
      discard (&self->hold, 0, name);
    }
  g_assert_true (cf_evict_make_room (self->evict, used + 500000, NOW));
  g_assert_cmpuint (cf_keyspace_n_evicted (self->keyspace), ==, 0);
  cf_keyspace_set_reaper (self->keyspace, NULL);
}

typedef struct
{
  Fixture *fixture;
  gsize limit;
  guint number;
} Writer;

static gpointer
run_writer (gpointer data)
{
  const Writer *self = data;
  Fixture *fixture = self->fixture;
  g_autofree char *text = g_strnfill (VALUE_SIZE, 'x');
  CfHold hold;

  cf_memory_thread_balance ();
  cf_hold_init (&hold, fixture->keyspace);
  for (guint i = 0; i < N_KEYS; i++)
    {
      char name[24];

      g_assert_true (cf_evict_make_room (fixture->evict, self->limit, NOW + i));
      g_snprintf (name, sizeof name, "%u:%u", self->number, i);
      put (&hold, i % 2, name, text, CF_NO_DEADLINE);
    }
  cf_hold_clear (&hold);
  return NULL;
}

/* Several threads write more than there is room for. */
static void
test_evict_threads (Fixture *self, gconstpointer data)
{
  Writer writers[4];
  GThread *threads[4];
  gsize limit;

  if (cannot_tell ())
    return;
  fill (self, FALSE, FALSE);
  limit = cf_memory_used ();
  for (guint i = 0; i < 4; i++)
    {
      writers[i] = (Writer){ self, limit, i };
      threads[i] = g_thread_new ("writer", run_writer, &writers[i]);
    }
  for (guint i = 0; i < 4; i++)
    g_thread_join (threads[i]);
  g_assert_true (cf_evict_make_room (self->evict, limit, NOW));
  g_assert_cmpuint (cf_memory_used (), <=, limit);
  g_assert_cmpuint (cf_keyspace_size (self->keyspace, 0) +
                        cf_keyspace_size (self->keyspace, 1),
                    >, N_KEYS / 2);
}

static const char *const policies[] = {
  "allkeys-lru",  "allkeys-lfu",  "allkeys-random",  "volatile-lru",
  "volatile-lfu", "volatile-ttl", "volatile-random",
};

int
main (int argc, char **argv)
{
  store_test_init (&argc, &argv);
  for (gsize i = 0; i < G_N_ELEMENTS (policies); i++)
    {
      g_autofree char *path = g_strdup_printf ("/store/evict/%s", policies[i]);

      g_test_add (path, Fixture, policies[i], set_up, test_evict_policy,
                  tear_down);
    }
  g_test_add ("/store/evict/only-volatile", Fixture, "volatile-lru", set_up,
              test_evict_only_volatile, tear_down);
  g_test_add ("/store/evict/none", Fixture, "noeviction", set_up,
              test_evict_none, tear_down);
  g_test_add ("/store/evict/bounded", Fixture, "allkeys-random", set_up,
              test_evict_bounded, tear_down);
  g_test_add ("/store/evict/pending", Fixture, "allkeys-lru", set_up,
              test_evict_pending, tear_down);
  g_test_add ("/store/evict/threads", Fixture, "allkeys-lru", set_up,
              test_evict_threads, tear_down);
  return g_test_run ();
}
