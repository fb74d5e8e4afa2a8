/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "acl-fixture.h"

#include "engine/acl.h"

static void
on_free (CfSession *session)
{
}

static const CfSessionOps ops = { .free = on_free };

typedef struct
{
  AclFixture base;
  CfConfig *config; /* (owned) */
  CfAcl *acl;       /* (owned) */
  CfSession session;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  acl_fixture_set_up (&self->base, data);
  self->config = cf_config_new ();
  self->acl = cf_acl_new (self->config, self->base.table);
  cf_session_init (&self->session, &ops);
  g_assert_true (cf_acl_enter (self->acl, &self->session));
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  cf_session_clear (&self->session);
  cf_acl_free (self->acl);
  cf_config_free (self->config);
  acl_fixture_tear_down (&self->base, data);
}

static void
set_user (Fixture *self, const char *name, const char *rules)
{
  g_autoptr (CfAclUser) before =
      cf_acl_find (self->acl, cf_slice_of_string (name));
  g_autoptr (CfAclUser) user = cf_acl_make (self->acl, name, before);
  g_auto (GStrv) words = g_strsplit (rules, " ", -1);

  for (char **word = words; *word != NULL; word++)
    cf_acl_user_apply_word (user, *word);
  g_assert_true (cf_acl_publish (self->acl, user, before));
}

static gboolean
log_in (Fixture *self, const char *name, const char *password)
{
  return cf_acl_log_in (self->acl, &self->session, cf_slice_of_string (name),
                        cf_slice_of_string (password), NULL);
}

static gboolean
is_flagged (const Fixture *self, CfSessionFlags flag)
{
  return (self->session.flags & flag) != 0;
}

static void
test_default (Fixture *self, gconstpointer data)
{
  g_assert_true (cf_acl_is_open (self->acl));
  g_assert_true (is_flagged (self, CF_SESSION_AUTHORIZED));
  g_assert_false (is_flagged (self, CF_SESSION_RESTRICTED));
  cf_acl_require_pass (self->acl, "secret");
  g_assert_false (cf_acl_is_open (self->acl));
  g_assert_false (cf_acl_needs_no_password (self->acl));
  g_assert_true (cf_acl_is_stale (self->acl, &self->session));
  (void) cf_acl_refresh (self->acl, &self->session);
  /* Who was in stays in; who comes anew is not. */
  g_assert_true (is_flagged (self, CF_SESSION_AUTHORIZED));
  g_assert_true (cf_acl_enter (self->acl, &self->session));
  g_assert_false (is_flagged (self, CF_SESSION_AUTHORIZED));
  g_assert_false (log_in (self, "default", "wrong"));
  g_assert_true (log_in (self, "default", "secret"));
  g_assert_true (is_flagged (self, CF_SESSION_AUTHORIZED));
  g_assert_false (cf_acl_delete (self->acl, CF_SLICE ("default")));
}

static void
test_changes (Fixture *self, gconstpointer data)
{
  g_autoptr (CfAclUser) before = NULL;
  g_autoptr (CfAclUser) late = NULL;

  set_user (self, "bob", "on >b +get ~*");
  g_assert_true (log_in (self, "bob", "b"));
  g_assert_true (is_flagged (self, CF_SESSION_RESTRICTED));
  g_assert_true (cf_acl_is (&self->session, CF_SLICE ("bob")));
  before = cf_acl_find (self->acl, CF_SLICE ("bob"));
  late = cf_acl_make (self->acl, "bob", before);
  set_user (self, "bob", "+@all &*");
  g_assert_false (cf_acl_publish (self->acl, late, before));
  g_assert_true (cf_acl_is_stale (self->acl, &self->session));
  (void) cf_acl_refresh (self->acl, &self->session);
  g_assert_false (cf_acl_is_stale (self->acl, &self->session));
  g_assert_false (is_flagged (self, CF_SESSION_RESTRICTED));
  set_user (self, "bob", "off");
  g_assert_false (log_in (self, "bob", "b"));
}

/* A user of the same name is another one. */
static void
test_gone (Fixture *self, gconstpointer data)
{
  set_user (self, "bob", "on nopass +get");
  g_assert_true (log_in (self, "bob", "any"));
  g_assert_true (cf_acl_delete (self->acl, CF_SLICE ("bob")));
  g_assert_false (cf_acl_delete (self->acl, CF_SLICE ("bob")));
  set_user (self, "bob", "on nopass +get");
  g_assert_true (cf_acl_is_gone (&self->session));
  g_assert_false (cf_acl_refresh (self->acl, &self->session));
  g_assert_true (is_flagged (self, CF_SESSION_CLOSE_NOW));
  g_assert_false (is_flagged (self, CF_SESSION_AUTHORIZED));
}

static void
test_replace (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) users =
      g_ptr_array_new_with_free_func ((GDestroyNotify) cf_acl_user_unref);
  g_autoptr (GPtrArray) list = NULL;

  set_user (self, "default", "off");
  set_user (self, "bob", "on");
  set_user (self, "eve", "on nopass");
  g_assert_true (log_in (self, "eve", ""));
  g_ptr_array_add (users, cf_acl_make (self->acl, "carl", NULL));
  g_ptr_array_add (users, cf_acl_make (self->acl, "bob", NULL));
  cf_acl_replace (self->acl, users);
  list = cf_acl_list (self->acl);
  g_assert_cmpuint (list->len, ==, 3);
  g_assert_cmpstr (((CfAclUser *) list->pdata[0])->name, ==, "bob");
  g_assert_cmpstr (((CfAclUser *) list->pdata[1])->name, ==, "carl");
  g_assert_cmpstr (((CfAclUser *) list->pdata[2])->name, ==, "default");
  g_assert_true (cf_acl_is_open (self->acl));
  g_assert_true (cf_acl_is_gone (&self->session));
}

static void
test_limits (Fixture *self, gconstpointer data)
{
  CfSession other = { 0 };
  g_autoptr (GError) error = NULL;

  cf_session_init (&other, &ops);
  set_user (self, "bob", "on nopass max-connections=1");
  g_assert_true (log_in (self, "bob", ""));
  g_assert_true (log_in (self, "bob", ""));
  g_assert_false (cf_acl_log_in (self->acl, &other, CF_SLICE ("bob"),
                                 CF_SLICE (""), &error));
  g_assert_cmpstr (error->message, ==,
                   "user 'bob' has as many connections as it may, 1");
  g_assert_true (log_in (self, "default", ""));
  g_assert_true (
      cf_acl_log_in (self->acl, &other, CF_SLICE ("bob"), CF_SLICE (""), NULL));
  cf_session_clear (&other);
  /* Whoever came while any password was good counts when it does something. */
  cf_session_init (&other, &ops);
  set_user (self, "default", "max-connections=1");
  g_assert_true (log_in (self, "default", ""));
  g_assert_false (cf_acl_enter (self->acl, &other));
  g_assert_false (cf_acl_occupy (&other));
  g_assert_true (cf_acl_occupy (&self->session));
  g_assert_true (log_in (self, "bob", ""));
  g_assert_true (cf_acl_occupy (&other));
  g_assert_true (cf_acl_occupy (&other));
  g_assert_false (cf_acl_log_in (self->acl, &self->session,
                                 CF_SLICE ("default"), CF_SLICE (""), NULL));
  cf_acl_forget (&other);
  g_assert_true (log_in (self, "default", ""));
  cf_session_clear (&other);
  set_user (self, "bob", "max-commands-per-second=10");
  g_assert_true (log_in (self, "bob", ""));
  for (guint i = 0; i < 10; i++)
    g_assert_true (cf_acl_count (&self->session, 5000000));
  g_assert_false (cf_acl_count (&self->session, 5000000));
  g_assert_true (cf_acl_count (&self->session, 5100000));
  g_assert_false (cf_acl_count (&self->session, 5100000));
}

#define ADD(path, func)                                                        \
  g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/engine/acl/default", test_default);
  ADD ("/engine/acl/changes", test_changes);
  ADD ("/engine/acl/gone", test_gone);
  ADD ("/engine/acl/replace", test_replace);
  ADD ("/engine/acl/limits", test_limits);
  return g_test_run ();
}
