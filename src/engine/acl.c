/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/acl.h"

#include "engine/acl-inside.h"

/* -- Accounts ------------------------------------------------------------- */

static CfAclAccount *
account_new (CfAclUser *user)
{
  CfAclAccount *account = g_new0 (CfAclAccount, 1);

  account->refs = 1;
  account->user = cf_acl_user_ref (user);
  return account;
}

/**
 * cf_acl_account_ref:
 * @account: an account
 *
 * Returns: (transfer full): @account
 */
CfAclAccount *
cf_acl_account_ref (CfAclAccount *account)
{
  __atomic_add_fetch (&account->refs, 1, __ATOMIC_RELAXED);
  return account;
}

/**
 * cf_acl_account_unref:
 * @account: (nullable) (transfer full): an account
 */
void
cf_acl_account_unref (CfAclAccount *account)
{
  if (account == NULL ||
      __atomic_sub_fetch (&account->refs, 1, __ATOMIC_ACQ_REL) > 0)
    return;
  cf_acl_user_unref (account->user);
  g_free (account);
}

static GPtrArray *
new_account_array (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) cf_acl_account_unref);
}

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
  self->rest->accounts = g_hash_table_new_full (
      g_str_hash, g_str_equal, g_free, (GDestroyNotify) cf_acl_account_unref);
  cf_mutex_init (&self->rest->lock, CF_LOCK_ACL, 0);
  user = make_default (self);
  self->rest->initial = account_new (user);
  self->rest->nobody = cf_acl_make (self, "", NULL);
  cf_acl_user_apply_word (self->rest->nobody, ">");
  g_hash_table_insert (self->rest->accounts, g_strdup ("default"),
                       cf_acl_account_ref (self->rest->initial));
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
  cf_acl_account_unref (self->rest->initial);
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

/**
 * cf_acl_find_account_locked:
 * @self: the users, locked
 * @name: a name
 *
 * Returns: (transfer none) (nullable): the account of that name
 */
CfAclAccount *
cf_acl_find_account_locked (CfAcl *self, CfSlice name)
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
  account = cf_acl_find_account_locked (self, name);
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
  account = cf_acl_find_account_locked (self, cf_slice_of_string (user->name));
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
  g_autoptr (GPtrArray) stolen = new_account_array ();
  CfAclAccount *account;

  cf_mutex_lock (&self->rest->lock);
  account = cf_acl_find_account_locked (self, name);
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
  g_autoptr (GPtrArray) stolen = new_account_array ();
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
