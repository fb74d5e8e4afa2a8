/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "commands/client-tracking.h"

#include "engine/tracking.h"

#define SHOWN_PREFIX_BYTES 128

typedef struct
{
  guint options;     /* CfTrackOptions */
  CfSession *target; /* (owned) (nullable) */
  GArray *prefixes;  /* (owned) of CfSlice */
} Wish;

static void
wish_clear (Wish *self)
{
  g_clear_pointer (&self->target, cf_session_unref);
  g_clear_pointer (&self->prefixes, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Wish, wish_clear)

static gboolean
parse_redirect (CfCall *call, guint i, Wish *wish, GError **error)
{
  gint64 id;

  if (wish->target != NULL)
    return cf_throw (error, CF_ERROR_FAILED,
                     "A client can only redirect to a single other client");
  if (!cf_call_get_int (call, i, &id, error))
    return FALSE;
  if (id > 0)
    wish->target = cf_sessions_find (call->engine->sessions, (guint64) id);
  if (wish->target == NULL)
    return cf_throw (error, CF_ERROR_FAILED,
                     "The client ID you want redirect to does not exist");
  return TRUE;
}

/* Sets @n_words to the words it takes. */
static gboolean
parse_option (CfCall *call, guint i, Wish *wish, guint *n_words, GError **error)
{
  gboolean has_more = i + 1 < call->argc;

  *n_words = 1;
  if (cf_call_is (call, i, "BCAST"))
    wish->options |= CF_TRACK_BCAST;
  else if (cf_call_is (call, i, "OPTIN"))
    wish->options |= CF_TRACK_OPTIN;
  else if (cf_call_is (call, i, "OPTOUT"))
    wish->options |= CF_TRACK_OPTOUT;
  else if (cf_call_is (call, i, "NOLOOP"))
    wish->options |= CF_TRACK_NOLOOP;
  else if (cf_call_is (call, i, "PREFIX") && has_more)
    {
      if (call->argv[i + 1].size > CF_CALL_TEXT_MAX)
        return cf_call_out_of_memory (error);
      g_array_append_val (wish->prefixes, call->argv[i + 1]);
      *n_words = 2;
    }
  else if (cf_call_is (call, i, "REDIRECT") && has_more)
    {
      *n_words = 2;
      return parse_redirect (call, i + 1, wish, error);
    }
  else
    return cf_call_syntax_error (error);
  return TRUE;
}

static gboolean
parse (CfCall *call, Wish *wish, GError **error)
{
  guint n_words;

  wish->prefixes = g_array_new (FALSE, FALSE, sizeof (CfSlice));
  for (guint i = 3; i < call->argc; i += n_words)
    if (!parse_option (call, i, wish, &n_words, error))
      return FALSE;
  return TRUE;
}

static gboolean
throw_mode_switch (const char *modes, GError **error)
{
  return cf_throw (error, CF_ERROR_FAILED,
                   "You can't switch %s before disabling tracking for this "
                   "client, and then re-enabling it with a different mode.",
                   modes);
}

/* Whether the options go with each other and with what is on already. */
static gboolean
check_options (const CfCall *call, const Wish *wish, GError **error)
{
  guint wanted = wish->options;
  guint has = cf_tracker_options (call->session);
  gboolean is_on = (call->session->flags & CF_SESSION_TRACKING) != 0;

  if (!(wanted & CF_TRACK_BCAST) && wish->prefixes->len > 0)
    return cf_throw (error, CF_ERROR_FAILED,
                     "PREFIX option requires BCAST mode to be enabled");
  if (is_on && ((has ^ wanted) & CF_TRACK_BCAST))
    return throw_mode_switch ("BCAST mode on/off", error);
  if ((wanted & CF_TRACK_BCAST) &&
      (wanted & (CF_TRACK_OPTIN | CF_TRACK_OPTOUT)))
    return cf_throw (error, CF_ERROR_FAILED,
                     "OPTIN and OPTOUT are not compatible with BCAST");
  if ((wanted & CF_TRACK_OPTIN) && (wanted & CF_TRACK_OPTOUT))
    return cf_throw (error, CF_ERROR_FAILED,
                     "You can't specify both OPTIN mode and OPTOUT mode");
  if (((wanted & CF_TRACK_OPTIN) && (has & CF_TRACK_OPTOUT)) ||
      ((wanted & CF_TRACK_OPTOUT) && (has & CF_TRACK_OPTIN)))
    return throw_mode_switch ("OPTIN/OPTOUT mode", error);
  return TRUE;
}

static gboolean
overlap (CfSlice a, CfSlice b)
{
  gsize size = MIN (a.size, b.size);

  return size == 0 || memcmp (a.data, b.data, size) == 0;
}

static gboolean
throw_overlap (CfSlice one, const char *what, CfSlice other, GError **error)
{
  return cf_throw (error, CF_ERROR_FAILED,
                   "Prefix '%.*s' overlaps with %s prefix '%.*s'. Prefixes "
                   "for a single client must not overlap.",
                   (int) MIN (one.size, SHOWN_PREFIX_BYTES), one.data, what,
                   (int) MIN (other.size, SHOWN_PREFIX_BYTES), other.data);
}

/* A prefix that the client has, or is to have: then @place is that in its
 * request. */
typedef struct
{
  CfSlice bytes;
  guint place;
} Placed;

#define NO_PLACE G_MAXUINT

static int
compare_placed (gconstpointer a, gconstpointer b)
{
  return cf_slice_compare (((const Placed *) a)->bytes,
                           ((const Placed *) b)->bytes);
}

static CfSlice
prefix_had (const GPtrArray *has, guint i)
{
  gsize size;
  const char *data = g_bytes_get_data (has->pdata[i], &size);

  return cf_slice (data, size);
}

static GArray *
sort_prefixes (const GPtrArray *has, const GArray *prefixes)
{
  GArray *all = g_array_new (FALSE, FALSE, sizeof (Placed));

  for (guint i = 0; has != NULL && i < has->len; i++)
    {
      Placed placed = { prefix_had (has, i), NO_PLACE };

      g_array_append_val (all, placed);
    }
  for (guint i = 0; i < prefixes->len; i++)
    {
      Placed placed = { g_array_index (prefixes, CfSlice, i), i };

      g_array_append_val (all, placed);
    }
  g_array_sort (all, compare_placed);
  return all;
}

/* The first place in the request of a prefix that overlaps another, or
 * NO_PLACE.  In their order, those that begin with one stand behind it. */
static guint
find_overlap (const GPtrArray *has, const GArray *prefixes)
{
  g_autoptr (GArray) all = sort_prefixes (has, prefixes);
  guint first = NO_PLACE, begin = 0, behind;

  for (; begin < all->len; begin = behind)
    {
      const Placed *shortest = &g_array_index (all, Placed, begin);
      guint least = shortest->place;

      for (behind = begin + 1; behind < all->len; behind++)
        {
          const Placed *other = &g_array_index (all, Placed, behind);

          if (!overlap (shortest->bytes, other->bytes))
            break;
          least = MIN (least, other->place);
        }
      if (behind > begin + 1)
        first = MIN (first, least);
    }
  return first;
}

static gboolean
check_prefixes (const CfCall *call, const GArray *prefixes, GError **error)
{
  const GPtrArray *has = cf_tracker_prefixes (call->session);
  guint i = prefixes->len > 0 ? find_overlap (has, prefixes) : NO_PLACE;
  CfSlice one;

  if (i == NO_PLACE)
    return TRUE;
  one = g_array_index (prefixes, CfSlice, i);
  for (guint j = 0; has != NULL && j < has->len; j++)
    if (overlap (one, prefix_had (has, j)))
      return throw_overlap (one, "an existing", prefix_had (has, j), error);
  for (guint j = i + 1; j < prefixes->len; j++)
    {
      CfSlice other = g_array_index (prefixes, CfSlice, j);

      if (overlap (one, other))
        return throw_overlap (one, "another provided", other, error);
    }
  g_assert_not_reached ();
}

/**
 * cf_client_tracking_run:
 * @call: a call of CLIENT TRACKING
 * @error: return location for an error, or %NULL
 *
 * Returns: %FALSE if the options do not go together
 */
gboolean
cf_client_tracking_run (CfCall *call, GError **error)
{
  g_auto (Wish) wish = { 0 };
  CfTracking *tracking = call->engine->tracking;

  if (!parse (call, &wish, error))
    return FALSE;
  if (cf_call_is (call, 2, "ON"))
    {
      if (!check_options (call, &wish, error) ||
          !check_prefixes (call, wish.prefixes, error))
        return FALSE;
      cf_tracking_enable (
          tracking, call->session, wish.options, g_steal_pointer (&wish.target),
          (const CfSlice *) wish.prefixes->data, wish.prefixes->len);
    }
  else if (cf_call_is (call, 2, "OFF"))
    cf_tracking_disable (tracking, call->session);
  else
    return cf_call_syntax_error (error);
  cf_reply_ok (&call->reply);
  return TRUE;
}

/**
 * cf_client_tracking_run_caching:
 * @call: a call of CLIENT CACHING
 * @error: return location for an error, or %NULL
 *
 * Returns: %FALSE if the client does not track in such a way
 */
gboolean
cf_client_tracking_run_caching (CfCall *call, GError **error)
{
  CfSession *session = call->session;
  guint options = cf_tracker_options (session);

  if (!(session->flags & CF_SESSION_TRACKING))
    return cf_throw (error, CF_ERROR_FAILED,
                     "CLIENT CACHING can be called only when the client is in "
                     "tracking mode with OPTIN or OPTOUT mode enabled");
  if (cf_call_is (call, 2, "YES"))
    {
      if (!(options & CF_TRACK_OPTIN))
        return cf_throw (error, CF_ERROR_FAILED,
                         "CLIENT CACHING YES is only valid when tracking is "
                         "enabled in OPTIN mode.");
    }
  else if (cf_call_is (call, 2, "NO"))
    {
      if (!(options & CF_TRACK_OPTOUT))
        return cf_throw (error, CF_ERROR_FAILED,
                         "CLIENT CACHING NO is only valid when tracking is "
                         "enabled in OPTOUT mode.");
    }
  else
    return cf_call_syntax_error (error);
  session->flags |= CF_SESSION_CACHING;
  cf_reply_ok (&call->reply);
  return TRUE;
}

static gint64
redirection (const CfSession *session)
{
  return __atomic_load_n (&session->shown.redirect, __ATOMIC_RELAXED);
}

/**
 * cf_client_tracking_run_getredir:
 * @call: a call of CLIENT GETREDIR
 * @error: return location for an error, or %NULL
 *
 * Returns: %TRUE
 */
gboolean
cf_client_tracking_run_getredir (CfCall *call, GError **error)
{
  cf_reply_int (&call->reply, redirection (call->session));
  return TRUE;
}

static void
reply_flags (CfCall *call)
{
  const CfSession *session = call->session;
  guint options = cf_tracker_options (session);
  gboolean is_on = (session->flags & CF_SESSION_TRACKING) != 0;
  gboolean caching = (session->flags & CF_SESSION_CACHING) != 0;
  const struct
  {
    gboolean shown;
    const char *name;
  } flags[] = {
    { !is_on, "off" },
    { is_on, "on" },
    { options & CF_TRACK_BCAST, "bcast" },
    { options & CF_TRACK_OPTIN, "optin" },
    { (options & CF_TRACK_OPTIN) && caching, "caching-yes" },
    { options & CF_TRACK_OPTOUT, "optout" },
    { (options & CF_TRACK_OPTOUT) && caching, "caching-no" },
    { options & CF_TRACK_NOLOOP, "noloop" },
    { __atomic_load_n (&session->shown.broken, __ATOMIC_RELAXED),
      "broken_redirect" },
  };
  gsize n = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (flags); i++)
    n += flags[i].shown ? 1 : 0;
  cf_reply_set (&call->reply, n);
  for (gsize i = 0; i < G_N_ELEMENTS (flags); i++)
    if (flags[i].shown)
      cf_reply_bulk_string (&call->reply, flags[i].name);
}

/**
 * cf_client_tracking_run_info:
 * @call: a call of CLIENT TRACKINGINFO
 * @error: return location for an error, or %NULL
 *
 * Returns: %TRUE
 */
gboolean
cf_client_tracking_run_info (CfCall *call, GError **error)
{
  const GPtrArray *prefixes = cf_tracker_prefixes (call->session);
  CfReply *reply = &call->reply;

  cf_reply_map (reply, 3);
  cf_reply_bulk_string (reply, "flags");
  reply_flags (call);
  cf_reply_bulk_string (reply, "redirect");
  cf_reply_int (reply, redirection (call->session));
  cf_reply_bulk_string (reply, "prefixes");
  cf_reply_array (reply, prefixes != NULL ? prefixes->len : 0);
  for (guint i = 0; prefixes != NULL && i < prefixes->len; i++)
    {
      gsize size;
      const char *data = g_bytes_get_data (prefixes->pdata[i], &size);

      cf_reply_bulk (reply, cf_slice (data, size));
    }
  return TRUE;
}
