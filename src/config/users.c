/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "config/users.h"

#include <string.h>

#include "base/error.h"

static void
line_free (gpointer data)
{
  CfUserLine *line = data;

  g_free (line->name);
  g_free (line->rules);
  g_free (line->where);
  g_free (line);
}

static void
insert (GPtrArray *lines,
        guint place,
        const char *name,
        const char *rules,
        const char *where)
{
  CfUserLine *line = g_new0 (CfUserLine, 1);

  line->name = g_strdup (name);
  line->rules = g_strdup (rules);
  line->where = g_strdup (where);
  g_ptr_array_insert (lines, (int) place, line);
}

/* Where the line of @name is, or belongs. */
static guint
find_place (const GPtrArray *lines, const char *name)
{
  guint from = 0, to = lines->len;

  while (from < to)
    {
      guint middle = from + (to - from) / 2;
      const CfUserLine *line = lines->pdata[middle];

      if (strcmp (line->name, name) < 0)
        from = middle + 1;
      else
        to = middle;
    }
  return from;
}

/**
 * cf_user_lines_new:
 *
 * Returns: (transfer full) (element-type CfUserLine): no lines
 */
GPtrArray *
cf_user_lines_new (void)
{
  return g_ptr_array_new_with_free_func (line_free);
}

/**
 * cf_user_lines_copy:
 * @lines: lines
 *
 * Returns: (transfer full) (element-type CfUserLine): lines like them
 */
GPtrArray *
cf_user_lines_copy (const GPtrArray *lines)
{
  GPtrArray *copy = cf_user_lines_new ();

  for (guint i = 0; i < lines->len; i++)
    {
      const CfUserLine *line = lines->pdata[i];

      insert (copy, i, line->name, line->rules, line->where);
    }
  return copy;
}

/**
 * cf_user_lines_find:
 * @lines: lines
 * @name: the name of a user
 *
 * Returns: (transfer none) (nullable): the line of that user
 */
const CfUserLine *
cf_user_lines_find (const GPtrArray *lines, const char *name)
{
  guint place = find_place (lines, name);
  const CfUserLine *line = place < lines->len ? lines->pdata[place] : NULL;

  return line != NULL && strcmp (line->name, name) == 0 ? line : NULL;
}

/**
 * cf_user_lines_equal:
 * @a: lines
 * @b: lines
 *
 * Returns: whether they say the same, wherever they stand
 */
gboolean
cf_user_lines_equal (const GPtrArray *a, const GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    {
      const CfUserLine *line = a->pdata[i], *other = b->pdata[i];

      if (strcmp (line->name, other->name) != 0 ||
          strcmp (line->rules, other->rules) != 0)
        return FALSE;
    }
  return TRUE;
}

/**
 * cf_user_lines_add:
 * @lines: where to add a line
 * @name: the name of a user
 * @rules: its rules
 * @where: (nullable): where that stands
 * @error: return location for an error, or %NULL
 *
 * Returns: %FALSE if the name is none, or there already
 */
gboolean
cf_user_lines_add (GPtrArray *lines,
                   const char *name,
                   const char *rules,
                   const char *where,
                   GError **error)
{
  const CfUserLine *other = cf_user_lines_find (lines, name);

  for (const char *c = name; *c != '\0'; c++)
    if (g_ascii_isspace (*c) || *c == '\v')
      return cf_throw (error, CF_ERROR_SYNTAX,
                       "the user '%s' has a blank in its name", name);
  if (other != NULL && other->where != NULL)
    return cf_throw (error, CF_ERROR_SYNTAX,
                     "the user '%s' is given twice, first at %s", name,
                     other->where);
  if (other != NULL)
    return cf_throw (error, CF_ERROR_SYNTAX, "the user '%s' is given twice",
                     name);
  insert (lines, find_place (lines, name), name, rules, where);
  return TRUE;
}

/**
 * cf_user_lines_add_option:
 * @lines: where to add a line
 * @text: "NAME RULES"
 * @error: return location for an error, or %NULL
 *
 * Returns: %FALSE if that is none, or the name is there already
 */
gboolean
cf_user_lines_add_option (GPtrArray *lines, const char *text, GError **error)
{
  g_autofree char *copy = g_strstrip (g_strdup (text));
  gsize size = strcspn (copy, " \t");
  const char *rules = copy[size] != '\0' ? copy + size + 1 : "";

  if (size == 0)
    return cf_throw (error, CF_ERROR_SYNTAX,
                     "a name must come first, then the rules");
  copy[size] = '\0';
  return cf_user_lines_add (lines, copy, rules, "--user", error);
}

/**
 * cf_user_name_fits:
 * @name: the name of a user
 *
 * Returns: whether a line "NAME = RULES" would be read as one of that user
 */
gboolean
cf_user_name_fits (const char *name)
{
  return *name != '\0' && *name != '#' && strchr (name, '=') == NULL &&
         g_utf8_validate (name, -1, NULL);
}
