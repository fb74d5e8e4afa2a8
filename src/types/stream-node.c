/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/stream-node.h"

#include "types/listpack-writer.h"

#define DELETED 1
#define SAME_FIELDS 2

/* Elements of an entry beside its fields and values. */
#define ENTRY_EXTRA 4 /* flags, milliseconds, sequence number; size */
#define MASTER_EXTRA 4

static gint64
get_int (const CfStreamNode *self, CfListpackAt at)
{
  gint64 value = 0;

  (void) cf_listpack_get_int (self->listpack, at, &value);
  return value;
}

/* -- Entries -------------------------------------------------------------- */

static CfListpackAt
n_fields_at (const CfListpack *listpack)
{
  CfListpackAt live = cf_listpack_first (listpack);

  return cf_listpack_next (listpack, cf_listpack_next (listpack, live));
}

static CfListpackAt
skip (const CfListpack *listpack, CfListpackAt at, gsize n)
{
  while (n-- > 0)
    at = cf_listpack_next (listpack, at);
  return at;
}

/* Reads the entry whose flags are at @at. */
static void
read_entry (const CfStreamNode *self, CfListpackAt at, CfStreamEntry *entry)
{
  const CfListpack *listpack = self->listpack;
  gint64 flags = get_int (self, at);

  entry->node = self;
  entry->at = at;
  entry->deleted = (flags & DELETED) != 0;
  entry->same_fields = (flags & SAME_FIELDS) != 0;
  at = cf_listpack_next (listpack, at);
  entry->id.ms = self->base.ms + (guint64) get_int (self, at);
  at = cf_listpack_next (listpack, at);
  entry->id.seq = self->base.seq + (guint64) get_int (self, at);
  at = cf_listpack_next (listpack, at);
  if (entry->same_fields)
    entry->n_fields = (gsize) get_int (self, n_fields_at (listpack));
  else
    {
      entry->n_fields = (gsize) get_int (self, at);
      at = cf_listpack_next (listpack, at);
    }
  entry->first = at;
  entry->end = skip (
      listpack, at, entry->same_fields ? entry->n_fields : 2 * entry->n_fields);
}

/**
 * cf_stream_node_first:
 * @self: a node
 * @entry: (out): its first entry, deleted or not
 *
 * Returns: %FALSE if it has none
 */
gboolean
cf_stream_node_first (const CfStreamNode *self, CfStreamEntry *entry)
{
  CfListpackAt at = n_fields_at (self->listpack);
  gsize n_fields = (gsize) get_int (self, at);

  at = skip (self->listpack, at, n_fields + 2);
  if (at == 0)
    return FALSE;
  read_entry (self, at, entry);
  return TRUE;
}

/* Reads the entry whose size is at @end; the master's is 0. */
static gboolean
read_back (const CfStreamNode *self, CfListpackAt end, CfStreamEntry *entry)
{
  gint64 n = get_int (self, end);

  if (n == 0)
    return FALSE;
  while (n-- > 0)
    end = cf_listpack_prev (self->listpack, end);
  read_entry (self, end, entry);
  return TRUE;
}

/**
 * cf_stream_node_last:
 * @self: a node
 * @entry: (out): its last entry, deleted or not
 *
 * Returns: %FALSE if it has none
 */
gboolean
cf_stream_node_last (const CfStreamNode *self, CfStreamEntry *entry)
{
  return read_back (self, cf_listpack_last (self->listpack), entry);
}

/**
 * cf_stream_entry_next:
 * @self: (inout): an entry; the next one of its node
 *
 * Returns: %FALSE if there is none; @self stays
 */
gboolean
cf_stream_entry_next (CfStreamEntry *self)
{
  CfListpackAt at = cf_listpack_next (self->node->listpack, self->end);

  if (at == 0)
    return FALSE;
  read_entry (self->node, at, self);
  return TRUE;
}

/**
 * cf_stream_entry_prev:
 * @self: (inout): an entry; the one before it in its node
 *
 * Returns: %FALSE if there is none; @self stays
 */
gboolean
cf_stream_entry_prev (CfStreamEntry *self)
{
  return read_back (self->node,
                    cf_listpack_prev (self->node->listpack, self->at), self);
}

/**
 * cf_stream_fields_init:
 * @self: what goes over the fields
 * @entry: of this entry
 */
void
cf_stream_fields_init (CfStreamFields *self, const CfStreamEntry *entry)
{
  const CfListpack *listpack = entry->node->listpack;

  self->listpack = listpack;
  self->n_left = entry->n_fields;
  self->value = entry->first;
  self->field = 0;
  if (entry->same_fields)
    self->field = cf_listpack_next (listpack, n_fields_at (listpack));
}

/**
 * cf_stream_fields_next:
 * @self: what goes over the fields of an entry
 * @field: (out) (transfer none): the next field
 * @value: (out) (transfer none): its value
 *
 * Returns: %FALSE if there is none
 */
gboolean
cf_stream_fields_next (CfStreamFields *self, CfSlice *field, CfSlice *value)
{
  const CfListpack *listpack = self->listpack;
  CfListpackAt at = self->field != 0 ? self->field : self->value;

  if (self->n_left == 0)
    return FALSE;
  self->n_left--;
  *field = cf_listpack_get (listpack, at, self->scratch[0]);
  at = cf_listpack_next (listpack, at);
  if (self->field != 0)
    self->field = at;
  else
    self->value = at;
  *value = cf_listpack_get (listpack, self->value, self->scratch[1]);
  self->value = cf_listpack_next (listpack, self->value);
  return TRUE;
}

/* -- Changes -------------------------------------------------------------- */

static gboolean
write_master (CfListpack **listpack, const CfSlice *pairs, gsize n)
{
  CfListpackWriter writer;

  if (!cf_listpack_writer_begin (&writer, listpack, n + MASTER_EXTRA,
                                 cf_stream_node_sum_sizes (pairs, n)))
    return FALSE;
  cf_listpack_writer_add_int (&writer, 0);
  cf_listpack_writer_add_int (&writer, 0);
  cf_listpack_writer_add_int (&writer, (gint64) n);
  for (gsize i = 0; i < n; i++)
    cf_listpack_writer_add (&writer, pairs[2 * i]);
  cf_listpack_writer_add_int (&writer, 0);
  cf_listpack_writer_end (&writer);
  return TRUE;
}

static gboolean
has_fields (const CfStreamNode *self, const CfSlice *pairs, gsize n)
{
  CfListpackAt at = n_fields_at (self->listpack);

  if (get_int (self, at) != (gint64) n)
    return FALSE;
  for (gsize i = 0; i < n; i++)
    {
      at = cf_listpack_next (self->listpack, at);
      if (!cf_listpack_equal (self->listpack, at, pairs[2 * i]))
        return FALSE;
    }
  return TRUE;
}

/**
 * cf_stream_node_settle:
 * @self: a node
 *
 * Writes the numbers of the master after a change; places in the node are
 * good no longer.
 */
void
cf_stream_node_settle (CfStreamNode *self)
{
  CfListpackAt at = cf_listpack_first (self->listpack);

  if (get_int (self, at) != (gint64) self->n_live)
    (void) cf_listpack_replace_int (&self->listpack, at, (gint64) self->n_live);
  at = cf_listpack_next (self->listpack, at);
  if (get_int (self, at) != (gint64) self->n_deleted)
    (void) cf_listpack_replace_int (&self->listpack, at,
                                    (gint64) self->n_deleted);
}

/**
 * cf_stream_node_append:
 * @self: a node
 * @id: an ID after all others there
 * @pairs: (array): a field, its value, and so on
 * @n: how many fields
 *
 * Returns: %FALSE without memory, or if it would be too large; nothing was
 *   changed then
 */
gboolean
cf_stream_node_append (CfStreamNode *self,
                       CfStreamId id,
                       const CfSlice *pairs,
                       gsize n)
{
  gboolean same = has_fields (self, pairs, n);
  gsize n_elements = same ? n + ENTRY_EXTRA : 2 * n + ENTRY_EXTRA + 1;
  CfListpackWriter writer;

  if (!cf_listpack_writer_begin (&writer, &self->listpack, n_elements,
                                 cf_stream_node_sum_sizes (pairs, n)))
    return FALSE;
  cf_listpack_writer_add_int (&writer, same ? SAME_FIELDS : 0);
  cf_listpack_writer_add_int (&writer, (gint64) (id.ms - self->base.ms));
  cf_listpack_writer_add_int (&writer, (gint64) (id.seq - self->base.seq));
  if (!same)
    cf_listpack_writer_add_int (&writer, (gint64) n);
  for (gsize i = 0; i < n; i++)
    {
      if (!same)
        cf_listpack_writer_add (&writer, pairs[2 * i]);
      cf_listpack_writer_add (&writer, pairs[2 * i + 1]);
    }
  cf_listpack_writer_add_int (&writer, (gint64) n_elements - 1);
  cf_listpack_writer_end (&writer);
  self->n_live++;
  cf_stream_node_settle (self);
  return TRUE;
}

/**
 * cf_stream_node_delete:
 * @self: a node
 * @entry: an entry of it that is not deleted
 *
 * Marks an entry as deleted.  Places in the node stay good, until
 * cf_stream_node_settle(), which must be called at the end.
 */
void
cf_stream_node_delete (CfStreamNode *self, const CfStreamEntry *entry)
{
  /* As long as before: see check_flags(). */
  (void) cf_listpack_replace_int (&self->listpack, entry->at,
                                  entry->same_fields ? SAME_FIELDS | DELETED
                                                     : DELETED);
  self->n_live--;
  self->n_deleted++;
}

/**
 * cf_stream_node_drop:
 * @self: a node
 * @entry: its last entry, which is deleted; good no longer
 *
 * Takes an entry out; cf_stream_node_settle() must follow.
 */
void
cf_stream_node_drop (CfStreamNode *self, const CfStreamEntry *entry)
{
  cf_listpack_remove (&self->listpack, entry->at, G_MAXSIZE);
  self->n_deleted--;
}

/**
 * cf_stream_node_seal:
 * @self: a node to which nothing will be added any more
 *
 * Gives back the room that was kept for more.
 */
void
cf_stream_node_seal (CfStreamNode *self)
{
  CfListpack *shrunk =
      g_try_realloc (self->listpack, cf_listpack_size (self->listpack));

  if (shrunk != NULL)
    self->listpack = shrunk;
}

/* -- From others ---------------------------------------------------------- */

/* Where a check of a listpack has come to. */
typedef struct
{
  const CfListpack *listpack;
  CfListpackAt at; /* 0: the end */
} Check;

/* Goes over an integer from @least to @most. */
static gboolean
check_int (Check *self, gint64 least, gint64 most, gint64 *value)
{
  if (self->at == 0 || !cf_listpack_get_int (self->listpack, self->at, value))
    return FALSE;
  self->at = cf_listpack_next (self->listpack, self->at);
  return *value >= least && *value <= most;
}

/* Flags take as little room as they can, so that changing them moves nothing.
 */
static gboolean
check_flags (Check *self, gint64 *flags)
{
  CfListpackAt at = self->at;

  return check_int (self, 0, SAME_FIELDS | DELETED, flags) &&
         self->at == at + 2;
}

static gboolean
check_skip (Check *self, gint64 n)
{
  for (; n > 0; n--)
    {
      if (self->at == 0)
        return FALSE;
      self->at = cf_listpack_next (self->listpack, self->at);
    }
  return TRUE;
}

static gboolean
check_entry (Check *self, gint64 n_master, CfStreamId *delta, gboolean *deleted)
{
  gint64 flags, ms, seq, n = n_master, size, n_skipped;

  if (!check_flags (self, &flags) ||
      !check_int (self, G_MININT64, G_MAXINT64, &ms) ||
      !check_int (self, G_MININT64, G_MAXINT64, &seq))
    return FALSE;
  if (!(flags & SAME_FIELDS) && !check_int (self, 0, CF_LISTPACK_MAX, &n))
    return FALSE;
  n_skipped = flags & SAME_FIELDS ? n : 2 * n;
  *delta = (CfStreamId){ (guint64) ms, (guint64) seq };
  *deleted = (flags & DELETED) != 0;
  return check_skip (self, n_skipped) &&
         check_int (self, 0, G_MAXINT64, &size) &&
         size == n_skipped + ENTRY_EXTRA - 1 + (flags & SAME_FIELDS ? 0 : 1);
}

/* Each entry is whole, its ID greater than that of the one before. */
static gboolean
check_entries (Check *self, CfStreamId base, gint64 n_master, gint64 n_deleted)
{
  CfStreamId last = base, delta;
  gboolean first = TRUE, deleted;

  for (; self->at != 0; first = FALSE)
    {
      CfStreamId id;
      int order;

      if (!check_entry (self, n_master, &delta, &deleted))
        return FALSE;
      id = (CfStreamId){ base.ms + delta.ms, base.seq + delta.seq };
      order = cf_stream_id_compare (id, last);
      if (order < 0 || (order == 0 && !first))
        return FALSE;
      last = id;
      n_deleted -= deleted;
    }
  return n_deleted == 0;
}

static gboolean
is_sound (CfStreamId base,
          const CfListpack *listpack,
          gint64 *n_live,
          gint64 *n_deleted)
{
  Check check = { listpack, cf_listpack_first (listpack) };
  CfListpackAt entries;
  gint64 n_fields, zero, n = 0;

  if (!check_int (&check, 0, CF_LISTPACK_MAX, n_live) ||
      !check_int (&check, 0, CF_LISTPACK_MAX, n_deleted) ||
      !check_int (&check, 0, CF_LISTPACK_MAX, &n_fields) ||
      !check_skip (&check, n_fields) || !check_int (&check, 0, 0, &zero))
    return FALSE;
  entries = check.at;
  if (!check_entries (&check, base, n_fields, *n_deleted))
    return FALSE;
  for (check.at = entries; check.at != 0; n++)
    {
      CfStreamId delta;
      gboolean deleted;

      (void) check_entry (&check, n_fields, &delta, &deleted);
    }
  return n == *n_live + *n_deleted;
}

/**
 * cf_stream_node_try_parse:
 * @base: the ID that the node has in the index
 * @listpack: (transfer full): what may be a node; not taken on failure
 *
 * Checks everything that the other functions rely on.
 *
 * Returns: (transfer full) (nullable): the node; %NULL if it is damaged
 */
CfStreamNode *
cf_stream_node_try_parse (CfStreamId base, CfListpack *listpack)
{
  CfStreamNode *self;
  gint64 n_live, n_deleted;

  if (!is_sound (base, listpack, &n_live, &n_deleted))
    return NULL;
  if (n_live + n_deleted == 0)
    return NULL;
  self = g_new0 (CfStreamNode, 1);
  self->base = base;
  self->listpack = listpack;
  self->n_live = (gsize) n_live;
  self->n_deleted = (gsize) n_deleted;
  return self;
}

/* -- Whole nodes ---------------------------------------------------------- */

/**
 * cf_stream_node_try_new:
 * @id: the ID of the first entry
 * @pairs: (array): a field, its value, and so on
 * @n: how many fields
 *
 * Returns: (transfer full) (nullable): a node with one entry; %NULL without
 *   memory or if it would be too large
 */
CfStreamNode *
cf_stream_node_try_new (CfStreamId id, const CfSlice *pairs, gsize n)
{
  g_autoptr (CfStreamNode) self = g_new0 (CfStreamNode, 1);

  self->base = id;
  self->listpack = cf_listpack_new ();
  if (!write_master (&self->listpack, pairs, n) ||
      !cf_stream_node_append (self, id, pairs, n))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * cf_stream_node_try_copy:
 * @self: a node
 *
 * Returns: (transfer full) (nullable): another like it, %NULL without memory
 */
CfStreamNode *
cf_stream_node_try_copy (const CfStreamNode *self)
{
  CfListpack *listpack = cf_listpack_try_copy (self->listpack);
  CfStreamNode *copy;

  if (listpack == NULL)
    return NULL;
  copy = g_memdup2 (self, sizeof *self);
  copy->listpack = listpack;
  return copy;
}

/**
 * cf_stream_node_free:
 * @self: (nullable) (transfer full): a node
 */
void
cf_stream_node_free (CfStreamNode *self)
{
  if (self == NULL)
    return;
  g_free (self->listpack);
  g_free (self);
}
