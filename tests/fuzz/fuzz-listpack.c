/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz-listpack.c -- any bytes as a listpack: what is accepted can be gone
 * over both ways and changed, and stays a listpack. */
#include "config.h"

#include "types/listpack.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
go_over (const CfListpack *listpack)
{
  char scratch[CF_LISTPACK_SCRATCH];
  gsize n = 0, n_back = 0;

  for (CfListpackAt at = cf_listpack_first (listpack); at != 0;
       at = cf_listpack_next (listpack, at))
    {
      CfSlice element = cf_listpack_get (listpack, at, scratch);

      g_assert_true (cf_listpack_equal (listpack, at, element));
      n++;
    }
  for (CfListpackAt at = cf_listpack_last (listpack); at != 0;
       at = cf_listpack_prev (listpack, at))
    n_back++;
  g_assert_cmpuint (n, ==, n_back);
  g_assert_cmpuint (n, ==, cf_listpack_n (listpack));
}

/* Changes that depend on the bytes. */
static void
change (CfListpack **listpack, CfSlice bytes)
{
  g_autofree CfListpack *parsed = NULL;
  gsize i = bytes.size % 7;
  CfListpackAt at = cf_listpack_seek (*listpack, (gint64) i - 3);
  CfSlice element = cf_slice (bytes.data, i * 20 % (bytes.size + 1));

  g_assert_true (cf_listpack_insert (listpack, at, element));
  if (at != 0 && bytes.size % 2 == 0)
    g_assert_true (cf_listpack_replace (listpack, at, CF_SLICE ("123456")));
  go_over (*listpack);
  at = cf_listpack_seek (*listpack, 1);
  if (at != 0)
    (void) cf_listpack_remove (listpack, at, i);
  go_over (*listpack);
  parsed = cf_listpack_try_parse (cf_listpack_bytes (*listpack));
  g_assert_nonnull (parsed);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  CfSlice bytes = cf_slice ((const char *) data, size);
  g_autofree CfListpack *listpack = cf_listpack_try_parse (bytes);

  if (listpack == NULL)
    return 0;
  go_over (listpack);
  change (&listpack, bytes);
  return 0;
}
