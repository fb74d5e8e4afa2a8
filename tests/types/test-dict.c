/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/dict.h"

#include <math.h>

typedef struct
{
  CfDictNode node;
  guint32 key;
  gint32 value;
} Item;

static gsize n_freed;
static gsize n_asked; /* how often a key was asked for */

static CfSlice
key_of_item (const CfDictNode *node)
{
  n_asked++;
  return cf_slice ((const char *) &((const Item *) node)->key,
                   sizeof (guint32));
}

static void
free_item (CfDictNode *node)
{
  n_freed++;
  g_free (node);
}

static const CfDictClass item_class = { key_of_item, free_item };

static CfSlice
key_of (const guint32 *key)
{
  return cf_slice ((const char *) key, sizeof *key);
}

static void
add (CfDict *dict, guint32 key, gint32 value)
{
  Item *item = g_new0 (Item, 1);

  item->key = key;
  item->value = value;
  g_assert_true (cf_dict_insert (dict, &item->node));
}

static void
check_model (const CfDict *dict, GHashTable *model)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  CfDictNode *node;
  CfDictIter iter;

  cf_dict_iter_init (&iter, dict);
  while ((node = cf_dict_iter_next (&iter)) != NULL)
    {
      const Item *item = (const Item *) node;

      g_assert_true (g_hash_table_add (seen, GUINT_TO_POINTER (item->key + 1)));
      g_assert_cmpint (GPOINTER_TO_INT (g_hash_table_lookup (
                           model, GUINT_TO_POINTER (item->key + 1))),
                       ==, item->value);
    }
  g_assert_cmpuint (g_hash_table_size (seen), ==, g_hash_table_size (model));
  g_assert_cmpuint (cf_dict_n (dict), ==, g_hash_table_size (model));
}

/* A new node in the place of the one of @key, as after a realloc(). */
static void
replace (CfDict *dict, guint32 key, gint32 value)
{
  CfDictLink *link =
      cf_dict_find_link (dict, key_of (&key), cf_dict_hash (key_of (&key)));
  Item *old = (Item *) cf_dict_link_node (*link);
  Item *new = g_memdup2 (old, sizeof *old);

  new->value = value;
  cf_dict_link_set (link, &new->node, old->node.next);
  g_free (old);
}

static void
step (CfDict *dict, GHashTable *model, guint32 key, int kind)
{
  gpointer there = g_hash_table_lookup (model, GUINT_TO_POINTER (key + 1));
  const Item *found = (const Item *) cf_dict_find (dict, key_of (&key));
  gint32 value = g_test_rand_int_range (1, G_MAXINT32);

  g_assert_true ((found != NULL) == (there != NULL));
  if (kind == 0)
    {
      g_assert_cmpint (cf_dict_remove (dict, key_of (&key)), ==, there != NULL);
      g_hash_table_remove (model, GUINT_TO_POINTER (key + 1));
      return;
    }
  if (found == NULL)
    add (dict, key, value);
  else
    replace (dict, key, value);
  g_hash_table_insert (model, GUINT_TO_POINTER (key + 1),
                       GINT_TO_POINTER (value));
}

/* Grows to some thousands and shrinks to nothing, several times. */
static void
test_dict_model (void)
{
  g_autoptr (GHashTable) model = g_hash_table_new (NULL, NULL);
  CfDict dict;

  cf_dict_init (&dict, &item_class);
  g_assert_null (cf_dict_random (&dict));
  for (int round = 0; round < 8; round++)
    {
      int range = 5 << 2 * (round % 6);

      for (int i = 0; i < 3 * range; i++)
        step (&dict, model, (guint32) g_test_rand_int_range (0, range),
              g_test_rand_int_range (0, 4));
      check_model (&dict, model);
      for (int i = 0; i < 3 * range; i++)
        step (&dict, model, (guint32) g_test_rand_int_range (0, range),
              g_test_rand_int_range (0, 4) / 3);
      check_model (&dict, model);
      for (int i = 0; round % 2 != 0 && i < 5 << 10; i++)
        step (&dict, model, (guint32) i, 0);
      check_model (&dict, model);
    }
  cf_dict_clear (&dict);
  g_assert_cmpuint (cf_dict_n (&dict), ==, 0);
  g_assert_cmpuint (cf_dict_memory (&dict), ==, 0);
  g_assert_cmpuint (cf_dict_memory_of_nodes (&dict, 5), ==, 0);
}

/* No operation asks for more keys than a few chains have, and memory follows
 * the number of nodes both ways. */
static void
test_dict_short_operations (void)
{
  const guint32 n = 200000;
  gsize most = 0;
  CfDict dict;

  cf_dict_init (&dict, &item_class);
  n_freed = 0;
  for (guint32 i = 0; i < n; i++)
    {
      n_asked = 0;
      add (&dict, i, 1);
      most = MAX (most, n_asked);
    }
  g_assert_cmpuint (cf_dict_memory (&dict), <=, n * 9);
  /* All are alike, so a few tell as much as all. */
  g_assert_cmpuint (cf_dict_memory_of_nodes (&dict, 0), >=, n * 16);
  g_assert_cmpuint (cf_dict_memory_of_nodes (&dict, 5), ==,
                    cf_dict_memory_of_nodes (&dict, 0));
  for (guint32 i = 0; i < n - 10; i++)
    {
      n_asked = 0;
      g_assert_true (cf_dict_remove (&dict, key_of (&i)));
      most = MAX (most, n_asked);
    }
  g_assert_cmpuint (most, <, 32);
  g_assert_cmpuint (n_freed, ==, n - 10);
  g_assert_cmpuint (cf_dict_memory (&dict), <=, 64 * sizeof (CfDictLink));
  cf_dict_clear (&dict);
  g_assert_cmpuint (n_freed, ==, n);
}

static void
test_dict_steal (void)
{
  CfDict dict;
  guint32 key = 7;
  CfDictNode *node;

  cf_dict_init (&dict, &item_class);
  g_assert_null (cf_dict_steal (&dict, key_of (&key)));
  add (&dict, key, 70);
  n_freed = 0;
  node = cf_dict_steal (&dict, key_of (&key));
  g_assert_cmpint (((Item *) node)->value, ==, 70);
  g_assert_cmpuint (n_freed, ==, 0);
  g_assert_cmpuint (cf_dict_memory (&dict), ==, 0);
  g_free (node);
  cf_dict_clear (&dict);
}

/* Draws often enough from dicts of awkward sizes that a node with half or
 * twice its chance would show. */
static void
test_dict_random (void)
{
  static const guint32 sizes[] = { 1, 2, 3, 7, 8, 9, 31, 48, 64, 1000 };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      guint32 n = sizes[i];
      g_autofree guint *drawn = g_new0 (guint, n);
      const guint mean = 400;
      double chi = 0;
      CfDict dict;

      cf_dict_init (&dict, &item_class);
      for (guint32 key = 0; key < 2 * n; key++)
        add (&dict, key, 1);
      for (guint32 key = n; key < 2 * n; key++)
        g_assert_true (cf_dict_remove (&dict, key_of (&key)));
      for (guint draw = 0; draw < n * mean; draw++)
        drawn[((Item *) cf_dict_random (&dict))->key]++;
      for (guint32 key = 0; key < n; key++)
        chi += pow ((double) drawn[key] - mean, 2) / mean;
      /* Six standard deviations above the mean of its distribution. */
      g_assert_cmpfloat (chi, <=, n + 6 * sqrt (2 * n) + 12);
      cf_dict_clear (&dict);
    }
}

static void
on_drawn (CfDictNode *node, gpointer data)
{
  guint *drawn = data;

  drawn[((Item *) node)->key]++;
}

/* Few of many, and most of them: as many as wanted, none twice, all with the
 * same chance. */
static void
test_dict_sample (void)
{
  static const guint wanted[] = { 0, 1, 9, 60, 99, 100, 1000 };
  guint drawn[100], sums[100] = { 0 }, all = 0;
  CfDict dict;

  cf_dict_init (&dict, &item_class);
  cf_dict_sample (&dict, 3, on_drawn, drawn);
  for (guint32 key = 0; key < 100; key++)
    add (&dict, key, 1);
  for (guint round = 0; round < 7 * 300; round++)
    {
      guint n = 0, right = MIN (wanted[round % 7], 100);

      memset (drawn, 0, sizeof drawn);
      cf_dict_sample (&dict, wanted[round % 7], on_drawn, drawn);
      for (guint32 key = 0; key < 100; key++)
        {
          g_assert_cmpuint (drawn[key], <=, 1);
          n += drawn[key];
          sums[key] += drawn[key];
        }
      g_assert_cmpuint (n, ==, right);
      all += n;
    }
  for (guint32 key = 0; key < 100; key++)
    {
      g_assert_cmpuint (sums[key], >, all / 100 - 120);
      g_assert_cmpuint (sums[key], <, all / 100 + 120);
    }
  cf_dict_clear (&dict);
}

typedef struct
{
  guint8 *seen; /* (not owned) by key */
  gsize n;
} Seen;

static void
on_node (CfDictNode *node, gpointer data)
{
  Seen *seen = data;

  seen->seen[((Item *) node)->key] = 1;
  seen->n++;
}

/* Scans while the dict goes from @from extra nodes to @to, and back on every
 * other step; all that stays must be seen. */
static void
scan_while (guint32 stays, guint32 from, guint32 to)
{
  const guint32 all = stays + MAX (from, to);
  g_autofree guint8 *seen = g_new0 (guint8, all);
  Seen data = { seen, 0 };
  guint32 extra = 0, n_calls = 0;
  guint64 cursor = 0;
  CfDict dict;

  cf_dict_init (&dict, &item_class);
  for (guint32 key = 0; key < stays; key++)
    add (&dict, key, 1);
  for (; extra < from; extra++)
    add (&dict, stays + extra, 1);
  do
    {
      guint32 goal = g_test_rand_int_range (0, 8) == 0 ? from : to;
      guint32 steps = (guint32) g_test_rand_int_range (0, 12);

      cursor = cf_dict_scan (&dict, cursor, on_node, &data);
      n_calls++;
      for (; steps > 0 && extra < goal; steps--)
        add (&dict, stays + extra++, 1);
      for (; steps > 0 && extra > goal; steps--)
        {
          guint32 key = stays + --extra;

          g_assert_true (cf_dict_remove (&dict, key_of (&key)));
        }
    }
  while (cursor != 0);
  for (guint32 key = 0; key < stays; key++)
    g_assert_cmpuint (seen[key], ==, 1);
  g_assert_cmpuint (n_calls, <=, 2 * all + 2);
  cf_dict_clear (&dict);
}

static void
test_dict_scan (void)
{
  Seen data = { NULL, 0 };
  CfDict dict;

  cf_dict_init (&dict, &item_class);
  g_assert_cmpuint (cf_dict_scan (&dict, 0, on_node, &data), ==, 0);
  g_assert_cmpuint (cf_dict_scan (&dict, G_MAXUINT64, on_node, &data), ==, 0);
  for (int round = 0; round < 40; round++)
    {
      guint32 stays = (guint32) g_test_rand_int_range (1, 300);

      scan_while (stays, 0, 0);
      scan_while (stays, 0, (guint32) g_test_rand_int_range (1, 5000));
      scan_while (stays, (guint32) g_test_rand_int_range (1, 5000), 0);
      scan_while (stays, 2000, 2100);
    }
}

/* What does not change is seen just once. */
static void
test_dict_scan_once (void)
{
  for (guint32 n = 1; n < 200; n++)
    {
      g_autofree guint8 *seen = g_new0 (guint8, n);
      Seen data = { seen, 0 };
      guint64 cursor = 0;
      CfDict dict;

      cf_dict_init (&dict, &item_class);
      for (guint32 key = 0; key < n; key++)
        add (&dict, key, 1);
      do
        cursor = cf_dict_scan (&dict, cursor, on_node, &data);
      while (cursor != 0);
      g_assert_cmpuint (data.n, ==, n);
      for (guint32 key = 0; key < n; key++)
        g_assert_cmpuint (seen[key], ==, 1);
      cf_dict_clear (&dict);
    }
}

/* Chains longer than the low bits of a bucket can count: all keys have the
 * same hash when they have the same first bytes and the class says so. */
static CfSlice
same_key (const CfDictNode *node)
{
  (void) node;
  return CF_SLICE ("same");
}

static void
test_dict_long_chain (void)
{
  static const CfDictClass same_class = { same_key, free_item };
  guint drawn[50] = { 0 };
  CfDict dict;

  cf_dict_init (&dict, &same_class);
  for (guint32 i = 0; i < 50; i++)
    add (&dict, i, 1);
  for (int i = 0; i < 50 * 100; i++)
    drawn[((Item *) cf_dict_random (&dict))->key]++;
  for (guint32 i = 0; i < 50; i++)
    g_assert_cmpuint (drawn[i], >, 40);
  for (guint32 i = 0; i < 50; i++)
    g_assert_true (cf_dict_remove (&dict, CF_SLICE ("same")));
  g_assert_false (cf_dict_remove (&dict, CF_SLICE ("same")));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/types/dict/model", test_dict_model);
  g_test_add_func ("/types/dict/short-operations", test_dict_short_operations);
  g_test_add_func ("/types/dict/steal", test_dict_steal);
  g_test_add_func ("/types/dict/random", test_dict_random);
  g_test_add_func ("/types/dict/sample", test_dict_sample);
  g_test_add_func ("/types/dict/scan", test_dict_scan);
  g_test_add_func ("/types/dict/scan-once", test_dict_scan_once);
  g_test_add_func ("/types/dict/long-chain", test_dict_long_chain);
  return g_test_run ();
}
