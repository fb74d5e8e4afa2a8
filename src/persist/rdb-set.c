/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rdb-set.c -- sets: an intset, or the number of members and all of them. */
#include "config.h"

#include "base/number.h"
#include "persist/rdb-listpack.h"
#include "persist/rdb-types.h"
#include "types/set.h"

static const CfSet *
set_of (const CfObject *object)
{
  return (const CfSet *) object;
}

/**
 * cf_rdb_set_type:
 * @object: a set
 *
 * Returns: how it is written
 */
CfRdbType
cf_rdb_set_type (const CfObject *object)
{
  return cf_set_intset (set_of (object)) != NULL ? CF_RDB_SET_INTSET
                                                 : CF_RDB_SET;
}

/**
 * cf_rdb_put_set:
 * @writer: a writer
 * @object: a set
 */
void
cf_rdb_put_set (CfRdbWriter *writer, const CfObject *object)
{
  const CfSet *set = set_of (object);
  const CfIntset *intset = cf_set_intset (set);
  CfSetIter iter;
  CfSlice member;

  if (intset != NULL)
    {
      cf_rdb_put_string (writer, cf_intset_bytes (intset));
      return;
    }
  cf_rdb_put_length (writer, cf_set_n (set));
  cf_set_iter_init (&iter, set);
  while (!writer->failed && cf_set_iter_next (&iter, &member))
    cf_rdb_put_string (writer, member);
}

static CfSet *
get_members (CfRdbReader *reader, gsize max_intset)
{
  g_auto (CfRdbString) member = CF_RDB_STRING_INIT;
  g_autoptr (CfSet) set = NULL;
  gsize n;

  if (!cf_rdb_get_count (reader, &n) || n == 0)
    return NULL;
  if (n > max_intset)
    max_intset = 0;
  set = cf_set_new ();
  for (; n > 0; n--)
    {
      gboolean added;

      if (!cf_rdb_get_string (reader, &member) ||
          !cf_set_add (set, member.bytes, max_intset, &added) || !added)
        return NULL;
    }
  return g_steal_pointer (&set);
}

/* What versions after 7.0 write for a few short members. */
static CfSet *
get_listpack (CfRdbReader *reader, gsize max_intset)
{
  g_autofree CfListpack *listpack =
      cf_rdb_get_listpack (reader, CF_RDB_BLOCK_LISTPACK);
  g_autoptr (CfSet) set = NULL;

  if (listpack == NULL || cf_listpack_n (listpack) == 0)
    return NULL;
  set = cf_set_new ();
  for (CfListpackAt at = cf_listpack_first (listpack); at != 0;
       at = cf_listpack_next (listpack, at))
    {
      char scratch[CF_LISTPACK_SCRATCH];
      gboolean added;

      if (!cf_set_add (set, cf_listpack_get (listpack, at, scratch), max_intset,
                       &added) ||
          !added)
        return NULL;
    }
  return g_steal_pointer (&set);
}

static CfSet *
get_intset (CfRdbReader *reader, gsize max_intset)
{
  g_auto (CfRdbString) string = CF_RDB_STRING_INIT;
  g_autofree CfIntset *intset = NULL;
  g_autoptr (CfSet) set = NULL;

  if (!cf_rdb_get_string (reader, &string))
    return NULL;
  intset = cf_intset_try_parse (string.bytes);
  if (intset == NULL || cf_intset_n (intset) == 0)
    return NULL;
  if (cf_intset_n (intset) <= max_intset)
    return cf_set_try_new_intset (g_steal_pointer (&intset));
  set = cf_set_new ();
  for (gsize i = 0; i < cf_intset_n (intset); i++)
    {
      char digits[CF_INT64_SIZE];
      gsize size = cf_format_int64 (digits, cf_intset_get (intset, i));
      gboolean added;

      if (!cf_set_add (set, cf_slice (digits, size), 0, &added))
        return NULL;
    }
  return g_steal_pointer (&set);
}

/**
 * cf_rdb_get_set:
 * @reader: a reader
 * @type: how it is written
 * @config: the thresholds
 *
 * Returns: (transfer full) (nullable): a set; %NULL: see rdb-types.h
 */
CfObject *
cf_rdb_get_set (CfRdbReader *reader, guint8 type, CfConfig *config)
{
  gsize max_intset =
      (gsize) cf_config_get_int (config, CF_SETTING_SET_MAX_INTSET_ENTRIES);
  CfSet *set;

  if (type == CF_RDB_SET)
    set = get_members (reader, max_intset);
  else if (type == CF_RDB_SET_LISTPACK)
    set = get_listpack (reader, max_intset);
  else
    set = get_intset (reader, max_intset);
  return (CfObject *) set;
}
