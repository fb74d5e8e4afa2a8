/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz-split.c -- any bytes as a typed line: spans lie in the line, in order,
 * and do not overlap. */
#include "config.h"

#include "proto/split.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (CfSpan));
  g_autofree char *line = g_memdup2 (data, size);
  gsize end = 0;

  if (line == NULL || !cf_split_args (line, size, spans))
    return 0;
  for (guint i = 0; i < spans->len; i++)
    {
      const CfSpan *span = &g_array_index (spans, CfSpan, i);

      g_assert_cmpuint (span->offset, ==, end);
      end += span->size;
    }
  g_assert_cmpuint (end, <=, size);
  return 0;
}
