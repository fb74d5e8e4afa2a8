/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "client/client-help.h"
#include "proto/reply-reader.h"

/* COMMAND DOCS in RESP2, and in RESP3 with what SET's grammar has. */
static const char flat_docs[] =
    "*4\r\n$3\r\nget\r\n*6\r\n$7\r\nsummary\r\n$7\r\nGet it.\r\n"
    "$5\r\ngroup\r\n$6\r\nstring\r\n"
    "$9\r\narguments\r\n*1\r\n*4\r\n$4\r\nname\r\n$3\r\nkey\r\n"
    "$4\r\ntype\r\n$3\r\nkey\r\n"
    "$4\r\nping\r\n*2\r\n$5\r\ngroup\r\n$10\r\nconnection\r\n";
static const char map_docs[] =
    "%1\r\n$10\r\nconfig|set\r\n%2\r\n$5\r\nsince\r\n$5\r\n2.0.0\r\n"
    "$9\r\narguments\r\n*4\r\n"
    "%3\r\n+name\r\n+key\r\n+type\r\n+key\r\n+flags\r\n~1\r\n+multiple\r\n"
    "%4\r\n+name\r\n+limit\r\n+type\r\n+integer\r\n+token\r\n+LIMIT\r\n"
    "+flags\r\n~1\r\n+optional\r\n"
    "%4\r\n+name\r\n+when\r\n+type\r\n+oneof\r\n+flags\r\n~1\r\n+optional\r\n"
    "+arguments\r\n*2\r\n%2\r\n+type\r\n+pure-token\r\n+token\r\n+NX\r\n"
    "%2\r\n+type\r\n+pure-token\r\n+token\r\n+XX\r\n"
    "%4\r\n+name\r\n+pair\r\n+type\r\n+block\r\n"
    "+flags\r\n~2\r\n+multiple\r\n+multiple_token\r\n"
    "+arguments\r\n*2\r\n%1\r\n+name\r\n+a\r\n%1\r\n+name\r\n+b\r\n";

static char *
make_help (const char *wire, const char *group)
{
  g_autoptr (CfReplyReader) reader = cf_reply_reader_new (G_MAXSIZE);
  g_autoptr (CfReplyTree) docs = NULL;
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (cf_reply_reader_feed (reader, wire, strlen (wire), NULL));
  g_assert_true (cf_reply_reader_next (reader, &docs, &error));
  g_assert_nonnull (docs);
  cf_client_help_append_docs (out, docs, group);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static void
test_help_flat (void)
{
  g_autofree char *help = make_help (flat_docs, NULL);

  g_assert_cmpstr (help, ==,
                   "\n  GET key\n  summary: Get it.\n  group: string\n"
                   "\n  PING\n  group: connection\n");
}

static void
test_help_group (void)
{
  g_autofree char *help = make_help (flat_docs, "connection");
  g_autofree char *none = make_help (flat_docs, "nonsense");

  g_assert_cmpstr (help, ==, "\n  PING\n  group: connection\n");
  g_assert_cmpstr (none, ==, "");
}

static void
test_help_grammar (void)
{
  g_autofree char *help = make_help (map_docs, NULL);

  g_assert_cmpstr (help, ==,
                   "\n  CONFIG SET key [key ...] [LIMIT limit] [NX|XX] "
                   "a b [a b ...]\n  since: 2.0.0\n");
}

/* A server that answers something else is no reason to fall over. */
static void
test_help_of_nonsense (void)
{
  static const char *const answers[] = {
    "-ERR unknown command\r\n",
    "*1\r\n:1\r\n",
    "*2\r\n:1\r\n:2\r\n",
    "*2\r\n$1\r\nx\r\n:2\r\n",
    "*2\r\n+x\r\n*2\r\n+arguments\r\n:1\r\n",
    "*2\r\n+x\r\n*2\r\n+arguments\r\n*1\r\n*2\r\n+type\r\n+oneof\r\n",
    "*2\r\n+x\r\n*2\r\n+arguments\r\n*1\r\n*2\r\n+type\r\n+pure-token\r\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autofree char *help = make_help (answers[i], NULL);

      g_assert_null (strstr (help, "null"));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/client-help/flat", test_help_flat);
  g_test_add_func ("/client/client-help/group", test_help_group);
  g_test_add_func ("/client/client-help/grammar", test_help_grammar);
  g_test_add_func ("/client/client-help/of-nonsense", test_help_of_nonsense);
  return g_test_run ();
}
