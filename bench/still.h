/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When the processors of this machine stood still.

   The host of a virtual machine may not run its processors for many
   milliseconds, be they idle or not, and need not even tell it.  Then the
   server is late, and so is who measures it.  So on each processor a thread
   that goes before all others, and does nothing, wakes up every millisecond:
   when it could not, nobody could.  */
#pragma once

#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SECOND_NS INT64_C (1000000000)
#define CPUS_MAX 256
#define WATCH_NS (SECOND_NS / 1000)
#define STILL_NS (SECOND_NS / 1000) /* no thread is that late otherwise */
#define STILLS_MAX 10000

struct still
{
  int64_t begin, end;
};

struct watcher
{
  pthread_t thread;
  int cpu;
  int is_over; /* (atomic) */
  size_t n;
  struct still stills[STILLS_MAX];
};

static int64_t
now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * SECOND_NS + now.tv_nsec;
}

static void *
watch (void *data)
{
  struct watcher *self = data;
  struct sched_param before_all = { .sched_priority = 2 };
  cpu_set_t one;
  int64_t due = now_ns ();

  CPU_ZERO (&one);
  CPU_SET ((size_t) self->cpu, &one);
  /* Who may not go before others cannot tell.  */
  if (sched_setaffinity (0, sizeof one, &one) < 0 ||
      sched_setscheduler (0, SCHED_FIFO, &before_all) < 0)
    return NULL;
  while (!__atomic_load_n (&self->is_over, __ATOMIC_RELAXED))
    {
      struct timespec until;
      int64_t now;

      due += WATCH_NS;
      until = (struct timespec){ due / SECOND_NS, due % SECOND_NS };
      clock_nanosleep (CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
      now = now_ns ();
      if (now - due < STILL_NS)
        continue;
      if (self->n < STILLS_MAX)
        self->stills[self->n++] = (struct still){ due, now };
      due = now;
    }
  return NULL;
}

static int
start_watchers (struct watcher *watchers)
{
  cpu_set_t cpus;
  int n = 0;

  if (sched_getaffinity (0, sizeof cpus, &cpus) < 0)
    return 0;
  for (int cpu = 0; cpu < CPUS_MAX; cpu++)
    if (CPU_ISSET ((size_t) cpu, &cpus))
      {
        watchers[n].cpu = cpu;
        if (pthread_create (&watchers[n].thread, NULL, watch, &watchers[n]))
          break;
        n++;
      }
  return n;
}

static int
compare_stills (const void *one, const void *other)
{
  int64_t a = ((const struct still *) one)->begin;
  int64_t b = ((const struct still *) other)->begin;

  return (a > b) - (a < b);
}

/* Ends the watchers; all times when any processor stood still go to @stills,
   in their order and none twice.  Returns how many there are.  */
static size_t
stop_watchers (struct watcher *watchers, int n_watchers, struct still *stills)
{
  size_t n = 0, used = 0;

  for (int i = 0; i < n_watchers; i++)
    {
      __atomic_store_n (&watchers[i].is_over, 1, __ATOMIC_RELAXED);
      pthread_join (watchers[i].thread, NULL);
      memcpy (stills + n, watchers[i].stills, watchers[i].n * sizeof stills[0]);
      n += watchers[i].n;
    }
  qsort (stills, n, sizeof stills[0], compare_stills);
  for (size_t i = 0; i < n; i++)
    if (used > 0 && stills[i].begin <= stills[used - 1].end)
      {
        if (stills[i].end > stills[used - 1].end)
          stills[used - 1].end = stills[i].end;
      }
    else
      stills[used++] = stills[i];
  return used;
}

/* Of the time from @begin to @end: for how long a processor stood still.  */
static int64_t
still_ns (const struct still *stills, size_t n, int64_t begin, int64_t end)
{
  int64_t sum = 0;

  for (size_t i = 0; i < n; i++)
    {
      int64_t from = stills[i].begin > begin ? stills[i].begin : begin;
      int64_t to = stills[i].end < end ? stills[i].end : end;

      sum += to > from ? to - from : 0;
    }
  return sum;
}
