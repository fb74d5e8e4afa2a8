/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/error.h"
#include "engine/acl-inside.h"

/* What of @user the session keeps in its flags. */
static void
set_flags (CfSession *session, const CfAclUser *user)
{
  if (cf_acl_user_is_free (user))
    session->flags &= ~(guint) CF_SESSION_RESTRICTED;
  else
    session->flags |= CF_SESSION_RESTRICTED;
}

/* Takes over @account and @user. */
static void
become (CfSession *session, CfAclAccount *account, CfAclUser *user)
{
  CfAclAccount *old_account = session->account;
  CfAclUser *old_user = session->user;

  cf_mutex_lock (&session->lock);
  session->account = account;
  session->user = user;
  cf_mutex_unlock (&session->lock);
  set_flags (session, user);
  __atomic_store_n (&session->max_output_bytes,
                    (guint64) user->limits[CF_ACL_MAX_OUTPUT_BYTES],
                    __ATOMIC_RELAXED);
  cf_acl_account_unref (old_account);
  cf_acl_user_unref (old_user);
}

/* The session counts as a connection of its account no more. */
static void
uncount (CfSession *session)
{
  if (session->flags & CF_SESSION_COUNTED)
    __atomic_sub_fetch (&session->account->n_connections, 1, __ATOMIC_RELAXED);
  session->flags &= ~(guint) CF_SESSION_COUNTED;
}

/* One more connection, unless there are as many as there may be. */
static gboolean
count (CfAclAccount *account, const CfAclUser *user)
{
  gint64 most = user->limits[CF_ACL_MAX_CONNECTIONS];
  guint n = __atomic_add_fetch (&account->n_connections, 1, __ATOMIC_RELAXED);

  if (most == 0 || n <= most)
    return TRUE;
  __atomic_sub_fetch (&account->n_connections, 1, __ATOMIC_RELAXED);
  return FALSE;
}

static void
get_initial (CfAcl *self, CfAclAccount **account, CfAclUser **user)
{
  cf_mutex_lock (&self->rest->lock);
  *account = cf_acl_account_ref (self->rest->initial);
  *user = cf_acl_user_ref (self->rest->initial->user);
  cf_mutex_unlock (&self->rest->lock);
}

/**
 * cf_acl_enter:
 * @self: the users
 * @session: a session
 *
 * Makes it the default user, logged in if that needs no password.
 *
 * Returns: %FALSE if it is not logged in for there being too many of them
 */
gboolean
cf_acl_enter (CfAcl *self, CfSession *session)
{
  guint generation = __atomic_load_n (&self->generation, __ATOMIC_ACQUIRE);
  CfAclAccount *account;
  CfAclUser *user;
  gboolean is_open, fits = TRUE;

  uncount (session);
  get_initial (self, &account, &user);
  is_open =
      (user->flags & CF_ACL_USER_ON) && (user->flags & CF_ACL_USER_NO_PASS);
  session->flags &= ~(guint) CF_SESSION_AUTHORIZED;
  if (is_open)
    fits = count (account, user);
  if (is_open && fits)
    session->flags |= CF_SESSION_AUTHORIZED | CF_SESSION_COUNTED;
  become (session, account, user);
  session->acl_generation = generation;
  return fits;
}

/**
 * cf_acl_forget:
 * @session: a session that ends
 *
 * It is no user any more.
 */
void
cf_acl_forget (CfSession *session)
{
  uncount (session);
  cf_acl_account_unref (g_steal_pointer (&session->account));
  g_clear_pointer (&session->user, cf_acl_user_unref);
}

static gboolean
throw_wrong (GError **error)
{
  return cf_throw (error, CF_ERROR_WRONG_PASS,
                   "invalid username-password pair or user is disabled.");
}

static gboolean
get_account (CfAcl *self,
             CfSlice name,
             CfAclAccount **account,
             CfAclUser **user)
{
  cf_mutex_lock (&self->rest->lock);
  *account = cf_acl_find_account_locked (self, name);
  if (*account != NULL)
    {
      cf_acl_account_ref (*account);
      *user = cf_acl_user_ref ((*account)->user);
    }
  cf_mutex_unlock (&self->rest->lock);
  return *account != NULL;
}

/* Does the same in any case: the time must not tell whether there is such a
 * user. */
static gboolean
check_password (CfAcl *self, const CfAclUser *user, CfSlice password)
{
  if (user == NULL)
    user = self->rest->nobody;
  return (cf_acl_user_accepts (user, password) ||
          (user->flags & CF_ACL_USER_NO_PASS)) &&
         (user->flags & CF_ACL_USER_ON);
}

/**
 * cf_acl_log_in:
 * @self: the users
 * @session: a session
 * @name: a name
 * @password: what is to be its password
 * @error: return location for an error, or %NULL
 *
 * If it fails the session stays what it was.
 *
 * Returns: whether the session is that user from now on
 */
gboolean
cf_acl_log_in (CfAcl *self,
               CfSession *session,
               CfSlice name,
               CfSlice password,
               GError **error)
{
  guint generation = __atomic_load_n (&self->generation, __ATOMIC_ACQUIRE);
  g_autoptr (CfAclAccount) account = NULL;
  g_autoptr (CfAclUser) user = NULL;

  get_account (self, name, &account, &user);
  if (!check_password (self, user, password))
    return throw_wrong (error);
  if (account != session->account || !(session->flags & CF_SESSION_COUNTED))
    {
      if (!count (account, user))
        return cf_throw (error, CF_ERROR_LIMIT,
                         "user '%s' has as many connections as it may, "
                         "%" G_GINT64_FORMAT,
                         user->name, user->limits[CF_ACL_MAX_CONNECTIONS]);
      uncount (session);
    }
  become (session, g_steal_pointer (&account), g_steal_pointer (&user));
  session->flags |= CF_SESSION_AUTHORIZED | CF_SESSION_COUNTED;
  session->acl_generation = generation;
  return TRUE;
}

/**
 * cf_acl_occupy:
 * @session: a session that may not have logged in, of a user that any password
 *   is good for
 *
 * Has it count as a connection of that user.
 *
 * Returns: %FALSE if there are as many of them as there may be
 */
gboolean
cf_acl_occupy (CfSession *session)
{
  if (session->flags & CF_SESSION_COUNTED)
    return TRUE;
  if (!count (session->account, session->user))
    return FALSE;
  session->flags |= CF_SESSION_COUNTED;
  return TRUE;
}

/**
 * cf_acl_refresh:
 * @self: the users
 * @session: a session
 *
 * Has it notice what was changed.
 *
 * Returns: %FALSE if its user is gone; it must do no more and will be closed
 */
gboolean
cf_acl_refresh (CfAcl *self, CfSession *session)
{
  CfAclUser *user = NULL;

  session->acl_generation =
      __atomic_load_n (&self->generation, __ATOMIC_ACQUIRE);
  if (session->account == NULL)
    return TRUE;
  cf_mutex_lock (&self->rest->lock);
  if (session->account->user != session->user)
    user = cf_acl_user_ref (session->account->user);
  cf_mutex_unlock (&self->rest->lock);
  if (user != NULL)
    become (session, cf_acl_account_ref (session->account), user);
  if (!g_atomic_int_get (&session->account->is_gone))
    return TRUE;
  session->flags |= CF_SESSION_CLOSE_NOW;
  session->flags &= ~(guint) CF_SESSION_AUTHORIZED;
  return FALSE;
}

/**
 * cf_acl_count:
 * @session: a session
 * @now_us: steady clock
 *
 * Counts a command of its user.
 *
 * Returns: %FALSE if the user has run as many in the last second as it may
 */
gboolean
cf_acl_count (CfSession *session, gint64 now_us)
{
  CfAclAccount *account = session->account;
  gint64 most = session->user->limits[CF_ACL_MAX_COMMANDS];
  gint64 each_us, paid, next;

  if (most == 0)
    return TRUE;
  each_us = MAX (G_USEC_PER_SEC / most, 1);
  paid = __atomic_load_n (&account->free_us, __ATOMIC_RELAXED);
  do
    {
      next = MAX (paid, now_us - G_USEC_PER_SEC) + each_us;
      if (next > now_us)
        return FALSE;
    }
  while (!__atomic_compare_exchange_n (&account->free_us, &paid, next, TRUE,
                                       __ATOMIC_RELAXED, __ATOMIC_RELAXED));
  return TRUE;
}

/**
 * cf_acl_dup_name:
 * @session: a session; any thread
 *
 * Returns: (transfer full): the name of its user
 */
char *
cf_acl_dup_name (CfSession *session)
{
  char *name;

  cf_mutex_lock (&session->lock);
  name = g_strdup (session->user != NULL ? session->user->name : "(superuser)");
  cf_mutex_unlock (&session->lock);
  return name;
}

/**
 * cf_acl_is_gone:
 * @session: a session; any thread
 *
 * Returns: whether its user was deleted
 */
gboolean
cf_acl_is_gone (CfSession *session)
{
  gboolean is_gone;

  cf_mutex_lock (&session->lock);
  is_gone =
      session->account != NULL && g_atomic_int_get (&session->account->is_gone);
  cf_mutex_unlock (&session->lock);
  return is_gone;
}

/**
 * cf_acl_is:
 * @session: a session; any thread
 * @name: a name
 *
 * Returns: whether the session is the user of that name
 */
gboolean
cf_acl_is (CfSession *session, CfSlice name)
{
  gboolean is;

  cf_mutex_lock (&session->lock);
  is = session->user != NULL &&
       cf_slice_equal (cf_slice_of_string (session->user->name), name);
  cf_mutex_unlock (&session->lock);
  return is;
}
