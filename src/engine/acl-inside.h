/* SPDX-License-Identifier: GPL-3.0-or-later */
/* acl-inside.h -- the users from inside: what acl.c and acl-session.c share.
 *
 * Only these include it.
 *
 * Thread safety: see each field.
 */
#pragma once

#include "base/lock.h"
#include "engine/acl.h"

G_BEGIN_DECLS

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

CfAclAccount *cf_acl_account_ref (CfAclAccount *account);
void cf_acl_account_unref (CfAclAccount *account);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfAclAccount, cf_acl_account_unref)

CfAclAccount *cf_acl_find_account_locked (CfAcl *self, CfSlice name)
    CF_REQUIRES (self->rest->lock);

G_END_DECLS
