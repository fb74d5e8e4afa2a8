/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/args.h"

static void
test_args_copies (void)
{
  char text[] = "SETkey";
  const CfSlice words[] = { { text, 3 }, { NULL, 0 }, { text + 3, 3 } };
  g_autoptr (CfArgs) args = cf_args_try_new (words, 3, NULL);

  memset (text, 'x', sizeof text);
  g_assert_cmpuint (args->argc, ==, 3);
  g_assert_true (cf_slice_equal (args->argv[0], CF_SLICE ("SET")));
  g_assert_cmpuint (args->argv[1].size, ==, 0);
  g_assert_true (cf_slice_equal (args->argv[2], CF_SLICE ("key")));
  g_assert_cmpuint (args->memory, >=, sizeof *args + 6);
  g_assert_null (cf_args_take_blob (args, 0));
}

/* Feeds @bytes to @request until it has a whole one. */
static void
receive (CfRequest *request,
         const char *bytes,
         gsize size,
         char *scratch,
         gsize scratch_size)
{
  const CfRequestLimits limits = { G_MAXINT32, G_MAXINT32, FALSE };

  cf_request_begin (request, scratch, scratch_size);
  while (cf_request_next (request, &limits) != CF_REQUEST_READY)
    {
      char *space;
      gsize n;

      g_assert_true (cf_request_space (request, &space, &n));
      n = MIN (n, size);
      g_assert_cmpuint (n, >, 0);
      memcpy (space, bytes, n);
      cf_request_received (request, n);
      bytes += n;
      size -= n;
    }
}

/* A large argument is taken over, not copied. */
static void
test_args_takes_blobs (void)
{
  const gsize large = 2 * CF_REQUEST_BIG;
  g_autoptr (CfRequest) request = cf_request_new ();
  g_autoptr (GString) bytes = g_string_new (NULL);
  g_autoptr (CfArgs) args = NULL;
  g_autoptr (CfBlob) blob = NULL;
  char scratch[4096];
  const char *data;

  g_string_append_printf (
      bytes, "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$%" G_GSIZE_FORMAT "\r\n", large);
  for (gsize i = 0; i < large; i++)
    g_string_append_c (bytes, (char) ('a' + i % 26));
  g_string_append (bytes, "\r\n");
  receive (request, bytes->str, bytes->len, scratch, sizeof scratch);
  data = cf_request_argv (request)[2].data;

  args = cf_args_try_new (cf_request_argv (request), cf_request_argc (request),
                          request);
  g_assert_true (cf_request_end (request));
  memset (scratch, 'x', sizeof scratch);
  g_assert_true (cf_slice_equal (args->argv[0], CF_SLICE ("SET")));
  g_assert_true (cf_slice_equal (args->argv[1], CF_SLICE ("k")));
  g_assert_cmpuint (args->argv[2].size, ==, large);
  g_assert_true (args->argv[2].data == data);
  g_assert_cmpuint (args->memory, >=, large);

  blob = cf_args_take_blob (args, 2);
  g_assert_nonnull (blob);
  g_assert_true (blob->data == data);
  g_assert_null (cf_args_take_blob (args, 2));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/args/copies", test_args_copies);
  g_test_add_func ("/engine/args/takes-blobs", test_args_takes_blobs);
  return g_test_run ();
}
