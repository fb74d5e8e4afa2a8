/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "base/error.h"
#include "base/number.h"
#include "proto/reply-reader.h"

/* An aggregate that waits for children.  The node of the one above it is the
 * last child of the one below, which gets no other child before. */
typedef struct
{
  CfReplyTree *node; /* (owned by the tree, or by us if it is an attribute) */
  guint64 n_missing; /* children still to come */
  gboolean is_attribute;
} Frame;

struct _CfReplyReader
{
  char *buffer;    /* (owned) */
  gsize reserved;  /* the size of buffer */
  gsize size;      /* what is filled of it */
  gsize offset;    /* what is read of it */
  gsize scanned;   /* where the search for the end of a line goes on */
  gsize size_max;  /* of one reply */
  gsize size_read; /* of the reply that is being read */

  CfReplyTree *root; /* (owned) (nullable) the reply that is being read */
  Frame frames[CF_REPLY_TREE_DEPTH_MAX];
  guint n_frames;

  CfReplyKind bulk_kind; /* of the text whose length was read */
  gsize bulk_size;
  gboolean in_bulk;

  GError *broken; /* (owned) (nullable) */
};

typedef struct
{
  const char *text;
  gsize size;
} Line;

/**
 * cf_reply_reader_new:
 * @size_max: how many bytes a reply may have on the wire
 *
 * Returns: (transfer full): the reader
 */
CfReplyReader *
cf_reply_reader_new (gsize size_max)
{
  CfReplyReader *self = g_new0 (CfReplyReader, 1);

  g_assert (size_max > 0);
  self->size_max = size_max;
  return self;
}

static void
drop_reply (CfReplyReader *self)
{
  for (guint i = 0; i < self->n_frames; i++)
    if (self->frames[i].is_attribute)
      cf_reply_tree_free (self->frames[i].node);
  self->n_frames = 0;
  g_clear_pointer (&self->root, cf_reply_tree_free);
}

/**
 * cf_reply_reader_free:
 * @self: (nullable) (transfer full): a reader
 *
 * Frees the reader.
 */
void
cf_reply_reader_free (CfReplyReader *self)
{
  if (self == NULL)
    return;
  drop_reply (self);
  g_clear_error (&self->broken);
  g_free (self->buffer);
  g_free (self);
}

static gboolean
make_room (CfReplyReader *self, gsize size)
{
  gsize wanted;
  char *buffer;

  if (self->offset > 0)
    {
      memmove (self->buffer, self->buffer + self->offset,
               self->size - self->offset);
      self->size -= self->offset;
      self->scanned -= MIN (self->scanned, self->offset);
      self->offset = 0;
    }
  if (self->reserved - self->size >= size)
    return TRUE;
  if (!g_size_checked_add (&wanted, self->size, size))
    return FALSE;
  wanted =
      MAX (wanted, self->reserved > G_MAXSIZE / 2 ? 0 : self->reserved * 2);
  buffer = g_try_realloc (self->buffer, wanted);
  if (buffer == NULL)
    return FALSE;
  self->buffer = buffer;
  self->reserved = wanted;
  return TRUE;
}

/**
 * cf_reply_reader_feed:
 * @self: a reader
 * @data: (array length=size): what came from the server
 * @size: the size of @data in bytes
 * @error: return location for an error, or %NULL
 *
 * Returns: %FALSE if memory is short
 */
gboolean
cf_reply_reader_feed (CfReplyReader *self,
                      const char *data,
                      gsize size,
                      GError **error)
{
  if (self->reserved - self->size < size && !make_room (self, size))
    return cf_throw (error, CF_ERROR_FAILED, "Out of memory");
  if (size > 0)
    memcpy (self->buffer + self->size, data, size);
  self->size += size;
  return TRUE;
}

static gsize
available (const CfReplyReader *self)
{
  return self->size - self->offset;
}

static gboolean
consume (CfReplyReader *self, gsize size, GError **error)
{
  self->offset += size;
  self->size_read += size;
  if (self->size_read > self->size_max)
    return cf_throw (error, CF_ERROR_FAILED, "Reply is too big");
  return TRUE;
}

/* Finds the next line, without its end, behind the type byte. */
static gboolean
find_line (CfReplyReader *self, Line *line)
{
  gsize from = MAX (self->scanned, self->offset);
  const char *end = NULL;

  while (self->size - from >= 2)
    {
      end = memchr (self->buffer + from, '\r', self->size - from - 1);
      if (end == NULL)
        from = self->size - 1;
      else if (end[1] == '\n')
        break;
      else
        from = (gsize) (end - self->buffer) + 1;
      end = NULL;
    }
  self->scanned = from;
  if (end == NULL)
    return FALSE;
  line->text = self->buffer + self->offset + 1;
  line->size = (gsize) (end - line->text);
  return TRUE;
}

static gboolean
add_node (CfReplyReader *self, CfReplyTree **node, GError **error)
{
  if (self->n_frames > 0)
    *node = cf_reply_tree_add (self->frames[self->n_frames - 1].node);
  else
    *node = self->root = cf_reply_tree_new ();
  if (*node == NULL)
    return cf_throw (error, CF_ERROR_FAILED, "Out of memory");
  return TRUE;
}

/* A node is whole, and so may be those around it. */
static void
finish_node (CfReplyReader *self)
{
  while (self->n_frames > 0)
    {
      Frame *frame = &self->frames[self->n_frames - 1];

      if (--frame->n_missing > 0)
        return;
      self->n_frames--;
      if (frame->is_attribute)
        {
          cf_reply_tree_free (frame->node);
          return;
        }
    }
}

static gboolean
add_integer (CfReplyReader *self,
             CfReplyKind kind,
             gint64 value,
             GError **error)
{
  CfReplyTree *node;

  if (!add_node (self, &node, error))
    return FALSE;
  node->kind = kind;
  node->integer = value;
  finish_node (self);
  return TRUE;
}

static gboolean
add_text (CfReplyReader *self,
          CfReplyKind kind,
          const char *text,
          gsize size,
          GError **error)
{
  CfReplyTree *node;

  if (!add_node (self, &node, error))
    return FALSE;
  if (!cf_reply_tree_set_text (node, kind, text, size))
    return cf_throw (error, CF_ERROR_FAILED, "Out of memory");
  finish_node (self);
  return TRUE;
}

static gboolean
read_simple (CfReplyReader *self, CfReplyKind kind, Line line, GError **error)
{
  if (memchr (line.text, '\r', line.size) != NULL ||
      memchr (line.text, '\n', line.size) != NULL)
    return cf_throw (error, CF_ERROR_FAILED, "Bad simple string value");
  return add_text (self, kind, line.text, line.size, error);
}

static gboolean
read_integer (CfReplyReader *self, Line line, GError **error)
{
  gint64 value;

  if (!cf_parse_int64 (line.text, line.size, &value))
    return cf_throw (error, CF_ERROR_FAILED, "Bad integer value");
  return add_integer (self, CF_REPLY_TREE_INTEGER, value, error);
}

static gboolean
is_double (Line line)
{
  char text[400];
  char *end;

  if (line.size == 0 || line.size >= sizeof text ||
      g_ascii_isspace (line.text[0]))
    return FALSE;
  memcpy (text, line.text, line.size);
  text[line.size] = '\0';
  g_ascii_strtod (text, &end);
  return end == text + line.size;
}

static gboolean
read_double (CfReplyReader *self, Line line, GError **error)
{
  if (!is_double (line))
    return cf_throw (error, CF_ERROR_FAILED, "Bad double value");
  return add_text (self, CF_REPLY_TREE_DOUBLE, line.text, line.size, error);
}

static gboolean
read_boolean (CfReplyReader *self, Line line, GError **error)
{
  if (line.size != 1 || strchr ("tTfF", line.text[0]) == NULL)
    return cf_throw (error, CF_ERROR_FAILED, "Bad bool value");
  return add_integer (self, CF_REPLY_TREE_BOOLEAN,
                      g_ascii_tolower (line.text[0]) == 't', error);
}

static gboolean
read_big_number (CfReplyReader *self, Line line, GError **error)
{
  gsize sign = line.size > 0 && (line.text[0] == '-' || line.text[0] == '+');

  for (gsize i = sign; i < line.size; i++)
    if (!g_ascii_isdigit (line.text[i]))
      return cf_throw (error, CF_ERROR_FAILED, "Bad bignum value");
  if (line.size == sign)
    return cf_throw (error, CF_ERROR_FAILED, "Bad bignum value");
  return add_text (self, CF_REPLY_TREE_BIG_NUMBER, line.text, line.size, error);
}

static gboolean
read_null (CfReplyReader *self, Line line, GError **error)
{
  if (line.size != 0)
    return cf_throw (error, CF_ERROR_FAILED, "Bad nil value");
  return add_integer (self, CF_REPLY_TREE_NIL, 0, error);
}

static gboolean
read_bulk_header (CfReplyReader *self,
                  CfReplyKind kind,
                  Line line,
                  GError **error)
{
  gint64 size;

  if (!cf_parse_int64 (line.text, line.size, &size))
    return cf_throw (error, CF_ERROR_FAILED, "Bad bulk string length");
  if (size < -1 || (size > 0 && (guint64) size > self->size_max))
    return cf_throw (error, CF_ERROR_FAILED, "Bulk string length out of range");
  if (size == -1)
    return add_integer (self, CF_REPLY_TREE_NIL, 0, error);
  self->in_bulk = TRUE;
  self->bulk_kind = kind;
  self->bulk_size = (gsize) size;
  return TRUE;
}

static gboolean
add_bulk (CfReplyReader *self, const char *text, gsize size, GError **error)
{
  if (memcmp (text + size, "\r\n", 2) != 0)
    return cf_throw (error, CF_ERROR_FAILED, "Bulk string without its end");
  if (self->bulk_kind != CF_REPLY_TREE_VERBATIM)
    return add_text (self, CF_REPLY_TREE_STRING, text, size, error);
  if (size < 4 || text[3] != ':')
    return cf_throw (error, CF_ERROR_FAILED,
                     "Verbatim string 4 bytes of content type are missing or "
                     "incorrectly encoded.");
  return add_text (self, CF_REPLY_TREE_VERBATIM, text + 4, size - 4, error);
}

static gboolean
push_frame (CfReplyReader *self,
            CfReplyTree *node,
            guint64 n_children,
            gboolean is_attribute)
{
  self->frames[self->n_frames++] = (Frame){ node, n_children, is_attribute };
  return TRUE;
}

static gboolean
read_attribute (CfReplyReader *self, guint64 n_children, GError **error)
{
  CfReplyTree *node;

  if (n_children == 0)
    return TRUE;
  node = cf_reply_tree_new ();
  if (node == NULL)
    return cf_throw (error, CF_ERROR_FAILED, "Out of memory");
  node->kind = CF_REPLY_TREE_MAP;
  return push_frame (self, node, n_children, TRUE);
}

static gboolean
read_aggregate (CfReplyReader *self, char type, Line line, GError **error)
{
  CfReplyTree *node;
  gint64 n;

  if (!cf_parse_int64 (line.text, line.size, &n))
    return cf_throw (error, CF_ERROR_FAILED, "Bad multi-bulk length");
  if (n < -1 || n > G_MAXINT64 / 2)
    return cf_throw (error, CF_ERROR_FAILED, "Multi-bulk length out of range");
  if (n == -1)
    return add_integer (self, CF_REPLY_TREE_NIL, 0, error);
  if (self->n_frames == CF_REPLY_TREE_DEPTH_MAX - 1)
    return cf_throw (error, CF_ERROR_FAILED, "Reply is nested too deeply");
  if (type == '|')
    return read_attribute (self, (guint64) n * 2, error);

  if (!add_node (self, &node, error))
    return FALSE;
  node->kind = type == '*'   ? CF_REPLY_TREE_ARRAY
               : type == '%' ? CF_REPLY_TREE_MAP
               : type == '~' ? CF_REPLY_TREE_SET
                             : CF_REPLY_TREE_PUSH;
  if (n > 0)
    return push_frame (self, node, (guint64) n * (type == '%' ? 2 : 1), FALSE);
  finish_node (self);
  return TRUE;
}

static gboolean
read_typed_line (CfReplyReader *self, char type, Line line, GError **error)
{
  switch (type)
    {
    case '+':
      return read_simple (self, CF_REPLY_TREE_STATUS, line, error);
    case '-':
      return read_simple (self, CF_REPLY_TREE_ERROR, line, error);
    case ':':
      return read_integer (self, line, error);
    case '$':
      return read_bulk_header (self, CF_REPLY_TREE_STRING, line, error);
    case '=':
      return read_bulk_header (self, CF_REPLY_TREE_VERBATIM, line, error);
    case ',':
      return read_double (self, line, error);
    case '#':
      return read_boolean (self, line, error);
    case '(':
      return read_big_number (self, line, error);
    case '_':
      return read_null (self, line, error);
    default:
      return read_aggregate (self, type, line, error);
    }
}

static gboolean
check_type (char type, GError **error)
{
  char text[2] = { type, '\0' };
  g_autofree char *shown = NULL;

  if (type != '\0' && strchr ("+-:$=,#(_*%~>|", type) != NULL)
    return TRUE;
  shown = g_ascii_isprint (type)
              ? g_strdup (text)
              : g_strdup_printf ("\\x%02x", (guint) (guchar) type);
  return cf_throw (error, CF_ERROR_FAILED,
                   "Protocol error, got \"%s\" as reply type byte", shown);
}

/* Reads one thing of the grammar, if all of it is there. */
static gboolean
read_item (CfReplyReader *self, gboolean *is_short, GError **error)
{
  const char *at = self->buffer + self->offset;
  Line line;

  *is_short = TRUE;
  if (available (self) == 0)
    return TRUE;
  if (self->in_bulk)
    {
      if (available (self) < self->bulk_size + 2)
        return TRUE;
      *is_short = FALSE;
      self->in_bulk = FALSE;
      return consume (self, self->bulk_size + 2, error) &&
             add_bulk (self, at, self->bulk_size, error);
    }
  if (!check_type (*at, error))
    return FALSE;
  if (!find_line (self, &line))
    {
      if (available (self) > self->size_max)
        return cf_throw (error, CF_ERROR_FAILED, "Reply is too big");
      return TRUE;
    }
  *is_short = FALSE;
  return consume (self, line.size + 3, error) &&
         read_typed_line (self, *at, line, error);
}

static gboolean
read_reply (CfReplyReader *self, CfReplyTree **reply, GError **error)
{
  gboolean is_short = FALSE;

  while (!is_short)
    {
      if (!read_item (self, &is_short, error))
        return FALSE;
      if (is_short || self->root == NULL || self->n_frames > 0 || self->in_bulk)
        continue;
      *reply = g_steal_pointer (&self->root);
      self->size_read = 0;
      return TRUE;
    }
  return TRUE;
}

/**
 * cf_reply_reader_next:
 * @self: a reader
 * @reply: (out) (transfer full) (nullable): the next reply, or %NULL if more
 *   bytes are needed for it
 * @error: return location for an error, or %NULL
 *
 * Returns: %FALSE if what was fed is not RESP, or breaks a limit
 */
gboolean
cf_reply_reader_next (CfReplyReader *self, CfReplyTree **reply, GError **error)
{
  *reply = NULL;
  if (self->broken == NULL && read_reply (self, reply, &self->broken))
    return TRUE;
  drop_reply (self);
  if (error != NULL)
    *error = g_error_copy (self->broken);
  return FALSE;
}
