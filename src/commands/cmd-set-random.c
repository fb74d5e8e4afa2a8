/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPOP and SRANDMEMBER: members by chance. */
#include "config.h"

#include "commands/cmd-set.h"

#include "base/number.h"

/* Members that one record of the feed tells of, at most. */
#define BATCH 1024

/**
 * cf_set_takes_long:
 * @argv: (array length=argc): a request whose second argument is a count
 * @argc: how many words it has
 *
 * Returns: whether it asks for so many elements that it may take long
 */
gboolean
cf_set_takes_long (const CfSlice *argv, guint argc)
{
  gint64 count;

  return argc > 2 && cf_parse_int64 (argv[2].data, argv[2].size, &count) &&
         (count > CF_OBJECT_LARGE_ELEMENTS ||
          count < -CF_OBJECT_LARGE_ELEMENTS);
}

/* -- SRANDMEMBER ---------------------------------------------------------- */

static void
reply_member (CfSlice member, gpointer data)
{
  CfCall *call = data;

  cf_reply_bulk (&call->reply, member);
}

static gboolean
reply_some (CfCall *call, GError **error)
{
  char scratch[CF_SET_SCRATCH];
  const CfSet *set;
  gint64 count;

  if (!cf_call_get_int_in (call, 2, -G_MAXINT64, G_MAXINT64, &count, error) ||
      !cf_set_read (call, 1, &set, error))
    return FALSE;
  if (set == NULL || count >= 0)
    {
      gsize n = set == NULL ? 0 : MIN (cf_set_n (set), (gsize) count);

      cf_reply_array (&call->reply, n);
      if (n > 0)
        cf_set_sample (set, n, reply_member, call);
      return TRUE;
    }
  if (!cf_call_may_reply (call, (guint64) -count, error))
    return FALSE;
  cf_reply_array (&call->reply, (gsize) -count);
  for (; count < 0; count++)
    cf_reply_bulk (&call->reply, cf_set_random (set, scratch));
  return TRUE;
}

gboolean
cf_set_srandmember (CfCall *call, GError **error)
{
  char scratch[CF_SET_SCRATCH];
  const CfSet *set;

  if (call->argc > 3)
    return cf_call_syntax_error (error);
  if (call->argc == 3)
    return reply_some (call, error);
  if (!cf_set_read (call, 1, &set, error))
    return FALSE;
  if (set == NULL)
    cf_reply_null (&call->reply);
  else
    cf_reply_bulk (&call->reply, cf_set_random (set, scratch));
  return TRUE;
}

/* -- SPOP ----------------------------------------------------------------- */

/* Records that @members (GString) were removed, and forgets them. */
static void
record (CfCall *call, GPtrArray *members)
{
  g_autofree CfSlice *words = g_new (CfSlice, members->len + 2);

  words[0] = CF_SLICE ("SREM");
  words[1] = call->argv[1];
  for (guint i = 0; i < members->len; i++)
    {
      const GString *member = g_ptr_array_index (members, i);

      words[i + 2] = cf_slice (member->str, member->len);
    }
  if (members->len > 0)
    cf_call_effect (call, words, members->len + 2);
  g_ptr_array_set_size (members, 0);
}

static void
free_string (gpointer string)
{
  g_string_free (string, TRUE);
}

static void
pop_some (CfCall *call, CfSet *set, gsize count)
{
  gboolean wants_effect = cf_call_wants_effect (call);
  g_autoptr (GPtrArray) members =
      wants_effect ? g_ptr_array_new_with_free_func (free_string) : NULL;
  char scratch[CF_SET_SCRATCH];

  cf_reply_set (&call->reply, count);
  for (; count > 0; count--)
    {
      CfSlice member = cf_set_random (set, scratch);

      cf_reply_bulk (&call->reply, member);
      if (wants_effect)
        g_ptr_array_add (members,
                         g_string_new_len (member.data, (gssize) member.size));
      (void) cf_set_remove (set, member);
      if (wants_effect && members->len == BATCH)
        record (call, members);
    }
  if (wants_effect)
    record (call, members);
}

static void
pop_all (CfCall *call, const CfSet *set)
{
  const CfSlice effect[] = { CF_SLICE ("DEL"), call->argv[1] };

  cf_set_reply (call, set);
  cf_call_remove (call, 1);
  cf_call_event (call, 1, CF_NOTIFY_GENERIC, "del");
  if (cf_call_wants_effect (call))
    cf_call_effect (call, effect, G_N_ELEMENTS (effect));
}

static gboolean
pop_count (CfCall *call, GError **error)
{
  gint64 count;
  CfSet *set;

  if (!cf_call_get_int_in (call, 2, 0, G_MAXINT64, &count, error) ||
      !cf_set_write (call, 1, &set, error))
    return FALSE;
  if (set == NULL || count == 0)
    {
      cf_reply_set (&call->reply, 0);
      return TRUE;
    }
  cf_call_changed (call, 1, CF_NOTIFY_SET, "spop");
  if ((gsize) count >= cf_set_n (set))
    pop_all (call, set);
  else
    pop_some (call, set, (gsize) count);
  return TRUE;
}

gboolean
cf_set_spop (CfCall *call, GError **error)
{
  char scratch[CF_SET_SCRATCH];
  CfSlice member;
  CfSet *set;

  if (call->argc > 3)
    return cf_call_syntax_error (error);
  if (call->argc == 3)
    return pop_count (call, error);
  if (!cf_set_write (call, 1, &set, error))
    return FALSE;
  if (set == NULL)
    {
      cf_reply_null (&call->reply);
      return TRUE;
    }
  member = cf_set_random (set, scratch);
  cf_reply_bulk (&call->reply, member);
  if (cf_call_wants_effect (call))
    {
      const CfSlice effect[] = { CF_SLICE ("SREM"), call->argv[1], member };

      cf_call_effect (call, effect, G_N_ELEMENTS (effect));
    }
  (void) cf_set_remove (set, member);
  cf_call_changed (call, 1, CF_NOTIFY_SET, "spop");
  cf_set_remove_empty (call, 1, set);
  return TRUE;
}
