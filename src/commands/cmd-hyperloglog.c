/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-hyperloglog.c -- PFADD, PFCOUNT, PFMERGE and what tests them. */
#include "config.h"

#include "base/random.h"
#include "commands/commands.h"
#include "commands/edit.h"
#include "types/hll.h"

/* Room for the digits of a string that is a number, and so no HyperLogLog. */
typedef char Digits[32];

static gboolean
throw_damaged (GError **error)
{
  return cf_throw (error, CF_ERROR_INVALID_OBJECT,
                   "Corrupted HLL object detected");
}

static gboolean
throw_result (CfHllResult result, GError **error)
{
  return result == CF_HLL_NO_MEMORY ? cf_call_out_of_memory (error)
                                    : throw_damaged (error);
}

/* The bytes of @entry, which must look like a HyperLogLog. */
static gboolean
get_bytes (const CfEntry *entry, Digits digits, CfSlice *bytes, GError **error)
{
  *bytes = cf_entry_string (entry, digits);
  return cf_hll_looks_right (*bytes) ||
         cf_throw (error, CF_ERROR_WRONG_TYPE,
                   "Key is not a valid HyperLogLog string value.");
}

static gboolean
read_hll (CfCall *call,
          guint i,
          CfEntry **entry,
          Digits digits,
          CfSlice *bytes,
          GError **error)
{
  return cf_call_read_string (call, i, entry, error) &&
         (*entry == NULL || get_bytes (*entry, digits, bytes, error));
}

static gsize
sparse_max (const CfCall *call)
{
  return (gsize) cf_config_get_int (call->engine->config,
                                    CF_SETTING_HLL_SPARSE_MAX_BYTES);
}

/* -- Changing ----------------------------------------------------------------
 */

/* A blob to change, with what is at the key or an empty one. */
static CfBlob *
begin_change (const CfEntry *entry, CfSlice bytes, GError **error)
{
  CfBlob *blob;

  if (entry != NULL && !cf_hll_is_dense (bytes) &&
      bytes.size > CF_HLL_SPARSE_SIZE_MAX)
    {
      throw_damaged (error);
      return NULL;
    }
  blob = entry != NULL ? cf_hll_try_copy (bytes) : cf_hll_try_new ();
  if (blob == NULL)
    cf_call_out_of_memory (error);
  return blob;
}

/* Puts @blob (transfer full) at the key. */
static gboolean
end_change (CfCall *call, guint i, CfBlob *blob, GError **error)
{
  g_autoptr (CfBlob) owned = blob;
  CfValue value = cf_value_raw (cf_blob_slice (blob));

  if (blob->size > CF_ENTRY_INLINE_MAX)
    value = cf_value_blob (blob);
  if (!cf_call_put (call, i, &value, CF_KEEP_DEADLINE, NULL, error))
    return FALSE;
  if (value.blob != NULL)
    g_steal_pointer (&owned);
  return TRUE;
}

/* Adds the elements to a dense one, where it stands. */
static gboolean
add_in_place (
    CfCall *call, CfEntry *entry, CfSlice bytes, gsize *n, GError **error)
{
  char *data = NULL;

  for (guint i = 2; i < call->argc; i++)
    {
      CfHllMark mark = cf_hll_mark (call->argv[i]);

      if (cf_hll_dense_get (bytes.data, mark.index) >= mark.count)
        continue;
      if (data == NULL)
        {
          data = cf_edit_string (call, 1, entry, 0, error);
          if (data == NULL)
            return FALSE;
          bytes.data = data;
        }
      (void) cf_hll_dense_set (data, mark);
      (*n)++;
    }
  if (data != NULL)
    cf_hll_forget_cardinality (data);
  return TRUE;
}

/* What was added before damage was met stays, as in Redis. */
static gboolean
add_to_copy (
    CfCall *call, const CfEntry *entry, CfSlice bytes, gsize *n, GError **error)
{
  CfBlob *blob = begin_change (entry, bytes, error);
  CfHllResult result = CF_HLL_SAME;

  if (blob == NULL)
    return FALSE;
  *n = entry == NULL;
  for (guint i = 2; i < call->argc && result <= CF_HLL_CHANGED; i++)
    {
      result =
          cf_hll_set (&blob, cf_hll_mark (call->argv[i]), sparse_max (call));
      *n += result == CF_HLL_CHANGED;
    }
  if (*n == 0)
    cf_blob_unref (blob);
  else
    {
      cf_hll_forget_cardinality (blob->data);
      if (!end_change (call, 1, blob, error))
        {
          *n = 0;
          return FALSE;
        }
    }
  return result <= CF_HLL_CHANGED || throw_result (result, error);
}

static gboolean
run_pfadd (CfCall *call, GError **error)
{
  Digits digits;
  CfSlice bytes = cf_slice (NULL, 0);
  CfEntry *entry;
  gboolean ok;
  gsize n = 0;

  if (!cf_call_write_string (call, 1, &entry, error) ||
      (entry != NULL && !get_bytes (entry, digits, &bytes, error)))
    return FALSE;
  if (entry != NULL && cf_hll_is_dense (bytes))
    ok = add_in_place (call, entry, bytes, &n, error);
  else
    ok = add_to_copy (call, entry, bytes, &n, error);
  if (n > 0 && !ok)
    cf_call_changed_silently (call, call->db, cf_call_key (call, 1));
  else if (n > 0)
    {
      cf_call_changed (call, 1, CF_NOTIFY_STRING, "pfadd");
      cf_call_changed_all (call, n - 1);
    }
  if (ok)
    cf_reply_int (&call->reply, n > 0);
  return ok;
}

/* -- Counting ----------------------------------------------------------------
 */

/* Keeps @cardinality with the value: a change that no event tells of. */
static gboolean
keep_cardinality (CfCall *call,
                  CfEntry *entry,
                  guint64 cardinality,
                  GError **error)
{
  char *data = cf_edit_string (call, 1, entry, 0, error);

  if (data == NULL)
    return FALSE;
  cf_hll_set_cardinality (data, cardinality);
  cf_call_changed_silently (call, call->db, cf_call_key (call, 1));
  return TRUE;
}

static gboolean
count_one (CfCall *call, GError **error)
{
  guint8 registers[CF_HLL_REGISTERS] = { 0 };
  guint64 cardinality = 0;
  Digits digits;
  CfSlice bytes;
  CfEntry *entry;

  if (!read_hll (call, 1, &entry, digits, &bytes, error))
    return FALSE;
  if (entry != NULL && !cf_hll_has_cardinality (bytes, &cardinality))
    {
      if (!cf_hll_merge (bytes, registers))
        return throw_damaged (error);
      cardinality = cf_hll_estimate (registers);
      if (!keep_cardinality (call, entry, cardinality, error))
        return FALSE;
    }
  cf_reply_int (&call->reply, (gint64) cardinality);
  return TRUE;
}

/* All registers of what is at the keys; @is_dense: whether one was dense. */
static gboolean
merge_keys (CfCall *call,
            guint8 registers[CF_HLL_REGISTERS],
            gboolean *is_dense,
            GError **error)
{
  for (guint i = 1; i < call->argc; i++)
    {
      Digits digits;
      CfSlice bytes;
      CfEntry *entry;

      if (!read_hll (call, i, &entry, digits, &bytes, error))
        return FALSE;
      if (entry == NULL)
        continue;
      *is_dense |= cf_hll_is_dense (bytes);
      if (!cf_hll_merge (bytes, registers))
        return throw_damaged (error);
    }
  return TRUE;
}

static gboolean
run_pfcount (CfCall *call, GError **error)
{
  guint8 registers[CF_HLL_REGISTERS] = { 0 };
  gboolean is_dense = FALSE;

  if (call->argc == 2)
    return count_one (call, error);
  if (!merge_keys (call, registers, &is_dense, error))
    return FALSE;
  cf_reply_int (&call->reply, (gint64) cf_hll_estimate (registers));
  return TRUE;
}

/* -- Merging -----------------------------------------------------------------
 */

static CfHllResult
raise_all (CfBlob **blob,
           const guint8 registers[CF_HLL_REGISTERS],
           gboolean is_dense,
           gsize sparse_max)
{
  CfHllResult result = is_dense ? cf_hll_make_dense (blob) : CF_HLL_SAME;

  for (guint i = 0; i < CF_HLL_REGISTERS && result <= CF_HLL_CHANGED; i++)
    if (registers[i] > 0)
      result = cf_hll_set (blob, (CfHllMark){ (guint16) i, registers[i] },
                           sparse_max);
  return result;
}

static gboolean
run_pfmerge (CfCall *call, GError **error)
{
  guint8 registers[CF_HLL_REGISTERS] = { 0 };
  gboolean is_dense = FALSE;
  CfSlice bytes = cf_slice (NULL, 0);
  CfHllResult result;
  CfEntry *entry;
  CfBlob *blob;
  Digits digits;

  if (!merge_keys (call, registers, &is_dense, error))
    return FALSE;
  entry = cf_call_write (call, 1);
  if (entry != NULL && !get_bytes (entry, digits, &bytes, error))
    return FALSE;
  blob = begin_change (entry, bytes, error);
  if (blob == NULL)
    return FALSE;
  result = raise_all (&blob, registers, is_dense, sparse_max (call));
  if (result > CF_HLL_CHANGED)
    {
      cf_blob_unref (blob);
      return throw_result (result, error);
    }
  cf_hll_forget_cardinality (blob->data);
  if (!end_change (call, 1, blob, error))
    return FALSE;
  cf_call_changed (call, 1, CF_NOTIFY_STRING, "pfadd");
  cf_reply_ok (&call->reply);
  return TRUE;
}

/* -- PFDEBUG -----------------------------------------------------------------
 */

/* @bytes: in, and out: where they are afterwards */
static gboolean
make_dense (CfCall *call, CfEntry *entry, CfSlice *bytes, GError **error)
{
  CfBlob *blob = begin_change (entry, *bytes, error);
  CfHllResult result;

  if (blob == NULL)
    return FALSE;
  result = cf_hll_make_dense (&blob);
  if (result != CF_HLL_CHANGED)
    {
      cf_blob_unref (blob);
      return throw_result (result, error);
    }
  *bytes = cf_blob_slice (blob);
  if (!end_change (call, 2, blob, error))
    return FALSE;
  cf_call_changed_all (call, 1);
  return TRUE;
}

static gboolean
debug_registers (CfCall *call, CfEntry *entry, CfSlice bytes, GError **error)
{
  if (!cf_hll_is_dense (bytes) && !make_dense (call, entry, &bytes, error))
    return FALSE;
  cf_reply_array (&call->reply, CF_HLL_REGISTERS);
  for (guint i = 0; i < CF_HLL_REGISTERS; i++)
    cf_reply_int (&call->reply, cf_hll_dense_get (bytes.data, i));
  return TRUE;
}

static gboolean
debug_runs (CfCall *call, CfEntry *entry, CfSlice bytes, GError **error)
{
  g_autoptr (GString) text = NULL;

  if (cf_hll_is_dense (bytes))
    return cf_throw (error, CF_ERROR_FAILED, "HLL encoding is not sparse");
  text = cf_hll_describe (bytes);
  cf_reply_bulk (&call->reply, cf_slice (text->str, text->len));
  return TRUE;
}

static gboolean
debug_encoding (CfCall *call, CfEntry *entry, CfSlice bytes, GError **error)
{
  cf_reply_status (&call->reply, cf_hll_is_dense (bytes) ? "dense" : "sparse");
  return TRUE;
}

static gboolean
debug_make_dense (CfCall *call, CfEntry *entry, CfSlice bytes, GError **error)
{
  gboolean is_dense = cf_hll_is_dense (bytes);

  if (!is_dense && !make_dense (call, entry, &bytes, error))
    return FALSE;
  cf_reply_int (&call->reply, !is_dense);
  return TRUE;
}

static const struct
{
  const char *name;
  gboolean (*run) (CfCall *call, CfEntry *entry, CfSlice bytes, GError **error);
} debug_subcommands[] = {
  { "GETREG", debug_registers },
  { "DECODE", debug_runs },
  { "ENCODING", debug_encoding },
  { "TODENSE", debug_make_dense },
};

static gboolean
run_pfdebug (CfCall *call, GError **error)
{
  CfSlice name = call->argv[1];
  Digits digits;
  CfSlice bytes;
  CfEntry *entry;

  if (!cf_call_write_string (call, 2, &entry, error))
    return FALSE;
  if (entry == NULL)
    return cf_throw (error, CF_ERROR_FAILED,
                     "The specified key does not exist");
  if (!get_bytes (entry, digits, &bytes, error))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (debug_subcommands); i++)
    if (cf_slice_is (name, debug_subcommands[i].name))
      return debug_subcommands[i].run (call, entry, bytes, error);
  return cf_throw (error, CF_ERROR_FAILED, "Unknown PFDEBUG subcommand '%.*s'",
                   (int) MIN (name.size, CF_CALL_TEXT_MAX), name.data);
}

/* -- PFSELFTEST ---------------------------------------------------------------
 */

#define ACCESS_ROUNDS 100
#define SELF_TEST_ELEMENTS 1000000

/* What is written to registers is what is read from them. */
static gboolean
test_access (CfCall *call, GError **error)
{
  g_autofree char *data = g_malloc0 (CF_HLL_DENSE_SIZE);
  guint8 expected[CF_HLL_REGISTERS] = { 0 };

  for (guint round = 0; round < ACCESS_ROUNDS; round++)
    {
      for (guint i = 0; i < CF_HLL_REGISTERS; i++)
        {
          guint8 count = (guint8) (cf_random_below (64));

          (void) cf_hll_dense_set (data, (CfHllMark){ (guint16) i, count });
          expected[i] = MAX (expected[i], count);
        }
      for (guint i = 0; i < CF_HLL_REGISTERS; i++)
        if (cf_hll_dense_get (data, i) != expected[i])
          return cf_throw (error, CF_ERROR_VERBATIM,
                           "TESTFAILED Register %u should be %u but is %u", i,
                           expected[i], cf_hll_dense_get (data, i));
      cf_worker_breathe (call->worker);
    }
  return TRUE;
}

static gboolean
check_estimate (const CfBlob *sparse,
                const CfBlob *dense,
                gint64 n,
                GError **error)
{
  guint8 registers[CF_HLL_REGISTERS] = { 0 };
  guint8 others[CF_HLL_REGISTERS] = { 0 };
  /* Six times the standard error. */
  gint64 most = (gint64) (6 * 1.04 / 128 * (double) n) + 1;
  gint64 estimate;

  if (!cf_hll_merge (cf_blob_slice (sparse), registers) ||
      !cf_hll_merge (cf_blob_slice (dense), others) ||
      memcmp (registers, others, sizeof registers) != 0)
    return cf_throw (error, CF_ERROR_VERBATIM,
                     "TESTFAILED dense/sparse disagree");
  estimate = (gint64) cf_hll_estimate (registers);
  if (ABS (estimate - n) <= most)
    return TRUE;
  return cf_throw (error, CF_ERROR_VERBATIM,
                   "TESTFAILED Too big error. card:%" G_GINT64_FORMAT
                   " estimated:%" G_GINT64_FORMAT,
                   n, estimate);
}

/* Both encodings agree, and are right about how many there are. */
static gboolean
test_estimates (CfCall *call, GError **error)
{
  g_autoptr (CfBlob) sparse = cf_hll_try_new (), dense = cf_hll_try_new ();
  guint64 seed = cf_random_u64 ();
  gint64 next = 1;

  if (sparse == NULL || dense == NULL ||
      cf_hll_make_dense (&dense) != CF_HLL_CHANGED)
    return cf_call_out_of_memory (error);
  for (gint64 n = 1; n <= SELF_TEST_ELEMENTS; n++)
    {
      guint64 element = seed ^ (guint64) n;
      CfHllMark mark =
          cf_hll_mark (cf_slice ((const char *) &element, sizeof element));

      if (cf_hll_set (&sparse, mark, sparse_max (call)) > CF_HLL_CHANGED ||
          cf_hll_set (&dense, mark, 0) > CF_HLL_CHANGED)
        return cf_call_out_of_memory (error);
      if (n == next)
        {
          if (!check_estimate (sparse, dense, n, error))
            return FALSE;
          next *= 10;
        }
      if (n % 1000 == 0)
        cf_worker_breathe (call->worker);
    }
  return TRUE;
}

static gboolean
run_pfselftest (CfCall *call, GError **error)
{
  if (call->in_transaction)
    return cf_throw (error, CF_ERROR_FAILED,
                     "PFSELFTEST is not allowed in a transaction");
  if (!test_access (call, error) || !test_estimates (call, error))
    return FALSE;
  cf_reply_ok (&call->reply);
  return TRUE;
}

/* -- The table ----------------------------------------------------------------
 */

static const CfCommand commands[] = {
  {
      .name = "PFADD",
      .usage = "key [element ...]",
      .summary = "Adds elements to a HyperLogLog, which is made if need be.",
      .since = "2.8.9",
      .complexity = "O(1) for each element.",
      .run = run_pfadd,
      .arity = -2,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_DENYOOM | CF_COMMAND_FAST |
               CF_COMMAND_BIG,
      .categories = CF_ACL_HYPERLOGLOG,
      .keys = { CF_ONE_KEY ("RW insert") },
  },
  {
      .name = "PFCOUNT",
      .usage = "key ...",
      .summary = "Tells about how many different elements HyperLogLogs saw.",
      .since = "2.8.9",
      .complexity = "O(1) for one key, mostly with what was worked out before; "
                    "O(N) for N keys.",
      .run = run_pfcount,
      .arity = -2,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_MAY_REPLICATE,
      .categories = CF_ACL_HYPERLOGLOG,
      .keys = { { .flags = "RW access",
                  .first = 1,
                  .last = -1,
                  .step = 1,
                  .notes = "The count that was worked out is kept with the "
                           "value, so the key may change" } },
  },
  {
      .name = "PFDEBUG",
      .usage = "subcommand key",
      .summary = "Looks into a HyperLogLog, for tests.",
      .since = "2.8.9",
      .complexity = "N/A",
      .run = run_pfdebug,
      .arity = 3,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_DENYOOM | CF_COMMAND_ADMIN,
      .categories = CF_ACL_HYPERLOGLOG,
      .keys = { CF_KEY_AT ("RW access", 2) },
  },
  {
      .name = "PFMERGE",
      .usage = "destkey:key sourcekey:key ...",
      .summary = "Makes a HyperLogLog that saw what several others saw.",
      .since = "2.8.9",
      .complexity = "O(N) to merge N HyperLogLogs.",
      .run = run_pfmerge,
      .arity = -2,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_DENYOOM | CF_COMMAND_BIG,
      .categories = CF_ACL_HYPERLOGLOG,
      .keys = { CF_KEY_AT ("RW access insert", 1),
                { .flags = "RO access", .first = 2, .last = -1, .step = 1 } },
  },
  {
      .name = "PFSELFTEST",
      .summary = "Tests the HyperLogLogs of this server.",
      .since = "2.8.9",
      .complexity = "N/A",
      .run = run_pfselftest,
      .arity = 1,
      .flags = CF_COMMAND_ADMIN | CF_COMMAND_WALKS,
      .categories = CF_ACL_HYPERLOGLOG,
  },
};

const CfFamily cf_hyperloglog_family = {
  .group = "hyperloglog",
  .commands = commands,
  .n_commands = G_N_ELEMENTS (commands),
};
