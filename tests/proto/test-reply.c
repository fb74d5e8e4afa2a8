/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "proto/reply.h"

#include <math.h>

static void
write_ok (CfReply *reply)
{
  cf_reply_ok (reply);
}

static void
write_status (CfReply *reply)
{
  cf_reply_status (reply, "QUEUED");
}

static void
write_error (CfReply *reply)
{
  cf_reply_error (reply, "ERR no such key");
}

static void
write_error_lines (CfReply *reply)
{
  cf_reply_error (reply, "ERR a\r\nb\nc \r\n\n");
}

static void
write_error_empty (CfReply *reply)
{
  cf_reply_error (reply, "");
}

static void
write_ints (CfReply *reply)
{
  static const gint64 values[] = { 0,  9,   10,   99,         100,       12345,
                                   -1, -10, -100, G_MAXINT64, G_MININT64 };

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    cf_reply_int (reply, values[i]);
}

static void
write_bools (CfReply *reply)
{
  cf_reply_bool (reply, TRUE);
  cf_reply_bool (reply, FALSE);
}

static void
write_doubles (CfReply *reply)
{
  cf_reply_double (reply, 3);
  cf_reply_double (reply, 0.1);
  cf_reply_double (reply, -1e300);
  cf_reply_double (reply, INFINITY);
  cf_reply_double (reply, -INFINITY);
}

static void
write_human_double (CfReply *reply)
{
  cf_reply_human_double (reply, 3.25L);
  cf_reply_human_double (reply, 1e20L);
}

static void
write_bignum (CfReply *reply)
{
  cf_reply_bignum (reply, CF_SLICE ("-12345678901234567890123"));
}

static void
write_bulks (CfReply *reply)
{
  cf_reply_bulk (reply, cf_slice (NULL, 0));
  cf_reply_bulk (reply, CF_SLICE ("a\0\r\nb"));
  cf_reply_bulk_string (reply, "twelve chars");
  cf_reply_bulk_int (reply, -42);
}

static void
write_verbatim (CfReply *reply)
{
  cf_reply_verbatim (reply, "txt", CF_SLICE ("two\nlines"));
  cf_reply_verbatim (reply, "mkd", cf_slice (NULL, 0));
}

static void
write_nulls (CfReply *reply)
{
  cf_reply_null (reply);
  cf_reply_null_array (reply);
}

static void
write_heads (CfReply *reply)
{
  cf_reply_array (reply, 0);
  cf_reply_array (reply, 1000);
  cf_reply_map (reply, 7);
  cf_reply_set (reply, 12);
  cf_reply_push (reply, 3);
}

static void
write_deferred (CfReply *reply)
{
  CfOutChunk *map, *array, *set;

  map = cf_reply_deferred (reply);
  cf_reply_int (reply, 1);
  array = cf_reply_deferred (reply);
  cf_reply_int (reply, 2);
  cf_reply_deferred_array (reply, array, 1);
  cf_reply_int (reply, 3);
  set = cf_reply_deferred (reply);
  cf_reply_deferred_set (reply, set, 0);
  cf_reply_deferred_map (reply, map, 2);
}

#define BYTES(text) CF_SLICE (text)

static const struct
{
  void (*write) (CfReply *reply);
  CfSlice resp2;
  CfSlice resp3;
} cases[] = {
  { write_ok, BYTES ("+OK\r\n"), BYTES ("+OK\r\n") },
  { write_status, BYTES ("+QUEUED\r\n"), BYTES ("+QUEUED\r\n") },
  { write_error, BYTES ("-ERR no such key\r\n"),
    BYTES ("-ERR no such key\r\n") },
  { write_error_lines, BYTES ("-ERR a  b c \r\n"), BYTES ("-ERR a  b c \r\n") },
  { write_error_empty, BYTES ("-\r\n"), BYTES ("-\r\n") },
  { write_ints,
    BYTES (":0\r\n:9\r\n:10\r\n:99\r\n:100\r\n:12345\r\n:-1\r\n:-10\r\n"
           ":-100\r\n:9223372036854775807\r\n:-9223372036854775808\r\n"),
    BYTES (":0\r\n:9\r\n:10\r\n:99\r\n:100\r\n:12345\r\n:-1\r\n:-10\r\n"
           ":-100\r\n:9223372036854775807\r\n:-9223372036854775808\r\n") },
  { write_bools, BYTES (":1\r\n:0\r\n"), BYTES ("#t\r\n#f\r\n") },
  { write_doubles,
    BYTES ("$1\r\n3\r\n$19\r\n0.10000000000000001\r\n"
           "$24\r\n-1.0000000000000001e+300\r\n$3\r\ninf\r\n$4\r\n-inf\r\n"),
    BYTES (",3\r\n,0.10000000000000001\r\n,-1.0000000000000001e+300\r\n"
           ",inf\r\n,-inf\r\n") },
  { write_human_double,
    BYTES ("$4\r\n3.25\r\n$21\r\n100000000000000000000\r\n"),
    BYTES ("$4\r\n3.25\r\n$21\r\n100000000000000000000\r\n") },
  { write_bignum, BYTES ("$24\r\n-12345678901234567890123\r\n"),
    BYTES ("(-12345678901234567890123\r\n") },
  { write_bulks,
    BYTES ("$0\r\n\r\n$5\r\na\0\r\nb\r\n$12\r\ntwelve chars\r\n"
           "$3\r\n-42\r\n"),
    BYTES ("$0\r\n\r\n$5\r\na\0\r\nb\r\n$12\r\ntwelve chars\r\n"
           "$3\r\n-42\r\n") },
  { write_verbatim, BYTES ("$9\r\ntwo\nlines\r\n$0\r\n\r\n"),
    BYTES ("=13\r\ntxt:two\nlines\r\n=4\r\nmkd:\r\n") },
  { write_nulls, BYTES ("$-1\r\n*-1\r\n"), BYTES ("_\r\n_\r\n") },
  { write_heads, BYTES ("*0\r\n*1000\r\n*14\r\n*12\r\n*3\r\n"),
    BYTES ("*0\r\n*1000\r\n%7\r\n~12\r\n>3\r\n") },
  { write_deferred, BYTES ("*4\r\n:1\r\n*1\r\n:2\r\n:3\r\n*0\r\n"),
    BYTES ("%2\r\n:1\r\n*1\r\n:2\r\n:3\r\n~0\r\n") },
};

/* Wherever in a block a value is written, it is written whole. */
static void
check (gsize i, guint8 resp, CfSlice expected, gsize before)
{
  g_autofree char *filler = g_malloc0 (before + 1);
  g_autofree char *written = NULL;
  CfOut out;
  CfReply reply = { &out, resp };
  gsize size;

  cf_out_init (&out, NULL);
  cf_out_append (&out, filler, before);
  cases[i].write (&reply);
  cf_out_consume (&out, before);
  written = cf_out_to_string (&out, &size);
  g_assert_cmpmem (written, size, expected.data, expected.size);
  cf_out_clear (&out);
  g_assert_cmpuint (out.memory, ==, 0);
}

static void
test_reply_table (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (gsize before = CF_OUT_CHUNK_BYTES - 400; before < CF_OUT_CHUNK_BYTES;
         before++)
      {
        check (i, 2, cases[i].resp2, before);
        check (i, 3, cases[i].resp3, before);
      }
}

static void
test_reply_attribute (void)
{
  g_autofree char *written = NULL;
  CfOut out;
  CfReply reply = { &out, 3 };

  cf_out_init (&out, NULL);
  cf_reply_attribute (&reply, 1);
  written = cf_out_to_string (&out, NULL);
  g_assert_cmpstr (written, ==, "|1\r\n");
  cf_out_clear (&out);
}

/* Sizes about those where the way of writing changes, from memory and blob. */
static void
test_reply_sizes (void)
{
  static const gsize around[] = { 40,
                                  CF_OUT_RESERVE_MAX,
                                  CF_OUT_CHUNK_BYTES,
                                  CF_REPLY_BY_REFERENCE,
                                  100000,
                                  1000000 };
  g_autoptr (CfBlob) blob = cf_blob_try_new (1000040);

  for (blob->size = 0; blob->size < blob->capacity; blob->size++)
    blob->data[blob->size] = (char) (blob->size * 31);
  for (gsize i = 0; i < G_N_ELEMENTS (around); i++)
    for (gsize size = around[i] - 40; size < around[i] + 40; size++)
      {
        g_autofree char *head = g_strdup_printf ("$%zu\r\n", size);
        gsize head_size = strlen (head), written;
        g_autofree char *bytes = NULL;
        CfOut out;
        CfReply reply = { &out, 2 };

        cf_out_init (&out, NULL);
        cf_reply_bulk (&reply, cf_slice (blob->data, size));
        cf_reply_bulk_blob (&reply, blob, 0, size);
        g_assert_cmpint (cf_blob_is_shared (blob), ==,
                         size >= CF_REPLY_BY_REFERENCE);
        bytes = cf_out_to_string (&out, &written);
        g_assert_cmpuint (written, ==, 2 * (head_size + size + 2));
        for (guint half = 0; half < 2; half++)
          {
            const char *at = bytes + half * (head_size + size + 2);

            g_assert_cmpmem (at, head_size, head, head_size);
            g_assert_cmpmem (at + head_size, size, blob->data, size);
            g_assert_cmpmem (at + head_size + size, 2, "\r\n", 2);
          }
        cf_out_clear (&out);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proto/reply/table", test_reply_table);
  g_test_add_func ("/proto/reply/attribute", test_reply_attribute);
  g_test_add_func ("/proto/reply/sizes", test_reply_sizes);
  return g_test_run ();
}
