/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/acl.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/lock.h"

struct _CfAclAccount
{
  guint refs;          /* (atomic) */
  guint n_connections; /* (atomic) sessions that are logged in */
  gint64 free_us;      /* (atomic) steady clock: its commands so far are paid
                          for at this time */
  CfAclUser *user;     /* (owned) protected by the lock */
  gint is_gone;        /* (atomic) in no table any more */
};

struct _CfAclRest
{
  CfConfig *config;        /* (not owned) */
  CfAclCommands *commands; /* (owned) */
  CfAclAccount *initial;   /* (owned) "default"; only read */
  CfAclUser *nobody;       /* (owned) off, with a password; only read */

  CfMutex lock;
  /* Protected by @lock. */
  GHashTable *accounts; /* (owned) (element-type char CfAclAccount) (owned) */
};

/* -- Accounts ------------------------------------------------------------- */

static CfAclAccount *
account_new (CfAclUser *user)
{
  CfAclAccount *account = g_new0 (CfAclAccount, 1);

  account->refs = 1;
  account->user = cf_acl_user_ref (user);
  return account;
}

static CfAclAccount *
account_ref (CfAclAccount *account)
{
  __atomic_add_fetch (&account->refs, 1, __ATOMIC_RELAXED);
  return account;
}

static void
account_unref (gpointer data)
{
  CfAclAccount *account = data;

  if (account == NULL ||
      __atomic_sub_fetch (&account->refs, 1, __ATOMIC_ACQ_REL) > 0)
    return;
  cf_acl_user_unref (account->user);
  g_free (account);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfAclAccount, account_unref)

/* Something has changed: what was replaced is to be unreffed later. */
static void
announce_locked (CfAcl *self)
{
  CfAclUserFlags flags = self->rest->initial->user->flags;

  __atomic_store_n (&self->is_open,
                    (flags & CF_ACL_USER_ON) && (flags & CF_ACL_USER_NO_PASS),
                    __ATOMIC_RELAXED);
  __atomic_add_fetch (&self->generation, 1, __ATOMIC_RELEASE);
}

/* With no password. */
static CfAclUser *
make_default (CfAcl *self)
{
  static const char *const rules[] = { "+@all", "~*", "&*", "on", "nopass" };
  CfAclUser *user = cf_acl_make (self, "default", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (rules); i++)
    cf_acl_user_apply_word (user, rules[i]);
  return user;
}

/**
 * cf_acl_new:
 * @config: (transfer none): the settings
 * @table: (transfer none): the commands there are
 *
 * Returns: (transfer full): the users, of which there is the default one
 */
CfAcl *
cf_acl_new (CfConfig *config, const CfCommandTable *table)
{
  CfAcl *self = g_new0 (CfAcl, 1);
  g_autoptr (CfAclUser) user = NULL;
  g_autofree char *password = NULL;

  self->rest = g_new0 (struct _CfAclRest, 1);
  self->rest->config = config;
  self->rest->commands = cf_acl_commands_new (table);
  self->rest->accounts =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, account_unref);
  cf_mutex_init (&self->rest->lock, CF_LOCK_ACL, 0);
  user = make_default (self);
  self->rest->initial = account_new (user);
  self->rest->nobody = cf_acl_make (self, "", NULL);
  cf_acl_user_apply_word (self->rest->nobody, ">");
  g_hash_table_insert (self->rest->accounts, g_strdup ("default"),
                       account_ref (self->rest->initial));
  announce_locked (self);
  password = cf_config_get_string (config, CF_SETTING_REQUIREPASS);
  if (*password != '\0')
    cf_acl_require_pass (self, password);
  return self;
}

/**
 * cf_acl_free:
 * @self: (nullable) (transfer full): the users
 *
 * Frees them.
 */
void
cf_acl_free (CfAcl *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->rest->accounts);
  account_unref (self->rest->initial);
  cf_acl_user_unref (self->rest->nobody);
  cf_acl_commands_free (self->rest->commands);
  cf_mutex_clear (&self->rest->lock);
  g_free (self->rest);
  g_free (self);
}

/**
 * cf_acl_commands:
 * @self: the users
 *
 * Returns: (transfer none): the commands that rules may name
 */
const CfAclCommands *
cf_acl_commands (const CfAcl *self)
{
  return self->rest->commands;
}

/* -- Users ---------------------------------------------------------------- */

static CfAclAccount *
find_locked (CfAcl *self, CfSlice name)
{
  g_autofree char *copy = NULL;

  if (name.size > CF_ACL_NAME_MAX || !cf_acl_name_is_valid (name))
    return NULL;
  copy = g_strndup (name.data, name.size);
  return g_hash_table_lookup (self->rest->accounts, copy);
}

/**
 * cf_acl_find:
 * @self: the users
 * @name: a name
 *
 * Returns: (transfer full) (nullable): the user of that name, as it is now
 */
CfAclUser *
cf_acl_find (CfAcl *self, CfSlice name)
{
  CfAclAccount *account;
  CfAclUser *user = NULL;

  cf_mutex_lock (&self->rest->lock);
  account = find_locked (self, name);
  if (account != NULL)
    user = cf_acl_user_ref (account->user);
  cf_mutex_unlock (&self->rest->lock);
  return user;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  const CfAclUser *const *x = a, *const *y = b;

  return strcmp ((*x)->name, (*y)->name);
}

/**
 * cf_acl_list:
 * @self: the users
 *
 * Returns: (transfer full) (element-type CfAclUser): all of them, by name
 */
GPtrArray *
cf_acl_list (CfAcl *self)
{
  GPtrArray *all =
      g_ptr_array_new_with_free_func ((GDestroyNotify) cf_acl_user_unref);
  GHashTableIter iter;
  gpointer value;

  cf_mutex_lock (&self->rest->lock);
  g_hash_table_iter_init (&iter, self->rest->accounts);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (all, cf_acl_user_ref (((CfAclAccount *) value)->user));
  cf_mutex_unlock (&self->rest->lock);
  g_ptr_array_sort (all, compare_names);
  return all;
}

/**
 * cf_acl_make:
 * @self: the users
 * @name: a name
 * @before: (nullable): what the user is to be like at first
 *
 * Returns: (transfer full): a user that may be changed; without @before it is
 *   off and may do nothing
 */
CfAclUser *
cf_acl_make (CfAcl *self, const char *name, const CfAclUser *before)
{
  gboolean all_channels =
      cf_config_get_int (self->rest->config, CF_SETTING_ACL_PUBSUB_DEFAULT) ==
      CF_ACL_PUBSUB_ALL;
  CfAclUser *user;

  if (before == NULL)
    return cf_acl_user_new (name, self->rest->commands, all_channels);
  user = cf_acl_user_copy (before, name);
  user->channels_at_first = all_channels;
  return user;
}

/* Returns what was replaced, to be unreffed without the lock. */
static CfAclUser *
set_user_locked (CfAcl *self, CfAclAccount *account, CfAclUser *user)
{
  CfAclUser *old = NULL;

  if (account != NULL)
    {
      old = account->user;
      account->user = cf_acl_user_ref (user);
    }
  else
    g_hash_table_insert (self->rest->accounts, g_strdup (user->name),
                         account_new (user));
  return old;
}

/**
 * cf_acl_publish:
 * @self: the users
 * @user: how the user of its name is to be from now on
 * @before: (nullable): how it was when @user was made of it
 *
 * Returns: %FALSE if the user was changed meanwhile; nothing is done then
 */
gboolean
cf_acl_publish (CfAcl *self, CfAclUser *user, const CfAclUser *before)
{
  g_autoptr (CfAclUser) old = NULL;
  CfAclAccount *account;
  gboolean done;

  cf_mutex_lock (&self->rest->lock);
  account = find_locked (self, cf_slice_of_string (user->name));
  done = before == (account != NULL ? account->user : NULL);
  if (done)
    {
      old = set_user_locked (self, account, user);
      announce_locked (self);
    }
  cf_mutex_unlock (&self->rest->lock);
  return done;
}

static void
steal_locked (CfAcl *self, const char *name, GPtrArray *stolen)
{
  gpointer key, account;

  if (!g_hash_table_steal_extended (self->rest->accounts, name, &key, &account))
    return;
  g_atomic_int_set (&((CfAclAccount *) account)->is_gone, TRUE);
  g_free (key);
  g_ptr_array_add (stolen, account);
}

/**
 * cf_acl_delete:
 * @self: the users
 * @name: the name of one, but not "default"
 *
 * Sessions of it are closed when they notice; see cf_acl_is() for how to find
 * them.
 *
 * Returns: %FALSE if there is none
 */
gboolean
cf_acl_delete (CfAcl *self, CfSlice name)
{
  g_autoptr (GPtrArray) stolen = g_ptr_array_new_with_free_func (account_unref);
  CfAclAccount *account;

  cf_mutex_lock (&self->rest->lock);
  account = find_locked (self, name);
  if (account != NULL && account != self->rest->initial)
    steal_locked (self, account->user->name, stolen);
  if (stolen->len > 0)
    announce_locked (self);
  cf_mutex_unlock (&self->rest->lock);
  return stolen->len > 0;
}

/* Those that are not among @names. */
static void
steal_others_locked (CfAcl *self, GHashTable *names, GPtrArray *stolen)
{
  g_autoptr (GPtrArray) others = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, self->rest->accounts);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    if (!g_hash_table_contains (names, name))
      g_ptr_array_add (others, name);
  for (guint i = 0; i < others->len; i++)
    steal_locked (self, others->pdata[i], stolen);
}

static void
set_all_locked (CfAcl *self, GHashTable *users, GPtrArray *replaced)
{
  GHashTableIter iter;
  gpointer name, user;

  g_hash_table_iter_init (&iter, users);
  while (g_hash_table_iter_next (&iter, &name, &user))
    g_ptr_array_add (
        replaced,
        set_user_locked (self, g_hash_table_lookup (self->rest->accounts, name),
                         user));
}

/**
 * cf_acl_replace:
 * @self: the users
 * @users: (element-type CfAclUser): all that there are to be; the default
 *   user is made if it is not among them
 */
void
cf_acl_replace (CfAcl *self, const GPtrArray *users)
{
  g_autoptr (GPtrArray) stolen = g_ptr_array_new_with_free_func (account_unref);
  g_autoptr (GPtrArray) replaced =
      g_ptr_array_new_with_free_func ((GDestroyNotify) cf_acl_user_unref);
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (CfAclUser) initial = make_default (self);

  g_hash_table_insert (names, initial->name, initial);
  for (guint i = 0; i < users->len; i++)
    {
      CfAclUser *user = users->pdata[i];

      g_hash_table_replace (names, user->name, user);
    }
  cf_mutex_lock (&self->rest->lock);
  steal_others_locked (self, names, stolen);
  set_all_locked (self, names, replaced);
  announce_locked (self);
  cf_mutex_unlock (&self->rest->lock);
}

static void
set_password (CfAclUser *user, const char *password)
{
  g_autofree char *rule = g_strconcat (">", password, NULL);

  cf_acl_user_apply_word (user, "resetpass");
  cf_acl_user_apply_word (user, *password != '\0' ? rule : "nopass");
}

/**
 * cf_acl_require_pass:
 * @self: the users
 * @password: the password of the default user; empty: it needs none
 */
void
cf_acl_require_pass (CfAcl *self, const char *password)
{
  gboolean done = FALSE;

  while (!done)
    {
      g_autoptr (CfAclUser) before = cf_acl_find (self, CF_SLICE ("default"));
      g_autoptr (CfAclUser) user = cf_acl_make (self, before->name, before);

      set_password (user, password);
      done = cf_acl_publish (self, user, before);
    }
}

/**
 * cf_acl_make_default:
 * @self: the users
 * @config: the settings
 *
 * Returns: (transfer full): a default user as requirepass has it
 */
CfAclUser *
cf_acl_make_default (CfAcl *self, CfConfig *config)
{
  g_autofree char *password =
      cf_config_get_string (config, CF_SETTING_REQUIREPASS);
  CfAclUser *user = make_default (self);

  set_password (user, password);
  return user;
}

/**
 * cf_acl_needs_no_password:
 * @self: the users
 *
 * Returns: whether the default user is somebody for whom any password will do
 */
gboolean
cf_acl_needs_no_password (CfAcl *self)
{
  g_autoptr (CfAclUser) user = cf_acl_find (self, CF_SLICE ("default"));

  return (user->flags & CF_ACL_USER_NO_PASS) != 0;
}

/**
 * cf_acl_has_room:
 * @self: the users
 *
 * Returns: whether one more client may come; it is the default user at first
 */
gboolean
cf_acl_has_room (CfAcl *self)
{
  g_autoptr (CfAclUser) user = cf_acl_find (self, CF_SLICE ("default"));
  gint64 most = user->limits[CF_ACL_MAX_CONNECTIONS];

  return !cf_acl_is_open (self) || most == 0 ||
         __atomic_load_n (&self->rest->initial->n_connections,
                          __ATOMIC_RELAXED) < most;
}

/* -- Sessions ------------------------------------------------------------- */

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
  account_unref (old_account);
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
  *account = account_ref (self->rest->initial);
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
  account_unref (g_steal_pointer (&session->account));
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
  *account = find_locked (self, name);
  if (*account != NULL)
    {
      account_ref (*account);
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
    become (session, account_ref (session->account), user);
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
