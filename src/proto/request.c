/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "proto/request.h"

#include <stdio.h>

#include "base/number.h"
#include "proto/split.h"

#define MANY 256             /* arguments whose array is not kept for others */
#define SMALL (4 * 1024)     /* bytes that may be copied each turn */
#define OWN_MIN (16 * 1024)  /* bytes, when the own buffer is to grow */
#define BLOB_MIN (64 * 1024) /* bytes a blob begins with */
#define BLOB_GROWTH 4        /* times its bytes that a blob may take */
#define LINE_END 2           /* bytes behind a line and a bulk string */
#define UNKNOWN G_GINT64_CONSTANT (-1)

typedef struct
{
  guint i;      /* which argument */
  CfBlob *blob; /* (owned) (nullable) */
} BigArg;

/* Input lies in @base, which is the scratch or the own buffer:
 *
 *   base   start            at            filled   capacity
 *   |......|================|-------------|........|
 *     run   the request that is being read   space
 *
 * Invariants: start <= at <= filled <= capacity; @scanned is beyond @at only
 * while a line is looked for; while @blob is being filled nothing else is, and
 * at == filled; a request of which anything was read has start < filled. */
struct _CfRequest
{
  char *base; /* (nullable) between turns with nothing left */
  gsize start;
  gsize at;
  gsize scanned; /* bytes before it are known not to end the line */
  gsize filled;
  gsize capacity;
  char *scratch; /* (not owned) (nullable) lent for the turn */
  gsize scratch_size;
  char *own; /* (owned) (nullable) */
  gsize own_size;

  gboolean ready;   /* the request is whole */
  guint n_left;     /* arguments that are still to come */
  gint64 bulk;      /* size of the bulk string that comes, or UNKNOWN */
  CfBlob *blob;     /* (owned) (nullable) where it is received */
  GArray *bigs;     /* (owned) (nullable) of BigArg, in order */
  gsize blob_bytes; /* in those blobs */

  CfSlice *argv; /* @few, or (owned) */
  guint argc;
  guint argv_size;
  CfSlice few[CF_REQUEST_FEW];

  gboolean failed;
  const char *error; /* (nullable) */
  char error_text[64];
};

/**
 * cf_request_new:
 *
 * Returns: (transfer full): a reader that has read nothing
 */
CfRequest *
cf_request_new (void)
{
  CfRequest *self = g_new0 (CfRequest, 1);

  self->bulk = UNKNOWN;
  self->argv = self->few;
  self->argv_size = CF_REQUEST_FEW;
  return self;
}

/* Forgets the arguments, but not the array they were in. */
static void
drop_args (CfRequest *self)
{
  self->argc = 0;
  if (G_LIKELY (self->bigs == NULL))
    return;
  for (guint i = 0; i < self->bigs->len; i++)
    cf_blob_unref (g_array_index (self->bigs, BigArg, i).blob);
  g_clear_pointer (&self->bigs, g_array_unref);
  self->blob_bytes = 0;
}

static void
shrink_argv (CfRequest *self)
{
  if (self->argv != self->few)
    g_free (self->argv);
  self->argv = self->few;
  self->argv_size = CF_REQUEST_FEW;
}

/**
 * cf_request_free:
 * @self: (transfer full) (nullable): a reader
 */
void
cf_request_free (CfRequest *self)
{
  if (self == NULL)
    return;
  drop_args (self);
  shrink_argv (self);
  cf_blob_unref (self->blob);
  g_free (self->own);
  g_free (self);
}

static CfRequestState
fail (CfRequest *self, const char *error)
{
  self->failed = TRUE;
  self->error = error;
  return CF_REQUEST_ERROR;
}

/* -- Buffers --------------------------------------------------------------- */

/* Moves the request to the start of another buffer, or of the one it is in. */
static void
move_to (CfRequest *self, char *base, gsize capacity)
{
  char *old = self->base + self->start;
  gsize kept = self->filled - self->start;

  memmove (base, old, kept);
  for (guint i = 0; i < self->argc; i++)
    {
      gsize offset = (gsize) self->argv[i].data - (gsize) old;

      if (offset <= kept)
        self->argv[i].data = base + offset;
    }
  self->base = base;
  self->at -= self->start;
  self->scanned -= MIN (self->scanned, self->start);
  self->start = 0;
  self->filled = kept;
  self->capacity = capacity;
}

static void
start_scratch (CfRequest *self)
{
  self->base = self->scratch;
  self->capacity = self->scratch_size;
  self->start = self->at = self->scanned = self->filled = 0;
}

/* Moves the request to a new own buffer of @size bytes. */
static gboolean
move_to_own (CfRequest *self, gsize size)
{
  char *own = g_try_malloc (size);

  if (own == NULL)
    return FALSE;
  move_to (self, own, size);
  g_free (self->own);
  self->own = own;
  self->own_size = size;
  return TRUE;
}

/* Makes free space that is at least a quarter of the buffer.  What is moved
 * is small, or at most as much as the space that is won. */
static gboolean
make_room (CfRequest *self)
{
  gsize kept = self->filled - self->start;

  if (kept == 0)
    start_scratch (self);
  else if (self->base == self->own && kept <= SMALL &&
           kept <= self->scratch_size / 2)
    move_to (self, self->scratch, self->scratch_size);
  else if (self->capacity - self->filled > self->capacity / 4)
    return TRUE;
  else if (self->start > 0 && self->start >= self->capacity / 2)
    move_to (self, self->base, self->capacity);
  else
    return move_to_own (self, MAX (2 * kept, OWN_MIN));
  return TRUE;
}

/* What is left of the request that was READY. */
static void
finish_ready (CfRequest *self)
{
  drop_args (self);
  if (G_UNLIKELY (self->argv_size > MANY))
    shrink_argv (self);
  self->ready = FALSE;
  self->start = self->at;
}

/**
 * cf_request_begin:
 * @self: a reader
 * @scratch: (array length=scratch_size): a buffer that it may use until
 *   cf_request_end()
 * @scratch_size: its size in bytes, better some 16 KiB or more
 *
 * Begins a turn.
 */
void
cf_request_begin (CfRequest *self, char *scratch, gsize scratch_size)
{
  g_assert (self->scratch == NULL && scratch_size > 0);
  self->scratch = scratch;
  self->scratch_size = scratch_size;
  if (self->base == NULL)
    start_scratch (self);
}

static gboolean
grow_blob (CfRequest *self)
{
  gsize whole = (gsize) self->bulk + LINE_END;
  gsize size = MIN (whole, self->blob->capacity * BLOB_GROWTH);
  CfBlob *blob = cf_blob_try_grow (self->blob, size);

  if (blob == NULL)
    return FALSE;
  self->blob = blob;
  return TRUE;
}

/**
 * cf_request_space:
 * @self: a reader that wants more
 * @data: (out): where to receive
 * @size: (out): how many bytes, at least one
 *
 * Returns: %FALSE if there is no memory to receive more
 */
gboolean
cf_request_space (CfRequest *self, char **data, gsize *size)
{
  CfBlob *blob;

  if (self->ready)
    finish_ready (self);
  if (self->blob == NULL)
    {
      if (!make_room (self))
        return FALSE;
      *data = self->base + self->filled;
      *size = self->capacity - self->filled;
      return TRUE;
    }
  if (self->blob->size == self->blob->capacity && !grow_blob (self))
    return FALSE;
  blob = self->blob;
  *data = blob->data + blob->size;
  *size = blob->capacity - blob->size;
  return TRUE;
}

/**
 * cf_request_received:
 * @self: a reader
 * @size: how many bytes were written to where cf_request_space() said
 */
void
cf_request_received (CfRequest *self, gsize size)
{
  if (self->blob != NULL)
    {
      g_assert (size <= self->blob->capacity - self->blob->size);
      self->blob->size += size;
      return;
    }
  g_assert (size <= self->capacity - self->filled);
  self->filled += size;
}

static gboolean
keep_rest (CfRequest *self)
{
  gsize kept = self->filled - self->start;

  if (self->base == self->scratch && kept <= self->own_size &&
      self->own_size <= 4 * kept + SMALL)
    {
      move_to (self, self->own, self->own_size);
      return TRUE;
    }
  if (self->base == self->scratch || self->own_size > 4 * kept + SMALL)
    return move_to_own (self, kept + kept / 2 + 1);
  return TRUE;
}

/**
 * cf_request_end:
 * @self: a reader
 *
 * Ends a turn: the scratch is the caller's again, and what was not run is
 * kept.
 *
 * Returns: %FALSE if there is no memory to keep it; the reader can only be
 *   freed then
 */
gboolean
cf_request_end (CfRequest *self)
{
  gboolean kept = TRUE;

  if (self->ready)
    finish_ready (self);
  if (self->start < self->filled)
    kept = keep_rest (self);
  else
    {
      g_clear_pointer (&self->own, g_free);
      self->own_size = 0;
      self->base = NULL;
      shrink_argv (self);
    }
  self->scratch = NULL;
  self->scratch_size = 0;
  return kept;
}

/* -- Reading --------------------------------------------------------------- */

/* Makes room for arguments as they come, not as they are announced.  There are
 * never more than CF_REQUEST_ARGS_MAX, so twice as many is no overflow. */
static gboolean
grow_argv (CfRequest *self)
{
  guint size = self->argv_size * 2;
  CfSlice *old = self->argv == self->few ? NULL : self->argv;
  CfSlice *argv = g_try_realloc_n (old, size, sizeof (CfSlice));

  if (argv == NULL)
    return FALSE;
  if (old == NULL)
    memcpy (argv, self->few, sizeof self->few);
  self->argv = argv;
  self->argv_size = size;
  return TRUE;
}

static inline gboolean
add_arg (CfRequest *self, const char *data, gsize size)
{
  if (G_UNLIKELY (self->argc == self->argv_size) && !grow_argv (self))
    return FALSE;
  self->argv[self->argc++] = cf_slice (data, size);
  return TRUE;
}

/* Finds the byte @last of the line at @at, and that @behind bytes follow.  A
 * zero byte makes a line endless. */
static CfRequestState
find_line_end (CfRequest *self, char last, gsize behind, const char *too_long)
{
  gsize i = MAX (self->scanned, self->at);

  while (i < self->filled && self->base[i] != last && self->base[i] != '\0')
    i++;
  self->scanned = i;
  if ((i < self->filled && self->base[i] == last ? i : self->filled) -
          self->at >
      CF_REQUEST_INLINE_MAX)
    return fail (self, too_long);
  if (self->filled - i <= behind || self->base[i] != last)
    return CF_REQUEST_MORE;
  return CF_REQUEST_READY;
}

/* Reads a line that is @sign and a count of up to nine digits.  Returns what
 * follows, or NULL if it is not all there or not that simple. */
static inline const char *
scan_count (const char *at, const char *end, char sign, gint64 *count)
{
  const char *last = end - at > 12 ? at + 10 : end - 1;
  guint value, digit;

  if (end - at < 4 || *at++ != sign)
    return NULL;
  value = (guint) *at++ - '0';
  if (value > 9 || (value == 0 && *at != '\r'))
    return NULL;
  for (; at < last && (digit = (guint) *at - '0') <= 9; at++)
    value = value * 10 + digit;
  if (end - at < LINE_END || *at != '\r')
    return NULL;
  *count = value;
  return at + LINE_END;
}

static CfRequestState
fail_sign (CfRequest *self, char sign, char got)
{
  snprintf (self->error_text, sizeof self->error_text,
            "ERR Protocol error: expected '%c', got '%c'", sign,
            got == '\r' || got == '\n' ? ' ' : got);
  return fail (self, self->error_text);
}

/* Reads a line that is @sign and a number. */
static CfRequestState
read_count (CfRequest *self,
            char sign,
            gint64 *count,
            const char *too_long,
            const char *invalid)
{
  const char *line = scan_count (self->base + self->at,
                                 self->base + self->filled, sign, count);
  CfRequestState state;

  if (G_LIKELY (line != NULL))
    {
      self->at = (gsize) (line - self->base);
      return CF_REQUEST_READY;
    }
  state = find_line_end (self, '\r', 1, too_long);
  if (state != CF_REQUEST_READY)
    return state;
  line = self->base + self->at;
  if (*line != sign)
    return fail_sign (self, sign, *line);
  if (!cf_parse_int64 (line + 1, self->scanned - self->at - 1, count))
    return fail (self, invalid);
  self->at = self->scanned + LINE_END;
  return CF_REQUEST_READY;
}

static CfRequestState
read_array_length (CfRequest *self, const CfRequestLimits *limits)
{
  static const char *const invalid =
      "ERR Protocol error: invalid multibulk length";
  gint64 count;
  CfRequestState state =
      read_count (self, '*', &count,
                  "ERR Protocol error: too big mbulk count string", invalid);

  if (state != CF_REQUEST_READY)
    return state;
  if (count > CF_REQUEST_ARGS_MAX)
    return fail (self, invalid);
  if (count > CF_REQUEST_ARGS_STRANGER && limits->stranger)
    return fail (self, "ERR Protocol error: unauthenticated multibulk length");
  self->n_left = (guint) MAX (count, 0);
  return CF_REQUEST_READY;
}

/* Gives the bulk string that comes a blob, and that the bytes that came. */
static CfRequestState
start_blob (CfRequest *self)
{
  gsize whole = (gsize) self->bulk + LINE_END;
  gsize come = MIN (self->filled - self->at, whole);

  self->blob = cf_blob_try_new (MIN (whole, MAX (BLOB_MIN, come)));
  if (self->blob == NULL)
    return fail (self, NULL);
  memcpy (self->blob->data, self->base + self->at, come);
  self->blob->size = come;
  if (self->at + come == self->filled)
    self->filled = self->at;
  else
    self->at += come;
  return CF_REQUEST_READY;
}

static inline CfRequestState
read_bulk_length (CfRequest *self, const CfRequestLimits *limits)
{
  static const char *const invalid = "ERR Protocol error: invalid bulk length";
  gint64 count;
  CfRequestState state =
      read_count (self, '$', &count,
                  "ERR Protocol error: too big bulk count string", invalid);

  if (G_UNLIKELY (state != CF_REQUEST_READY))
    return state;
  if (count < 0 || count > limits->max_bulk)
    return fail (self, invalid);
  if (count > CF_REQUEST_BULK_STRANGER && limits->stranger)
    return fail (self, "ERR Protocol error: unauthenticated bulk length");
  self->bulk = count;
  return G_LIKELY (count < CF_REQUEST_BIG) ? state : start_blob (self);
}

/* Makes the blob an argument when it is whole. */
static CfRequestState
finish_blob (CfRequest *self)
{
  BigArg big = { self->argc, self->blob };

  if (self->blob->size < (gsize) self->bulk + LINE_END)
    return CF_REQUEST_MORE;
  self->blob->size = (gsize) self->bulk;
  if (!add_arg (self, big.blob->data, big.blob->size))
    return fail (self, NULL);
  if (self->bigs == NULL)
    self->bigs = g_array_new (FALSE, FALSE, sizeof (BigArg));
  g_array_append_val (self->bigs, big);
  self->blob_bytes += big.blob->size;
  self->blob = NULL;
  return CF_REQUEST_READY;
}

static inline CfRequestState
read_bulk (CfRequest *self)
{
  gsize size = (gsize) self->bulk;

  if (self->blob != NULL)
    return finish_blob (self);
  if (self->filled - self->at < size + LINE_END)
    return CF_REQUEST_MORE;
  if (!add_arg (self, self->base + self->at, size))
    return fail (self, NULL);
  self->at += size + LINE_END;
  return CF_REQUEST_READY;
}

static CfRequestState
read_args (CfRequest *self, const CfRequestLimits *limits)
{
  for (; self->n_left > 0; self->n_left--)
    {
      CfRequestState state = CF_REQUEST_READY;

      if (self->bulk == UNKNOWN)
        state = read_bulk_length (self, limits);
      if (state == CF_REQUEST_READY)
        state = read_bulk (self);
      if (state != CF_REQUEST_READY)
        return state;
      self->bulk = UNKNOWN;
    }
  return CF_REQUEST_READY;
}

static CfRequestState
split_line (CfRequest *self, char *line, gsize size)
{
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (CfSpan));

  if (!cf_split_args (line, size, spans))
    return fail (self, "ERR Protocol error: unbalanced quotes in request");
  for (guint i = 0; i < spans->len; i++)
    {
      const CfSpan *span = &g_array_index (spans, CfSpan, i);

      if (!add_arg (self, line + span->offset, span->size))
        return fail (self, NULL);
    }
  return CF_REQUEST_READY;
}

static CfRequestState
read_inline (CfRequest *self)
{
  CfRequestState state = find_line_end (
      self, '\n', 0, "ERR Protocol error: too big inline request");
  char *line = self->base + self->at;
  gsize size = self->scanned - self->at;

  if (state != CF_REQUEST_READY)
    return state;
  self->at = self->scanned + 1;
  if (size > 0 && line[size - 1] == '\r')
    size--;
  return split_line (self, line, size);
}

static CfRequestState
read_request (CfRequest *self, const CfRequestLimits *limits)
{
  CfRequestState state;

  if (self->n_left == 0)
    {
      if (self->at == self->filled)
        return CF_REQUEST_MORE;
      if (self->base[self->at] != '*')
        return read_inline (self);
      state = read_array_length (self, limits);
      if (state != CF_REQUEST_READY)
        return state;
    }
  return read_args (self, limits);
}

/**
 * cf_request_next:
 * @self: a reader
 * @limits: what a request may be
 *
 * Reads the next request from what was received.
 *
 * Returns: whether there is one
 */
CfRequestState
cf_request_next (CfRequest *self, const CfRequestLimits *limits)
{
  CfRequestState state;

  if (G_UNLIKELY (self->failed))
    return CF_REQUEST_ERROR;
  if (self->ready)
    finish_ready (self);
  state = read_request (self, limits);
  self->ready = state == CF_REQUEST_READY;
  if (state == CF_REQUEST_MORE &&
      cf_request_pending (self) > (guint64) limits->max_buffer)
    return fail (self, NULL);
  return state;
}

/**
 * cf_request_argv:
 * @self: a reader with a request that is READY
 *
 * Returns: (transfer none): the arguments
 */
const CfSlice *
cf_request_argv (const CfRequest *self)
{
  return self->argv;
}

/**
 * cf_request_argc:
 * @self: a reader with a request that is READY
 *
 * Returns: how many arguments there are
 */
guint
cf_request_argc (const CfRequest *self)
{
  return self->argc;
}

/**
 * cf_request_take_blob:
 * @self: a reader with a request that is READY
 * @i: which argument
 *
 * The argument is a slice of the blob, and now good as long as that.
 *
 * Returns: (transfer full) (nullable): the blob that the argument was received
 *   into; %NULL if it was none or was taken before
 */
CfBlob *
cf_request_take_blob (CfRequest *self, guint i)
{
  guint low = 0, high = self->bigs != NULL ? self->bigs->len : 0;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      BigArg *big = &g_array_index (self->bigs, BigArg, middle);

      if (big->i == i)
        return g_steal_pointer (&big->blob);
      if (big->i < i)
        low = middle + 1;
      else
        high = middle;
    }
  return NULL;
}

/* -- Looking ahead --------------------------------------------------------- */

/* Reads a request that is whole and simple.  Returns its end, or NULL. */
static inline const char *
scan_request (const char *at, const char *end, CfRequestAhead *ahead)
{
  gint64 n, size;

  at = scan_count (at, end, '*', &n);
  if (at == NULL || n < 2 || n > CF_REQUEST_FEW)
    return NULL;
  for (gint64 i = 0; i < n; i++)
    {
      at = scan_count (at, end, '$', &size);
      if (at == NULL || size >= CF_REQUEST_BIG || end - at < size + LINE_END)
        return NULL;
      ahead->argv[i] = cf_slice (at, (gsize) size);
      at += size + LINE_END;
    }
  ahead->argc = (guint) n;
  return at;
}

/**
 * cf_request_read_ahead:
 * @self: a reader within a turn, with or without a request that is READY
 * @ahead: (out) (array length=n): good until cf_request_space() or _end()
 * @n: how many requests to read
 *
 * Reads short and simple requests, of two arguments or more, and stops at the
 * first other.  Not for one whose client has not logged in.
 *
 * Returns: how many were read; each is either taken, in order, by
 *   cf_request_take_ahead(), or read anew by cf_request_next()
 */
guint
cf_request_read_ahead (const CfRequest *self, CfRequestAhead *ahead, guint n)
{
  const char *at = self->base + self->at;
  const char *end = self->base + self->filled;
  guint found = 0;

  if (self->base == NULL || (!self->ready && self->start != self->at))
    return 0;
  while (found < n && (at = scan_request (at, end, &ahead[found])) != NULL)
    ahead[found++].end = (gsize) (at - self->base);
  return found;
}

/**
 * cf_request_take_ahead:
 * @self: a reader within a turn
 * @ahead: the request that is next, read ahead
 *
 * Makes it the one that is READY.
 */
void
cf_request_take_ahead (CfRequest *self, const CfRequestAhead *ahead)
{
  if (self->ready)
    finish_ready (self);
  for (guint i = 0; i < ahead->argc; i++)
    self->argv[i] = ahead->argv[i];
  self->argc = ahead->argc;
  self->at = ahead->end;
  self->ready = TRUE;
}

/**
 * cf_request_error:
 * @self: a reader after an ERROR
 *
 * Returns: (transfer none) (nullable): the reply that says what is wrong;
 *   %NULL if none is to be sent
 */
const char *
cf_request_error (const CfRequest *self)
{
  return self->error;
}

/**
 * cf_request_pending:
 * @self: a reader
 *
 * Returns: how many bytes were received and not yet run; those of the request
 *   that is READY count
 */
gsize
cf_request_pending (const CfRequest *self)
{
  return self->filled - self->start + self->blob_bytes +
         (self->blob != NULL ? self->blob->size : 0);
}

/**
 * cf_request_memory:
 * @self: a reader
 *
 * Returns: how many bytes it takes, without the scratch it was lent
 */
gsize
cf_request_memory (const CfRequest *self)
{
  gsize memory = sizeof *self + self->own_size + self->blob_bytes;

  if (self->argv != self->few)
    memory += self->argv_size * sizeof (CfSlice);
  if (self->bigs != NULL)
    memory += self->bigs->len * sizeof (BigArg);
  if (self->blob != NULL)
    memory += self->blob->capacity;
  return memory;
}
