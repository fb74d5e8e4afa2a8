/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mailbox.h -- how threads speak to a loop: a queue and an eventfd.
 *
 * Anybody posts; the loop's handler takes all that is there, in order.  The
 * eventfd is written only to a loop that sleeps, and once for each sleep, so
 * that a busy loop costs its correspondents no system call.
 *
 *   poster                     handler
 *   append under the lock      cf_mailbox_doze(): asleep := TRUE
 *   count := count + 1         if count != 0: awake again, take the mail
 *   asleep? then write         else wait for the eventfd
 *
 * Both sides store first and look then, in one total order, so that at least
 * one of them sees the other.
 *
 * Thread safety: cf_mailbox_post() is for any thread, with no lock below
 * MAILBOX held; the rest is for the handler that has the loop.
 */
#pragma once

#include "base/lock.h"

G_BEGIN_DECLS

typedef enum
{
  CF_MESSAGE_NEW,    /* a connection to serve */
  CF_MESSAGE_RETURN, /* a connection back from a relieved handler */
  CF_MESSAGE_ADOPT,  /* a connection from another loop */
  CF_MESSAGE_MAIL,   /* a connection's inbox is not empty (holds a ref) */
  CF_MESSAGE_TOLD,   /* the same, but there is only output, which may wait */
  CF_MESSAGE_SHED,   /* move @amount connections to the loop @subject */
  CF_MESSAGE_REVIEW, /* a setting changed: look at every connection */
} CfMessageKind;

typedef struct
{
  CfMessageKind kind;
  guint amount;
  gpointer subject; /* as @kind says */
  /* (nullable) ADOPT: set to @owner in the same step, so that mail that is
   * sent there comes after the connection did. */
  gpointer *owner_at;
  gpointer owner;
} CfMessage;

typedef struct
{
  int fd; /* set by cf_mailbox_init() and only read after */
  CfMutex lock;
  GArray *messages; /* (owned) (element-type CfMessage) protected by @lock */
  guint n_messages; /* (atomic) */
  gboolean asleep;  /* (atomic) the loop waits for @fd */
} CfMailbox;

gboolean cf_mailbox_init (CfMailbox *self, guint number, GError **error);
void cf_mailbox_clear (CfMailbox *self);

void cf_mailbox_post (CfMailbox *self, const CfMessage *message)
    CF_EXCLUDES (self->lock);
GArray *cf_mailbox_take (CfMailbox *self, GArray *empty)
    CF_EXCLUDES (self->lock);
gboolean cf_mailbox_doze (CfMailbox *self);
void cf_mailbox_rouse (CfMailbox *self);

/**
 * cf_mailbox_has_mail:
 * @self: a mailbox
 *
 * Any thread.
 *
 * Returns: whether there are messages
 */
static inline gboolean
cf_mailbox_has_mail (const CfMailbox *self)
{
  return __atomic_load_n (&self->n_messages, __ATOMIC_RELAXED) != 0;
}

/**
 * cf_mailbox_is_asleep:
 * @self: a mailbox
 *
 * Any thread.
 *
 * Returns: whether its owner waits to be told of the next message
 */
static inline gboolean
cf_mailbox_is_asleep (const CfMailbox *self)
{
  return __atomic_load_n (&self->asleep, __ATOMIC_SEQ_CST);
}

G_END_DECLS
