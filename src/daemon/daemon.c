/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "daemon/daemon.h"

#include <glib-unix.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/priority.h"
#include "base/random.h"
#include "commands/commands.h"
#include "config/loader.h"
#include "daemon/log.h"
#include "daemon/notify.h"
#include "engine/acl-config.h"
#include "engine/acl-file.h"
#include "net/evict-clients.h"
#include "net/listener.h"
#include "net/loops.h"
#include "net/tls.h"

/* File descriptors that are not clients'. */
#define FDS_RESERVED 32
/* How long handlers are waited for when the time to end gracefully is up. */
#define ABANDON_PATIENCE_MS 200
/* What a shell says of a program that SIGINT has ended. */
#define EXIT_INTERRUPTED 130

struct _CfDaemon
{
  /* Set up by cf_daemon_new(), and only read after. */
  CfConfig *config;          /* (not owned) */
  GMainLoop *main_loop;      /* (owned) */
  GCancellable *cancellable; /* (owned) cancelled to end every loop */
  CfEngine *engine;          /* (owned) */
  CfLoops *loops;            /* (owned) */
  CfListener *listener;      /* (owned) */

  /* The main thread's. */
  GArray *sources; /* (owned) (element-type guint) signals and timers */
  gboolean stopping;
  gboolean have_ended; /* the loops */
  gboolean reloading;
  gboolean reload_again; /* SIGHUP came meanwhile */
};

/* -- The end ------------------------------------------------------------- */

static void
quit_if_done (CfDaemon *self)
{
  if (self->have_ended && !self->reloading)
    g_main_loop_quit (self->main_loop);
}

static gboolean
on_have_ended (gpointer user_data)
{
  CfDaemon *self = user_data;

  self->have_ended = TRUE;
  quit_if_done (self);
  return G_SOURCE_REMOVE;
}

/* Called by the handler of the last loop. */
static void
on_loops_ended (gpointer data)
{
  g_idle_add (on_have_ended, data);
}

static gboolean
on_deadline (gpointer user_data)
{
  CfDaemon *self = user_data;

  if (self->have_ended || cf_loops_abandon (self->loops, ABANDON_PATIENCE_MS))
    return G_SOURCE_CONTINUE;
  g_warning ("a command still runs; ending without it");
  g_clear_pointer (&self->listener, cf_listener_free);
  cf_log_close ();
  _exit (EXIT_SUCCESS);
}

/**
 * cf_daemon_stop:
 * @self: a daemon that runs
 *
 * Begins the graceful end, unless it has begun.
 */
void
cf_daemon_stop (CfDaemon *self)
{
  guint timeout_s =
      (guint) cf_config_get_int (self->config, CF_SETTING_SHUTDOWN_TIMEOUT);
  guint deadline;

  if (self->stopping)
    return;
  self->stopping = TRUE;
  g_message ("stopping");
  cf_notify ("STOPPING=1");
  cf_listener_stop (self->listener);
  g_atomic_int_set (&self->engine->shutting_down, TRUE);
  cf_loops_set_stopping (self->loops);
  g_cancellable_cancel (self->cancellable);
  deadline = g_timeout_add (MAX (timeout_s * 1000, 1), on_deadline, self);
  g_array_append_val (self->sources, deadline);
}

static gboolean
on_sigint (gpointer user_data)
{
  CfDaemon *self = user_data;

  if (self->stopping)
    _exit (EXIT_INTERRUPTED);
  cf_daemon_stop (self);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_sigterm (gpointer user_data)
{
  cf_daemon_stop (user_data);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_shutdown_idle (gpointer user_data)
{
  cf_daemon_stop (user_data);
  return G_SOURCE_REMOVE;
}

/* SHUTDOWN, in the thread of a handler.  Nothing is kept on disk yet, so there
 * is nothing that @now could leave out. */
static void
on_shutdown (gpointer data, gboolean now)
{
  g_idle_add (on_shutdown_idle, data);
}

static void
on_describe (gpointer data, guint *n_loops, guint *n_handlers)
{
  CfDaemon *self = data;

  cf_loops_describe (self->loops, n_loops, n_handlers);
}

/* -- Reloading ----------------------------------------------------------- */

static void
reload (GTask *task,
        gpointer source,
        gpointer task_data,
        GCancellable *cancellable)
{
  CfDaemon *self = task_data;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) deferred = NULL;

  if (!cf_log_reopen (&error))
    g_warning ("%s", error->message);
  g_clear_error (&error);
  if (!cf_config_reload (self->config, &deferred, &error))
    g_warning ("the configuration stays as it was: %s", error->message);
  else
    g_message ("reloaded the configuration");
  g_clear_error (&error);
  if (!cf_listener_reload_tls (self->listener, &error))
    g_warning ("the certificates stay as they were: %s", error->message);
  for (guint i = 0; deferred != NULL && deferred[i] != NULL; i++)
    g_message ("'%s' will change at the next start", deferred[i]);
  g_task_return_boolean (task, TRUE);
}

static void
on_reloaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CfDaemon *self = user_data;
  gboolean again = self->reload_again;

  self->reloading = FALSE;
  self->reload_again = FALSE;
  cf_notify ("READY=1");
  if (self->stopping)
    quit_if_done (self);
  else if (again)
    cf_daemon_reload (self);
}

/**
 * cf_daemon_reload:
 * @self: a daemon that runs
 *
 * Reads the configuration again, and reopens the log.  In a thread, since a
 * setting may ask the main loop to do something and wait for it.
 */
void
cf_daemon_reload (CfDaemon *self)
{
  g_autoptr (GTask) task = NULL;

  if (self->reloading)
    {
      self->reload_again = TRUE;
      return;
    }
  self->reloading = TRUE;
  cf_notify ("RELOADING=1\nMONOTONIC_USEC=%" G_GINT64_FORMAT,
             g_get_monotonic_time ());
  task = g_task_new (NULL, NULL, on_reloaded, self);
  g_task_set_task_data (task, self, NULL);
  g_task_run_in_thread (task, reload);
}

static gboolean
on_sighup (gpointer user_data)
{
  CfDaemon *self = user_data;

  if (!self->stopping)
    cf_daemon_reload (self);
  return G_SOURCE_CONTINUE;
}

/* -- Settings that change ------------------------------------------------ */

/* Addresses to be opened in the main thread, for another that waits. */
typedef struct
{
  CfDaemon *daemon;    /* (not owned) */
  GAsyncQueue *answer; /* (not owned) gets the errand back */
  GError *error;       /* (owned) (nullable) */
} Errand;

static gboolean
on_errand (gpointer user_data)
{
  Errand *errand = user_data;

  if (errand->daemon->stopping)
    cf_throw (&errand->error, CF_ERROR_FAILED, "the server is stopping");
  else
    cf_listener_open (errand->daemon->listener, &errand->error);
  g_async_queue_push (errand->answer, errand);
  return G_SOURCE_REMOVE;
}

static gboolean
on_address_setting (CfConfig *config,
                    CfSettingId id,
                    gpointer data,
                    GError **error)
{
  Errand errand = { .daemon = data };
  g_autoptr (GAsyncQueue) answer = g_async_queue_new ();
  g_autoptr (GError) cause = NULL;

  errand.answer = answer;
  g_main_context_invoke (NULL, on_errand, &errand);
  g_async_queue_pop (answer);
  if (errand.error == NULL)
    return TRUE;
  cause = errand.error;
  g_warning ("%s", cause->message);
  if (id == CF_SETTING_BIND)
    return cf_throw (error, CF_ERROR_FAILED,
                     "Failed to bind to specified addresses.");
  return cf_throw (error, CF_ERROR_FAILED,
                   "Unable to listen on this port. Check server logs.");
}

static gboolean
on_tls_setting (CfConfig *config, CfSettingId id, gpointer data, GError **error)
{
  CfDaemon *self = data;
  g_autoptr (GError) cause = NULL;

  if (cf_listener_reload_tls (self->listener, &cause))
    return TRUE;
  g_warning ("%s", cause->message);
  return cf_throw (error, CF_ERROR_FAILED,
                   "Unable to update TLS configuration. Check server logs.");
}

/* What is met with comes before who is met. */
static gboolean
on_tls_port (CfConfig *config, CfSettingId id, gpointer data, GError **error)
{
  return on_tls_setting (config, id, data, error) &&
         on_address_setting (config, id, data, error);
}

static gboolean
on_review_setting (CfConfig *config,
                   CfSettingId id,
                   gpointer data,
                   GError **error)
{
  CfDaemon *self = data;

  cf_loops_review (self->loops);
  return TRUE;
}

/* Lets the process have as many file descriptors as clients may need.
 * Returns how many clients there can be. */
static gint64
make_room_for (gint64 maxclients)
{
  rlim_t wanted = (rlim_t) maxclients + FDS_RESERVED;
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0)
    return maxclients;
  if (limit.rlim_cur < wanted)
    {
      struct rlimit higher = { wanted, MAX (wanted, limit.rlim_max) };

      if (setrlimit (RLIMIT_NOFILE, &higher) != 0)
        {
          higher.rlim_cur = higher.rlim_max = limit.rlim_max;
          (void) !setrlimit (RLIMIT_NOFILE, &higher);
        }
      getrlimit (RLIMIT_NOFILE, &limit);
    }
  if (limit.rlim_cur >= wanted)
    return maxclients;
  return MAX ((gint64) limit.rlim_cur - FDS_RESERVED, 1);
}

static gboolean
on_maxclients (CfConfig *config, CfSettingId id, gpointer data, GError **error)
{
  gint64 wanted = cf_config_get_int (config, CF_SETTING_MAXCLIENTS);
  gint64 most = make_room_for (wanted);

  if (most >= wanted)
    return TRUE;
  return cf_throw (error, CF_ERROR_FAILED,
                   "The operating system is not able to handle the specified "
                   "number of clients, try with %" G_GINT64_FORMAT,
                   most);
}

static const struct
{
  CfSettingId id;
  CfConfigHook hook;
} hooks[] = {
  { CF_SETTING_BIND, on_address_setting },
  { CF_SETTING_PORT, on_address_setting },
  { CF_SETTING_PLAIN_PORT, on_address_setting },
  { CF_SETTING_UNIXSOCKET, on_address_setting },
  { CF_SETTING_TLS_PORT, on_tls_port },
  { CF_SETTING_TLS_CERT_FILE, on_tls_setting },
  { CF_SETTING_TLS_KEY_FILE, on_tls_setting },
  { CF_SETTING_TLS_KEY_FILE_PASS, on_tls_setting },
  { CF_SETTING_TLS_DH_PARAMS_FILE, on_tls_setting },
  { CF_SETTING_TLS_CA_CERT_FILE, on_tls_setting },
  { CF_SETTING_TLS_CA_CERT_DIR, on_tls_setting },
  { CF_SETTING_TLS_AUTH_CLIENTS, on_tls_setting },
  { CF_SETTING_TLS_PROTOCOLS, on_tls_setting },
  { CF_SETTING_TLS_CIPHERS, on_tls_setting },
  { CF_SETTING_TLS_CIPHERSUITES, on_tls_setting },
  { CF_SETTING_TLS_PREFER_SERVER_CIPHERS, on_tls_setting },
  { CF_SETTING_TLS_SESSION_CACHING, on_tls_setting },
  { CF_SETTING_TLS_SESSION_CACHE_SIZE, on_tls_setting },
  { CF_SETTING_TLS_SESSION_CACHE_TIMEOUT, on_tls_setting },
  { CF_SETTING_MAXCLIENTS, on_maxclients },
  { CF_SETTING_MAXMEMORY, on_review_setting },
  { CF_SETTING_MAXMEMORY_CLIENTS, on_review_setting },
  { CF_SETTING_TIMEOUT, on_review_setting },
};

static void
set_hooks (CfDaemon *self, gboolean on)
{
  for (gsize i = 0; i < G_N_ELEMENTS (hooks); i++)
    cf_config_set_hook (self->config, hooks[i].id, on ? hooks[i].hook : NULL,
                        self);
}

/* -- Starting ------------------------------------------------------------ */

static gboolean
fit_maxclients (CfConfig *config, GError **error)
{
  gint64 wanted = cf_config_get_int (config, CF_SETTING_MAXCLIENTS);
  gint64 most = make_room_for (wanted);
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, most);

  if (most >= wanted)
    return TRUE;
  g_warning ("maxclients is %s, since the system allows no more open files",
             text);
  return cf_config_set (config, CF_SETTING_MAXCLIENTS, text, error);
}

static void
add_source (CfDaemon *self, guint source)
{
  g_array_append_val (self->sources, source);
}

static void
watch_signals (CfDaemon *self)
{
  signal (SIGPIPE, SIG_IGN);
  add_source (self, g_unix_signal_add (SIGINT, on_sigint, self));
  add_source (self, g_unix_signal_add (SIGTERM, on_sigterm, self));
  add_source (self, g_unix_signal_add (SIGHUP, on_sighup, self));
}

/* Whoever cannot log in may have been meant to. */
static void
tell_of_users (const GPtrArray *users)
{
  for (guint i = 0; i < users->len; i++)
    {
      const CfAclUser *user = users->pdata[i];

      if (!(user->flags & CF_ACL_USER_ON))
        g_message ("the user '%s' is off: its rules do not say 'on'",
                   user->name);
    }
}

/* Of the configuration, or of the ACL file, before anybody can come. */
static gboolean
load_users (CfDaemon *self, GError **error)
{
  g_autofree char *path =
      cf_config_get_string (self->config, CF_SETTING_ACLFILE);
  g_autoptr (GPtrArray) users =
      cf_acl_config_parse (self->engine->acl, self->config, error);

  if (users == NULL)
    return FALSE;
  cf_acl_config_apply (self->engine->acl, users);
  tell_of_users (users);
  if (*path == '\0')
    return TRUE;
  g_ptr_array_unref (users);
  users = cf_acl_file_load (self->engine->acl, path, error);
  if (users == NULL)
    return FALSE;
  cf_acl_replace (self->engine->acl, users);
  return TRUE;
}

static gboolean
check_users (CfConfig *config, GError **error)
{
  g_autoptr (CfCommandTable) table = cf_command_table_new (cf_families);
  g_autoptr (CfAcl) acl = cf_acl_new (config, table);
  g_autoptr (GPtrArray) users = cf_acl_config_parse (acl, config, error);
  g_autofree char *path = cf_config_get_string (config, CF_SETTING_ACLFILE);
  g_autoptr (GError) cause = NULL;

  if (users == NULL || *path == '\0')
    return users != NULL;
  g_ptr_array_unref (users);
  users = cf_acl_file_load (acl, path, &cause);
  return users != NULL ||
         cf_throw (error, CF_ERROR_FAILED, " %s", cause->message);
}

static gboolean
check_tls (CfConfig *config, GError **error)
{
  g_autoptr (CfTls) tls = cf_tls_new ();
  g_autoptr (GError) cause = NULL;

  return cf_config_get_int (config, CF_SETTING_TLS_PORT) == 0 ||
         cf_tls_configure (tls, config, &cause) ||
         cf_throw (error, CF_ERROR_FAILED, " %s", cause->message);
}

/**
 * cf_daemon_check:
 * @config: (transfer none): the settings
 * @error: return location for an error, or %NULL
 *
 * Checks what the settings alone do not tell: the rules of users, here and in
 * the ACL file, and the certificates.  By then their folder has been entered.
 *
 * Returns: %FALSE if they are wrong
 */
gboolean
cf_daemon_check (CfConfig *config, GError **error)
{
  return check_users (config, error) && check_tls (config, error);
}

/**
 * cf_daemon_new:
 * @config: (transfer none): the settings, which outlive the daemon
 * @error: return location for an error, or %NULL
 *
 * Returns: (transfer full) (nullable): a daemon that listens but does not yet
 *   answer
 */
CfDaemon *
cf_daemon_new (CfConfig *config, GError **error)
{
  g_autoptr (CfDaemon) self = g_new0 (CfDaemon, 1);
  const CfEngineHooks engine_hooks = {
    .shutdown = on_shutdown,
    .describe = on_describe,
    .data = self,
  };
  guint n_inherited = cf_notify_listen_fds ();
  guint8 seed[16];

  cf_clock_init ();
  cf_priority_init ();
  cf_random_bytes (seed, sizeof seed);
  cf_hash_init (seed);
  self->config = config;
  self->sources = g_array_new (FALSE, FALSE, sizeof (guint));
  self->main_loop = g_main_loop_new (NULL, FALSE);
  self->cancellable = g_cancellable_new ();
  if (!fit_maxclients (config, error))
    return NULL;
  self->engine = cf_engine_new (config, cf_families, &engine_hooks);
  if (!load_users (self, error))
    return NULL;
  self->loops = cf_loops_new (self->engine, self->cancellable, on_loops_ended,
                              self, error);
  if (self->loops == NULL)
    return NULL;
  /* Before anything says that we are here: who reads that may signal. */
  watch_signals (self);
  self->listener = cf_listener_new (self->engine, self->loops);
  if (!cf_listener_inherit (self->listener, CF_NOTIFY_FIRST_FD, n_inherited,
                            error) ||
      !cf_listener_open (self->listener, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * cf_daemon_free:
 * @self: (nullable) (transfer full): a daemon that does not run
 */
void
cf_daemon_free (CfDaemon *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->sources->len; i++)
    g_source_remove (g_array_index (self->sources, guint, i));
  g_clear_pointer (&self->listener, cf_listener_free);
  g_clear_pointer (&self->loops, cf_loops_free);
  g_clear_pointer (&self->engine, cf_engine_free);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->main_loop, g_main_loop_unref);
  g_array_unref (self->sources);
  g_free (self);
}

/**
 * cf_daemon_run:
 * @self: a daemon
 * @error: return location for an error, or %NULL
 *
 * Serves until it is told to end, and then ends gracefully.
 *
 * Returns: %FALSE if it cannot start
 */
gboolean
cf_daemon_run (CfDaemon *self, GError **error)
{
  cf_engine_start (self->engine);
  if (!cf_loops_start (self->loops, error))
    {
      cf_engine_stop (self->engine);
      return FALSE;
    }
  set_hooks (self, TRUE);
  cf_listener_start (self->listener);
  cf_notify ("READY=1");
  /* Many new connections must not keep those that are there waiting. */
  cf_priority_lower_self ();
  g_main_loop_run (self->main_loop);
  /* Nothing but the second SIGINT is waited for any more. */
  signal (SIGINT, SIG_DFL);
  set_hooks (self, FALSE);
  g_clear_pointer (&self->listener, cf_listener_free);
  g_clear_pointer (&self->loops, cf_loops_free);
  /* GIO answers an accept that was cancelled in an idle source; its listener
   * lives until then. */
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  cf_engine_stop (self->engine);
  g_message ("stopped");
  return TRUE;
}
