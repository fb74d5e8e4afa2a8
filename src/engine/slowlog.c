/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/slowlog.h"

struct _CfSlowlog
{
  CfMutex lock;
  /* Protected by @lock. */
  GQueue entries; /* (owned) (element-type CfSlowlogEntry) newest first */
  gint64 next_id;
};

static void
entry_unref (gpointer data)
{
  CfSlowlogEntry *entry = data;

  if (__atomic_sub_fetch (&entry->refs, 1, __ATOMIC_ACQ_REL) > 0)
    return;
  g_ptr_array_unref (entry->args);
  g_free (entry->address);
  g_free (entry->name);
  g_free (entry);
}

/**
 * cf_slowlog_new:
 *
 * Makes an empty log.
 *
 * Returns: (transfer full): the log
 */
CfSlowlog *
cf_slowlog_new (void)
{
  CfSlowlog *self = g_new0 (CfSlowlog, 1);

  cf_mutex_init (&self->lock, CF_LOCK_LOG, 0);
  g_queue_init (&self->entries);
  return self;
}

/**
 * cf_slowlog_free:
 * @self: (nullable) (transfer full): a log
 *
 * Frees the log.
 */
void
cf_slowlog_free (CfSlowlog *self)
{
  if (self == NULL)
    return;
  g_queue_clear_full (&self->entries, entry_unref);
  cf_mutex_clear (&self->lock);
  g_free (self);
}

static GBytes *
shorten (CfSlice argument)
{
  g_autoptr (GString) text = NULL;

  if (argument.size <= CF_SLOWLOG_ARG_BYTES_MAX)
    return g_bytes_new (argument.data, argument.size);
  text = g_string_new_len (argument.data, CF_SLOWLOG_ARG_BYTES_MAX);
  g_string_append_printf (text, "... (%" G_GSIZE_FORMAT " more bytes)",
                          argument.size - CF_SLOWLOG_ARG_BYTES_MAX);
  return g_string_free_to_bytes (g_steal_pointer (&text));
}

static GPtrArray *
keep_args (const CfSlice *argv, guint argc, guint64 redacted)
{
  GPtrArray *args =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  guint n = MIN (argc, CF_SLOWLOG_ARGS_MAX);

  for (guint i = 0; i < n; i++)
    {
      if (argc > n && i == n - 1)
        {
          char *text =
              g_strdup_printf ("... (%u more arguments)", argc - n + 1);

          g_ptr_array_add (args, g_bytes_new_take (text, strlen (text)));
        }
      else if (redacted >> i & 1)
        g_ptr_array_add (args, g_bytes_new_static ("(redacted)", 10));
      else
        g_ptr_array_add (args, shorten (argv[i]));
    }
  return args;
}

/**
 * cf_slowlog_add:
 * @self: the log
 * @session: whose command it was
 * @argv: (array length=argc): the command
 * @argc: how many words it has
 * @redacted: bit i says that argument i is secret
 * @duration_us: how long it took, in microseconds
 * @now_ms: wall-clock milliseconds
 * @max_entries: how many entries are kept, the newest
 */
void
cf_slowlog_add (CfSlowlog *self,
                CfSession *session,
                const CfSlice *argv,
                guint argc,
                guint64 redacted,
                gint64 duration_us,
                gint64 now_ms,
                gsize max_entries)
{
  CfSlowlogEntry *entry = g_new0 (CfSlowlogEntry, 1);

  entry->refs = 1;
  entry->time_s = now_ms / 1000;
  entry->duration_us = duration_us;
  entry->args = keep_args (argv, argc, redacted);
  entry->address = g_strdup (session->address != NULL ? session->address : "");
  entry->name = cf_session_dup_name (session);
  if (entry->name == NULL)
    entry->name = g_strdup ("");
  cf_mutex_lock (&self->lock);
  entry->id = self->next_id++;
  g_queue_push_head (&self->entries, entry);
  while (g_queue_get_length (&self->entries) > max_entries)
    entry_unref (g_queue_pop_tail (&self->entries));
  cf_mutex_unlock (&self->lock);
}

/**
 * cf_slowlog_n:
 * @self: a log
 *
 * Returns: how many entries there are
 */
guint
cf_slowlog_n (CfSlowlog *self)
{
  guint n;

  cf_mutex_lock (&self->lock);
  n = g_queue_get_length (&self->entries);
  cf_mutex_unlock (&self->lock);
  return n;
}

/**
 * cf_slowlog_reset:
 * @self: a log
 *
 * Removes all entries.
 */
void
cf_slowlog_reset (CfSlowlog *self)
{
  GQueue entries;

  cf_mutex_lock (&self->lock);
  entries = self->entries;
  g_queue_init (&self->entries);
  cf_mutex_unlock (&self->lock);
  g_queue_clear_full (&entries, entry_unref);
}

/**
 * cf_slowlog_get:
 * @self: the log
 * @n: how many entries to return at most, or -1 for all
 *
 * Returns: (transfer full) (element-type CfSlowlogEntry): the newest entries,
 *   the newest first
 */
GPtrArray *
cf_slowlog_get (CfSlowlog *self, gint64 n)
{
  GPtrArray *entries = g_ptr_array_new_with_free_func (entry_unref);

  cf_mutex_lock (&self->lock);
  for (GList *node = self->entries.head;
       node != NULL && (n < 0 || (gint64) entries->len < n); node = node->next)
    {
      CfSlowlogEntry *entry = node->data;

      __atomic_add_fetch (&entry->refs, 1, __ATOMIC_RELAXED);
      g_ptr_array_add (entries, entry);
    }
  cf_mutex_unlock (&self->lock);
  return entries;
}
