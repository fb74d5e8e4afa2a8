/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "proto/request.h"

#include <stdlib.h>

#define MEGABYTE (1024 * 1024)
#define LIMITS                                                                 \
  {                                                                            \
    512 * MEGABYTE, 1024 * MEGABYTE, FALSE                                     \
  }

/* Allocations that may fail fail when this has come down to zero. */
static guint allocations_left = G_MAXUINT;

static gboolean
may_allocate (void)
{
  return allocations_left > 0 && allocations_left-- > 0;
}

/* These stand in for those of GLib. */
gpointer
g_try_malloc (gsize size)
{
  return may_allocate () ? malloc (size) : NULL;
}

gpointer
g_try_realloc (gpointer block, gsize size)
{
  return may_allocate () ? realloc (block, size) : NULL;
}

gpointer
g_try_realloc_n (gpointer block, gsize n, gsize size)
{
  return may_allocate () ? realloc (block, n * size) : NULL;
}

/* How input reaches a reader. */
typedef struct
{
  gsize scratch_size;
  gboolean turns; /* a turn for each piece, else all in one */
  gboolean lag;   /* a turn ends after each request */
} Way;

typedef struct
{
  CfRequest *request;
  CfRequestLimits limits;
  GString *seen; /* a|b; for a request of a and b, !text for an error */
  gboolean ended;
  char *scratch;
  Way way;
} Feeder;

static Feeder *
feeder_new (Way way)
{
  Feeder *self = g_new0 (Feeder, 1);

  self->request = cf_request_new ();
  self->limits = (CfRequestLimits) LIMITS;
  self->seen = g_string_new (NULL);
  self->way = way;
  return self;
}

static void
feeder_free (Feeder *self)
{
  g_free (self->scratch);
  g_string_free (self->seen, TRUE);
  cf_request_free (self->request);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Feeder, feeder_free)

/* The scratch is another each time, so that a slice of an old one is seen. */
static void
begin (Feeder *self)
{
  self->scratch = g_malloc (self->way.scratch_size);
  cf_request_begin (self->request, self->scratch, self->way.scratch_size);
}

static void
end (Feeder *self)
{
  g_assert_true (cf_request_end (self->request));
  g_clear_pointer (&self->scratch, g_free);
}

static void
note_request (Feeder *self)
{
  const CfSlice *argv = cf_request_argv (self->request);

  for (guint i = 0; i < cf_request_argc (self->request); i++)
    {
      g_string_append_len (self->seen, argv[i].data, (gssize) argv[i].size);
      g_string_append_c (self->seen, '|');
    }
  g_string_append_c (self->seen, ';');
}

static void
note_error (Feeder *self)
{
  const char *error = cf_request_error (self->request);

  g_string_append_printf (self->seen, "!%s", error != NULL ? error : "silent");
  self->ended = TRUE;
}

/* Takes what is there; @most requests a turn if the way is to lag. */
static void
take (Feeder *self)
{
  while (!self->ended)
    switch (cf_request_next (self->request, &self->limits))
      {
      case CF_REQUEST_MORE:
        return;
      case CF_REQUEST_READY:
        note_request (self);
        if (self->way.lag)
          {
            end (self);
            begin (self);
          }
        break;
      default:
        note_error (self);
      }
}

/* Receives a piece as the socket of a connection would give it. */
static void
receive (Feeder *self, const char *data, gsize size)
{
  while (size > 0 && !self->ended)
    {
      char *space;
      gsize room;

      g_assert_true (cf_request_space (self->request, &space, &room));
      g_assert_cmpuint (room, >, 0);
      room = MIN (room, size);
      memcpy (space, data, room);
      cf_request_received (self->request, room);
      data += room;
      size -= room;
      take (self);
    }
}

static void
feed (Feeder *self, const char *data, gsize size)
{
  if (self->scratch == NULL)
    begin (self);
  take (self);
  receive (self, data, size);
  if (self->way.turns)
    end (self);
}

static void
finish (Feeder *self)
{
  if (self->scratch != NULL)
    end (self);
}

#define CASE(input, seen)                                                      \
  {                                                                            \
    CF_SLICE (input), CF_SLICE (seen)                                          \
  }
#define ERROR "!ERR Protocol error: "

static const struct
{
  CfSlice input;
  CfSlice seen;
} cases[] = {
  CASE ("", ""),
  CASE ("*1\r\n$4\r\nPING\r\n", "PING|;"),
  CASE ("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$0\r\n\r\n", "SET|k||;"),
  CASE ("*2\r\n$3\r\nGET\r\n$5\r\na\0\r\nb\r\n*1\r\n$4\r\nPING\r\n",
        "GET|a\0\r\nb|;PING|;"),
  CASE ("*0\r\n*-1\r\n*-9\r\n*1\r\n$1\r\nx\r\n", ";;;x|;"),
  CASE ("PING\r\n", "PING|;"),
  CASE ("PING\n", "PING|;"),
  CASE ("\r\n\n  \r\nPING \r\n", ";;;PING|;"),
  CASE ("set k \"a b\\x00\" 'c d'\n*1\r\n$1\r\nx\r\nget k\r\n",
        "set|k|a b\0|c d|;x|;get|k|;"),
  CASE ("a b c d e f g h i j\n", "a|b|c|d|e|f|g|h|i|j|;"),
  CASE ("a\r b\n", "a|b|;"),
  CASE ("x\0y\nz\n", ""),
  CASE ("*1\0\r\n$1\r\nx\r\n", ""),
  CASE ("*1\r\n$1\0\r\nx\r\n", ""),
  CASE ("*1\r\n\0$1\r\nx\r\n", ""),
  CASE ("*1x\n$1yyz\r\n", ERROR "invalid multibulk length"),
  CASE ("*1\rx$1\ryzab*1\r\n$1\r\nx\r\n", "z|;x|;"),
  CASE ("*9\r\n$1\r\n1\r\n$1\r\n2\r\n$1\r\n3\r\n$1\r\n4\r\n$1\r\n5\r\n"
        "$1\r\n6\r\n$1\r\n7\r\n$1\r\n8\r\n$1\r\n9\r\n",
        "1|2|3|4|5|6|7|8|9|;"),
  CASE ("get \"x\r\n", ERROR "unbalanced quotes in request"),
  CASE ("PING\r\n'x\r\nPING\r\n",
        "PING|;" ERROR "unbalanced quotes in request"),
  CASE ("*\r\n", ERROR "invalid multibulk length"),
  CASE ("*x\r\n", ERROR "invalid multibulk length"),
  CASE ("* 1\r\n", ERROR "invalid multibulk length"),
  CASE ("*+1\r\n", ERROR "invalid multibulk length"),
  CASE ("*01\r\n$1\r\nx\r\n", ERROR "invalid multibulk length"),
  CASE ("*1 \r\n", ERROR "invalid multibulk length"),
  CASE ("*2147483648\r\n", ERROR "invalid multibulk length"),
  CASE ("*9999999999\r\nlonger than that", ERROR "invalid multibulk length"),
  CASE ("*99999999999999999999\r\n", ERROR "invalid multibulk length"),
  CASE ("*-9223372036854775808\r\nx\n", ";x|;"),
  CASE ("*2147483647\r\n$1\r\nx\r\n", ""),
  CASE ("*1\r\n:1\r\n", ERROR "expected '$', got ':'"),
  CASE ("*1\r\nPING and a bit more\r\n", ERROR "expected '$', got 'P'"),
  CASE ("*1\r\n\r\n", ERROR "expected '$', got ' '"),
  CASE ("*1\r\n\n\r\n", ERROR "expected '$', got ' '"),
  CASE ("*1\r\n\xff\r\n", ERROR "expected '$', got '\xff'"),
  CASE ("*1\r\n$\r\n", ERROR "invalid bulk length"),
  CASE ("*1\r\n$x\r\n", ERROR "invalid bulk length"),
  CASE ("*1\r\n$-1\r\n", ERROR "invalid bulk length"),
  CASE ("*1\r\n$00\r\n", ERROR "invalid bulk length"),
  CASE ("*1\r\n$0x1\r\nand a bit more\r\n", ERROR "invalid bulk length"),
  CASE ("*1\r\n$536870913\r\n", ERROR "invalid bulk length"),
  CASE ("*1\r\n$99999999999999999999\r\n", ERROR "invalid bulk length"),
  CASE ("*2\r\n$4\r\nPING\r\n+OK\r\n*1\r\n$4\r\nPING\r\n",
        ERROR "expected '$', got '+'"),
};

static const Way ways[] = {
  { .scratch_size = 65536 },
  { .scratch_size = 65536, .turns = TRUE },
  { .scratch_size = 65536, .turns = TRUE, .lag = TRUE },
  { .scratch_size = 1 },
  { .scratch_size = 1, .turns = TRUE },
  { .scratch_size = 7, .turns = TRUE },
  { .scratch_size = 32 },
  { .scratch_size = 32, .turns = TRUE, .lag = TRUE },
};

static void
check (Feeder *feeder, CfSlice seen)
{
  finish (feeder);
  g_assert_cmpmem (feeder->seen->str, feeder->seen->len, seen.data, seen.size);
}

/* Each case, each way, whole, a byte at a time, and cut in three. */
static void
test_request_cuts (gconstpointer data)
{
  const Way *way = data;

  for (gsize n = 0; n < G_N_ELEMENTS (cases); n++)
    {
      CfSlice input = cases[n].input;
      g_autoptr (Feeder) bytes = feeder_new (*way);

      g_test_message ("%s", input.data);
      for (gsize i = 0; i < input.size; i++)
        feed (bytes, input.data + i, 1);
      check (bytes, cases[n].seen);
      for (gsize i = 0; i <= input.size; i++)
        for (gsize j = i; j <= input.size; j++)
          {
            g_autoptr (Feeder) parts = feeder_new (*way);

            feed (parts, input.data, i);
            feed (parts, input.data + i, j - i);
            feed (parts, input.data + j, input.size - j);
            check (parts, cases[n].seen);
          }
    }
}

static void
append_bulk (GString *input, GString *seen, const char *bytes, gsize size)
{
  g_string_append_printf (input, "$%zu\r\n", size);
  g_string_append_len (input, bytes, (gssize) size);
  g_string_append (input, "\r\n");
  g_string_append_len (seen, bytes, (gssize) size);
  g_string_append_c (seen, '|');
}

static gsize
random_size (void)
{
  switch (g_test_rand_int_range (0, 12))
    {
    case 0:
      return CF_REQUEST_BIG - 3 + (gsize) g_test_rand_int_range (0, 6);
    case 1:
      return (gsize) g_test_rand_int_range (0, 400000);
    case 2:
    case 3:
      return (gsize) g_test_rand_int_range (0, 9000);
    default:
      return (gsize) g_test_rand_int_range (0, 40);
    }
}

static void
append_random_request (GString *input, GString *seen, const char *bytes)
{
  gint kind = g_test_rand_int_range (0, 20);
  gint n = kind == 0 ? 1000 : g_test_rand_int_range (1, 12);

  if (kind == 1)
    {
      g_string_append (input, "inline 'command'\r\n");
      g_string_append (seen, "inline|command|;");
      return;
    }
  g_string_append_printf (input, "*%d\r\n", n);
  for (gint i = 0; i < n; i++)
    append_bulk (input, seen, bytes + g_test_rand_int_range (0, 1000),
                 n == 1000 ? (gsize) i % 90 : random_size ());
  g_string_append_c (seen, ';');
}

/* Random pipelines, cut at random: what is read does not depend on the cuts. */
static void
test_request_random (void)
{
  static const gsize scratch_sizes[] = { 1, 100, 5000, 16384, 65536 };
  g_autofree char *bytes = g_malloc (401000);

  for (gsize i = 0; i < 401000; i++)
    bytes[i] = (char) g_test_rand_int ();
  for (guint round = 0; round < 150; round++)
    {
      g_autoptr (GString) input = g_string_new (NULL);
      g_autoptr (GString) seen = g_string_new (NULL);
      Way way = { .scratch_size = scratch_sizes[round % 5],
                  .turns = g_test_rand_bit (),
                  .lag = g_test_rand_bit () };
      g_autoptr (Feeder) feeder = feeder_new (way);
      gint32 longest = 1 << g_test_rand_int_range (4, 18);
      gsize done = 0;

      for (guint i = 0; i < 20; i++)
        append_random_request (input, seen, bytes);
      while (done < input->len)
        {
          gsize size = (gsize) g_test_rand_int_range (0, longest);

          size = MIN (size, input->len - done);
          feed (feeder, input->str + done, size);
          done += size;
        }
      check (feeder, cf_slice (seen->str, seen->len));
      g_assert_cmpuint (cf_request_pending (feeder->request), ==, 0);
    }
}

static void
feed_string (Feeder *feeder, const char *text)
{
  feed (feeder, text, strlen (text));
}

static void
feed_bulk (Feeder *feeder, gsize size, gsize piece)
{
  g_autofree char *head = g_strdup_printf ("$%zu\r\n", size);
  g_autofree char *bytes = g_malloc (size + 2);

  for (gsize i = 0; i < size; i++)
    bytes[i] = (char) ('a' + i % 23);
  bytes[size] = '\r';
  bytes[size + 1] = '\n';
  feed_string (feeder, head);
  for (gsize i = 0; i < size + 2; i += piece)
    feed (feeder, bytes + i, MIN (piece, size + 2 - i));
}

/* Byte by byte, a turn each, stays linear: in one argument, big or not, in a
 * line, and in many arguments. */
static void
test_request_bytewise (void)
{
  Way way = { .scratch_size = 16384, .turns = TRUE };
  g_autoptr (Feeder) feeder = feeder_new (way);
  g_autofree char *word = g_strnfill (60000, 'x');

  feed_string (feeder, "*2\r\n");
  feed_bulk (feeder, MEGABYTE, 1);
  feed_bulk (feeder, CF_REQUEST_BIG - 1, 1);
  g_assert_cmpuint (feeder->seen->len, ==, MEGABYTE + CF_REQUEST_BIG + 2);
  for (guint i = 0; i < 60000; i++)
    feed (feeder, word, 1);
  feed (feeder, "\n", 1);
  g_assert_cmpuint (feeder->seen->len, ==,
                    MEGABYTE + CF_REQUEST_BIG + 2 + 60002);
  feed_string (feeder, "*100000\r\n");
  for (guint i = 0; i < 100000; i++)
    feed_bulk (feeder, 3, 1);
  g_assert_cmpuint (feeder->seen->len, ==,
                    MEGABYTE + CF_REQUEST_BIG + 2 + 60002 + 400001);
  finish (feeder);
}

/* The reader that lives as long as an idle connection holds next to nothing;
 * one with a part of a request hardly more than that. */
static void
test_request_memory (void)
{
  Way way = { .scratch_size = 65536, .turns = TRUE };
  g_autoptr (Feeder) feeder = feeder_new (way);
  gsize idle = cf_request_memory (feeder->request);
  g_autofree char *word = g_strnfill (30000, 'x');

  g_assert_cmpuint (idle, <, 512);
  feed_string (feeder, "*1\r\n$4\r\nPI");
  g_assert_cmpuint (cf_request_pending (feeder->request), ==, 10);
  g_assert_cmpuint (cf_request_memory (feeder->request), <, idle + 100);
  feed_string (feeder, "NG\r\n");
  g_assert_cmpuint (cf_request_pending (feeder->request), ==, 0);
  g_assert_cmpuint (cf_request_memory (feeder->request), ==, idle);
  feed_string (feeder, "*2000\r\n");
  for (guint i = 0; i < 1999; i++)
    feed_bulk (feeder, 100, 1000);
  g_assert_cmpuint (cf_request_memory (feeder->request), >, 200000);
  feed_bulk (feeder, 100, 1000);
  feed_string (feeder, "*2\r\n$1\r\nx\r\n$30000\r\n");
  feed (feeder, word, 29000);
  g_assert_cmpuint (cf_request_memory (feeder->request), >, 29000);
  g_assert_cmpuint (cf_request_memory (feeder->request), <, 120000);
  feed (feeder, word, 1000);
  feed_string (feeder, "\r\n");
  g_assert_cmpuint (cf_request_memory (feeder->request), ==, idle);
}

/* After a long part the buffer shrinks to what is left. */
static void
test_request_shrinks (void)
{
  Way way = { .scratch_size = 1024, .turns = TRUE };
  g_autoptr (Feeder) feeder = feeder_new (way);
  g_autoptr (GString) input = g_string_new (NULL);
  g_autofree char *word = g_strnfill (20000, 'x');

  for (guint i = 0; i < 5; i++)
    g_string_append_printf (input, "*2\r\n$3\r\nGET\r\n$20000\r\n%s\r\n", word);
  feed (feeder, input->str, input->len - 300);
  g_assert_cmpuint (cf_request_memory (feeder->request), >, 19000);
  feed (feeder, input->str + input->len - 300, 300);
  feed_string (feeder, "*1\r\n$20000\r\n");
  feed (feeder, word, 19999);
  feed_string (feeder, "x\r\nPI");
  g_assert_cmpuint (cf_request_memory (feeder->request), <, 8192);
  feed_string (feeder, "NG\n");
  g_assert_true (g_str_has_suffix (feeder->seen->str, "x|;PING|;"));
}

/* What is announced takes no memory until it comes. */
static void
test_request_announced (void)
{
  Way way = { .scratch_size = 16384, .turns = TRUE };
  g_autoptr (Feeder) feeder = feeder_new (way);
  g_autofree char *bytes = g_malloc0 (MEGABYTE);

  feed_string (feeder, "*1000000000\r\n$3\r\nSET\r\n");
  g_assert_cmpuint (cf_request_memory (feeder->request), <, 1000);
  feed_string (feeder, "$536870912\r\n");
  g_assert_cmpuint (cf_request_memory (feeder->request), <, 100000);
  for (guint i = 1; i <= 20; i++)
    {
      feed (feeder, bytes, MEGABYTE);
      g_assert_cmpuint (cf_request_memory (feeder->request), <,
                        4 * (i + 1) * MEGABYTE);
      g_assert_cmpuint (cf_request_pending (feeder->request), ==,
                        i * MEGABYTE + 22 + 12);
    }
}

static CfRequestState
start (CfRequest *request, const char *input, const CfRequestLimits *limits)
{
  char *space;
  gsize room;

  g_assert_true (cf_request_space (request, &space, &room));
  g_assert_cmpuint (room, >=, strlen (input));
  memcpy (space, input, strlen (input));
  cf_request_received (request, strlen (input));
  return cf_request_next (request, limits);
}

static CfRequestState
continue_with (CfRequest *request,
               const char *bytes,
               gsize size,
               const CfRequestLimits *limits)
{
  CfRequestState state = CF_REQUEST_MORE;

  while (size > 0)
    {
      char *space;
      gsize room;

      g_assert_cmpint (state, ==, CF_REQUEST_MORE);
      g_assert_true (cf_request_space (request, &space, &room));
      room = MIN (room, size);
      memcpy (space, bytes, room);
      cf_request_received (request, room);
      bytes += room;
      size -= room;
      state = cf_request_next (request, limits);
    }
  return state;
}

static void
test_request_take_blob (void)
{
  static const gsize sizes[] = { CF_REQUEST_BIG, 65534, 65535, 65536, 300001 };
  CfRequestLimits limits = LIMITS;
  char scratch[16384];
  g_autofree char *bytes = g_strnfill (300003, 'v');

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (CfRequest) request = cf_request_new ();
      g_autoptr (CfBlob) first = NULL;
      g_autoptr (CfBlob) third = NULL;
      g_autofree char *head = g_strdup_printf ("$%zu\r\n", sizes[i]);

      cf_request_begin (request, scratch, sizeof scratch);
      start (request, "*4\r\n", &limits);
      continue_with (request, head, strlen (head), &limits);
      continue_with (request, bytes, sizes[i] + 2, &limits);
      continue_with (request, "$1\r\nx\r\n", 7, &limits);
      continue_with (request, head, strlen (head), &limits);
      continue_with (request, bytes, sizes[i] + 2, &limits);
      g_assert_cmpint (continue_with (request, "$0\r\n\r\n", 6, &limits), ==,
                       CF_REQUEST_READY);
      g_assert_cmpuint (cf_request_argc (request), ==, 4);
      g_assert_null (cf_request_take_blob (request, 1));
      g_assert_null (cf_request_take_blob (request, 3));
      third = cf_request_take_blob (request, 2);
      g_assert_nonnull (third);
      g_assert_null (cf_request_take_blob (request, 2));
      first = cf_request_take_blob (request, 0);
      g_assert_true (first->data == cf_request_argv (request)[0].data);
      g_assert_cmpuint (third->size, ==, sizes[i]);
      g_assert_cmpuint (third->capacity, ==, sizes[i] + 2);
      g_assert_false (cf_blob_is_shared (third));
      g_assert_cmpint (cf_request_next (request, &limits), ==, CF_REQUEST_MORE);
      g_assert_cmpmem (first->data, first->size, bytes, sizes[i]);
      g_assert_cmpmem (third->data, third->size, bytes, sizes[i]);
      g_assert_true (cf_request_end (request));
    }
}

/* Blobs of a request that is never whole, and of one not taken, are freed. */
static void
test_request_drop_blob (void)
{
  CfRequestLimits limits = LIMITS;
  char scratch[16384];
  g_autoptr (CfRequest) request = cf_request_new ();
  g_autofree char *bytes = g_strnfill (50002, 'v');

  cf_request_begin (request, scratch, sizeof scratch);
  start (request, "*2\r\n$50000\r\n", &limits);
  continue_with (request, bytes, 50002, &limits);
  g_assert_cmpuint (cf_request_pending (request), ==, 12 + 50000);
  continue_with (request, "$50000\r\n", 8, &limits);
  continue_with (request, bytes, 40000, &limits);
  g_assert_cmpuint (cf_request_memory (request), >, 90000);
  g_assert_true (cf_request_end (request));
}

static void
test_request_limits (void)
{
  static const struct
  {
    const char *input;
    CfRequestLimits limits;
    CfRequestState state;
    const char *error;
  } limited[] = {
    { "*10\r\n", { 1000, 1000, TRUE }, CF_REQUEST_MORE, NULL },
    { "*11\r\n", { 1000, 1000, FALSE }, CF_REQUEST_MORE, NULL },
    { "*11\r\n",
      { 1000, 1000, TRUE },
      CF_REQUEST_ERROR,
      "ERR Protocol error: unauthenticated multibulk length" },
    { "*1\r\n$16384\r\n", { 20000, 1000, TRUE }, CF_REQUEST_MORE, NULL },
    { "*1\r\n$16385\r\n", { 20000, 1000, FALSE }, CF_REQUEST_MORE, NULL },
    { "*1\r\n$16385\r\n",
      { 20000, 1000, TRUE },
      CF_REQUEST_ERROR,
      "ERR Protocol error: unauthenticated bulk length" },
    { "*1\r\n$20001\r\n",
      { 20000, 1000, TRUE },
      CF_REQUEST_ERROR,
      "ERR Protocol error: invalid bulk length" },
    { "*1\r\n$20000\r\n", { 20000, 12, FALSE }, CF_REQUEST_MORE, NULL },
    { "*1\r\n$20000\r\n", { 20000, 11, FALSE }, CF_REQUEST_ERROR, NULL },
    { "unfinished", { 20000, 9, FALSE }, CF_REQUEST_ERROR, NULL },
    { "PING\r\n", { 20000, 1, FALSE }, CF_REQUEST_READY, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (limited); i++)
    {
      g_autoptr (CfRequest) request = cf_request_new ();
      char scratch[1000];

      cf_request_begin (request, scratch, sizeof scratch);
      g_assert_cmpint (start (request, limited[i].input, &limited[i].limits),
                       ==, limited[i].state);
      g_assert_cmpstr (cf_request_error (request), ==, limited[i].error);
      if (limited[i].state == CF_REQUEST_ERROR)
        g_assert_cmpint (cf_request_next (request, &limited[i].limits), ==,
                         CF_REQUEST_ERROR);
      cf_request_end (request);
    }
}

/* Lines of 64 KiB are the longest; the rest of what came does not count. */
static void
test_request_long_lines (void)
{
  static const struct
  {
    const char *start;
    const char *error;
  } lines[] = {
    { "x", "!ERR Protocol error: too big inline request" },
    { "*", "!ERR Protocol error: too big mbulk count string" },
    { "*1\r\n$", "!ERR Protocol error: too big bulk count string" },
    { "x\r", "!ERR Protocol error: too big inline request" },
    { "\0", "!ERR Protocol error: too big inline request" },
    { "*\0", "!ERR Protocol error: too big mbulk count string" },
    { "*1\r\n$\0", "!ERR Protocol error: too big bulk count string" },
  };
  g_autofree char *zeros = g_strnfill (CF_REQUEST_INLINE_MAX + 20, '0');

  for (gsize i = 0; i < G_N_ELEMENTS (ways); i++)
    for (gsize n = 0; n < G_N_ELEMENTS (lines); n++)
      {
        g_autoptr (Feeder) feeder = feeder_new (ways[i]);
        gboolean zero = n >= 4;
        gsize head = zero && n < 6 ? n - 3 : strlen (lines[n].start) + zero;
        gsize in_line = n == 2 || n == 6 ? head - 4 : head;

        feed (feeder, lines[n].start, head);
        feed (feeder, zeros, CF_REQUEST_INLINE_MAX - in_line);
        g_assert_cmpuint (feeder->seen->len, ==, 0);
        feed (feeder, zeros, 1);
        check (feeder, cf_slice_of_string (lines[n].error));
      }
}

static void
test_request_longest_line (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autoptr (Feeder) feeder = feeder_new (ways[i]);
      g_autofree char *line = g_strnfill (CF_REQUEST_INLINE_MAX, 'x');

      feed (feeder, line, CF_REQUEST_INLINE_MAX);
      feed (feeder, "\n", 1);
      g_assert_cmpuint (feeder->seen->len, ==, CF_REQUEST_INLINE_MAX + 2);
      finish (feeder);
    }
}

/* A pipeline stays in place while its requests are run turn by turn. */
static void
test_request_parked_pipeline (void)
{
  Way way = { .scratch_size = 65536, .turns = TRUE, .lag = TRUE };
  g_autoptr (Feeder) feeder = feeder_new (way);
  g_autoptr (GString) input = g_string_new (NULL);
  g_autoptr (GString) seen = g_string_new (NULL);

  for (guint i = 0; i < 4000; i++)
    {
      g_string_append (input, "*1\r\n$4\r\nPING\r\n");
      g_string_append (seen, "PING|;");
    }
  feed (feeder, input->str, input->len);
  check (feeder, cf_slice (seen->str, seen->len));
}

/* Receives and reads in a turn; FALSE when there was no memory for it. */
static gboolean
try_turn (CfRequest *request, const char *bytes, gsize size, guint *n_requests)
{
  CfRequestLimits limits = LIMITS;
  g_autofree char *scratch = g_malloc (1000);
  CfRequestState state = CF_REQUEST_MORE;

  cf_request_begin (request, scratch, 1000);
  while (size > 0 && state != CF_REQUEST_ERROR)
    {
      char *space;
      gsize room;

      if (!cf_request_space (request, &space, &room))
        return FALSE;
      room = MIN (room, size);
      memcpy (space, bytes, room);
      cf_request_received (request, room);
      bytes += room;
      size -= room;
      while ((state = cf_request_next (request, &limits)) == CF_REQUEST_READY)
        ++*n_requests;
    }
  if (state == CF_REQUEST_ERROR)
    g_assert_null (cf_request_error (request));
  return cf_request_end (request) && state != CF_REQUEST_ERROR;
}

/* Whichever allocation fails, it is told, and nothing is lost or broken. */
static void
test_request_no_memory (void)
{
  g_autoptr (GString) input = g_string_new ("a b c d e f g h i j\n*20\r\n");
  gboolean whole = FALSE;
  guint n_failed;

  for (guint i = 0; i < 16; i++)
    g_string_append (input, "$1\r\nx\r\n");
  g_string_append_printf (input, "$1000\r\n%01000d\r\n", 0);
  for (guint i = 0; i < 3; i++)
    {
      g_string_append (input, "$200000\r\n");
      for (guint n = 0; n < 20000; n++)
        g_string_append (input, "0123456789");
      g_string_append (input, "\r\n");
    }
  for (n_failed = 0; !whole; n_failed++)
    {
      g_autoptr (CfRequest) request = cf_request_new ();
      guint n_requests = 0;

      allocations_left = n_failed;
      whole =
          try_turn (request, input->str, 150, &n_requests) &&
          try_turn (request, input->str + 150, input->len - 160, &n_requests) &&
          try_turn (request, input->str + input->len - 10, 10, &n_requests);
      allocations_left = G_MAXUINT;
      g_assert_cmpuint (n_requests, <=, 2);
      g_assert_cmpint (whole, ==, n_requests == 2);
    }
  g_assert_cmpuint (n_failed, >, 8);
}

/* Before a request is whole there is no memory for its next argument, big or
 * not. */
static void
test_request_no_memory_for_array (void)
{
  static const gsize last[] = { 1, 40000 };

  for (gsize i = 0; i < G_N_ELEMENTS (last); i++)
    for (guint n_left = 0; n_left < 3; n_left++)
      {
        CfRequestLimits limits = LIMITS;
        g_autoptr (CfRequest) request = cf_request_new ();
        g_autoptr (GString) input = g_string_new ("*9\r\n");
        g_autofree char *scratch = g_malloc (65536);
        CfRequestState state;

        for (guint n = 0; n < 8; n++)
          g_string_append (input, "$1\r\nx\r\n");
        g_string_append_printf (input, "$%zu\r\n", last[i]);
        for (gsize n = 0; n < last[i] + 2; n++)
          g_string_append_c (input, 'x');
        cf_request_begin (request, scratch, 65536);
        allocations_left = n_left;
        state = start (request, input->str, &limits);
        allocations_left = G_MAXUINT;
        g_assert_cmpint (state, ==,
                         n_left <= i ? CF_REQUEST_ERROR : CF_REQUEST_READY);
        g_assert_null (cf_request_error (request));
        g_assert_true (cf_request_end (request));
      }
}

/* A caller that does not wait for MORE gives up the arguments. */
static void
test_request_space_when_ready (void)
{
  CfRequestLimits limits = LIMITS;
  g_autoptr (CfRequest) request = cf_request_new ();
  char scratch[100];

  cf_request_begin (request, scratch, sizeof scratch);
  g_assert_cmpint (start (request, "a b\nc d", &limits), ==, CF_REQUEST_READY);
  g_assert_cmpint (start (request, "\n", &limits), ==, CF_REQUEST_READY);
  g_assert_cmpuint (cf_request_argc (request), ==, 2);
  g_assert_true (cf_slice_equal (cf_request_argv (request)[1], CF_SLICE ("d")));
  g_assert_null (cf_request_take_blob (request, 0));
  g_assert_true (cf_request_end (request));
  cf_request_free (NULL);
}

/* What is read ahead of @input; and the rest is read as ever. */
static void
check_ahead (const char *input, const char *expected)
{
  g_autoptr (CfRequest) request = cf_request_new ();
  g_autoptr (GString) found = g_string_new (NULL);
  CfRequestLimits limits = LIMITS;
  CfRequestAhead ahead[4];
  char scratch[256], *space;
  gsize size;
  guint n;

  cf_request_begin (request, scratch, sizeof scratch);
  g_assert_cmpuint (cf_request_read_ahead (request, ahead, 4), ==, 0);
  g_assert_true (cf_request_space (request, &space, &size));
  g_assert_cmpuint (size, >=, strlen (input));
  memcpy (space, input, strlen (input));
  cf_request_received (request, strlen (input));
  n = cf_request_read_ahead (request, ahead, G_N_ELEMENTS (ahead));
  for (guint i = 0; i < n; i++)
    {
      const CfSlice *argv = cf_request_argv (request);

      cf_request_take_ahead (request, &ahead[i]);
      g_assert_cmpuint (cf_request_argc (request), >=, 2);
      g_string_append_printf (found, "%.*s,", (int) argv[1].size, argv[1].data);
    }
  while (cf_request_next (request, &limits) == CF_REQUEST_READY)
    g_string_append_printf (found, "(%u)", cf_request_argc (request));
  g_assert_cmpstr (found->str, ==, expected);
}

static void
test_request_ahead (void)
{
#define GET(key) "*2\r\n$3\r\nGET\r\n$1\r\n" key "\r\n"
  check_ahead (GET ("a") GET ("b") GET ("c"), "a,b,c,");
  check_ahead (GET ("a") GET ("b") GET ("c") GET ("d") GET ("e"),
               "a,b,c,d,(2)");
  check_ahead (GET ("a") "*2\r\n$3\r\nGET\r\n$1\r\n", "a,");
  check_ahead (GET ("a") "*2\r\n$3\r\nGET\r\n$1", "a,");
  check_ahead (GET ("a") "*2", "a,");
  check_ahead (GET ("a") "*1\r\n$4\r\nPING\r\n" GET ("b"), "a,(1)(2)");
  check_ahead (GET ("a") "PING\r\n" GET ("b"), "a,(1)(2)");
  check_ahead ("*2\r\n$3\r\nGET\r\n$-1\r\n", "");
  check_ahead ("*2\r\n$3\r\nGET\r\n$99999999999999999999999\r\nx\r\n", "");
  check_ahead ("*99999999999999999999999\r\n", "");
  check_ahead ("", "");
#undef GET
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autofree char *path = g_strdup_printf (
          "/proto/request/cuts/%zu%s%s", ways[i].scratch_size,
          ways[i].turns ? "-turns" : "", ways[i].lag ? "-lag" : "");

      g_test_add_data_func (path, &ways[i], test_request_cuts);
    }
  g_test_add_func ("/proto/request/random", test_request_random);
  g_test_add_func ("/proto/request/bytewise", test_request_bytewise);
  g_test_add_func ("/proto/request/memory", test_request_memory);
  g_test_add_func ("/proto/request/shrinks", test_request_shrinks);
  g_test_add_func ("/proto/request/announced", test_request_announced);
  g_test_add_func ("/proto/request/take-blob", test_request_take_blob);
  g_test_add_func ("/proto/request/drop-blob", test_request_drop_blob);
  g_test_add_func ("/proto/request/limits", test_request_limits);
  g_test_add_func ("/proto/request/long-lines", test_request_long_lines);
  g_test_add_func ("/proto/request/longest-line", test_request_longest_line);
  g_test_add_func ("/proto/request/no-memory", test_request_no_memory);
  g_test_add_func ("/proto/request/no-memory-for-array",
                   test_request_no_memory_for_array);
  g_test_add_func ("/proto/request/space-when-ready",
                   test_request_space_when_ready);
  g_test_add_func ("/proto/request/parked-pipeline",
                   test_request_parked_pipeline);
  g_test_add_func ("/proto/request/ahead", test_request_ahead);
  return g_test_run ();
}
