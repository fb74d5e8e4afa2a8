/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz-request.c -- any bytes as requests: the same arguments or the same
 * error however they are cut up, and no more memory than they are worth. */
#include "config.h"

#include "proto/request.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

#define MEMORY_MAX(size) (4096 + 16 * (size))

static const CfRequestLimits limits = { 1 << 20, 1 << 22, FALSE };

static guint
sum_bytes (guint sum, const char *data, gsize size)
{
  for (gsize i = 0; i < size; i++)
    sum = sum * 31 + (guchar) data[i];
  return sum * 31 + (guint) size;
}

static guint
sum_request (guint sum, CfRequest *request)
{
  const CfSlice *argv = cf_request_argv (request);
  guint argc = cf_request_argc (request);

  for (guint i = 0; i < argc; i++)
    {
      g_autoptr (CfBlob) blob = cf_request_take_blob (request, i);

      g_assert_true (blob == NULL || blob->data == argv[i].data);
      sum = sum_bytes (sum, argv[i].data, argv[i].size);
    }
  return sum * 31 + argc;
}

static guint
sum_error (guint sum, const CfRequest *request)
{
  const char *error = cf_request_error (request);

  return error != NULL ? sum_bytes (sum, error, strlen (error)) : sum + 1;
}

/* A turn for each @step bytes, in a scratch of @room bytes. */
static guint
read_all (const char *data, gsize size, gsize step, gsize room)
{
  g_autoptr (CfRequest) request = cf_request_new ();
  CfRequestState state = CF_REQUEST_MORE;
  guint sum = 0;

  for (gsize done = 0; done < size && state != CF_REQUEST_ERROR;)
    {
      g_autofree char *scratch = g_malloc (room);
      char *space;
      gsize n;

      cf_request_begin (request, scratch, room);
      g_assert_true (cf_request_space (request, &space, &n));
      n = MIN (MIN (n, step), size - done);
      memcpy (space, data + done, n);
      cf_request_received (request, n);
      done += n;
      while ((state = cf_request_next (request, &limits)) == CF_REQUEST_READY)
        sum = sum_request (sum, request);
      g_assert_true (cf_request_end (request));
      g_assert_cmpuint (cf_request_memory (request), <=,
                        MEMORY_MAX (done) + 3 * 65536);
    }
  return state == CF_REQUEST_ERROR ? sum_error (sum, request) : sum;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  const char *bytes = (const char *) data;
  guint sum = read_all (bytes, size, size, MAX (size, 1));

  g_assert_cmpuint (sum, ==, read_all (bytes, size, 1, 100));
  g_assert_cmpuint (sum, ==, read_all (bytes, size, 7, 16));
  g_assert_cmpuint (sum, ==, read_all (bytes, size, 1000, 700));
  return 0;
}
