/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz-plain.c -- any bytes in the plain dialect: the same requests however
 * full buffers cut them up, and slices that lie in what was read. */
#include "config.h"

#include "proto/plain.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

#define MAX_SIZE 200

static guint
sum_slice (guint sum, CfSlice slice)
{
  for (gsize i = 0; i < slice.size; i++)
    sum = sum * 31 + (guchar) slice.data[i];
  return sum * 31 + (guint) slice.size;
}

static guint
sum_request (guint sum, CfPlainKind kind, const CfPlainRequest *request)
{
  if (kind == CF_PLAIN_SET || kind == CF_PLAIN_GET)
    {
      g_assert_cmpuint (request->key.size, >, 0);
      g_assert_null (memchr (request->key.data, ' ', request->key.size));
      sum = sum_slice (sum, request->key);
    }
  if (kind == CF_PLAIN_SET)
    {
      g_assert_cmpuint (request->value.size, >, 0);
      sum = sum_slice (sum, request->value);
    }
  return sum * 31 + (guint) kind;
}

/* Reads pieces of @step bytes; all of them end if @ended, else the last. */
static guint
read_all (const char *data, gsize size, gsize step, gboolean ended)
{
  g_autoptr (CfPlain) plain = cf_plain_new (MAX_SIZE);
  guint sum = 0;

  for (gsize i = 0; i < size; i += step)
    {
      gsize n = MIN (step, size - i);
      g_autofree char *piece = g_memdup2 (data + i, n);
      CfPlainRequest request;
      CfPlainKind kind;

      g_assert_true (cf_plain_begin (plain, piece, n, ended || i + n == size));
      while ((kind = cf_plain_next (plain, &request)) != CF_PLAIN_MORE)
        {
          sum = sum_request (sum, kind, &request);
          if (kind == CF_PLAIN_INVALID)
            return sum;
        }
    }
  return sum;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  const char *bytes = (const char *) data;
  guint sum = read_all (bytes, size, MAX (size, 1), FALSE);

  g_assert_cmpuint (sum, ==, read_all (bytes, size, 1, FALSE));
  g_assert_cmpuint (sum, ==, read_all (bytes, size, 7, FALSE));
  read_all (bytes, size, 9, TRUE);
  return 0;
}
