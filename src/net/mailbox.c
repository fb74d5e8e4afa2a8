/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "net/mailbox.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/error.h"

/**
 * cf_mailbox_init:
 * @self: the mailbox to set up
 * @number: of its loop
 * @error: return location for an error, or %NULL
 *
 * Returns: %FALSE if the system has no eventfd to give
 */
gboolean
cf_mailbox_init (CfMailbox *self, guint number, GError **error)
{
  self->fd = eventfd (0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (self->fd < 0)
    return cf_throw (error, CF_ERROR_FAILED, "cannot make an eventfd: %s",
                     g_strerror (errno));
  cf_mutex_init (&self->lock, CF_LOCK_MAILBOX, number);
  self->messages = g_array_new (FALSE, FALSE, sizeof (CfMessage));
  self->n_messages = 0;
  self->asleep = FALSE;
  return TRUE;
}

/**
 * cf_mailbox_clear:
 * @self: a mailbox, set up or not
 *
 * Frees what the mailbox takes.
 */
void
cf_mailbox_clear (CfMailbox *self)
{
  if (self->messages == NULL)
    return;
  g_clear_pointer (&self->messages, g_array_unref);
  cf_mutex_clear (&self->lock);
  close (self->fd);
}

/**
 * cf_mailbox_rouse:
 * @self: a mailbox
 *
 * Makes the loop's wait end, if it waits.  May be called in any thread.
 */
void
cf_mailbox_rouse (CfMailbox *self)
{
  if (__atomic_load_n (&self->asleep, __ATOMIC_SEQ_CST) &&
      __atomic_exchange_n (&self->asleep, FALSE, __ATOMIC_SEQ_CST))
    /* It fails only when the counter is full: then the loop is being told. */
    (void) !eventfd_write (self->fd, 1);
}

/**
 * cf_mailbox_post:
 * @self: a mailbox
 * @message: what to tell its loop; copied
 */
void
cf_mailbox_post (CfMailbox *self, const CfMessage *message)
{
  cf_mutex_lock (&self->lock);
  g_array_append_vals (self->messages, message, 1);
  if (message->owner_at != NULL)
    __atomic_store_n (message->owner_at, message->owner, __ATOMIC_RELEASE);
  __atomic_store_n (&self->n_messages, self->messages->len, __ATOMIC_SEQ_CST);
  cf_mutex_unlock (&self->lock);
  cf_mailbox_rouse (self);
}

/**
 * cf_mailbox_take:
 * @self: a mailbox
 * @empty: (transfer full): an empty array, to collect the messages to come
 *
 * Returns: (transfer full) (element-type CfMessage): all messages that were
 *   there, oldest first
 */
GArray *
cf_mailbox_take (CfMailbox *self, GArray *empty)
{
  GArray *messages;

  cf_mutex_lock (&self->lock);
  messages = self->messages;
  self->messages = empty;
  __atomic_store_n (&self->n_messages, 0, __ATOMIC_RELAXED);
  cf_mutex_unlock (&self->lock);
  return messages;
}

/**
 * cf_mailbox_doze:
 * @self: a mailbox
 *
 * Announces that the loop is about to wait.
 *
 * Returns: %FALSE if there is mail, so that it must not
 */
gboolean
cf_mailbox_doze (CfMailbox *self)
{
  __atomic_store_n (&self->asleep, TRUE, __ATOMIC_SEQ_CST);
  if (__atomic_load_n (&self->n_messages, __ATOMIC_SEQ_CST) == 0)
    return TRUE;
  __atomic_store_n (&self->asleep, FALSE, __ATOMIC_SEQ_CST);
  return FALSE;
}
