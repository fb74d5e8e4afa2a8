/* SPDX-License-Identifier: GPL-3.0-or-later */
/* acl-selector.h -- what may be done with what: a part of a user.
 *
 * A selector names commands, patterns of keys with what may be done to such
 * keys, and patterns of channels.  It is made by applying rules, one after
 * the other, and changes no more once its user is published.
 *
 * Invariants: 1. @all_keys: @keys is empty; @all_channels likewise.  2. A
 * command with an entry in @first_args is not in @bits.
 *
 * Thread safety: none while it is made; immutable then.
 */
#pragma once

#include "engine/acl-commands.h"

G_BEGIN_DECLS

typedef struct
{
  CfSlice text;  /* (owned) */
  guint8 access; /* CfKeyNeeds that it grants; of a channel 0 */
} CfAclPattern;

typedef struct
{
  guint number; /* of the command */
  char *word;   /* (owned) that its first argument must be */
} CfAclFirstArg;

typedef struct
{
  const CfAclCommands *commands; /* (not owned) */
  guint64 *bits;                 /* (owned) allowed commands by number */
  gboolean all_commands;         /* +@all was said, and nothing taken away */
  gboolean future;               /* those that there may be one day, too */
  gboolean all_keys;
  gboolean all_channels;
  GArray *keys;       /* (owned) (element-type CfAclPattern) */
  GArray *channels;   /* (owned) (element-type CfAclPattern) */
  GArray *first_args; /* (owned) (element-type CfAclFirstArg) */
} CfAclSelector;

CfAclSelector *cf_acl_selector_new (const CfAclCommands *commands,
                                    gboolean all_channels);
CfAclSelector *cf_acl_selector_copy (const CfAclSelector *self);
void cf_acl_selector_free (CfAclSelector *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfAclSelector, cf_acl_selector_free)

gboolean
cf_acl_selector_apply (CfAclSelector *self, CfSlice rule, GError **error);

/**
 * cf_acl_selector_has:
 * @self: a selector
 * @number: of a command, in the table of acl-commands.h
 *
 * Returns: whether it allows the command
 */
static inline gboolean
cf_acl_selector_has (const CfAclSelector *self, guint number)
{
  return (self->bits[number / 64] >> (number % 64) & 1) != 0;
}

/* Whether all of these may be done: to any key; to this key, channel or
 * pattern of channels. */
gboolean cf_acl_selector_any_key (const CfAclSelector *self, guint8 needs);
gboolean
cf_acl_selector_key (const CfAclSelector *self, CfSlice key, guint8 needs);
gboolean cf_acl_selector_channel (const CfAclSelector *self,
                                  CfSlice channel,
                                  gboolean is_pattern);

G_END_DECLS
