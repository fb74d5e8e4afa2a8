/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/clock.h"
#include "base/random.h"
#include "fixture.h"
#include "store/expirer.h"
#include "store/slot.h"

#define N_THREADS 4
#define N_ACCOUNTS 40
#define START_SUM (N_ACCOUNTS * 1000)

static void
test_hold_key_slot (void)
{
  static const struct
  {
    const char *key;
    guint slot;
  } cases[] = {
    /* As CLUSTER KEYSLOT answers. */
    { "", 0 },           { "foo", 12182 },     { "123456789", 12739 },
    { "{foo}", 12182 },  { "a{foo}b", 12182 }, { "{foo}{bar}", 12182 },
    { "{}foo", 9500 },   { "foo{}", 5542 },    { "{foo", 13308 },
    { "}{foo}", 12182 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      CfSlice key = cf_slice_of_string (cases[i].key);

      g_assert_cmpuint (cf_key_slot (key), ==, cases[i].slot);
      g_assert_cmpuint (cf_key (key).slot, ==, cases[i].slot);
    }
}

/* Keys of one slot, named twice, and so many that all slots are locked. */
static void
test_hold_many (void)
{
  g_autoptr (CfKeyspace) keyspace = cf_keyspace_new (1, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (CfKey));
  CfHold hold;

  for (guint i = 0; i < 300; i++)
    {
      char *name = g_strdup_printf ("key:%u", i / 2);
      CfKey key = key_of_string (name);

      g_ptr_array_add (names, name);
      g_array_append_val (keys, key);
    }
  cf_hold_init (&hold, keyspace);
  for (guint n = 0; n <= 300; n++)
    {
      g_assert_true (cf_hold_slots (&hold, (CfKey *) keys->data, n, NULL));
      for (guint i = 0; i < n; i++)
        {
          guint at = 0;

          while (hold.slots[at] != g_array_index (keys, CfKey, i).slot)
            g_assert_cmpuint (++at, <, hold.n_slots);
        }
      for (guint i = 1; i < hold.n_slots; i++)
        g_assert_cmpuint (hold.slots[i - 1], <, hold.slots[i]);
      cf_hold_release (&hold);
    }
  cf_hold_clear (&hold);
}

static int n_woken;

static void
on_wake (gpointer waiter)
{
  n_woken += *(int *) waiter;
}

static gpointer
ref_number (gpointer waiter)
{
  return waiter;
}

/* Who meets a claim gets nothing, and is woken when it ends. */
static void
test_hold_claims (void)
{
  g_autoptr (CfKeyspace) keyspace = cf_keyspace_new (1, NULL);
  int one = 1, hundred = 100;
  const CfWaiter waiter = { &one, on_wake, ref_number },
                 other_waiter = { &hundred, on_wake, ref_number };
  const CfKey keys[] = { key_of_string ("{t}a"), key_of_string ("{t}b"),
                         key_of_string ("z"), key_of_string ("{t}a") };
  CfHold claimant, other;

  n_woken = 0;
  cf_hold_init (&claimant, keyspace);
  cf_hold_init (&other, keyspace);
  g_assert_true (cf_hold_claims (&claimant, &keys[1], 3, NULL));
  /* The same slot, but another key. */
  {
    const CfKey free_key = key_of_string ("{t}c");

    g_assert_true (cf_hold_slots (&other, &free_key, 1, &waiter));
    cf_hold_release (&other);
    g_assert_true (cf_hold_claims (&other, &free_key, 1, &waiter));
    cf_hold_release (&other);
  }
  g_assert_false (cf_hold_slots (&other, &keys[0], 1, NULL));
  g_assert_false (cf_hold_slots (&other, &keys[0], 1, &waiter));
  g_assert_false (cf_hold_slots (&other, keys, 3, &waiter));
  g_assert_false (cf_hold_claims (&other, &keys[2], 1, &waiter));
  g_assert_cmpint (other.mode, ==, CF_HOLD_NONE);
  g_assert_cmpint (n_woken, ==, 0);
  cf_hold_release (&claimant);
  g_assert_cmpint (n_woken, ==, 3);

  /* One that gives half its claims back wakes those who met them. */
  g_assert_true (cf_hold_claims (&claimant, &keys[2], 1, NULL));
  g_assert_false (cf_hold_claims (&other, keys, 3, &other_waiter));
  g_assert_true (cf_hold_slots (&other, keys, 2, NULL));
  cf_hold_release (&other);
  cf_hold_release (&claimant);
  g_assert_cmpint (n_woken, ==, 103);
  cf_hold_clear (&claimant);
  cf_hold_clear (&other);
}

/* A script that has all claims it: others meet that on any key. */
static void
test_hold_claim_all (void)
{
  g_autoptr (CfKeyspace) keyspace = cf_keyspace_new (1, NULL);
  int one = 1;
  const CfWaiter waiter = { &one, on_wake, ref_number };
  const CfKey key = key_of_string ("k"), left = key_of_string ("left");
  CfHold all, other, outside;

  n_woken = 0;
  cf_hold_init (&all, keyspace);
  cf_hold_init (&other, keyspace);
  cf_hold_init (&outside, keyspace);
  g_assert_true (cf_hold_claims (&outside, &left, 1, NULL));
  g_assert_false (cf_hold_meet_all (&other, &waiter));
  cf_hold_all (&all);
  g_assert_true (cf_hold_has_all (&all));
  g_assert_false (cf_hold_is_barred (&outside));
  cf_hold_claim_all (&all, 77);
  g_assert_cmpint (all.mode, ==, CF_HOLD_CLAIMS);
  g_assert_true (cf_hold_has_all (&all));
  g_assert_true (cf_hold_covers (&all, &key));
  g_assert_false (cf_hold_is_barred (&all));
  g_assert_true (cf_hold_is_barred (&outside));

  g_assert_false (cf_hold_slots (&other, &key, 1, &waiter));
  g_assert_cmpint (other.busy_since_ms, ==, 77);
  cf_hold_mark (&all, 78);
  g_assert_false (cf_hold_claims (&other, &key, 1, &waiter));
  g_assert_cmpint (other.busy_since_ms, ==, 78);
  g_assert_true (cf_hold_meet_all (&other, &waiter));
  g_assert_cmpint (n_woken, ==, 0);

  cf_hold_widen (&all);
  cf_hold_narrow (&all);
  g_assert_true (cf_hold_has_all (&all));
  cf_hold_release (&all);
  g_assert_cmpint (n_woken, ==, 3);
  g_assert_false (cf_hold_has_all (&all));
  g_assert_false (cf_hold_is_barred (&outside));
  g_assert_false (cf_hold_meet_all (&other, &waiter));
  g_assert_true (cf_hold_slots (&other, &key, 1, NULL));
  cf_hold_release (&other);
  g_assert_false (cf_hold_slots (&other, &left, 1, NULL));
  cf_hold_release (&outside);
  cf_hold_clear (&all);
  cf_hold_clear (&other);
  cf_hold_clear (&outside);
}

/* The same beside claims of its own, while these are widened. */
static void
test_hold_claim_all_beside (void)
{
  g_autoptr (CfKeyspace) keyspace = cf_keyspace_new (1, NULL);
  const CfKey key = key_of_string ("k"), free_key = key_of_string ("free");
  CfHold all, other;

  cf_hold_init (&all, keyspace);
  cf_hold_init (&other, keyspace);
  g_assert_true (cf_hold_claims (&all, &key, 1, NULL));
  cf_hold_widen (&all);
  cf_hold_claim_all (&all, 1);
  g_assert_false (cf_hold_slots (&other, &free_key, 1, NULL));
  cf_hold_release (&all);
  g_assert_true (cf_hold_slots (&other, &free_key, 1, NULL));
  cf_hold_release (&other);
  g_assert_true (cf_hold_slots (&other, &key, 1, NULL));
  cf_hold_release (&other);
  cf_hold_clear (&all);
  cf_hold_clear (&other);
}

/* Readers hold the same key at once; none of them removes it from under the
 * others when its time has come. */
static void
test_hold_reading (void)
{
  g_autoptr (CfKeyspace) keyspace = cf_keyspace_new (1, NULL);
  CfKey key = key_of_string ("k"), read_key = key;
  int one = 1;
  const CfWaiter waiter = { &one, on_wake, ref_number };
  CfHold reader, other;

  read_key.reading = TRUE;
  n_woken = 0;
  cf_hold_init (&reader, keyspace);
  cf_hold_init (&other, keyspace);
  put (&other, 0, "k", "v", NOW);
  g_assert_true (cf_hold_claims (&reader, &read_key, 1, NULL));
  g_assert_true (cf_hold_claims (&other, &read_key, 1, NULL));
  cf_hold_release (&other);
  g_assert_true (cf_hold_slots (&other, &read_key, 1, NULL));
  g_assert_null (cf_keyspace_find (keyspace, &other, 0, &read_key, NOW + 1));
  cf_hold_release (&other);
  g_assert_nonnull (cf_keyspace_find (keyspace, &reader, 0, &read_key, NOW));
  g_assert_false (cf_hold_slots (&other, &key, 1, &waiter));
  g_assert_false (cf_hold_claims (&other, &read_key, 1, NULL));
  g_assert_null (cf_keyspace_find (keyspace, &reader, 0, &read_key, NOW + 1));
  cf_hold_release (&reader);
  g_assert_cmpint (n_woken, ==, 1);
  g_assert_cmpuint (cf_keyspace_size (keyspace, 0), ==, 1);
  g_assert_cmpuint (cf_keyspace_expire_due (keyspace, NOW + 10, 10), ==, 1);
  cf_hold_clear (&reader);
  cf_hold_clear (&other);
}

/* While claimed, a key neither expires nor is evicted or sampled. */
static void
test_hold_claims_protect (void)
{
  g_autoptr (CfKeyspace) keyspace = cf_keyspace_new (1, NULL);
  CfKey key = key_of_string ("k");
  CfHold hold;

  cf_hold_init (&hold, keyspace);
  put (&hold, 0, "k", "v", NOW);
  g_assert_true (cf_hold_claims (&hold, &key, 1, NULL));
  g_assert_cmpuint (cf_keyspace_expire_due (keyspace, NOW + 10, 10), ==, 0);
  g_assert_cmpuint (cf_keyspace_evict (keyspace, 0, key.bytes), ==, 0);
  cf_hold_release (&hold);
  g_assert_cmpuint (cf_keyspace_expire_due (keyspace, NOW + 10, 10), ==, 1);
  cf_hold_clear (&hold);
}

/* What is removed goes when the hold ends, however much it is. */
/* Keys that are claimed later are shared with readers, kept from writers, and
 * given back with the others. */
static void
test_hold_more (void)
{
  g_autoptr (CfKeyspace) keyspace = cf_keyspace_new (1, NULL);
  CfKey own[] = { key_of_string ("list"), key_of_string ("result") };
  CfKey names[] = { key_of_string ("a"), key_of_string ("result"),
                    key_of_string ("list") };
  CfKey again[] = { key_of_string ("a"), key_of_string ("b") };
  CfKey a = key_of_string ("a"), b = key_of_string ("b");
  CfHold hold, other;

  cf_hold_init (&hold, keyspace);
  cf_hold_init (&other, keyspace);
  own[0].reading = TRUE;
  g_assert_true (cf_hold_claims (&hold, own, 2, NULL));
  g_assert_true (cf_hold_more (&hold, names, 3, NULL));
  a.reading = TRUE;
  g_assert_true (cf_hold_claims (&other, &a, 1, NULL));
  cf_hold_release (&other);
  a.reading = FALSE;
  g_assert_false (cf_hold_slots (&other, &a, 1, NULL));
  g_assert_false (cf_hold_claims (&other, &a, 1, NULL));
  /* What another is to change cannot be had; the rest is still held. */
  g_assert_true (cf_hold_claims (&other, &b, 1, NULL));
  g_assert_false (cf_hold_more (&hold, again, 2, NULL));
  g_assert_cmpint (hold.mode, ==, CF_HOLD_CLAIMS);
  cf_hold_release (&hold);
  cf_hold_release (&other);
  g_assert_true (cf_hold_slots (&other, &a, 1, NULL));
  cf_hold_release (&other);
  g_assert_true (cf_hold_slots (&other, own, 2, NULL));
  cf_hold_release (&other);
  cf_hold_clear (&other);
  cf_hold_clear (&hold);
}

static void
test_hold_trash (void)
{
  g_autoptr (CfKeyspace) keyspace = cf_keyspace_new (1, NULL);
  CfHold hold;
  CfKey keys[3 * CF_HOLD_TRASH];
  char names[3 * CF_HOLD_TRASH][8];

  cf_hold_init (&hold, keyspace);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_snprintf (names[i], sizeof names[i], "key%u", i);
      put (&hold, 0, names[i], "v", CF_NO_DEADLINE);
      keys[i] = key_of_string (names[i]);
    }
  g_assert_true (cf_hold_slots (&hold, keys, G_N_ELEMENTS (keys), NULL));
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    g_assert_true (cf_keyspace_remove (keyspace, &hold, 0, &keys[i]));
  g_assert_cmpuint (hold.n_trash, >, 0);
  cf_hold_release (&hold);
  g_assert_cmpuint (hold.n_trash, ==, 0);
  g_assert_cmpuint (cf_keyspace_size (keyspace, 0), ==, 0);
  cf_hold_clear (&hold);
}

/* -- Threads that move money ----------------------------------------------- */

typedef struct
{
  CfKeyspace *keyspace;
  CfKey accounts[N_ACCOUNTS];
  char names[N_ACCOUNTS][16];
  guint n_rounds;
  CfMutex lock;

  /* Protected by @lock. */
  CfCond changed;
  guint n_expired;
} Bank;

typedef struct
{
  gint refs; /* (atomic) */
  CfMutex lock;
  CfCond woken;
  gboolean is_woken; /* protected by @lock */
} Sleeper;

static gpointer
sleeper_ref (gpointer data)
{
  Sleeper *self = data;

  g_atomic_int_inc (&self->refs);
  return self;
}

static Sleeper *
sleeper_new (void)
{
  Sleeper *self = g_new0 (Sleeper, 1);

  self->refs = 1;
  cf_mutex_init (&self->lock, CF_LOCK_STATS, 0);
  cf_cond_init (&self->woken);
  return self;
}

static void
sleeper_unref (Sleeper *self)
{
  if (!g_atomic_int_dec_and_test (&self->refs))
    return;
  cf_cond_clear (&self->woken);
  cf_mutex_clear (&self->lock);
  g_free (self);
}

static void
sleeper_wake (gpointer data)
{
  Sleeper *self = data;

  cf_mutex_lock (&self->lock);
  self->is_woken = TRUE;
  cf_cond_signal (&self->woken);
  cf_mutex_unlock (&self->lock);
  sleeper_unref (self);
}

static void
sleeper_wait (Sleeper *self)
{
  gint64 end_us = g_get_monotonic_time () + 60 * G_TIME_SPAN_SECOND;

  cf_mutex_lock (&self->lock);
  while (!self->is_woken)
    g_assert_true (cf_cond_wait_until (&self->woken, &self->lock, end_us));
  self->is_woken = FALSE;
  cf_mutex_unlock (&self->lock);
}

static void
hold_keys (CfHold *hold,
           Sleeper *sleeper,
           const CfKey *keys,
           gsize n_keys,
           gboolean claim)
{
  const CfWaiter waiter = { sleeper, sleeper_wake, sleeper_ref };

  while (claim ? !cf_hold_claims (hold, keys, n_keys, &waiter)
               : !cf_hold_slots (hold, keys, n_keys, &waiter))
    sleeper_wait (sleeper);
}

static gint64
balance (CfHold *hold, const CfKey *key)
{
  const CfEntry *entry = cf_keyspace_find (hold->keyspace, hold, 0, key, NOW);

  return cf_entry_int (entry);
}

static void
set_balance (CfHold *hold, const CfKey *key, gint64 amount)
{
  CfValue value = cf_value_int (amount);

  cf_keyspace_put (hold->keyspace, hold, 0, key, &value, CF_NO_DEADLINE);
}

/* Moves an amount from the first to each of the others. */
static void
transfer (const Bank *bank, CfHold *hold, Sleeper *sleeper)
{
  gboolean claim = cf_random_below (4) == 0;
  gsize n_keys = claim ? 2 + cf_random_below (6) : 2;
  gsize first = cf_random_below (N_ACCOUNTS - n_keys);
  const CfKey *keys = &bank->accounts[first];

  hold_keys (hold, sleeper, keys, n_keys, claim);
  for (gsize i = 1; i < n_keys; i++)
    {
      gint64 amount = (gint64) cf_random_below (100);

      set_balance (hold, &keys[0], balance (hold, &keys[0]) - amount);
      set_balance (hold, &keys[i], balance (hold, &keys[i]) + amount);
    }
  cf_hold_release (hold);
}

static void
audit (const Bank *bank, CfHold *hold, Sleeper *sleeper)
{
  gint64 sum = 0;

  hold_keys (hold, sleeper, bank->accounts, N_ACCOUNTS,
             cf_random_below (2) == 0);
  for (gsize i = 0; i < N_ACCOUNTS; i++)
    sum += balance (hold, &bank->accounts[i]);
  cf_hold_release (hold);
  g_assert_cmpint (sum, ==, START_SUM);
}

/* Keys that come and go by themselves, some while they are claimed. */
static void
lend (CfHold *hold, Sleeper *sleeper)
{
  char name[16];
  CfKey key;
  CfValue value = cf_value_string (CF_SLICE ("note"));
  gint64 now_ms = cf_clock_wall_ms ();

  g_snprintf (name, sizeof name, "note%u", (guint) cf_random_below (100));
  key = key_of_string (name);
  hold_keys (hold, sleeper, &key, 1, cf_random_below (4) == 0);
  g_assert_nonnull (cf_keyspace_put (hold->keyspace, hold, 0, &key, &value,
                                     now_ms + (gint64) cf_random_below (30)));
  cf_keyspace_find (hold->keyspace, hold, 0, &key, now_ms);
  cf_hold_release (hold);
}

static gpointer
run_teller (gpointer data)
{
  const Bank *bank = data;
  Sleeper *sleeper = sleeper_new ();
  CfHold hold;

  cf_hold_init (&hold, bank->keyspace);
  for (guint i = 0; i < bank->n_rounds; i++)
    {
      transfer (bank, &hold, sleeper);
      if (i % 4 == 0)
        lend (&hold, sleeper);
      if (i % 16 == 0)
        audit (bank, &hold, sleeper);
    }
  cf_hold_clear (&hold);
  sleeper_unref (sleeper);
  return NULL;
}

static void
on_removed (gpointer data, guint db, CfSlice key, CfRemoval why)
{
  Bank *bank = data;

  cf_mutex_lock (&bank->lock);
  bank->n_expired++;
  cf_cond_signal (&bank->changed);
  cf_mutex_unlock (&bank->lock);
}

static void
open_accounts (Bank *bank)
{
  CfHold hold;

  cf_hold_init (&hold, bank->keyspace);
  for (guint i = 0; i < N_ACCOUNTS; i++)
    {
      /* Some of one slot, some of others. */
      g_snprintf (bank->names[i], sizeof bank->names[i],
                  i % 4 == 0 ? "{tag}%u" : "account%u", i);
      bank->accounts[i] = key_of_string (bank->names[i]);
      put (&hold, 0, bank->names[i], "1000", CF_NO_DEADLINE);
    }
  cf_hold_clear (&hold);
}

/* Until only the accounts are left. */
static void
wait_for_expiry (Bank *bank)
{
  gint64 end_us = g_get_monotonic_time () + 60 * G_TIME_SPAN_SECOND;

  cf_mutex_lock (&bank->lock);
  while (cf_keyspace_size (bank->keyspace, 0) > N_ACCOUNTS)
    g_assert_true (cf_cond_wait_until (&bank->changed, &bank->lock, end_us));
  cf_mutex_unlock (&bank->lock);
}

static void
test_hold_threads (void)
{
  Bank bank = { .n_rounds = g_test_quick () ? 20000 : 500000 };
  const CfKeyspaceHooks hooks = { on_removed, &bank };
  g_autoptr (CfExpirer) expirer = NULL;
  GThread *threads[N_THREADS];

  cf_mutex_init (&bank.lock, CF_LOCK_STATS, 0);
  cf_cond_init (&bank.changed);
  bank.keyspace = cf_keyspace_new (1, &hooks);
  expirer = cf_expirer_new (bank.keyspace, NULL);
  open_accounts (&bank);
  cf_expirer_start (expirer);
  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("teller", run_teller, &bank);
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  wait_for_expiry (&bank);
  cf_expirer_stop (expirer);
  g_clear_pointer (&expirer, cf_expirer_free);
  g_assert_cmpuint (bank.n_expired, >, 0);
  g_assert_cmpuint (bank.n_expired, ==, cf_keyspace_n_expired (bank.keyspace));
  cf_keyspace_free (bank.keyspace);
  cf_cond_clear (&bank.changed);
  cf_mutex_clear (&bank.lock);
}

typedef struct
{
  CfKeyspace *keyspace;
  gint done; /* (atomic) */
} Rival;

static gpointer
hold_and_release (gpointer data)
{
  Rival *rival = data;
  const CfKey key = key_of_string ("{t}a");
  CfHold hold;

  cf_hold_init (&hold, rival->keyspace);
  hold_one (&hold, &key);
  cf_hold_release (&hold);
  cf_hold_clear (&hold);
  g_atomic_int_set (&rival->done, TRUE);
  return NULL;
}

/* The lock is kept until another slot is wanted, or somebody waits. */
static void
test_hold_keep (void)
{
  g_autoptr (CfKeyspace) keyspace = cf_keyspace_new (1, NULL);
  const CfKey key = key_of_string ("{t}a"), other = key_of_string ("b");
  Rival rival = { .keyspace = keyspace };
  GThread *thread;
  CfHold hold;

  cf_hold_init (&hold, keyspace);
  hold_one (&hold, &key);
  cf_hold_keep (&hold);
  g_assert_cmpint (hold.mode, ==, CF_HOLD_NONE);
  g_assert_cmpuint (hold.kept, ==, key.slot);
  hold_one (&hold, &other);
  g_assert_cmpuint (hold.kept, ==, CF_NO_SLOT);
  cf_hold_keep (&hold);
  cf_hold_let_go (&hold);
  g_assert_cmpuint (hold.kept, ==, CF_NO_SLOT);

  hold_one (&hold, &key);
  cf_hold_keep (&hold);
  thread = g_thread_new ("rival", hold_and_release, &rival);
  while (!cf_slot_is_waited_for (keyspace))
    g_thread_yield ();
  hold_one (&hold, &key);
  g_assert_cmpuint (hold.kept, ==, CF_NO_SLOT);
  g_assert_true (cf_hold_covers (&hold, &key));
  g_assert_false (g_atomic_int_get (&rival.done));
  cf_hold_keep (&hold);
  g_assert_cmpuint (hold.kept, ==, CF_NO_SLOT);
  g_thread_join (thread);
  g_assert_true (g_atomic_int_get (&rival.done));
  g_assert_false (cf_slot_is_waited_for (keyspace));
  cf_hold_clear (&hold);
}

/* A claim on another key of the slot does not end it, one on the key does; and
 * what was removed is freed without the lock. */
static void
test_hold_keep_claimed (void)
{
  g_autoptr (CfKeyspace) keyspace = cf_keyspace_new (1, NULL);
  const CfKey key = key_of_string ("{t}a"), claimed = key_of_string ("{t}b");
  CfHold hold, claimant;

  cf_hold_init (&hold, keyspace);
  cf_hold_init (&claimant, keyspace);
  g_assert_true (cf_hold_claims (&claimant, &claimed, 1, NULL));
  hold_one (&hold, &key);
  cf_hold_keep (&hold);
  g_assert_false (cf_hold_slots (&hold, &claimed, 1, NULL));
  g_assert_cmpuint (hold.kept, ==, CF_NO_SLOT);
  hold_one (&hold, &key);
  cf_hold_keep (&hold);
  hold_one (&hold, &key);
  cf_hold_release (&hold);
  cf_hold_release (&claimant);

  put (&hold, 0, "{t}a", "value", CF_NO_DEADLINE);
  hold_one (&hold, &key);
  g_assert_true (cf_keyspace_remove (keyspace, &hold, 0, &key));
  cf_hold_keep (&hold);
  g_assert_cmpuint (hold.kept, ==, CF_NO_SLOT);
  g_assert_cmpuint (hold.n_trash, ==, 0);
  cf_hold_clear (&hold);
  cf_hold_clear (&claimant);
}

int
main (int argc, char **argv)
{
  store_test_init (&argc, &argv);
  g_test_add_func ("/store/hold/key-slot", test_hold_key_slot);
  g_test_add_func ("/store/hold/many", test_hold_many);
  g_test_add_func ("/store/hold/claims", test_hold_claims);
  g_test_add_func ("/store/hold/claim-all", test_hold_claim_all);
  g_test_add_func ("/store/hold/claim-all-beside", test_hold_claim_all_beside);
  g_test_add_func ("/store/hold/reading", test_hold_reading);
  g_test_add_func ("/store/hold/claims-protect", test_hold_claims_protect);
  g_test_add_func ("/store/hold/more", test_hold_more);
  g_test_add_func ("/store/hold/trash", test_hold_trash);
  g_test_add_func ("/store/hold/keep", test_hold_keep);
  g_test_add_func ("/store/hold/keep-claimed", test_hold_keep_claimed);
  g_test_add_func ("/store/hold/threads", test_hold_threads);
  return g_test_run ();
}
