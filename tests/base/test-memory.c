/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/memory.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#define BLOCK (8 * 1024 * 1024)

static void
test_memory_used (void)
{
  gsize before = cf_memory_used ();
  g_autofree char *block = g_malloc (BLOCK);
  gsize during;

  if (g_getenv ("TEST_WRAPPER") != NULL)
    {
      g_test_skip ("valgrind's allocator does not count");
      return;
    }
  memset (block, 1, BLOCK);
  during = cf_memory_used ();
  g_assert_cmpuint (during, >=, before + BLOCK);
  g_assert_cmpuint (during, <=, before + BLOCK + BLOCK / 2);
  g_clear_pointer (&block, g_free);
  g_assert_cmpuint (cf_memory_used (), <=, before + BLOCK / 2);
}

static void
test_memory_balance (void)
{
  gint64 before = cf_memory_thread_balance ();
  gpointer block = g_malloc (100000);
  gint64 during = cf_memory_thread_balance ();

#ifdef HAVE_JEMALLOC
  g_assert_cmpint (during - before, ==, (gint64) cf_memory_usable (block));
#endif
  g_free (block);
  g_assert_cmpint (cf_memory_thread_balance (), ==, before);
  g_assert_cmpint (during, >=, before);
}

static gpointer
allocate_block (gpointer data)
{
  gpointer block = g_malloc (BLOCK);

  cf_memory_thread_balance ();
  return block;
}

/* What a thread allocated counts on when it has ended, and another frees. */
static void
test_memory_thread_ends (void)
{
  gsize before, during;

  g_free (g_thread_join (g_thread_new ("empty", allocate_block, NULL)));
  before = cf_memory_used ();
  for (guint i = 0; i < 20; i++)
    g_free (g_thread_join (g_thread_new ("block", allocate_block, NULL)));
  during = cf_memory_used ();
  g_assert_cmpuint (during, <, before + BLOCK / 2);
  g_assert_cmpuint (during + BLOCK / 2, >, before);
}

typedef struct
{
  GAsyncQueue *go;
  GAsyncQueue *counted;
} Meeting;

static gpointer
wait_when_counted (gpointer data)
{
  Meeting *meeting = data;

  cf_memory_thread_balance ();
  g_async_queue_push (meeting->counted, meeting);
  return g_async_queue_pop (meeting->go);
}

/* Threads end in the order in which they began, and in the other. */
static void
test_memory_order_of_ends (void)
{
  for (guint order = 0; order < 2; order++)
    {
      Meeting meetings[2];
      GThread *threads[2];

      for (guint i = 0; i < 2; i++)
        {
          meetings[i].go = g_async_queue_new ();
          meetings[i].counted = g_async_queue_new ();
          threads[i] = g_thread_new ("wait", wait_when_counted, &meetings[i]);
          g_async_queue_pop (meetings[i].counted);
        }
      for (guint i = 0; i < 2; i++)
        {
          g_async_queue_push (meetings[i ^ order].go, meetings);
          g_thread_join (threads[i ^ order]);
          /* valgrind's allocator counts nothing. */
          if (g_getenv ("TEST_WRAPPER") == NULL)
            g_assert_cmpuint (cf_memory_used (), >, 0);
        }
      for (guint i = 0; i < 2; i++)
        {
          g_async_queue_unref (meetings[i].go);
          g_async_queue_unref (meetings[i].counted);
        }
    }
}

static void
test_memory_machine (void)
{
  g_assert_cmpuint (cf_memory_machine (), >, cf_memory_rss ());
  g_assert_cmpuint (cf_memory_rss (), >, 100000);
}

static void
test_memory_usable (void)
{
  gpointer block = g_malloc (1000);

  g_assert_cmpuint (cf_memory_usable (NULL), ==, 0);
  g_assert_cmpuint (cf_memory_usable (block), >=, 1000);
  g_assert_cmpuint (cf_memory_usable (block), <, 3000);
  g_free (block);
}

static void
test_memory_allocator (void)
{
#ifdef HAVE_JEMALLOC
  g_assert_true (g_regex_match_simple ("^jemalloc-[0-9.]+$",
                                       cf_memory_allocator (), 0, 0));
#else
  g_assert_cmpstr (cf_memory_allocator (), ==, "libc");
#endif
}

static void
test_memory_pages (void)
{
  gsize active, resident;

  cf_memory_pages (&active, &resident);
  g_assert_cmpuint (resident, >, 0);
#ifdef HAVE_JEMALLOC
  g_assert_cmpuint (active, >, 0);
  g_assert_cmpuint (resident, >=, active);
#endif
}

/* Freed pages are no longer resident. */
static void
test_memory_purge (void)
{
  gpointer blocks[512];
  gsize full;

  for (guint i = 0; i < G_N_ELEMENTS (blocks); i++)
    {
      blocks[i] = g_malloc (64 * 1024);
      memset (blocks[i], 1, 64 * 1024);
    }
  full = cf_memory_rss ();
  for (guint i = 0; i < G_N_ELEMENTS (blocks); i++)
    g_free (blocks[i]);
  cf_memory_purge ();
#ifdef HAVE_JEMALLOC
  g_assert_cmpuint (cf_memory_rss (), <, full - 24 * 1024 * 1024);
#else
  g_assert_cmpuint (cf_memory_rss (), <=, full + 1024 * 1024);
#endif
}

static void
write_file (const char *dir, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

static void
test_memory_group_limit (void)
{
  g_autofree char *root = g_dir_make_tmp ("coffer-XXXXXX", NULL);

  write_file (root, "a/memory.max", "5000\n");
  write_file (root, "a/b/memory.max", "max\n");
  write_file (root, "a/c/memory.max", "400\n");
  write_file (root, "memory/d/e/memory.limit_in_bytes", "77\n");
  write_file (root, "memory/memory.limit_in_bytes", "9223372036854771712\n");
  g_assert_cmpuint (cf_memory_group_limit ("0::/a/b\n", root), ==, 5000);
  g_assert_cmpuint (cf_memory_group_limit ("0::/a/c\n", root), ==, 400);
  g_assert_cmpuint (cf_memory_group_limit ("0::/\n", root), ==, G_MAXSIZE);
  g_assert_cmpuint (cf_memory_group_limit ("0::/gone\n", root), ==, G_MAXSIZE);
  g_assert_cmpuint (cf_memory_group_limit ("7:memory:/d/e\n0::/a\n", root), ==,
                    77);
  g_assert_cmpuint (cf_memory_group_limit ("7:memory:/\n3:cpu:/a\n", root), ==,
                    G_GUINT64_CONSTANT (9223372036854771712));
  g_assert_cmpuint (cf_memory_group_limit ("0::/a\n7:memory:/d/e\n", root), ==,
                    77);
  g_assert_cmpuint (cf_memory_group_limit ("nonsense\n::\n", root), ==,
                    G_MAXSIZE);
  remove_tree (root);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  cf_memory_init ();
  g_test_add_func ("/base/memory/used", test_memory_used);
  g_test_add_func ("/base/memory/balance", test_memory_balance);
  g_test_add_func ("/base/memory/thread-ends", test_memory_thread_ends);
  g_test_add_func ("/base/memory/order-of-ends", test_memory_order_of_ends);
  g_test_add_func ("/base/memory/machine", test_memory_machine);
  g_test_add_func ("/base/memory/usable", test_memory_usable);
  g_test_add_func ("/base/memory/allocator", test_memory_allocator);
  g_test_add_func ("/base/memory/pages", test_memory_pages);
  g_test_add_func ("/base/memory/purge", test_memory_purge);
  g_test_add_func ("/base/memory/group-limit", test_memory_group_limit);
  return g_test_run ();
}
