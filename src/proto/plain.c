/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "proto/plain.h"

/* Input from @at to @end is what the caller gave, or what was kept. */
struct _CfPlain
{
  gsize max_size; /* bytes of a request, its end not among them */
  const char *at; /* (nullable) */
  const char *end;
  gsize scanned;      /* bytes from @at known to hold no newline */
  gboolean ended;     /* with @end a request ends, too */
  gboolean after_cut; /* a newline now belongs to the request before */
  gboolean invalid;
  char *kept; /* (owned) (nullable) */
  gsize kept_size;
  gsize kept_capacity;
};

/**
 * cf_plain_new:
 * @max_size: how many bytes a request may have
 *
 * Returns: (transfer full): a reader that has read nothing
 */
CfPlain *
cf_plain_new (gsize max_size)
{
  CfPlain *self = g_new0 (CfPlain, 1);

  self->max_size = MIN (max_size, G_MAXSSIZE);
  return self;
}

/**
 * cf_plain_free:
 * @self: (transfer full) (nullable): a reader
 */
void
cf_plain_free (CfPlain *self)
{
  if (self == NULL)
    return;
  g_free (self->kept);
  g_free (self);
}

static gboolean
keep (CfPlain *self, const char *data, gsize size)
{
  if (size > self->kept_capacity - self->kept_size)
    {
      gsize capacity = 2 * (self->kept_size + size);
      char *kept = g_try_realloc (self->kept, capacity);

      if (kept == NULL)
        return FALSE;
      self->kept = kept;
      self->kept_capacity = capacity;
    }
  if (size > 0)
    memcpy (self->kept + self->kept_size, data, size);
  self->kept_size += size;
  return TRUE;
}

/**
 * cf_plain_begin:
 * @self: a reader that wants more
 * @data: (array length=size) (nullable): what was read; requests are slices of
 *   it, or of a copy that is good until this reader is called again
 * @size: its size; may be 0
 * @ended: %FALSE if more may be waiting to be read, because the read filled its
 *   buffer.  If then none is, this is to be called again with no bytes.
 *
 * Begins to read the requests of @data.
 *
 * Returns: %FALSE if there is no memory to join @data to what was kept
 */
gboolean
cf_plain_begin (CfPlain *self, const char *data, gsize size, gboolean ended)
{
  self->ended = ended;
  self->at = data;
  self->end = size > 0 ? data + size : data;
  if (self->kept_size == 0)
    {
      g_clear_pointer (&self->kept, g_free);
      self->kept_capacity = 0;
      return TRUE;
    }
  if (!keep (self, data, size))
    return FALSE;
  self->at = self->kept;
  self->end = self->kept + self->kept_size;
  return TRUE;
}

/* Nothing more can be read of the input; what is left of it stays. */
static CfPlainKind
keep_rest (CfPlain *self)
{
  gsize left = (gsize) (self->end - self->at);

  self->scanned = left;
  if (self->kept_size == 0 && !keep (self, self->at, left))
    {
      self->invalid = TRUE;
      return CF_PLAIN_INVALID;
    }
  if (self->kept_size > left)
    memmove (self->kept, self->at, left);
  self->kept_size = left;
  self->at = self->kept;
  self->end = left > 0 ? self->kept + left : self->kept;
  return CF_PLAIN_MORE;
}

/* Skips the newline that belongs to the request before; a carriage return that
 * may be half of one is left until that is known. */
static void
skip_newline (CfPlain *self)
{
  gsize left = (gsize) (self->end - self->at);
  gboolean half = left > 0 && *self->at == '\r';

  if (!self->after_cut || left == 0 || (left == 1 && half && !self->ended))
    return;
  if (left == 1 && half)
    {
      self->at++;
      return;
    }
  half = half && self->at[1] == '\n';
  self->at += half || *self->at == '\n' ? half + 1 : 0;
  self->after_cut = FALSE;
  self->scanned = 0;
}

static CfPlainKind
parse (const char *line, gsize size, CfPlainRequest *request)
{
  gboolean set = size > 4 && memcmp (line, "set ", 4) == 0;
  const char *key = line + 4, *end = line + size, *blank;

  if (!set && !(size > 4 && memcmp (line, "get ", 4) == 0))
    return CF_PLAIN_INVALID;
  blank = memchr (key, ' ', (gsize) (end - key));
  if (blank == key || (blank == NULL) == set || (set && blank + 1 == end))
    return CF_PLAIN_INVALID;
  if (!set)
    {
      *request = (CfPlainRequest){ .key = cf_slice (key, size - 4) };
      return CF_PLAIN_GET;
    }
  request->key = cf_slice (key, (gsize) (blank - key));
  request->value = cf_slice (blank + 1, (gsize) (end - blank - 1));
  return CF_PLAIN_SET;
}

/**
 * cf_plain_next:
 * @self: a reader
 * @request: (out): the request, if there is one
 *
 * Returns: what kind of request is next
 */
CfPlainKind
cf_plain_next (CfPlain *self, CfPlainRequest *request)
{
  const char *line, *newline;
  gsize size;
  CfPlainKind kind;

  if (self->invalid)
    return CF_PLAIN_INVALID;
  skip_newline (self);
  size = (gsize) (self->end - self->at);
  newline = size > self->scanned
                ? memchr (self->at + self->scanned, '\n', size - self->scanned)
                : NULL;
  if (newline == NULL &&
      (size == 0 || (!self->ended && size <= self->max_size + 1)))
    return keep_rest (self);
  line = self->at;
  self->at = self->end;
  self->scanned = 0;
  self->after_cut = newline == NULL;
  if (newline != NULL)
    {
      size = (gsize) (newline - line);
      self->at = newline + 1;
    }
  if (size > 0 && line[size - 1] == '\r')
    size--;
  kind =
      size <= self->max_size ? parse (line, size, request) : CF_PLAIN_INVALID;
  self->invalid = kind == CF_PLAIN_INVALID;
  return kind;
}

/**
 * cf_plain_end:
 * @self: a reader that was begun
 *
 * Keeps what was not read of the input, which need not stay after this.
 *
 * Returns: %FALSE if there is no memory for it
 */
gboolean
cf_plain_end (CfPlain *self)
{
  gsize scanned = self->scanned;
  gboolean kept = keep_rest (self) == CF_PLAIN_MORE;

  self->scanned = scanned;
  return kept;
}

/**
 * cf_plain_memory:
 * @self: a reader
 *
 * Returns: the bytes that it takes
 */
gsize
cf_plain_memory (const CfPlain *self)
{
  return sizeof *self + self->kept_capacity;
}
