/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/tracking.h"

#include "base/hash.h"

static GString *sent;

static void
on_send (CfSession *session, CfBlob *bytes)
{
  g_string_append_printf (sent, "%u:", (guint) session->id);
  g_string_append_len (sent, bytes->data, (gssize) bytes->size);
}

static void
on_free (CfSession *session)
{
}

static const CfSessionOps ops = { .send = on_send, .free = on_free };

typedef struct
{
  CfConfig *config;     /* (owned) */
  CfTracking *tracking; /* (owned) */
  CfSession sessions[3];
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  sent = g_string_new (NULL);
  self->config = cf_config_new ();
  self->tracking = cf_tracking_new (self->config);
  for (guint i = 0; i < G_N_ELEMENTS (self->sessions); i++)
    {
      cf_session_init (&self->sessions[i], &ops);
      self->sessions[i].id = i + 1;
      cf_session_set_resp (&self->sessions[i], 3);
    }
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->sessions); i++)
    cf_tracking_forget (self->tracking, &self->sessions[i]);
  for (guint i = 0; i < G_N_ELEMENTS (self->sessions); i++)
    cf_session_clear (&self->sessions[i]);
  g_assert_cmpuint (cf_tracking_n_clients (self->tracking), ==, 0);
  cf_tracking_free (self->tracking);
  cf_config_free (self->config);
  g_string_free (sent, TRUE);
}

static void
enable (Fixture *self, guint session, guint options, guint target)
{
  CfSession *to =
      target != 0 ? cf_session_ref (&self->sessions[target - 1]) : NULL;

  cf_tracking_enable (self->tracking, &self->sessions[session - 1], options, to,
                      NULL, 0);
}

static void
read_key (Fixture *self, guint session, const char *name)
{
  CfKey key = cf_key (cf_slice_of_string (name));

  cf_tracking_remember (self->tracking, &self->sessions[session - 1], &key, 1);
}

static void
change_key (Fixture *self, guint session, const char *name)
{
  CfKey key = cf_key (cf_slice_of_string (name));

  cf_tracking_invalidate (self->tracking, &self->sessions[session - 1], &key);
}

static void
assert_sent (const char *bytes)
{
  g_assert_cmpstr (sent->str, ==, bytes);
  g_string_truncate (sent, 0);
}

#define DROP_K ">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\nk\r\n"

static void
test_tracking_table (Fixture *self, gconstpointer data)
{
  g_assert_false (cf_tracking_any (self->tracking));
  enable (self, 1, 0, 0);
  g_assert_true (cf_tracking_any (self->tracking));
  read_key (self, 1, "k");
  read_key (self, 1, "k");
  g_assert_cmpuint (cf_tracking_n_keys (self->tracking), ==, 1);
  g_assert_cmpuint (cf_tracking_n_items (self->tracking), ==, 1);
  change_key (self, 2, "other");
  assert_sent ("");
  change_key (self, 2, "k");
  assert_sent ("1:" DROP_K);
  change_key (self, 2, "k");
  assert_sent ("");
  g_assert_cmpuint (cf_tracking_n_items (self->tracking), ==, 0);
  read_key (self, 1, "k");
  change_key (self, 1, "k");
  assert_sent ("1:" DROP_K);
  enable (self, 1, CF_TRACK_NOLOOP, 0);
  read_key (self, 1, "k");
  change_key (self, 1, "k");
  assert_sent ("");
  /* What was read before is told of when it tracks again. */
  read_key (self, 1, "k");
  cf_tracking_disable (self->tracking, &self->sessions[0]);
  enable (self, 1, 0, 0);
  change_key (self, 2, "k");
  assert_sent ("1:" DROP_K);
}

static void
test_tracking_redirect (Fixture *self, gconstpointer data)
{
  enable (self, 1, 0, 2);
  g_assert_cmpint (self->sessions[0].shown.redirect, ==, 2);
  read_key (self, 1, "k");
  change_key (self, 3, "k");
  assert_sent ("2:" DROP_K);
  cf_session_set_resp (&self->sessions[1], 2);
  read_key (self, 1, "k");
  change_key (self, 3, "k");
  assert_sent ("");
  self->sessions[1].flags |= CF_SESSION_PUBSUB;
  cf_session_publish (&self->sessions[1]);
  read_key (self, 1, "k");
  change_key (self, 3, "k");
  assert_sent ("2:>3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n"
               "*1\r\n$1\r\nk\r\n");
  g_atomic_int_set (&self->sessions[1].ended, TRUE);
  read_key (self, 1, "k");
  change_key (self, 3, "k");
  assert_sent ("1:>2\r\n$21\r\ntracking-redir-broken\r\n:2\r\n");
  g_assert_true (self->sessions[0].shown.broken);
}

static void
test_tracking_broadcast (Fixture *self, gconstpointer data)
{
  const CfSlice prefixes[] = { CF_SLICE ("a"), CF_SLICE ("b") };
  CfSlice keys[] = { CF_SLICE ("b1"), CF_SLICE ("a2"), CF_SLICE ("c"),
                     CF_SLICE ("a1"), CF_SLICE ("a2") };

  cf_tracking_enable (self->tracking, &self->sessions[0], CF_TRACK_BCAST, NULL,
                      prefixes, 2);
  g_assert_true (cf_tracking_broadcasts (self->tracking));
  g_assert_cmpuint (cf_tracking_n_prefixes (self->tracking), ==, 2);
  cf_tracking_broadcast (self->tracking, NULL, keys, G_N_ELEMENTS (keys));
  assert_sent ("1:>2\r\n$10\r\ninvalidate\r\n*2\r\n$2\r\na1\r\n$2\r\na2\r\n"
               "1:>2\r\n$10\r\ninvalidate\r\n*1\r\n$2\r\nb1\r\n");
  cf_tracking_disable (self->tracking, &self->sessions[0]);
  g_assert_false (cf_tracking_broadcasts (self->tracking));
  g_assert_cmpuint (cf_tracking_n_prefixes (self->tracking), ==, 0);
  cf_tracking_broadcast (self->tracking, NULL, keys, 1);
  assert_sent ("");
}

static void
test_tracking_flush (Fixture *self, gconstpointer data)
{
  enable (self, 1, 0, 0);
  enable (self, 2, CF_TRACK_BCAST, 0);
  read_key (self, 1, "k");
  read_key (self, 1, "l");
  cf_tracking_flush (self->tracking);
  assert_sent ("1:>2\r\n$10\r\ninvalidate\r\n_\r\n"
               "2:>2\r\n$10\r\ninvalidate\r\n_\r\n");
  g_assert_cmpuint (cf_tracking_n_keys (self->tracking), ==, 0);
  g_assert_cmpuint (cf_tracking_n_items (self->tracking), ==, 0);
  cf_tracking_sweep (self->tracking);
  change_key (self, 3, "k");
  assert_sent ("");
}

static void
test_tracking_limit (Fixture *self, gconstpointer data)
{
  g_assert_true (cf_config_set (
      self->config, CF_SETTING_TRACKING_TABLE_MAX_KEYS, "10", NULL));
  enable (self, 1, 0, 0);
  for (guint i = 0; i < 50; i++)
    {
      g_autofree char *name = g_strdup_printf ("k%u", i);

      read_key (self, 1, name);
    }
  g_assert_cmpuint (cf_tracking_n_keys (self->tracking), ==, 10);
  g_assert_nonnull (strstr (sent->str, "$2\r\nk0\r\n"));
}

/* However many a command reads. */
static void
test_tracking_limit_at_once (Fixture *self, gconstpointer data)
{
  CfKey keys[500];
  char names[500][8];

  g_assert_true (cf_config_set (
      self->config, CF_SETTING_TRACKING_TABLE_MAX_KEYS, "10", NULL));
  enable (self, 1, 0, 0);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_snprintf (names[i], sizeof names[i], "k%u", i);
      keys[i] = cf_key (cf_slice_of_string (names[i]));
    }
  cf_tracking_remember (self->tracking, &self->sessions[0], keys,
                        G_N_ELEMENTS (keys));
  g_assert_cmpuint (cf_tracking_n_keys (self->tracking), ==, 10);
}

int
main (int argc, char **argv)
{
  static const guint8 seed[16] = "a constant seed";

  g_test_init (&argc, &argv, NULL);
  cf_hash_init (seed);
#define ADD(name)                                                              \
  g_test_add ("/engine/tracking/" #name, Fixture, NULL, set_up,                \
              test_tracking_##name, tear_down)
  ADD (table);
  ADD (redirect);
  ADD (broadcast);
  ADD (flush);
  ADD (limit);
  ADD (limit_at_once);
  return g_test_run ();
}
