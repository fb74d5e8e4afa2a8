/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "commands/digest.h"

static char *
format (const CfDigest *digest)
{
  char text[CF_DIGEST_HEX_SIZE];

  cf_digest_format (digest, text);
  return g_strdup (text);
}

/* The sums are those of DEBUG DIGEST-VALUE of redis-server 7.0. */
static void
test_digest_value (void)
{
  CfValue value = cf_value_string (CF_SLICE ("1"));
  CfEntry *entry = cf_entry_try_new (CF_SLICE ("a"), &value, CF_NO_DEADLINE);
  CfDigest digest = { { 0 } };
  g_autofree char *text = NULL;

  cf_digest_mix_value (&digest, entry);
  text = format (&digest);
  g_assert_cmpstr (text, ==, "b4fc66738120fba0b5aa500ab5c2bf89cea1c5da");
  cf_entry_free (entry);
}

static void
test_digest_order (void)
{
  const CfSlice a = CF_SLICE ("a"), b = CF_SLICE ("b");
  CfDigest one = { { 0 } }, other = { { 0 } }, none = { { 0 } };

  cf_digest_add (&one, a);
  cf_digest_add (&one, b);
  cf_digest_add (&other, b);
  cf_digest_add (&other, a);
  g_assert_cmpmem (&one, sizeof one, &other, sizeof other);
  cf_digest_add (&other, a);
  cf_digest_add (&other, b);
  g_assert_cmpmem (&other, sizeof other, &none, sizeof none);

  one = other = none;
  cf_digest_mix (&one, a);
  cf_digest_mix (&one, b);
  cf_digest_mix (&other, b);
  cf_digest_mix (&other, a);
  g_assert_true (memcmp (&one, &other, sizeof one) != 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/commands/digest/value", test_digest_value);
  g_test_add_func ("/commands/digest/order", test_digest_order);
  return g_test_run ();
}
