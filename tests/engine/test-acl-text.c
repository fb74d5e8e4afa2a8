/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "acl-fixture.h"

#include "base/random.h"
#include "engine/acl-text.h"

static char *
describe (const CfAclUser *user)
{
  GString *text = g_string_new (NULL);

  cf_acl_text_user (user, text);
  return g_string_free (text, FALSE);
}

static void
test_user (AclFixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *rules, *text;
  } cases[] = {
    { "off", "off resetchannels -@all" },
    { "on nopass ~* &* +@all", "on nopass ~* &* +@all" },
    { "reset", "off sanitize-payload resetchannels -@all" },
    { "%R~a %W~b ~c &d +get +set",
      "off %R~a %W~b ~c resetchannels &d -@all +@string" },
    { "+config -config|get +select|0",
      "off resetchannels -@all +config -config|get +select|0" },
    { "+@all -config +config|get",
      "off resetchannels +@all -config +config|get" },
    { "max-connections=5", "off max-connections=5 resetchannels -@all" },
    { "(~x) (%R~y)", "off resetchannels -@all (~x resetchannels -@all) "
                     "(%R~y resetchannels -@all)" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CfAclUser) user = acl_fixture_user (fixture, cases[i].rules);
      g_autofree char *text = describe (user);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static CfAclUser *
make_any (AclFixture *fixture)
{
  CfAclUser *user = acl_fixture_user (fixture, "off");
  guint n;
  const CfAclCommand *all = cf_acl_commands_all (fixture->commands, &n);

  if (cf_random_below (2) == 0)
    cf_acl_user_apply_word (user, "+@all");
  for (guint i = (guint) cf_random_below (12); i > 0; i--)
    {
      gboolean is_category = cf_random_below (2) == 0;
      const char *name =
          is_category ? cf_acl_category_name ((guint) cf_random_below (21))
                      : all[cf_random_below (n)].name;
      g_autofree char *rule =
          g_strdup_printf ("%c%s%s", cf_random_below (2) == 0 ? '+' : '-',
                           is_category ? "@" : "", name);

      cf_acl_user_apply_word (user, rule);
    }
  return user;
}

/* Whatever the text, it makes the same user. */
static void
test_again (AclFixture *fixture, gconstpointer data)
{

  for (guint i = 0; i < 500; i++)
    {
      g_autoptr (CfAclUser) user = make_any (fixture);
      g_autofree char *text = describe (user);
      g_autoptr (CfAclUser) other = acl_fixture_user (fixture, text);
      g_autofree char *again = describe (other);
      const CfAclSelector *a = cf_acl_user_selector (user, 0);
      const CfAclSelector *b = cf_acl_user_selector (other, 0);
      guint n;
      const CfAclCommand *all = cf_acl_commands_all (fixture->commands, &n);

      g_assert_cmpstr (text, ==, again);
      g_assert_cmpint (a->future, ==, b->future);
      for (guint j = 0; j < n; j++)
        g_assert_cmpint (cf_acl_selector_has (a, all[j].number), ==,
                         cf_acl_selector_has (b, all[j].number));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  acl_fixture_add ("/engine/acl-text/user", test_user);
  acl_fixture_add ("/engine/acl-text/again", test_again);
  return g_test_run ();
}
