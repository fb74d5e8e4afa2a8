/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "config/loader.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glib/gstdio.h>

#include "base/error.h"
#include "config/keyfile.h"
#include "config/private.h"

#define MAX_FILE (1 << 20) /* bytes */

/* The changes that a file asks for. */
typedef struct _Batch
{
  CfConfigStep steps[CF_N_SETTINGS];
  gsize n_steps;
} Batch;

static void
clear_batch (Batch *self)
{
  cf_config_clear_steps (self->steps, self->n_steps);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Batch, clear_batch)

/* Not g_file_get_contents(), which would read a device without end. */
static char *
read_file (const char *path, gsize *size, GError **error)
{
  FILE *file = g_fopen (path, "rbe");
  g_autofree char *data = NULL;
  int problem = 0;

  if (file == NULL)
    {
      cf_throw (error, CF_ERROR_FAILED, "%s: %s", path, g_strerror (errno));
      return NULL;
    }
  data = g_malloc (MAX_FILE + 1);
  errno = 0;
  *size = fread (data, 1, MAX_FILE + 1, file);
  if (ferror (file))
    problem = errno != 0 ? errno : EIO;
  else if (*size > MAX_FILE)
    problem = EFBIG;
  fclose (file);
  if (problem == 0)
    return g_steal_pointer (&data);
  cf_throw (error, CF_ERROR_FAILED, "%s: %s", path, g_strerror (problem));
  return NULL;
}

static gboolean
throw_at (GError **error,
          const char *name,
          guint line,
          CfSettingId id,
          const GError *cause)
{
  const char *setting = cf_settings[id].name;

  if (line == 0)
    return cf_throw (error, CF_ERROR_FAILED, "%s: '%s': %s", name, setting,
                     cause->message);
  return cf_throw (error, CF_ERROR_FAILED, "%s:%u: '%s': %s", name, line,
                   setting, cause->message);
}

/* Checks what the file says of a setting, and decides whether to do it. */
static gboolean
add_step (CfConfig *self,
          Batch *batch,
          CfSettingId id,
          const char *text,
          GStrvBuilder *deferred,
          GError **error)
{
  CfConfigStep *step = &batch->steps[batch->n_steps];
  CfConfigSlot *slot = &self->rest->slots[id];

  if (!cf_config_prepare_step (self, step, id, text, strlen (text), error))
    return FALSE;
  if (deferred != NULL && step->changes && !slot->pinned &&
      !(cf_settings[id].flags & CF_CONFIG_RUNTIME))
    g_strv_builder_add (deferred, cf_settings[id].name);
  else if (!slot->pinned)
    {
      batch->n_steps++;
      return TRUE;
    }
  cf_config_clear_steps (step, 1);
  return TRUE;
}

static gboolean
fill_batch (CfConfig *self,
            Batch *batch,
            const char *name,
            const CfGiven *given,
            GStrvBuilder *deferred,
            GError **error)
{
  for (int id = 0; id < CF_N_SETTINGS; id++)
    {
      g_autoptr (GError) cause = NULL;
      const char *text = given[id].text;

      if (g_strcmp0 (text, self->rest->slots[id].in_file) == 0)
        continue;
      if (text == NULL)
        text = self->rest->initial[id];
      if (!add_step (self, batch, id, text, deferred, &cause))
        return throw_at (error, name, given[id].line, id, cause);
    }
  return TRUE;
}

/* From now on the file says what is @given, which is emptied, and @users
 * (transfer full). */
static void
remember (CfConfig *self, CfGiven *given, GPtrArray *users)
{
  g_ptr_array_unref (self->rest->file_users);
  self->rest->file_users = users;
  for (int id = 0; id < CF_N_SETTINGS; id++)
    {
      g_free (self->rest->slots[id].in_file);
      self->rest->slots[id].in_file = g_steal_pointer (&given[id].text);
    }
}

static gboolean
apply (CfConfig *self,
       const char *name,
       CfGiven *given,
       GPtrArray *users,
       GStrvBuilder *deferred,
       GError **error)
{
  g_auto (Batch) batch = { .n_steps = 0 };
  g_autoptr (GError) cause = NULL;
  gsize failed;

  if (!fill_batch (self, &batch, name, given, deferred, error))
    return FALSE;
  if (!cf_config_run_steps (self, batch.steps, batch.n_steps, &failed, &cause))
    {
      CfSettingId id = batch.steps[failed].id;

      return throw_at (error, name, given[id].line, id, cause);
    }
  if (deferred != NULL && !cf_user_lines_equal (users, self->rest->file_users))
    g_strv_builder_add (deferred, CF_USERS_GROUP);
  remember (self, given, g_ptr_array_ref (users));
  return TRUE;
}

static gboolean
load_locked (CfConfig *self,
             const char *name,
             const char *data,
             gsize size,
             GStrvBuilder *deferred,
             GError **error)
{
  CfGiven given[CF_N_SETTINGS];
  g_autoptr (GPtrArray) users = cf_user_lines_new ();
  gboolean done;

  done = cf_keyfile_read (name, data, size, given, users, error) &&
         apply (self, name, given, users, deferred, error);
  cf_keyfile_clear (given);
  return done;
}

/**
 * cf_config_pin:
 * @self: a configuration
 * @id: a setting
 * @value: its value
 * @error: return location for an error, or %NULL
 *
 * Sets a setting as an option does: the file has no say about it any more.
 *
 * Returns: %FALSE if the value is not valid
 */
gboolean
cf_config_pin (CfConfig *self,
               CfSettingId id,
               const char *value,
               GError **error)
{
  if (!cf_config_set (self, id, value, error))
    return FALSE;
  cf_mutex_lock (&self->rest->changing);
  self->rest->slots[id].pinned = TRUE;
  cf_mutex_unlock (&self->rest->changing);
  return TRUE;
}

/**
 * cf_config_load_data:
 * @self: a configuration
 * @name: the name of the file, for errors
 * @data: (array length=size): what is in it
 * @size: its length
 * @error: return location for an error, or %NULL
 *
 * Applies a configuration file, be its settings changeable at run time or not.
 *
 * Returns: %FALSE if there is an error in it; nothing was changed then
 */
gboolean
cf_config_load_data (CfConfig *self,
                     const char *name,
                     const char *data,
                     gsize size,
                     GError **error)
{
  gboolean done;

  cf_mutex_lock (&self->rest->changing);
  done = load_locked (self, name, data, size, NULL, error);
  cf_mutex_unlock (&self->rest->changing);
  return done;
}

/**
 * cf_config_load:
 * @self: a configuration
 * @path: a configuration file
 * @error: return location for an error, or %NULL
 *
 * Reads the file and makes it the one that is reloaded and rewritten.
 *
 * Returns: %FALSE if it cannot be read, or there is an error in it
 */
gboolean
cf_config_load (CfConfig *self, const char *path, GError **error)
{
  gsize size;
  g_autofree char *data = read_file (path, &size, error);

  if (data == NULL || !cf_config_load_data (self, path, data, size, error))
    return FALSE;
  cf_mutex_lock (&self->rest->changing);
  g_free (self->rest->path);
  self->rest->path = g_canonicalize_filename (path, NULL);
  cf_mutex_unlock (&self->rest->changing);
  return TRUE;
}

/**
 * cf_config_reload:
 * @self: a configuration
 * @deferred: (out) (transfer full): names of settings that have changed in
 *   the file, but need a restart
 * @error: return location for an error, or %NULL
 *
 * Reads the file again and applies what has changed in it.  Without a file
 * there is nothing to do.
 *
 * Returns: %FALSE if there was an error; all is as it was then
 */
gboolean
cf_config_reload (CfConfig *self, GStrv *deferred, GError **error)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_autofree char *path = cf_config_get_path (self);
  g_autofree char *data = NULL;
  gsize size;
  gboolean done;

  *deferred = NULL;
  if (path != NULL)
    {
      data = read_file (path, &size, error);
      if (data == NULL)
        return FALSE;
      cf_mutex_lock (&self->rest->changing);
      done = load_locked (self, path, data, size, names, error);
      cf_mutex_unlock (&self->rest->changing);
      if (!done)
        return FALSE;
    }
  *deferred = g_strv_builder_end (names);
  return TRUE;
}

/**
 * cf_config_get_path:
 * @self: a configuration
 *
 * Returns: (transfer full) (nullable): the absolute path of its file
 */
char *
cf_config_get_path (CfConfig *self)
{
  char *path;

  cf_mutex_lock (&self->rest->changing);
  path = g_strdup (self->rest->path);
  cf_mutex_unlock (&self->rest->changing);
  return path;
}

/* Whether the file says, in its own words, what the setting is now. */
static gboolean
is_in_file (CfConfig *self, CfSettingId id)
{
  const char *text = self->rest->slots[id].in_file;
  CfConfigStep step;
  gboolean same;

  if (text == NULL)
    return cf_config_is_initial (self, id);
  if (!cf_config_prepare_step (self, &step, id, text, strlen (text), NULL))
    return FALSE;
  same = !step.changes;
  cf_config_clear_steps (&step, 1);
  return same;
}

/* Whether each can be a line of a file. */
static gboolean
check_users (const GPtrArray *users, GError **error)
{
  for (guint i = 0; users != NULL && i < users->len; i++)
    {
      const CfUserLine *user = users->pdata[i];

      if (!cf_user_name_fits (user->name) ||
          !g_utf8_validate (user->rules, -1, NULL))
        return cf_throw (error, CF_ERROR_FAILED,
                         "the user '%s' does not fit into a configuration file",
                         user->name);
    }
  return TRUE;
}

/* The file with what has changed since. */
static char *
rewrite_text (CfConfig *self,
              const char *data,
              const GPtrArray *users,
              GError **error)
{
  char *texts[CF_N_SETTINGS] = { NULL };
  char *text = NULL;
  int id;

  for (id = 0; id < CF_N_SETTINGS; id++)
    {
      const CfSettingValue *value = &self->rest->slots[id].value;

      if (is_in_file (self, id))
        continue;
      texts[id] = cf_keyfile_escape (value->written != NULL ? value->written
                                                            : value->text);
      if (texts[id] == NULL)
        break;
    }
  if (id < CF_N_SETTINGS)
    cf_throw (error, CF_ERROR_FAILED, "'%s' is not valid UTF-8",
              cf_settings[id].name);
  else if (check_users (users, error))
    text = cf_keyfile_edit (data, (const char *const *) texts, users);
  for (id = 0; id < CF_N_SETTINGS; id++)
    g_free (texts[id]);
  return text;
}

/* In one piece, in the place of the old one, with its permissions. */
static gboolean
replace_file (const char *path, const char *text, GError **error)
{
  char *real = realpath (path, NULL);
  g_autoptr (GError) cause = NULL;
  GStatBuf info;
  gboolean done;

  if (real == NULL || g_stat (real, &info) != 0)
    done =
        cf_throw (&cause, CF_ERROR_FAILED, "%s: %s", path, g_strerror (errno));
  else
    done = g_file_set_contents_full (real, text, -1,
                                     G_FILE_SET_CONTENTS_CONSISTENT |
                                         G_FILE_SET_CONTENTS_DURABLE,
                                     (int) (info.st_mode & 07777), &cause);
  free (real);
  return done || cf_throw (error, CF_ERROR_FAILED, "%s", cause->message);
}

/* What could not be read again is not written. */
static gboolean
check_size (const char *path, const char *text, GError **error)
{
  return strlen (text) <= MAX_FILE ||
         cf_throw (error, CF_ERROR_FAILED, "%s: %s", path, g_strerror (EFBIG));
}

static gboolean
rewrite_locked (CfConfig *self, const GPtrArray *users, GError **error)
{
  const char *path = self->rest->path;
  g_autoptr (GPtrArray) before = cf_user_lines_new ();
  g_autoptr (GPtrArray) after = cf_user_lines_new ();
  g_autofree char *data = NULL, *text = NULL;
  CfGiven given[CF_N_SETTINGS];
  gboolean done;
  gsize size;

  if (path == NULL)
    return cf_throw (error, CF_ERROR_FAILED,
                     "The server is running without a config file");
  data = read_file (path, &size, error);
  if (data == NULL)
    return FALSE;
  /* Somebody may have edited it; what is wrong now is better left alone. */
  done = cf_keyfile_read (path, data, size, given, before, error);
  cf_keyfile_clear (given);
  if (!done)
    return FALSE;
  data[size] = '\0';
  text = rewrite_text (self, data, users, error);
  if (text == NULL || !check_size (path, text, error) ||
      !replace_file (path, text, error))
    return FALSE;
  if (cf_keyfile_read (path, text, strlen (text), given, after, NULL))
    remember (self, given, g_ptr_array_ref (after));
  cf_keyfile_clear (given);
  return TRUE;
}

/**
 * cf_config_rewrite:
 * @self: a configuration
 * @users: (nullable) (element-type CfUserLine): the users there are to be in
 *   the file; %NULL: those that are there
 * @error: return location for an error, or %NULL
 *
 * Writes settings that have changed since into the file, whose comments and
 * order stay: CONFIG REWRITE.
 *
 * Returns: %FALSE if there is no file, or it cannot be written
 */
gboolean
cf_config_rewrite (CfConfig *self, const GPtrArray *users, GError **error)
{
  gboolean done;

  cf_mutex_lock (&self->rest->changing);
  done = rewrite_locked (self, users, error);
  cf_mutex_unlock (&self->rest->changing);
  return done;
}

/* -- Users ---------------------------------------------------------------- */

/**
 * cf_config_add_user:
 * @self: a configuration
 * @text: "NAME RULES"
 * @error: return location for an error, or %NULL
 *
 * Gives a user as an option does: the file has no say about it any more.
 *
 * Returns: %FALSE if that is none, or given already
 */
gboolean
cf_config_add_user (CfConfig *self, const char *text, GError **error)
{
  gboolean done;

  cf_mutex_lock (&self->rest->changing);
  done = cf_user_lines_add_option (self->rest->option_users, text, error);
  cf_mutex_unlock (&self->rest->changing);
  return done;
}

/**
 * cf_config_get_users:
 * @self: a configuration
 *
 * Returns: (transfer full) (element-type CfUserLine): the users that options
 *   and file give, a line each
 */
GPtrArray *
cf_config_get_users (CfConfig *self)
{
  GPtrArray *users;

  cf_mutex_lock (&self->rest->changing);
  users = cf_user_lines_copy (self->rest->option_users);
  for (guint i = 0; i < self->rest->file_users->len; i++)
    {
      const CfUserLine *line = self->rest->file_users->pdata[i];

      /* Fails where an option gives that user. */
      (void) cf_user_lines_add (users, line->name, line->rules, line->where,
                                NULL);
    }
  cf_mutex_unlock (&self->rest->changing);
  return users;
}
