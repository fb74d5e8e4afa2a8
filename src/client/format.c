/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/number.h"
#include "client/format.h"

/* Appends @c as a backslash and a letter, if it is in @escapes: pairs of a
 * byte and its letter. */
static gboolean
append_escape (GString *out, char c, const char *escapes)
{
  for (; *escapes != '\0'; escapes += 2)
    if (*escapes == c)
      {
        g_string_append_c (out, '\\');
        g_string_append_c (out, escapes[1]);
        return TRUE;
      }
  return FALSE;
}

static void
append_quoted_byte (GString *out, char c)
{
  if (append_escape (out, c, "\\\\\"\"\nn\rr\tt\aa\bb"))
    return;
  if (g_ascii_isprint (c))
    g_string_append_c (out, c);
  else
    g_string_append_printf (out, "\\x%02x", (guint) (guchar) c);
}

/**
 * cf_format_quoted:
 * @out: where to append
 * @text: (array length=size): bytes
 * @size: the size of @text in bytes
 *
 * Appends @text in double quotes, as cf_split_args() reads it back.
 */
void
cf_format_quoted (GString *out, const char *text, gsize size)
{
  g_string_append_c (out, '"');
  for (gsize i = 0; i < size; i++)
    append_quoted_byte (out, text[i]);
  g_string_append_c (out, '"');
}

/* ---- Human -------------------------------------------------------------- */

static gsize
count_entries (const CfReplyTree *self)
{
  return self->kind == CF_REPLY_TREE_MAP ? self->size / 2 : self->size;
}

/* Whether it takes several lines, so that it starts on one of its own. */
static gboolean
needs_lines (const CfReplyTree *self)
{
  while (cf_reply_tree_is_aggregate (self))
    {
      if (count_entries (self) != 1)
        return count_entries (self) > 1;
      self = &self->children[self->size - 1];
    }
  return FALSE;
}

static void append_human (GString *out, const CfReplyTree *self, gsize indent);

static void
append_blanks (GString *out, gsize n)
{
  for (; n > 0; n--)
    g_string_append_c (out, ' ');
}

static void
append_human_value (GString *out, const CfReplyTree *value, gsize indent)
{
  g_string_truncate (out, out->len - 1);
  g_string_append (out, " => ");
  if (needs_lines (value))
    {
      g_string_append_c (out, '\n');
      append_blanks (out, indent);
    }
  append_human (out, value, indent);
}

static void
append_human_elements (GString *out, const CfReplyTree *self, gsize indent)
{
  gsize n = count_entries (self);
  int width = (int) cf_digits (n);
  gsize inner = indent + (gsize) width + 2;
  gboolean is_map = self->kind == CF_REPLY_TREE_MAP;
  char mark = is_map ? '#' : self->kind == CF_REPLY_TREE_SET ? '~' : ')';

  for (gsize i = 0; i < n; i++)
    {
      append_blanks (out, i > 0 ? indent : 0);
      g_string_append_printf (out, "%*" G_GSIZE_FORMAT "%c ", width, i + 1,
                              mark);
      append_human (out, &self->children[is_map ? i * 2 : i], inner);
      if (is_map)
        append_human_value (out, &self->children[i * 2 + 1], inner);
    }
}

static void
append_human_aggregate (GString *out, const CfReplyTree *self, gsize indent)
{
  static const char *const empty[] = {
    [CF_REPLY_TREE_ARRAY] = "(empty array)\n",
    [CF_REPLY_TREE_MAP] = "(empty hash)\n",
    [CF_REPLY_TREE_SET] = "(empty set)\n",
    [CF_REPLY_TREE_PUSH] = "(empty push)\n",
  };

  if (self->size == 0)
    g_string_append (out, empty[self->kind]);
  else
    append_human_elements (out, self, indent);
}

static void
append_text (GString *out, const CfReplyTree *self)
{
  g_string_append_len (out, self->text, (gssize) self->size);
}

/* Appends lines; the first starts where @out ends, the others after @indent
 * blanks. */
static void
append_human (GString *out, const CfReplyTree *self, gsize indent)
{
  switch (self->kind)
    {
    case CF_REPLY_TREE_NIL:
      g_string_append (out, "(nil)");
      break;
    case CF_REPLY_TREE_BOOLEAN:
      g_string_append (out, self->integer ? "(true)" : "(false)");
      break;
    case CF_REPLY_TREE_INTEGER:
      g_string_append_printf (out, "(integer) %" G_GINT64_FORMAT,
                              self->integer);
      break;
    case CF_REPLY_TREE_ERROR:
      g_string_append (out, "(error) ");
      append_text (out, self);
      break;
    case CF_REPLY_TREE_DOUBLE:
      g_string_append (out, "(double) ");
      append_text (out, self);
      break;
    case CF_REPLY_TREE_BIG_NUMBER:
      g_string_append (out, "(big number) ");
      append_text (out, self);
      break;
    case CF_REPLY_TREE_STRING:
      cf_format_quoted (out, self->text, self->size);
      break;
    case CF_REPLY_TREE_STATUS:
    case CF_REPLY_TREE_VERBATIM:
      append_text (out, self);
      break;
    default:
      append_human_aggregate (out, self, indent);
      return;
    }
  g_string_append_c (out, '\n');
}

/* ---- Raw ---------------------------------------------------------------- */

static void
append_raw (GString *out, const CfReplyTree *self, const char *element_end)
{
  if (self->kind == CF_REPLY_TREE_BOOLEAN)
    g_string_append (out, self->integer ? "(true)" : "(false)");
  else if (self->kind == CF_REPLY_TREE_INTEGER)
    g_string_append_printf (out, "%" G_GINT64_FORMAT, self->integer);
  else if (cf_reply_tree_has_text (self))
    append_text (out, self);
  if (self->kind == CF_REPLY_TREE_ERROR)
    g_string_append_c (out, '\n');
  if (!cf_reply_tree_is_aggregate (self))
    return;
  for (gsize i = 0; i < self->size; i++)
    {
      if (self->kind == CF_REPLY_TREE_MAP && i % 2 == 1)
        g_string_append_c (out, ' ');
      else if (i > 0)
        g_string_append (out, element_end);
      append_raw (out, &self->children[i], element_end);
    }
}

/* ---- CSV and JSON ------------------------------------------------------- */

/* FALSE: it is a text or has parts, and nothing is appended. */
static gboolean
append_scalar (GString *out, const CfReplyTree *self, const char *nil)
{
  switch (self->kind)
    {
    case CF_REPLY_TREE_NIL:
      g_string_append (out, nil);
      return TRUE;
    case CF_REPLY_TREE_BOOLEAN:
      g_string_append (out, self->integer ? "true" : "false");
      return TRUE;
    case CF_REPLY_TREE_INTEGER:
      g_string_append_printf (out, "%" G_GINT64_FORMAT, self->integer);
      return TRUE;
    case CF_REPLY_TREE_DOUBLE:
    case CF_REPLY_TREE_BIG_NUMBER:
      append_text (out, self);
      return TRUE;
    default:
      return FALSE;
    }
}

static void
append_csv (GString *out, const CfReplyTree *self)
{
  if (append_scalar (out, self, "NULL"))
    return;
  switch (self->kind)
    {
    case CF_REPLY_TREE_ERROR:
      g_string_append (out, "ERROR,");
      G_GNUC_FALLTHROUGH;
    case CF_REPLY_TREE_STATUS:
    case CF_REPLY_TREE_STRING:
    case CF_REPLY_TREE_VERBATIM:
      cf_format_quoted (out, self->text, self->size);
      break;
    default:
      for (gsize i = 0; i < self->size; i++)
        {
          if (i > 0)
            g_string_append_c (out, ',');
          append_csv (out, &self->children[i]);
        }
    }
}

static void
append_json_byte (GString *out, char c)
{
  if (append_escape (out, c, "\\\\\"\"\nn\ff\rr\tt\bb"))
    return;
  if ((guchar) c < 0x20)
    g_string_append_printf (out, "\\u%04x", (guint) (guchar) c);
  else
    g_string_append_c (out, c);
}

/* In quotes as cf_format_quoted() has it, and then with each backslash
 * doubled, is how redis-cli makes it safe. */
static void
append_quoted_json_text (GString *out, const CfReplyTree *self)
{
  g_autoptr (GString) quoted = g_string_new (NULL);

  cf_format_quoted (quoted, self->text, self->size);
  g_string_replace (quoted, "\\", "\\\\", 0);
  g_string_append_len (out, quoted->str, (gssize) quoted->len);
}

static void
append_json_text (GString *out, const CfReplyTree *self)
{
  g_string_append_c (out, '"');
  for (gsize i = 0; i < self->size; i++)
    append_json_byte (out, self->text[i]);
  g_string_append_c (out, '"');
}

static void
append_json (GString *out, const CfReplyTree *self, gboolean quoted);

static gboolean
is_json_key (const CfReplyTree *self)
{
  return self->kind == CF_REPLY_TREE_STATUS ||
         self->kind == CF_REPLY_TREE_STRING ||
         self->kind == CF_REPLY_TREE_VERBATIM ||
         self->kind == CF_REPLY_TREE_ERROR;
}

static void
append_json_map (GString *out, const CfReplyTree *self, gboolean quoted)
{
  g_string_append_c (out, '{');
  for (gsize i = 0; i < self->size; i++)
    {
      const char *quote =
          i % 2 == 1 || is_json_key (&self->children[i]) ? "" : "\"";

      g_string_append (out, quote);
      append_json (out, &self->children[i], quoted);
      g_string_append (out, quote);
      if (i + 1 < self->size)
        g_string_append_c (out, i % 2 == 0 ? ':' : ',');
    }
  g_string_append_c (out, '}');
}

static void
append_json_array (GString *out, const CfReplyTree *self, gboolean quoted)
{
  g_string_append_c (out, '[');
  for (gsize i = 0; i < self->size; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      append_json (out, &self->children[i], quoted);
    }
  g_string_append_c (out, ']');
}

static void
append_json (GString *out, const CfReplyTree *self, gboolean quoted)
{
  if (append_scalar (out, self, "null"))
    return;
  switch (self->kind)
    {
    case CF_REPLY_TREE_ERROR:
      g_string_append (out, "error:");
      G_GNUC_FALLTHROUGH;
    case CF_REPLY_TREE_STATUS:
    case CF_REPLY_TREE_STRING:
    case CF_REPLY_TREE_VERBATIM:
      if (quoted)
        append_quoted_json_text (out, self);
      else
        append_json_text (out, self);
      break;
    case CF_REPLY_TREE_MAP:
      append_json_map (out, self, quoted);
      break;
    default:
      append_json_array (out, self, quoted);
    }
}

/* ---- All ---------------------------------------------------------------- */

/**
 * cf_format_verbatim:
 * @out: where to append
 * @reply: a reply that is text for people already, such as INFO's
 * @style: how to format
 *
 * Appends @reply as it is, whatever the format.
 */
void
cf_format_verbatim (GString *out,
                    const CfReplyTree *reply,
                    const CfFormatStyle *style)
{
  append_raw (out, reply, style->element_end);
}

/**
 * cf_format_reply:
 * @out: where to append
 * @reply: a reply
 * @style: how to format
 *
 * Appends @reply with what ends it.
 */
void
cf_format_reply (GString *out,
                 const CfReplyTree *reply,
                 const CfFormatStyle *style)
{
  switch (style->format)
    {
    case CF_FORMAT_HUMAN:
      append_human (out, reply, 0);
      return;
    case CF_FORMAT_RAW:
      append_raw (out, reply, style->element_end);
      g_string_append (out, style->reply_end);
      return;
    case CF_FORMAT_CSV:
      append_csv (out, reply);
      break;
    case CF_FORMAT_JSON:
    case CF_FORMAT_QUOTED_JSON:
      append_json (out, reply, style->format == CF_FORMAT_QUOTED_JSON);
      break;
    }
  g_string_append_c (out, '\n');
}

static gboolean
is_invalidation (const CfReplyTree *push)
{
  return push->size == 2 && push->children[0].kind == CF_REPLY_TREE_STRING &&
         cf_reply_tree_is (&push->children[0], "invalidate") &&
         push->children[1].kind == CF_REPLY_TREE_ARRAY;
}

static void
append_invalidation (GString *out, const CfReplyTree *keys)
{
  g_string_append (out, "-> invalidate: ");
  for (gsize i = 0; i < keys->size; i++)
    {
      if (i > 0)
        g_string_append (out, ", ");
      g_string_append_c (out, '\'');
      append_raw (out, &keys->children[i], "");
      g_string_append_c (out, '\'');
    }
  g_string_append_c (out, '\n');
}

/**
 * cf_format_push:
 * @out: where to append
 * @push: a message that no command asked for
 * @style: how to format
 *
 * Appends @push; to people, invalidated keys are named in one line.
 */
void
cf_format_push (GString *out,
                const CfReplyTree *push,
                const CfFormatStyle *style)
{
  if (style->format == CF_FORMAT_HUMAN && is_invalidation (push))
    append_invalidation (out, &push->children[1]);
  else
    cf_format_reply (out, push, style);
}
