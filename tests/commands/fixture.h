/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fixture.h -- an engine with all commands, and clients of it, in a test.
 *
 * Exchanges are written as a client would type them ("SET k 'a b\x00'") and
 * answered as they come from the wire; a zero byte in an answer is shown as
 * the two characters "\0".
 */
#pragma once

#include "engine/engine.h"
#include "engine/executor.h"

#define FIXTURE_CLIENTS 4

typedef struct
{
  CfConfig *config; /* (owned) */
  CfEngine *engine; /* (owned) */
  CfWorker *worker; /* (owned by the engine) */
  CfSession clients[FIXTURE_CLIENTS];
  gboolean closed[FIXTURE_CLIENTS]; /* by others */
  GString *events;                  /* (owned) "set k", a line an event */
  GString *records; /* (owned) "SET k v", a line a record of the feed */
  struct
  {
    CfWakeReason reason; /* CF_WAKE_NONE: it was not woken */
    guint serial;
  } woken[FIXTURE_CLIENTS];
} Fixture;

typedef struct
{
  const char *line;
  const char *reply;
} Exchange;

void fixture_init (int *argc, char ***argv);
void fixture_set_up (Fixture *self, gconstpointer data);
void fixture_tear_down (Fixture *self, gconstpointer data);

gboolean fixture_skip_under_valgrind (void);

char *fixture_run (Fixture *self, guint client, const char *line);
char *fixture_run_args (Fixture *self, guint client, CfArgs *args);
CfArgs *fixture_args_of_blobs (const CfSlice *words, guint n_words);

void assert_reply_to (Fixture *self,
                      guint client,
                      const char *line,
                      const char *reply);
/* What a client is sent that waited, and was woken since; "" if it was not. */
void assert_late_reply_to (Fixture *self, guint client, const char *reply);
void fixture_resume (Fixture *self, guint client, CfWakeReason reason);
void assert_reply (Fixture *self, const char *line, const char *reply);
/* Whether the reply has @part in it. */
void assert_has (Fixture *self, const char *line, const char *part);
void assert_lacks (Fixture *self, const char *line, const char *part);
void assert_exchanges (Fixture *self, const Exchange *exchanges, gsize n);
void assert_encoding (Fixture *self, const char *key, CfEncoding encoding);
void assert_deadline (Fixture *self, const char *key, gint64 deadline_ms);
void assert_events (Fixture *self, const char *events);
char *fixture_receive (Fixture *self, guint client);
void assert_received (Fixture *self, guint client, const char *bytes);
void assert_records (Fixture *self, const char *records);

/* A test with a fixture of its own. */
#define fixture_add(path, function)                                            \
  g_test_add (path, Fixture, NULL, fixture_set_up, function, fixture_tear_down)
