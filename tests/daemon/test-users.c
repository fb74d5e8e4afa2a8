/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Users in the configuration: who may log in, and what CONFIG REWRITE makes of
 * it. */
#include "config.h"

#include "harness.h"

#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#define WRONG                                                                  \
  "-WRONGPASS invalid username-password pair or user is disabled.\r\n"
#define NO_PERM                                                                \
  "-NOPERM this user has no permissions to run the 'get' command\r\n"
/* SHA-256 of "b". */
#define HASH_B                                                                 \
  "3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d"

static char *
write_config (const char *text)
{
  char *path = NULL;
  int fd = g_file_open_tmp ("cf-users-XXXXXX", &path, NULL);

  g_assert_cmpint (fd, >=, 0);
  close (fd);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

static void
test_log_in (void)
{
  g_autofree char *path =
      write_config ("[security]\nrequirepass = c\n"
                    "[users]\n"
                    "alice = on >a #" HASH_B " ~a* &* (+get ~b) +set\n"
                    "off = nopass +@all\n");
  g_autoptr (CfHarness) server = cf_harness_start (
      "--config", path, "--user", "carol on nopass +ping", NULL);
  g_autoptr (CfWire) wire = cf_wire_open (server);

  cf_wire_exchange (wire, "PING\r\n", "-NOAUTH Authentication required.\r\n");
  cf_wire_exchange (wire, "AUTH alice c\r\n", WRONG);
  cf_wire_exchange (wire, "AUTH off x\r\n", WRONG);
  cf_wire_exchange (wire, "AUTH alice b\r\n", "+OK\r\n");
  cf_wire_exchange (wire, "SET a1 x\r\n", "+OK\r\n");
  cf_wire_exchange (wire, "GET b\r\n", "$-1\r\n");
  cf_wire_exchange (wire, "GET a1\r\n",
                    "-NOPERM this user has no permissions to access one of "
                    "the keys used as arguments\r\n");
  cf_wire_exchange (wire, "AUTH carol x\r\n", "+OK\r\n");
  cf_wire_exchange (wire, "GET b\r\n", NO_PERM);
  cf_wire_exchange (wire, "AUTH c\r\n", "+OK\r\n");
  cf_wire_exchange (wire, "GET b\r\n", "$-1\r\n");
  g_remove (path);
}

/* A server that starts with what was written has the same users. */
static void
test_rewrite (void)
{
  g_autofree char *path = write_config ("# Mine\n[users]\n"
                                        "alice = on >a  +get\n"
                                        "bob = on ~x\n"
                                        "gone = on\n");
  g_autofree char *text = NULL;
  g_autoptr (CfHarness) server = cf_harness_start ("--config", path, NULL);
  g_autoptr (CfWire) wire = cf_wire_open (server);
  g_autoptr (CfHarness) second = NULL;
  g_autoptr (CfWire) other = NULL;

  cf_wire_exchange (wire, "ACL DELUSER gone\r\n", ":1\r\n");
  cf_wire_exchange (wire, "ACL SETUSER bob ~y\\*\r\n", "+OK\r\n");
  cf_wire_exchange (wire, "ACL SETUSER carol on >b (%R~z +get)\r\n", "+OK\r\n");
  cf_wire_exchange (wire, "CONFIG REWRITE\r\n", "+OK\r\n");
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_true (g_str_has_prefix (text,
                                   "# Mine\n[users]\n"
                                   "alice = on >a  +get\n"
                                   "bob = on ~x ~y\\\\* resetchannels -@all\n"
                                   "carol = on #" HASH_B " resetchannels -@all "
                                   "(%R~z resetchannels -@all +get)\n\n["));
  second = cf_harness_start ("--config", path, NULL);
  other = cf_wire_open (second);
  cf_wire_exchange (other, "ACL USERS\r\n",
                    "*4\r\n$5\r\nalice\r\n$3\r\nbob\r\n$5\r\ncarol\r\n"
                    "$7\r\ndefault\r\n");
  cf_wire_exchange (other, "ACL DRYRUN carol GET z\r\n", "+OK\r\n");
  cf_wire_exchange (other, "CONFIG SET requirepass q\r\n", "+OK\r\n");
  cf_wire_exchange (other, "CONFIG REWRITE\r\n", "+OK\r\n");
  g_clear_pointer (&text, g_free);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "\n[security]\nrequirepass = q\n"));
  g_assert_null (strstr (text, "default"));
  cf_wire_exchange (other, "ACL SETUSER a=b on\r\n", "+OK\r\n");
  cf_wire_exchange (other, "CONFIG REWRITE\r\n",
                    "-ERR Rewriting config file: the user 'a=b' does not fit "
                    "into a configuration file\r\n");
  g_remove (path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/daemon/users/log-in", test_log_in);
  g_test_add_func ("/daemon/users/rewrite", test_rewrite);
  return g_test_run ();
}
