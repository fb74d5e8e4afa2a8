/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/broadcast.h"

#include "base/hash.h"

static GString *sent;

static void
on_send (CfSession *session, CfBlob *bytes)
{
  g_autofree char *text = g_strndup (bytes->data, bytes->size);
  g_auto (GStrv) lines = g_strsplit (text, "\r\n", -1);

  g_string_append_printf (sent, "%u:", (guint) session->id);
  for (guint i = 5; lines[i] != NULL && lines[i + 1] != NULL; i += 2)
    g_string_append_printf (sent, "%s,", lines[i]);
  g_string_append_c (sent, ' ');
}

static void
on_free (CfSession *session)
{
}

static const CfSessionOps ops = { .send = on_send, .free = on_free };

typedef struct
{
  CfBroadcast broadcast;
  CfSession sessions[3];
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  sent = g_string_new (NULL);
  cf_broadcast_init (&self->broadcast);
  for (guint i = 0; i < G_N_ELEMENTS (self->sessions); i++)
    {
      CfSession *session = &self->sessions[i];

      cf_session_init (session, &ops);
      session->id = i + 1;
      cf_session_set_resp (session, 3);
      cf_tracker_need (session)->is_on = TRUE;
    }
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->sessions); i++)
    {
      cf_broadcast_leave (&self->broadcast, self->sessions[i].tracker);
      cf_tracker_unref (g_steal_pointer (&self->sessions[i].tracker));
      cf_session_clear (&self->sessions[i]);
    }
  g_assert_cmpuint (cf_broadcast_n_prefixes (&self->broadcast), ==, 0);
  cf_broadcast_clear (&self->broadcast);
  g_string_free (sent, TRUE);
}

static void
join (Fixture *self, guint session, const char *prefixes)
{
  g_auto (GStrv) words = g_strsplit (prefixes, " ", -1);
  g_autofree CfSlice *slices = g_new0 (CfSlice, g_strv_length (words));

  for (guint i = 0; words[i] != NULL; i++)
    slices[i] = cf_slice_of_string (words[i]);
  cf_broadcast_join (&self->broadcast, self->sessions[session - 1].tracker,
                     slices, g_strv_length (words));
}

static void
assert_told (Fixture *self, const char *changed, const char *expected)
{
  g_auto (GStrv) words = g_strsplit (changed, " ", -1);
  g_autofree CfSlice *keys = g_new0 (CfSlice, g_strv_length (words));

  for (guint i = 0; words[i] != NULL; i++)
    keys[i] = cf_slice_of_string (words[i]);
  cf_broadcast_tell (&self->broadcast, NULL, keys, g_strv_length (words));
  g_assert_cmpstr (sent->str, ==, expected);
  g_string_truncate (sent, 0);
}

static void
test_broadcast_runs (Fixture *self, gconstpointer data)
{
  assert_told (self, "a b", "");
  join (self, 1, "user: order:");
  join (self, 2, "user:1 user:2");
  join (self, 3, "");
  g_assert_cmpuint (cf_broadcast_n_prefixes (&self->broadcast), ==, 5);
  assert_told (self, "user:3", "3:user:3, 1:user:3, ");
  assert_told (self, "none", "3:none, ");
  assert_told (self, "user:2 user:11 order:1 user:1 z user:1",
               "3:order:1,user:1,user:11,user:2,z, 1:order:1, "
               "1:user:1,user:11,user:2, 2:user:1,user:11, 2:user:2, ");
}

/* Two who ask for the same, of whom one goes. */
static void
test_broadcast_leave (Fixture *self, gconstpointer data)
{
  join (self, 1, "a ab");
  join (self, 2, "ab");
  assert_told (self, "abc", "1:abc, 1:abc, 2:abc, ");
  cf_broadcast_leave (&self->broadcast, self->sessions[0].tracker);
  g_assert_cmpuint (cf_broadcast_n_prefixes (&self->broadcast), ==, 1);
  assert_told (self, "abc a", "2:abc, ");
}

/* More prefixes than come or go at once; asking for all keys twice. */
static void
test_broadcast_many (Fixture *self, gconstpointer data)
{
  g_autoptr (GString) names = g_string_new ("key:0");

  for (guint i = 1; i < 1000; i++)
    g_string_append_printf (names, " key:%u", i);
  join (self, 1, names->str);
  cf_broadcast_join (&self->broadcast, self->sessions[0].tracker, NULL, 0);
  cf_broadcast_join (&self->broadcast, self->sessions[0].tracker, NULL, 0);
  g_assert_cmpuint (cf_broadcast_n_prefixes (&self->broadcast), ==, 1001);
  g_assert_cmpuint (self->sessions[0].tracker->prefixes->len, ==, 1001);
  assert_told (self, "key:999", "1:key:999, 1:key:999, 1:key:999, 1:key:999, ");
}

int
main (int argc, char **argv)
{
  static const guint8 seed[16] = "a constant seed";

  g_test_init (&argc, &argv, NULL);
  cf_hash_init (seed);
#define ADD(name)                                                              \
  g_test_add ("/engine/broadcast/" #name, Fixture, NULL, set_up,               \
              test_broadcast_##name, tear_down)
  ADD (runs);
  ADD (leave);
  ADD (many);
  return g_test_run ();
}
