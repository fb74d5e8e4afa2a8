/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/acl-log.h"

static void
add (CfAclLog *log, const char *object, CfAclContext context, gint64 now_ms)
{
  const CfAclLogEntry entry = {
    .reason = CF_ACL_DENIED_KEY,
    .context = context,
    .object = (char *) object,
    .object_size = strlen (object),
    .user = (char *) "alice",
    .updated_ms = now_ms,
  };

  cf_acl_log_add (log, &entry, g_strdup_printf ("at %" G_GINT64_FORMAT, now_ms),
                  3);
}

static void
test_same (void)
{
  g_autoptr (CfAclLog) log = cf_acl_log_new ();
  g_autoptr (GPtrArray) entries = NULL;
  const CfAclLogEntry *first;

  add (log, "a", CF_ACL_TOPLEVEL, 1000);
  add (log, "b", CF_ACL_TOPLEVEL, 2000);
  add (log, "a", CF_ACL_TOPLEVEL, 61000);
  entries = cf_acl_log_get (log, 10);
  g_assert_cmpuint (entries->len, ==, 2);
  first = entries->pdata[0];
  g_assert_cmpuint (first->id, ==, 0);
  g_assert_cmpuint (first->count, ==, 2);
  g_assert_cmpint (first->created_ms, ==, 1000);
  g_assert_cmpint (first->updated_ms, ==, 61000);
  g_assert_cmpstr (first->client, ==, "at 61000");
  /* Another context, or too late, is another one. */
  add (log, "a", CF_ACL_MULTI, 61000);
  add (log, "b", CF_ACL_TOPLEVEL, 62001);
  g_ptr_array_unref (entries);
  entries = cf_acl_log_get (log, 10);
  g_assert_cmpuint (entries->len, ==, 3);
}

static void
test_bounded (void)
{
  g_autoptr (CfAclLog) log = cf_acl_log_new ();
  g_autofree char *large = g_strnfill (5000, 'x');
  g_autoptr (GPtrArray) entries = NULL;

  for (guint i = 0; i < 9; i++)
    {
      g_autofree char *object = g_strdup_printf ("%u", i);

      add (log, object, CF_ACL_TOPLEVEL, 1);
    }
  add (log, large, CF_ACL_TOPLEVEL, 1);
  entries = cf_acl_log_get (log, 2);
  g_assert_cmpuint (entries->len, ==, 2);
  g_assert_cmpuint (((CfAclLogEntry *) entries->pdata[0])->object_size, ==,
                    CF_ACL_LOG_OBJECT_MAX);
  g_assert_cmpmem (((CfAclLogEntry *) entries->pdata[1])->object, 1, "8", 1);
  cf_acl_log_reset (log);
  g_ptr_array_unref (entries);
  entries = cf_acl_log_get (log, 10);
  g_assert_cmpuint (entries->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/acl-log/same", test_same);
  g_test_add_func ("/engine/acl-log/bounded", test_bounded);
  return g_test_run ();
}
