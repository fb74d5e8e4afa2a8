/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/monitor.h"

struct _CfMonitors
{
  gint n; /* (atomic) how many there are */

  CfMutex lock;
  GPtrArray *sessions; /* (owned) (element-type CfSession) protected by @lock */
};

/**
 * cf_monitors_new:
 *
 * Makes a list of no sessions.
 *
 * Returns: (transfer full): the list
 */
CfMonitors *
cf_monitors_new (void)
{
  CfMonitors *self = g_new0 (CfMonitors, 1);

  cf_mutex_init (&self->lock, CF_LOCK_LOG, 2);
  self->sessions =
      g_ptr_array_new_with_free_func ((GDestroyNotify) cf_session_unref);
  return self;
}

/**
 * cf_monitors_free:
 * @self: (nullable) (transfer full): a list
 *
 * Frees the list.
 */
void
cf_monitors_free (CfMonitors *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->sessions);
  cf_mutex_clear (&self->lock);
  g_free (self);
}

/**
 * cf_monitors_add:
 * @self: a list
 * @session: a session
 *
 * Has the session told of every command from now on.
 */
void
cf_monitors_add (CfMonitors *self, CfSession *session)
{
  cf_mutex_lock (&self->lock);
  if (!g_ptr_array_find (self->sessions, session, NULL))
    g_ptr_array_add (self->sessions, cf_session_ref (session));
  g_atomic_int_set (&self->n, (gint) self->sessions->len);
  cf_mutex_unlock (&self->lock);
}

/**
 * cf_monitors_remove:
 * @self: the monitors
 * @session: a session, which need not be one of them
 */
void
cf_monitors_remove (CfMonitors *self, CfSession *session)
{
  guint at;
  gpointer removed = NULL;

  if (!cf_monitors_any (self))
    return;
  cf_mutex_lock (&self->lock);
  if (g_ptr_array_find (self->sessions, session, &at))
    removed = g_ptr_array_steal_index (self->sessions, at);
  g_atomic_int_set (&self->n, (gint) self->sessions->len);
  cf_mutex_unlock (&self->lock);
  cf_session_unref (removed);
}

/**
 * cf_monitors_any:
 * @self: a list
 *
 * Returns: %TRUE if there is anybody to tell
 */
gboolean
cf_monitors_any (const CfMonitors *self)
{
  return g_atomic_int_get (&self->n) > 0;
}

/* Four bytes for one is the most. */
static char *
write_quoted (char *at, CfSlice argument)
{
  static const char digits[] = "0123456789abcdef";

  *at++ = ' ';
  *at++ = '"';
  for (gsize i = 0; i < argument.size; i++)
    {
      static const char plain[] = "\\\"\n\r\t\a\b", letter[] = "\\\"nrtab";
      guchar c = (guchar) argument.data[i];
      const char *special = c != '\0' ? strchr (plain, c) : NULL;

      if (special == NULL && g_ascii_isprint (c))
        {
          *at++ = (char) c;
          continue;
        }
      *at++ = '\\';
      *at++ = special != NULL ? letter[special - plain] : 'x';
      if (special != NULL)
        continue;
      *at++ = digits[c >> 4];
      *at++ = digits[c & 15];
    }
  *at++ = '"';
  return at;
}

static const char *
name_of (const CfSession *from)
{
  if (from->flags & CF_SESSION_SCRIPT)
    return "lua";
  return from->address != NULL ? from->address : "internal";
}

/* Bit @i of @redacted says that argument @i is secret. */
static CfSlice
shown (const CfSlice *argv, guint i, guint64 redacted)
{
  return i < 64 && (redacted >> i & 1) ? CF_SLICE ("(redacted)") : argv[i];
}

/* (transfer full) NULL: there is no memory for a line as long as this */
static CfBlob *
format_line (CfSession *from,
             guint db,
             const CfSlice *argv,
             guint argc,
             guint64 redacted,
             gint64 now_us)
{
  g_autofree char *head = g_strdup_printf (
      "+%" G_GINT64_FORMAT ".%06d [%u %s]", now_us / G_USEC_PER_SEC,
      (int) (now_us % G_USEC_PER_SEC), db, name_of (from));
  gsize size = strlen (head), most = size + strlen ("\r\n");
  CfBlob *line, *shrunk;
  char *at;

  for (guint i = 0; i < argc; i++)
    most += strlen (" \"\"") + 4 * shown (argv, i, redacted).size;
  line = cf_blob_try_new (most);
  if (line == NULL)
    return NULL;
  memcpy (line->data, head, size);
  at = line->data + size;
  for (guint i = 0; i < argc; i++)
    at = write_quoted (at, shown (argv, i, redacted));
  *at++ = '\r';
  *at++ = '\n';
  line->size = (gsize) (at - line->data);
  shrunk = cf_blob_try_grow (line, line->size);
  return shrunk != NULL ? shrunk : line;
}

/* Whether it has asked for replies, or not said that it does not want them. */
static gboolean
listens (CfSession *session, const CfSession *from)
{
  guint flags = session == from
                    ? session->flags
                    : (guint) g_atomic_int_get (&session->shown_flags);

  return !(flags & (CF_SESSION_REPLY_OFF | CF_SESSION_REPLY_SKIP));
}

/**
 * cf_monitors_feed:
 * @self: the monitors
 * @from: whose command it is
 * @db: the number of its database
 * @argv: (array length=argc): the command
 * @argc: how many words it has
 * @redacted: bit i says that argument i is secret
 * @now_us: wall-clock microseconds
 *
 * Shows the command to all monitors, unless there is no memory for the line.
 */
void
cf_monitors_feed (CfMonitors *self,
                  CfSession *from,
                  guint db,
                  const CfSlice *argv,
                  guint argc,
                  guint64 redacted,
                  gint64 now_us)
{
  g_autoptr (CfBlob) line =
      format_line (from, db, argv, argc, redacted, now_us);
  g_autoptr (GPtrArray) sessions =
      g_ptr_array_new_with_free_func ((GDestroyNotify) cf_session_unref);

  if (line == NULL)
    return;
  cf_mutex_lock (&self->lock);
  for (guint i = 0; i < self->sessions->len; i++)
    g_ptr_array_add (sessions,
                     cf_session_ref (g_ptr_array_index (self->sessions, i)));
  cf_mutex_unlock (&self->lock);
  for (guint i = 0; i < sessions->len; i++)
    {
      CfSession *session = g_ptr_array_index (sessions, i);

      if (listens (session, from))
        session->ops->send (session, line);
    }
}
