/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/acl-revoke.h"

#include "engine/acl-check.h"
#include "engine/pubsub.h"

static void
close_session (const CfCall *call, CfSession *session)
{
  if (session == call->session)
    session->flags |= CF_SESSION_CLOSE_AFTER_REPLY;
  else
    session->ops->close (session);
}

/**
 * cf_acl_revoke_sessions:
 * @call: the call that has deleted users
 *
 * Closes the clients of users that are gone; its own behind its reply.
 */
void
cf_acl_revoke_sessions (CfCall *call)
{
  g_autoptr (GPtrArray) sessions = cf_sessions_list (call->engine->sessions);

  for (guint i = 0; i < sessions->len; i++)
    if (cf_acl_is_gone (sessions->pdata[i]))
      close_session (call, sessions->pdata[i]);
}

/* Which channels a user may use, and how they are named. */
typedef struct
{
  const CfAclUser *user;
  gboolean are_patterns;
} Allowed;

static gboolean
is_denied (CfSlice name, gpointer data)
{
  const Allowed *allowed = data;

  for (guint i = 0; i < allowed->user->selectors->len; i++)
    if (cf_acl_selector_channel (cf_acl_user_selector (allowed->user, i), name,
                                 allowed->are_patterns))
      return FALSE;
  return TRUE;
}

/* Whether @now has every pattern that @before has. */
static gboolean
has_all_of (const CfAclUser *now, const CfAclUser *before)
{
  Allowed allowed = { now, TRUE };

  for (guint i = 0; i < now->selectors->len; i++)
    if (cf_acl_user_selector (now, i)->all_channels)
      return TRUE;
  for (guint i = 0; i < before->selectors->len; i++)
    {
      const CfAclSelector *selector = cf_acl_user_selector (before, i);

      if (selector->all_channels)
        return FALSE;
      for (guint j = 0; j < selector->channels->len; j++)
        if (is_denied (g_array_index (selector->channels, CfAclPattern, j).text,
                       &allowed))
          return FALSE;
    }
  return TRUE;
}

/**
 * cf_acl_revoke_channels:
 * @call: the call that has changed a user
 * @now: the user, published
 * @before: what it was
 *
 * Closes its clients that listen to what they may not any more.
 */
void
cf_acl_revoke_channels (CfCall *call,
                        const CfAclUser *now,
                        const CfAclUser *before)
{
  CfSlice name = cf_slice_of_string (now->name);

  if (has_all_of (now, before))
    return;
  for (CfPubsubKind kind = 0; kind < CF_N_PUBSUB_KINDS; kind++)
    {
      Allowed allowed = { now, kind == CF_PUBSUB_PATTERN };
      g_autoptr (GPtrArray) sessions = cf_pubsub_find_sessions (
          call->engine->pubsub, kind, is_denied, &allowed);

      for (guint i = 0; i < sessions->len; i++)
        if (cf_acl_is (sessions->pdata[i], name))
          close_session (call, sessions->pdata[i]);
    }
}

/**
 * cf_acl_recheck:
 * @call: a call that has subscribed
 *
 * Closes its client if it may not do so any more.
 */
void
cf_acl_recheck (CfCall *call)
{
  CfSession *session = call->session;
  guint position;

  if (G_LIKELY (!cf_acl_is_stale (call->engine->acl, session)))
    return;
  (void) cf_acl_refresh (call->engine->acl, session);
  if (cf_acl_check (session->user, call->info, call->argv, call->argc,
                    &position) != CF_ACL_OK)
    session->flags |= CF_SESSION_CLOSE_NOW;
}
