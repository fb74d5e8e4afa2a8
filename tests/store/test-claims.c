/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"
#include "store/claims.h"

static void
test_claims_groups (void)
{
  const CfKey keys[] = {
    key_of_string ("{a}1"), key_of_string ("b"),    key_of_string ("{a}2"),
    key_of_string ("{a}1"), key_of_string ("{a}3"),
  };
  CfClaims *claims = cf_claims_new (keys, G_N_ELEMENTS (keys));
  guint n_keys = 0;

  g_assert_cmpuint (cf_claims_n_groups (claims), ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      const CfClaimGroup *group = cf_claims_group (claims, i);

      n_keys += group->n_keys;
      for (guint k = 0; k < group->n_keys; k++)
        {
          g_assert_cmpuint (group->keys[k].slot, ==, group->keys[0].slot);
          g_assert_true (cf_claims_on (group, group->keys[k].key,
                                       group->keys[k].hash) == claims);
        }
      g_assert_null (
          cf_claims_on (group, CF_SLICE ("c"), key_of_string ("c").hash));
    }
  g_assert_cmpuint (n_keys, ==, 4);
  g_assert_cmpuint (cf_claims_group (claims, 0)->keys[0].slot, <,
                    cf_claims_group (claims, 1)->keys[0].slot);
  cf_claims_free (claims);
}

static void
test_claims_none (void)
{
  CfClaims *claims = cf_claims_new (NULL, 0);

  g_assert_cmpuint (cf_claims_n_groups (claims), ==, 0);
  g_assert_null (cf_claims_on (NULL, CF_SLICE ("a"), 1));
  cf_claims_free (claims);
  cf_claims_free (NULL);
}

/* Of many keys of one slot. */
static void
test_claims_against (void)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  CfKey keys[1000];
  CfClaims *even, *odd, *one;

  for (guint i = 0; i < 1000; i++)
    {
      /* The even ones first. */
      guint number = i < 500 ? 2 * i : 2 * (i - 500) + 1;

      g_ptr_array_add (names, g_strdup_printf ("{tag}%u", number));
      keys[i] = key_of_string (names->pdata[i]);
    }
  even = cf_claims_new (keys, 500);
  odd = cf_claims_new (keys + 500, 500);
  one = cf_claims_new (keys + 700, 1);
  g_assert_null (
      cf_claims_against (cf_claims_group (even, 0), cf_claims_group (odd, 0)));
  g_assert_null (cf_claims_against (NULL, cf_claims_group (odd, 0)));
  cf_claims_group (even, 0)->next = cf_claims_group (odd, 0);
  g_assert_true (cf_claims_against (cf_claims_group (even, 0),
                                    cf_claims_group (one, 0)) == odd);
  g_assert_true (cf_claims_on (cf_claims_group (even, 0), keys[700].bytes,
                               keys[700].hash) == odd);
  cf_claims_free (even);
  cf_claims_free (odd);
  cf_claims_free (one);
}

static void
on_wake (gpointer waiter)
{
  ++*(guint *) waiter;
}

static gpointer
ref_number (gpointer waiter)
{
  *(guint *) waiter += 10;
  return waiter;
}

static void
test_claims_waiters (void)
{
  const CfKey key = key_of_string ("k");
  CfClaims *claims = cf_claims_new (&key, 1);
  guint number = 0;
  const CfWaiter waiter = { &number, on_wake, ref_number };

  cf_claims_add_waiter (claims, &waiter);
  cf_claims_add_waiter (claims, &waiter);
  g_assert_cmpuint (number, ==, 20);
  cf_claims_free (claims);
  g_assert_cmpuint (number, ==, 22);
}

/* Readers share, until a writer has come. */
static void
test_claims_shared (void)
{
  const CfKey key = key_of_string ("k");
  CfKey read_key = key;
  CfClaims *one, *other, *writer;
  CfClaimGroup *list;

  read_key.reading = TRUE;
  one = cf_claims_new (&read_key, 1);
  other = cf_claims_new (&read_key, 1);
  writer = cf_claims_new (&key, 1);
  list = cf_claims_group (one, 0);
  g_assert_null (cf_claims_against (list, cf_claims_group (other, 0)));
  g_assert_null (cf_claims_against_key (list, &read_key));
  g_assert_true (cf_claims_on (list, key.bytes, key.hash) == one);
  g_assert_true (cf_claims_against (list, cf_claims_group (writer, 0)) == one);
  g_assert_true (cf_claims_against (list, cf_claims_group (other, 0)) == one);
  g_assert_true (cf_claims_against_key (list, &read_key) == one);
  cf_claims_free (one);
  list = cf_claims_group (other, 0);
  g_assert_true (cf_claims_against_key (list, &key) == other);
  g_assert_true (cf_claims_against_key (list, &read_key) == other);
  cf_claims_free (other);
  list = cf_claims_group (writer, 0);
  g_assert_true (cf_claims_against_key (list, &read_key) == writer);
  cf_claims_free (writer);
}

/* Of two keys of a slot one is read and the other written. */
static void
test_claims_mixed (void)
{
  CfKey keys[] = { key_of_string ("{slot}r"), key_of_string ("{slot}w"),
                   key_of_string ("{slot}o") };
  CfClaims *mixed, *reader, *other, *second;
  CfClaimGroup *list;

  keys[0].reading = keys[2].reading = TRUE;
  mixed = cf_claims_new (keys, 2);
  reader = cf_claims_new (&keys[0], 1);
  other = cf_claims_new (&keys[2], 1);
  keys[1].reading = TRUE;
  second = cf_claims_new (&keys[1], 1); /* reads what is written */
  list = cf_claims_group (mixed, 0);
  g_assert_cmpuint (list->n_keys, ==, 2);
  g_assert_false (list->only_read);
  g_assert_true (cf_claims_group (reader, 0)->only_read);
  g_assert_null (cf_claims_against (list, cf_claims_group (reader, 0)));
  g_assert_null (cf_claims_against (list, cf_claims_group (other, 0)));
  g_assert_true (cf_claims_against (list, cf_claims_group (second, 0)) ==
                 mixed);
  g_assert_true (cf_claims_against_key (list, &keys[1]) == mixed);
  g_assert_null (cf_claims_against_key (list, &keys[0]));
  /* A writer wants a key of one who only reads: that one keeps out readers of
   * this key, but of no other. */
  list = cf_claims_group (reader, 0);
  keys[0].reading = FALSE;
  g_assert_true (cf_claims_against_key (list, &keys[0]) == reader);
  keys[0].reading = TRUE;
  g_assert_true (cf_claims_against_key (list, &keys[0]) == reader);
  g_assert_null (cf_claims_against_key (list, &keys[2]));
  g_assert_null (cf_claims_against (list, cf_claims_group (other, 0)));
  cf_claims_free (mixed);
  cf_claims_free (reader);
  cf_claims_free (other);
  cf_claims_free (second);
}

/* A key that is read and written by the same command is not shared. */
static void
test_claims_both_uses (void)
{
  CfKey keys[] = { key_of_string ("k"), key_of_string ("k") };
  CfClaims *claims;

  keys[0].reading = TRUE;
  claims = cf_claims_new (keys, 2);
  g_assert_cmpuint (cf_claims_group (claims, 0)->n_keys, ==, 1);
  g_assert_true (
      cf_claims_against_key (cf_claims_group (claims, 0), &keys[0]) == claims);
  cf_claims_free (claims);
}

/* A claim on everything is in the way of any other. */
static void
test_claims_of_all (void)
{
  const CfKey key = key_of_string ("k");
  CfKey read_key = key;
  CfClaims *all = cf_claims_new_of_all (), *one;
  CfClaimGroup *list = cf_claims_group (all, key.slot);

  read_key.reading = TRUE;
  one = cf_claims_new (&read_key, 1);
  g_assert_cmpuint (cf_claims_n_groups (all), ==, CF_N_SLOTS);
  g_assert_cmpuint (list->keys[0].slot, ==, key.slot);
  g_assert_true (cf_claims_have (all, &key));
  g_assert_true (cf_claims_on (list, key.bytes, key.hash) == all);
  g_assert_true (cf_claims_against_key (list, &key) == all);
  g_assert_true (cf_claims_against_key (list, &read_key) == all);
  g_assert_true (cf_claims_against (list, cf_claims_group (one, 0)) == all);
  /* Behind another's, as well. */
  cf_claims_group (one, 0)->next = list;
  g_assert_true (cf_claims_against_key (cf_claims_group (one, 0), &read_key) ==
                 all);
  cf_claims_free (one);
  cf_claims_free (all);
}

int
main (int argc, char **argv)
{
  store_test_init (&argc, &argv);
  g_test_add_func ("/store/claims/groups", test_claims_groups);
  g_test_add_func ("/store/claims/none", test_claims_none);
  g_test_add_func ("/store/claims/against", test_claims_against);
  g_test_add_func ("/store/claims/waiters", test_claims_waiters);
  g_test_add_func ("/store/claims/shared", test_claims_shared);
  g_test_add_func ("/store/claims/mixed", test_claims_mixed);
  g_test_add_func ("/store/claims/both-uses", test_claims_both_uses);
  g_test_add_func ("/store/claims/of-all", test_claims_of_all);
  return g_test_run ();
}
