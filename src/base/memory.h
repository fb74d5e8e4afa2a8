/* SPDX-License-Identifier: GPL-3.0-or-later */
/* memory.h -- what the process has allocated, and the machine's memory.
 *
 * With jemalloc the figure is exact: the sum of what each thread allocated
 * less what it freed ("thread.allocatedp"), which costs two loads a thread.
 * A thread counts from its first call of cf_memory_thread_balance() on, then
 * with all that it did before; what it leaves behind counts on.  With another
 * allocator the figure is what that can tell (mallinfo2(), or a sanitizer's).
 *
 * Thread safety: all functions may be called from any thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void cf_memory_init (void);             /* once, before threads */
gsize cf_memory_used (void);            /* bytes allocated now, all threads */
gint64 cf_memory_thread_balance (void); /* bytes this thread allocated less
                                           those it freed; cheap */
gsize cf_memory_rss (void);             /* bytes resident */
/* Of the allocator's pages: bytes of those in use, and of those resident. */
void cf_memory_pages (gsize *active, gsize *resident);
gsize cf_memory_machine (void); /* bytes: machine's or its cgroup's */
gsize cf_memory_group_limit (const char *groups, const char *mount);
const char *cf_memory_allocator (void);       /* "jemalloc-5.3.0", "libc" */
gsize cf_memory_usable (gconstpointer block); /* bytes it really takes */
char *cf_memory_describe (void); /* (transfer full) what the allocator tells */
void cf_memory_purge (void);     /* gives free pages back */

G_END_DECLS
