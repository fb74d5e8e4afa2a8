/* SPDX-License-Identifier: GPL-3.0-or-later */
/* acl-user.h -- a user: how to log in as one, and what that allows.
 *
 * A user is made by applying rules to a new one, or to a copy of another; once
 * it is published (acl.h) it changes no more, so whoever has a reference may
 * read it without a lock.
 *
 * Rules are those of Redis, and three more, which Redis's tools show like any
 * other word:
 *   max-connections=N          that are logged in at a time
 *   max-output-bytes=N         of replies that wait to be sent, a connection
 *   max-commands-per-second=N
 * 0 takes a limit away, and so does "reset".  They are written only where
 * they are set.
 *
 * Thread safety: none while it is made; immutable then.  References may be
 * taken and given back in any thread.
 */
#pragma once

#include "engine/acl-selector.h"

G_BEGIN_DECLS

#define CF_ACL_NAME_MAX 16384 /* bytes */

typedef enum
{
  CF_ACL_USER_ON = 1 << 0,
  CF_ACL_USER_NO_PASS = 1 << 1, /* any password will do */
  CF_ACL_USER_SKIP_SANITIZE = 1 << 2,
  CF_ACL_USER_SANITIZE = 1 << 3,
} CfAclUserFlags;

/* 0: no limit. */
typedef enum
{
  CF_ACL_MAX_CONNECTIONS,
  CF_ACL_MAX_OUTPUT_BYTES,
  CF_ACL_MAX_COMMANDS, /* a second */
  CF_N_ACL_LIMITS,
} CfAclLimit;

typedef struct _CfAclUser
{
  guint refs;                    /* (atomic) */
  char *name;                    /* (owned) */
  const CfAclCommands *commands; /* (not owned) */
  gboolean channels_at_first;    /* acl-pubsub-default */
  CfAclUserFlags flags;
  GPtrArray *passwords; /* (owned) of char: SHA-256 in hexadecimal digits */
  GPtrArray *selectors; /* (owned) of CfAclSelector; the first is the root */
  gint64 limits[CF_N_ACL_LIMITS];
} CfAclUser;

CfAclUser *cf_acl_user_new (const char *name,
                            const CfAclCommands *commands,
                            gboolean channels_at_first);
CfAclUser *cf_acl_user_copy (const CfAclUser *self, const char *name);
CfAclUser *cf_acl_user_ref (CfAclUser *self);
void cf_acl_user_unref (CfAclUser *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfAclUser, cf_acl_user_unref)

gboolean cf_acl_user_apply (CfAclUser *self, CfSlice rule, GError **error);
void cf_acl_user_apply_word (CfAclUser *self, const char *rule);
/* Puts what stands between "(" and ")" together again; NULL: @error set.
 * (transfer full) (element-type GBytes) */
GPtrArray *
cf_acl_merge_rules (const CfSlice *rules, gsize n_rules, GError **error);

/**
 * cf_acl_user_selector:
 * @self: a user
 * @i: which, from 0 on; number 0 is the root
 *
 * Returns: (transfer none): one of its selectors
 */
static inline const CfAclSelector *
cf_acl_user_selector (const CfAclUser *self, guint i)
{
  return (const CfAclSelector *) g_ptr_array_index (self->selectors, i);
}

/* Whether it may do all there is, without a limit. */
gboolean cf_acl_user_is_free (const CfAclUser *self);
/* Takes the same time whatever is wrong with it. */
gboolean cf_acl_user_accepts (const CfAclUser *self, CfSlice password);
gboolean cf_acl_name_is_valid (CfSlice name);
const char *cf_acl_limit_name (CfAclLimit limit);

G_END_DECLS
