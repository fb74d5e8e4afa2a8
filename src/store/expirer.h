/* SPDX-License-Identifier: GPL-3.0-or-later */
/* expirer.h -- a thread that removes keys when their time has come.
 *
 * It sleeps until the earliest deadline of all slots, and is woken when an
 * earlier one is set.  So it costs nothing while nothing is due, whatever the
 * number of volatile keys, and is late by no more than it takes to wake up.
 *
 *   1. alarm time := never        setter: publishes its deadline d,
 *   2. next := least deadline             then alarms if d < alarm time
 *   3. alarm time := next         Of 1-2 and these two one comes first, so
 *   4. sleep until next           either next <= d or the alarm rings.
 *
 * Thread safety: all functions may be called from any thread, _start() and
 * _stop() by one.
 */
#pragma once

#include "store/keyspace.h"

G_BEGIN_DECLS

typedef struct _CfExpirer CfExpirer;

/* Called in the expirer's thread around each stretch of work on the keyspace,
 * with nothing held: passes the gate. */
typedef struct
{
  void (*enter) (gpointer data);
  void (*leave) (gpointer data);
  gpointer data;
} CfExpirerHooks;

CfExpirer *cf_expirer_new (CfKeyspace *keyspace,
                           const CfExpirerHooks *hooks /* (nullable) */);
void cf_expirer_free (CfExpirer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfExpirer, cf_expirer_free)

void cf_expirer_start (CfExpirer *self);
void cf_expirer_stop (CfExpirer *self);
void cf_expirer_set_active (CfExpirer *self, gboolean is_active);

G_END_DECLS
