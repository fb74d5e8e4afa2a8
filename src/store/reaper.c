/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/reaper.h"

#include "base/lock.h"
#include "base/memory.h"
#include "store/keyspace.h"

/* A thing to free: one of the three. */
typedef struct
{
  CfEntry *entry;  /* (owned) (nullable) */
  CfBlob *blob;    /* (owned) (nullable) */
  CfTrash *trash;  /* (owned) (nullable) */
  gsize n_objects; /* what it counts for */
  gsize bytes;     /* what it takes; 0 for @trash: not known */
} Item;

struct _CfReaper
{
  CfMutex lock;

  /* Protected by @lock. */
  CfCond changed;
  GArray *items;   /* (owned) (element-type Item) */
  GThread *thread; /* (owned) NULL until there was something to do */
  gsize n_pending; /* objects in @items or being freed */
  gsize n_freed;
  gsize bytes_pending; /* (atomic) */
  guint n_trash;       /* (atomic) among @items or being freed */
  gboolean is_over;
};

/**
 * cf_reaper_new:
 *
 * Returns: (transfer full): a reaper, whose thread starts when needed
 */
CfReaper *
cf_reaper_new (void)
{
  CfReaper *self = g_new0 (CfReaper, 1);

  cf_mutex_init (&self->lock, CF_LOCK_REAPER, 0);
  cf_cond_init (&self->changed);
  self->items = g_array_new (FALSE, FALSE, sizeof (Item));
  return self;
}

static void
free_item (const Item *item)
{
  cf_entry_free (item->entry);
  cf_blob_unref (item->blob);
  if (item->trash != NULL)
    cf_trash_free (item->trash);
}

/* Keeps what others read without the lock. */
static void
count_item (CfReaper *self, const Item *item, int sign)
{
  gsize bytes = sign > 0 ? item->bytes : 0 - item->bytes;

  __atomic_add_fetch (&self->bytes_pending, bytes, __ATOMIC_RELAXED);
  if (item->trash != NULL)
    g_atomic_int_add (&self->n_trash, sign);
}

/* Frees what there is, all at once, with the lock released meanwhile. */
static void
free_items_locked (CfReaper *self)
{
  g_autoptr (GArray) items = self->items;

  cf_mutex_assert_held (&self->lock);
  self->items = g_array_new (FALSE, FALSE, sizeof (Item));
  for (guint i = 0; i < items->len; i++)
    {
      const Item *item = &g_array_index (items, Item, i);

      cf_mutex_unlock (&self->lock);
      free_item (item);
      cf_mutex_lock (&self->lock);
      self->n_pending -= item->n_objects;
      count_item (self, item, -1);
      self->n_freed += item->n_objects;
    }
  cf_cond_broadcast (&self->changed);
}

static gpointer
run (gpointer data)
{
  CfReaper *self = data;

  cf_memory_thread_balance (); /* from now on what it frees counts */
  cf_mutex_lock (&self->lock);
  while (!self->is_over || self->items->len > 0)
    if (self->items->len > 0)
      free_items_locked (self);
    else
      cf_cond_wait (&self->changed, &self->lock);
  cf_mutex_unlock (&self->lock);
  return NULL;
}

/**
 * cf_reaper_free:
 * @self: (nullable) (transfer full): a reaper that gets nothing more
 *
 * Waits until everything is freed.
 */
void
cf_reaper_free (CfReaper *self)
{
  if (self == NULL)
    return;
  cf_mutex_lock (&self->lock);
  self->is_over = TRUE;
  cf_cond_broadcast (&self->changed);
  cf_mutex_unlock (&self->lock);
  if (self->thread != NULL)
    g_thread_join (self->thread);
  g_array_unref (self->items);
  cf_cond_clear (&self->changed);
  cf_mutex_clear (&self->lock);
  g_free (self);
}

static void
add (CfReaper *self, Item item)
{
  cf_mutex_lock (&self->lock);
  g_array_append_val (self->items, item);
  self->n_pending += item.n_objects;
  count_item (self, &item, 1);
  if (self->thread == NULL)
    self->thread = g_thread_new ("reaper", run, self);
  cf_cond_broadcast (&self->changed);
  cf_mutex_unlock (&self->lock);
}

/**
 * cf_reaper_free_entry:
 * @self: a reaper
 * @entry: (transfer full): an entry that is in no table
 *
 * A slot may be locked.
 */
void
cf_reaper_free_entry (CfReaper *self, CfEntry *entry)
{
  add (self, (Item){ .entry = entry,
                     .n_objects = 1,
                     .bytes = cf_entry_memory (entry, CF_OBJECT_SAMPLES) });
}

/**
 * cf_reaper_free_blob:
 * @self: a reaper
 * @blob: (transfer full): a blob
 *
 * Has the blob freed in the reaper's thread.
 */
void
cf_reaper_free_blob (CfReaper *self, CfBlob *blob)
{
  add (self, (Item){ .blob = blob, .n_objects = 1, .bytes = blob->capacity });
}

/**
 * cf_reaper_free_trash:
 * @self: a reaper
 * @trash: (transfer full): trash
 *
 * Has the trash freed in the reaper's thread.
 */
void
cf_reaper_free_trash (CfReaper *self, CfTrash *trash)
{
  add (self, (Item){ .trash = trash, .n_objects = cf_trash_size (trash) });
}

/**
 * cf_reaper_n_pending:
 * @self: a reaper
 *
 * Returns: how many objects wait to be freed
 */
gsize
cf_reaper_n_pending (CfReaper *self)
{
  gsize n_pending;

  cf_mutex_lock (&self->lock);
  n_pending = self->n_pending;
  cf_mutex_unlock (&self->lock);
  return n_pending;
}

/**
 * cf_reaper_bytes_pending:
 * @self: a reaper
 *
 * Returns: the bytes of the values that wait to be freed, without those of
 *   flushed databases
 */
gsize
cf_reaper_bytes_pending (CfReaper *self)
{
  return __atomic_load_n (&self->bytes_pending, __ATOMIC_RELAXED);
}

/**
 * cf_reaper_has_trash:
 * @self: a reaper
 *
 * Returns: whether a flushed database waits to be freed
 */
gboolean
cf_reaper_has_trash (CfReaper *self)
{
  return g_atomic_int_get (&self->n_trash) > 0;
}

/**
 * cf_reaper_n_freed:
 * @self: a reaper
 *
 * Returns: how many objects it has freed since the start
 */
gsize
cf_reaper_n_freed (CfReaper *self)
{
  gsize n_freed;

  cf_mutex_lock (&self->lock);
  n_freed = self->n_freed;
  cf_mutex_unlock (&self->lock);
  return n_freed;
}

/**
 * cf_reaper_reset_freed:
 * @self: a reaper
 *
 * Counts what it has freed from zero again.
 */
void
cf_reaper_reset_freed (CfReaper *self)
{
  cf_mutex_lock (&self->lock);
  self->n_freed = 0;
  cf_mutex_unlock (&self->lock);
}

/**
 * cf_reaper_drain:
 * @self: a reaper
 *
 * Waits until all that it got so far is freed.
 */
void
cf_reaper_drain (CfReaper *self)
{
  cf_mutex_lock (&self->lock);
  while (self->n_pending > 0)
    cf_cond_wait (&self->changed, &self->lock);
  cf_mutex_unlock (&self->lock);
}
