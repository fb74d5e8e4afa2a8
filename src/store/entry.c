/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/entry.h"

#include "base/memory.h"
#include "base/number.h"

#define HEADER_SIZE (offsetof (CfEntry, rest))
#define SHORT_KEY_MAX 254
#define POINTER_SIZE (sizeof (gpointer))

/* What of a value stands in the entry itself. */
static gsize
payload_size (const CfValue *value)
{
  if (value->blob != NULL || value->object != NULL)
    return POINTER_SIZE;
  return value->encoding == CF_ENCODING_INT ? sizeof (gint64)
                                            : value->bytes.size;
}

static gsize
deadline_size (const CfEntry *self)
{
  return cf_entry_is_volatile (self) ? sizeof (gint64) : 0;
}

static gsize
key_offset (const CfEntry *self)
{
  return deadline_size (self) +
         ((self->flags & CF_ENTRY_LONG_KEY) != 0 ? sizeof (guint32) : 0);
}

static gsize
key_size (const CfEntry *self)
{
  guint32 size;

  if ((self->flags & CF_ENTRY_LONG_KEY) == 0)
    return self->key_size;
  memcpy (&size, self->rest + deadline_size (self), sizeof size);
  return size;
}

static gsize
value_offset (const CfEntry *self)
{
  return key_offset (self) + key_size (self);
}

static void
set_kind (CfEntry *self, CfType type, CfEncoding encoding)
{
  __atomic_store_n (&self->kind, (guint8) (type | encoding << 4),
                    __ATOMIC_RELAXED);
}

static void
write_pointer (CfEntry *self, gconstpointer pointer)
{
  memcpy (self->rest + value_offset (self), &pointer, POINTER_SIZE);
}

/* Writes the flags only if need be: walkers read them. */
static void
set_pointer_flags (CfEntry *self, const CfValue *value)
{
  guint8 flags = (guint8) (self->flags & ~(CF_ENTRY_BLOB | CF_ENTRY_OBJECT));

  if (value->blob != NULL)
    flags |= CF_ENTRY_BLOB;
  if (value->object != NULL)
    flags |= CF_ENTRY_OBJECT;
  if (flags != self->flags)
    self->flags = flags;
}

static void
free_value (CfEntry *self)
{
  if ((self->flags & CF_ENTRY_BLOB) != 0)
    cf_blob_unref (cf_entry_blob (self));
  if ((self->flags & CF_ENTRY_OBJECT) != 0)
    cf_object_free (cf_entry_object (self));
}

/* Writes a value that fits the block; takes its blob or object. */
static void
write_value (CfEntry *self, const CfValue *value)
{
  char *at = self->rest + value_offset (self);

  set_kind (self, value->type, value->encoding);
  set_pointer_flags (self, value);
  self->value_size = 0;
  if (value->blob != NULL)
    write_pointer (self, value->blob);
  else if (value->object != NULL)
    write_pointer (self, value->object);
  else if (value->encoding == CF_ENCODING_INT)
    memcpy (at, &value->number, sizeof value->number);
  else
    {
      self->value_size = (guint16) value->bytes.size;
      if (value->bytes.size != 0)
        memmove (at, value->bytes.data, value->bytes.size);
    }
}

/* A string too long to stand in the entry becomes a blob. */
static gboolean
settle_value (CfValue *value)
{
  if (value->blob != NULL || value->object != NULL ||
      value->encoding == CF_ENCODING_INT ||
      value->bytes.size <= CF_ENTRY_INLINE_MAX)
    return TRUE;
  value->blob = cf_blob_try_new (value->bytes.size);
  if (value->blob == NULL)
    return FALSE;
  memcpy (value->blob->data, value->bytes.data, value->bytes.size);
  value->blob->size = value->bytes.size;
  return TRUE;
}

static CfEntry *
try_new_settled (CfSlice key, const CfValue *value, gint64 deadline_ms)
{
  gboolean is_volatile = deadline_ms != CF_NO_DEADLINE;
  gboolean has_long_key = key.size > SHORT_KEY_MAX;
  CfEntry *self =
      g_try_malloc (HEADER_SIZE + (is_volatile ? 8u : 0u) +
                    (has_long_key ? 4u : 0u) + key.size + payload_size (value));
  guint32 long_size = (guint32) key.size;

  if (self == NULL)
    return NULL;
  self->flags = (guint8) ((is_volatile ? CF_ENTRY_VOLATILE : 0) |
                          (has_long_key ? CF_ENTRY_LONG_KEY : 0));
  self->key_size = has_long_key ? 255 : (guint8) key.size;
  cf_entry_set_access (self, 0);
  if (is_volatile)
    memcpy (self->rest, &deadline_ms, sizeof deadline_ms);
  if (has_long_key)
    memcpy (self->rest + deadline_size (self), &long_size, sizeof long_size);
  if (key.size != 0)
    memcpy (self->rest + key_offset (self), key.data, key.size);
  write_value (self, value);
  return self;
}

/**
 * cf_entry_try_new:
 * @key: the key, at most CF_KEY_MAX bytes; copied
 * @value: the value, whose blob or object is taken
 * @deadline_ms: milliseconds since the epoch, or CF_NO_DEADLINE
 *
 * Returns: (transfer full) (nullable): an entry; %NULL if there is no memory,
 *   and @value then is not taken
 */
CfEntry *
cf_entry_try_new (CfSlice key, const CfValue *value, gint64 deadline_ms)
{
  CfValue settled = *value;
  CfEntry *self;

  if (!settle_value (&settled))
    return NULL;
  self = try_new_settled (key, &settled, deadline_ms);
  if (self == NULL && settled.blob != value->blob)
    cf_blob_unref (settled.blob);
  return self;
}

/**
 * cf_entry_assign:
 * @self: an entry
 * @value: the new value, whose blob or object is taken
 *
 * Puts @value in the place of the present one if the block is large enough
 * and not much too large.
 *
 * Returns: %FALSE if it does not fit; nothing was changed then
 */
gboolean
cf_entry_assign (CfEntry *self, const CfValue *value)
{
  gsize fixed = HEADER_SIZE + value_offset (self);
  gsize now = fixed + self->value_size;
  gsize size = fixed + payload_size (value);
  gsize usable;

  if (value->blob == NULL && value->object == NULL &&
      value->encoding != CF_ENCODING_INT &&
      value->bytes.size > CF_ENTRY_INLINE_MAX)
    return FALSE;
  /* The common case needs no question to the allocator. */
  if (size > now || now > 128)
    {
      usable = cf_memory_usable (self);
      if (size > usable || (usable > 128 && size < usable / 2))
        return FALSE;
    }
  free_value (self);
  write_value (self, value);
  return TRUE;
}

/**
 * cf_entry_try_remake:
 * @self: an entry
 * @key: the key of the new one
 * @deadline_ms: its deadline, or CF_NO_DEADLINE
 *
 * Makes an entry with the value and the access field of @self.  A blob or an
 * object passes to the new entry: @self is then to be freed.
 *
 * Returns: (transfer full) (nullable): the entry; %NULL if there is no memory,
 *   and @self is unchanged
 */
CfEntry *
cf_entry_try_remake (CfEntry *self, CfSlice key, gint64 deadline_ms)
{
  CfValue value = {
    .type = cf_entry_type (self),
    .encoding = cf_entry_encoding (self),
  };
  CfEntry *made;

  if ((self->flags & CF_ENTRY_BLOB) != 0)
    value.blob = cf_entry_blob (self);
  else if ((self->flags & CF_ENTRY_OBJECT) != 0)
    value.object = cf_entry_object (self);
  else if (value.encoding == CF_ENCODING_INT)
    value.number = cf_entry_int (self);
  else
    value.bytes = cf_slice (self->rest + value_offset (self), self->value_size);
  made = try_new_settled (key, &value, deadline_ms);
  if (made == NULL)
    return NULL;
  cf_entry_set_access (made, cf_entry_access (self));
  self->flags &= (guint8) ~(CF_ENTRY_BLOB | CF_ENTRY_OBJECT);
  return made;
}

/**
 * cf_entry_free:
 * @self: (nullable) (transfer full): an entry that no table holds
 *
 * Frees the entry and its value.
 */
void
cf_entry_free (CfEntry *self)
{
  if (self == NULL)
    return;
  free_value (self);
  g_free (self);
}

/**
 * cf_entry_key:
 * @self: an entry
 *
 * Returns: its key, good as long as @self is
 */
CfSlice
cf_entry_key (const CfEntry *self)
{
  return cf_slice (self->rest + key_offset (self), key_size (self));
}

/**
 * cf_entry_deadline:
 * @self: an entry
 *
 * Returns: milliseconds since the epoch, or CF_NO_DEADLINE
 */
gint64
cf_entry_deadline (const CfEntry *self)
{
  gint64 deadline_ms;

  if (!cf_entry_is_volatile (self))
    return CF_NO_DEADLINE;
  memcpy (&deadline_ms, self->rest, sizeof deadline_ms);
  return deadline_ms;
}

/**
 * cf_entry_set_deadline:
 * @self: a volatile entry that is in no index of deadlines
 * @deadline_ms: milliseconds since the epoch
 */
void
cf_entry_set_deadline (CfEntry *self, gint64 deadline_ms)
{
  g_assert (cf_entry_is_volatile (self));
  memcpy (self->rest, &deadline_ms, sizeof deadline_ms);
}

/**
 * cf_entry_access:
 * @self: an entry
 *
 * Returns: the 24 bits that eviction goes by; see cf_keyspace_accessed()
 */
guint32
cf_entry_access (const CfEntry *self)
{
  guint32 access = 0;

  for (guint i = 0; i < 3; i++)
    access |= (guint32) __atomic_load_n (&self->access[i], __ATOMIC_RELAXED)
              << 8 * i;
  return access;
}

/**
 * cf_entry_set_access:
 * @self: an entry
 * @access: 24 bits
 *
 * Sets the access field; readers need no lock.
 */
void
cf_entry_set_access (CfEntry *self, guint32 access)
{
  for (guint i = 0; i < 3; i++)
    __atomic_store_n (&self->access[i], (guint8) (access >> 8 * i),
                      __ATOMIC_RELAXED);
}

/**
 * cf_entry_memory:
 * @self: an entry that is held
 * @samples: how many elements of a collection to look at, 0 for all
 *
 * Returns: the bytes that the entry and its value take, as the allocator
 *   rounds them; a shared blob counts in full
 */
gsize
cf_entry_memory (const CfEntry *self, gsize samples)
{
  gsize bytes = cf_memory_usable (self);

  if ((self->flags & CF_ENTRY_BLOB) != 0)
    bytes += cf_memory_usable (cf_entry_blob (self));
  else if ((self->flags & CF_ENTRY_OBJECT) != 0)
    bytes += cf_object_memory (cf_entry_object (self), samples);
  return bytes;
}

/**
 * cf_entry_is_large:
 * @self: an entry that is held
 *
 * Returns: %TRUE if going over all of its value takes long
 */
gboolean
cf_entry_is_large (const CfEntry *self)
{
  if ((self->flags & CF_ENTRY_BLOB) != 0)
    return cf_entry_blob (self)->size > CF_ENTRY_LARGE_STRING;
  return (self->flags & CF_ENTRY_OBJECT) != 0 &&
         cf_object_n_elements (cf_entry_object (self)) >
             CF_OBJECT_LARGE_ELEMENTS;
}

/**
 * cf_entry_is_bulky:
 * @self: an entry that is in no table
 *
 * Returns: %TRUE if freeing it takes long
 */
gboolean
cf_entry_is_bulky (const CfEntry *self)
{
  if ((self->flags & CF_ENTRY_BLOB) != 0)
    return cf_entry_blob (self)->capacity > CF_ENTRY_LARGE_STRING;
  return (self->flags & CF_ENTRY_OBJECT) != 0 &&
         cf_object_n_blocks (cf_entry_object (self)) > CF_OBJECT_LARGE_BLOCKS;
}

/**
 * cf_value_string:
 * @bytes: a string
 *
 * Returns: a value of it, encoded as an integer if it is the text of one, as
 *   short string or as long string
 */
CfValue
cf_value_string (CfSlice bytes)
{
  CfValue value = {
    .type = CF_TYPE_STRING,
    .encoding = bytes.size <= CF_ENTRY_EMBSTR_MAX ? CF_ENCODING_EMBSTR
                                                  : CF_ENCODING_RAW,
    .bytes = bytes,
  };

  if (cf_parse_int64 (bytes.data, bytes.size, &value.number))
    value.encoding = CF_ENCODING_INT;
  return value;
}

/**
 * cf_value_raw:
 * @bytes: a string, not copied
 *
 * Returns: a string that is to be stored as it is
 */
CfValue
cf_value_raw (CfSlice bytes)
{
  return (CfValue){
    .type = CF_TYPE_STRING,
    .encoding = CF_ENCODING_RAW,
    .bytes = bytes,
  };
}

/**
 * cf_value_int:
 * @number: a number
 *
 * Returns: a string that is stored as a number
 */
CfValue
cf_value_int (gint64 number)
{
  return (CfValue){
    .type = CF_TYPE_STRING,
    .encoding = CF_ENCODING_INT,
    .number = number,
  };
}

/**
 * cf_value_blob:
 * @blob: (transfer full): a string; shared from now on, unless this was the
 *   only reference
 *
 * Returns: it as a value, which owns it
 */
CfValue
cf_value_blob (CfBlob *blob)
{
  return (CfValue){
    .type = CF_TYPE_STRING,
    .encoding = CF_ENCODING_RAW,
    .blob = blob,
  };
}

/**
 * cf_value_object:
 * @object: (transfer full): what is no string
 *
 * Returns: it as a value, which owns it
 */
CfValue
cf_value_object (CfObject *object)
{
  return (CfValue){ .type = cf_object_type (object), .object = object };
}

/**
 * cf_value_drop:
 * @self: a value that no entry has taken
 *
 * Frees what the value owns.
 */
void
cf_value_drop (CfValue *self)
{
  if (self->blob != NULL)
    cf_blob_unref (self->blob);
  self->blob = NULL;
  g_clear_pointer (&self->object, cf_object_free);
}

/**
 * cf_entry_try_copy_value:
 * @self: an entry that is held
 * @value: (out): a value equal to that of @self, in the same encoding; its
 *   bytes are those of @self, its blob is a new reference and its object a
 *   copy (to be put, or dropped)
 *
 * Returns: %FALSE if there is no memory
 */
gboolean
cf_entry_try_copy_value (const CfEntry *self, CfValue *value)
{
  *value = (CfValue){
    .type = cf_entry_type (self),
    .encoding = cf_entry_encoding (self),
  };
  if ((self->flags & CF_ENTRY_BLOB) != 0)
    value->blob = cf_blob_ref (cf_entry_blob (self));
  else if ((self->flags & CF_ENTRY_OBJECT) != 0)
    {
      value->object = cf_object_try_copy (cf_entry_object (self));
      return value->object != NULL;
    }
  else if (value->encoding == CF_ENCODING_INT)
    value->number = cf_entry_int (self);
  else
    value->bytes =
        cf_slice (self->rest + value_offset (self), self->value_size);
  return TRUE;
}

/**
 * cf_entry_string:
 * @self: an entry with a string
 * @scratch: where an integer's digits are written
 *
 * Returns: the bytes, good as long as neither @self nor @scratch changes
 */
CfSlice
cf_entry_string (const CfEntry *self, char scratch[32])
{
  if ((self->flags & CF_ENTRY_BLOB) != 0)
    return cf_blob_slice (cf_entry_blob (self));
  if (cf_entry_encoding (self) == CF_ENCODING_INT)
    return cf_slice (scratch, cf_format_int64 (scratch, cf_entry_int (self)));
  return cf_slice (self->rest + value_offset (self), self->value_size);
}

/**
 * cf_entry_string_size:
 * @self: an entry of a string
 *
 * Returns: the length of the string in bytes
 */
gsize
cf_entry_string_size (const CfEntry *self)
{
  char scratch[32];

  return cf_entry_string (self, scratch).size;
}

/**
 * cf_entry_int:
 * @self: an entry with a string in encoding INT
 *
 * Returns: the number
 */
gint64
cf_entry_int (const CfEntry *self)
{
  gint64 number;

  g_assert (cf_entry_encoding (self) == CF_ENCODING_INT);
  memcpy (&number, self->rest + value_offset (self), sizeof number);
  return number;
}

/**
 * cf_entry_set_int:
 * @self: an entry with a string in encoding INT
 * @number: the number it has from now on
 */
void
cf_entry_set_int (CfEntry *self, gint64 number)
{
  g_assert (cf_entry_encoding (self) == CF_ENCODING_INT);
  memcpy (self->rest + value_offset (self), &number, sizeof number);
}

/**
 * cf_entry_blob:
 * @self: an entry with the flag CF_ENTRY_BLOB
 *
 * Returns: (transfer none): its string
 */
CfBlob *
cf_entry_blob (const CfEntry *self)
{
  CfBlob *blob;

  g_assert ((self->flags & CF_ENTRY_BLOB) != 0);
  memcpy (&blob, self->rest + value_offset (self), POINTER_SIZE);
  return blob;
}

/**
 * cf_entry_object:
 * @self: an entry of any type but string
 *
 * Returns: (transfer none): its value, which is changed in place
 */
CfObject *
cf_entry_object (const CfEntry *self)
{
  CfObject *object;

  g_assert ((self->flags & CF_ENTRY_OBJECT) != 0);
  memcpy (&object, self->rest + value_offset (self), POINTER_SIZE);
  return object;
}

/**
 * cf_entry_try_own_blob:
 * @self: an entry with the flag CF_ENTRY_BLOB
 * @capacity: bytes there must be room for
 *
 * Makes @self the only one to refer to its string, and makes room in it.
 *
 * Returns: (transfer none) (nullable): the string, whose bytes and size may
 *   be changed; %NULL if there is no memory, and nothing was changed
 */
CfBlob *
cf_entry_try_own_blob (CfEntry *self, gsize capacity)
{
  CfBlob *blob = cf_entry_blob (self);
  CfBlob *own;

  if (cf_blob_is_shared (blob))
    {
      own = cf_blob_try_new (MAX (capacity, blob->size));
      if (own == NULL)
        return NULL;
      memcpy (own->data, blob->data, blob->size);
      own->size = blob->size;
      cf_blob_unref (blob);
    }
  else if (capacity > blob->capacity)
    {
      own = cf_blob_try_grow (blob, capacity);
      if (own == NULL)
        return NULL;
    }
  else
    return blob;
  write_pointer (self, own);
  return own;
}

/**
 * cf_entry_writable:
 * @self: an entry with a string in encoding RAW or EMBSTR
 *
 * The string is RAW from then on.  A shared blob is copied first.
 *
 * Returns: (transfer none) (nullable): the bytes, to be changed in place but
 *   not in number; %NULL if there is no memory
 */
char *
cf_entry_writable (CfEntry *self)
{
  CfBlob *blob;

  g_assert (cf_entry_encoding (self) != CF_ENCODING_INT);
  set_kind (self, cf_entry_type (self), CF_ENCODING_RAW);
  if ((self->flags & CF_ENTRY_BLOB) == 0)
    return self->rest + value_offset (self);
  blob = cf_entry_try_own_blob (self, 0);
  return blob != NULL ? blob->data : NULL;
}
