/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/lock.h"
#include "engine/feed.h"

struct _CfFeed
{
  /* Set by cf_feed_set_sink() before there are threads. */
  CfFeedSink sink; /* (nullable) */
  gpointer data;

  CfMutex lock; /* gives the records their order */
};

typedef struct
{
  guint db;
  guint n_words;
  CfSlice words[]; /* followed by their bytes */
} Record;

struct _CfFeedBlock
{
  GPtrArray *records; /* (owned) (element-type Record) */
};

/**
 * cf_feed_new:
 *
 * Makes a feed that nobody reads yet.
 *
 * Returns: (transfer full): the feed
 */
CfFeed *
cf_feed_new (void)
{
  CfFeed *self = g_new0 (CfFeed, 1);

  cf_mutex_init (&self->lock, CF_LOCK_FEED, 0);
  return self;
}

/**
 * cf_feed_free:
 * @self: (nullable) (transfer full): a feed
 *
 * Frees the feed.
 */
void
cf_feed_free (CfFeed *self)
{
  if (self == NULL)
    return;
  cf_mutex_clear (&self->lock);
  g_free (self);
}

/**
 * cf_feed_set_sink:
 * @self: a feed
 * @sink: (nullable): what gets the records
 * @data: what to call @sink with
 *
 * Says who reads the feed.  For the time before there are other threads.
 */
void
cf_feed_set_sink (CfFeed *self, CfFeedSink sink, gpointer data)
{
  self->sink = sink;
  self->data = data;
}

/**
 * cf_feed_is_active:
 * @self: a feed
 *
 * Returns: %TRUE if somebody reads it
 */
gboolean
cf_feed_is_active (const CfFeed *self)
{
  return self->sink != NULL;
}

/**
 * cf_feed_append:
 * @self: the feed
 * @db: the number of the database
 * @words: (array length=n_words): a command that has the effect
 * @n_words: how many words it has
 *
 * To be called while the keys that were changed are held.
 */
void
cf_feed_append (CfFeed *self, guint db, const CfSlice *words, guint n_words)
{
  if (self->sink == NULL)
    return;
  cf_mutex_lock (&self->lock);
  self->sink (self->data, db, words, n_words);
  cf_mutex_unlock (&self->lock);
}

/**
 * cf_feed_block_new:
 *
 * Makes an empty block: records that stay together in the feed.
 *
 * Returns: (transfer full): the block
 */
CfFeedBlock *
cf_feed_block_new (void)
{
  CfFeedBlock *self = g_new0 (CfFeedBlock, 1);

  self->records = g_ptr_array_new_with_free_func (g_free);
  return self;
}

/**
 * cf_feed_block_free:
 * @self: (nullable) (transfer full): a block
 *
 * Drops the records.
 */
void
cf_feed_block_free (CfFeedBlock *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->records);
  g_free (self);
}

static Record *
record_new (guint db, const CfSlice *words, guint n_words)
{
  gsize size = sizeof (Record) + n_words * sizeof (CfSlice);
  Record *record;
  char *text;

  for (guint i = 0; i < n_words; i++)
    size += words[i].size;
  record = g_malloc (size);
  record->db = db;
  record->n_words = n_words;
  text = (char *) &record->words[n_words];
  for (guint i = 0; i < n_words; i++)
    {
      record->words[i] = cf_slice (text, words[i].size);
      if (words[i].size > 0)
        memcpy (text, words[i].data, words[i].size);
      text += words[i].size;
    }
  return record;
}

/**
 * cf_feed_block_add:
 * @self: a block
 * @db: the number of the database
 * @words: (array length=n_words): a command and its arguments, copied
 * @n_words: how many
 *
 * Appends a record.
 */
void
cf_feed_block_add (CfFeedBlock *self,
                   guint db,
                   const CfSlice *words,
                   guint n_words)
{
  g_ptr_array_add (self->records, record_new (db, words, n_words));
}

/**
 * cf_feed_append_block:
 * @self: the feed
 * @block: (transfer full): the records of one transaction
 *
 * Appends the records together, between MULTI and EXEC; one alone without.
 */
void
cf_feed_append_block (CfFeed *self, CfFeedBlock *block)
{
  static const CfSlice multi = { "MULTI", 5 }, exec = { "EXEC", 4 };
  guint n = block->records->len;
  Record *last = n > 0 ? g_ptr_array_index (block->records, n - 1) : NULL;

  if (self->sink != NULL && n > 0)
    {
      Record *first = g_ptr_array_index (block->records, 0);

      cf_mutex_lock (&self->lock);
      if (n > 1)
        self->sink (self->data, first->db, &multi, 1);
      for (guint i = 0; i < n; i++)
        {
          Record *record = g_ptr_array_index (block->records, i);

          self->sink (self->data, record->db, record->words, record->n_words);
        }
      if (n > 1)
        self->sink (self->data, last->db, &exec, 1);
      cf_mutex_unlock (&self->lock);
    }
  g_ptr_array_unref (block->records);
  g_free (block);
}
