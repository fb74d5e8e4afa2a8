/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-acl.c -- ACL: users and what they may do. */
#include "config.h"

#include "base/random.h"
#include "commands/commands.h"
#include "commands/help.h"
#include "engine/acl-check.h"
#include "engine/acl-file.h"
#include "engine/acl-revoke.h"
#include "engine/acl-text.h"
#include "engine/acl.h"

#define PASSWORD_BITS 256
#define PASSWORD_BITS_MAX 4096
#define LOG_ENTRIES 10
#define NAME_SHOWN 128 /* bytes of a name in an error */

/* -- Categories, passwords, names ----------------------------------------- */

static gboolean
reply_category (CfCall *call, GError **error)
{
  CfSlice name = call->argv[2];
  CfAclCategories bit = cf_acl_category_find (name);
  const CfCommandTable *table = call->engine->commands;
  CfOutChunk *hole;
  gsize n = 0;

  if (bit == 0)
    return cf_throw (error, CF_ERROR_FAILED, "Unknown category '%.*s'",
                     (int) MIN (name.size, NAME_SHOWN), name.data);
  hole = cf_reply_deferred (&call->reply);
  for (guint i = 0; i < cf_command_table_n_ids (table); i++)
    {
      const CfCommandInfo *info = cf_command_table_by_id (table, i);

      if (!(info->categories & bit))
        continue;
      cf_reply_bulk_string (&call->reply, info->full_name);
      n++;
    }
  cf_reply_deferred_array (&call->reply, hole, n);
  return TRUE;
}

static gboolean
run_cat (CfCall *call, GError **error)
{
  guint n = 0;

  if (call->argc > 3)
    return cf_call_usage_error (call, error);
  if (call->argc == 3)
    return reply_category (call, error);
  while (cf_acl_category_name (n) != NULL)
    n++;
  cf_reply_array (&call->reply, n);
  for (guint i = 0; i < n; i++)
    cf_reply_bulk_string (&call->reply, cf_acl_category_name (i));
  return TRUE;
}

static gboolean
run_genpass (CfCall *call, GError **error)
{
  char digits[PASSWORD_BITS_MAX / 4];
  gint64 bits = PASSWORD_BITS;
  gsize n;

  if (call->argc > 3)
    return cf_call_usage_error (call, error);
  if (call->argc == 3 && !cf_call_get_int (call, 2, &bits, error))
    return FALSE;
  if (bits <= 0 || bits > PASSWORD_BITS_MAX)
    return cf_throw (error, CF_ERROR_FAILED,
                     "ACL GENPASS argument must be the number of bits for the "
                     "output password, a positive number up to %d",
                     PASSWORD_BITS_MAX);
  n = (gsize) (bits + 3) / 4;
  cf_random_hex (digits, n);
  cf_reply_bulk (&call->reply, cf_slice (digits, n));
  return TRUE;
}

static gboolean
run_whoami (CfCall *call, GError **error)
{
  const CfAclUser *user = call->session->user;

  if (user != NULL)
    cf_reply_bulk_string (&call->reply, user->name);
  else
    cf_reply_null (&call->reply);
  return TRUE;
}

static gboolean
run_users (CfCall *call, GError **error)
{
  g_autoptr (GPtrArray) users = cf_acl_list (call->engine->acl);

  cf_reply_array (&call->reply, users->len);
  for (guint i = 0; i < users->len; i++)
    cf_reply_bulk_string (&call->reply, ((CfAclUser *) users->pdata[i])->name);
  return TRUE;
}

/* -- Users as text --------------------------------------------------------- */

static gboolean
run_list (CfCall *call, GError **error)
{
  g_autoptr (GPtrArray) users = cf_acl_list (call->engine->acl);
  g_autoptr (GString) line = g_string_new (NULL);

  cf_reply_array (&call->reply, users->len);
  for (guint i = 0; i < users->len; i++)
    {
      const CfAclUser *user = users->pdata[i];

      g_string_printf (line, "user %s ", user->name);
      cf_acl_text_user (user, line);
      cf_reply_bulk (&call->reply, cf_slice (line->str, line->len));
    }
  return TRUE;
}

typedef void (*Describe) (const CfAclSelector *selector, GString *text);

static void
reply_part (CfReply *reply,
            const char *name,
            Describe describe,
            const CfAclSelector *selector)
{
  g_autoptr (GString) text = g_string_new (NULL);

  describe (selector, text);
  cf_reply_bulk_string (reply, name);
  cf_reply_bulk (reply, cf_slice (text->str, text->len));
}

static void
reply_selector (CfReply *reply, const CfAclSelector *selector)
{
  reply_part (reply, "commands", cf_acl_text_commands, selector);
  reply_part (reply, "keys", cf_acl_text_keys, selector);
  reply_part (reply, "channels", cf_acl_text_channels, selector);
}

static void
reply_login (CfReply *reply, const CfAclUser *user)
{
  guint n = 0;

  while (cf_acl_text_flag (user, n) != NULL)
    n++;
  cf_reply_bulk_string (reply, "flags");
  cf_reply_set (reply, n);
  for (guint i = 0; i < n; i++)
    cf_reply_bulk_string (reply, cf_acl_text_flag (user, i));
  cf_reply_bulk_string (reply, "passwords");
  cf_reply_array (reply, user->passwords->len);
  for (guint i = 0; i < user->passwords->len; i++)
    cf_reply_bulk_string (reply, user->passwords->pdata[i]);
}

static gsize
count_limits (const CfAclUser *user)
{
  gsize n = 0;

  for (guint i = 0; i < CF_N_ACL_LIMITS; i++)
    n += user->limits[i] != 0;
  return n;
}

static gboolean
run_getuser (CfCall *call, GError **error)
{
  g_autoptr (CfAclUser) user = cf_acl_find (call->engine->acl, call->argv[2]);
  CfReply *reply = &call->reply;

  if (user == NULL)
    {
      cf_reply_null (reply);
      return TRUE;
    }
  cf_reply_map (reply, 6 + count_limits (user));
  reply_login (reply, user);
  reply_selector (reply, cf_acl_user_selector (user, 0));
  cf_reply_bulk_string (reply, "selectors");
  cf_reply_array (reply, user->selectors->len - 1);
  for (guint i = 1; i < user->selectors->len; i++)
    {
      cf_reply_map (reply, 3);
      reply_selector (reply, cf_acl_user_selector (user, i));
    }
  for (CfAclLimit i = 0; i < CF_N_ACL_LIMITS; i++)
    if (user->limits[i] != 0)
      {
        cf_reply_bulk_string (reply, cf_acl_limit_name (i));
        cf_reply_int (reply, user->limits[i]);
      }
  return TRUE;
}

/* -- Changing users ---------------------------------------------------------
 */

static gboolean
apply_rules (CfAclUser *user, const GPtrArray *rules, GError **error)
{
  for (guint i = 0; i < rules->len; i++)
    {
      g_autoptr (GError) cause = NULL;
      gsize size;
      const char *data = g_bytes_get_data (rules->pdata[i], &size);

      if (!cf_acl_user_apply (user, cf_slice (data, size), &cause))
        return cf_throw (error, CF_ERROR_FAILED,
                         "Error in ACL SETUSER modifier '%.*s': %s",
                         (int) MIN (size, 1024), data, cause->message);
    }
  return TRUE;
}

/* All rules, or none; again if somebody else changes the user meanwhile. */
static gboolean
set_user (CfCall *call,
          const char *name,
          const GPtrArray *rules,
          GError **error)
{
  CfAcl *acl = call->engine->acl;

  while (TRUE)
    {
      g_autoptr (CfAclUser) before =
          cf_acl_find (acl, cf_slice_of_string (name));
      g_autoptr (CfAclUser) user = cf_acl_make (acl, name, before);

      if (!apply_rules (user, rules, error))
        return FALSE;
      if (!cf_acl_publish (acl, user, before))
        continue;
      if (before != NULL)
        cf_acl_revoke_channels (call, user, before);
      return TRUE;
    }
}

static gboolean
run_setuser (CfCall *call, GError **error)
{
  CfSlice name = call->argv[2];
  g_autofree char *copy = NULL;
  g_autoptr (GPtrArray) rules = NULL;

  for (guint i = 2; i < call->argc; i++)
    cf_call_redact (call, i);
  if (name.size > CF_ACL_NAME_MAX)
    return cf_throw (error, CF_ERROR_FAILED,
                     "Usernames can't be longer than %d bytes",
                     CF_ACL_NAME_MAX);
  if (!cf_acl_name_is_valid (name))
    return cf_throw (error, CF_ERROR_FAILED,
                     "Usernames can't contain spaces or null characters");
  copy = g_strndup (name.data, name.size);
  rules = cf_acl_merge_rules (call->argv + 3, call->argc - 3, error);
  if (rules == NULL || !set_user (call, copy, rules, error))
    return FALSE;
  cf_reply_ok (&call->reply);
  return TRUE;
}

static gboolean
run_deluser (CfCall *call, GError **error)
{
  gboolean has_default = FALSE;
  gint64 n = 0;

  for (guint i = 2; i < call->argc && !has_default; i++)
    if (cf_slice_equal (call->argv[i], CF_SLICE ("default")))
      has_default = TRUE;
    else
      n += cf_acl_delete (call->engine->acl, call->argv[i]);
  if (n > 0)
    cf_acl_revoke_sessions (call);
  if (has_default)
    return cf_throw (error, CF_ERROR_FAILED,
                     "The 'default' user cannot be removed");
  cf_reply_int (&call->reply, n);
  return TRUE;
}

/* -- The file ---------------------------------------------------------------
 */

static char *
get_path (const CfCall *call, GError **error)
{
  g_autofree char *path =
      cf_config_get_string (call->engine->config, CF_SETTING_ACLFILE);

  if (*path != '\0')
    return g_steal_pointer (&path);
  cf_throw (error, CF_ERROR_FAILED,
            "This Redis instance is not configured to use an ACL file. You may "
            "want to specify users via the ACL SETUSER command and then issue "
            "a CONFIG REWRITE (assuming you have a Redis configuration file "
            "set) in order to store users in the Redis configuration.");
  return NULL;
}

static gboolean
run_load (CfCall *call, GError **error)
{
  g_autofree char *path = get_path (call, error);
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (GPtrArray) users = NULL;

  if (path == NULL)
    return FALSE;
  users = cf_acl_file_load (call->engine->acl, path, error);
  if (users == NULL)
    return FALSE;
  before = cf_acl_list (call->engine->acl);
  cf_acl_replace (call->engine->acl, users);
  cf_acl_revoke_sessions (call);
  for (guint i = 0; i < before->len; i++)
    {
      const CfAclUser *old = before->pdata[i];
      g_autoptr (CfAclUser) user =
          cf_acl_find (call->engine->acl, cf_slice_of_string (old->name));

      if (user != NULL)
        cf_acl_revoke_channels (call, user, old);
    }
  cf_reply_ok (&call->reply);
  return TRUE;
}

static gboolean
run_save (CfCall *call, GError **error)
{
  g_autofree char *path = get_path (call, error);
  g_autoptr (GError) cause = NULL;

  if (path == NULL)
    return FALSE;
  if (!cf_acl_file_save (call->engine->acl, path, &cause))
    {
      g_warning ("the users were not saved: %s", cause->message);
      return cf_throw (error, CF_ERROR_FAILED,
                       "There was an error trying to save the ACLs. Please "
                       "check the server logs for more information");
    }
  cf_reply_ok (&call->reply);
  return TRUE;
}

/* -- What was denied, and what would be --------------------------------------
 */

static void
reply_field (CfReply *reply, const char *name, const char *value)
{
  cf_reply_bulk_string (reply, name);
  cf_reply_bulk_string (reply, value);
}

static void
reply_entry (const CfCall *call, CfReply *reply, const CfAclLogEntry *entry)
{
  static const char *const reasons[] = {
    [CF_ACL_DENIED_COMMAND] = "command",
    [CF_ACL_DENIED_KEY] = "key",
    [CF_ACL_DENIED_AUTH] = "auth",
    [CF_ACL_DENIED_CHANNEL] = "channel",
  };
  static const char *const contexts[] = {
    [CF_ACL_TOPLEVEL] = "toplevel",
    [CF_ACL_MULTI] = "multi",
    [CF_ACL_LUA] = "lua",
  };

  cf_reply_map (reply, 10);
  cf_reply_bulk_string (reply, "count");
  cf_reply_int (reply, (gint64) entry->count);
  reply_field (reply, "reason", reasons[entry->reason]);
  reply_field (reply, "context", contexts[entry->context]);
  cf_reply_bulk_string (reply, "object");
  cf_reply_bulk (reply, cf_slice (entry->object, entry->object_size));
  reply_field (reply, "username", entry->user);
  cf_reply_bulk_string (reply, "age-seconds");
  cf_reply_double (reply, (double) (call->now_ms - entry->updated_ms) / 1000);
  reply_field (reply, "client-info", entry->client);
  cf_reply_bulk_string (reply, "entry-id");
  cf_reply_int (reply, (gint64) entry->id);
  cf_reply_bulk_string (reply, "timestamp-created");
  cf_reply_int (reply, entry->created_ms);
  cf_reply_bulk_string (reply, "timestamp-last-updated");
  cf_reply_int (reply, entry->updated_ms);
}

static gboolean
run_log (CfCall *call, GError **error)
{
  g_autoptr (GPtrArray) entries = NULL;
  gint64 n = LOG_ENTRIES;

  if (call->argc > 3)
    return cf_call_usage_error (call, error);
  if (call->argc == 3 && cf_call_is (call, 2, "RESET"))
    {
      cf_acl_log_reset (call->engine->acl_log);
      cf_reply_ok (&call->reply);
      return TRUE;
    }
  if (call->argc == 3 && !cf_call_get_int (call, 2, &n, error))
    return FALSE;
  entries =
      cf_acl_log_get (call->engine->acl_log, (guint) CLAMP (n, 0, G_MAXINT32));
  cf_reply_array (&call->reply, entries->len);
  for (guint i = 0; i < entries->len; i++)
    reply_entry (call, &call->reply, entries->pdata[i]);
  return TRUE;
}

static gboolean
find_user (const CfCall *call, CfAclUser **user, GError **error)
{
  CfSlice name = call->argv[2];

  *user = cf_acl_find (call->engine->acl, name);
  return *user != NULL ||
         cf_throw (error, CF_ERROR_FAILED, "User '%.*s' not found",
                   (int) MIN (name.size, NAME_SHOWN), name.data);
}

static void
reply_verdict (CfCall *call,
               CfAclVerdict verdict,
               const CfCommandInfo *info,
               CfSlice object)
{
  g_autofree char *text = NULL;

  if (verdict == CF_ACL_DENIED_COMMAND)
    text =
        g_strdup_printf ("This user has no permissions to run the '%s' command",
                         info->full_name);
  else
    text =
        g_strdup_printf ("This user has no permissions to access the '%.*s' %s",
                         (int) MIN (object.size, CF_CALL_TEXT_MAX), object.data,
                         verdict == CF_ACL_DENIED_KEY ? "key" : "channel");
  cf_reply_bulk_string (&call->reply, text);
}

static gboolean
run_dryrun (CfCall *call, GError **error)
{
  const CfSlice *argv = call->argv + 3;
  guint argc = call->argc - 3, position;
  const CfCommandInfo *info =
      cf_command_table_find (call->engine->commands, argv, argc);
  g_autoptr (CfAclUser) user = NULL;
  CfAclVerdict verdict;

  if (!find_user (call, &user, error))
    return FALSE;
  if (info == NULL || (info->is_container && argc > 1))
    return cf_throw (error, CF_ERROR_FAILED, "Command '%.*s' not found",
                     (int) MIN (argv[0].size, NAME_SHOWN), argv[0].data);
  if (!cf_command_arity_fits (info->command, argc))
    return cf_throw (error, CF_ERROR_FAILED,
                     "wrong number of arguments for '%s' command",
                     info->full_name);
  verdict = cf_acl_check (user, info, argv, argc, &position);
  if (verdict == CF_ACL_OK)
    cf_reply_ok (&call->reply);
  else
    reply_verdict (call, verdict, info, argv[position]);
  return TRUE;
}

/* -- The table ---------------------------------------------------------------
 */

/* Users have a lock of their own, and sessions are gone through. */
#define COMMON                                                                 \
  (CF_COMMAND_NOSCRIPT | CF_COMMAND_LOADING | CF_COMMAND_STALE |               \
   CF_COMMAND_WALKS)

#define SUBCOMMAND(NAME, USAGE, SUMMARY, SINCE, COMPLEXITY, ARITY, MORE_FLAGS, \
                   RUN)                                                        \
  {                                                                            \
    .name = NAME, .usage = USAGE, .summary = SUMMARY, .since = SINCE,          \
    .complexity = COMPLEXITY, .run = RUN, .arity = ARITY,                      \
    .flags = COMMON | (MORE_FLAGS),                                            \
  }

static const CfCommand subcommands[] = {
  SUBCOMMAND ("CAT",
              "[categoryname]",
              "Returns the categories there are, or the commands in one.",
              "6.0.0",
              "O(1) since the categories and commands are a fixed set.",
              -2,
              0,
              run_cat),
  SUBCOMMAND ("DELUSER",
              "username ...",
              "Deletes users, and closes their connections.",
              "6.0.0",
              "O(1) amortized time considering the typical user.",
              -3,
              CF_COMMAND_ADMIN,
              run_deluser),
  SUBCOMMAND ("DRYRUN",
              "username command [arg ...]",
              "Tells whether a user may run a command, without running it.",
              "7.0.0",
              "O(1).",
              -4,
              CF_COMMAND_ADMIN,
              run_dryrun),
  SUBCOMMAND ("GENPASS",
              "[bits:integer]",
              "Makes up a password that cannot be guessed.",
              "6.0.0",
              "O(1)",
              -2,
              0,
              run_genpass),
  SUBCOMMAND ("GETUSER",
              "username",
              "Returns the rules of a user, part by part.",
              "6.0.0",
              "O(N). Where N is the number of password, command and pattern "
              "rules that the user has.",
              3,
              CF_COMMAND_ADMIN,
              run_getuser),
  CF_HELP_COMMAND ("6.0.0", 0),
  SUBCOMMAND ("LIST",
              NULL,
              "Returns the rules of all users, a line each.",
              "6.0.0",
              "O(N). Where N is the number of configured users.",
              2,
              CF_COMMAND_ADMIN,
              run_list),
  SUBCOMMAND ("LOAD",
              NULL,
              "Reads the users from the ACL file again.",
              "6.0.0",
              "O(N). Where N is the number of configured users.",
              2,
              CF_COMMAND_ADMIN,
              run_load),
  SUBCOMMAND ("LOG",
              "[count:integer | RESET]",
              "Returns what was denied lately, or forgets it.",
              "6.0.0",
              "O(N) with N being the number of entries shown.",
              -2,
              CF_COMMAND_ADMIN,
              run_log),
  SUBCOMMAND ("SAVE",
              NULL,
              "Writes the users into the ACL file.",
              "6.0.0",
              "O(N). Where N is the number of configured users.",
              2,
              CF_COMMAND_ADMIN,
              run_save),
  SUBCOMMAND ("SETUSER",
              "username [rule ...]",
              "Makes a user, or changes the rules of one.",
              "6.0.0",
              "O(N). Where N is the number of rules provided.",
              -3,
              CF_COMMAND_ADMIN,
              run_setuser),
  SUBCOMMAND ("USERS",
              NULL,
              "Returns the names of all users.",
              "6.0.0",
              "O(N). Where N is the number of configured users.",
              2,
              CF_COMMAND_ADMIN,
              run_users),
  SUBCOMMAND ("WHOAMI",
              NULL,
              "Returns the name of the user that the connection is.",
              "6.0.0",
              "O(1)",
              2,
              0,
              run_whoami),
};

static const CfCommand commands[] = {
  {
      .name = "ACL",
      .summary = "Users and what they may do.",
      .since = "6.0.0",
      .complexity = "Depends on subcommand.",
      .arity = -2,
      .subcommands = subcommands,
      .n_subcommands = G_N_ELEMENTS (subcommands),
  },
};

const CfFamily cf_acl_family = {
  .group = "server",
  .commands = commands,
  .n_commands = G_N_ELEMENTS (commands),
};
