/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "commands/cmd-string.h"

#include <math.h>

#include "base/number.h"

static gboolean
get_number (const CfEntry *entry, gint64 *number, GError **error)
{
  char scratch[32];
  CfSlice bytes;

  *number = 0;
  if (entry == NULL)
    return TRUE;
  if (cf_entry_encoding (entry) == CF_ENCODING_INT)
    {
      *number = cf_entry_int (entry);
      return TRUE;
    }
  bytes = cf_entry_string (entry, scratch);
  if (cf_parse_int64 (bytes.data, bytes.size, number))
    return TRUE;
  return cf_throw (error, CF_ERROR_NOT_INTEGER,
                   "value is not an integer or out of range");
}

static gboolean
put_number (CfCall *call, CfEntry *entry, gint64 number, GError **error)
{
  CfValue value = cf_value_int (number);

  if (entry != NULL && cf_entry_encoding (entry) == CF_ENCODING_INT)
    {
      cf_entry_set_int (entry, number);
      return TRUE;
    }
  return cf_call_put (call, 1, &value, CF_KEEP_DEADLINE, NULL, error);
}

static gboolean
add (CfCall *call, gint64 increment, GError **error)
{
  CfEntry *entry;
  gint64 number;

  if (!cf_call_write_string (call, 1, &entry, error) ||
      !get_number (entry, &number, error))
    return FALSE;
  if (__builtin_add_overflow (number, increment, &number))
    return cf_throw (error, CF_ERROR_FAILED,
                     "increment or decrement would overflow");
  if (!put_number (call, entry, number, error))
    return FALSE;
  cf_call_changed (call, 1, CF_NOTIFY_STRING, "incrby");
  cf_reply_int (&call->reply, number);
  return TRUE;
}

gboolean
cf_string_incr (CfCall *call, GError **error)
{
  return add (call, 1, error);
}

gboolean
cf_string_decr (CfCall *call, GError **error)
{
  return add (call, -1, error);
}

gboolean
cf_string_incrby (CfCall *call, GError **error)
{
  gint64 increment;

  return cf_call_get_int (call, 2, &increment, error) &&
         add (call, increment, error);
}

gboolean
cf_string_decrby (CfCall *call, GError **error)
{
  gint64 decrement;

  if (!cf_call_get_int (call, 2, &decrement, error))
    return FALSE;
  if (decrement == G_MININT64)
    return cf_throw (error, CF_ERROR_FAILED, "decrement would overflow");
  return add (call, -decrement, error);
}

static gboolean
parse_float (CfSlice bytes, long double *number, GError **error)
{
  if (cf_parse_long_double (bytes.data, bytes.size, number))
    return TRUE;
  return cf_throw (error, CF_ERROR_FAILED, "value is not a valid float");
}

static gboolean
get_float (const CfEntry *entry, long double *number, GError **error)
{
  char scratch[32];

  *number = 0;
  return entry == NULL ||
         parse_float (cf_entry_string (entry, scratch), number, error);
}

/* A sum is stored as text, even when it is a whole number. */
static gboolean
put_text (CfCall *call, CfSlice text, GError **error)
{
  CfValue value = cf_value_raw (text);
  const CfSlice words[] = { CF_SLICE ("SET"), call->argv[1], text,
                            CF_SLICE ("KEEPTTL") };

  if (text.size <= CF_ENTRY_EMBSTR_MAX)
    value.encoding = CF_ENCODING_EMBSTR;
  if (!cf_call_put (call, 1, &value, CF_KEEP_DEADLINE, NULL, error))
    return FALSE;
  if (cf_call_wants_effect (call))
    cf_call_effect (call, words, G_N_ELEMENTS (words));
  return TRUE;
}

gboolean
cf_string_incrbyfloat (CfCall *call, GError **error)
{
  char buffer[CF_LONG_DOUBLE_SIZE];
  CfEntry *entry;
  long double number, increment;
  CfSlice text;

  if (!cf_call_write_string (call, 1, &entry, error) ||
      !get_float (entry, &number, error) ||
      !parse_float (call->argv[2], &increment, error))
    return FALSE;
  number += increment;
  if (isnan (number) || isinf (number))
    return cf_throw (error, CF_ERROR_FAILED,
                     "increment would produce NaN or Infinity");
  text = cf_slice (buffer, cf_format_long_double_human (buffer, number));
  if (!put_text (call, text, error))
    return FALSE;
  cf_call_changed (call, 1, CF_NOTIFY_STRING, "incrbyfloat");
  cf_reply_bulk (&call->reply, text);
  return TRUE;
}
