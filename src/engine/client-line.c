/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/client-line.h"

#include "engine/acl.h"

#define SHOWN(field) __atomic_load_n (&session->shown.field, __ATOMIC_RELAXED)

static void
append_flags (CfSession *session, GString *text)
{
  static const struct
  {
    guint flag;
    char letter;
  } letters[] = {
    { CF_SESSION_MONITOR, 'O' },
    { CF_SESSION_PUBSUB, 'P' },
    { CF_SESSION_MULTI, 'x' },
    { CF_SESSION_BLOCKED, 'b' },
    { CF_SESSION_PAUSED, 'b' },
    { CF_SESSION_TRACKING, 't' },
    { 0, 'R' },
    { CF_SESSION_TRACKING_BCAST, 'B' },
    { 0, 'd' },
    { CF_SESSION_CLOSE_AFTER_REPLY, 'c' },
    { CF_SESSION_CLOSE_NOW, 'A' },
    { CF_SESSION_UNIX, 'U' },
    { CF_SESSION_NO_EVICT, 'e' },
    { CF_SESSION_NO_TOUCH, 'T' },
  };
  guint flags = (guint) g_atomic_int_get (&session->shown_flags);
  gsize before = text->len;

  for (gsize i = 0; i < G_N_ELEMENTS (letters); i++)
    {
      if ((flags & letters[i].flag) ||
          (letters[i].letter == 'R' && SHOWN (broken)) ||
          (letters[i].letter == 'd' && g_atomic_int_get (&session->dirty)))
        g_string_append_c (text, letters[i].letter);
    }
  if (text->len == before)
    g_string_append_c (text, 'N');
}

static const char *
command_name (CfEngine *engine, CfSession *session)
{
  guint command = SHOWN (command);
  const CfCommandInfo *info =
      command > 0 ? cf_command_table_by_id (engine->commands, command - 1)
                  : NULL;

  return info != NULL ? info->full_name : "NULL";
}

static void
append_names (CfSession *session, const char *form, GString *text)
{
  cf_mutex_lock (&session->lock);
  if (strcmp (form, "name") == 0)
    g_string_append_printf (text, " name=%s",
                            session->name != NULL ? session->name : "");
  else
    g_string_append_printf (text, " lib-name=%s lib-ver=%s",
                            session->lib_name != NULL ? session->lib_name : "",
                            session->lib_version != NULL ? session->lib_version
                                                         : "");
  cf_mutex_unlock (&session->lock);
}

static void
append_buffers (CfSession *session, GString *text)
{
  g_string_append_printf (
      text,
      " qbuf=%" G_GSIZE_FORMAT " qbuf-free=%" G_GSIZE_FORMAT
      " argv-mem=%" G_GSIZE_FORMAT " multi-mem=%" G_GSIZE_FORMAT
      " rbs=%" G_GSIZE_FORMAT " rbp=%" G_GSIZE_FORMAT " obl=%" G_GSIZE_FORMAT
      " oll=%u omem=%" G_GSIZE_FORMAT " tot-mem=%" G_GSIZE_FORMAT,
      SHOWN (query_bytes), SHOWN (query_free), SHOWN (argv_memory),
      SHOWN (multi_memory), SHOWN (reply_size), SHOWN (reply_peak),
      SHOWN (reply_bytes), SHOWN (reply_chunks),
      SHOWN (reply_memory) + SHOWN (inbox_memory), cf_session_memory (session));
}

/**
 * cf_client_line:
 * @engine: the engine
 * @session: a session
 * @now_ms: wall-clock milliseconds
 * @text: where to append the line, without a newline
 */
void
cf_client_line (CfEngine *engine,
                CfSession *session,
                gint64 now_ms,
                GString *text)
{
  const char *address = session->address, *local = session->local_address;
  g_autofree char *user = NULL;

  g_string_append_printf (
      text, "id=%" G_GUINT64_FORMAT " addr=%s laddr=%s fd=%d", session->id,
      address != NULL ? address : "", local != NULL ? local : "", session->fd);
  append_names (session, "name", text);
  g_string_append_printf (
      text, " age=%" G_GINT64_FORMAT " idle=%" G_GINT64_FORMAT " flags=",
      MAX (now_ms - session->created_ms, 0) / 1000,
      MAX (now_ms - SHOWN (active_ms), 0) / 1000);
  append_flags (session, text);
  g_string_append_printf (text, " db=%u sub=%u psub=%u ssub=%u multi=%d",
                          SHOWN (db), SHOWN (n_channels), SHOWN (n_patterns),
                          SHOWN (n_shard), SHOWN (n_multi));
  append_buffers (session, text);
  user = cf_acl_dup_name (session);
  g_string_append_printf (text,
                          " events=%s cmd=%s user=%s "
                          "redir=%" G_GINT64_FORMAT " resp=%u",
                          SHOWN (reply_memory) > 0 ? "rw" : "r",
                          command_name (engine, session), user,
                          SHOWN (redirect), SHOWN (resp));
  append_names (session, "lib", text);
}

/**
 * cf_client_type:
 * @word: a type of client, in any case
 *
 * Returns: (transfer none) (nullable): its name, or %NULL if there is none such
 */
const char *
cf_client_type (CfSlice word)
{
  static const char *const types[] = { "normal", "master", "replica",
                                       "pubsub" };

  if (cf_slice_is (word, "slave"))
    return "replica";
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (cf_slice_is (word, types[i]))
      return types[i];
  return NULL;
}

static const char *
type_of (const CfSession *session)
{
  guint flags = (guint) g_atomic_int_get (&session->shown_flags);

  return flags & CF_SESSION_PUBSUB ? "pubsub" : "normal";
}

static gboolean
is_address (CfSlice wanted, const char *address)
{
  return wanted.data == NULL ||
         (address != NULL &&
          cf_slice_equal (wanted, cf_slice_of_string (address)));
}

/**
 * cf_client_filter_fits:
 * @self: a filter
 * @session: a session
 *
 * Returns: %TRUE if the filter lets the session pass
 */
gboolean
cf_client_filter_fits (const CfClientFilter *self, CfSession *session)
{
  if (self->user.data != NULL && !cf_acl_is (session, self->user))
    return FALSE;
  if (self->id != 0 && session->id != self->id)
    return FALSE;
  if (self->type != NULL && strcmp (self->type, type_of (session)) != 0)
    return FALSE;
  return is_address (self->address, session->address) &&
         is_address (self->local_address, session->local_address);
}
