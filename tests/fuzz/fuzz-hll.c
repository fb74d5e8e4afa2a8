/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz-hll.c -- any bytes as a HyperLogLog: whatever is done with it, it never
 * becomes larger than one can be, and one that is whole stays whole. */
#include "config.h"

#include "types/hll.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  CfSlice bytes = cf_slice ((const char *) data, size);
  guint8 registers[CF_HLL_REGISTERS] = { 0 };
  g_autoptr (CfBlob) hll = NULL;
  guint64 cardinality;
  gboolean whole;

  if (!cf_hll_looks_right (bytes) || size > CF_HLL_SPARSE_SIZE_MAX)
    return 0;
  (void) cf_hll_has_cardinality (bytes, &cardinality);
  whole = cf_hll_merge (bytes, registers);
  (void) cf_hll_estimate (registers);
  if (!cf_hll_is_dense (bytes))
    g_string_free (cf_hll_describe (bytes), TRUE);
  hll = cf_hll_try_copy (bytes);
  for (gsize i = 0; i + 1 < size && i < 256; i += 2)
    {
      CfHllMark mark = { (guint16) ((data[i] << 8 | data[i + 1]) %
                                    CF_HLL_REGISTERS),
                         (guint8) (1 + data[i] % 51) };
      CfHllResult result = cf_hll_set (&hll, mark, size + 64);

      g_assert_true (!whole || result <= CF_HLL_CHANGED);
      g_assert_cmpuint (hll->size, <=, CF_HLL_SPARSE_SIZE_MAX + 64);
    }
  g_assert_true (cf_hll_looks_right (cf_blob_slice (hll)));
  g_assert_true (!whole || cf_hll_merge (cf_blob_slice (hll), registers));
  return 0;
}
