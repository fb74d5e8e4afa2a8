/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/random.h"
#include "store/slot.h"

#define LRU_MASK 0xffffffu
#define LFU_START 5 /* so that a new key is not the first to go */

static guint32
seconds (gint64 now_ms)
{
  return (guint32) (now_ms / 1000) & LRU_MASK;
}

static guint32
minutes (gint64 now_ms)
{
  return (guint32) (now_ms / 60000) & 0xffff;
}

/* The LFU counter, less what it lost since it was last written. */
static guint
decayed (const CfKeyspace *self, guint32 access, gint64 now_ms)
{
  guint counter = access & 0xff;
  guint period = (guint) g_atomic_int_get (&self->lfu_decay_min);
  guint elapsed = (minutes (now_ms) - (access >> 8)) & 0xffff;

  if (period == 0)
    return counter;
  return counter - MIN (counter, elapsed / period);
}

/* Counts one more use, the less likely the more there were. */
static guint
incremented (const CfKeyspace *self, guint counter)
{
  double base = counter > LFU_START ? counter - LFU_START : 0;
  guint factor = (guint) g_atomic_int_get (&self->lfu_log_factor);

  if (counter == 255 || cf_random_unit () * (base * factor + 1) >= 1)
    return counter;
  return counter + 1;
}

/**
 * cf_keyspace_set_access_kind:
 * @self: the keyspace
 * @kind: what the access field is to hold from now on
 * @lfu_log_factor: how slowly the LFU counter grows
 * @lfu_decay_min: minutes after which it loses one; 0: never
 */
void
cf_keyspace_set_access_kind (CfKeyspace *self,
                             CfAccessKind kind,
                             guint lfu_log_factor,
                             guint lfu_decay_min)
{
  g_atomic_int_set (&self->access_kind, kind);
  g_atomic_int_set (&self->lfu_log_factor, (gint) lfu_log_factor);
  g_atomic_int_set (&self->lfu_decay_min, (gint) lfu_decay_min);
}

static gboolean
is_lfu (const CfKeyspace *self)
{
  return g_atomic_int_get (&self->access_kind) == CF_ACCESS_LFU;
}

/**
 * cf_access_initial:
 * @keyspace: a keyspace
 * @now_ms: the time now
 *
 * Returns: the access field of a new entry
 */
guint32
cf_access_initial (CfKeyspace *keyspace, gint64 now_ms)
{
  return is_lfu (keyspace) ? minutes (now_ms) << 8 | LFU_START
                           : seconds (now_ms);
}

/**
 * cf_keyspace_accessed:
 * @self: the keyspace
 * @entry: an entry that is held
 * @now_ms: the time
 *
 * Notes that a command used the entry.
 */
void
cf_keyspace_accessed (CfKeyspace *self, CfEntry *entry, gint64 now_ms)
{
  guint32 old = cf_entry_access (entry), access;

  if (is_lfu (self))
    access =
        minutes (now_ms) << 8 | incremented (self, decayed (self, old, now_ms));
  else
    access = seconds (now_ms);
  if (access != old)
    cf_entry_set_access (entry, access);
}

/**
 * cf_keyspace_idle_ms:
 * @self: the keyspace
 * @entry: an entry
 * @now_ms: the time
 *
 * Returns: for how long it was not used, by the LRU clock (in steps of a
 *   second, up to 194 days)
 */
guint64
cf_keyspace_idle_ms (CfKeyspace *self, const CfEntry *entry, gint64 now_ms)
{
  return (guint64) ((seconds (now_ms) - cf_entry_access (entry)) & LRU_MASK) *
         1000;
}

/**
 * cf_keyspace_frequency:
 * @self: the keyspace
 * @entry: an entry
 * @now_ms: the time
 *
 * Returns: its LFU counter, 0 to 255
 */
guint
cf_keyspace_frequency (CfKeyspace *self, const CfEntry *entry, gint64 now_ms)
{
  return decayed (self, cf_entry_access (entry), now_ms);
}

/**
 * cf_keyspace_set_idle:
 * @self: the keyspace
 * @entry: an entry that is held
 * @idle_s: for how many seconds it was not used
 * @now_ms: the time
 *
 * Sets what the LRU clock says of it; nothing while it is used for the LFU
 * counter.
 */
void
cf_keyspace_set_idle (CfKeyspace *self,
                      CfEntry *entry,
                      guint64 idle_s,
                      gint64 now_ms)
{
  guint32 idle = (guint32) MIN (idle_s, LRU_MASK);

  if (!is_lfu (self))
    cf_entry_set_access (entry, (seconds (now_ms) - idle) & LRU_MASK);
}

/**
 * cf_keyspace_set_frequency:
 * @self: the keyspace
 * @entry: an entry that is held
 * @frequency: its LFU counter, 0 to 255
 * @now_ms: the time
 *
 * Sets how often it was used; nothing while no such counter is kept.
 */
void
cf_keyspace_set_frequency (CfKeyspace *self,
                           CfEntry *entry,
                           guint frequency,
                           gint64 now_ms)
{
  if (is_lfu (self))
    cf_entry_set_access (entry, minutes (now_ms) << 8 | frequency);
}
