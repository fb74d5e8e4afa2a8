/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "proto/out.h"

#define MANY 100000

typedef struct
{
  CfOutPool pool;
  CfOut out;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  cf_out_init (&f->out, data != NULL ? &f->pool : NULL);
}

/* The sums of the chain always come down to zero. */
static void
tear_down (Fixture *f, gconstpointer data)
{
  cf_out_clear (&f->out);
  g_assert_cmpuint (f->out.size, ==, 0);
  g_assert_cmpuint (f->out.memory, ==, 0);
  cf_out_pool_clear (&f->pool);
  g_assert_cmpuint (f->pool.n_spare, ==, 0);
}

static void
append (CfOut *out, const char *text)
{
  cf_out_append (out, text, strlen (text));
}

static void
assert_holds (const CfOut *out, const char *data, gsize size)
{
  gsize have;
  g_autofree char *copy = cf_out_to_string (out, &have);

  g_assert_cmpuint (out->size, ==, have);
  g_assert_cmpmem (copy, have, data, size);
}

static char *
random_bytes (gsize size)
{
  char *bytes = g_malloc (size);

  for (gsize i = 0; i < size; i++)
    bytes[i] = (char) g_test_rand_int ();
  return bytes;
}

static guint
count_chunks (const CfOut *out)
{
  guint n = 0;

  for (const CfOutChunk *chunk = out->head; chunk != NULL; chunk = chunk->next)
    n++;
  return n;
}

static void
test_out_short (Fixture *f, gconstpointer data)
{
  char *space;

  assert_holds (&f->out, "", 0);
  append (&f->out, "");
  g_assert_null (f->out.head);
  append (&f->out, "ab");
  append (&f->out, "");
  space = cf_out_reserve (&f->out, 100);
  memcpy (space, "cd", 2);
  cf_out_commit (&f->out, 2);
  append (&f->out, "e");
  assert_holds (&f->out, "abcde", 5);
  g_assert_cmpuint (f->out.memory, ==, CF_OUT_CHUNK_BYTES);
}

static void
test_out_long (Fixture *f, gconstpointer data)
{
  g_autofree char *bytes = random_bytes (MANY);

  append (&f->out, "x");
  cf_out_append (&f->out, bytes, MANY);
  cf_out_rewind (&f->out, (CfOutMark){ f->out.head, 0, 0 });
  cf_out_append (&f->out, bytes, MANY);
  assert_holds (&f->out, bytes, MANY);
  g_assert_cmpuint (count_chunks (&f->out), ==, 7);
  g_assert_cmpuint (f->out.memory, ==, 7 * CF_OUT_CHUNK_BYTES);
}

/* Pieces of any size that are reserved come out in order. */
static void
test_out_reserve (Fixture *f, gconstpointer data)
{
  g_autofree char *bytes = random_bytes (MANY);
  gsize done = 0;

  while (done < MANY)
    {
      gsize size = (gsize) g_test_rand_int_range (0, CF_OUT_RESERVE_MAX + 1);
      gsize used = MIN (MANY - done, size - size / 3);

      memcpy (cf_out_reserve (&f->out, size), bytes + done, used);
      cf_out_commit (&f->out, used);
      done += used;
    }
  assert_holds (&f->out, bytes, MANY);
}

/* The pool gives blocks back, up to a limit. */
static void
test_out_pool (Fixture *f, gconstpointer data)
{
  g_autofree char *bytes = random_bytes (MANY);
  CfOutChunk *block;

  append (&f->out, "a");
  block = f->out.head;
  cf_out_consume (&f->out, 1);
  g_assert_null (f->out.head);
  g_assert_cmpuint (f->pool.n_spare, ==, 1);
  append (&f->out, "b");
  g_assert_true (f->out.head == block);
  g_assert_cmpuint (f->pool.n_spare, ==, 0);
  for (guint i = 0; i < 20; i++)
    cf_out_append (&f->out, bytes, MANY);
  cf_out_clear (&f->out);
  g_assert_cmpuint (f->pool.n_spare, ==, CF_OUT_SPARE_MAX);
}

static void
test_out_blob (Fixture *f, gconstpointer data)
{
  CfBlob *blob = cf_blob_new (CF_SLICE ("0123456789"));

  cf_out_append_blob (&f->out, blob, 3, 0);
  g_assert_null (f->out.head);
  cf_out_append_blob (&f->out, blob, 8, 2);
  append (&f->out, "<");
  cf_out_append_blob (&f->out, blob, 0, 10);
  cf_out_append_blob (&f->out, blob, 2, 3);
  append (&f->out, ">");
  g_assert_true (cf_blob_is_shared (blob));
  assert_holds (&f->out, "89<0123456789234>", 17);
  cf_out_clear (&f->out);
  g_assert_false (cf_blob_is_shared (blob));
  cf_blob_unref (blob);
}

/* Bytes between blobs share a block, which lasts as long as any of them. */
static void
test_out_blobs_share_block (Fixture *f, gconstpointer data)
{
  g_autoptr (CfBlob) blob = cf_blob_new (CF_SLICE ("0123456789"));
  g_autoptr (GString) expected = g_string_new (NULL);

  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u:", i);

      append (&f->out, text);
      cf_out_append_blob (&f->out, blob, i % 10, 1);
      g_string_append_printf (expected, "%s%u", text, i % 10);
    }
  g_assert_cmpuint (f->out.memory, <,
                    CF_OUT_CHUNK_BYTES + 100 * (2 * sizeof (CfOutChunk) + 1));
  while (expected->len > 0)
    {
      assert_holds (&f->out, expected->str, expected->len);
      cf_out_consume (&f->out, 1);
      g_string_erase (expected, 0, 1);
    }
  g_assert_cmpuint (f->out.memory, ==, 0);
  g_assert_cmpuint (f->pool.n_spare, ==, data != NULL ? 1 : 0);
}

static void
test_out_block_full_after_blob (Fixture *f, gconstpointer data)
{
  g_autoptr (CfBlob) blob = cf_blob_new (CF_SLICE ("blob"));
  g_autofree char *bytes = random_bytes (CF_OUT_CHUNK_BYTES);
  gsize room;

  append (&f->out, "x");
  room = f->out.head->limit - 1;
  cf_out_append (&f->out, bytes, room);
  cf_out_append_blob (&f->out, blob, 0, 4);
  append (&f->out, "yz");
  g_assert_cmpuint (count_chunks (&f->out), ==, 3);
  g_assert_cmpuint (f->out.size, ==, room + 7);
  cf_out_consume (&f->out, room + 1);
  assert_holds (&f->out, "blobyz", 6);
}

static void
test_out_gather (Fixture *f, gconstpointer data)
{
  g_autoptr (CfBlob) blob = cf_blob_new (CF_SLICE ("blob"));
  struct iovec vectors[4];

  g_assert_cmpuint (cf_out_gather (&f->out, vectors, 4), ==, 0);
  cf_out_append_blob (&f->out, blob, 0, 4);
  cf_out_reserve (&f->out, 1);
  cf_out_append_blob (&f->out, blob, 1, 3);
  append (&f->out, "end");
  g_assert_cmpuint (cf_out_gather (&f->out, vectors, 4), ==, 3);
  g_assert_cmpmem (vectors[1].iov_base, vectors[1].iov_len, "lob", 3);
  g_assert_cmpmem (vectors[2].iov_base, vectors[2].iov_len, "end", 3);
  g_assert_cmpuint (cf_out_gather (&f->out, vectors, 2), ==, 2);
  cf_out_consume (&f->out, 2);
  g_assert_cmpuint (cf_out_gather (&f->out, vectors, 1), ==, 1);
  g_assert_cmpmem (vectors[0].iov_base, vectors[0].iov_len, "ob", 2);
}

/* However it is sent, the bytes are those that were written. */
static void
test_out_consume (Fixture *f, gconstpointer data)
{
  for (guint round = 0; round < 50; round++)
    {
      g_autoptr (GString) expected = g_string_new (NULL);
      g_autoptr (GString) sent = g_string_new (NULL);
      g_autofree char *bytes = random_bytes (40000);
      g_autoptr (CfBlob) blob = cf_blob_new (cf_slice (bytes, 40000));

      for (guint i = 0; i < 30; i++)
        {
          gsize size = (gsize) g_test_rand_int_range (0, 20000);
          gsize start = (gsize) g_test_rand_int_range (0, 20000);

          if (g_test_rand_bit ())
            cf_out_append (&f->out, bytes + start, size);
          else
            cf_out_append_blob (&f->out, blob, start, size);
          g_string_append_len (expected, bytes + start, (gssize) size);
        }
      while (f->out.size > 0)
        {
          struct iovec vectors[3];
          guint n = cf_out_gather (&f->out, vectors, 3);
          gsize most = 0, size;

          for (guint i = 0; i < n; i++)
            most += vectors[i].iov_len;
          size = (gsize) g_test_rand_int_range (0, (gint32) most + 1);
          for (guint i = 0; i < n && size > 0; i++)
            {
              gsize part = MIN (size, vectors[i].iov_len);

              g_string_append_len (sent, vectors[i].iov_base, (gssize) part);
              most -= part;
              size -= part;
            }
          cf_out_consume (&f->out, sent->len + f->out.size - expected->len);
        }
      g_assert_cmpmem (sent->str, sent->len, expected->str, expected->len);
      g_assert_cmpuint (f->out.memory, ==, 0);
    }
}

static void
test_out_move (Fixture *f, gconstpointer data)
{
  g_autofree char *bytes = random_bytes (MANY);
  g_autoptr (CfBlob) blob = cf_blob_new (CF_SLICE ("blob"));
  CfOut from;

  cf_out_init (&from, NULL);
  cf_out_move (&f->out, &from);
  g_assert_null (f->out.head);
  append (&from, "a");
  cf_out_move (&f->out, &from);
  assert_holds (&f->out, "a", 1);
  append (&from, "bc");
  cf_out_consume (&from, 1);
  cf_out_move (&f->out, &from);
  g_assert_cmpuint (count_chunks (&f->out), ==, 1);
  cf_out_append_blob (&from, blob, 0, 4);
  cf_out_move (&f->out, &from);
  append (&from, "d");
  cf_out_move (&f->out, &from);
  assert_holds (&f->out, "acblobd", 7);
  cf_out_clear (&f->out);
  cf_out_append (&from, bytes, MANY);
  cf_out_move (&f->out, &from);
  g_assert_cmpuint (from.size, ==, 0);
  g_assert_cmpuint (from.memory, ==, 0);
  g_assert_null (from.head);
  append (&f->out, "");
  assert_holds (&f->out, bytes, MANY);
}

static void
test_out_rewind (Fixture *f, gconstpointer data)
{
  g_autofree char *bytes = random_bytes (MANY);
  g_autoptr (CfBlob) blob = cf_blob_new (CF_SLICE ("blob"));
  CfOutMark empty = cf_out_mark (&f->out), mark;

  append (&f->out, "abc");
  mark = cf_out_mark (&f->out);
  cf_out_append (&f->out, bytes, MANY);
  cf_out_append_blob (&f->out, blob, 0, 4);
  append (&f->out, "x");
  cf_out_rewind (&f->out, mark);
  assert_holds (&f->out, "abc", 3);
  g_assert_false (cf_blob_is_shared (blob));
  append (&f->out, "d");
  cf_out_append_blob (&f->out, blob, 0, 4);
  mark = cf_out_mark (&f->out);
  append (&f->out, "e");
  cf_out_rewind (&f->out, mark);
  cf_out_rewind (&f->out, mark);
  append (&f->out, "f");
  assert_holds (&f->out, "abcdblobf", 9);
  cf_out_rewind (&f->out, empty);
  g_assert_null (f->out.head);
  assert_holds (&f->out, "", 0);
}

static void
test_out_hole (Fixture *f, gconstpointer data)
{
  CfOutChunk *outer, *inner;

  append (&f->out, "a");
  outer = cf_out_hole (&f->out);
  append (&f->out, "b");
  inner = cf_out_hole (&f->out);
  append (&f->out, "c");
  cf_out_fill_hole (&f->out, inner, "[in]", 4);
  inner = cf_out_hole (&f->out);
  cf_out_fill_hole (&f->out, inner, "", 0);
  append (&f->out, "d");
  cf_out_fill_hole (&f->out, outer, "12345678901234567890123456789012", 32);
  append (&f->out, "e");
  assert_holds (&f->out, "a12345678901234567890123456789012b[in]cde", 41);
  g_assert_cmpuint (count_chunks (&f->out), ==, 1);
}

/* A hole whose bytes go on in other blocks. */
static void
test_out_hole_long (Fixture *f, gconstpointer data)
{
  g_autofree char *bytes = random_bytes (MANY);
  g_autoptr (GString) expected = g_string_new ("<>");
  CfOutChunk *hole = cf_out_hole (&f->out);
  CfOutChunk *second;

  cf_out_append (&f->out, bytes, MANY);
  second = cf_out_hole (&f->out);
  cf_out_append (&f->out, bytes, MANY);
  cf_out_fill_hole (&f->out, second, "-", 1);
  cf_out_fill_hole (&f->out, hole, "<>", 2);
  g_string_append_len (expected, bytes, MANY);
  g_string_append_c (expected, '-');
  g_string_append_len (expected, bytes, MANY);
  assert_holds (&f->out, expected->str, expected->len);
}

static void
test_out_hole_rewind (Fixture *f, gconstpointer data)
{
  CfOutChunk *outer = cf_out_hole (&f->out);
  CfOutMark mark;

  append (&f->out, "a");
  mark = cf_out_mark (&f->out);
  cf_out_hole (&f->out);
  append (&f->out, "b");
  cf_out_hole (&f->out);
  cf_out_rewind (&f->out, mark);
  append (&f->out, "c");
  cf_out_fill_hole (&f->out, outer, "<>", 2);
  assert_holds (&f->out, "<>ac", 4);
}

#define ADD(name, func)                                                        \
  g_test_add ("/proto/out/" name "/pool", Fixture, "pool", set_up, func,       \
              tear_down);                                                      \
  g_test_add ("/proto/out/" name "/no-pool", Fixture, NULL, set_up, func,      \
              tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("short", test_out_short);
  ADD ("long", test_out_long);
  ADD ("reserve", test_out_reserve);
  g_test_add ("/proto/out/pool", Fixture, "pool", set_up, test_out_pool,
              tear_down);
  ADD ("blob", test_out_blob);
  ADD ("blobs-share-block", test_out_blobs_share_block);
  ADD ("block-full-after-blob", test_out_block_full_after_blob);
  ADD ("gather", test_out_gather);
  ADD ("consume", test_out_consume);
  ADD ("move", test_out_move);
  ADD ("rewind", test_out_rewind);
  ADD ("hole", test_out_hole);
  ADD ("hole-long", test_out_hole_long);
  ADD ("hole-rewind", test_out_hole_rewind);
  return g_test_run ();
}
