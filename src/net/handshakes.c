/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "net/handshakes.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/lock.h"
#include "base/log-limit.h"
#include "base/priority.h"
#include "config/settings.h"
#include "net/address.h"
#include "net/handshake-turns.h"

#define THREADS_MAX 8
/* What an event says that is not for a handshake. */
#define SERIAL_OF_END 0
#define SERIAL_OF_NEWS 1
/* How long a thread sleeps, at most, while anybody shakes hands. */
#define NAP_MS 1000

/* A client that shakes hands. */
typedef struct
{
  CfHandshakeTurn turn; /* first; protected by the lock of all.  Busy: a thread
                  has it, and @stream */
  GSocketConnection *socket; /* (owned) (nullable) given to a loop: NULL */
  int fd;
  guint flags;         /* of its session */
  const char *refusal; /* (nullable) what it is told in place of service */
  CfTlsStream *stream; /* (owned) (nullable) NULL: it has not begun */
} Handshake;

struct _CfHandshakes
{
  CfEngine *engine; /* (not owned) */
  CfLoops *loops;   /* (not owned) */
  CfTls *tls;       /* (not owned) */
  int epoll_fd;
  int end_fd;         /* readable when the threads are to end */
  int news_fd;        /* written when somebody comes and nobody was there */
  GPtrArray *threads; /* (owned) (element-type GThread) */

  CfMutex lock;
  /* Protected by @lock. */
  CfHandshakeTurns turns; /* of handshakes, which epoll knows by their serials;
                    who waits has first bytes there */
  CfLogLimit log_limit;

  guint count; /* (atomic) who is there */
};

static void
handshake_free (Handshake *self)
{
  cf_tls_stream_free (self->stream);
  g_clear_object (&self->socket);
  g_free (self);
}

/* Also if whoever accepted it has a reference for a moment longer. */
static void
handshake_close (Handshake *self)
{
  g_clear_pointer (&self->stream, cf_tls_stream_free);
  g_socket_close (g_socket_connection_get_socket (self->socket), NULL);
  handshake_free (self);
}

static gint64
now_ms (void)
{
  return cf_clock_mono_us () / 1000;
}

/* Has the next event of a handshake wake a thread. */
static gboolean
arm (CfHandshakes *self,
     const Handshake *handshake,
     int operation,
     guint events)
{
  struct epoll_event event = {
    .events = events | EPOLLONESHOT,
    .data.u64 = handshake->turn.serial,
  };

  return epoll_ctl (self->epoll_fd, operation, handshake->fd, &event) == 0;
}

/* -- The end of a handshake ---------------------------------------------- */

/* From now on the caller alone knows of @handshake. */
static void
remove_locked (CfHandshakes *self, Handshake *handshake)
{
  CfHandshakeTurn *next;

  cf_mutex_assert_held (&self->lock);
  epoll_ctl (self->epoll_fd, EPOLL_CTL_DEL, handshake->fd, NULL);
  __atomic_sub_fetch (&self->count, 1, __ATOMIC_RELAXED);
  next = cf_handshake_turns_remove (&self->turns, &handshake->turn);
  if (next != NULL)
    arm (self, (Handshake *) next, EPOLL_CTL_MOD, EPOLLIN);
}

static char *
describe_peer (const Handshake *handshake)
{
  g_autoptr (GSocketAddress) address =
      g_socket_connection_get_remote_address (handshake->socket, NULL);

  return address != NULL ? cf_address_describe (address)
                         : g_strdup ("unknown address");
}

/* Whether one more failure may be logged; if so, how many were not. */
static gboolean
may_log (CfHandshakes *self, guint *n_unsaid)
{
  gboolean may;

  cf_mutex_lock (&self->lock);
  may = cf_log_limit_admit (&self->log_limit, now_ms (), n_unsaid);
  cf_mutex_unlock (&self->lock);
  return may;
}

static void
log_failure (const Handshake *handshake, const char *reason, guint n_unsaid)
{
  g_autofree char *peer = describe_peer (handshake);

  if (n_unsaid > 0)
    g_message ("TLS handshake with %s failed: %s (and %u others failed)", peer,
               reason, n_unsaid);
  else
    g_message ("TLS handshake with %s failed: %s", peer, reason);
}

/* Closes one that nobody else knows of. */
static void
fail (CfHandshakes *self, Handshake *handshake, const char *reason)
{
  guint n_unsaid;

  if (may_log (self, &n_unsaid))
    log_failure (handshake, reason, n_unsaid);
  handshake_close (handshake);
}

/* Those in @list are closed, for @reason. */
static void
fail_all (CfHandshakes *self, GSList *list, const char *reason)
{
  for (GSList *link = list; link != NULL; link = link->next)
    fail (self, link->data, reason);
  g_slist_free (list);
}

/* -- Time ---------------------------------------------------------------- */

static gint64
get_limit (const CfHandshakes *self)
{
  return cf_config_get_int (self->engine->config,
                            CF_SETTING_TLS_HANDSHAKE_TIMEOUT);
}

/* Removes @turn of a handshake, which goes to the front of @list. */
static GSList *
take_locked (CfHandshakes *self, GSList *list, CfHandshakeTurn *turn)
{
  remove_locked (self, (Handshake *) turn);
  return g_slist_prepend (list, turn);
}

static GSList *
take_late_locked (CfHandshakes *self, gint64 now)
{
  GSList *late = NULL;
  gint64 by_ms = now - get_limit (self);
  CfHandshakeTurn *turn;

  while ((turn = cf_handshake_turns_oldest (&self->turns.all, by_ms)) != NULL)
    late = take_locked (self, late, turn);
  return late;
}

/* For each that waits for its turn, one that has had its grace goes. */
static GSList *
take_slow_locked (CfHandshakes *self, gint64 now)
{
  GSList *slow = NULL;
  gint64 by_ms = now - CF_HANDSHAKES_GRACE_MS;
  CfHandshakeTurn *turn;

  for (guint n = self->turns.waiting.length; n > 0; n--)
    {
      turn = cf_handshake_turns_oldest (&self->turns.begun, by_ms);
      if (turn == NULL)
        break;
      slow = take_locked (self, slow, turn);
    }
  return slow;
}

/* Those who shake hands leave half the places to those who have. */
static GSList *
take_excess_locked (CfHandshakes *self)
{
  GSList *excess = NULL;
  gint64 most =
      cf_config_get_int (self->engine->config, CF_SETTING_MAXCLIENTS) / 2;
  CfHandshakeTurn *turn;

  most = MAX (most, 1);
  while (self->turns.all.length > most &&
         (turn = cf_handshake_turns_oldest (&self->turns.all, G_MAXINT64)) !=
             NULL)
    excess = take_locked (self, excess, turn);
  return excess;
}

static void
close_late (CfHandshakes *self)
{
  GSList *late, *slow;
  gint64 now = now_ms ();

  cf_mutex_lock (&self->lock);
  late = take_late_locked (self, now);
  slow = take_slow_locked (self, now);
  cf_mutex_unlock (&self->lock);
  fail_all (self, late, "it took too long");
  fail_all (self, slow, "it took too long while others waited");
}

/* How long until close_late() is to be called, or -1. */
static int
milliseconds_to_wait (CfHandshakes *self)
{
  const GList *first, *begun;
  gint64 due = G_MAXINT64;

  cf_mutex_lock (&self->lock);
  first = self->turns.all.head;
  begun = self->turns.begun.head;
  if (first != NULL)
    due = ((CfHandshakeTurn *) first->data)->start_ms + get_limit (self);
  if (self->turns.waiting.head != NULL && begun != NULL)
    due = MIN (due, ((CfHandshakeTurn *) begun->data)->start_ms +
                        CF_HANDSHAKES_GRACE_MS);
  cf_mutex_unlock (&self->lock);
  if (due == G_MAXINT64)
    return -1;
  /* One that is busy and late is looked at again when it is neither. */
  return (int) CLAMP (due - now_ms (), 1, NAP_MS);
}

/* -- Steps --------------------------------------------------------------- */

/* The handshake that an event is for, if it is still there and may go on. */
static Handshake *
take_step (CfHandshakes *self, guint64 serial)
{
  guint most = (guint) cf_config_get_int (self->engine->config,
                                          CF_SETTING_TLS_MAX_HANDSHAKES);
  CfHandshakeTurn *turn;

  cf_mutex_lock (&self->lock);
  turn = cf_handshake_turns_find (&self->turns, serial);
  if (turn != NULL && !cf_handshake_turns_begin (&self->turns, turn, most))
    turn = NULL;
  if (turn != NULL)
    turn->is_busy = TRUE;
  cf_mutex_unlock (&self->lock);
  return (Handshake *) turn;
}

/* Waits for the client again.  FALSE: that cannot be, and it is busy still. */
static gboolean
put_back (CfHandshakes *self, Handshake *handshake, CfTlsState state)
{
  gboolean done;

  cf_mutex_lock (&self->lock);
  done = arm (self, handshake, EPOLL_CTL_MOD,
              state == CF_TLS_WANTS_READ ? EPOLLIN : EPOLLOUT);
  handshake->turn.is_busy = !done;
  cf_mutex_unlock (&self->lock);
  return done;
}

static void
take_out (CfHandshakes *self, Handshake *handshake)
{
  cf_mutex_lock (&self->lock);
  remove_locked (self, handshake);
  cf_mutex_unlock (&self->lock);
}

static void
refuse (Handshake *handshake)
{
  const struct iovec words = { (void *) handshake->refusal,
                               strlen (handshake->refusal) };

  (void) !cf_tls_stream_send (handshake->stream, &words, 1);
  handshake_close (handshake);
}

static void
welcome (CfHandshakes *self, Handshake *handshake)
{
  if (handshake->refusal != NULL)
    {
      refuse (handshake);
      return;
    }
  cf_loops_add (self->loops, handshake->socket, handshake->flags,
                g_steal_pointer (&handshake->stream));
  handshake_free (handshake);
}

/* Takes the handshake on, with the error of one that fails. */
static CfTlsState
shake_hands (CfHandshakes *self, Handshake *handshake, GError **error)
{
  if (handshake->stream == NULL)
    handshake->stream = cf_tls_accept (self->tls, handshake->fd, error);
  if (handshake->stream == NULL)
    return CF_TLS_FAILED;
  return cf_tls_stream_shake_hands (handshake->stream, error);
}

static void
step (CfHandshakes *self, guint64 serial)
{
  Handshake *handshake = take_step (self, serial);
  g_autoptr (GError) error = NULL;
  CfTlsState state;

  if (handshake == NULL)
    return;
  state = shake_hands (self, handshake, &error);
  if (state == CF_TLS_WANTS_READ || state == CF_TLS_WANTS_WRITE)
    {
      if (put_back (self, handshake, state))
        return;
      cf_throw (&error, CF_ERROR_FAILED, "%s", g_strerror (errno));
    }
  take_out (self, handshake);
  if (error != NULL)
    fail (self, handshake, error->message);
  else
    welcome (self, handshake);
}

/* Runs in each thread.  One event at a time, so that all share the work. */
static gpointer
serve (gpointer data)
{
  CfHandshakes *self = data;
  struct epoll_event event;
  int n;

  cf_priority_lower_self ();
  for (;;)
    {
      n = epoll_wait (self->epoll_fd, &event, 1, milliseconds_to_wait (self));
      if (n == 1 && event.data.u64 == SERIAL_OF_END)
        return NULL;
      if (n == 1 && event.data.u64 != SERIAL_OF_NEWS)
        step (self, event.data.u64);
      close_late (self);
    }
}

/* -- For the listener ---------------------------------------------------- */

static gboolean
watch (CfHandshakes *self, int fd, guint events, guint64 serial)
{
  struct epoll_event event = { .events = events, .data.u64 = serial };

  return self->epoll_fd >= 0 && fd >= 0 &&
         epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

/**
 * cf_handshakes_new:
 * @engine: (transfer none): whose settings hold
 * @loops: (transfer none): where clients go then
 * @tls: (transfer none): what they are met with
 * @error: return location for an error, or %NULL
 *
 * Starts the threads.
 *
 * Returns: (transfer full) (nullable): nobody, so far
 */
CfHandshakes *
cf_handshakes_new (CfEngine *engine, CfLoops *loops, CfTls *tls, GError **error)
{
  g_autoptr (CfHandshakes) self = g_new0 (CfHandshakes, 1);
  guint n = MIN (g_get_num_processors (), THREADS_MAX);

  self->engine = engine;
  self->loops = loops;
  self->tls = tls;
  cf_mutex_init (&self->lock, CF_LOCK_HANDSHAKES, 0);
  cf_handshake_turns_init (&self->turns, SERIAL_OF_NEWS);
  self->threads = g_ptr_array_new ();
  self->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  self->end_fd = eventfd (0, EFD_NONBLOCK | EFD_CLOEXEC);
  self->news_fd = eventfd (0, EFD_NONBLOCK | EFD_CLOEXEC);
  /* The end is for all threads, the news for any one. */
  if (!watch (self, self->end_fd, EPOLLIN, SERIAL_OF_END) ||
      !watch (self, self->news_fd, EPOLLIN | EPOLLET, SERIAL_OF_NEWS))
    {
      cf_throw (error, CF_ERROR_FAILED, "cannot make an epoll set: %s",
                g_strerror (errno));
      return NULL;
    }
  for (guint i = 0; i < n; i++)
    {
      GThread *thread = g_thread_try_new ("handshakes", serve, self, error);

      if (thread == NULL)
        return NULL;
      g_ptr_array_add (self->threads, thread);
    }
  return g_steal_pointer (&self);
}

/**
 * cf_handshakes_free:
 * @self: (nullable) (transfer full): handshakes
 *
 * Ends the threads, and closes those that have not shaken hands.
 */
void
cf_handshakes_free (CfHandshakes *self)
{
  CfHandshakeTurn *turn;

  if (self == NULL)
    return;
  (void) !eventfd_write (self->end_fd, 1);
  for (guint i = 0; i < self->threads->len; i++)
    g_thread_join (self->threads->pdata[i]);
  g_ptr_array_unref (self->threads);
  while ((turn = cf_handshake_turns_oldest (&self->turns.all, G_MAXINT64)) !=
         NULL)
    {
      cf_handshake_turns_remove (&self->turns, turn);
      handshake_close ((Handshake *) turn);
    }
  cf_handshake_turns_clear (&self->turns);
  cf_mutex_clear (&self->lock);
  if (self->epoll_fd >= 0)
    close (self->epoll_fd);
  if (self->end_fd >= 0)
    close (self->end_fd);
  if (self->news_fd >= 0)
    close (self->news_fd);
  g_free (self);
}

/**
 * cf_handshakes_add:
 * @self: handshakes
 * @socket: (transfer none): a connection that was accepted
 * @flags: of its session
 * @refusal: (nullable): static; told in place of service
 *
 * Has it shake hands, and then served.
 */
void
cf_handshakes_add (CfHandshakes *self,
                   GSocketConnection *socket,
                   guint flags,
                   const char *refusal)
{
  Handshake *handshake = g_new0 (Handshake, 1);
  GSList *excess;
  gboolean is_first;
  int one = 1;

  handshake->socket = g_object_ref (socket);
  handshake->fd = g_socket_get_fd (g_socket_connection_get_socket (socket));
  handshake->flags = flags;
  handshake->refusal = refusal;
  (void) !setsockopt (handshake->fd, IPPROTO_TCP, TCP_NODELAY, &one,
                      sizeof one);
  __atomic_add_fetch (&self->count, 1, __ATOMIC_RELAXED);
  cf_mutex_lock (&self->lock);
  is_first = self->turns.all.length == 0;
  cf_handshake_turns_add (&self->turns, &handshake->turn, now_ms ());
  if (!arm (self, handshake, EPOLL_CTL_ADD, EPOLLIN))
    remove_locked (self, handshake);
  else
    handshake = NULL;
  excess = take_excess_locked (self);
  cf_mutex_unlock (&self->lock);
  if (is_first)
    (void) !eventfd_write (self->news_fd, 1);
  fail_all (self, excess, "too many others came");
  if (handshake != NULL)
    fail (self, handshake, "it cannot be polled");
}

/**
 * cf_handshakes_count:
 * @self: handshakes
 *
 * Returns: how many clients have not shaken hands yet
 */
guint
cf_handshakes_count (CfHandshakes *self)
{
  return __atomic_load_n (&self->count, __ATOMIC_RELAXED);
}
