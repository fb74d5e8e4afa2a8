/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/push.h"

#include "base/number.h"

#define HEAD_MAX 24 /* sign, a number of 64 bits and CRLF */

static void
put (CfBlob *blob, CfSlice bytes)
{
  if (bytes.size > 0)
    memcpy (blob->data + blob->size, bytes.data, bytes.size);
  blob->size += bytes.size;
}

static void
put_head (CfBlob *blob, char sign, gsize n)
{
  blob->data[blob->size++] = sign;
  blob->size += cf_format_uint64 (blob->data + blob->size, n);
  put (blob, CF_SLICE ("\r\n"));
}

static void
put_bulk (CfBlob *blob, CfSlice bytes)
{
  put_head (blob, '$', bytes.size);
  put (blob, bytes);
  put (blob, CF_SLICE ("\r\n"));
}

static gsize
bulk_size (CfSlice bytes)
{
  return HEAD_MAX + bytes.size + 2;
}

/* A push of @n bulk strings. */
static CfBlob *
push_of_bulks (const CfSlice *words, guint n)
{
  gsize size = HEAD_MAX;
  CfBlob *blob;

  for (guint i = 0; i < n; i++)
    size += bulk_size (words[i]);
  blob = cf_blob_try_new (size);
  if (blob == NULL)
    return NULL;
  put_head (blob, CF_PUSH_SIGN, n);
  for (guint i = 0; i < n; i++)
    put_bulk (blob, words[i]);
  return blob;
}

/**
 * cf_push_message:
 * @kind: "message", or what else it is called
 * @channel: where it was published
 * @payload: what was published
 *
 * Returns: (transfer full) (nullable): the push
 */
CfBlob *
cf_push_message (CfSlice kind, CfSlice channel, CfSlice payload)
{
  const CfSlice words[] = { kind, channel, payload };

  return push_of_bulks (words, G_N_ELEMENTS (words));
}

/**
 * cf_push_pmessage:
 * @pattern: which the channel matches
 * @channel: where it was published
 * @payload: what was published
 *
 * Returns: (transfer full) (nullable): the push
 */
CfBlob *
cf_push_pmessage (CfSlice pattern, CfSlice channel, CfSlice payload)
{
  const CfSlice words[] = { CF_SLICE ("pmessage"), pattern, channel, payload };

  return push_of_bulks (words, G_N_ELEMENTS (words));
}

static CfBlob *
push_keys (const CfSlice *words,
           guint n_words,
           CfSlice null,
           const CfSlice *keys,
           gsize n_keys)
{
  gsize size = 2 * HEAD_MAX + null.size;
  CfBlob *blob;

  for (guint i = 0; i < n_words; i++)
    size += bulk_size (words[i]);
  for (gsize i = 0; i < n_keys; i++)
    size += bulk_size (keys[i]);
  blob = cf_blob_try_new (size);
  if (blob == NULL)
    return NULL;
  put_head (blob, CF_PUSH_SIGN, n_words + 1);
  for (guint i = 0; i < n_words; i++)
    put_bulk (blob, words[i]);
  if (n_keys == 0)
    put (blob, null);
  else
    put_head (blob, '*', n_keys);
  for (gsize i = 0; i < n_keys; i++)
    put_bulk (blob, keys[i]);
  return blob;
}

/**
 * cf_push_invalidate:
 * @keys: (array length=n_keys): keys that changed
 * @n_keys: how many; 0 for all
 *
 * Returns: (transfer full) (nullable): the push, for RESP3
 */
CfBlob *
cf_push_invalidate (const CfSlice *keys, gsize n_keys)
{
  const CfSlice words[] = { CF_SLICE ("invalidate") };

  return push_keys (words, G_N_ELEMENTS (words), CF_SLICE ("_\r\n"), keys,
                    n_keys);
}

/**
 * cf_push_invalidate_message:
 * @keys: (array length=n_keys): keys that changed
 * @n_keys: how many; 0 for all
 *
 * Returns: (transfer full) (nullable): the push, for RESP2
 */
CfBlob *
cf_push_invalidate_message (const CfSlice *keys, gsize n_keys)
{
  const CfSlice words[] = { CF_SLICE ("message"),
                            CF_SLICE (CF_INVALIDATE_CHANNEL) };

  return push_keys (words, G_N_ELEMENTS (words), CF_SLICE ("$-1\r\n"), keys,
                    n_keys);
}

/**
 * cf_push_broken_redirect:
 * @client: the number of a client that is gone
 *
 * Returns: (transfer full) (nullable): the push, for RESP3
 */
CfBlob *
cf_push_broken_redirect (gint64 client)
{
  char text[64];
  gsize size;

  size = (gsize) g_snprintf (text, sizeof text,
                             ">2\r\n$21\r\ntracking-redir-broken\r\n:%" //
                             G_GINT64_FORMAT "\r\n",
                             client);
  return cf_blob_new (cf_slice (text, size));
}
