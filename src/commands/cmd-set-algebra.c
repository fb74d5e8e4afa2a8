/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SINTER, SUNION, SDIFF and what is like them. */
#include "config.h"

#include "commands/cmd-set.h"

#include "base/number.h"

/* The sets of a request; NULL where there is no key. */
typedef struct
{
  const CfSet **sets; /* (owned) */
  guint n;
  guint n_missing;
} Sets;

/* Makes a new set of them; NULL: no memory. */
typedef CfSet *(*CombineFunc) (CfCall *call, const Sets *sets, GError **error);

static gboolean
sets_init (Sets *self, CfCall *call, guint first, guint n, GError **error)
{
  *self = (Sets){ g_try_new (const CfSet *, n), n, 0 };
  if (self->sets == NULL)
    return cf_call_out_of_memory (error);
  for (guint i = 0; i < n; i++)
    {
      if (!cf_set_read (call, first + i, &self->sets[i], error))
        {
          g_free (self->sets);
          return FALSE;
        }
      self->n_missing += self->sets[i] == NULL;
    }
  return TRUE;
}

static gsize
size_of (const CfSet *set)
{
  return set == NULL ? 0 : cf_set_n (set);
}

static int
by_size (gconstpointer a, gconstpointer b)
{
  gsize one = size_of (*(const CfSet *const *) a);
  gsize other = size_of (*(const CfSet *const *) b);

  return (one > other) - (one < other);
}

static int
by_size_backwards (gconstpointer a, gconstpointer b)
{
  return by_size (b, a);
}

/* -- What becomes of a result --------------------------------------------- */

/* Adds to what is to be stored; FALSE: no memory. */
static gboolean
add (CfCall *call, CfSet *result, CfSlice member, GError **error)
{
  gboolean added;

  return cf_set_add (result, member, cf_set_max_intset (call), &added) ||
         cf_call_out_of_memory (error);
}

/* Puts @result (transfer full) at the first argument, in place of whatever is
 * there, and replies with its size. */
static gboolean
store (CfCall *call, CfSet *result, const char *event, GError **error)
{
  gsize n = size_of (result);

  if (n == 0)
    {
      cf_set_free (result);
      if (cf_call_remove (call, 1))
        cf_call_changed (call, 1, CF_NOTIFY_GENERIC, "del");
    }
  else if (cf_call_put_object (call, 1, (CfObject *) result, CF_NO_DEADLINE,
                               error))
    cf_call_changed (call, 1, CF_NOTIFY_SET, event);
  else
    return FALSE;
  cf_reply_int (&call->reply, (gint64) n);
  return TRUE;
}

/* Replies with @result (transfer full). */
static void
reply (CfCall *call, CfSet *result)
{
  cf_set_reply (call, result);
  cf_call_free_object (call, (CfObject *) result);
}

/* What @func makes of the sets from argument @first on; NULL: an error. */
static CfSet *
combine (CfCall *call, guint first, CombineFunc func, GError **error)
{
  CfSet *result;
  Sets sets;

  if (!sets_init (&sets, call, first, call->argc - first, error))
    return NULL;
  result = func (call, &sets, error);
  g_free (sets.sets);
  return result;
}

static gboolean
combine_and_store (CfCall *call,
                   CombineFunc func,
                   const char *event,
                   GError **error)
{
  CfSet *result = combine (call, 2, func, error);

  return result != NULL && store (call, result, event, error);
}

/* -- Intersections -------------------------------------------------------- */

/* Whether @member, of the smallest set, is in all others. */
static gboolean
is_in_all (const Sets *sets, CfSlice member)
{
  for (guint i = 1; i < sets->n; i++)
    if (sets->sets[i] != sets->sets[0] && !cf_set_has (sets->sets[i], member))
      return FALSE;
  return TRUE;
}

/* Goes on to the next member of the intersection. */
static gboolean
next_common (const Sets *sets, CfSetIter *iter, CfSlice *member)
{
  while (cf_set_iter_next (iter, member))
    if (is_in_all (sets, *member))
      return TRUE;
  return FALSE;
}

static void
begin_intersection (const Sets *sets, CfSetIter *iter)
{
  qsort (sets->sets, sets->n, sizeof *sets->sets, by_size);
  cf_set_iter_init (iter, sets->sets[0]);
}

gboolean
cf_set_sinter (CfCall *call, GError **error)
{
  g_autofree const CfSet **owned = NULL;
  CfOutChunk *hole;
  CfSetIter iter;
  CfSlice member;
  gsize n = 0;
  Sets sets;

  if (!sets_init (&sets, call, 1, call->argc - 1, error))
    return FALSE;
  owned = sets.sets;
  if (sets.n_missing > 0)
    {
      cf_reply_set (&call->reply, 0);
      return TRUE;
    }
  if (sets.n == 1)
    {
      cf_set_reply (call, sets.sets[0]);
      return TRUE;
    }
  hole = cf_reply_deferred (&call->reply);
  begin_intersection (&sets, &iter);
  for (; next_common (&sets, &iter, &member); n++)
    cf_reply_bulk (&call->reply, member);
  cf_reply_deferred_set (&call->reply, hole, n);
  return TRUE;
}

gboolean
cf_set_sinterstore (CfCall *call, GError **error)
{
  g_autofree const CfSet **owned = NULL;
  g_autoptr (CfSet) result = NULL;
  CfSetIter iter;
  CfSlice member;
  Sets sets;

  if (!sets_init (&sets, call, 2, call->argc - 2, error))
    return FALSE;
  owned = sets.sets;
  if (sets.n_missing > 0)
    return store (call, NULL, "sinterstore", error);
  result = cf_set_new ();
  begin_intersection (&sets, &iter);
  while (next_common (&sets, &iter, &member))
    if (!add (call, result, member, error))
      return FALSE;
  return store (call, g_steal_pointer (&result), "sinterstore", error);
}

static gboolean
parse_sintercard (CfCall *call, guint *n_keys, gint64 *limit, GError **error)
{
  gint64 n;

  *n_keys = 0;
  *limit = 0;
  if (!cf_call_get_int (call, 1, &n, NULL) || n < 1)
    return cf_throw (error, CF_ERROR_FAILED,
                     "numkeys should be greater than 0");
  if (n > (gint64) call->argc - 2)
    return cf_throw (error, CF_ERROR_FAILED,
                     "Number of keys can't be greater than number of args");
  *n_keys = (guint) n;
  for (guint i = 2 + *n_keys; i < call->argc; i += 2)
    {
      if (!cf_call_is (call, i, "LIMIT") || i + 1 == call->argc)
        return cf_call_syntax_error (error);
      if (!cf_call_get_int (call, i + 1, limit, NULL) || *limit < 0)
        return cf_throw (error, CF_ERROR_FAILED, "LIMIT can't be negative");
    }
  return TRUE;
}

gboolean
cf_set_sintercard (CfCall *call, GError **error)
{
  g_autofree const CfSet **owned = NULL;
  CfSetIter iter;
  CfSlice member;
  gint64 n = 0, limit;
  guint n_keys;
  Sets sets;

  if (!parse_sintercard (call, &n_keys, &limit, error) ||
      !sets_init (&sets, call, 2, n_keys, error))
    return FALSE;
  owned = sets.sets;
  if (sets.n_missing == 0)
    {
      begin_intersection (&sets, &iter);
      while ((limit == 0 || n < limit) && next_common (&sets, &iter, &member))
        n++;
    }
  cf_reply_int (&call->reply, n);
  return TRUE;
}

/* -- Unions --------------------------------------------------------------- */

static gboolean
add_all (CfCall *call, CfSet *result, const CfSet *set, GError **error)
{
  CfSetIter iter;
  CfSlice member;

  cf_set_iter_init (&iter, set);
  while (cf_set_iter_next (&iter, &member))
    if (!add (call, result, member, error))
      return FALSE;
  return TRUE;
}

static CfSet *
unite (CfCall *call, const Sets *sets, GError **error)
{
  g_autoptr (CfSet) result = cf_set_new ();

  for (guint i = 0; i < sets->n; i++)
    if (sets->sets[i] != NULL && !add_all (call, result, sets->sets[i], error))
      return NULL;
  return g_steal_pointer (&result);
}

/* The only one that there is, or NULL. */
static const CfSet *
only_set (const Sets *sets)
{
  if (sets->n_missing + 1 != sets->n)
    return NULL;
  for (guint i = 0; i < sets->n; i++)
    if (sets->sets[i] != NULL)
      return sets->sets[i];
  return NULL;
}

gboolean
cf_set_sunion (CfCall *call, GError **error)
{
  g_autofree const CfSet **owned = NULL;
  CfSet *result;
  Sets sets;

  if (!sets_init (&sets, call, 1, call->argc - 1, error))
    return FALSE;
  owned = sets.sets;
  if (only_set (&sets) != NULL)
    {
      cf_set_reply (call, only_set (&sets));
      return TRUE;
    }
  result = unite (call, &sets, error);
  if (result == NULL)
    return FALSE;
  reply (call, result);
  return TRUE;
}

gboolean
cf_set_sunionstore (CfCall *call, GError **error)
{
  return combine_and_store (call, unite, "sunionstore", error);
}

/* -- Differences ---------------------------------------------------------- */

/* Whether to look up each member of the first set in the others, the largest
 * first, rather than to take the members of the others out of a copy of the
 * first: whichever looks at fewer members, the former counting half because it
 * often ends early. */
static gboolean
looks_up (const Sets *sets)
{
  gsize looked_up = 0, taken_out = 0;

  for (guint i = 0; i < sets->n; i++)
    if (sets->sets[i] != NULL)
      {
        looked_up += cf_set_n (sets->sets[0]);
        taken_out += cf_set_n (sets->sets[i]);
      }
  return looked_up / 2 <= taken_out;
}

static gboolean
is_in_none (const Sets *sets, CfSlice member)
{
  for (guint i = 1; i < sets->n; i++)
    if (sets->sets[i] != NULL && cf_set_has (sets->sets[i], member))
      return FALSE;
  return TRUE;
}

static gboolean
subtract_by_look_up (CfCall *call,
                     CfSet *result,
                     const Sets *sets,
                     GError **error)
{
  CfSetIter iter;
  CfSlice member;

  qsort (sets->sets + 1, sets->n - 1, sizeof *sets->sets, by_size_backwards);
  cf_set_iter_init (&iter, sets->sets[0]);
  while (cf_set_iter_next (&iter, &member))
    if (is_in_none (sets, member) && !add (call, result, member, error))
      return FALSE;
  return TRUE;
}

static gboolean
subtract_by_removal (CfCall *call,
                     CfSet *result,
                     const Sets *sets,
                     GError **error)
{
  CfSetIter iter;
  CfSlice member;

  if (!add_all (call, result, sets->sets[0], error))
    return FALSE;
  for (guint i = 1; i < sets->n && cf_set_n (result) > 0; i++)
    {
      if (sets->sets[i] == NULL)
        continue;
      cf_set_iter_init (&iter, sets->sets[i]);
      while (cf_set_iter_next (&iter, &member))
        (void) cf_set_remove (result, member);
    }
  return TRUE;
}

static CfSet *
subtract (CfCall *call, const Sets *sets, GError **error)
{
  g_autoptr (CfSet) result = cf_set_new ();

  if (sets->sets[0] == NULL)
    return g_steal_pointer (&result);
  for (guint i = 1; i < sets->n; i++)
    if (sets->sets[i] == sets->sets[0])
      return g_steal_pointer (&result);
  if (looks_up (sets) ? !subtract_by_look_up (call, result, sets, error)
                      : !subtract_by_removal (call, result, sets, error))
    return NULL;
  return g_steal_pointer (&result);
}

gboolean
cf_set_sdiff (CfCall *call, GError **error)
{
  CfSet *result = combine (call, 1, subtract, error);

  if (result == NULL)
    return FALSE;
  reply (call, result);
  return TRUE;
}

gboolean
cf_set_sdiffstore (CfCall *call, GError **error)
{
  return combine_and_store (call, subtract, "sdiffstore", error);
}
