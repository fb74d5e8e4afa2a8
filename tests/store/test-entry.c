/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/memory.h"
#include "../types/pile.h"
#include "fixture.h"

#define PLAIN_SIZE 8

static CfEntry *
make (const char *key, CfValue value, gint64 deadline_ms)
{
  CfEntry *entry =
      cf_entry_try_new (cf_slice_of_string (key), &value, deadline_ms);

  g_assert_nonnull (entry);
  return entry;
}

static void
assert_string (const CfEntry *entry, const char *expected)
{
  char scratch[32];
  CfSlice bytes = cf_entry_string (entry, scratch);

  g_assert_cmpmem (bytes.data, bytes.size, expected, strlen (expected));
  g_assert_cmpuint (cf_entry_string_size (entry), ==, strlen (expected));
}

static void
test_entry_encodings (void)
{
  static const struct
  {
    const char *text;
    CfEncoding encoding;
  } cases[] = {
    { "", CF_ENCODING_EMBSTR },
    { "0", CF_ENCODING_INT },
    { "-1", CF_ENCODING_INT },
    { "+1", CF_ENCODING_EMBSTR },
    { "01", CF_ENCODING_EMBSTR },
    { "9223372036854775807", CF_ENCODING_INT },
    { "-9223372036854775808", CF_ENCODING_INT },
    { "9223372036854775808", CF_ENCODING_EMBSTR },
    { "hello", CF_ENCODING_EMBSTR },
    { "12345678901234567890123456789012345678901234", CF_ENCODING_EMBSTR },
    { "123456789012345678901234567890123456789012345", CF_ENCODING_RAW },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      CfSlice text = cf_slice_of_string (cases[i].text);
      CfEntry *entry = make ("key", cf_value_string (text), CF_NO_DEADLINE);

      g_assert_cmpint (cf_entry_encoding (entry), ==, cases[i].encoding);
      g_assert_cmpint (cf_entry_type (entry), ==, CF_TYPE_STRING);
      assert_string (entry, cases[i].text);
      cf_entry_free (entry);
      entry = make ("key", cf_value_raw (text), CF_NO_DEADLINE);
      g_assert_cmpint (cf_entry_encoding (entry), ==, CF_ENCODING_RAW);
      assert_string (entry, cases[i].text);
      cf_entry_free (entry);
    }
}

static void
test_entry_keys (void)
{
  static const gsize sizes[] = { 0, 1, 16, 254, 255, 256, 70000 };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes) * 2; i++)
    {
      g_autofree char *key = g_strnfill (sizes[i / 2], 'k');
      gint64 deadline_ms = i % 2 == 0 ? NOW : CF_NO_DEADLINE;
      CfEntry *entry =
          make (key, cf_value_string (CF_SLICE ("value")), deadline_ms);
      CfSlice found = cf_entry_key (entry);

      g_assert_cmpmem (found.data, found.size, key, sizes[i / 2]);
      g_assert_cmpint (cf_entry_deadline (entry), ==, deadline_ms);
      assert_string (entry, "value");
      cf_entry_free (entry);
    }
}

/* What DESIGN promises of a key of 16 bytes with a value of 32. */
static void
test_entry_size (void)
{
  CfValue value = cf_value_raw (CF_SLICE ("0123456789abcdef0123456789abcdef"));
  gsize plain = PLAIN_SIZE + 16 + 32;
  CfEntry *entry = make ("0123456789abcdef", value, CF_NO_DEADLINE);
  CfEntry *with_deadline = make ("0123456789abcdef", value, NOW);

  g_assert_cmpuint (sizeof (CfEntry), ==, PLAIN_SIZE);
  g_assert_cmpuint (cf_entry_memory (entry, 0), >=, plain);
  if (g_str_has_prefix (cf_memory_allocator (), "jemalloc"))
    {
      g_assert_cmpuint (cf_entry_memory (entry, 0), ==, 64);
      g_assert_cmpuint (cf_entry_memory (with_deadline, 0), ==, 64);
    }
  cf_entry_free (entry);
  cf_entry_free (with_deadline);
}

static void
test_entry_assign (void)
{
  g_autofree char *text = g_strnfill (200, 'x');
  CfEntry *entry = make ("key", cf_value_string (CF_SLICE ("12345678")), NOW);
  CfValue values[] = {
    cf_value_string (CF_SLICE ("abc")),
    cf_value_int (-7),
    cf_value_string (CF_SLICE ("")),
    cf_value_blob (cf_blob_new (cf_slice (text, 200))),
    cf_value_string (CF_SLICE ("end")),
  };
  const char *const expected[] = { "abc", "-7", "", text, "end" };
  CfValue large = cf_value_raw (cf_slice (text, 200));

  g_assert_false (cf_entry_assign (entry, &large));
  assert_string (entry, "12345678");
  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_assert_true (cf_entry_assign (entry, &values[i]));
      assert_string (entry, expected[i]);
      g_assert_cmpint (cf_entry_deadline (entry), ==, NOW);
      g_assert_true (cf_slice_is (cf_entry_key (entry), "key"));
    }
  cf_entry_free (entry);
}

/* A block is not kept for a value much smaller than it. */
static void
test_entry_assign_wasteful (void)
{
  g_autofree char *text = g_strnfill (1000, 'x');
  CfValue small = cf_value_string (CF_SLICE ("small"));
  CfEntry *entry =
      make ("key", cf_value_raw (cf_slice (text, 1000)), CF_NO_DEADLINE);

  g_assert_false (cf_entry_assign (entry, &small));
  cf_entry_free (entry);
}

static void
test_entry_long (void)
{
  g_autofree char *text = g_strnfill (CF_ENTRY_INLINE_MAX + 1, 'x');
  CfEntry *entry =
      make ("key", cf_value_raw (cf_slice_of_string (text)), CF_NO_DEADLINE);

  g_assert_true ((entry->flags & CF_ENTRY_BLOB) != 0);
  assert_string (entry, text);
  cf_entry_free (entry);
  text[CF_ENTRY_INLINE_MAX] = '\0';
  entry =
      make ("key", cf_value_raw (cf_slice_of_string (text)), CF_NO_DEADLINE);
  g_assert_false ((entry->flags & CF_ENTRY_BLOB) != 0);
  assert_string (entry, text);
  cf_entry_free (entry);
}

static void
test_entry_writable (void)
{
  CfBlob *blob = cf_blob_new (CF_SLICE ("shared"));
  CfEntry *entry =
      make ("key", cf_value_blob (cf_blob_ref (blob)), CF_NO_DEADLINE);

  cf_entry_writable (entry)[0] = 'S';
  assert_string (entry, "Shared");
  g_assert_cmpmem (blob->data, blob->size, "shared", 6);
  g_assert_false (cf_blob_is_shared (blob));
  cf_blob_unref (blob);
  blob = cf_entry_blob (entry);
  g_assert_true (cf_entry_try_own_blob (entry, 3) == blob);
  blob = cf_entry_try_own_blob (entry, 5000);
  g_assert_cmpuint (blob->capacity, >=, 5000);
  assert_string (entry, "Shared");
  cf_entry_free (entry);

  entry = make ("key", cf_value_string (CF_SLICE ("short")), CF_NO_DEADLINE);
  cf_entry_writable (entry)[4] = 'T';
  assert_string (entry, "shorT");
  g_assert_cmpint (cf_entry_encoding (entry), ==, CF_ENCODING_RAW);
  cf_entry_free (entry);
}

static void
test_entry_remake (void)
{
  g_autofree char *text = g_strnfill (3000, 'x');
  CfValue values[] = {
    cf_value_raw (cf_slice_of_string (text)),
    cf_value_int (42),
    cf_value_string (CF_SLICE ("hello")),
  };
  const char *const expected[] = { text, "42", "hello" };

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    {
      CfEntry *old = make ("old", values[i], CF_NO_DEADLINE), *made;
      CfValue copy;

      cf_entry_set_access (old, 0xabcdef);
      made = cf_entry_try_remake (old, CF_SLICE ("new"), NOW);
      cf_entry_free (old);
      g_assert_true (cf_slice_is (cf_entry_key (made), "new"));
      g_assert_cmpint (cf_entry_deadline (made), ==, NOW);
      g_assert_cmphex (cf_entry_access (made), ==, 0xabcdef);
      assert_string (made, expected[i]);
      g_assert_true (cf_entry_try_copy_value (made, &copy));
      old = make ("copy", copy, CF_NO_DEADLINE);
      assert_string (old, expected[i]);
      g_assert_cmpint (cf_entry_encoding (old), ==, cf_entry_encoding (made));
      cf_entry_free (made);
      assert_string (old, expected[i]);
      cf_entry_free (old);
    }
}

static void
test_entry_set_int (void)
{
  CfEntry *entry = make ("key", cf_value_int (7), 12345);

  cf_entry_set_int (entry, G_MININT64);
  g_assert_cmpint (cf_entry_int (entry), ==, G_MININT64);
  g_assert_cmpint (cf_entry_deadline (entry), ==, 12345);
  assert_string (entry, "-9223372036854775808");
  cf_entry_free (entry);
}

/* Going over a value takes long before freeing it does. */
static void
test_entry_large (void)
{
  static const struct
  {
    guint size;
    gboolean is_large, is_bulky;
  } piles[] = {
    { CF_OBJECT_LARGE_ELEMENTS, FALSE, FALSE },
    { CF_OBJECT_LARGE_ELEMENTS + 1, TRUE, FALSE },
    { CF_OBJECT_LARGE_BLOCKS, TRUE, FALSE },
    { CF_OBJECT_LARGE_BLOCKS + 1, TRUE, TRUE },
  };
  gint n_alive = 0;

  for (guint i = 0; i < G_N_ELEMENTS (piles); i++)
    {
      CfEntry *entry =
          make ("key", cf_value_object (pile_new (piles[i].size, &n_alive)),
                CF_NO_DEADLINE);

      g_assert_cmpint (cf_entry_is_large (entry), ==, piles[i].is_large);
      g_assert_cmpint (cf_entry_is_bulky (entry), ==, piles[i].is_bulky);
      cf_entry_free (entry);
    }
  g_assert_cmpint (n_alive, ==, 0);
}

/* An object belongs to one entry at a time. */
static void
test_entry_object (void)
{
  gint n_alive = 0;
  CfEntry *entry = make (
      "key", cf_value_object (pile_new (CF_OBJECT_LARGE_BLOCKS + 1, &n_alive)),
      CF_NO_DEADLINE);
  CfEntry *made = cf_entry_try_remake (entry, CF_SLICE ("other"), NOW);
  CfValue value = cf_value_string (CF_SLICE ("text"));
  CfValue copy;

  g_assert_cmpint (cf_entry_type (made), ==, CF_TYPE_LIST);
  g_assert_true (cf_entry_object (made)->class->type == CF_TYPE_LIST);
  cf_entry_free (entry);
  g_assert_cmpint (n_alive, ==, 1);
  g_assert_true (cf_entry_is_bulky (made));
  g_assert_true (cf_entry_is_large (made));
  g_assert_cmpuint (cf_entry_memory (made, 100), >=, 100);
  g_assert_true (cf_entry_try_copy_value (made, &copy));
  g_assert_true (copy.object != cf_entry_object (made));
  g_assert_cmpint (n_alive, ==, 2);
  cf_value_drop (&copy);
  g_assert_cmpint (n_alive, ==, 1);
  g_assert_true (cf_entry_assign (made, &value));
  g_assert_cmpint (n_alive, ==, 0);
  assert_string (made, "text");
  cf_entry_free (made);
}

/* One that was not taken is still the caller's. */
static void
test_entry_value_drop (void)
{
  CfBlob *blob = cf_blob_new (CF_SLICE ("bytes"));
  CfValue value = cf_value_blob (cf_blob_ref (blob));

  g_assert_true (cf_blob_is_shared (blob));
  cf_value_drop (&value);
  g_assert_false (cf_blob_is_shared (blob));
  cf_blob_unref (blob);
}

int
main (int argc, char **argv)
{
  store_test_init (&argc, &argv);
  g_test_add_func ("/store/entry/encodings", test_entry_encodings);
  g_test_add_func ("/store/entry/keys", test_entry_keys);
  g_test_add_func ("/store/entry/size", test_entry_size);
  g_test_add_func ("/store/entry/assign", test_entry_assign);
  g_test_add_func ("/store/entry/assign-wasteful", test_entry_assign_wasteful);
  g_test_add_func ("/store/entry/long", test_entry_long);
  g_test_add_func ("/store/entry/writable", test_entry_writable);
  g_test_add_func ("/store/entry/remake", test_entry_remake);
  g_test_add_func ("/store/entry/set-int", test_entry_set_int);
  g_test_add_func ("/store/entry/large", test_entry_large);
  g_test_add_func ("/store/entry/object", test_entry_object);
  g_test_add_func ("/store/entry/value-drop", test_entry_value_drop);
  return g_test_run ();
}
