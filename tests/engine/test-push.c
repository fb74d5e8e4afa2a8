/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/push.h"

static void
assert_bytes (CfBlob *push, const char *bytes)
{
  g_assert_nonnull (push);
  g_assert_cmpmem (push->data, push->size, bytes, strlen (bytes));
  g_assert_cmpint (push->data[0], ==, CF_PUSH_SIGN);
  cf_blob_unref (push);
}

static void
test_push_messages (void)
{
  assert_bytes (
      cf_push_message (CF_SLICE ("message"), CF_SLICE ("c"), CF_SLICE ("text")),
      ">3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$4\r\ntext\r\n");
  assert_bytes (
      cf_push_message (CF_SLICE ("smessage"), CF_SLICE (""), CF_SLICE ("")),
      ">3\r\n$8\r\nsmessage\r\n$0\r\n\r\n$0\r\n\r\n");
  assert_bytes (
      cf_push_pmessage (CF_SLICE ("c*"), CF_SLICE ("cd"), CF_SLICE ("12")),
      ">4\r\n$8\r\npmessage\r\n$2\r\nc*\r\n$2\r\ncd\r\n$2\r\n12\r\n");
}

static void
test_push_invalidate (void)
{
  const CfSlice keys[] = { CF_SLICE ("a"), CF_SLICE ("bc") };

  assert_bytes (cf_push_invalidate (keys, 2),
                ">2\r\n$10\r\ninvalidate\r\n*2\r\n$1\r\na\r\n$2\r\nbc\r\n");
  assert_bytes (cf_push_invalidate (NULL, 0),
                ">2\r\n$10\r\ninvalidate\r\n_\r\n");
  assert_bytes (cf_push_invalidate_message (keys, 1),
                ">3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n"
                "*1\r\n$1\r\na\r\n");
  assert_bytes (cf_push_invalidate_message (NULL, 0),
                ">3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n"
                "$-1\r\n");
  assert_bytes (cf_push_broken_redirect (77),
                ">2\r\n$21\r\ntracking-redir-broken\r\n:77\r\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/push/messages", test_push_messages);
  g_test_add_func ("/engine/push/invalidate", test_push_invalidate);
  return g_test_run ();
}
