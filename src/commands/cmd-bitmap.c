/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "commands/cmd-bitmap.h"

#include "base/number.h"
#include "commands/commands.h"
#include "commands/edit.h"
#include "types/bits.h"

/**
 * cf_bitmap_get_offset:
 * @call: a call
 * @i: number of the argument that says which bit
 * @scale: what an offset after a "#" counts in, bits; 0 if there may be none
 * @offset: (out): number of the bit
 * @error: return location for an error, or %NULL
 *
 * Returns: whether the argument names a bit that a string may have
 */
gboolean
cf_bitmap_get_offset (
    CfCall *call, guint i, guint scale, guint64 *offset, GError **error)
{
  CfSlice text = call->argv[i];
  gboolean scaled = scale > 0 && text.size > 0 && text.data[0] == '#';
  gint64 most =
      cf_config_get_int (call->engine->config, CF_SETTING_PROTO_MAX_BULK_LEN);
  gint64 value;

  if (cf_parse_int64 (text.data + scaled, text.size - scaled, &value))
    {
      /* A product beyond 64 bits wraps around, as it does in Redis. */
      if (scaled)
        value = (gint64) ((guint64) value * scale);
      if (value >= 0 && value / 8 < most)
        {
          *offset = (guint64) value;
          return TRUE;
        }
    }
  return cf_throw (error, CF_ERROR_FAILED,
                   "bit offset is not an integer or out of range");
}

static gboolean
setbit (CfCall *call, GError **error)
{
  CfEntry *entry;
  guint64 offset;
  gint64 bit;
  gboolean grows, before;
  char *data;

  if (!cf_bitmap_get_offset (call, 2, 0, &offset, error))
    return FALSE;
  if (!cf_parse_int64 (call->argv[3].data, call->argv[3].size, &bit) ||
      (bit != 0 && bit != 1))
    return cf_throw (error, CF_ERROR_FAILED,
                     "bit is not an integer or out of range");
  if (!cf_call_write_string (call, 1, &entry, error))
    return FALSE;
  grows = entry == NULL || cf_entry_string_size (entry) <= offset / 8;
  data = cf_edit_string (call, 1, entry, offset / 8 + 1, error);
  if (data == NULL)
    return FALSE;
  before = cf_bits_set (data, offset, bit != 0);
  if (grows || before != bit)
    cf_call_changed (call, 1, CF_NOTIFY_STRING, "setbit");
  cf_reply_int (&call->reply, before);
  return TRUE;
}

static gboolean
getbit (CfCall *call, GError **error)
{
  char scratch[32];
  CfEntry *entry;
  guint64 offset;

  if (!cf_bitmap_get_offset (call, 2, 0, &offset, error) ||
      !cf_call_read_string (call, 1, &entry, error))
    return FALSE;
  cf_reply_int (&call->reply,
                entry != NULL &&
                    cf_bits_get (cf_entry_string (entry, scratch), offset));
  return TRUE;
}

/* A range of bytes or bits as a client gives it. */
typedef struct
{
  gint64 start;
  gint64 end;
  gboolean in_bits;
  gboolean has_end;
} Range;

/* Parses what stands from argument @i: [start [end [BYTE | BIT]]]. */
static gboolean
parse_ends (CfCall *call, guint i, Range *range, GError **error)
{
  *range = (Range){ 0, -1, FALSE, FALSE };
  if (call->argc > i + 3)
    return cf_call_syntax_error (error);
  if (call->argc > i && !cf_call_get_int (call, i, &range->start, error))
    return FALSE;
  range->has_end = call->argc > i + 1;
  return !range->has_end || cf_call_get_int (call, i + 1, &range->end, error);
}

static gboolean
parse_unit (CfCall *call, guint i, Range *range, GError **error)
{
  range->in_bits = cf_call_is (call, i + 2, "BIT");
  if (call->argc <= i + 2 || range->in_bits || cf_call_is (call, i + 2, "BYTE"))
    return TRUE;
  return cf_call_syntax_error (error);
}

/* The bits of a string of @size bytes that are in @range; FALSE: none. */
static gboolean
resolve_range (const Range *range, gsize size, guint64 *first, guint64 *last)
{
  gint64 total = (gint64) size * (range->in_bits ? 8 : 1);
  gint64 start = range->start < 0 ? range->start + total : range->start;
  gint64 end = range->end < 0 ? range->end + total : range->end;

  start = MAX (start, 0);
  end = MIN (MAX (end, 0), total - 1);
  if (start > end)
    return FALSE;
  *first = (guint64) start * (range->in_bits ? 1 : 8);
  *last = range->in_bits ? (guint64) end : (guint64) end * 8 + 7;
  return TRUE;
}

static gboolean
count_bits (CfCall *call, CfSlice bytes, guint64 *n, GError **error)
{
  Range range;
  guint64 first, last;

  *n = 0;
  if (call->argc == 3)
    return cf_call_syntax_error (error);
  if (!parse_ends (call, 2, &range, error))
    return FALSE;
  /* Two ends that have crossed are empty in either unit, or none. */
  if (range.start < 0 && range.end < 0 && range.start > range.end)
    return TRUE;
  if (!parse_unit (call, 2, &range, error))
    return FALSE;
  if (resolve_range (&range, bytes.size, &first, &last))
    *n = cf_bits_count (bytes, first, last);
  return TRUE;
}

static gboolean
bitcount (CfCall *call, GError **error)
{
  char scratch[32];
  CfEntry *entry;
  guint64 n = 0;

  if (!cf_call_read_string (call, 1, &entry, error))
    return FALSE;
  if (entry != NULL &&
      !count_bits (call, cf_entry_string (entry, scratch), &n, error))
    return FALSE;
  cf_reply_int (&call->reply, (gint64) n);
  return TRUE;
}

/* Where @bit is in @bytes.  Without an end the string counts as followed by
 * zeros for ever. */
static gint64
find_bit (CfSlice bytes, gboolean bit, const Range *range)
{
  guint64 first, last;
  gint64 at;

  if (!resolve_range (range, bytes.size, &first, &last))
    return -1;
  at = cf_bits_find (bytes, bit, first, last);
  return at < 0 && !bit && !range->has_end ? (gint64) bytes.size * 8 : at;
}

static gboolean
bitpos (CfCall *call, GError **error)
{
  char scratch[32];
  CfEntry *entry;
  Range range;
  gint64 bit;

  if (!cf_call_get_int (call, 2, &bit, error))
    return FALSE;
  if (bit != 0 && bit != 1)
    return cf_throw (error, CF_ERROR_FAILED,
                     "The bit argument must be 1 or 0.");
  if (!cf_call_read_string (call, 1, &entry, error))
    return FALSE;
  if (entry == NULL)
    {
      cf_reply_int (&call->reply, bit ? -1 : 0);
      return TRUE;
    }
  if (!parse_ends (call, 3, &range, error) ||
      !parse_unit (call, 3, &range, error))
    return FALSE;
  cf_reply_int (&call->reply,
                find_bit (cf_entry_string (entry, scratch), bit != 0, &range));
  return TRUE;
}

static gboolean
get_operation (CfCall *call, CfBitsOp *op, GError **error)
{
  if (cf_call_is (call, 1, "AND"))
    *op = CF_BITS_AND;
  else if (cf_call_is (call, 1, "OR"))
    *op = CF_BITS_OR;
  else if (cf_call_is (call, 1, "XOR"))
    *op = CF_BITS_XOR;
  else if (cf_call_is (call, 1, "NOT"))
    *op = CF_BITS_NOT;
  else
    return cf_call_syntax_error (error);
  if (*op == CF_BITS_NOT && call->argc != 4)
    return cf_throw (error, CF_ERROR_FAILED,
                     "BITOP NOT must be called with a single source key.");
  return TRUE;
}

/* A place for the digits of a string that is kept as a number. */
typedef struct
{
  char digits[32];
} Scratch;

static gboolean
get_sources (CfCall *call,
             CfSlice *sources,
             Scratch *scratches,
             gsize *size,
             GError **error)
{
  for (guint i = 3; i < call->argc; i++)
    {
      CfEntry *entry;
      CfSlice bytes = cf_slice (NULL, 0);

      if (!cf_call_read_string (call, i, &entry, error))
        return FALSE;
      if (entry != NULL)
        bytes = cf_entry_string (entry, scratches[i - 3].digits);
      sources[i - 3] = bytes;
      *size = MAX (*size, bytes.size);
    }
  return TRUE;
}

/* Puts the result at the destination, which goes when it is empty. */
static gboolean
put_result (CfCall *call, CfBlob *blob, GError **error)
{
  CfValue value = blob->size > CF_ENTRY_INLINE_MAX
                      ? cf_value_blob (cf_blob_ref (blob))
                      : cf_value_raw (cf_blob_slice (blob));

  if (blob->size == 0)
    {
      if (cf_call_remove (call, 2))
        cf_call_changed (call, 2, CF_NOTIFY_GENERIC, "del");
      return TRUE;
    }
  if (!cf_call_put (call, 2, &value, CF_NO_DEADLINE, NULL, error))
    {
      cf_blob_unref (value.blob);
      return FALSE;
    }
  cf_call_changed (call, 2, CF_NOTIFY_STRING, "set");
  return TRUE;
}

static gboolean
bitop (CfCall *call, GError **error)
{
  guint n_sources = call->argc - 3;
  g_autofree CfSlice *sources = g_try_new (CfSlice, n_sources);
  g_autofree Scratch *scratches = g_try_new (Scratch, n_sources);
  g_autoptr (CfBlob) result = NULL;
  gsize size = 0;
  CfBitsOp op;

  if (sources == NULL || scratches == NULL)
    return cf_call_out_of_memory (error);
  if (!get_operation (call, &op, error) ||
      !get_sources (call, sources, scratches, &size, error))
    return FALSE;
  result = cf_blob_try_new (size);
  if (result == NULL)
    return cf_call_out_of_memory (error);
  cf_bits_combine (op, result->data, size, sources, n_sources);
  result->size = size;
  if (!put_result (call, result, error))
    return FALSE;
  cf_reply_int (&call->reply, (gint64) size);
  return TRUE;
}

static const CfCommand commands[] = {
  {
      .name = "BITCOUNT",
      .usage = "key [start:integer end:integer [BYTE | BIT]]",
      .summary = "Counts the bits that are set in a string or a part of it.",
      .since = "2.6.0",
      .complexity = "O(N), N being the number of bytes looked at.",
      .run = bitcount,
      .arity = -2,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_BIG,
      .categories = CF_ACL_BITMAP,
      .keys = { CF_ONE_KEY ("RO access") },
  },
  {
      .name = "BITFIELD",
      .usage = "key [GET encoding offset:integer | [OVERFLOW (WRAP | SAT | "
               "FAIL)] (SET encoding offset:integer value:integer | INCRBY "
               "encoding offset:integer increment:integer) ...]",
      .summary = "Reads, sets and adds to integers of any number of bits in a "
                 "string.",
      .since = "3.2.0",
      .complexity = "O(1) for each of its subcommands; more where the string "
                    "has to grow.",
      .run = cf_bitmap_bitfield,
      .arity = -2,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_DENYOOM | CF_COMMAND_BIG,
      .categories = CF_ACL_BITMAP,
      .keys = { { .flags = "RW access update variable_flags",
                  .first = 1,
                  .step = 1,
                  .notes = "Some subcommands read the key, some change it" } },
      .key_flags = cf_bitmap_bitfield_key_flags,
  },
  {
      .name = "BITFIELD_RO",
      .usage = "key [GET encoding offset:integer ...]",
      .summary = "Reads integers of any number of bits from a string.",
      .since = "6.0.0",
      .complexity = "O(1) for each of its subcommands.",
      .run = cf_bitmap_bitfield_ro,
      .arity = -2,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_FAST,
      .categories = CF_ACL_BITMAP,
      .keys = { CF_ONE_KEY ("RO access") },
  },
  {
      .name = "BITOP",
      .usage = "(AND | OR | XOR | NOT) destkey:key key ...",
      .summary = "Combines strings bit by bit and stores the result.",
      .since = "2.6.0",
      .complexity = "O(N), N being the number of bytes of all sources.",
      .run = bitop,
      .arity = -4,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_DENYOOM | CF_COMMAND_LONG,
      .categories = CF_ACL_BITMAP,
      .keys = { CF_KEY_AT ("OW update", 2),
                { .flags = "RO access", .first = 3, .last = -1, .step = 1 } },
  },
  {
      .name = "BITPOS",
      .usage = "key bit:integer [start:integer [end:integer [BYTE | BIT]]]",
      .summary = "Finds the first bit that is set, or clear, in a string or a "
                 "part of it.",
      .since = "2.8.7",
      .complexity = "O(N), N being the number of bytes looked at.",
      .run = bitpos,
      .arity = -3,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_BIG,
      .categories = CF_ACL_BITMAP,
      .keys = { CF_ONE_KEY ("RO access") },
  },
  {
      .name = "GETBIT",
      .usage = "key offset:integer",
      .summary = "Returns a bit of a string.",
      .since = "2.2.0",
      .complexity = "O(1)",
      .run = getbit,
      .arity = 3,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_FAST,
      .categories = CF_ACL_BITMAP,
      .keys = { CF_ONE_KEY ("RO access") },
  },
  {
      .name = "SETBIT",
      .usage = "key offset:integer value:integer",
      .summary = "Sets or clears a bit of a string, which grows by zero bytes "
                 "where it is too short.",
      .since = "2.2.0",
      .complexity = "O(1); more where the string has to grow.",
      .run = setbit,
      .arity = 4,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_DENYOOM | CF_COMMAND_BIG,
      .categories = CF_ACL_BITMAP,
      .keys = { CF_ONE_KEY ("RW access update") },
  },
};

const CfFamily cf_bitmap_family = {
  .group = "bitmap",
  .commands = commands,
  .n_commands = G_N_ELEMENTS (commands),
};
