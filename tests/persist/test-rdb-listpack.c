/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "payload.h"

#include "persist/rdb-listpack.h"

static char *
texts_of (const CfListpack *listpack)
{
  GString *text = g_string_new (NULL);

  for (CfListpackAt at = cf_listpack_first (listpack); at != 0;
       at = cf_listpack_next (listpack, at))
    {
      char scratch[CF_LISTPACK_SCRATCH];
      CfSlice element = cf_listpack_get (listpack, at, scratch);

      g_string_append_len (text, element.data, (gssize) element.size);
      g_string_append_c (text, ' ');
    }
  return g_string_free (text, FALSE);
}

static void
assert_elements (CfSlice bytes, CfRdbBlock kind, const char *texts)
{
  g_autofree CfListpack *listpack = cf_rdb_listpack_of (bytes, kind);
  g_autofree char *got = NULL;

  g_assert_nonnull (listpack);
  got = texts_of (listpack);
  g_assert_cmpstr (got, ==, texts);
}

static const char ziplist[] =
    "n\x01\x00\x00"
    "f\x01\x00\x00\x0c\x00\x00\x03"
    "foo\x05\xf1\x02\xfd\x02\xfe\x0d\x03\xfe\x80\x03\xc0\x7f\xff"
    "\x04\xf0\x00\x80\x00\x05\xf0\x00\x00\x80\x05\xd0\x00\x00"
    "\x80\x00\x06\xe0\x00\x00\x00\x80\x00\x00\x00\x00\x0a"
    "A,xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
    "xxxxxxx\xfe/\x01\x00\x00\x01z\xff";

/* A string longer than a byte can tell stands before another. */
static void
test_ziplist (void)
{
  CfSlice bytes = cf_slice (ziplist, sizeof ziplist - 1);
  g_autofree char *long_text = g_strnfill (300, 'x');
  g_autofree char *expected =
      g_strconcat ("foo 0 12 13 -128 -129 32768 -8388608 8388608 2147483648 ",
                   long_text, " z ", NULL);

  assert_elements (bytes, CF_RDB_BLOCK_ZIPLIST, expected);
  assert_elements (CF_SLICE ("\x0b\x00\x00\x00\x0a\x00\x00\x00\x00\x00\xff"),
                   CF_RDB_BLOCK_ZIPLIST, "");
}

/* No size, and no byte of the head or of an entry's head may be wrong. */
static void
test_damaged_ziplist (void)
{
  g_autofree char *copy = g_memdup2 (ziplist, sizeof ziplist);

  for (gsize size = 0; size < sizeof ziplist - 1; size++)
    g_assert_null (
        cf_rdb_listpack_of (cf_slice (ziplist, size), CF_RDB_BLOCK_ZIPLIST));
  for (gsize i = 0; i < 10 * 8; i++)
    {
      copy[i / 8] = (char) (copy[i / 8] ^ 1 << i % 8);
      g_assert_null (cf_rdb_listpack_of (cf_slice (copy, sizeof ziplist - 1),
                                         CF_RDB_BLOCK_ZIPLIST));
      copy[i / 8] = (char) (copy[i / 8] ^ 1 << i % 8);
    }
  for (gsize i = 10 * 8; i < (sizeof ziplist - 1) * 8; i++)
    {
      copy[i / 8] = (char) (copy[i / 8] ^ 1 << i % 8);
      g_free (cf_rdb_listpack_of (cf_slice (copy, sizeof ziplist - 1),
                                  CF_RDB_BLOCK_ZIPLIST));
      copy[i / 8] = (char) (copy[i / 8] ^ 1 << i % 8);
    }
}

static void
test_zipmap (void)
{
  assert_elements (CF_SLICE ("\x02\x01"
                             "a\x02\x00"
                             "bc\x00\x01\x02"
                             "dzz\xff"),
                   CF_RDB_BLOCK_ZIPMAP, "a bc  d ");
  assert_elements (CF_SLICE ("\xfe\x01"
                             "a\xfe\x01\x00\x00\x00\x00"
                             "b\xff"),
                   CF_RDB_BLOCK_ZIPMAP, "a b ");
  assert_elements (CF_SLICE ("\x00\xff"), CF_RDB_BLOCK_ZIPMAP, "");
}

static void
test_damaged_zipmap (void)
{
  static const CfSlice cases[] = {
    { "", 0 },
    { "\x00", 1 },
    { "\x01\x01"
      "a\x01\x00"
      "b",
      6 }, /* no end */
    { "\x02\x01"
      "a\x01\x00"
      "b\xff",
      7 }, /* one too few */
    { "\x01\x05"
      "a\x01\x00"
      "b\xff",
      7 }, /* a field that is too long */
    { "\x01\x01"
      "a\x01\x09"
      "b\xff",
      7 }, /* more unused than there is */
    { "\x01\x01"
      "a\xff",
      4 },                         /* no value */
    { "\x01\xfe\x01\x00\xff", 5 }, /* half a size */
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_null (cf_rdb_listpack_of (cases[i], CF_RDB_BLOCK_ZIPMAP));
}

static void
test_unique (void)
{
  g_autofree CfListpack *listpack = cf_listpack_new ();

  g_assert_true (cf_rdb_listpack_is_unique (listpack, 2));
  for (gint64 i = 0; i < 1000; i++)
    {
      g_assert_true (cf_listpack_append_int (&listpack, i));
      g_assert_false (cf_rdb_listpack_is_unique (listpack, 2));
      g_assert_true (cf_listpack_append_int (&listpack, 7));
    }
  g_assert_true (cf_rdb_listpack_is_unique (listpack, 2));
  g_assert_false (cf_rdb_listpack_is_unique (listpack, 1));
  g_assert_true (cf_listpack_append (&listpack, CF_SLICE ("500")));
  g_assert_true (cf_listpack_append (&listpack, CF_SLICE ("")));
  g_assert_false (cf_rdb_listpack_is_unique (listpack, 2));
}

int
main (int argc, char **argv)
{
  persist_test_init (&argc, &argv);
  g_test_add_func ("/persist/rdb-listpack/ziplist", test_ziplist);
  g_test_add_func ("/persist/rdb-listpack/damaged-ziplist",
                   test_damaged_ziplist);
  g_test_add_func ("/persist/rdb-listpack/zipmap", test_zipmap);
  g_test_add_func ("/persist/rdb-listpack/damaged-zipmap", test_damaged_zipmap);
  g_test_add_func ("/persist/rdb-listpack/unique", test_unique);
  return g_test_run ();
}
