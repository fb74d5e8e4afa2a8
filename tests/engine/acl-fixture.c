/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "acl-fixture.h"

#include "engine/call.h"

static gboolean
run (CfCall *call, GError **error)
{
  return TRUE;
}

static gboolean
get_two (const CfSlice *argv, guint argc, GArray *positions)
{
  guint key = 2;

  g_array_append_val (positions, key);
  return TRUE;
}

#define COMMAND(NAME, ARITY, FLAGS, CATEGORIES)                                \
  .name = NAME, .summary = "Does what it does.", .since = "1.0.0", .run = run, \
  .arity = ARITY, .flags = FLAGS, .categories = CATEGORIES

static const CfCommand config[] = {
  { COMMAND ("GET", -3, CF_COMMAND_ADMIN, 0) },
  { COMMAND ("SET", -4, CF_COMMAND_ADMIN, 0) },
};

static const CfCommand commands[] = {
  { COMMAND (
      "AUTH", -2, CF_COMMAND_FAST | CF_COMMAND_NO_AUTH, CF_ACL_CONNECTION) },
  {
      .name = "CONFIG",
      .summary = "Settings.",
      .since = "2.0.0",
      .arity = -2,
      .subcommands = config,
      .n_subcommands = G_N_ELEMENTS (config),
  },
  { COMMAND ("DEBUG", -2, CF_COMMAND_ADMIN, 0), .get_keys = get_two },
  { COMMAND ("DEL", -2, CF_COMMAND_WRITE, CF_ACL_KEYSPACE),
    .keys = { CF_ALL_KEYS ("RM delete") } },
  { COMMAND (
        "EXISTS", -2, CF_COMMAND_READONLY | CF_COMMAND_FAST, CF_ACL_KEYSPACE),
    .keys = { CF_ALL_KEYS ("RO") } },
  { COMMAND ("GET", 2, CF_COMMAND_READONLY | CF_COMMAND_FAST, CF_ACL_STRING),
    .keys = { CF_ONE_KEY ("RO access") } },
  { COMMAND ("LMOVE", 5, CF_COMMAND_WRITE, CF_ACL_LIST),
    .keys = { CF_ONE_KEY ("RW access delete"), CF_KEY_AT ("RW insert", 2) } },
  { COMMAND ("PSUBSCRIBE", -2, CF_COMMAND_PUBSUB, 0),
    .channels = CF_CHANNELS_PATTERNS },
  { COMMAND ("PUBLISH", 3, CF_COMMAND_PUBSUB | CF_COMMAND_FAST, 0),
    .channels = CF_CHANNELS_FIRST },
  { COMMAND ("SELECT", 2, CF_COMMAND_FAST, CF_ACL_CONNECTION) },
  { COMMAND ("SET", -3, CF_COMMAND_WRITE, CF_ACL_STRING),
    .keys = { CF_ONE_KEY ("OW update") } },
  { COMMAND ("SUBSCRIBE", -2, CF_COMMAND_PUBSUB, 0),
    .channels = CF_CHANNELS_ALL },
};

static const CfFamily family = {
  .group = "generic",
  .commands = commands,
  .n_commands = G_N_ELEMENTS (commands),
};

void
acl_fixture_set_up (AclFixture *self, gconstpointer data)
{
  const CfFamily *const families[] = { &family, NULL };

  self->table = cf_command_table_new (families);
  self->commands = cf_acl_commands_new (self->table);
}

void
acl_fixture_tear_down (AclFixture *self, gconstpointer data)
{
  cf_acl_commands_free (self->commands);
  cf_command_table_free (self->table);
}

CfAclUser *
acl_fixture_user (AclFixture *self, const char *rules)
{
  CfAclUser *user = cf_acl_user_new ("test", self->commands, FALSE);
  g_auto (GStrv) words = g_strsplit (rules, " ", -1);

  for (char **word = words; *word != NULL; word++)
    cf_acl_user_apply_word (user, *word);
  return user;
}

const CfCommandInfo *
acl_fixture_find (AclFixture *self, const char *name)
{
  const CfCommandInfo *info =
      cf_command_table_find_name (self->table, cf_slice_of_string (name));

  g_assert_nonnull (info);
  return info;
}

void
acl_whole_fixture_set_up (AclWholeFixture *self, gconstpointer data)
{
  acl_fixture_set_up (&self->base, data);
  self->config = cf_config_new ();
  self->acl = cf_acl_new (self->config, self->base.table);
}

void
acl_whole_fixture_tear_down (AclWholeFixture *self, gconstpointer data)
{
  cf_acl_free (self->acl);
  cf_config_free (self->config);
  acl_fixture_tear_down (&self->base, data);
}
