/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HINCRBY and HINCRBYFLOAT. */
#include "config.h"

#include "commands/cmd-hash.h"

#include <math.h>

#include "base/number.h"

/* The value of the field, or FALSE if there is none. */
static gboolean
get_value (const CfCall *call,
           const CfHashmap *hash,
           char scratch[CF_HASHMAP_SCRATCH],
           CfSlice *value)
{
  return hash != NULL && cf_hashmap_get (hash, call->argv[2], scratch, value);
}

static gboolean
put (CfCall *call, CfHashmap *hash, CfSlice value, GError **error)
{
  const CfSlice pair[] = { call->argv[2], value };
  gint64 n_added;

  return cf_hash_put (call, hash, pair, 1, &n_added, error);
}

gboolean
cf_hash_hincrby (CfCall *call, GError **error)
{
  char scratch[CF_HASHMAP_SCRATCH], digits[CF_INT64_SIZE];
  gint64 increment, number = 0;
  CfHashmap *hash;
  CfSlice value;

  if (!cf_call_get_int (call, 3, &increment, error) ||
      !cf_hash_write (call, &hash, error))
    return FALSE;
  if (get_value (call, hash, scratch, &value) &&
      !cf_parse_int64 (value.data, value.size, &number))
    return cf_throw (error, CF_ERROR_FAILED, "hash value is not an integer");
  if (__builtin_add_overflow (number, increment, &number))
    return cf_throw (error, CF_ERROR_FAILED,
                     "increment or decrement would overflow");
  value = cf_slice (digits, cf_format_int64 (digits, number));
  if (!put (call, hash, value, error))
    return FALSE;
  cf_call_changed (call, 1, CF_NOTIFY_HASH, "hincrby");
  cf_reply_int (&call->reply, number);
  return TRUE;
}

/* The sum of the value of the field and the increment. */
static gboolean
sum_up (CfCall *call, const CfHashmap *hash, long double *sum, GError **error)
{
  char scratch[CF_HASHMAP_SCRATCH];
  long double increment = *sum;
  CfSlice value;

  *sum = 0;
  if (get_value (call, hash, scratch, &value) &&
      !cf_parse_long_double (value.data, value.size, sum))
    return cf_throw (error, CF_ERROR_FAILED, "hash value is not a float");
  *sum += increment;
  if (isnan (*sum) || isinf (*sum))
    return cf_throw (error, CF_ERROR_FAILED,
                     "increment would produce NaN or Infinity");
  return TRUE;
}

gboolean
cf_hash_hincrbyfloat (CfCall *call, GError **error)
{
  char buffer[CF_LONG_DOUBLE_SIZE];
  CfHashmap *hash;
  long double sum;
  CfSlice value;

  if (!cf_parse_long_double (call->argv[3].data, call->argv[3].size, &sum))
    return cf_throw (error, CF_ERROR_FAILED, "value is not a valid float");
  if (isinf (sum))
    return cf_throw (error, CF_ERROR_FAILED, "value is NaN or Infinity");
  if (!cf_hash_write (call, &hash, error) || !sum_up (call, hash, &sum, error))
    return FALSE;
  value = cf_slice (buffer, cf_format_long_double_human (buffer, sum));
  if (!put (call, hash, value, error))
    return FALSE;
  cf_call_changed (call, 1, CF_NOTIFY_HASH, "hincrbyfloat");
  if (cf_call_wants_effect (call))
    {
      const CfSlice effect[] = { CF_SLICE ("HSET"), call->argv[1],
                                 call->argv[2], value };

      cf_call_effect (call, effect, G_N_ELEMENTS (effect));
    }
  cf_reply_bulk (&call->reply, value);
  return TRUE;
}
