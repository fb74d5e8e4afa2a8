/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/memory.h"

#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/lock.h"
#include "base/number.h"

#ifdef HAVE_JEMALLOC
#include <stdbool.h>

#include <jemalloc/jemalloc.h>

typedef struct _Tally Tally;

/* A thread's counters, which jemalloc keeps. */
struct _Tally
{
  const guint64 *allocated; /* (not owned) (nullable) */
  const guint64 *freed;     /* (not owned) (nullable) */
  Tally *next;              /* (not owned) (nullable) Protected by the lock */
};

static struct
{
  CfMutex lock;
  Tally *tallies; /* (not owned) (nullable) Protected by @lock */
  gint64 base;    /* bytes of threads not among them.  Protected by @lock */
} registry;

static _Thread_local Tally own_tally;

static gint64
tally_balance (const Tally *self)
{
  return (gint64) (__atomic_load_n (self->allocated, __ATOMIC_RELAXED) -
                   __atomic_load_n (self->freed, __ATOMIC_RELAXED));
}

static CfMutex *
registry_lock (void)
{
  static gsize ready = 0;

  if (g_once_init_enter (&ready))
    {
      cf_mutex_init (&registry.lock, CF_LOCK_MEMORY, 0);
      g_once_init_leave (&ready, 1);
    }
  return &registry.lock;
}

/* The thread ends: the sum goes on without it. */
static void
on_thread_exit (gpointer data)
{
  Tally *tally = data;
  Tally **link = &registry.tallies;
  CfMutex *lock = registry_lock ();

  cf_mutex_lock (lock);
  while (*link != tally)
    link = &(*link)->next;
  *link = tally->next;
  registry.base += tally_balance (tally);
  cf_mutex_unlock (lock);
  tally->allocated = NULL;
}

static void
register_thread (Tally *tally)
{
  static GPrivate exit_hook = G_PRIVATE_INIT (on_thread_exit);
  gsize size = sizeof tally->allocated;
  CfMutex *lock = registry_lock ();

  g_private_set (&exit_hook, tally);
  if (mallctl ("thread.deallocatedp", &tally->freed, &size, NULL, 0) != 0 ||
      mallctl ("thread.allocatedp", &tally->allocated, &size, NULL, 0) != 0)
    g_error ("jemalloc was built without its statistics");
  cf_mutex_lock (lock);
  tally->next = registry.tallies;
  registry.tallies = tally;
  cf_mutex_unlock (lock);
}

/**
 * cf_memory_init:
 *
 * Takes what was allocated so far as the base of cf_memory_used(), and has
 * free pages given back in time, whatever the other threads do.
 */
void
cf_memory_init (void)
{
  bool in_background = true;
  guint64 epoch = 1;
  gsize allocated = 0, size = sizeof allocated;
  CfMutex *lock = registry_lock ();

  /* Where it cannot be had, the threads that allocate do it. */
  mallctl ("background_thread", NULL, NULL, &in_background,
           sizeof in_background);
  mallctl ("epoch", NULL, NULL, &epoch, sizeof epoch);
  if (mallctl ("stats.allocated", &allocated, &size, NULL, 0) != 0)
    g_error ("jemalloc was built without its statistics");
  cf_memory_thread_balance ();
  cf_mutex_lock (lock);
  registry.base = (gint64) allocated - tally_balance (&own_tally);
  cf_mutex_unlock (lock);
}

/**
 * cf_memory_used:
 *
 * Returns: the bytes allocated now, in all threads that are counted
 */
gsize
cf_memory_used (void)
{
  CfMutex *lock = registry_lock ();
  gint64 sum;

  cf_mutex_lock (lock);
  sum = registry.base;
  for (const Tally *tally = registry.tallies; tally; tally = tally->next)
    sum += tally_balance (tally);
  cf_mutex_unlock (lock);
  return (gsize) MAX (sum, 0);
}

/**
 * cf_memory_thread_balance:
 *
 * The first call in a thread makes cf_memory_used() count that thread.
 *
 * Returns: the bytes this thread ever allocated less those it freed; 0 where
 *   the allocator does not say
 */
gint64
cf_memory_thread_balance (void)
{
  if (G_UNLIKELY (own_tally.allocated == NULL))
    register_thread (&own_tally);
  return tally_balance (&own_tally);
}

/**
 * cf_memory_allocator:
 *
 * Returns: (transfer none): the name and version of the allocator
 */
const char *
cf_memory_allocator (void)
{
  static gsize name = 0;
  const char *version = "";
  gsize size = sizeof version;

  if (g_once_init_enter (&name))
    {
      mallctl ("version", &version, &size, NULL, 0);
      g_once_init_leave (
          &name, (gsize) g_strdup_printf (
                     "jemalloc-%.*s", (int) strcspn (version, "-"), version));
    }
  return (const char *) name;
}

/**
 * cf_memory_purge:
 *
 * Gives pages that are free back to the system.
 */
void
cf_memory_purge (void)
{
  g_autofree char *name =
      g_strdup_printf ("arena.%d.purge", MALLCTL_ARENAS_ALL);

  mallctl ("thread.tcache.flush", NULL, NULL, NULL, 0);
  mallctl (name, NULL, NULL, NULL, 0);
}

/**
 * cf_memory_pages:
 * @active: (out): bytes of the pages that have something allocated in them
 * @resident: (out): bytes of the pages that the allocator has in memory
 *
 * What the pages beyond cf_memory_used() are, is lost to fragments, or free.
 */
void
cf_memory_pages (gsize *active, gsize *resident)
{
  guint64 epoch = 1;
  gsize size = sizeof *active;

  *active = *resident = 0;
  mallctl ("epoch", NULL, NULL, &epoch, sizeof epoch);
  mallctl ("stats.active", active, &size, NULL, 0);
  mallctl ("stats.resident", resident, &size, NULL, 0);
}

static void
append_text (void *data, const char *text)
{
  g_string_append (data, text);
}

/**
 * cf_memory_describe:
 *
 * Returns: (transfer full): what the allocator tells of itself
 */
char *
cf_memory_describe (void)
{
  GString *text = g_string_new (NULL);

  malloc_stats_print (append_text, text, "mdablx");
  return g_string_free (text, FALSE);
}

#else /* !HAVE_JEMALLOC */

#ifdef __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HAVE_SANITIZER
#endif
#elif defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define HAVE_SANITIZER
#endif
#ifdef HAVE_SANITIZER
/* From sanitizer/allocator_interface.h, which gcc does not install.  */
gsize __sanitizer_get_current_allocated_bytes (void);
#define ALLOCATED_BYTES() __sanitizer_get_current_allocated_bytes ()
#else
#define ALLOCATED_BYTES() (mallinfo2 ().uordblks + mallinfo2 ().hblkhd)
#endif

void
cf_memory_init (void)
{
}

gsize
cf_memory_used (void)
{
  return ALLOCATED_BYTES ();
}

gint64
cf_memory_thread_balance (void)
{
  return 0;
}

const char *
cf_memory_allocator (void)
{
  return "libc";
}

char *
cf_memory_describe (void)
{
  return g_strdup_printf ("%" G_GSIZE_FORMAT " bytes allocated\n",
                          cf_memory_used ());
}

/* It does not say. */
void
cf_memory_pages (gsize *active, gsize *resident)
{
  *active = cf_memory_used ();
  *resident = cf_memory_rss ();
}

void
cf_memory_purge (void)
{
  malloc_trim (0);
}

#endif

/**
 * cf_memory_usable:
 * @block: (nullable): what g_malloc() gave
 *
 * Returns: the bytes that the block takes, at least those asked for
 */
gsize
cf_memory_usable (gconstpointer block)
{
  return malloc_usable_size ((gpointer) block);
}

/**
 * cf_memory_rss:
 *
 * Returns: the bytes of the process that are in memory; 0 if unknown
 */
gsize
cf_memory_rss (void)
{
  char text[128] = "";
  unsigned long pages = 0;
  int fd = open ("/proc/self/statm", O_RDONLY | O_CLOEXEC);

  if (fd < 0)
    return 0;
  if (read (fd, text, sizeof text - 1) < 0 ||
      sscanf (text, "%*u %lu", &pages) != 1)
    pages = 0;
  close (fd);
  return pages * (gsize) sysconf (_SC_PAGESIZE);
}

/* The number in @dir/@name, or the largest there is. */
static gsize
read_limit (const char *dir, const char *name)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  g_autofree char *text = NULL;
  guint64 limit;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return G_MAXSIZE;
  g_strchomp (text);
  return cf_parse_uint64 (text, strlen (text), &limit) ? limit : G_MAXSIZE;
}

/* The least limit in the folder @path below @root, or above it. */
static gsize
least_limit (const char *root, const char *path, const char *name)
{
  g_autofree char *dir = g_build_filename (root, path, NULL);
  gsize least = G_MAXSIZE;

  for (;;)
    {
      least = MIN (least, read_limit (dir, name));
      if (strlen (dir) <= strlen (root))
        return least;
      *strrchr (dir, '/') = '\0';
    }
}

/**
 * cf_memory_group_limit:
 * @groups: the text of /proc/self/cgroup
 * @mount: where control groups are mounted
 *
 * Looks for limits of the process's control groups, of version 1 and 2, and
 * of those around them.
 *
 * Returns: the least limit in bytes, or %G_MAXSIZE
 */
gsize
cf_memory_group_limit (const char *groups, const char *mount)
{
  g_autofree char *v1 = g_build_filename (mount, "memory", NULL);
  g_auto (GStrv) lines = g_strsplit (groups, "\n", -1);
  gsize least = G_MAXSIZE;

  for (char **line = lines; *line != NULL; line++)
    {
      g_auto (GStrv) fields = g_strsplit (*line, ":", 3);

      if (g_strv_length (fields) != 3)
        continue;
      if (*fields[1] == '\0')
        least = MIN (least, least_limit (mount, fields[2], "memory.max"));
      else if (strcmp (fields[1], "memory") == 0)
        least =
            MIN (least, least_limit (v1, fields[2], "memory.limit_in_bytes"));
    }
  return least;
}

static gsize
read_machine (void)
{
  g_autofree char *groups = NULL;
  struct sysinfo info;
  gsize total = G_MAXSIZE;

  if (sysinfo (&info) == 0)
    total = (gsize) info.totalram * info.mem_unit;
  if (g_file_get_contents ("/proc/self/cgroup", &groups, NULL, NULL))
    total = MIN (total, cf_memory_group_limit (groups, "/sys/fs/cgroup"));
  return total;
}

/**
 * cf_memory_machine:
 *
 * What it is may change while the process runs; it is looked up once a second
 * at most, so that any command may ask.
 *
 * Returns: the bytes of memory the process may use: the machine's, or what
 *   its control group leaves of it
 */
gsize
cf_memory_machine (void)
{
  static gsize machine_bytes; /* (atomic) 0: not known */
  static gint64 known_us;     /* (atomic) since when */
  gsize bytes = __atomic_load_n (&machine_bytes, __ATOMIC_RELAXED);
  gint64 now_us = cf_clock_mono_us ();

  if (bytes == 0 ||
      now_us - __atomic_load_n (&known_us, __ATOMIC_RELAXED) > G_USEC_PER_SEC)
    {
      bytes = read_machine ();
      __atomic_store_n (&known_us, now_us, __ATOMIC_RELAXED);
      __atomic_store_n (&machine_bytes, bytes, __ATOMIC_RELAXED);
    }
  return bytes;
}
