/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/acl-config.h"

#include "base/error.h"
#include "config/loader.h"
#include "engine/acl-text.h"

#define RULE_SHOWN 128 /* bytes of a rule in an error */

/* -- Reading -------------------------------------------------------------- */

static gboolean
apply (CfAclUser *user, GBytes *rule, GError **error)
{
  g_autoptr (GError) cause = NULL;
  gsize size;
  const char *data = g_bytes_get_data (rule, &size);

  return cf_acl_user_apply (user, cf_slice (data, size), &cause) ||
         cf_throw (error, CF_ERROR_FAILED, "at '%.*s': %s",
                   (int) MIN (size, RULE_SHOWN), data, cause->message);
}

static gboolean
apply_all (CfAclUser *user, const char *rules, GError **error)
{
  g_autoptr (GArray) words = g_array_new (FALSE, FALSE, sizeof (CfSlice));
  g_auto (GStrv) parts = g_strsplit_set (rules, " \t", -1);
  g_autoptr (GPtrArray) merged = NULL;

  for (char **part = parts; *part != NULL; part++)
    {
      CfSlice word = cf_slice_of_string (*part);

      g_array_append_val (words, word);
    }
  merged = cf_acl_merge_rules ((const CfSlice *) (gpointer) words->data,
                               words->len, error);
  for (guint i = 0; merged != NULL && i < merged->len; i++)
    if (!apply (user, merged->pdata[i], error))
      return FALSE;
  return merged != NULL;
}

/* (transfer full) (nullable) */
static CfAclUser *
make_user (CfAcl *acl, const CfUserLine *line, GError **error)
{
  g_autoptr (CfAclUser) user = cf_acl_make (acl, line->name, NULL);
  g_autoptr (GError) cause = NULL;

  if (apply_all (user, line->rules, &cause))
    return g_steal_pointer (&user);
  cf_throw (error, CF_ERROR_FAILED, "%s: user '%s': %s", line->where,
            line->name, cause->message);
  return NULL;
}

/* A user is either here or there, so that nobody looks at the wrong place. */
static gboolean
check_file (CfConfig *config, const GPtrArray *lines, GError **error)
{
  const CfUserLine *line = lines->len > 0 ? lines->pdata[0] : NULL;

  if (line == NULL || !cf_config_get_bool (config, CF_SETTING_ACLFILE))
    return TRUE;
  return cf_throw (error, CF_ERROR_FAILED,
                   "%s: user '%s': users are given here and in the file that "
                   "aclfile names; it can only be one of both",
                   line->where, line->name);
}

/**
 * cf_acl_config_parse:
 * @acl: the users, which stay as they are
 * @config: a configuration
 * @error: return location for an error, or %NULL
 *
 * Returns: (transfer full) (nullable) (element-type CfAclUser): the users that
 *   @config gives; %NULL and an error, which begins with where it stands, if
 *   one of them is wrong or there is an ACL file as well
 */
GPtrArray *
cf_acl_config_parse (CfAcl *acl, CfConfig *config, GError **error)
{
  g_autoptr (GPtrArray) lines = cf_config_get_users (config);
  g_autoptr (GPtrArray) users =
      g_ptr_array_new_with_free_func ((GDestroyNotify) cf_acl_user_unref);

  if (!check_file (config, lines, error))
    return NULL;
  for (guint i = 0; i < lines->len; i++)
    {
      CfAclUser *user = make_user (acl, lines->pdata[i], error);

      if (user == NULL)
        return NULL;
      g_ptr_array_add (users, user);
    }
  return g_steal_pointer (&users);
}

/**
 * cf_acl_config_apply:
 * @acl: the users, which no other thread knows
 * @users: (element-type CfAclUser): those of the configuration
 *
 * Makes them the users there are, beside the default one.
 */
void
cf_acl_config_apply (CfAcl *acl, const GPtrArray *users)
{
  for (guint i = 0; i < users->len; i++)
    {
      CfAclUser *user = users->pdata[i];
      g_autoptr (CfAclUser) before =
          cf_acl_find (acl, cf_slice_of_string (user->name));
      gboolean done = cf_acl_publish (acl, user, before);

      g_assert (done);
    }
}

/* -- Writing -------------------------------------------------------------- */

static char *
get_text (const CfAclUser *user)
{
  GString *text = g_string_new (NULL);

  cf_acl_text_user (user, text);
  return g_string_free (text, FALSE);
}

/* Whether @rules, or requirepass if there are none, make a user that is shown
 * as @text. */
static gboolean
is_said (CfAcl *acl,
         CfConfig *config,
         const CfUserLine *line,
         const char *name,
         const char *text)
{
  g_autoptr (CfAclUser) user = NULL;
  g_autofree char *other = NULL;

  if (line != NULL)
    user = make_user (acl, line, NULL);
  else if (g_str_equal (name, "default"))
    user = cf_acl_make_default (acl, config);
  other = user != NULL ? get_text (user) : NULL;
  return g_strcmp0 (other, text) == 0;
}

/**
 * cf_acl_config_lines:
 * @acl: the users
 * @config: the configuration
 *
 * Returns: (transfer full) (element-type CfUserLine): a line for each user but
 *   the default one as requirepass makes it
 */
GPtrArray *
cf_acl_config_lines (CfAcl *acl, CfConfig *config)
{
  g_autoptr (GPtrArray) before = cf_config_get_users (config);
  g_autoptr (GPtrArray) users = cf_acl_list (acl);
  GPtrArray *lines = cf_user_lines_new ();

  for (guint i = 0; i < users->len; i++)
    {
      const CfAclUser *user = users->pdata[i];
      const CfUserLine *line = cf_user_lines_find (before, user->name);
      g_autofree char *text = get_text (user);
      gboolean said = is_said (acl, config, line, user->name, text);

      if (line == NULL && said)
        continue;
      /* Users have no blanks in their names, and each is there once. */
      (void) cf_user_lines_add (lines, user->name, said ? line->rules : text,
                                NULL, NULL);
    }
  return lines;
}
