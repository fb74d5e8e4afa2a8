/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <poll.h>
#include <sys/eventfd.h>

#include "net/mailbox.h"

#define N_POSTERS 4
#define N_MESSAGES 20000

static gboolean
is_told (const CfMailbox *mailbox)
{
  eventfd_t count;

  return eventfd_read (mailbox->fd, &count) == 0;
}

static GArray *
new_array (void)
{
  return g_array_new (FALSE, FALSE, sizeof (CfMessage));
}

/* The eventfd is written for a loop that sleeps, once. */
static void
test_tells_sleeper (void)
{
  CfMessage message = { .kind = CF_MESSAGE_REVIEW };
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) messages = NULL;
  CfMailbox mailbox;

  g_assert_true (cf_mailbox_init (&mailbox, 0, &error));
  cf_mailbox_post (&mailbox, &message);
  g_assert_false (is_told (&mailbox));
  g_assert_true (cf_mailbox_has_mail (&mailbox));
  g_assert_false (cf_mailbox_doze (&mailbox));

  messages = cf_mailbox_take (&mailbox, new_array ());
  g_assert_cmpuint (messages->len, ==, 1);
  g_assert_true (cf_mailbox_doze (&mailbox));
  cf_mailbox_post (&mailbox, &message);
  g_assert_true (is_told (&mailbox));
  cf_mailbox_post (&mailbox, &message);
  g_assert_false (is_told (&mailbox));
  cf_mailbox_clear (&mailbox);
}

/* The owner is named in the same step as the message is there. */
static void
test_names_owner (void)
{
  gpointer owner = NULL;
  CfMessage message = {
    .kind = CF_MESSAGE_ADOPT,
    .owner_at = &owner,
    .owner = &owner,
  };
  g_autoptr (GError) error = NULL;
  CfMailbox mailbox;

  g_assert_true (cf_mailbox_init (&mailbox, 0, &error));
  cf_mailbox_post (&mailbox, &message);
  g_assert_true (owner == &owner);
  cf_mailbox_clear (&mailbox);
}

static gpointer
post_many (gpointer data)
{
  CfMessage message = { .kind = CF_MESSAGE_SHED, .subject = g_thread_self () };

  for (guint i = 1; i <= N_MESSAGES; i++)
    {
      message.amount = i;
      cf_mailbox_post (data, &message);
    }
  return NULL;
}

/* Nothing is lost or overtaken, and a sleeper is always woken. */
static void
test_many_posters (void)
{
  g_autoptr (GHashTable) last = g_hash_table_new (NULL, NULL);
  g_autoptr (GError) error = NULL;
  GThread *posters[N_POSTERS];
  CfMailbox mailbox;
  guint n = 0;

  g_assert_true (cf_mailbox_init (&mailbox, 0, &error));
  for (guint i = 0; i < N_POSTERS; i++)
    posters[i] = g_thread_new ("poster", post_many, &mailbox);
  while (n < N_POSTERS * N_MESSAGES)
    {
      struct pollfd poll_fd = { .fd = mailbox.fd, .events = POLLIN };
      g_autoptr (GArray) messages = NULL;

      if (cf_mailbox_doze (&mailbox))
        {
          g_assert_cmpint (poll (&poll_fd, 1, 30000), ==, 1);
          __atomic_store_n (&mailbox.asleep, FALSE, __ATOMIC_SEQ_CST);
          is_told (&mailbox);
        }
      messages = cf_mailbox_take (&mailbox, new_array ());
      for (guint i = 0; i < messages->len; i++, n++)
        {
          CfMessage *message = &g_array_index (messages, CfMessage, i);
          guint before =
              GPOINTER_TO_UINT (g_hash_table_lookup (last, message->subject));

          g_assert_cmpuint (message->amount, ==, before + 1);
          g_hash_table_insert (last, message->subject,
                               GUINT_TO_POINTER (message->amount));
        }
    }
  for (guint i = 0; i < N_POSTERS; i++)
    g_thread_join (posters[i]);
  cf_mailbox_clear (&mailbox);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/mailbox/tells-sleeper", test_tells_sleeper);
  g_test_add_func ("/net/mailbox/names-owner", test_names_owner);
  g_test_add_func ("/net/mailbox/many-posters", test_many_posters);
  return g_test_run ();
}
