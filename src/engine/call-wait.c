/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>

#include "base/number.h"
#include "engine/call.h"
#include "engine/waiting.h"
#include "store/waiters.h"

/**
 * cf_call_keep_args:
 * @self: a call that is put off
 *
 * Keeps the arguments beyond this batch; they may be kept already.
 *
 * Returns: (transfer full) (nullable): them; %NULL: no memory
 */
CfArgs *
cf_call_keep_args (CfCall *self)
{
  if (self->args != NULL)
    return g_steal_pointer (self->kept_args);
  return cf_args_try_new (self->argv, self->argc, self->request);
}

/**
 * cf_call_park:
 * @self: a call, not within a transaction
 * @deadline_ms: when to stop waiting, wall-clock milliseconds, or %G_MAXINT64
 *
 * The command will be run again when its session is woken or the deadline
 * has passed.  To be followed by returning %TRUE without a reply.
 */
void
cf_call_park (CfCall *self, gint64 deadline_ms)
{
  g_assert (!self->in_transaction);
  self->parked = TRUE;
  self->park_deadline_ms = deadline_ms;
}

/**
 * cf_call_wake_reason:
 * @self: a call
 *
 * Returns: why the command runs again after it was parked, or %CF_WAKE_NONE at
 *   first
 */
CfWakeReason
cf_call_wake_reason (const CfCall *self)
{
  return self->in_transaction ? CF_WAKE_NONE : self->session->park.reason;
}

/* A time beyond what the clock can show never comes. */
static gboolean
set_timeout (const CfCall *self,
             gint64 timeout_ms,
             gint64 *deadline_ms,
             GError **error)
{
  if (timeout_ms < 0)
    return cf_throw (error, CF_ERROR_FAILED, "timeout is negative");
  if (timeout_ms == 0 ||
      __builtin_add_overflow (timeout_ms, self->now_ms, deadline_ms))
    *deadline_ms = G_MAXINT64;
  return TRUE;
}

/**
 * cf_call_get_timeout:
 * @self: a call
 * @i: the number of an argument: seconds, perhaps with a fraction
 * @deadline_ms: (out): when they are over, wall-clock milliseconds;
 *   %G_MAXINT64 for 0, which means never
 * @error: return location for an error, or %NULL
 *
 * Returns: %FALSE if it is no such time
 */
gboolean
cf_call_get_timeout (const CfCall *self,
                     guint i,
                     gint64 *deadline_ms,
                     GError **error)
{
  long double timeout_s;

  if (!cf_parse_long_double (self->argv[i].data, self->argv[i].size,
                             &timeout_s))
    return cf_throw (error, CF_ERROR_FAILED,
                     "timeout is not a float or out of range");
  timeout_s = ceill (timeout_s * 1000);
  /* Redis, too, calls a number negative that is too large. */
  if (timeout_s < 0 || timeout_s > (long double) G_MAXINT64)
    timeout_s = -1;
  return set_timeout (self, (gint64) timeout_s, deadline_ms, error);
}

/**
 * cf_call_get_timeout_ms:
 * @self: a call
 * @i: the number of an argument: whole milliseconds
 * @deadline_ms: (out): as for cf_call_get_timeout()
 * @error: return location for an error, or %NULL
 *
 * Returns: %FALSE if it is no such time
 */
gboolean
cf_call_get_timeout_ms (const CfCall *self,
                        guint i,
                        gint64 *deadline_ms,
                        GError **error)
{
  gint64 timeout_ms;

  if (!cf_parse_int64 (self->argv[i].data, self->argv[i].size, &timeout_ms))
    return cf_throw (error, CF_ERROR_FAILED,
                     "timeout is not an integer or out of range");
  return set_timeout (self, timeout_ms, deadline_ms, error);
}

static void
reply_nothing (CfCall *self)
{
  if (self->info->command->waits.null_string)
    cf_reply_null (&self->reply);
  else
    cf_reply_null_array (&self->reply);
}

/**
 * cf_call_block:
 * @self: a call of a command that found nothing at its keys
 * @first: the number of the first argument that is a key to wait for
 * @n: how many such arguments there are, at least one, side by side
 * @deadline_ms: when to stop waiting, wall-clock milliseconds, or %G_MAXINT64
 * @error: return location for an error, or %NULL
 *
 * Has the client wait until one of the keys has something for it (see
 * waiting.h); within a transaction, replies that there is nothing.  To be the
 * last that the command does.
 *
 * Returns: %FALSE if there is no memory for that
 */
gboolean
cf_call_block (
    CfCall *self, guint first, guint n, gint64 deadline_ms, GError **error)
{
  if (self->in_transaction || self->ready_key != 0)
    {
      reply_nothing (self);
      return TRUE;
    }
  self->waiting = cf_waiting_try_new (self, first, n);
  if (self->waiting == NULL)
    return cf_call_out_of_memory (error);
  cf_call_park (self, deadline_ms);
  return TRUE;
}

/**
 * cf_call_ready_key:
 * @self: a call of a command that waits for keys
 *
 * Returns: the number of the argument that is the key to look at, and no other;
 *   or 0: all of them
 */
guint
cf_call_ready_key (const CfCall *self)
{
  return self->ready_key;
}

/**
 * cf_call_ready:
 * @self: a call
 * @i: the number of an argument that is a key
 *
 * Says that those who wait for the key may have something; not needed if
 * cf_call_changed() is called.
 */
void
cf_call_ready (CfCall *self, guint i)
{
  cf_waiting_note (self, self->db, cf_call_key (self, i));
}

static void
note_waited (guint db, const CfKey *key, gpointer data)
{
  cf_waiting_note (data, db, key);
}

/**
 * cf_call_ready_all:
 * @self: a call that runs with the gate closed
 * @db: a database whose contents are others now, or -1: all of them
 *
 * Like cf_call_ready(), of all keys.
 */
void
cf_call_ready_all (CfCall *self, gint db)
{
  cf_keyspace_each_waited (self->keyspace, db, note_waited, self);
}
