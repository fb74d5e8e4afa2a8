/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/acl-log.h"

#include "base/lock.h"

#define SAME_MS 60000 /* within which two count as one */
#define SAME_MAX 10   /* entries among which one like it is looked for */

struct _CfAclLog
{
  CfMutex lock;
  /* Protected by @lock. */
  GQueue entries; /* (owned) (element-type CfAclLogEntry) newest first */
  guint64 next_id;
};

static void
entry_free (gpointer data)
{
  CfAclLogEntry *entry = data;

  g_free (entry->object);
  g_free (entry->user);
  g_free (entry->client);
  g_free (entry);
}

static CfAclLogEntry *
entry_copy (const CfAclLogEntry *entry)
{
  CfAclLogEntry *copy = g_memdup2 (entry, sizeof *entry);

  copy->object = g_memdup2 (entry->object, entry->object_size);
  copy->user = g_strdup (entry->user);
  copy->client = g_strdup (entry->client);
  return copy;
}

/**
 * cf_acl_log_new:
 *
 * Returns: (transfer full): an empty log
 */
CfAclLog *
cf_acl_log_new (void)
{
  CfAclLog *self = g_new0 (CfAclLog, 1);

  cf_mutex_init (&self->lock, CF_LOCK_LOG, 0);
  g_queue_init (&self->entries);
  return self;
}

/**
 * cf_acl_log_free:
 * @self: (nullable) (transfer full): a log
 *
 * Frees the log.
 */
void
cf_acl_log_free (CfAclLog *self)
{
  if (self == NULL)
    return;
  g_queue_clear_full (&self->entries, entry_free);
  cf_mutex_clear (&self->lock);
  g_free (self);
}

static gboolean
is_same (const CfAclLogEntry *a, const CfAclLogEntry *b)
{
  return a->reason == b->reason && a->context == b->context &&
         ABS (b->updated_ms - a->updated_ms) <= SAME_MS &&
         a->object_size == b->object_size &&
         memcmp (a->object, b->object, a->object_size) == 0 &&
         strcmp (a->user, b->user) == 0;
}

/* Moves the entry that is like @entry to the front.  NULL: there is none. */
static CfAclLogEntry *
find_same_locked (CfAclLog *self, const CfAclLogEntry *entry)
{
  GList *link = self->entries.head;

  for (guint i = 0; i < SAME_MAX && link != NULL; i++, link = link->next)
    if (is_same (link->data, entry))
      {
        g_queue_unlink (&self->entries, link);
        g_queue_push_head_link (&self->entries, link);
        return link->data;
      }
  return NULL;
}

/**
 * cf_acl_log_add:
 * @self: a log
 * @entry: what was refused, without id and count; updated_ms is now
 * @client: (transfer full): to whom
 * @max_entries: how many the log may hold
 */
void
cf_acl_log_add (CfAclLog *self,
                const CfAclLogEntry *entry,
                char *client,
                gsize max_entries)
{
  g_autoptr (GPtrArray) dropped = g_ptr_array_new_with_free_func (entry_free);
  CfAclLogEntry shortened = *entry;
  CfAclLogEntry *same;
  CfAclLogEntry *added;

  shortened.object_size = MIN (entry->object_size, CF_ACL_LOG_OBJECT_MAX);
  shortened.client = NULL;
  added = entry_copy (&shortened);
  added->client = client;
  added->created_ms = added->updated_ms;
  added->count = 1;
  cf_mutex_lock (&self->lock);
  same = find_same_locked (self, added);
  if (same == NULL)
    {
      added->id = self->next_id++;
      g_queue_push_head (&self->entries, added);
    }
  else
    {
      same->count++;
      same->updated_ms = added->updated_ms;
      added->client = same->client;
      same->client = client;
      g_ptr_array_add (dropped, added);
    }
  while (self->entries.length > max_entries)
    g_ptr_array_add (dropped, g_queue_pop_tail (&self->entries));
  cf_mutex_unlock (&self->lock);
}

/**
 * cf_acl_log_reset:
 * @self: a log
 *
 * Empties it.
 */
void
cf_acl_log_reset (CfAclLog *self)
{
  GQueue entries;

  cf_mutex_lock (&self->lock);
  entries = self->entries;
  g_queue_init (&self->entries);
  cf_mutex_unlock (&self->lock);
  g_queue_clear_full (&entries, entry_free);
}

/**
 * cf_acl_log_get:
 * @self: a log
 * @n: how many entries at most
 *
 * Returns: (transfer full) (element-type CfAclLogEntry): copies of the newest,
 *   newest first
 */
GPtrArray *
cf_acl_log_get (CfAclLog *self, guint n)
{
  GPtrArray *copies = g_ptr_array_new_with_free_func (entry_free);

  cf_mutex_lock (&self->lock);
  for (GList *link = self->entries.head; link != NULL && copies->len < n;
       link = link->next)
    g_ptr_array_add (copies, entry_copy (link->data));
  cf_mutex_unlock (&self->lock);
  return copies;
}
