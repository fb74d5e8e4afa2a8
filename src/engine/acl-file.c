/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/acl-file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "base/error.h"
#include "engine/acl-text.h"

#define FILE_MAX (256 * 1024 * 1024) /* bytes */
#define ERRORS_MAX 4096              /* bytes of errors that are told */
#define NAME_SHOWN 128               /* bytes of a name in an error */

/* What is known while a text is read. */
typedef struct
{
  CfAcl *acl;
  const char *name;
  guint number;      /* of the line */
  GPtrArray *users;  /* (owned by the caller) */
  GHashTable *names; /* (owned) of those */
  GString *errors;   /* (owned) */
} Reader;

static void G_GNUC_PRINTF (2, 3)
    complain (Reader *self, const char *format, ...)
{
  va_list args;

  if (self->errors->len > ERRORS_MAX)
    return;
  va_start (args, format);
  g_string_append_vprintf (self->errors, format, args);
  va_end (args);
}

/* -- Reading ----------------------------------------------------------------
 */

static void
apply (Reader *self, CfAclUser *user, const GPtrArray *rules)
{
  for (guint i = 0; i < rules->len; i++)
    {
      g_autoptr (GError) cause = NULL;
      gsize size;
      const char *data = g_bytes_get_data (rules->pdata[i], &size);

      if (cf_acl_user_apply (user, cf_slice (data, size), &cause))
        continue;
      complain (self, "%s:%u: ", self->name, self->number);
      if (g_error_matches (cause, CF_ERROR, CF_ERROR_UNKNOWN))
        complain (self, "Error in applying operation '%.*s': ",
                  (int) MIN (size, NAME_SHOWN), data);
      complain (self, "%s. ", cause->message);
    }
}

static void
add_user (Reader *self, CfSlice name, const CfSlice *rules, gsize n_rules)
{
  g_autofree char *copy = g_strndup (name.data, name.size);
  g_autoptr (CfAclUser) user = NULL;
  g_autoptr (GPtrArray) merged = NULL;
  g_autoptr (GError) cause = NULL;

  if (!cf_acl_name_is_valid (name))
    {
      complain (self, "'%s:%u: username '%.*s' contains invalid characters. ",
                self->name, self->number, NAME_SHOWN, copy);
      return;
    }
  if (g_hash_table_contains (self->names, copy))
    {
      complain (self, "WARNING: Duplicate user '%.*s' found on line %u. ",
                NAME_SHOWN, copy, self->number);
      return;
    }
  merged = cf_acl_merge_rules (rules, n_rules, &cause);
  if (merged == NULL)
    {
      complain (self, "%s:%u: %s.", self->name, self->number,
                g_error_matches (cause, CF_ERROR, CF_ERROR_SYNTAX)
                    ? "Unmatched parenthesis in selector definition"
                    : cause->message);
      return;
    }
  user = cf_acl_make (self->acl, copy, NULL);
  apply (self, user, merged);
  g_hash_table_add (self->names, user->name);
  g_ptr_array_add (self->users, g_steal_pointer (&user));
}

static void
read_line (Reader *self, char *line)
{
  g_autoptr (GArray) words = g_array_new (FALSE, FALSE, sizeof (CfSlice));
  g_auto (GStrv) parts = NULL;
  const CfSlice *first;

  self->number++;
  g_strstrip (line);
  if (*line == '\0')
    return;
  parts = g_strsplit (line, " ", -1);
  for (char **part = parts; *part != NULL; part++)
    {
      CfSlice word = cf_slice_of_string (*part);

      g_array_append_val (words, word);
    }
  first = (const CfSlice *) (gpointer) words->data;
  if (words->len >= 2 && cf_slice_equal (first[0], CF_SLICE ("user")))
    add_user (self, first[1], first + 2, words->len - 2);
  else
    complain (self,
              "%s:%u should start with user keyword followed by the username. ",
              self->name, self->number);
}

/**
 * cf_acl_file_parse:
 * @acl: the users
 * @name: what to call the text in errors
 * @text: a user a line
 * @error: return location for an error, or %NULL
 *
 * Returns: (transfer full) (nullable) (element-type CfAclUser): the users;
 * %NULL if there is anything wrong with any of them
 */
GPtrArray *
cf_acl_file_parse (CfAcl *acl, const char *name, CfSlice text, GError **error)
{
  g_autoptr (GPtrArray) users =
      g_ptr_array_new_with_free_func ((GDestroyNotify) cf_acl_user_unref);
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GString) errors = g_string_new (NULL);
  g_autofree char *copy = g_strndup (text.size > 0 ? text.data : "", text.size);
  g_auto (GStrv) lines = g_strsplit (copy, "\n", -1);
  Reader reader = {
    .acl = acl,
    .name = name,
    .users = users,
    .names = names,
    .errors = errors,
  };

  for (char **line = lines; *line != NULL; line++)
    read_line (&reader, *line);
  /* Nobody is left out because of what a broken disk wrote. */
  if (strlen (copy) < text.size)
    complain (&reader, "%s:%u: there is a NUL in the line. ", name,
              reader.number);
  if (errors->len == 0)
    return g_steal_pointer (&users);
  cf_throw (error, CF_ERROR_FAILED,
            "%sWARNING: ACL errors detected, no change to the previously "
            "active ACL rules was performed",
            errors->str);
  return NULL;
}

/* Not g_file_get_contents(), which would read a device without end. */
static GByteArray *
read_file (const char *path, int *problem)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint8 part[65536];
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  gssize n = fd < 0 ? -1 : 0;

  if (fd >= 0)
    while (bytes->len <= FILE_MAX && (n = read (fd, part, sizeof part)) != 0)
      {
        if (n < 0 && errno != EINTR)
          break;
        g_byte_array_append (bytes, part, (guint) MAX (n, 0));
      }
  *problem = n < 0 ? errno : bytes->len > FILE_MAX ? EFBIG : 0;
  if (fd >= 0)
    close (fd);
  return *problem == 0 ? g_steal_pointer (&bytes) : NULL;
}

/**
 * cf_acl_file_load:
 * @acl: the users, which stay as they are
 * @path: a file
 * @error: return location for an error, or %NULL
 *
 * Returns: (transfer full) (nullable) (element-type CfAclUser): the users in
 *   the file
 */
GPtrArray *
cf_acl_file_load (CfAcl *acl, const char *path, GError **error)
{
  int problem;
  g_autoptr (GByteArray) bytes = read_file (path, &problem);

  if (bytes != NULL)
    return cf_acl_file_parse (
        acl, path, cf_slice ((const char *) bytes->data, bytes->len), error);
  cf_throw (error, CF_ERROR_FAILED, "Error loading ACLs, opening file '%s': %s",
            path, g_strerror (problem));
  return NULL;
}

/* -- Writing ----------------------------------------------------------------
 */

/**
 * cf_acl_file_text:
 * @acl: the users
 *
 * Returns: (transfer full): all of them, a line each
 */
char *
cf_acl_file_text (CfAcl *acl)
{
  g_autoptr (GPtrArray) users = cf_acl_list (acl);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < users->len; i++)
    {
      const CfAclUser *user = users->pdata[i];

      g_string_append_printf (text, "user %s ", user->name);
      cf_acl_text_user (user, text);
      g_string_append_c (text, '\n');
    }
  return g_string_free (text, FALSE);
}

/**
 * cf_acl_file_save:
 * @acl: the users
 * @path: a file
 * @error: return location for an error, or %NULL
 *
 * Writes all users there, for the server alone to read unless the file was
 * there with other permissions.
 *
 * Returns: %FALSE if that fails; the file is what it was then
 */
gboolean
cf_acl_file_save (CfAcl *acl, const char *path, GError **error)
{
  g_autofree char *text = cf_acl_file_text (acl);
  g_autoptr (GError) cause = NULL;
  GStatBuf info;
  int mode = g_stat (path, &info) == 0 ? (int) (info.st_mode & 07777) : 0600;

  if (g_file_set_contents_full (path, text, -1,
                                G_FILE_SET_CONTENTS_CONSISTENT |
                                    G_FILE_SET_CONTENTS_DURABLE,
                                mode, &cause))
    return TRUE;
  return cf_throw (error, CF_ERROR_FAILED, "%s", cause->message);
}
