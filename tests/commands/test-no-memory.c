/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test-no-memory.c -- no size that a client chooses ends the process.
 *
 * Each request is run again and again; the first time the first large
 * allocation it makes fails, then the second one, until all went well.  GLib
 * ends the process when its g_malloc() fails: so what is large must have been
 * asked for with g_try_malloc() and its kind.
 */
#include "config.h"

#include <dlfcn.h>
#include <errno.h>

#include "base/blob.h"
#include "engine/args.h"
#include "engine/feed.h"
#include "fixture.h"

#define LARGE (200 * 1024)      /* bytes that need not be there */
#define LONG_WORD (1536 * 1024) /* bytes of "%long" */
#define MANY 30000              /* words of "%many" */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HAVE_OWN_MALLOC 0
#else
#define HAVE_OWN_MALLOC 1
#endif

static gint countdown; /* (atomic) the large allocation that fails; 0: none */
static gint n_failed;  /* (atomic) */

#if HAVE_OWN_MALLOC

static gboolean
fails (gsize size)
{
  if (size < LARGE || g_atomic_int_get (&countdown) == 0 ||
      !g_atomic_int_dec_and_test (&countdown))
    return FALSE;
  g_atomic_int_inc (&n_failed);
  errno = ENOMEM;
  return TRUE;
}

static gpointer
next_function (const char *name)
{
  return dlsym (RTLD_NEXT, name);
}

void *
malloc (size_t size)
{
  static void *(*next) (size_t);

  if (G_UNLIKELY (next == NULL))
    next = next_function ("malloc");
  return fails (size) ? NULL : next (size);
}

void *
realloc (void *block, size_t size)
{
  static void *(*next) (void *, size_t);

  if (G_UNLIKELY (next == NULL))
    next = next_function ("realloc");
  return fails (size) ? NULL : next (block, size);
}

void *
calloc (size_t n, size_t size)
{
  static void *(*next) (size_t, size_t);

  if (G_UNLIKELY (next == NULL))
    next = next_function ("calloc");
  return n != 0 && fails (size)          ? NULL
         : size != 0 && fails (n * size) ? NULL
                                         : next (n, size);
}

#endif

/* -- Requests ------------------------------------------------------------- */

typedef struct
{
  const char *name;
  const char *set_up[2]; /* requests that come before (nullable) */
  const char *request;   /* "%long" is a long word, "%many" are many words,
                            "%pairs" many, each with a "1" before it */
} Case;

static const Case cases[] = {
  { "set-key", { NULL }, "SET %long v" },
  { "append", { "SET k %long" }, "APPEND k %long" },
  { "setrange", { NULL }, "SETRANGE k 1000000 x" },
  { "setbit", { NULL }, "SETBIT k 8000000 1" },
  { "bitop", { "SET k %long" }, "BITOP NOT d k" },
  { "mset", { NULL }, "MSET %pairs" },
  { "mset-long", { NULL }, "MSET a %long b %long" },
  { "msetnx", { NULL }, "MSETNX %pairs" },
  { "mget", { NULL }, "MGET %many" },
  { "del", { NULL }, "DEL %many" },
  { "exists", { NULL }, "EXISTS %many" },
  { "rename", { "SET k v" }, "RENAME k %long" },
  { "randomkey", { "SET %long v" }, "RANDOMKEY" },
  { "watch", { NULL }, "WATCH %long" },
  { "exec", { "MULTI", "MGET %many" }, "EXEC" },
  { "setname", { NULL }, "CLIENT SETNAME %long" },
  { "setinfo", { NULL }, "CLIENT SETINFO LIB-NAME %long" },
  { "hello", { NULL }, "HELLO 3 SETNAME %long" },
  { "latency", { NULL }, "LATENCY GRAPH %long" },
  { "acl-dryrun", { "ACL SETUSER u on +@all ~a" }, "ACL DRYRUN u GET %long" },
  { "lmove", { "RPUSH l a %long" }, "LMOVE l l RIGHT LEFT" },
  { "sunion", { NULL }, "SUNION %many" },
  { "sinter", { NULL }, "SINTER %many" },
  { "sadd", { NULL }, "SADD s %many" },
  { "spop", { "SADD s %many" }, "SPOP s 20000" },
  { "srandmember", { "SADD s %many" }, "SRANDMEMBER s 20000" },
  { "hset", { NULL }, "HSET h %pairs" },
  { "hset-long", { NULL }, "HSET h f %long" },
  { "zadd", { NULL }, "ZADD z %pairs" },
  { "zunionstore", { "ZADD z %pairs" }, "ZUNIONSTORE d 1 z" },
  { "zunion", { NULL }, "ZUNION 30000 %many" },
  { "zdiff", { "ZADD z %pairs" }, "ZDIFF 1 z" },
  { "zrangebylex", { "ZADD z 0 a" }, "ZRANGEBYLEX z [%long +" },
  { "geosearch",
    { "GEOADD g 1 2 %long" },
    "GEOSEARCH g FROMLONLAT 1 2 BYRADIUS 100 km" },
  { "geosearchstore",
    { "ZADD g %pairs" },
    "GEOSEARCHSTORE d g FROMLONLAT 0 0 BYBOX 40000 40000 km" },
  { "xgroup", { "XADD x * a b" }, "XGROUP CREATE x %long 0" },
  { "xautoclaim",
    { "XADD x * a b", "XGROUP CREATE x g 0" },
    "XAUTOCLAIM x g %long 0 0" },
  { "xreadgroup",
    { "XADD x * a b", "XGROUP CREATE x g 0" },
    "XREADGROUP GROUP g %long STREAMS x >" },
  { "sort-by", { "RPUSH l 1 2" }, "SORT l BY %long*" },
  { "sort-get", { "RPUSH l 1 2" }, "SORT l GET %long*" },
  { "sort-store", { "SADD s %many" }, "SORT s ALPHA STORE d" },
  { "copy", { "SADD s %many" }, "COPY s d" },
  { "dump", { "SADD s %many" }, "DUMP s" },
  { "function-load", { NULL }, "FUNCTION LOAD %long" },
  { "fcall", { NULL }, "FCALL %long 0" },
  { "eval", { NULL }, "EVAL #!%long 0" },
  { "tracking", { NULL }, "CLIENT TRACKING ON BCAST PREFIX %long" },
  { "subscribe", { NULL }, "SUBSCRIBE %long" },
  { "acl-setuser", { NULL }, "ACL SETUSER u ~%long" },
  { "acl-getuser", { NULL }, "ACL GETUSER %long" },
  { "pfmerge", { NULL }, "PFMERGE %many" },
};

/* Appends the words that @word stands for; what they are in goes to @texts. */
static void
expand (const char *word, GArray *words, GPtrArray *texts)
{
  const char *at = strstr (word, "%long");
  gboolean pairs = strcmp (word, "%pairs") == 0;
  GString *text = g_string_new (NULL);
  CfSlice slice;

  for (guint i = 0; i < MANY && (pairs || strcmp (word, "%many") == 0); i++)
    {
      char *one = g_strdup_printf ("k%u", i);

      g_ptr_array_add (texts, g_string_new (one));
      slice = CF_SLICE ("1");
      if (pairs)
        g_array_append_val (words, slice);
      slice = cf_slice_of_string (
          ((GString *) g_ptr_array_index (texts, texts->len - 1))->str);
      g_array_append_val (words, slice);
      g_free (one);
    }
  g_ptr_array_add (texts, text);
  if (pairs || strcmp (word, "%many") == 0)
    return;
  g_string_append_len (text, word, at != NULL ? at - word : -1);
  if (at != NULL)
    {
      gsize before = text->len;

      g_string_set_size (text, before + LONG_WORD);
      memset (text->str + before, 'x', LONG_WORD);
      g_string_append (text, at + strlen ("%long"));
    }
  slice = cf_slice (text->str, text->len);
  g_array_append_val (words, slice);
}

static void
free_text (gpointer text)
{
  g_string_free (text, TRUE);
}

static CfArgs *
make_request (const char *line)
{
  g_autoptr (GArray) words = g_array_new (FALSE, FALSE, sizeof (CfSlice));
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (free_text);
  g_auto (GStrv) parts = g_strsplit (line, " ", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    expand (parts[i], words, texts);
  return fixture_args_of_blobs ((const CfSlice *) words->data, words->len);
}

/* The reply's first letter.  The large allocation @failing fails; 0: none. */
static char
run (Fixture *self, const char *line, gint failing)
{
  CfSession *session = &self->clients[0];
  CfArgs *args = make_request (line);
  g_autofree char *reply = NULL;
  gsize size;

  session->out.pool = &self->worker->chunks;
  cf_worker_enter (self->worker);
  g_atomic_int_set (&countdown, failing);
  cf_executor_run_args (self->engine, self->worker, session, args);
  g_atomic_int_set (&countdown, 0);
  cf_worker_leave (self->worker);
  reply = cf_out_to_string (&session->out, &size);
  cf_out_clear (&session->out);
  g_assert_cmpuint (size, >, 0);
  return *reply;
}

/* FALSE: there was no such allocation, so that all went well. */
static gboolean
survives (const Case *self, gint failing)
{
  Fixture fixture = { 0 };
  gboolean failed;

  g_atomic_int_set (&n_failed, 0);
  fixture_set_up (&fixture, NULL);
  /* The fixture copies what it hears, without asking whether that is possible.
   */
  cf_feed_set_sink (fixture.engine->feed, NULL, NULL);
  fixture.engine->hooks.event = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (self->set_up); i++)
    if (self->set_up[i] != NULL)
      g_assert_cmpint (run (&fixture, self->set_up[i], 0), !=, '-');
  (void) run (&fixture, self->request, failing);
  failed = g_atomic_int_get (&n_failed) > 0;
  assert_reply (&fixture, "PING", "+PONG\r\n");
  fixture_tear_down (&fixture, NULL);
  return failed;
}

static void
test_no_memory (gconstpointer data)
{
  gint failing = 1;

  if (!HAVE_OWN_MALLOC || g_getenv ("TEST_WRAPPER") != NULL)
    {
      g_test_skip ("a sanitizer or valgrind has the allocator");
      return;
    }
  while (survives (data, failing))
    failing++;
}

/* Allocations do fail here, or else nothing of the above would be tested. */
static void
test_fails (void)
{
  gpointer block;

  if (!HAVE_OWN_MALLOC || g_getenv ("TEST_WRAPPER") != NULL)
    {
      g_test_skip ("a sanitizer or valgrind has the allocator");
      return;
    }
  g_atomic_int_set (&countdown, 2);
  block = g_try_malloc (LARGE);
  g_assert_nonnull (block);
  g_assert_null (g_try_realloc (block, 2 * LARGE));
  g_free (block);
  g_assert_true (survives (&cases[0], 1));
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  g_test_add_func ("/commands/no-memory/fails", test_fails);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path =
          g_strdup_printf ("/commands/no-memory/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_no_memory);
    }
  return g_test_run ();
}
