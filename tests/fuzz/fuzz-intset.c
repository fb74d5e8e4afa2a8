/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz-intset.c -- any bytes as an intset: what is accepted ascends, finds
 * its integers, and stays an intset when it is changed. */
#include "config.h"

#include "types/intset.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  CfSlice bytes = cf_slice ((const char *) data, size);
  g_autofree CfIntset *intset = cf_intset_try_parse (bytes), *parsed = NULL;
  gboolean added;
  gint64 last;

  if (intset == NULL)
    return 0;
  for (gsize i = 0; i < cf_intset_n (intset); i++)
    g_assert_true (cf_intset_has (intset, cf_intset_get (intset, i)));
  last = cf_intset_get (intset, cf_intset_n (intset) - 1);
  if (last < G_MAXINT64)
    g_assert_true (cf_intset_add (&intset, last + 1, &added) && added);
  if (last > G_MININT64)
    g_assert_true (cf_intset_add (&intset, last - 1, &added));
  g_assert_true (cf_intset_remove (&intset, last));
  g_assert_false (cf_intset_has (intset, last));
  g_assert_true (cf_intset_add (&intset, G_MININT64, &added));
  parsed = cf_intset_try_parse (cf_intset_bytes (intset));
  g_assert_nonnull (parsed);
  return 0;
}
