/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "repl/lookup.h"

#include <netdb.h>
#include <sys/socket.h>

#define STEP_US 50000 /* of a wait, between two looks at @stop */

/* What a thread is to find out. */
typedef struct
{
  char *host; /* (owned) */
  guint16 port;
  GAsyncQueue *answers; /* (owned) (element-type GPtrArray) gets one */
} Question;

static gint n_lookups; /* (atomic) threads that ask */

static void
question_free (Question *self)
{
  g_free (self->host);
  g_async_queue_unref (self->answers);
  g_free (self);
}

static GPtrArray *
make_answer (void)
{
  return g_ptr_array_new_with_free_func (g_object_unref);
}

static GPtrArray *
ask_system (const char *host, guint16 port)
{
  const struct addrinfo hints = { .ai_flags = AI_ADDRCONFIG,
                                  .ai_socktype = SOCK_STREAM };
  GPtrArray *answer = make_answer ();
  struct addrinfo *found;
  char service[8];

  g_snprintf (service, sizeof service, "%u", port);
  if (getaddrinfo (host, service, &hints, &found) != 0)
    return answer;
  for (const struct addrinfo *at = found; at != NULL; at = at->ai_next)
    {
      GSocketAddress *address =
          g_socket_address_new_from_native (at->ai_addr, at->ai_addrlen);

      if (address != NULL)
        g_ptr_array_add (answer, address);
    }
  freeaddrinfo (found);
  return answer;
}

static gpointer
answer_question (gpointer data)
{
  Question *question = data;

  g_async_queue_push (question->answers,
                      ask_system (question->host, question->port));
  question_free (question);
  g_atomic_int_add (&n_lookups, -1);
  return NULL;
}

/* Has a thread ask.  FALSE: there are too many. */
static gboolean
ask (const char *host, guint16 port, GAsyncQueue *answers)
{
  Question *question;
  GThread *thread = NULL;

  if (g_atomic_int_add (&n_lookups, 1) < CF_LOOKUPS_MAX)
    {
      question = g_new (Question, 1);
      question->host = g_strdup (host);
      question->port = port;
      question->answers = g_async_queue_ref (answers);
      thread = g_thread_try_new ("lookup", answer_question, question, NULL);
      if (thread == NULL)
        question_free (question);
    }
  if (thread == NULL)
    g_atomic_int_add (&n_lookups, -1);
  else
    g_thread_unref (thread);
  return thread != NULL;
}

static GPtrArray *
wait_for (GAsyncQueue *answers, gint64 deadline_us, const gint *stop)
{
  GPtrArray *answer = NULL;
  gint64 left_us;

  while (answer == NULL && !g_atomic_int_get (stop))
    {
      left_us = deadline_us - g_get_monotonic_time ();
      if (left_us <= 0)
        break;
      answer =
          g_async_queue_timeout_pop (answers, (guint64) MIN (left_us, STEP_US));
    }
  return answer;
}

/**
 * cf_lookup:
 * @host: a name or an address
 * @port: a port
 * @timeout_us: the longest wait
 * @stop: (atomic): becomes %TRUE when nothing is to be waited for any more
 *
 * Returns: (transfer full) (element-type GSocketAddress): where the host is,
 *   best first; nothing if that is not known in time
 */
GPtrArray *
cf_lookup (const char *host, guint16 port, gint64 timeout_us, const gint *stop)
{
  gint64 deadline_us = g_get_monotonic_time () + timeout_us;
  g_autoptr (GAsyncQueue) answers = NULL;
  GSocketAddress *address = g_inet_socket_address_new_from_string (host, port);
  GPtrArray *answer = NULL;

  if (address != NULL)
    {
      answer = make_answer ();
      g_ptr_array_add (answer, address);
      return answer;
    }
  answers = g_async_queue_new_full ((GDestroyNotify) g_ptr_array_unref);
  if (ask (host, port, answers))
    answer = wait_for (answers, deadline_us, stop);
  return answer != NULL ? answer : make_answer ();
}
