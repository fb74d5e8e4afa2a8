/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/args.h"

/* Takes the blobs of @request over; returns the bytes that must be copied. */
static gsize
take_blobs (CfArgs *self, CfRequest *request)
{
  gsize to_copy = 0;

  for (guint i = 0; i < self->argc; i++)
    {
      CfBlob *blob = NULL;

      if (request != NULL && self->argv[i].size >= CF_REQUEST_BIG)
        blob = cf_request_take_blob (request, i);
      if (blob == NULL)
        {
          to_copy += self->argv[i].size;
          continue;
        }
      if (self->blobs == NULL)
        self->blobs = g_new0 (CfBlob *, self->argc);
      self->blobs[i] = blob;
      self->argv[i] = cf_blob_slice (blob);
      self->memory += blob->capacity;
    }
  return to_copy;
}

/**
 * cf_args_try_new:
 * @argv: (array length=argc): the arguments
 * @argc: how many there are
 * @request: (nullable): the request they are of, whose blobs are taken over
 *
 * Returns: (transfer full) (nullable): a copy of the arguments, or %NULL when
 *   there is no memory for it
 */
CfArgs *
cf_args_try_new (const CfSlice *argv, guint argc, CfRequest *request)
{
  gsize head = sizeof (CfArgs) + argc * sizeof (CfSlice);
  gsize to_copy = 0, block = head;
  CfArgs *self;
  char *text;

  for (guint i = 0; i < argc; i++)
    if (request == NULL || argv[i].size < CF_REQUEST_BIG)
      block += argv[i].size;
  self = g_try_malloc (block);
  if (self == NULL)
    return NULL;
  self->argc = argc;
  self->blobs = NULL;
  self->shown = FALSE;
  self->memory = block;
  memcpy (self->argv, argv, argc * sizeof (CfSlice));
  to_copy = head + take_blobs (self, request);
  if (to_copy > block)
    {
      CfArgs *larger = g_try_realloc (self, to_copy);

      if (larger == NULL)
        {
          cf_args_free (self);
          return NULL;
        }
      self = larger;
      self->memory += to_copy - block;
    }
  text = (char *) self + head;
  for (guint i = 0; i < argc; i++)
    {
      if (self->blobs != NULL && self->blobs[i] != NULL)
        continue;
      if (self->argv[i].size > 0)
        memcpy (text, self->argv[i].data, self->argv[i].size);
      self->argv[i].data = text;
      text += self->argv[i].size;
    }
  return self;
}

/**
 * cf_args_free:
 * @self: (nullable) (transfer full): arguments
 *
 * Frees the copy.
 */
void
cf_args_free (CfArgs *self)
{
  if (self == NULL)
    return;
  if (self->blobs != NULL)
    for (guint i = 0; i < self->argc; i++)
      cf_blob_unref (self->blobs[i]);
  g_free (self->blobs);
  g_free (self);
}

/**
 * cf_args_take_blob:
 * @self: arguments
 * @i: the number of one of them
 *
 * Returns: (transfer full) (nullable): the blob that argument @i is the whole
 *   of, if it stands in one; the argument must not be used after
 */
CfBlob *
cf_args_take_blob (CfArgs *self, guint i)
{
  if (self->blobs == NULL || i >= self->argc)
    return NULL;
  return g_steal_pointer (&self->blobs[i]);
}
