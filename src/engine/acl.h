/* SPDX-License-Identifier: GPL-3.0-or-later */
/* acl.h -- the users there are, and who of them a session is.
 *
 * An account is a name somebody may log in by; its user (acl-user.h), how it
 * is now, is replaced as a whole when rules change.  A session keeps its
 * account and the user as it saw it last; a generation, read with each
 * command, tells that there may be another.  So a check costs a session with
 * all permissions one comparison and one flag.
 *
 *   CfAcl -- by name --> CfAclAccount <-- session
 *                             | @user          |
 *                             v                v
 *                         CfAclUser (new)  CfAclUser (as last seen)
 *
 * Invariants: 1. There is a user "default", always, and its account stays.
 * 2. An account that is gone is in no table; sessions of it are closed.
 * Thread safety: any thread, unless said otherwise.
 */
#pragma once

#include "config/settings.h"
#include "engine/acl-user.h"
#include "engine/session.h"

G_BEGIN_DECLS

typedef struct _CfAclAccount CfAclAccount;
typedef struct _CfAcl CfAcl;

struct _CfAcl
{
  guint generation; /* (atomic) counts changes of any user */
  gint is_open;     /* (atomic) the default user is on and needs no password */
  struct _CfAclRest *rest; /* (owned) see acl-inside.h */
};

CfAcl *cf_acl_new (CfConfig *config, const CfCommandTable *table);
void cf_acl_free (CfAcl *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfAcl, cf_acl_free)
const CfAclCommands *cf_acl_commands (const CfAcl *self);

/* -- Users ---------------------------------------------------------------- */

/* As they are now. (transfer full) (nullable) */
CfAclUser *cf_acl_find (CfAcl *self, CfSlice name);
/* Sorted by name. (transfer full) (element-type CfAclUser) */
GPtrArray *cf_acl_list (CfAcl *self);
/* A user to be changed and published: like @before, or off and with no
 * permissions. (transfer full) */
CfAclUser *cf_acl_make (CfAcl *self,
                        const char *name,
                        const CfAclUser *before /* (nullable) */);
/* Makes @user (transfer none) what its account's is, if that is still @before
 * (nullable: there was no such user).  FALSE: it is not. */
gboolean cf_acl_publish (CfAcl *self, CfAclUser *user, const CfAclUser *before);
/* FALSE: there is no such user; not for "default". */
gboolean cf_acl_delete (CfAcl *self, CfSlice name);
/* Puts @users (element-type CfAclUser) in the place of all others; a default
 * user is made if there is none among them. */
void cf_acl_replace (CfAcl *self, const GPtrArray *users);
/* What requirepass says is the password of the default user. */
void cf_acl_require_pass (CfAcl *self, const char *password);

/* As it would be made now, by the settings. (transfer full) */
CfAclUser *cf_acl_make_default (CfAcl *self, CfConfig *config);

/* Whether the default user has any password, or may have one more
 * connection. */
gboolean cf_acl_needs_no_password (CfAcl *self);
gboolean cf_acl_has_room (CfAcl *self);

/* -- acl-session.c: by the session's handler, unless said otherwise ---------
 */

/* A session that has just come is the default user.  FALSE: the user has as
 * many connections as it may. */
gboolean cf_acl_enter (CfAcl *self, CfSession *session);
void cf_acl_forget (CfSession *session); /* it ends */
/* Returns FALSE and @error if it cannot be. */
gboolean cf_acl_log_in (CfAcl *self,
                        CfSession *session,
                        CfSlice name,
                        CfSlice password,
                        GError **error);
/* Has one that did not log in count, too.  FALSE: there is no room. */
gboolean cf_acl_occupy (CfSession *session);
/* FALSE: its user is gone; it is to be closed. */
gboolean cf_acl_refresh (CfAcl *self, CfSession *session);
/* One more command: FALSE: it has had as many in this second as it may. */
gboolean cf_acl_count (CfSession *session, gint64 now_us);
/* Any thread: the user's name. (transfer full) */
char *cf_acl_dup_name (CfSession *session);
/* Any thread: its user was deleted. */
gboolean cf_acl_is_gone (CfSession *session);
gboolean cf_acl_is (CfSession *session, CfSlice name); /* any thread */

/**
 * cf_acl_is_stale:
 * @self: the users
 * @session: a session, by its handler
 *
 * Returns: whether cf_acl_refresh() is due
 */
static inline gboolean
cf_acl_is_stale (const CfAcl *self, const CfSession *session)
{
  return __atomic_load_n (&self->generation, __ATOMIC_ACQUIRE) !=
         session->acl_generation;
}

/**
 * cf_acl_is_open:
 * @self: the users
 *
 * Any thread.
 *
 * Returns: whether a client need not log in at all
 */
static inline gboolean
cf_acl_is_open (const CfAcl *self)
{
  return __atomic_load_n (&self->is_open, __ATOMIC_RELAXED) != 0;
}

G_END_DECLS
