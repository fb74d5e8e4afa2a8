/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "config/keyfile.h"

#include <string.h>

#include "base/error.h"

typedef enum
{
  LINE_COMMENT, /* or empty */
  LINE_GROUP,
  LINE_PAIR,
  LINE_OTHER
} LineKind;

/* One line, classified as GKeyFile does it. */
typedef struct _Line
{
  LineKind kind;
  char *name;     /* (owned) (nullable) of the group or the setting */
  gsize value_at; /* LINE_PAIR: the byte after the "=" */
} Line;

/* What is known while a file is read. */
typedef struct _Reader
{
  const char *name;  /* of the file */
  const char *group; /* (nullable) that the lines belong to */
  CfGiven *given;
  GPtrArray *users; /* (element-type CfUserLine) */
} Reader;

static void
clear_line (Line *self)
{
  g_free (self->name);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Line, clear_line)

static gboolean
is_blank (const char *text)
{
  while (g_ascii_isspace (*text))
    text++;
  return *text == '\0';
}

static Line
classify (const char *text)
{
  const char *start = text, *end;

  while (g_ascii_isspace (*start))
    start++;
  if (*start == '\0' || *start == '#')
    return (Line){ .kind = LINE_COMMENT };
  end = strchr (start, ']');
  if (*start == '[' && end != NULL && is_blank (end + 1))
    return (Line){ .kind = LINE_GROUP,
                   .name = g_strndup (start + 1, (gsize) (end - start - 1)) };
  end = strchr (start, '=');
  if (end == NULL || end == start)
    return (Line){ .kind = LINE_OTHER };
  return (Line){
    .kind = LINE_PAIR,
    .name = g_strchomp (g_strndup (start, (gsize) (end - start))),
    .value_at = (gsize) (end + 1 - text),
  };
}

static gboolean
is_list (CfSettingId id)
{
  CfSettingKind kind = cf_settings[id].kind;

  return kind == CF_CONFIG_WORDS || kind == CF_CONFIG_SAVE ||
         kind == CF_CONFIG_OUTPUT_LIMITS || kind == CF_CONFIG_PERCENTILES;
}

static const char *
find_group (const char *name)
{
  for (int id = 0; id < CF_N_SETTINGS; id++)
    if (strcmp (cf_settings[id].group, name) == 0)
      return cf_settings[id].group;
  return strcmp (name, CF_USERS_GROUP) == 0 ? CF_USERS_GROUP : NULL;
}

static gboolean
check_pair (const char *name,
            const char *group,
            const CfGiven *given,
            int *id,
            GError **error)
{
  if (group == NULL)
    return cf_throw (error, CF_ERROR_SYNTAX,
                     "'%s' stands before the first group", name);
  *id = cf_setting_find (name, strlen (name));
  if (*id < 0)
    return cf_throw (error, CF_ERROR_SYNTAX, "unknown setting '%s'", name);
  if (strcmp (cf_settings[*id].group, group) != 0)
    return cf_throw (error, CF_ERROR_SYNTAX, "'%s' belongs in the group [%s]",
                     name, cf_settings[*id].group);
  if (given[*id].line != 0)
    return cf_throw (error, CF_ERROR_SYNTAX,
                     "'%s' is given twice, first in line %u", name,
                     given[*id].line);
  return TRUE;
}

/* @raw as it is in the file, with its escapes; NULL: one of them is none. */
static char *
unescape (const char *raw)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *stripped = g_strstrip (g_strdup (raw));
  g_autofree char *value = NULL;
  g_autoptr (GError) error = NULL;

  g_key_file_set_value (file, "g", "k", stripped);
  value = g_key_file_get_string (file, "g", "k", &error);
  return error == NULL ? g_steal_pointer (&value) : NULL;
}

static gboolean
throw_escape (const char *name, GError **error)
{
  return cf_throw (error, CF_ERROR_SYNTAX,
                   "'%s' has an unknown escape sequence; a backslash is "
                   "written twice",
                   name);
}

/* A line of the group [users]: of GKeyFile's keys it need not be one. */
static gboolean
take_user (const Reader *self,
           const Line *line,
           const char *text,
           guint number,
           GError **error)
{
  g_autofree char *where = g_strdup_printf ("%s:%u", self->name, number);
  g_autofree char *rules = unescape (text + line->value_at);

  if (rules == NULL)
    return throw_escape (line->name, error);
  return cf_user_lines_add (self->users, line->name, rules, where, error);
}

static gboolean
take_line (Reader *self, const char *text, guint number, GError **error)
{
  g_auto (Line) line = classify (text);
  int id = 0;

  switch (line.kind)
    {
    case LINE_COMMENT:
      return TRUE;
    case LINE_PAIR:
      if (g_strcmp0 (self->group, CF_USERS_GROUP) == 0)
        return take_user (self, &line, text, number, error);
      if (!check_pair (line.name, self->group, self->given, &id, error))
        return FALSE;
      self->given[id].line = number;
      return TRUE;
    case LINE_GROUP:
      self->group = find_group (line.name);
      return self->group != NULL ||
             cf_throw (error, CF_ERROR_SYNTAX, "unknown group '%s'", line.name);
    default:
      return cf_throw (error, CF_ERROR_SYNTAX,
                       "neither a group, a setting nor a comment");
    }
}

/* What stands where: all that GKeyFile does not tell.  Lines of users are
 * emptied, since they are not for it. */
static gboolean
take_lines (Reader *self, GStrv lines, GError **error)
{
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autoptr (GError) cause = NULL;
      guint n_users = self->users->len;

      if (!take_line (self, lines[i], i + 1, &cause))
        return cf_throw (error, CF_ERROR_SYNTAX, "%s:%u: %s", self->name, i + 1,
                         cause->message);
      if (self->users->len > n_users)
        *lines[i] = '\0';
    }
  return TRUE;
}

/* A value without its escapes and without the blanks around it, which
 * GKeyFile leaves at its end. */
static char *
get_value (GKeyFile *file, const char *group, const char *name)
{
  g_autofree char *raw = g_key_file_get_value (file, group, name, NULL);

  return raw != NULL ? unescape (raw) : NULL;
}

static gboolean
take_values (const char *name,
             GKeyFile *file,
             const GStrv lines,
             CfGiven *given,
             GError **error)
{
  for (int id = 0; id < CF_N_SETTINGS; id++)
    {
      g_auto (Line) line = { .kind = LINE_OTHER };
      g_autoptr (GError) cause = NULL;

      if (given[id].line == 0)
        continue;
      line = classify (lines[given[id].line - 1]);
      given[id].text = get_value (file, cf_settings[id].group, line.name);
      if (given[id].text == NULL && !throw_escape (line.name, &cause))
        return cf_throw (error, CF_ERROR_SYNTAX, "%s:%u: %s", name,
                         given[id].line, cause->message);
      if (is_list (id))
        g_strdelimit (given[id].text, ";", ' ');
    }
  return TRUE;
}

/* Behind the mark that some editors begin a file with. */
static const char *
skip_mark (const char *data)
{
  static const char mark[] = "\xEF\xBB\xBF";

  return g_str_has_prefix (data, mark) ? data + strlen (mark) : data;
}

static guint
count_lines (const char *data, const char *end)
{
  guint lines = 1;

  for (; data < end; data++)
    lines += *data == '\n';
  return lines;
}

static gboolean
check_text (const char *name, const char *data, gsize size, GError **error)
{
  const char *end;

  if (g_utf8_validate_len (data, size, &end))
    return TRUE;
  return cf_throw (error, CF_ERROR_SYNTAX, "%s:%u: not valid UTF-8", name,
                   count_lines (data, end));
}

/**
 * cf_keyfile_read:
 * @name: the name of the file, for errors
 * @data: (array length=size): what is in it
 * @size: its length
 * @given: (out caller-allocates): what it gives for each setting; clear it
 *   with cf_keyfile_clear() in any case
 * @users: (element-type CfUserLine): where to add the users that it gives
 * @error: return location for an error, or %NULL
 *
 * Reads a configuration file.  Values and rules are not checked yet.
 *
 * Returns: %FALSE with an error that begins "NAME:LINE: " if it is not one
 */
gboolean
cf_keyfile_read (const char *name,
                 const char *data,
                 gsize size,
                 CfGiven given[static CF_N_SETTINGS],
                 GPtrArray *users,
                 GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) cause = NULL;
  g_autofree char *text = NULL;
  g_autofree char *rest = NULL;
  g_auto (GStrv) lines = NULL;
  Reader reader = { .name = name, .given = given, .users = users };

  memset (given, 0, CF_N_SETTINGS * sizeof given[0]);
  if (!check_text (name, data, size, error))
    return FALSE;
  text = g_strndup (data, size);
  lines = g_strsplit (skip_mark (text), "\n", -1);
  if (!take_lines (&reader, lines, error))
    return FALSE;
  rest = g_strjoinv ("\n", lines);
  if (!g_key_file_load_from_data (file, rest, (gsize) -1, G_KEY_FILE_NONE,
                                  &cause) &&
      !g_error_matches (cause, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_NOT_FOUND))
    return cf_throw (error, CF_ERROR_SYNTAX, "%s: %s", name, cause->message);
  return take_values (name, file, lines, given, error);
}

/**
 * cf_keyfile_clear:
 * @given: what cf_keyfile_read() made
 *
 * Frees the texts.
 */
void
cf_keyfile_clear (CfGiven given[static CF_N_SETTINGS])
{
  for (int id = 0; id < CF_N_SETTINGS; id++)
    g_clear_pointer (&given[id].text, g_free);
}

/**
 * cf_keyfile_escape:
 * @text: a value
 *
 * Returns: (transfer full) (nullable): @text as it is written into a file, or
 *   %NULL if it is not valid UTF-8 and cannot be
 */
char *
cf_keyfile_escape (const char *text)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *raw = NULL;
  gsize size;

  if (!g_utf8_validate (text, -1, NULL))
    return NULL;
  g_key_file_set_string (file, "g", "k", text);
  raw = g_key_file_get_value (file, "g", "k", NULL);
  size = strlen (raw);
  if (size == 0 || raw[size - 1] != ' ')
    return g_steal_pointer (&raw);
  return g_strdup_printf ("%.*s\\s", (int) size - 1, raw);
}

/* Where to insert a new pair of @group: after its last pair, or its head. */
static guint
find_place (GPtrArray *lines, const char *group)
{
  gboolean inside = FALSE;
  guint place = 0;

  for (guint i = 0; i < lines->len; i++)
    {
      g_auto (Line) line = classify (lines->pdata[i]);

      if (line.kind == LINE_GROUP)
        inside = strcmp (line.name, group) == 0;
      if (inside && line.kind != LINE_COMMENT)
        place = i + 1;
    }
  return place;
}

/* Likewise; a group that is not there is added. */
static guint
need_place (GPtrArray *lines, const char *group)
{
  guint place = find_place (lines, group);

  if (place > 0)
    return place;
  if (lines->len > 0)
    g_ptr_array_add (lines, g_strdup (""));
  g_ptr_array_add (lines, g_strdup_printf ("[%s]", group));
  return lines->len;
}

static void
insert_pair (GPtrArray *lines, guint place, const char *name, const char *text)
{
  g_ptr_array_insert (lines, (int) place,
                      g_strdup_printf ("%s = %s", name, text));
}

/* The new line for that of a user; NULL: it is gone. */
static char *
edit_user (const char *old, const Line *line, const GPtrArray *users)
{
  const CfUserLine *user = cf_user_lines_find (users, line->name);
  g_autofree char *before = unescape (old + line->value_at);
  g_autofree char *after = NULL;

  if (user == NULL)
    return NULL;
  if (g_strcmp0 (before, user->rules) == 0)
    return g_strdup (old);
  after = cf_keyfile_escape (user->rules);
  return g_strdup_printf ("%.*s %s", (int) line->value_at, old, after);
}

static void
insert_users (GPtrArray *lines, const GPtrArray *users, GHashTable *done)
{
  guint place = 0;

  for (guint i = 0; i < users->len; i++)
    {
      const CfUserLine *user = users->pdata[i];
      g_autofree char *rules = NULL;

      if (g_hash_table_contains (done, user->name))
        continue;
      if (place == 0)
        place = need_place (lines, CF_USERS_GROUP);
      rules = cf_keyfile_escape (user->rules);
      insert_pair (lines, place++, user->name, rules);
    }
}

/* Makes the lines of the group [users] be those of @users. */
static void
replace_users (GPtrArray *lines, const GPtrArray *users)
{
  g_autoptr (GHashTable) done =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gboolean inside = FALSE;

  for (guint i = 0; i < lines->len; i++)
    {
      char *old = lines->pdata[i];
      g_auto (Line) line = classify (old);
      char *new;

      if (line.kind == LINE_GROUP)
        inside = strcmp (line.name, CF_USERS_GROUP) == 0;
      if (!inside || line.kind != LINE_PAIR)
        continue;
      new = edit_user (old, &line, users);
      if (new == NULL)
        {
          g_ptr_array_remove_index (lines, i--);
          continue;
        }
      lines->pdata[i] = new;
      g_free (old);
      g_hash_table_add (done, g_steal_pointer (&line.name));
    }
  insert_users (lines, users, done);
}

/* Gives the pairs that are there their new values, and marks them as done. */
static void
replace_pairs (GPtrArray *lines,
               const char *const *texts,
               gboolean done[static CF_N_SETTINGS])
{
  gboolean is_users = FALSE;

  for (guint i = 0; i < lines->len; i++)
    {
      char *old = lines->pdata[i];
      g_auto (Line) line = classify (old);
      int id = -1;

      if (line.kind == LINE_GROUP)
        is_users = strcmp (line.name, CF_USERS_GROUP) == 0;
      if (line.kind == LINE_PAIR && !is_users)
        id = cf_setting_find (line.name, strlen (line.name));
      if (id < 0 || texts[id] == NULL)
        continue;
      lines->pdata[i] =
          g_strdup_printf ("%.*s %s", (int) line.value_at, old, texts[id]);
      g_free (old);
      done[id] = TRUE;
    }
}

/**
 * cf_keyfile_edit:
 * @data: a configuration file, without errors
 * @texts: for each setting its new value as cf_keyfile_escape() wrote it, or
 *   %NULL to leave it as it is
 * @users: (nullable) (element-type CfUserLine): all users there are to be, with
 *   names that cf_user_name_fits() and rules in UTF-8; %NULL to leave them
 *
 * Changes values and nothing else: comments and the order of lines stay.
 * Settings that are not in the file are added to their group.
 *
 * Returns: (transfer full): the new file
 */
char *
cf_keyfile_edit (const char *data,
                 const char *const texts[static CF_N_SETTINGS],
                 const GPtrArray *users)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) split = g_strsplit (skip_mark (data), "\n", -1);
  gboolean done[CF_N_SETTINGS] = { FALSE };
  guint n = g_strv_length (split);

  /* The last line ends with a newline like all others. */
  if (n > 0 && *split[n - 1] == '\0')
    n--;
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (lines, g_strdup (split[i]));
  replace_pairs (lines, texts, done);
  for (int id = 0; id < CF_N_SETTINGS; id++)
    if (texts[id] != NULL && !done[id])
      insert_pair (lines, need_place (lines, cf_settings[id].group),
                   cf_settings[id].name, texts[id]);
  if (users != NULL)
    replace_users (lines, users);
  g_ptr_array_add (lines, g_strdup (""));
  g_ptr_array_add (lines, NULL);
  return g_strjoinv ("\n", (char **) lines->pdata);
}
