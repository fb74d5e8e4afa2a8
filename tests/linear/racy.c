/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A daemon with a planted bug: the commands of a MULTI block hold their keys
 * one command at a time, not for the block; those of a script do not.  It is
 * linked with
 * --wrap=cf_executor_run_within; nothing is wrong in memory, only in time, and
 * the tests of linearizability have to see it. */
#include "config.h"

#include "engine/call.h"
#include "engine/executor.h"

#define OPEN_US 20 /* how long others may come in between */

void __wrap_cf_executor_run_within (CfCall *block,
                                    const CfCommandInfo *info,
                                    CfArgs *args);
void __real_cf_executor_run_within (CfCall *block,
                                    const CfCommandInfo *info,
                                    CfArgs *args);

void
__wrap_cf_executor_run_within (CfCall *block,
                               const CfCommandInfo *info,
                               CfArgs *args)
{
  g_autoptr (GArray) positions = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (CfKey));

  if (block->session->flags & CF_SESSION_SCRIPT)
    {
      __real_cf_executor_run_within (block, info, args);
      return;
    }
  cf_command_key_positions (info, args->argv, args->argc, positions);
  for (guint i = 0; i < positions->len; i++)
    {
      CfKey key = cf_key (args->argv[g_array_index (positions, guint, i)]);

      g_array_append_val (keys, key);
    }
  cf_hold_release (block->hold);
  g_usleep (OPEN_US);
  while (keys->len > 0 &&
         !cf_hold_slots (block->hold, (CfKey *) keys->data, keys->len, NULL))
    g_thread_yield ();
  __real_cf_executor_run_within (block, info, args);
}
