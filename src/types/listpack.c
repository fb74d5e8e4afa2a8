/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/listpack.h"

#include "base/number.h"
#include "types/listpack-element.h"

#define N_UNKNOWN 65535
#define HEADER_SIZE 6
/* Blocks give memory back when they get shorter by a multiple of this. */
#define STEP 128

struct _CfListpack
{
  guint8 total[4];
  guint8 n[2];
  guint8 elements[];
};

static inline gsize
total_of (const CfListpack *self)
{
  return cf_listpack_load (self->total, 4);
}

static inline guint8 *
bytes_at (const CfListpack *self, CfListpackAt at)
{
  return (guint8 *) self + at;
}

static gboolean
resize (CfListpack **self, gsize total)
{
  CfListpack *resized;

  if (total > CF_LISTPACK_MAX)
    return FALSE;
  resized = g_try_realloc (*self, total);
  if (resized == NULL)
    return FALSE;
  *self = resized;
  return TRUE;
}

/* Gives memory back, unless it is too little to speak of. */
static void
trim (CfListpack **self, gsize old_total)
{
  gsize total = total_of (*self);

  if (total / STEP != old_total / STEP)
    (void) resize (self, total);
}

static void
count (CfListpack *self, gssize difference)
{
  guint32 n = cf_listpack_load (self->n, 2);

  if (n != N_UNKNOWN)
    cf_listpack_store (self->n,
                       (guint64) MIN ((gssize) n + difference, N_UNKNOWN), 2);
}

/* Puts @new_size bytes, which the caller writes, in the place of @old_size;
 * NULL: no memory, or too large. */
static guint8 *
splice (CfListpack **self, CfListpackAt at, gsize old_size, gsize new_size)
{
  gsize total = total_of (*self), new_total = total - old_size + new_size;

  if (new_size == old_size)
    return bytes_at (*self, at);
  if (new_total > total && !resize (self, new_total))
    return NULL;
  if (new_total != total)
    memmove (bytes_at (*self, at) + new_size, bytes_at (*self, at) + old_size,
             total - at - old_size);
  cf_listpack_store ((*self)->total, new_total, 4);
  if (new_total < total)
    trim (self, total);
  return bytes_at (*self, at);
}

static gboolean
insert_draft (CfListpack **self,
              CfListpackAt at,
              const CfListpackDraft *element)
{
  guint8 *place;

  if (at == 0)
    at = (CfListpackAt) total_of (*self) - 1;
  place = splice (self, at, 0, cf_listpack_draft_size (element));
  if (place == NULL)
    return FALSE;
  cf_listpack_write_draft (element, place);
  count (*self, 1);
  return TRUE;
}

static gboolean
replace_draft (CfListpack **self,
               CfListpackAt at,
               const CfListpackDraft *element)
{
  guint8 *place =
      splice (self, at, cf_listpack_whole_size (bytes_at (*self, at)),
              cf_listpack_draft_size (element));

  if (place == NULL)
    return FALSE;
  cf_listpack_write_draft (element, place);
  return TRUE;
}

/* The size of the element at @at, no more than @room bytes before the end;
 * 0: it is damaged. */
static gsize
checked_size (const guint8 *at, gsize room)
{
  guint n_head = cf_listpack_head_size (*at);
  gsize body, whole;

  if (n_head == 0 || n_head > room)
    return 0;
  body = cf_listpack_body_size (at);
  whole = body + cf_listpack_back_size (body);
  if (whole > room)
    return 0;
  return cf_listpack_read_back (at + whole) == body && (at[body] & 0x80) == 0
             ? whole
             : 0;
}

static gboolean
is_sound (CfSlice bytes)
{
  const guint8 *data = (const guint8 *) bytes.data, *at, *end;
  gsize n = 0, size;

  if (bytes.size < HEADER_SIZE + 1 || bytes.size > CF_LISTPACK_MAX ||
      cf_listpack_load (data, 4) != bytes.size ||
      data[bytes.size - 1] != CF_LISTPACK_END)
    return FALSE;
  end = data + bytes.size - 1;
  for (at = data + HEADER_SIZE; at < end; at += size, n++)
    {
      size = checked_size (at, (gsize) (end - at));
      if (size == 0)
        return FALSE;
    }
  return cf_listpack_load (data + 4, 2) == N_UNKNOWN ||
         cf_listpack_load (data + 4, 2) == n;
}

/**
 * cf_listpack_new:
 *
 * Returns: (transfer full): one without elements
 */
CfListpack *
cf_listpack_new (void)
{
  CfListpack *self = g_malloc (HEADER_SIZE + 1);

  cf_listpack_store (self->total, HEADER_SIZE + 1, 4);
  cf_listpack_store (self->n, 0, 2);
  self->elements[0] = CF_LISTPACK_END;
  return self;
}

static CfListpack *
try_copy (gconstpointer bytes, gsize size)
{
  CfListpack *copy = g_try_malloc (size);

  if (copy != NULL)
    memcpy (copy, bytes, size);
  return copy;
}

/**
 * cf_listpack_try_copy:
 * @self: a listpack
 *
 * Returns: (transfer full) (nullable): another like it, %NULL without memory
 */
CfListpack *
cf_listpack_try_copy (const CfListpack *self)
{
  return try_copy (self, total_of (self));
}

/**
 * cf_listpack_try_parse:
 * @bytes: what may be a listpack
 *
 * Every element is checked, so that the other functions need not check any.
 *
 * Returns: (transfer full) (nullable): a listpack of the same bytes; %NULL if
 *   they are none, or without memory
 */
CfListpack *
cf_listpack_try_parse (CfSlice bytes)
{
  return is_sound (bytes) ? try_copy (bytes.data, bytes.size) : NULL;
}

/**
 * cf_listpack_bytes:
 * @self: a listpack
 *
 * Returns: (transfer none): the block, good until the next change
 */
CfSlice
cf_listpack_bytes (const CfListpack *self)
{
  return cf_slice ((const char *) self, total_of (self));
}

/**
 * cf_listpack_size:
 * @self: a listpack
 *
 * Returns: the bytes of the block
 */
gsize
cf_listpack_size (const CfListpack *self)
{
  return total_of (self);
}

/**
 * cf_listpack_n:
 * @self: a listpack
 *
 * Returns: how many elements there are; counts them if they are, or once
 *   were, 65535 or more
 */
gsize
cf_listpack_n (const CfListpack *self)
{
  gsize n = cf_listpack_load (self->n, 2);

  if (G_LIKELY (n != N_UNKNOWN))
    return n;
  n = 0;
  for (const guint8 *at = self->elements; *at != CF_LISTPACK_END;
       at += cf_listpack_whole_size (at))
    n++;
  return n;
}

/**
 * cf_listpack_cost:
 * @element: an element
 *
 * Returns: the bytes that it would add to a block
 */
gsize
cf_listpack_cost (CfSlice element)
{
  CfListpackDraft drafted;

  if (!cf_listpack_draft (&drafted, element))
    return element.size + CF_LISTPACK_HEAD_MAX;
  return cf_listpack_draft_size (&drafted);
}

static CfListpackAt
position (const CfListpack *self, const guint8 *at)
{
  return *at == CF_LISTPACK_END ? 0
                                : (CfListpackAt) (at - (const guint8 *) self);
}

/**
 * cf_listpack_first:
 * @self: a listpack
 *
 * Returns: where its first element is, 0 if there is none
 */
CfListpackAt
cf_listpack_first (const CfListpack *self)
{
  return position (self, self->elements);
}

/**
 * cf_listpack_last:
 * @self: a listpack
 *
 * Returns: where its last element is, 0 if there is none
 */
CfListpackAt
cf_listpack_last (const CfListpack *self)
{
  return cf_listpack_prev (self, (CfListpackAt) total_of (self) - 1);
}

/**
 * cf_listpack_next:
 * @self: a listpack
 * @at: where an element is
 *
 * Returns: where the next one is, 0 if there is none
 */
CfListpackAt
cf_listpack_next (const CfListpack *self, CfListpackAt at)
{
  const guint8 *element = bytes_at (self, at);

  return position (self, element + cf_listpack_whole_size (element));
}

/**
 * cf_listpack_prev:
 * @self: a listpack
 * @at: where an element is
 *
 * Returns: where the one before it is, 0 if there is none
 */
CfListpackAt
cf_listpack_prev (const CfListpack *self, CfListpackAt at)
{
  gsize body;

  if (at == HEADER_SIZE)
    return 0;
  body = cf_listpack_read_back (bytes_at (self, at));
  return at - (CfListpackAt) (body + cf_listpack_back_size (body));
}

/**
 * cf_listpack_seek:
 * @self: a listpack
 * @index: an index from 0 on, or from -1 backwards
 *
 * Goes from the end that is nearer.
 *
 * Returns: where that element is, 0 if there is none
 */
CfListpackAt
cf_listpack_seek (const CfListpack *self, gint64 index)
{
  gint64 n = (gint64) cf_listpack_load (self->n, 2);
  CfListpackAt at;

  if (n != N_UNKNOWN)
    {
      if (index >= n || index < -n)
        return 0;
      if (index >= 0 && index > n / 2)
        index -= n;
      else if (index < -(n / 2))
        index += n;
    }
  if (index >= 0)
    for (at = cf_listpack_first (self); at != 0 && index > 0; index--)
      at = cf_listpack_next (self, at);
  else
    for (at = cf_listpack_last (self); at != 0 && index < -1; index++)
      at = cf_listpack_prev (self, at);
  return at;
}

/**
 * cf_listpack_find:
 * @self: a listpack
 * @at: where to start; 0 finds nothing
 * @wanted: an element
 * @skip: how many to leave out after each that is looked at
 *
 * Returns: where the first one equal to @wanted is, 0 if there is none
 */
CfListpackAt
cf_listpack_find (const CfListpack *self,
                  CfListpackAt at,
                  CfSlice wanted,
                  guint skip)
{
  const guint8 *element = bytes_at (self, at);
  gint64 value = 0;
  gboolean integer = cf_parse_int64 (wanted.data, wanted.size, &value);
  guint left = 0;

  if (at == 0)
    return 0;
  for (; *element != CF_LISTPACK_END;
       element += cf_listpack_whole_size (element))
    {
      if (left > 0)
        {
          left--;
          continue;
        }
      left = skip;
      if (!cf_listpack_is_string (*element))
        {
          if (integer && cf_listpack_read_int (element) == value)
            return position (self, element);
        }
      else if (cf_listpack_string_size (element) == wanted.size &&
               (wanted.size == 0 ||
                memcmp (element + cf_listpack_head_size (*element), wanted.data,
                        wanted.size) == 0))
        return position (self, element);
    }
  return 0;
}

/**
 * cf_listpack_get:
 * @self: a listpack
 * @at: where an element is
 * @scratch: room for the digits of an integer
 *
 * Returns: (transfer none): the element, good until the next change and as
 *   long as @scratch
 */
CfSlice
cf_listpack_get (const CfListpack *self,
                 CfListpackAt at,
                 char scratch[CF_LISTPACK_SCRATCH])
{
  const guint8 *element = bytes_at (self, at);

  if (cf_listpack_is_string (*element))
    return cf_slice ((const char *) element + cf_listpack_head_size (*element),
                     cf_listpack_string_size (element));
  return cf_slice (scratch,
                   cf_format_int64 (scratch, cf_listpack_read_int (element)));
}

/**
 * cf_listpack_get_int:
 * @self: a listpack
 * @at: where an element is
 * @value: (out): the integer
 *
 * Returns: whether it is kept as an integer
 */
gboolean
cf_listpack_get_int (const CfListpack *self, CfListpackAt at, gint64 *value)
{
  const guint8 *element = bytes_at (self, at);

  if (cf_listpack_is_string (*element))
    return FALSE;
  *value = cf_listpack_read_int (element);
  return TRUE;
}

/**
 * cf_listpack_equal:
 * @self: a listpack
 * @at: where an element is
 * @bytes: what it may be
 *
 * Returns: whether the element is @bytes
 */
gboolean
cf_listpack_equal (const CfListpack *self, CfListpackAt at, CfSlice bytes)
{
  char scratch[CF_LISTPACK_SCRATCH];

  return cf_slice_equal (cf_listpack_get (self, at, scratch), bytes);
}

/**
 * cf_listpack_insert:
 * @self: a listpack
 * @at: before which element; 0: at the end
 * @element: what, not from the listpack itself
 *
 * Returns: %FALSE when it would be too large, or without memory; nothing has
 *   changed then
 */
gboolean
cf_listpack_insert (CfListpack **self, CfListpackAt at, CfSlice element)
{
  CfListpackDraft drafted;

  return cf_listpack_draft (&drafted, element) &&
         insert_draft (self, at, &drafted);
}

/**
 * cf_listpack_insert_int:
 * @self: a listpack
 * @at: before which element; 0: at the end
 * @element: what
 *
 * Returns: %FALSE when it would be too large, or without memory; nothing has
 *   changed then
 */
gboolean
cf_listpack_insert_int (CfListpack **self, CfListpackAt at, gint64 element)
{
  CfListpackDraft drafted;

  cf_listpack_draft_int (&drafted, element);
  return insert_draft (self, at, &drafted);
}

/**
 * cf_listpack_replace:
 * @self: a listpack
 * @at: where an element is
 * @element: what to put in its place, not from the listpack itself
 *
 * Returns: %FALSE when it would be too large, or without memory; nothing has
 *   changed then
 */
gboolean
cf_listpack_replace (CfListpack **self, CfListpackAt at, CfSlice element)
{
  CfListpackDraft drafted;

  return cf_listpack_draft (&drafted, element) &&
         replace_draft (self, at, &drafted);
}

/**
 * cf_listpack_replace_int:
 * @self: a listpack
 * @at: where an element is
 * @element: what to put in its place
 *
 * Returns: %FALSE when it would be too large, or without memory; nothing has
 *   changed then
 */
gboolean
cf_listpack_replace_int (CfListpack **self, CfListpackAt at, gint64 element)
{
  CfListpackDraft drafted;

  cf_listpack_draft_int (&drafted, element);
  return replace_draft (self, at, &drafted);
}

/**
 * cf_listpack_remove:
 * @self: a listpack
 * @at: where an element is
 * @n: how many to remove from there on; fewer if there are no more
 *
 * Returns: @at if an element followed, else 0
 */
CfListpackAt
cf_listpack_remove (CfListpack **self, CfListpackAt at, gsize n)
{
  const guint8 *first = bytes_at (*self, at), *end = first;
  gsize removed = 0;

  for (; removed < n && *end != CF_LISTPACK_END; removed++)
    end += cf_listpack_whole_size (end);
  (void) splice (self, at, (gsize) (end - first), 0);
  count (*self, -(gssize) removed);
  return position (*self, bytes_at (*self, at));
}

/**
 * cf_listpack_append_all:
 * @self: a listpack
 * @other: another one
 *
 * Appends the elements of @other.
 *
 * Returns: %FALSE when it would be too large, or without memory; nothing has
 *   changed then
 */
gboolean
cf_listpack_append_all (CfListpack **self, const CfListpack *other)
{
  gsize size = total_of (other) - HEADER_SIZE - 1;
  guint32 n = cf_listpack_load (other->n, 2);
  guint8 *place = splice (self, (CfListpackAt) total_of (*self) - 1, 0, size);

  if (place == NULL)
    return FALSE;
  memcpy (place, other->elements, size);
  if (n == N_UNKNOWN)
    cf_listpack_store ((*self)->n, N_UNKNOWN, 2);
  else
    count (*self, (gssize) n);
  return TRUE;
}

G_STATIC_ASSERT (offsetof (CfListpack, elements) == HEADER_SIZE);
G_STATIC_ASSERT (CF_LISTPACK_SCRATCH >= CF_INT64_SIZE);
