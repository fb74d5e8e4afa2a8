/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

#include "base/crc.h"
#include "persist/rdb-value.h"

#define NOT_RIGHT "-ERR DUMP payload version or checksum are wrong\r\n"

/* Runs "RESTORE key @ttl payload" and the further words of @options. */
static char *
restore (Fixture *fixture,
         const char *key,
         const char *ttl,
         CfSlice payload,
         const char *options)
{
  g_auto (GStrv) more = g_strsplit (options, " ", -1);
  CfSlice words[16] = { CF_SLICE ("RESTORE"), cf_slice_of_string (key),
                        cf_slice_of_string (ttl), payload };
  guint n = 4;

  for (guint i = 0; more[i] != NULL; i++)
    words[n++] = cf_slice_of_string (more[i]);
  return fixture_run_args (fixture, 0, cf_args_try_new (words, n, NULL));
}

static void
assert_restore (Fixture *fixture,
                const char *ttl,
                CfSlice payload,
                const char *options,
                const char *reply)
{
  g_autofree char *got = restore (fixture, "k", ttl, payload, options);

  g_assert_cmpstr (got, ==, reply);
}

static CfBlob *
payload_of (const char *text)
{
  CfValue value = cf_value_string (cf_slice_of_string (text));
  CfEntry *entry = cf_entry_try_new (CF_SLICE (""), &value, CF_NO_DEADLINE);
  CfBlob *payload = cf_rdb_payload_new (entry);

  cf_entry_free (entry);
  return payload;
}

static void
test_dump (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CfBlob) payload = payload_of ("12");
  CfSlice bytes = cf_blob_slice (payload);
  g_autofree char *reply = NULL;

  assert_reply (fixture, "DUMP none", "$-1\r\n");
  assert_reply (fixture, "SET n 12", "+OK\r\n");
  reply = fixture_run (fixture, 0, "DUMP n");
  g_assert_true (g_str_has_prefix (reply, "$13\r\n\\0\xc0\x0c\n\\0"));
  assert_restore (fixture, "0", bytes, "REPLACE", "+OK\r\n");
  assert_reply (fixture, "GET k", "$2\r\n12\r\n");
  assert_encoding (fixture, "k", CF_ENCODING_INT);
}

static void
test_restore_options (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CfBlob) payload = payload_of ("foo");
  CfSlice bytes = cf_blob_slice (payload);

  assert_restore (fixture, "0", bytes, "REPLACE", "+OK\r\n");
  assert_restore (fixture, "0", bytes, "ABSTTL",
                  "-BUSYKEY Target key name already exists.\r\n");
  assert_restore (fixture, "-1", bytes, "REPLACE",
                  "-ERR Invalid TTL value, must be >= 0\r\n");
  assert_restore (fixture, "x", bytes, "REPLACE",
                  "-ERR value is not an integer or out of range\r\n");
  assert_restore (fixture, "0", bytes, "REPLACE IDLETIME -1",
                  "-ERR Invalid IDLETIME value, must be >= 0\r\n");
  assert_restore (fixture, "0", bytes, "REPLACE FREQ 256",
                  "-ERR Invalid FREQ value, must be >= 0 and <= 255\r\n");
  assert_restore (fixture, "0", bytes, "REPLACE FREQ 1 IDLETIME 1",
                  "-ERR syntax error\r\n");
  assert_restore (fixture, "0", bytes, "REPLACE FREQ", "-ERR syntax error\r\n");
  assert_restore (fixture, "0", bytes, "nothing", "-ERR syntax error\r\n");
  assert_restore (fixture, "0", bytes, "REPLACE IDLETIME 1000", "+OK\r\n");
  assert_reply (fixture, "OBJECT IDLETIME k", ":1000\r\n");
  assert_restore (fixture, "99999999999999", bytes, "REPLACE ABSTTL",
                  "+OK\r\n");
  assert_deadline (fixture, "k", 99999999999999);
  assert_restore (fixture, "0", bytes, "REPLACE", "+OK\r\n");
  assert_deadline (fixture, "k", CF_NO_DEADLINE);
}

static void
test_restore_past (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CfBlob) payload = payload_of ("foo");
  CfSlice bytes = cf_blob_slice (payload);

  assert_restore (fixture, "1", bytes, "REPLACE ABSTTL", "+OK\r\n");
  assert_reply (fixture, "EXISTS k", ":0\r\n");
  assert_events (fixture, "");
  assert_reply (fixture, "SET k v", "+OK\r\n");
  assert_restore (fixture, "1", bytes, "REPLACE ABSTTL", "+OK\r\n");
  assert_reply (fixture, "EXISTS k", ":0\r\n");
  assert_events (fixture, "set k\ndel k\n");
  assert_records (fixture, "SET k v\nDEL k\n");
  assert_restore (fixture, "9223372036854775807", bytes, "REPLACE", "+OK\r\n");
  assert_reply (fixture, "EXISTS k", ":0\r\n");
}

static void
test_restore_damaged (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CfBlob) payload = payload_of ("foo");
  char *crc = payload->data + payload->size - 8;
  guint64 sum;

  assert_restore (fixture, "0", CF_SLICE (""), "REPLACE", NOT_RIGHT);
  payload->data[1] = 100;
  assert_restore (fixture, "0", cf_blob_slice (payload), "REPLACE", NOT_RIGHT);
  sum =
      GUINT64_TO_LE (cf_crc64 (0, cf_slice (payload->data, payload->size - 8)));
  memcpy (crc, &sum, sizeof sum);
  assert_restore (fixture, "0", cf_blob_slice (payload), "REPLACE",
                  "-ERR Bad data format\r\n");
  assert_reply (fixture, "EXISTS k", ":0\r\n");
}

static void
test_restore_effects (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CfBlob) payload = payload_of ("foo");
  g_autofree char *reply =
      restore (fixture, "k", "100000", cf_blob_slice (payload), "REPLACE");

  g_assert_cmpstr (reply, ==, "+OK\r\n");
  assert_events (fixture, "restore k\n");
  g_assert_true (g_str_has_prefix (fixture->records->str, "RESTORE k 1"));
  /* The payload has zero bytes. */
  g_assert_cmpstr (fixture->records->str + fixture->records->len - 16, ==,
                   " REPLACE ABSTTL\n");
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/cmd-dump/dump", test_dump);
  fixture_add ("/commands/cmd-dump/restore-options", test_restore_options);
  fixture_add ("/commands/cmd-dump/restore-past", test_restore_past);
  fixture_add ("/commands/cmd-dump/restore-damaged", test_restore_damaged);
  fixture_add ("/commands/cmd-dump/restore-effects", test_restore_effects);
  return g_test_run ();
}
