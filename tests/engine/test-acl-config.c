/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "acl-fixture.h"

#include <string.h>

#include "config/loader.h"
#include "engine/acl-config.h"
#include "engine/acl-text.h"

typedef AclWholeFixture Fixture;

static void
load (Fixture *self, const char *text)
{
  g_autoptr (GError) error = NULL;

  cf_config_load_data (self->config, "f", text, strlen (text), &error);
  g_assert_no_error (error);
}

static void
apply (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) users =
      cf_acl_config_parse (self->acl, self->config, &error);

  g_assert_no_error (error);
  cf_acl_config_apply (self->acl, users);
}

static void
set (Fixture *self, const char *name, const char *rule)
{
  g_autoptr (CfAclUser) before =
      cf_acl_find (self->acl, cf_slice_of_string (name));
  g_autoptr (CfAclUser) user = cf_acl_make (self->acl, name, before);

  cf_acl_user_apply_word (user, rule);
  g_assert_true (cf_acl_publish (self->acl, user, before));
}

/* Each line as NAME:RULES, with a bar between them. */
static void
assert_lines (Fixture *self, const char *expected)
{
  g_autoptr (GPtrArray) lines = cf_acl_config_lines (self->acl, self->config);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < lines->len; i++)
    {
      const CfUserLine *line = lines->pdata[i];

      g_string_append_printf (text, "%s%s:%s", i > 0 ? "|" : "", line->name,
                              line->rules);
    }
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_apply (Fixture *self, gconstpointer data)
{
  g_autoptr (CfAclUser) alice = NULL;
  g_autoptr (CfAclUser) initial = NULL;

  load (self, "[users]\nalice = on  nopass ~a (+get\t~b)\n"
              "default = on >x +@all\n");
  g_assert_true (cf_config_add_user (self->config, "bob off", NULL));
  apply (self);
  alice = cf_acl_find (self->acl, CF_SLICE ("alice"));
  g_assert_cmpuint (alice->selectors->len, ==, 2);
  initial = cf_acl_find (self->acl, CF_SLICE ("default"));
  g_assert_false (cf_acl_user_selector (initial, 0)->all_keys);
  g_assert_false (cf_acl_is_open (self->acl));
}

static void
test_errors (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *text, *error;
  } cases[] = {
    { "[users]\na = on\nb = on +nope\n",
      "f:3: user 'b': at '+nope': Unknown command or category name in ACL" },
    { "[users]\nb = on (+get ~x\n",
      "f:2: user 'b': Unmatched parenthesis in acl selector starting at "
      "'(+get'." },
    { "[users]\nb = secret\n", "f:2: user 'b': at 'secret': Syntax error" },
    { "[users]\nb = on\n[security]\naclfile = u\n",
      "f:2: user 'b': users are given here and in the file that aclfile names; "
      "it can only be one of both" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      load (self, cases[i].text);
      g_assert_null (cf_acl_config_parse (self->acl, self->config, &error));
      g_assert_cmpstr (error->message, ==, cases[i].error);
    }
}

/* What the configuration says already stays in its words. */
static void
test_lines (Fixture *self, gconstpointer data)
{
  assert_lines (self, "");
  load (self, "[users]\nalice = on  nopass\nbob = on\ncarol = off\n");
  apply (self);
  assert_lines (self, "alice:on  nopass|bob:on|carol:off");
  set (self, "bob", "allkeys");
  set (self, "dora", "on");
  g_assert_true (cf_acl_delete (self->acl, CF_SLICE ("carol")));
  assert_lines (self, "alice:on  nopass|bob:on ~* resetchannels -@all|"
                      "dora:on resetchannels -@all");
}

/* The default user has no line while requirepass says all about it. */
static void
test_default (Fixture *self, gconstpointer data)
{
  load (self, "[security]\nrequirepass = a\n");
  cf_acl_require_pass (self->acl, "a");
  assert_lines (self, "");
  set (self, "default", "nopass");
  assert_lines (self, "default:on nopass ~* &* +@all");
  set (self, "default", "resetpass");
  set (self, "default", ">a");
  assert_lines (self, "");
}

#define ADD(name, function)                                                    \
  g_test_add ("/engine/acl-config/" name, Fixture, NULL,                       \
              acl_whole_fixture_set_up, function, acl_whole_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("apply", test_apply);
  ADD ("errors", test_errors);
  ADD ("lines", test_lines);
  ADD ("default", test_default);
  return g_test_run ();
}
