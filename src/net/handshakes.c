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
#include "base/priority.h"
#include "config/settings.h"

#define THREADS_MAX 8
/* What an event says that is not for a handshake. */
#define SERIAL_OF_END 0
#define SERIAL_OF_NEWS 1
/* How long a thread sleeps, at most, while anybody shakes hands. */
#define NAP_MS 1000
/* Lines in the log, in a second. */
#define LINES_MAX 10

/* A client that shakes hands. */
typedef struct
{
  guint64 serial;            /* what epoll knows it by */
  GSocketConnection *socket; /* (owned) (nullable) given to a loop: NULL */
  int fd;
  guint flags;         /* of its session */
  const char *refusal; /* (nullable) what it is told in place of service */
  gint64 start_ms;     /* steady clock: when it came */

  /* Protected by the lock of all. */
  gboolean is_busy;    /* a thread has it, and @stream */
  gboolean has_begun;  /* in @begun, not in @waiting or nowhere */
  gboolean is_waiting; /* in @waiting */
  GList link;          /* in @all */
  GList turn_link;     /* in @begun or @waiting */

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
  GHashTable *table; /* (owned) by serial */
  GQueue all;        /* (element-type Handshake) by when they came */
  GQueue begun;      /* (element-type Handshake) by when they began */
  GQueue waiting;    /* (element-type Handshake) first bytes are there */
  guint64 serial;
  gint64 lines_s; /* the second in which lines were logged */
  guint n_lines;  /* in it */
  guint n_unsaid; /* failures that were not logged, since the last that was */

  guint count; /* (atomic) of @all */
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
    .data.u64 = handshake->serial,
  };

  return epoll_ctl (self->epoll_fd, operation, handshake->fd, &event) == 0;
}

/* -- The end of a handshake ---------------------------------------------- */

/* Somebody may begin in place of one that ends. */
static void
call_next_locked (CfHandshakes *self)
{
  GList *link = g_queue_pop_head_link (&self->waiting);
  Handshake *next;

  if (link == NULL)
    return;
  next = link->data;
  next->is_waiting = FALSE;
  arm (self, next, EPOLL_CTL_MOD, EPOLLIN);
}

/* From now on the caller alone knows of @handshake. */
static void
remove_locked (CfHandshakes *self, Handshake *handshake)
{
  cf_mutex_assert_held (&self->lock);
  epoll_ctl (self->epoll_fd, EPOLL_CTL_DEL, handshake->fd, NULL);
  g_hash_table_remove (self->table, &handshake->serial);
  g_queue_unlink (&self->all, &handshake->link);
  __atomic_sub_fetch (&self->count, 1, __ATOMIC_RELAXED);
  if (handshake->is_waiting)
    g_queue_unlink (&self->waiting, &handshake->turn_link);
  if (!handshake->has_begun)
    return;
  g_queue_unlink (&self->begun, &handshake->turn_link);
  call_next_locked (self);
}

static char *
describe_peer (const Handshake *handshake)
{
  g_autoptr (GSocketAddress) address =
      g_socket_connection_get_remote_address (handshake->socket, NULL);
  GInetSocketAddress *inet;
  g_autofree char *host = NULL;

  if (address == NULL || !G_IS_INET_SOCKET_ADDRESS (address))
    return g_strdup ("unknown address");
  inet = G_INET_SOCKET_ADDRESS (address);
  host = g_inet_address_to_string (g_inet_socket_address_get_address (inet));
  return g_strdup_printf (strchr (host, ':') != NULL ? "[%s]:%u" : "%s:%u",
                          host, g_inet_socket_address_get_port (inet));
}

/* Whether one more failure may be logged; if so, how many were not. */
static gboolean
may_log (CfHandshakes *self, guint *n_unsaid)
{
  gint64 now_s = now_ms () / 1000;
  gboolean may;

  cf_mutex_lock (&self->lock);
  if (now_s != self->lines_s)
    self->n_lines = 0;
  self->lines_s = now_s;
  may = self->n_lines < LINES_MAX;
  *n_unsaid = self->n_unsaid;
  self->n_lines += may;
  self->n_unsaid = may ? 0 : self->n_unsaid + 1;
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

static GSList *
take_late_locked (CfHandshakes *self, gint64 now)
{
  GSList *late = NULL;
  GList *next;
  gint64 limit = get_limit (self);

  for (GList *link = self->all.head; link != NULL; link = next)
    {
      Handshake *handshake = link->data;

      next = link->next;
      if (now < handshake->start_ms + limit)
        break;
      if (handshake->is_busy)
        continue;
      remove_locked (self, handshake);
      late = g_slist_prepend (late, handshake);
    }
  return late;
}

/* For each that waits for its turn, one that has had its grace goes. */
static GSList *
take_slow_locked (CfHandshakes *self, gint64 now)
{
  GSList *slow = NULL;
  GList *next;
  guint n = self->waiting.length;

  for (GList *link = self->begun.head; link != NULL && n > 0; link = next)
    {
      Handshake *handshake = link->data;

      next = link->next;
      if (now < handshake->start_ms + CF_HANDSHAKES_GRACE_MS)
        break;
      if (handshake->is_busy)
        continue;
      remove_locked (self, handshake);
      slow = g_slist_prepend (slow, handshake);
      n--;
    }
  return slow;
}

/* Those who shake hands leave half the places to those who have. */
static GSList *
take_excess_locked (CfHandshakes *self)
{
  GSList *excess = NULL;
  GList *next;
  gint64 most =
      cf_config_get_int (self->engine->config, CF_SETTING_MAXCLIENTS) / 2;

  most = MAX (most, 1);
  for (GList *link = self->all.head; link != NULL && self->all.length > most;
       link = next)
    {
      Handshake *handshake = link->data;

      next = link->next;
      if (handshake->is_busy)
        continue;
      remove_locked (self, handshake);
      excess = g_slist_prepend (excess, handshake);
    }
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
  gint64 due = G_MAXINT64;

  cf_mutex_lock (&self->lock);
  if (self->all.head != NULL)
    due = ((Handshake *) self->all.head->data)->start_ms + get_limit (self);
  if (self->waiting.head != NULL && self->begun.head != NULL)
    due = MIN (due, ((Handshake *) self->begun.head->data)->start_ms +
                        CF_HANDSHAKES_GRACE_MS);
  cf_mutex_unlock (&self->lock);
  if (due == G_MAXINT64)
    return -1;
  /* One that is busy and late is looked at again when it is neither. */
  return (int) CLAMP (due - now_ms (), 1, NAP_MS);
}

/* -- Steps --------------------------------------------------------------- */

/* Whether @handshake may go on.  FALSE: it waits until another ends. */
static gboolean
may_go_on_locked (CfHandshakes *self, Handshake *handshake)
{
  gint64 most =
      cf_config_get_int (self->engine->config, CF_SETTING_TLS_MAX_HANDSHAKES);

  if (handshake->has_begun)
    return TRUE;
  if (self->begun.length >= most)
    {
      handshake->is_waiting = TRUE;
      g_queue_push_tail_link (&self->waiting, &handshake->turn_link);
      return FALSE;
    }
  handshake->has_begun = TRUE;
  g_queue_push_tail_link (&self->begun, &handshake->turn_link);
  return TRUE;
}

/* The handshake that an event is for, if it is still there and may go on. */
static Handshake *
take_step (CfHandshakes *self, guint64 serial)
{
  Handshake *handshake;

  cf_mutex_lock (&self->lock);
  handshake = g_hash_table_lookup (self->table, &serial);
  if (handshake != NULL && !may_go_on_locked (self, handshake))
    handshake = NULL;
  if (handshake != NULL)
    handshake->is_busy = TRUE;
  cf_mutex_unlock (&self->lock);
  return handshake;
}

/* Waits for the client again.  FALSE: that cannot be, and it is busy still. */
static gboolean
put_back (CfHandshakes *self, Handshake *handshake, CfTlsState state)
{
  gboolean done;

  cf_mutex_lock (&self->lock);
  done = arm (self, handshake, EPOLL_CTL_MOD,
              state == CF_TLS_WANTS_READ ? EPOLLIN : EPOLLOUT);
  handshake->is_busy = !done;
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
  self->serial = SERIAL_OF_NEWS;
  cf_mutex_init (&self->lock, CF_LOCK_HANDSHAKES, 0);
  self->table = g_hash_table_new (g_int64_hash, g_int64_equal);
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
  GList *link;

  if (self == NULL)
    return;
  (void) !eventfd_write (self->end_fd, 1);
  for (guint i = 0; i < self->threads->len; i++)
    g_thread_join (self->threads->pdata[i]);
  g_ptr_array_unref (self->threads);
  while ((link = g_queue_pop_head_link (&self->all)) != NULL)
    handshake_close (link->data);
  g_hash_table_unref (self->table);
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
  handshake->start_ms = now_ms ();
  handshake->link.data = handshake;
  handshake->turn_link.data = handshake;
  (void) !setsockopt (handshake->fd, IPPROTO_TCP, TCP_NODELAY, &one,
                      sizeof one);
  __atomic_add_fetch (&self->count, 1, __ATOMIC_RELAXED);
  cf_mutex_lock (&self->lock);
  handshake->serial = ++self->serial;
  is_first = self->all.length == 0;
  g_hash_table_insert (self->table, &handshake->serial, handshake);
  g_queue_push_tail_link (&self->all, &handshake->link);
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
