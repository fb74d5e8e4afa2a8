/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz-stream.c -- any bytes as nodes of a stream: each is the first ID, the
 * size of a listpack and its bytes.  What is accepted can be gone over both
 * ways, trimmed, added to and deleted, and can be read back after. */
#include "config.h"

#include "types/stream-group.h"

#define HEAD 12 /* bytes before a listpack's: 8 of the ID, 4 of its size */

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
load (CfStream *stream, CfSlice bytes)
{
  while (bytes.size >= HEAD)
    {
      guint32 ms, seq, size;
      g_autofree CfListpack *listpack = NULL;

      memcpy (&ms, bytes.data, 4);
      memcpy (&seq, bytes.data + 4, 4);
      memcpy (&size, bytes.data + 8, 4);
      bytes.data += HEAD;
      bytes.size -= HEAD;
      size = (guint32) MIN (size, bytes.size);
      listpack = cf_listpack_try_parse (cf_slice (bytes.data, size));
      if (listpack == NULL ||
          !cf_stream_load_node (
              stream,
              (CfStreamId){ GUINT32_FROM_LE (ms), GUINT32_FROM_LE (seq) },
              listpack))
        return;
      g_steal_pointer (&listpack);
      bytes.data += size;
      bytes.size -= size;
    }
}

/* The entries, counted; each has all its fields. */
static guint64
go_over (const CfStream *stream, gboolean backwards)
{
  CfStreamIter iter;
  const CfStreamEntry *entry;
  guint64 n = 0;

  cf_stream_iter_init (&iter, stream, CF_STREAM_ID_MIN, CF_STREAM_ID_MAX,
                       backwards);
  while ((entry = cf_stream_iter_next (&iter)) != NULL)
    {
      CfStreamFields fields;
      CfSlice field, value;
      gsize n_fields = 0;

      cf_stream_fields_init (&fields, entry);
      while (cf_stream_fields_next (&fields, &field, &value))
        n_fields++;
      g_assert_cmpuint (n_fields, ==, entry->n_fields);
      g_assert_true (cf_stream_has (stream, entry->id));
      n++;
    }
  return n;
}

static void
check (const CfStream *stream)
{
  g_assert_cmpuint (go_over (stream, FALSE), ==, stream->length);
  g_assert_cmpuint (go_over (stream, TRUE), ==, stream->length);
}

/* The bytes of all nodes make the same stream. */
static void
check_bytes (const CfStream *stream)
{
  CfStream *again = cf_stream_new ();
  CfStreamNodes nodes = { .started = FALSE };
  const CfStreamNode *node;

  while ((node = cf_stream_nodes_next (&nodes, stream)) != NULL)
    {
      CfListpack *listpack =
          cf_listpack_try_parse (cf_listpack_bytes (node->listpack));

      g_assert_true (cf_stream_load_node (again, node->base, listpack));
    }
  g_assert_true (cf_stream_load_figures (
      again, stream->length, stream->last_id, stream->first_id,
      stream->max_deleted_id, stream->entries_added));
  cf_object_free (&again->object);
}

static void
change (CfStream *stream)
{
  const CfSlice pairs[] = { { "f", 1 }, { "v", 1 }, { "g", 1 }, { "12", 2 } };
  const CfStreamLimits limits = { 4096, 100 };
  CfStreamTrim trim = { CF_STREAM_TRIM_LENGTH, FALSE, stream->length / 2,
                        CF_STREAM_ID_MIN, 0 };
  CfStreamId id;

  if (cf_stream_next_id (stream, 1, &id))
    g_assert_cmpint (cf_stream_add (stream, id, pairs, 2, &limits), ==,
                     CF_STREAM_ADDED);
  check (stream);
  id = cf_stream_top_id (stream);
  (void) cf_stream_delete (stream, &id, 1);
  cf_stream_set_last_id (stream, cf_stream_top_id (stream));
  check (stream);
  (void) cf_stream_trim (stream, &trim, NULL);
  check (stream);
  check_bytes (stream);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  CfStream *stream = cf_stream_new ();

  load (stream, cf_slice ((const char *) data, size));
  cf_stream_set_last_id (stream, CF_STREAM_ID_MAX);
  cf_stream_guess_figures (stream);
  check (stream);
  cf_stream_set_last_id (stream, cf_stream_top_id (stream));
  change (stream);
  cf_object_free (&stream->object);
  return 0;
}
