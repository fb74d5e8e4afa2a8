/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/slowlog.h"

static void
on_free (CfSession *session)
{
}

static const CfSessionOps ops = { .free = on_free };

static void
assert_arg (const CfSlowlogEntry *entry, guint i, const char *text)
{
  gsize size;
  const char *data =
      g_bytes_get_data (g_ptr_array_index (entry->args, i), &size);

  g_assert_cmpmem (data, size, text, strlen (text));
}

static void
test_slowlog_entries (void)
{
  g_autoptr (CfSlowlog) log = cf_slowlog_new ();
  g_autoptr (GPtrArray) entries = NULL;
  const CfSlice words[] = { CF_SLICE ("AUTH"), CF_SLICE ("secret") };
  CfSession session = { 0 };
  const CfSlowlogEntry *entry;

  cf_session_init (&session, &ops);
  session.address = g_strdup ("127.0.0.1:1");
  cf_session_set_name (&session, "me");
  for (gint64 i = 0; i < 5; i++)
    cf_slowlog_add (log, &session, words, 2, 1 << 1, 10 + i, i * 1000, 3);
  g_assert_cmpuint (cf_slowlog_n (log), ==, 3);
  entries = cf_slowlog_get (log, 2);
  g_assert_cmpuint (entries->len, ==, 2);
  entry = g_ptr_array_index (entries, 0);
  g_assert_cmpint (entry->id, ==, 4);
  g_assert_cmpint (entry->time_s, ==, 4);
  g_assert_cmpint (entry->duration_us, ==, 14);
  g_assert_cmpstr (entry->address, ==, "127.0.0.1:1");
  g_assert_cmpstr (entry->name, ==, "me");
  assert_arg (entry, 0, "AUTH");
  assert_arg (entry, 1, "(redacted)");
  /* What was got outlives the log's own. */
  cf_slowlog_reset (log);
  g_assert_cmpuint (cf_slowlog_n (log), ==, 0);
  assert_arg (entry, 0, "AUTH");
  cf_session_clear (&session);
}

static void
test_slowlog_shortens (void)
{
  g_autoptr (CfSlowlog) log = cf_slowlog_new ();
  g_autoptr (GPtrArray) entries = NULL;
  g_autofree char *shown = NULL;
  CfSlice words[40];
  char text[200];
  CfSession session = { 0 };
  const CfSlowlogEntry *entry;

  cf_session_init (&session, &ops);
  memset (text, 'x', sizeof text);
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    words[i] = cf_slice (text, sizeof text);
  words[0] = CF_SLICE ("MSET");
  cf_slowlog_add (log, &session, words, G_N_ELEMENTS (words), 0, 1, 0, 10);
  entries = cf_slowlog_get (log, -1);
  entry = g_ptr_array_index (entries, 0);
  g_assert_cmpuint (entry->args->len, ==, CF_SLOWLOG_ARGS_MAX);
  shown = g_strdup_printf ("%.*s... (72 more bytes)", CF_SLOWLOG_ARG_BYTES_MAX,
                           text);
  assert_arg (entry, 1, shown);
  assert_arg (entry, CF_SLOWLOG_ARGS_MAX - 1, "... (9 more arguments)");
  cf_session_clear (&session);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/slowlog/entries", test_slowlog_entries);
  g_test_add_func ("/engine/slowlog/shortens", test_slowlog_shortens);
  return g_test_run ();
}
