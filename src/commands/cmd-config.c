/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-config.c -- CONFIG: reads and changes settings while the server runs. */
#include "config.h"

#include "base/glob.h"
#include "commands/commands.h"
#include "commands/help.h"
#include "engine/acl-config.h"
#include "engine/tracking.h"
#include "store/evict.h"
#include "config/loader.h"

/* -- GET ------------------------------------------------------------------ */

/* Names that were found, each once. */
typedef struct
{
  GArray *pairs;                   /* (element-type Pair) */
  gboolean seen[CF_N_SETTINGS][2]; /* by its name, by its alias */
} Found;

typedef struct
{
  CfSlice name; /* as asked for, or as in the table */
  CfSettingId id;
} Pair;

static void
add_pair (Found *found, CfSlice name, CfSettingId id)
{
  gboolean by_alias = !cf_slice_is (name, cf_settings[id].name);
  Pair pair = { name, id };

  if (found->seen[id][by_alias])
    return;
  found->seen[id][by_alias] = TRUE;
  g_array_append_val (found->pairs, pair);
}

static void
add_if_matches (Found *found, CfSlice pattern, const char *name, CfSettingId id)
{
  if (name != NULL && cf_glob_match_nocase (pattern, cf_slice_of_string (name)))
    add_pair (found, cf_slice_of_string (name), id);
}

static void
find_pairs (Found *found, CfSlice pattern)
{
  int id;

  if (cf_glob_is_literal (pattern))
    {
      id = cf_setting_find (pattern.data, pattern.size);
      if (id >= 0)
        add_pair (found, pattern, (CfSettingId) id);
      return;
    }
  for (id = 0; id < CF_N_SETTINGS; id++)
    {
      const CfSetting *setting = &cf_settings[id];

      if (setting->flags & CF_CONFIG_HIDDEN)
        continue;
      add_if_matches (found, pattern, setting->name, (CfSettingId) id);
      add_if_matches (found, pattern, setting->alias, (CfSettingId) id);
    }
}

static char *
get_value (CfConfig *config, CfSettingId id)
{
  if (id == CF_SETTING_DIR)
    return g_get_current_dir ();
  return cf_config_get_string (config, id);
}

static gboolean
run_get (CfCall *call, GError **error)
{
  g_autoptr (GArray) pairs = g_array_new (FALSE, FALSE, sizeof (Pair));
  Found found = { .pairs = pairs };

  for (guint i = 2; i < call->argc; i++)
    find_pairs (&found, call->argv[i]);
  cf_reply_map (&call->reply, pairs->len);
  for (guint i = 0; i < pairs->len; i++)
    {
      const Pair *pair = &g_array_index (pairs, Pair, i);
      g_autofree char *value = get_value (call->engine->config, pair->id);

      cf_reply_bulk (&call->reply, pair->name);
      cf_reply_bulk_string (&call->reply, value);
    }
  return TRUE;
}

/* -- SET ------------------------------------------------------------------ */

/* Whatever becomes of the command, a password is not shown. */
static void
redact_values (CfCall *call)
{
  for (guint i = 2; i + 1 < call->argc; i += 2)
    {
      int id = cf_setting_find (call->argv[i].data, call->argv[i].size);

      if (id >= 0 && (cf_settings[id].flags & CF_CONFIG_SENSITIVE))
        cf_call_redact (call, i + 1);
    }
}

static void
warn (const CfCall *call, const CfConfigChange *changes, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      int id = cf_setting_find (changes[i].name, changes[i].name_size);

      if ((cf_settings[id].flags & CF_CONFIG_ACCEPTED) &&
          !cf_config_is_initial (call->engine->config, (CfSettingId) id))
        g_message ("'%s' has no effect in this version", cf_settings[id].name);
    }
}

/* Limits that were lowered hold at once, not with the next command. */
static void
keep_limits (CfCall *call)
{
  gint64 limit = cf_config_get_int (call->engine->config, CF_SETTING_MAXMEMORY);

  if (limit > 0 && !call->in_transaction)
    (void) cf_evict_make_room (call->engine->evict, (gsize) limit,
                               call->now_ms);
  cf_tracking_keep_limit (call->engine->tracking, G_MAXSIZE);
}

static gboolean
run_set (CfCall *call, GError **error)
{
  /* One more than there are settings is too many already. */
  CfConfigChange changes[CF_N_SETTINGS + 1];
  gsize n = MIN ((call->argc - 2) / 2, G_N_ELEMENTS (changes));

  redact_values (call);
  if (call->argc % 2 != 0)
    return cf_call_syntax_error (error);
  for (gsize i = 0; i < n; i++)
    {
      const CfSlice *words = &call->argv[2 + 2 * i];

      changes[i] = (CfConfigChange){ words[0].data, words[0].size,
                                     words[1].data, words[1].size };
    }
  if (!cf_config_set_many (call->engine->config, changes, n, error))
    return FALSE;
  keep_limits (call);
  warn (call, changes, n);
  cf_reply_ok (&call->reply);
  return TRUE;
}

/* -- RESETSTAT, REWRITE --------------------------------------------------- */

static gboolean
run_resetstat (CfCall *call, GError **error)
{
  cf_engine_reset_stats (call->engine);
  cf_reply_ok (&call->reply);
  return TRUE;
}

static gboolean
run_rewrite (CfCall *call, GError **error)
{
  CfConfig *config = call->engine->config;
  g_autofree char *path = cf_config_get_path (config);
  g_autoptr (GPtrArray) users = NULL;
  g_autoptr (GError) cause = NULL;

  if (path == NULL)
    return cf_throw (error, CF_ERROR_FAILED,
                     "The server is running without a config file");
  /* There are none beside an ACL file. */
  if (!cf_config_get_bool (config, CF_SETTING_ACLFILE))
    users = cf_acl_config_lines (call->engine->acl, config);
  if (!cf_config_rewrite (config, users, &cause))
    {
      g_warning ("the configuration was not written: %s", cause->message);
      return cf_throw (error, CF_ERROR_FAILED, "Rewriting config file: %s",
                       cause->message);
    }
  g_message ("wrote the configuration to %s", path);
  cf_reply_ok (&call->reply);
  return TRUE;
}

/* The settings have locks of their own, which no slot may be held with. */
#define FLAGS                                                                  \
  CF_COMMAND_ADMIN | CF_COMMAND_NOSCRIPT | CF_COMMAND_LOADING |                \
      CF_COMMAND_STALE | CF_COMMAND_WALKS

static const CfCommand subcommands[] = {
  {
      .name = "GET",
      .usage = "parameter ...",
      .summary = "Shows settings by their names, or by patterns of names.",
      .since = "2.0.0",
      .complexity = "O(N), N being the number of patterns",
      .run = run_get,
      .arity = -3,
      .flags = FLAGS,
  },
  CF_HELP_COMMAND ("5.0.0", 0),
  {
      .name = "RESETSTAT",
      .summary = "Sets the counters that INFO shows to zero.",
      .since = "2.0.0",
      .complexity = "O(1)",
      .run = run_resetstat,
      .arity = 2,
      .flags = FLAGS,
  },
  {
      .name = "REWRITE",
      .summary = "Writes settings that were changed into the configuration "
                 "file.",
      .since = "2.8.0",
      .complexity = "O(1)",
      .run = run_rewrite,
      .arity = 2,
      .flags = FLAGS,
  },
  {
      .name = "SET",
      .usage = "(parameter value) ...",
      .summary = "Changes settings: all that are given, or none.",
      .since = "2.0.0",
      .complexity = "O(N), N being the number of settings given",
      .tips = "request_policy:all_nodes response_policy:all_succeeded",
      .run = run_set,
      .arity = -4,
      .flags = FLAGS,
  },
};

static const CfCommand commands[] = {
  {
      .name = "CONFIG",
      .summary = "Reads and changes the settings of the server.",
      .since = "2.0.0",
      .arity = -2,
      .subcommands = subcommands,
      .n_subcommands = G_N_ELEMENTS (subcommands),
  },
};

const CfFamily cf_config_family = {
  .group = "server",
  .commands = commands,
  .n_commands = G_N_ELEMENTS (commands),
};
