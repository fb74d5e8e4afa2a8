/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "proto/split.h"

/* Reads at @read and writes at @write, which never overtakes it. */
typedef struct
{
  const char *read;
  const char *end;
  char *write;
} Splitter;

static gboolean
at_end (const Splitter *self)
{
  return self->read == self->end || *self->read == '\0';
}

static gboolean
is_blank (char c)
{
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/* A vertical tab or a form feed stands before an argument, but does not end
 * one that is not quoted. */
static gboolean
ends_word (char c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The byte that stands @n bytes ahead, or zero behind the end. */
static char
look_ahead (const Splitter *self, gsize n)
{
  return (gsize) (self->end - self->read) > n ? self->read[n] : '\0';
}

static void
put (Splitter *self, char c, gsize n_read)
{
  self->read += n_read;
  *self->write++ = c;
}

static char
unescape (char c)
{
  switch (c)
    {
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'b':
      return '\b';
    case 'a':
      return '\a';
    default:
      return c;
    }
}

static gboolean
put_escape (Splitter *self)
{
  char next = look_ahead (self, 1);
  char high = look_ahead (self, 2), low = look_ahead (self, 3);

  if (next == '\0')
    return FALSE;
  if (next == 'x' && g_ascii_isxdigit (high) && g_ascii_isxdigit (low))
    put (self,
         (char) (g_ascii_xdigit_value (high) * 16 + g_ascii_xdigit_value (low)),
         4);
  else
    put (self, unescape (next), 2);
  return TRUE;
}

static gboolean
close_quote (Splitter *self)
{
  self->read++;
  return at_end (self) || is_blank (*self->read);
}

static gboolean
split_double_quoted (Splitter *self)
{
  for (self->read++; !at_end (self);)
    if (*self->read == '"')
      return close_quote (self);
    else if (*self->read != '\\' || !put_escape (self))
      put (self, *self->read, 1);
  return FALSE;
}

static gboolean
split_single_quoted (Splitter *self)
{
  for (self->read++; !at_end (self);)
    if (*self->read == '\'')
      return close_quote (self);
    else if (*self->read == '\\' && look_ahead (self, 1) == '\'')
      put (self, '\'', 2);
    else
      put (self, *self->read, 1);
  return FALSE;
}

static gboolean
split_word (Splitter *self)
{
  while (!at_end (self) && !ends_word (*self->read))
    if (*self->read == '"')
      return split_double_quoted (self);
    else if (*self->read == '\'')
      return split_single_quoted (self);
    else
      put (self, *self->read, 1);
  return TRUE;
}

/**
 * cf_split_args:
 * @line: (inout): what was typed; the arguments are unquoted in place
 * @size: the size of @line in bytes
 * @spans: (element-type CfSpan): where to append the place of each argument
 *   in @line
 *
 * Splits a line into arguments.  Whatever the outcome @line is no longer what
 * was typed.
 *
 * Returns: %FALSE if the quotes are unbalanced
 */
gboolean
cf_split_args (char *line, gsize size, GArray *spans)
{
  Splitter self = { line, line + size, line };
  CfSpan span;

  for (;;)
    {
      while (!at_end (&self) && is_blank (*self.read))
        self.read++;
      if (at_end (&self))
        return TRUE;
      span.offset = (gsize) (self.write - line);
      if (!split_word (&self))
        return FALSE;
      span.size = (gsize) (self.write - line) - span.offset;
      g_array_append_val (spans, span);
    }
}
