/* SPDX-License-Identifier: GPL-3.0-or-later */
/* acl-commands.h -- the commands and categories that rules may name.
 *
 * These are all of the command table, and those of Redis that there are not:
 * so rules that were written for Redis can be read, and the text that is made
 * of rules is the one that Redis makes.
 *
 * A command has a number, and a set of commands is a bitmap of such numbers;
 * those of the command table have their id there.
 *
 * Thread safety: immutable once made.
 */
#pragma once

#include "engine/command.h"

G_BEGIN_DECLS

typedef struct
{
  char *name; /* (owned) "get", "config|get" */
  CfAclCategories categories;
  guint number;
  guint n_subcommands; /* they come right behind it */
  gboolean is_subcommand;
  gboolean is_newer; /* than Redis 7.0, whose categories it does not weigh */
} CfAclCommand;

typedef struct _CfAclCommands CfAclCommands;

CfAclCommands *cf_acl_commands_new (const CfCommandTable *table);
void cf_acl_commands_free (CfAclCommands *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfAclCommands, cf_acl_commands_free)

/* All of them, a command before its subcommands. */
const CfAclCommand *cf_acl_commands_all (const CfAclCommands *self, guint *n);
/* By full name, in any case; NULL: there is none. */
const CfAclCommand *cf_acl_commands_find (const CfAclCommands *self,
                                          CfSlice name);
guint cf_acl_commands_n_words (const CfAclCommands *self); /* of a bitmap */

/* The bitmap of the commands that Redis 7.0 has in category number @i.
 * (transfer none) */
const guint64 *cf_acl_commands_in (const CfAclCommands *self, guint i);

/* Categories, in Redis's order; the name of number @i, NULL behind the last. */
const char *cf_acl_category_name (guint i);
CfAclCategories cf_acl_category_bit (guint i);
CfAclCategories cf_acl_category_find (CfSlice name); /* 0: there is none */

G_END_DECLS
