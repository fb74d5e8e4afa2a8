/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/events.h"

#include "base/hash.h"
#include "base/memory.h"
#include "engine/pubsub.h"

static GString *sent;

static void
on_send (CfSession *session, CfBlob *bytes)
{
  g_string_append_len (sent, bytes->data, (gssize) bytes->size);
}

static void
on_free (CfSession *session)
{
}

static const CfSessionOps ops = { .send = on_send, .free = on_free };
static const CfFamily *const no_families[] = { NULL };

typedef struct
{
  CfConfig *config; /* (owned) */
  CfEngine *engine; /* (owned) */
  CfSession session;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  sent = g_string_new (NULL);
  self->config = cf_config_new ();
  self->engine = cf_engine_new (self->config, no_families, NULL);
  cf_session_init (&self->session, &ops);
  cf_pubsub_subscribe (self->engine->pubsub, &self->session, CF_PUBSUB_PATTERN,
                       CF_SLICE ("__key*"));
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  cf_pubsub_forget (self->engine->pubsub, &self->session);
  cf_session_clear (&self->session);
  cf_engine_free (self->engine);
  cf_config_free (self->config);
  g_string_free (sent, TRUE);
}

static void
want (Fixture *self, const char *classes)
{
  g_assert_true (cf_config_set (self->config, CF_SETTING_NOTIFY_KEYSPACE_EVENTS,
                                classes, NULL));
}

static void
assert_sent (const char *bytes)
{
  g_assert_cmpstr (sent->str, ==, bytes);
  g_string_truncate (sent, 0);
}

#define HEAD ">4\r\n$8\r\npmessage\r\n$6\r\n__key*\r\n"

static void
test_events_channels (Fixture *self, gconstpointer data)
{
  cf_events_tell (self->engine, 0, CF_SLICE ("k"), CF_NOTIFY_STRING, "set");
  assert_sent ("");
  want (self, "K$");
  cf_events_tell (self->engine, 12, CF_SLICE ("k"), CF_NOTIFY_STRING, "set");
  assert_sent (HEAD "$17\r\n__keyspace@12__:k\r\n$3\r\nset\r\n");
  cf_events_tell (self->engine, 0, CF_SLICE ("k"), CF_NOTIFY_GENERIC, "del");
  assert_sent ("");
  want (self, "E$");
  cf_events_tell (self->engine, 0, CF_SLICE ("k"), CF_NOTIFY_STRING, "set");
  assert_sent (HEAD "$18\r\n__keyevent@0__:set\r\n$1\r\nk\r\n");
}

static void
test_events_classes (Fixture *self, gconstpointer data)
{
  static const char letters[] = "g$lshzxetmn";

  for (gsize i = 0; i < strlen (letters); i++)
    {
      char classes[] = { 'E', letters[i], '\0' };

      want (self, classes);
      for (gsize j = 0; j < strlen (letters); j++)
        {
          cf_events_tell (self->engine, 0, CF_SLICE ("k"),
                          (CfNotifyClass) letters[j], "e");
          g_assert_cmpint (sent->len > 0, ==, i == j);
          g_string_truncate (sent, 0);
        }
    }
}

static void
test_events_long_key (Fixture *self, gconstpointer data)
{
  g_autofree char *key = g_strnfill (100000, 'x');

  want (self, "KA");
  cf_events_tell (self->engine, 0, cf_slice_of_string (key), CF_NOTIFY_GENERIC,
                  "del");
  g_assert_nonnull (strstr (sent->str, key));
  g_assert_nonnull (strstr (sent->str, "$100015\r\n__keyspace@0__:xxx"));
}

int
main (int argc, char **argv)
{
  static const guint8 seed[16] = "a constant seed";

  g_test_init (&argc, &argv, NULL);
  cf_hash_init (seed);
  cf_memory_init ();
#define ADD(path, name)                                                        \
  g_test_add ("/engine/events/" path, Fixture, NULL, set_up,                   \
              test_events_##name, tear_down)
  ADD ("channels", channels);
  ADD ("classes", classes);
  ADD ("long-key", long_key);
  return g_test_run ();
}
