/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "../commands/fixture.h"

static void
test_engine_expires (Fixture *fixture, gconstpointer data)
{
  cf_engine_start (fixture->engine);
  assert_reply (fixture, "SET k v PX 1", "+OK\r\n");
  while (cf_engine_n_expired (fixture->engine) == 0)
    g_thread_yield ();
  cf_engine_stop (fixture->engine);
  g_assert_cmpuint (cf_keyspace_size (fixture->engine->keyspace, 0), ==, 0);
  g_assert_nonnull (strstr (fixture->events->str, "expired k\n"));
  g_assert_nonnull (strstr (fixture->records->str, "DEL k\n"));
  cf_engine_reset_stats (fixture->engine);
  g_assert_cmpuint (cf_engine_n_expired (fixture->engine), ==, 0);
}

static void
test_engine_peak (Fixture *fixture, gconstpointer data)
{
  cf_engine_note_memory (fixture->engine, 100);
  cf_engine_note_memory (fixture->engine, 50);
  g_assert_cmpuint (fixture->engine->peak_memory, ==, 100);
}

static void
test_engine_rates (Fixture *fixture, gconstpointer data)
{
  CfEngine *engine = fixture->engine;

  for (guint i = 0; i < 100; i++)
    assert_reply (fixture, "PING", "+PONG\r\n");
  /* As if the last look was a second ago. */
  engine->rates.since_us -= G_USEC_PER_SEC;
  g_assert_cmpuint (cf_engine_rates (engine).commands, >, 0);
  g_assert_cmpuint (cf_engine_rates (engine).commands, <=, 100);
}

/* A change of policy reaches the keyspace. */
static void
test_engine_access_kind (Fixture *fixture, gconstpointer data)
{
  assert_reply (fixture, "SET k v", "+OK\r\n");
  assert_reply (fixture, "OBJECT IDLETIME k", ":0\r\n");
  assert_reply (fixture, "CONFIG SET maxmemory-policy allkeys-lfu", "+OK\r\n");
  assert_reply (fixture, "SET l v", "+OK\r\n");
  assert_reply (fixture, "OBJECT FREQ l", ":5\r\n");
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/engine/engine/expires", test_engine_expires);
  fixture_add ("/engine/engine/peak", test_engine_peak);
  fixture_add ("/engine/engine/rates", test_engine_rates);
  fixture_add ("/engine/engine/access-kind", test_engine_access_kind);
  return g_test_run ();
}
