/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "../commands/fixture.h"

#include "base/clock.h"
#include "engine/alone.h"
#include "engine/scripts.h"

/* A call of the command @word that holds nothing, inside the gate. */
static CfCall
call_of (Fixture *fixture, const CfSlice *word)
{
  CfWorker *worker = fixture->worker;

  worker->hold.busy_since_ms = 0;
  return (CfCall){
    .argv = word,
    .argc = 1,
    .info = cf_command_table_find (fixture->engine->commands, word, 1),
    .engine = fixture->engine,
    .worker = worker,
    .session = &fixture->clients[0],
    .keyspace = fixture->engine->keyspace,
    .hold = &worker->hold,
  };
}

/* -- Another worker ------------------------------------------------------- */

typedef struct
{
  CfWorker *worker;
  gint is_in;   /* (atomic) inside the gate */
  gint refused; /* (atomic) it could not hold the key k */
} Visitor;

static gpointer
visit (gpointer data)
{
  Visitor *self = data;
  CfKey key = cf_key (CF_SLICE ("k"));
  gboolean held;

  cf_worker_enter (self->worker);
  g_atomic_int_set (&self->is_in, 1);
  held = cf_hold_slots (&self->worker->hold, &key, 1, NULL);
  g_atomic_int_set (&self->refused, !held);
  if (held)
    cf_hold_release (&self->worker->hold);
  cf_worker_leave (self->worker);
  return NULL;
}

/* Lets it visit, and waits until it has. */
static void
assert_visit (Visitor *self, gboolean refused)
{
  g_thread_join (g_thread_new ("visitor", visit, self));
  g_assert_cmpint (self->refused, ==, refused);
}

/* -- Cases ---------------------------------------------------------------- */

/* A call inside the gate, and a visitor. */
typedef struct
{
  CfSlice word;
  CfCall call;
  Visitor visitor;
} Scene;

static void
begin (Scene *self, Fixture *fixture, const char *word)
{
  self->word = cf_slice_of_string (word);
  self->call = call_of (fixture, &self->word);
  self->visitor = (Visitor){ .worker = cf_worker_acquire (fixture->engine) };
  cf_worker_enter (fixture->worker);
}

static void
end (Scene *self)
{
  cf_worker_leave (self->call.worker);
  cf_worker_release (self->visitor.worker);
}

/* Nobody comes in before the end, and then finds nothing held. */
static void
test_alone_begin (Fixture *fixture, gconstpointer data)
{
  Scene scene;
  CfCall *call = &scene.call;
  GThread *thread;

  begin (&scene, fixture, "FLUSHALL");
  g_assert_true (cf_alone_begin (call));
  g_assert_cmpint (call->hold->mode, ==, CF_HOLD_ALL);
  thread = g_thread_new ("visitor", visit, &scene.visitor);
  g_assert_false (g_atomic_int_get (&scene.visitor.is_in));
  cf_alone_end (call);
  g_assert_cmpint (call->hold->mode, ==, CF_HOLD_NONE);
  g_assert_true (fixture->worker->inside);
  g_thread_join (thread);
  g_assert_true (scene.visitor.is_in);
  g_assert_false (scene.visitor.refused);
  end (&scene);
}

/* Who yields lets others in, but to no key. */
static void
test_alone_yield (Fixture *fixture, gconstpointer data)
{
  Scene scene;
  CfCall *call = &scene.call;

  begin (&scene, fixture, "EVAL");
  g_assert_true (cf_alone_begin (call));
  cf_alone_yield (call, 1000);
  g_assert_nonnull (call->hold->of_all);
  assert_visit (&scene.visitor, TRUE);
  /* The visitor learns since when the script has run. */
  g_assert_cmpint (scene.visitor.worker->hold.busy_since_ms, ==, 1000);
  cf_alone_widen (call);
  g_assert_cmpint (call->hold->mode, ==, CF_HOLD_ALL);
  cf_alone_end (call);
  assert_visit (&scene.visitor, FALSE);
  end (&scene);
}

/* A block keeps its claims while the gate is open before and after. */
static void
test_alone_sections (Fixture *fixture, gconstpointer data)
{
  Scene scene;
  CfCall *call = &scene.call;
  CfKey key = cf_key (CF_SLICE ("k"));

  begin (&scene, fixture, "EXEC");
  g_assert_true (cf_alone_reserve (call));
  g_assert_true (cf_hold_claims (call->hold, &key, 1, NULL));
  assert_visit (&scene.visitor, TRUE);
  cf_alone_widen (call);
  g_assert_cmpint (call->hold->mode, ==, CF_HOLD_ALL);
  cf_alone_narrow (call);
  g_assert_cmpint (call->hold->mode, ==, CF_HOLD_CLAIMS);
  assert_visit (&scene.visitor, TRUE);
  cf_hold_release (call->hold);
  cf_alone_unreserve (call);
  assert_visit (&scene.visitor, FALSE);
  end (&scene);
}

static void
set_threshold (Fixture *fixture, const char *ms)
{
  g_autofree char *line =
      g_strdup_printf ("CONFIG SET busy-reply-threshold %s", ms);

  assert_reply (fixture, line, "+OK\r\n");
}

static void
test_alone_busy_at (Fixture *fixture, gconstpointer data)
{
  const CfSlice get = CF_SLICE ("GET"), kill = CF_SLICE ("SHUTDOWN");
  CfCall call, allowed;

  set_threshold (fixture, "500");
  call = call_of (fixture, &get);
  call.hold->busy_since_ms = 7000;
  g_assert_cmpint (cf_alone_busy_at (&call), ==, 7500);
  allowed = call_of (fixture, &kill);
  g_assert_cmpint (cf_alone_busy_at (&allowed), ==, G_MAXINT64);
  /* It counts from now if nobody knows since when. */
  call.hold->busy_since_ms = 0;
  g_assert_cmpint (cf_alone_busy_at (&call), >=,
                   g_get_real_time () / 1000 - 60 * 1000);
  call.hold->busy_since_ms = G_MAXINT64 - 499;
  g_assert_cmpint (cf_alone_busy_at (&call), ==, G_MAXINT64);
  call.hold->busy_since_ms = 7000;
  set_threshold (fixture, "0");
  g_assert_cmpint (cf_alone_busy_at (&call), ==, G_MAXINT64);
}

static void
test_alone_is_busy (Fixture *fixture, gconstpointer data)
{
  CfScripts *scripts = fixture->engine->scripts;
  CfScriptProgress progress = {
    .kind = CF_SCRIPT_FUNCTION,
    .since_us = cf_clock_mono_us () - 2 * G_USEC_PER_SEC,
  };

  set_threshold (fixture, "1000");
  g_assert_false (cf_alone_is_busy (fixture->engine));
  cf_scripts_list (scripts, &progress);
  g_assert_true (cf_alone_is_busy (fixture->engine));
  g_assert_true (g_str_has_prefix (cf_alone_busy_message (fixture->engine),
                                   "BUSY Redis is busy running a script. You "
                                   "can only call FUNCTION KILL"));
  set_threshold (fixture, "0");
  g_assert_false (cf_alone_is_busy (fixture->engine));
  cf_scripts_unlist (scripts, &progress);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/engine/alone/begin", test_alone_begin);
  fixture_add ("/engine/alone/yield", test_alone_yield);
  fixture_add ("/engine/alone/sections", test_alone_sections);
  fixture_add ("/engine/alone/busy-at", test_alone_busy_at);
  fixture_add ("/engine/alone/is-busy", test_alone_is_busy);
  return g_test_run ();
}
