/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/stream-node.h"

static const CfSlice same[] = {
  { "temp", 4 }, { "21", 2 }, { "name", 4 }, { "one two", 7 }
};
static const CfSlice other[] = { { "x", 1 }, { "", 0 } };

/* The elements of a node as text, blanks between. */
static char *
show (const CfStreamNode *node)
{
  GString *text = g_string_new (NULL);
  char scratch[CF_LISTPACK_SCRATCH];

  for (CfListpackAt at = cf_listpack_first (node->listpack); at != 0;
       at = cf_listpack_next (node->listpack, at))
    {
      CfSlice element = cf_listpack_get (node->listpack, at, scratch);

      if (text->len > 0)
        g_string_append_c (text, ' ');
      g_string_append_len (text, element.data, (gssize) element.size);
    }
  return g_string_free (text, FALSE);
}

static void
assert_elements (const CfStreamNode *node, const char *expected)
{
  g_autofree char *text = show (node);

  g_assert_cmpstr (text, ==, expected);
}

static CfStreamNode *
new_sample (void)
{
  CfStreamNode *node = cf_stream_node_try_new ((CfStreamId){ 10, 5 }, same, 2);

  g_assert_true (cf_stream_node_append (node, (CfStreamId){ 10, 6 }, same, 2));
  g_assert_true (cf_stream_node_append (node, (CfStreamId){ 12, 0 }, other, 1));
  return node;
}

/* Byte for byte what redis-server 7.0 makes of the same entries. */
static void
test_layout (void)
{
  g_autoptr (CfStreamNode) node = new_sample ();
  CfStreamEntry entry;

  assert_elements (node, "3 0 2 temp name 0 "
                         "2 0 0 21 one two 5 "
                         "2 0 1 21 one two 5 "
                         "0 2 -5 1 x  6");
  g_assert_true (cf_stream_node_first (node, &entry));
  g_assert_true (cf_stream_entry_next (&entry));
  cf_stream_node_delete (node, &entry);
  cf_stream_node_settle (node);
  g_assert_cmpuint (node->n_live, ==, 2);
  assert_elements (node, "2 1 2 temp name 0 "
                         "2 0 0 21 one two 5 "
                         "3 0 1 21 one two 5 "
                         "0 2 -5 1 x  6");
}

static void
assert_fields (const CfStreamEntry *entry, const CfSlice *pairs, gsize n)
{
  CfStreamFields fields;
  CfSlice field, value;

  cf_stream_fields_init (&fields, entry);
  for (gsize i = 0; i < n; i++)
    {
      g_assert_true (cf_stream_fields_next (&fields, &field, &value));
      g_assert_true (cf_slice_equal (field, pairs[2 * i]));
      g_assert_true (cf_slice_equal (value, pairs[2 * i + 1]));
    }
  g_assert_false (cf_stream_fields_next (&fields, &field, &value));
}

static void
test_walk (void)
{
  g_autoptr (CfStreamNode) node = new_sample ();
  CfStreamEntry entry;

  g_assert_true (cf_stream_node_first (node, &entry));
  g_assert_cmpuint (entry.id.seq, ==, 5);
  assert_fields (&entry, same, 2);
  g_assert_false (cf_stream_entry_prev (&entry));
  g_assert_true (cf_stream_entry_next (&entry));
  g_assert_cmpuint (entry.id.seq, ==, 6);
  g_assert_true (cf_stream_entry_next (&entry));
  g_assert_cmpuint (entry.id.ms, ==, 12);
  g_assert_cmpuint (entry.id.seq, ==, 0);
  assert_fields (&entry, other, 1);
  g_assert_false (cf_stream_entry_next (&entry));
  g_assert_true (cf_stream_node_last (node, &entry));
  g_assert_cmpuint (entry.id.ms, ==, 12);
  g_assert_true (cf_stream_entry_prev (&entry));
  g_assert_cmpuint (entry.id.seq, ==, 6);
  assert_fields (&entry, same, 2);
}

/* Counts grow by a byte at 128: places must not be used across that. */
static void
test_many (void)
{
  g_autoptr (CfStreamNode) node =
      cf_stream_node_try_new ((CfStreamId){ 1, 1 }, same, 2);
  CfStreamEntry entry;
  guint n = 1;

  for (guint i = 2; i <= 300; i++)
    g_assert_true (cf_stream_node_append (node, (CfStreamId){ i, 1 }, same, 2));
  g_assert_true (cf_stream_node_first (node, &entry));
  for (; n <= 200; n++)
    {
      g_assert_cmpuint (entry.id.ms, ==, n);
      cf_stream_node_delete (node, &entry);
      g_assert_true (cf_stream_entry_next (&entry));
    }
  cf_stream_node_settle (node);
  cf_stream_node_seal (node);
  g_assert_cmpuint (node->n_live, ==, 100);
  g_assert_true (cf_stream_node_last (node, &entry));
  for (n = 300; n > 1; n--)
    {
      g_assert_cmpuint (entry.id.ms, ==, n);
      g_assert_cmpint (entry.deleted, ==, n <= 200);
      g_assert_true (cf_stream_entry_prev (&entry));
    }
}

static CfStreamNode *
parse (CfStreamId base, CfSlice bytes)
{
  g_autofree CfListpack *listpack = cf_listpack_try_parse (bytes);
  CfStreamNode *node;

  if (listpack == NULL)
    return NULL;
  node = cf_stream_node_try_parse (base, listpack);
  if (node != NULL)
    g_steal_pointer (&listpack);
  return node;
}

static void
test_parse (void)
{
  g_autoptr (CfStreamNode) node = new_sample (), again = NULL, copy = NULL;
  g_autofree char *text = show (node);
  CfStreamEntry entry;

  g_assert_true (cf_stream_node_first (node, &entry));
  cf_stream_node_delete (node, &entry);
  cf_stream_node_settle (node);
  again = parse (node->base, cf_listpack_bytes (node->listpack));
  g_assert_nonnull (again);
  g_assert_cmpuint (again->n_live, ==, 2);
  g_assert_cmpuint (again->n_deleted, ==, 1);
  copy = cf_stream_node_try_copy (again);
  g_assert_true (cf_slice_equal (cf_listpack_bytes (copy->listpack),
                                 cf_listpack_bytes (node->listpack)));
}

/* Each of these has one thing wrong with it. */
static void
test_wrong (void)
{
  static const char *const cases[] = {
    "1 0 1 f 0 2 0 0 v 3",           /* size */
    "1 0 1 f 0 2 0 0 v",             /* no size */
    "1 0 1 f 1 2 0 0 v 4",           /* end of the master */
    "1 0 2 f 0 2 0 0 v 4",           /* number of fields */
    "1 0 1 f 0 4 0 0 v 4",           /* flags */
    "1 0 1 f 0 2 x 0 v 4",           /* milliseconds */
    "1 0 1 f 0 2 0 -1 v 4",          /* before the base */
    "2 0 1 f 0 2 0 0 v 4",           /* live ones */
    "1 1 1 f 0 2 0 0 v 4",           /* deleted ones */
    "2 0 1 f 0 3 0 0 v 4 2 0 1 v 4", /* deleted without being counted */
    "2 0 1 f 0 2 0 1 v 4 2 0 1 v 4", /* the same ID twice */
    "2 0 1 f 0 2 0 1 v 4 2 0 0 v 4", /* IDs out of order */
    "1 0 1 f 0 0 0 0 2 f v 6",       /* number of its own fields */
    "1 0 1 f 0 0 0 0 -1 3",          /* likewise */
    "-1 2 1 f 0 3 0 0 v 4",          /* counts below zero */
    "1 0 1 f 0 2 0 0 v 4 2",         /* something follows */
    "1 0 999999999 f 0",             /* far too many fields */
    "1 0",
    "1",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree CfListpack *listpack = cf_listpack_new ();
      g_auto (GStrv) words = g_strsplit (cases[i], " ", -1);

      for (guint k = 0; words[k] != NULL; k++)
        g_assert_true (
            cf_listpack_append (&listpack, cf_slice_of_string (words[k])));
      g_test_message ("%s", cases[i]);
      g_assert_null (cf_stream_node_try_parse ((CfStreamId){ 5, 5 }, listpack));
    }
}

/* Flags of more bytes than they need would move what follows when changed. */
static void
test_wide_flags (void)
{
  g_autofree CfListpack *listpack = cf_listpack_new ();
  CfListpackAt at;
  g_autofree guint8 *bytes = NULL;
  gsize size;

  for (guint i = 0; i < 5; i++)
    g_assert_true (
        cf_listpack_append (&listpack, cf_slice_of_string (i == 0   ? "1"
                                                           : i == 2 ? "1"
                                                                    : "0")));
  at = cf_listpack_last (listpack) + 2;
  g_assert_true (cf_listpack_append_int (&listpack, 300));
  g_assert_true (cf_listpack_append_int (&listpack, 0));
  g_assert_true (cf_listpack_append_int (&listpack, 0));
  g_assert_true (cf_listpack_append (&listpack, CF_SLICE ("v")));
  g_assert_true (cf_listpack_append_int (&listpack, 4));
  size = cf_listpack_size (listpack);
  bytes = g_memdup2 (listpack, size);
  bytes[at] = 0xc0;
  bytes[at + 1] = 2;
  g_assert_null (
      parse ((CfStreamId){ 5, 5 }, cf_slice ((const char *) bytes, size)));
}

/* Damaged ones are refused, or do no harm. */
static void
test_damage (void)
{
  g_autoptr (CfStreamNode) node = new_sample ();
  CfSlice bytes = cf_listpack_bytes (node->listpack);
  guint n_sound = 0;

  for (gsize i = 0; i < bytes.size; i++)
    for (guint value = 0; value < 256; value++)
      {
        g_autofree char *damaged = g_memdup2 (bytes.data, bytes.size);
        g_autoptr (CfStreamNode) parsed = NULL;
        CfStreamEntry entry;
        gboolean more;

        damaged[i] = (char) value;
        parsed = parse (node->base, cf_slice (damaged, bytes.size));
        if (parsed == NULL)
          continue;
        n_sound++;
        more = cf_stream_node_last (parsed, &entry);
        for (; more; more = cf_stream_entry_prev (&entry))
          if (!entry.deleted)
            cf_stream_node_delete (parsed, &entry);
        cf_stream_node_settle (parsed);
        g_assert_cmpuint (parsed->n_live, ==, 0);
      }
  g_assert_cmpuint (n_sound, >=, bytes.size);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/types/stream-node/damage", test_damage);
  g_test_add_func ("/types/stream-node/layout", test_layout);
  g_test_add_func ("/types/stream-node/many", test_many);
  g_test_add_func ("/types/stream-node/parse", test_parse);
  g_test_add_func ("/types/stream-node/walk", test_walk);
  g_test_add_func ("/types/stream-node/wide-flags", test_wide_flags);
  g_test_add_func ("/types/stream-node/wrong", test_wrong);
  return g_test_run ();
}
