/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fixture.h -- what the tests of the store share. */
#pragma once

#include "base/hash.h"
#include "store/keyspace.h"

/* An hour from whenever the test runs, and the time it pretends to be. */
#define NOW G_GINT64_CONSTANT (4000000000000)

static inline void
store_test_init (int *argc, char ***argv)
{
  static const guint8 seed[16] = "a constant seed";

  g_test_init (argc, argv, NULL);
  cf_hash_init (seed);
}

/* A keyspace and a hold of it. */
typedef struct
{
  CfKeyspace *keyspace;
  CfHold hold;
} StoreFixture;

static inline void
store_set_up (StoreFixture *self, gconstpointer data)
{
  self->keyspace = cf_keyspace_new (16, NULL);
  cf_hold_init (&self->hold, self->keyspace);
}

static inline void
store_tear_down (StoreFixture *self, gconstpointer data)
{
  cf_hold_clear (&self->hold);
  cf_keyspace_free (self->keyspace);
}

/* A test with a fixture of its own. */
#define store_add(path, function)                                              \
  g_test_add (path, StoreFixture, NULL, store_set_up, function, store_tear_down)

static inline CfKey
key_of_string (const char *string)
{
  return cf_key (cf_slice_of_string (string));
}

/* The functions of the keyspace with a hold for the moment, of one key. */

static inline void
hold_one (CfHold *hold, const CfKey *key)
{
  hold->now_ms = NOW;
  g_assert_true (cf_hold_slots (hold, key, 1, NULL));
}

static inline void
put (CfHold *hold,
     guint db,
     const char *name,
     const char *text,
     gint64 deadline_ms)
{
  CfKey key = key_of_string (name);
  CfValue value = cf_value_string (cf_slice_of_string (text));

  hold_one (hold, &key);
  g_assert_nonnull (
      cf_keyspace_put (hold->keyspace, hold, db, &key, &value, deadline_ms));
  cf_hold_release (hold);
}

static inline gboolean
discard (CfHold *hold, guint db, const char *name)
{
  CfKey key = key_of_string (name);
  gboolean found;

  hold_one (hold, &key);
  found = cf_keyspace_remove (hold->keyspace, hold, db, &key);
  cf_hold_release (hold);
  return found;
}

/* The string at a key; NULL: none. */
static inline char *
get (CfHold *hold, guint db, const char *name, gint64 now_ms)
{
  CfKey key = key_of_string (name);
  char scratch[32];
  char *text = NULL;
  const CfEntry *entry;

  hold_one (hold, &key);
  entry = cf_keyspace_find (hold->keyspace, hold, db, &key, now_ms);
  if (entry != NULL)
    {
      CfSlice bytes = cf_entry_string (entry, scratch);

      text = g_strndup (bytes.data, bytes.size);
    }
  cf_hold_release (hold);
  return text;
}

#define assert_value(hold, db, name, expected)                                 \
  do                                                                           \
    {                                                                          \
      g_autofree char *found_ = get (hold, db, name, NOW);                     \
      g_assert_cmpstr (found_, ==, expected);                                  \
    }                                                                          \
  while (0)
