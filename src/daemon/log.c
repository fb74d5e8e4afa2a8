/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "daemon/log.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "base/error.h"

/* One log a process, as GLib has one writer. */
static struct
{
  /* Set by cf_log_open(), and only read after. */
  CfConfig *config; /* (not owned) (nullable) */
  char *path;       /* (owned) (nullable) of the log file */
  char *ident;      /* (owned) (nullable) what syslog shows */
  GLogLevelFlags fatal;
  gboolean to_journal;
  gboolean to_syslog;

  int fd; /* (atomic) open until cf_log_close(), even if the file has moved */
} the_log;

/* In the order of the setting's choices. */
static const int facilities[] = { LOG_USER,   LOG_LOCAL0, LOG_LOCAL1,
                                  LOG_LOCAL2, LOG_LOCAL3, LOG_LOCAL4,
                                  LOG_LOCAL5, LOG_LOCAL6, LOG_LOCAL7,
                                  LOG_DAEMON };

static const struct
{
  GLogLevelFlags flag;
  int priority;     /* of syslog(3) */
  CfLoglevel level; /* at which it is still shown */
  const char *name;
} levels[] = {
  { G_LOG_LEVEL_ERROR, LOG_ERR, CF_LOGLEVEL_WARNING, "error" },
  { G_LOG_LEVEL_CRITICAL, LOG_WARNING, CF_LOGLEVEL_WARNING, "critical" },
  { G_LOG_LEVEL_WARNING, LOG_WARNING, CF_LOGLEVEL_WARNING, "warning" },
  { G_LOG_LEVEL_MESSAGE, LOG_NOTICE, CF_LOGLEVEL_NOTICE, "notice" },
  { G_LOG_LEVEL_INFO, LOG_INFO, CF_LOGLEVEL_VERBOSE, "verbose" },
  { G_LOG_LEVEL_DEBUG, LOG_DEBUG, CF_LOGLEVEL_DEBUG, "debug" },
};

static gsize
find_level (GLogLevelFlags flags)
{
  gsize i = 0;

  while (i + 1 < G_N_ELEMENTS (levels) && !(flags & levels[i].flag))
    i++;
  return i;
}

static char *
find_message (const GLogField *fields, gsize n_fields)
{
  for (gsize i = 0; i < n_fields; i++)
    if (strcmp (fields[i].key, "MESSAGE") == 0)
      return fields[i].length < 0
                 ? g_strdup (fields[i].value)
                 : g_strndup (fields[i].value, (gsize) fields[i].length);
  return g_strdup ("(no message)");
}

/* A message stays one line, whatever a client put into it. */
static void
flatten (char *message)
{
  for (char *c = message; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = ' ';
}

static void
write_line (const char *level, const char *message)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = g_date_time_format (now, "%Y-%m-%d %H:%M:%S.%f");
  g_autofree char *line = g_strdup_printf ("%.23s cofferd[%d] %s: %s\n", time,
                                           (int) getpid (), level, message);
  gsize done = 0, size = strlen (line);

  while (done < size)
    {
      ssize_t n = write (__atomic_load_n (&the_log.fd, __ATOMIC_RELAXED),
                         line + done, size - done);

      if (n <= 0 && errno != EINTR)
        return; /* where could that be told? */
      done += n > 0 ? (gsize) n : 0;
    }
}

static GLogWriterOutput
on_message (GLogLevelFlags flags,
            const GLogField *fields,
            gsize n_fields,
            gpointer data)
{
  gsize level = find_level (flags);
  gint64 least = the_log.config != NULL
                     ? cf_config_get_int (the_log.config, CF_SETTING_LOGLEVEL)
                     : CF_LOGLEVEL_NOTICE;
  g_autofree char *message = NULL;

  if ((gint64) levels[level].level < least)
    return G_LOG_WRITER_HANDLED;
  message = find_message (fields, n_fields);
  flatten (message);
  if (the_log.to_syslog)
    syslog (levels[level].priority, "%s", message);
  if (!the_log.to_journal ||
      g_log_writer_journald (flags, fields, n_fields, NULL) !=
          G_LOG_WRITER_HANDLED)
    write_line (levels[level].name, message);
  if (flags & the_log.fatal)
    G_BREAKPOINT ();
  return G_LOG_WRITER_HANDLED;
}

static int
open_file (const char *path, GError **error)
{
  int fd = g_open (path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);

  if (fd < 0)
    cf_throw (error, CF_ERROR_FAILED, "cannot open the log file %s: %s", path,
              g_strerror (errno));
  return fd;
}

/* What G_DEBUG=fatal-warnings and its kind ask for. */
static GLogLevelFlags
get_fatal (void)
{
  GLogLevelFlags mask =
      g_log_set_always_fatal ((GLogLevelFlags) G_LOG_FATAL_MASK);

  g_log_set_always_fatal (mask);
  return mask;
}

static void
open_syslog (CfConfig *config)
{
  the_log.to_syslog = cf_config_get_bool (config, CF_SETTING_SYSLOG_ENABLED);
  if (!the_log.to_syslog)
    return;
  the_log.ident = cf_config_get_string (config, CF_SETTING_SYSLOG_IDENT);
  openlog (the_log.ident, LOG_PID | LOG_NDELAY,
           facilities[cf_config_get_int (config, CF_SETTING_SYSLOG_FACILITY)]);
}

/**
 * cf_log_open:
 * @config: the settings, kept until cf_log_close()
 * @error: return location for an error, or %NULL
 *
 * From now on messages go where @config says.  Once a process.
 *
 * Returns: %FALSE if the log file cannot be opened
 */
gboolean
cf_log_open (CfConfig *config, GError **error)
{
  static gboolean has_writer = FALSE;
  g_autofree char *path = cf_config_get_string (config, CF_SETTING_LOGFILE);
  int fd = *path != '\0' ? open_file (path, error)
                         : fcntl (STDERR_FILENO, F_DUPFD_CLOEXEC, 3);

  if (fd < 0 && *path != '\0')
    return FALSE;
  the_log.fd = fd;
  the_log.config = config;
  the_log.path = *path != '\0' ? g_canonicalize_filename (path, NULL) : NULL;
  the_log.to_journal =
      *path == '\0' && fd >= 0 && g_log_writer_is_journald (fd);
  the_log.fatal = get_fatal ();
  open_syslog (config);
  if (!has_writer)
    g_log_set_writer_func (on_message, NULL, NULL);
  has_writer = TRUE;
  return TRUE;
}

/**
 * cf_log_reopen:
 * @error: return location for an error, or %NULL
 *
 * Opens the log file again after it was moved away.
 *
 * Returns: %FALSE if it cannot be opened; the old one stays in use then
 */
gboolean
cf_log_reopen (GError **error)
{
  int fd;

  if (the_log.path == NULL)
    return TRUE;
  fd = open_file (the_log.path, error);
  if (fd < 0)
    return FALSE;
  /* The number stays, so that a thread that is writing is not surprised. */
  dup3 (fd, the_log.fd, O_CLOEXEC);
  close (fd);
  return TRUE;
}

/**
 * cf_log_close:
 *
 * Ends what cf_log_open() began.  Later messages go to standard error.
 */
void
cf_log_close (void)
{
  int fd = the_log.fd;

  __atomic_store_n (&the_log.fd, STDERR_FILENO, __ATOMIC_RELAXED);
  if (fd > STDERR_FILENO)
    close (fd);
  if (the_log.to_syslog)
    closelog ();
  the_log.config = NULL;
  the_log.to_syslog = the_log.to_journal = FALSE;
  g_clear_pointer (&the_log.path, g_free);
  g_clear_pointer (&the_log.ident, g_free);
}
