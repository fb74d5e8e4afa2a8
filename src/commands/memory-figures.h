/* SPDX-License-Identifier: GPL-3.0-or-later */
/* memory-figures.h -- what INFO and MEMORY STATS say of memory.
 *
 * Thread safety: any thread with nothing held.
 */
#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/* Bytes, but for @n_keys. */
typedef struct
{
  gsize used;
  gsize peak;
  gsize startup; /* used when there was no data */
  gsize rss;
  gsize active;   /* pages of the allocator that are in use */
  gsize resident; /* pages of the allocator that are in memory */
  gsize clients;  /* buffers and queues of clients */
  gsize overhead; /* all that is not keys and values */
  gsize n_keys;   /* of all databases */
} CfMemoryFigures;

CfMemoryFigures cf_memory_figures (CfEngine *engine);

G_END_DECLS
