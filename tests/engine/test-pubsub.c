/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/pubsub.h"

#include <stdio.h>

#include "base/hash.h"

#define N_PUBLISHERS 4
#define N_MESSAGES 5000
#define N_CHANNELS 3

/* A session that keeps what it is sent. */
typedef struct
{
  CfSession session;
  CfMutex lock;
  GString *sent; /* (owned) protected by @lock */
} Listener;

static void
on_send (CfSession *session, CfBlob *bytes)
{
  Listener *self = (Listener *) session;

  cf_mutex_lock (&self->lock);
  g_string_append_len (self->sent, bytes->data, (gssize) bytes->size);
  cf_mutex_unlock (&self->lock);
}

static void
on_free (CfSession *session)
{
}

static const CfSessionOps ops = { .send = on_send, .free = on_free };

static void
listener_init (Listener *self)
{
  *self = (Listener){ 0 };
  cf_session_init (&self->session, &ops);
  cf_mutex_init (&self->lock, CF_LOCK_INBOX, 0);
  self->sent = g_string_new (NULL);
}

static void
listener_clear (Listener *self)
{
  cf_session_clear (&self->session);
  cf_mutex_clear (&self->lock);
  g_string_free (self->sent, TRUE);
}

static void
assert_sent (Listener *self, const char *bytes)
{
  g_assert_cmpstr (self->sent->str, ==, bytes);
  g_string_truncate (self->sent, 0);
}

static void
test_pubsub_kinds (void)
{
  g_autoptr (CfPubsub) pubsub = cf_pubsub_new ();
  CfSlice a = CF_SLICE ("a"), stars = CF_SLICE ("*");
  Listener one, other;

  listener_init (&one);
  listener_init (&other);
  g_assert_false (cf_pubsub_any (pubsub));
  g_assert_cmpint (cf_pubsub_publish (pubsub, a, a), ==, 0);
  g_assert_true (
      cf_pubsub_subscribe (pubsub, &one.session, CF_PUBSUB_CHANNEL, a));
  g_assert_false (
      cf_pubsub_subscribe (pubsub, &one.session, CF_PUBSUB_CHANNEL, a));
  g_assert_true (
      cf_pubsub_subscribe (pubsub, &one.session, CF_PUBSUB_PATTERN, stars));
  g_assert_true (
      cf_pubsub_subscribe (pubsub, &other.session, CF_PUBSUB_SHARD, a));
  g_assert_true (cf_pubsub_any (pubsub));
  g_assert_cmpint (cf_pubsub_publish (pubsub, a, CF_SLICE ("x")), ==, 2);
  assert_sent (&one, ">3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nx\r\n"
                     ">4\r\n$8\r\npmessage\r\n$1\r\n*\r\n$1\r\na\r\n"
                     "$1\r\nx\r\n");
  assert_sent (&other, "");
  g_assert_cmpint (cf_pubsub_publish_shard (pubsub, a, CF_SLICE ("y")), ==, 1);
  assert_sent (&other, ">3\r\n$8\r\nsmessage\r\n$1\r\na\r\n$1\r\ny\r\n");
  g_assert_false (
      cf_pubsub_unsubscribe (pubsub, &other.session, CF_PUBSUB_CHANNEL, a));
  g_assert_true (
      cf_pubsub_unsubscribe (pubsub, &one.session, CF_PUBSUB_CHANNEL, a));
  g_assert_true (
      cf_pubsub_unsubscribe (pubsub, &one.session, CF_PUBSUB_PATTERN, stars));
  g_assert_cmpint (cf_pubsub_publish (pubsub, a, CF_SLICE ("z")), ==, 0);
  assert_sent (&one, "");
  cf_pubsub_forget (pubsub, &one.session);
  cf_pubsub_forget (pubsub, &other.session);
  g_assert_cmpuint (cf_pubsub_n_topics (pubsub, CF_PUBSUB_SHARD), ==, 0);
  listener_clear (&one);
  listener_clear (&other);
}

static void
test_pubsub_counts (void)
{
  g_autoptr (CfPubsub) pubsub = cf_pubsub_new ();
  g_autoptr (GPtrArray) names = NULL, some = NULL, own = NULL;
  CfSlice pattern = CF_SLICE ("c1*");
  Listener listeners[3];

  for (guint i = 0; i < 3; i++)
    {
      listener_init (&listeners[i]);
      for (guint j = 0; j < 100; j++)
        {
          g_autofree char *name = g_strdup_printf ("c%u", j);
          CfSlice slice = cf_slice_of_string (name);

          cf_pubsub_subscribe (pubsub, &listeners[i].session, CF_PUBSUB_CHANNEL,
                               slice);
          cf_pubsub_subscribe (pubsub, &listeners[i].session, CF_PUBSUB_PATTERN,
                               slice);
        }
    }
  g_assert_cmpuint (cf_pubsub_n_topics (pubsub, CF_PUBSUB_CHANNEL), ==, 100);
  g_assert_cmpuint (cf_pubsub_n_topics (pubsub, CF_PUBSUB_PATTERN), ==, 100);
  g_assert_cmpuint (
      cf_subscriptions_n (&listeners[1].session, CF_PUBSUB_CHANNEL), ==, 100);
  g_assert_cmpuint (cf_subscriptions_memory (&listeners[1].session), >, 0);
  /* The first one's places are taken by others. */
  cf_pubsub_forget (pubsub, &listeners[0].session);
  g_assert_cmpuint (
      cf_pubsub_n_subscribers (pubsub, CF_PUBSUB_CHANNEL, CF_SLICE ("c7")), ==,
      2);
  g_assert_cmpuint (
      cf_pubsub_n_subscribers (pubsub, CF_PUBSUB_CHANNEL, CF_SLICE ("d")), ==,
      0);
  names = cf_pubsub_list (pubsub, CF_PUBSUB_CHANNEL, NULL);
  g_assert_cmpuint (names->len, ==, 100);
  some = cf_pubsub_list (pubsub, CF_PUBSUB_CHANNEL, &pattern);
  g_assert_cmpuint (some->len, ==, 11);
  own = cf_subscriptions_names (&listeners[2].session, CF_PUBSUB_PATTERN);
  g_assert_cmpuint (own->len, ==, 100);
  g_assert_cmpint (cf_pubsub_publish (pubsub, CF_SLICE ("c42"), CF_SLICE ("x")),
                   ==, 4);
  cf_pubsub_forget (pubsub, &listeners[2].session);
  cf_pubsub_forget (pubsub, &listeners[1].session);
  g_assert_false (cf_pubsub_any (pubsub));
  for (guint i = 0; i < 3; i++)
    listener_clear (&listeners[i]);
}

/* -- Threads -------------------------------------------------------------- */

typedef struct
{
  CfPubsub *pubsub;
  guint number;
  gint *is_over;
} Publisher;

static gpointer
publish_all (gpointer data)
{
  const Publisher *self = data;

  for (guint i = 0; i < N_MESSAGES; i++)
    {
      char channel[8], text[32];
      gsize size =
          (gsize) g_snprintf (text, sizeof text, "%u-%u", self->number, i);

      g_snprintf (channel, sizeof channel, "c%u", i % N_CHANNELS);
      cf_pubsub_publish (self->pubsub, cf_slice_of_string (channel),
                         cf_slice (text, size));
    }
  return NULL;
}

static gpointer
come_and_go (gpointer data)
{
  const Publisher *self = data;
  Listener listener;

  listener_init (&listener);
  while (!g_atomic_int_get (self->is_over))
    {
      cf_pubsub_subscribe (self->pubsub, &listener.session, CF_PUBSUB_CHANNEL,
                           CF_SLICE ("c1"));
      cf_pubsub_subscribe (self->pubsub, &listener.session, CF_PUBSUB_PATTERN,
                           CF_SLICE ("c?"));
      cf_pubsub_forget (self->pubsub, &listener.session);
      cf_mutex_lock (&listener.lock);
      g_string_truncate (listener.sent, 0);
      cf_mutex_unlock (&listener.lock);
    }
  listener_clear (&listener);
  return NULL;
}

/* Each publisher's messages must be there, and in order. */
static void
check_order (const Listener *listener)
{
  g_auto (GStrv) lines = g_strsplit (listener->sent->str, "\r\n", -1);
  guint next[N_PUBLISHERS] = { 0 };

  for (guint i = 0; lines[i] != NULL; i++)
    {
      guint publisher, n;

      if (sscanf (lines[i], "%u-%u", &publisher, &n) != 2)
        continue;
      g_assert_cmpuint (n, ==, next[publisher]);
      next[publisher]++;
    }
  for (guint i = 0; i < N_PUBLISHERS; i++)
    g_assert_cmpuint (next[i], ==, N_MESSAGES);
}

static void
test_pubsub_order (void)
{
  g_autoptr (CfPubsub) pubsub = cf_pubsub_new ();
  GThread *threads[N_PUBLISHERS], *visitor;
  Publisher publishers[N_PUBLISHERS];
  gint is_over = FALSE;
  Listener listener;

  listener_init (&listener);
  for (guint i = 0; i < N_CHANNELS; i++)
    {
      char channel[8];

      g_snprintf (channel, sizeof channel, "c%u", i);
      cf_pubsub_subscribe (pubsub, &listener.session, CF_PUBSUB_CHANNEL,
                           cf_slice_of_string (channel));
    }
  for (guint i = 0; i < N_PUBLISHERS; i++)
    {
      publishers[i] = (Publisher){ pubsub, i, &is_over };
      threads[i] = g_thread_new ("publisher", publish_all, &publishers[i]);
    }
  visitor = g_thread_new ("visitor", come_and_go, &publishers[0]);
  for (guint i = 0; i < N_PUBLISHERS; i++)
    g_thread_join (threads[i]);
  g_atomic_int_set (&is_over, TRUE);
  g_thread_join (visitor);
  check_order (&listener);
  cf_pubsub_forget (pubsub, &listener.session);
  listener_clear (&listener);
}

int
main (int argc, char **argv)
{
  static const guint8 seed[16] = "a constant seed";

  g_test_init (&argc, &argv, NULL);
  cf_hash_init (seed);
  g_test_add_func ("/engine/pubsub/kinds", test_pubsub_kinds);
  g_test_add_func ("/engine/pubsub/counts", test_pubsub_counts);
  g_test_add_func ("/engine/pubsub/order", test_pubsub_order);
  return g_test_run ();
}
