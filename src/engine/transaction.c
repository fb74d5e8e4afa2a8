/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/admission.h"
#include "engine/executor-inside.h"
#include "engine/alone.h"
#include "engine/executor.h"
#include "engine/transaction.h"

typedef struct
{
  const CfCommandInfo *info;
  CfArgs *args; /* (owned) */
} Queued;

struct _CfTransaction
{
  GArray *queue; /* (owned) (element-type Queued) */
  gsize memory;  /* bytes of the arguments */
  CfCommandFlags flags;
  gboolean aborted; /* a command was refused: EXEC will be, too */
};

static void
clear_queued (gpointer data)
{
  Queued *queued = data;

  cf_args_free (queued->args);
}

/**
 * cf_transaction_new:
 *
 * Returns: (transfer full): a transaction with nothing queued
 */
CfTransaction *
cf_transaction_new (void)
{
  CfTransaction *self = g_new0 (CfTransaction, 1);

  self->queue = g_array_new (FALSE, FALSE, sizeof (Queued));
  g_array_set_clear_func (self->queue, clear_queued);
  return self;
}

/**
 * cf_transaction_free:
 * @self: (nullable) (transfer full): a transaction
 *
 * Frees the transaction.
 */
void
cf_transaction_free (CfTransaction *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->queue);
  g_free (self);
}

static CfCommandFlags
flags_of (const Queued *queued)
{
  CfCommandFlags flags = queued->info->command->flags;

  if (queued->info->command->block_flags != NULL)
    flags |= queued->info->command->block_flags (queued->args->argv,
                                                 queued->args->argc);
  return flags;
}

/**
 * cf_transaction_queue:
 * @self: a transaction
 * @info: a command
 * @args: (transfer full): its arguments
 * @flags: what it does, when that does not follow from @info alone
 */
void
cf_transaction_queue (CfTransaction *self,
                      const CfCommandInfo *info,
                      CfArgs *args,
                      CfCommandFlags flags)
{
  Queued queued = { info, args };

  g_array_append_val (self->queue, queued);
  self->memory += args->memory + sizeof queued;
  self->flags |= flags | flags_of (&queued);
}

/**
 * cf_transaction_abort:
 * @self: a transaction
 *
 * Has EXEC fail, since a command could not be queued.
 */
void
cf_transaction_abort (CfTransaction *self)
{
  self->aborted = TRUE;
}

/**
 * cf_transaction_is_aborted:
 * @self: a transaction
 *
 * Returns: %TRUE if EXEC has to fail
 */
gboolean
cf_transaction_is_aborted (const CfTransaction *self)
{
  return self->aborted;
}

/**
 * cf_transaction_n:
 * @self: a transaction
 *
 * Returns: how many commands are queued
 */
guint
cf_transaction_n (const CfTransaction *self)
{
  return self->queue->len;
}

/**
 * cf_transaction_memory:
 * @self: a transaction
 *
 * Returns: the bytes that its commands take
 */
gsize
cf_transaction_memory (const CfTransaction *self)
{
  return self->memory;
}

/**
 * cf_transaction_flags:
 * @self: a transaction
 *
 * Returns: the flags of all its commands together
 */
CfCommandFlags
cf_transaction_flags (const CfTransaction *self)
{
  return self->flags;
}

/**
 * cf_transaction_each_key:
 * @self: a transaction
 * @func: what to call
 * @data: what to call it with
 *
 * Goes through the keys of all commands, as often as they are named.
 */
void
cf_transaction_each_key (const CfTransaction *self,
                         CfKeyFunc func,
                         gpointer data)
{
  g_autoptr (GArray) positions = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < self->queue->len; i++)
    {
      const Queued *queued = &g_array_index (self->queue, Queued, i);
      const CfArgs *args = queued->args;

      g_array_set_size (positions, 0);
      cf_command_key_positions (queued->info, args->argv, args->argc,
                                positions);
      for (guint j = 0; j < positions->len; j++)
        func (args->argv[g_array_index (positions, guint, j)], data);
    }
}

/* The commands from the first that must run alone to the last such or walk
 * behind it; none: @first is behind all. */
static void
find_alone (const CfTransaction *self, guint *first, guint *last)
{
  *first = *last = self->queue->len;
  for (guint i = 0; i < self->queue->len; i++)
    {
      CfCommandFlags flags = flags_of (&g_array_index (self->queue, Queued, i));

      if (*first == self->queue->len && (flags & CF_COMMAND_EXCLUSIVE))
        *first = i;
      if (*first < self->queue->len &&
          (flags & (CF_COMMAND_EXCLUSIVE | CF_COMMAND_WALKS)))
        *last = i;
    }
}

/* Takes back what was written since @before if the client wants no replies
 * (CLIENT REPLY), which each command of a block may change. */
static void
mute (const CfCall *call, CfOutMark before)
{
  if (G_UNLIKELY (call->session->flags &
                  (CF_SESSION_REPLY_OFF | CF_SESSION_REPLY_SKIP)) &&
      !call->is_push)
    cf_out_rewind (call->reply.out, before);
}

/* Who could queue it may not be allowed to run it any more. */
static void
run_queued (CfCall *call, const Queued *queued)
{
  g_autoptr (GError) error = NULL;
  CfOutMark before = cf_out_mark (call->reply.out);

  if (G_LIKELY (
          cf_admission_check_queued (call, queued->info, queued->args, &error)))
    cf_executor_run_within (call, queued->info, queued->args);
  else
    cf_executor_reply_failure (call, error);
  mute (call, before);
}

/* Whether a script has opened the gate (see alone.h) for what follows it. */
static gboolean
must_close_again (const CfCall *call, const Queued *queued)
{
  return G_UNLIKELY (call->hold->of_all != NULL) &&
         call->hold->mode != CF_HOLD_ALL &&
         (flags_of (queued) & CF_COMMAND_EXCLUSIVE);
}

/**
 * cf_transaction_run:
 * @self: a transaction
 * @call: the call of EXEC, which holds all slots
 *
 * Runs the commands in order; their replies are the elements of one array.
 */
void
cf_transaction_run (CfTransaction *self, CfCall *call)
{
  guint first = self->queue->len, last = first;
  CfOutMark before = cf_out_mark (call->reply.out);

  if (call->in_sections)
    find_alone (self, &first, &last);
  cf_reply_array (&call->reply, self->queue->len);
  mute (call, before);
  call->in_parts = TRUE;
  for (guint i = 0; i < self->queue->len; i++)
    {
      const Queued *queued = &g_array_index (self->queue, Queued, i);

      if (i == first || must_close_again (call, queued))
        cf_alone_widen (call);
      run_queued (call, queued);
      if (i == last && call->hold->mode == CF_HOLD_ALL &&
          !cf_call_wants_effect (call))
        cf_alone_narrow (call);
    }
}
