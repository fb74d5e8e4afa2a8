/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rdb-hashmap.c -- hashes: a listpack of fields and values in turn, or the
 * number of fields and all of them. */
#include "config.h"

#include "persist/rdb-listpack.h"
#include "persist/rdb-types.h"
#include "types/hashmap.h"

static const CfHashmap *
hashmap_of (const CfObject *object)
{
  return (const CfHashmap *) object;
}

static CfHashmapLimits
limits_of (CfConfig *config)
{
  return (CfHashmapLimits){
    .n = (gsize) cf_config_get_int (config,
                                    CF_SETTING_HASH_MAX_LISTPACK_ENTRIES),
    .size =
        (gsize) cf_config_get_int (config, CF_SETTING_HASH_MAX_LISTPACK_VALUE),
  };
}

/**
 * cf_rdb_hashmap_type:
 * @object: a hash
 *
 * Returns: how it is written
 */
CfRdbType
cf_rdb_hashmap_type (const CfObject *object)
{
  return cf_hashmap_listpack (hashmap_of (object)) != NULL
             ? CF_RDB_HASH_LISTPACK
             : CF_RDB_HASH;
}

/**
 * cf_rdb_put_hashmap:
 * @writer: a writer
 * @object: a hash
 */
void
cf_rdb_put_hashmap (CfRdbWriter *writer, const CfObject *object)
{
  const CfHashmap *hash = hashmap_of (object);
  const CfListpack *listpack = cf_hashmap_listpack (hash);
  CfHashmapIter iter;
  CfSlice field, value;

  if (listpack != NULL)
    {
      cf_rdb_put_string (writer, cf_listpack_bytes (listpack));
      return;
    }
  cf_rdb_put_length (writer, cf_hashmap_n (hash));
  cf_hashmap_iter_init (&iter, hash);
  while (!writer->failed && cf_hashmap_iter_next (&iter, &field, &value))
    {
      cf_rdb_put_string (writer, field);
      cf_rdb_put_string (writer, value);
    }
}

static CfHashmap *
get_pairs (CfRdbReader *reader, const CfHashmapLimits *limits)
{
  g_auto (CfRdbString) field = CF_RDB_STRING_INIT;
  g_auto (CfRdbString) value = CF_RDB_STRING_INIT;
  g_autoptr (CfHashmap) hash = NULL;
  CfHashmapLimits few = *limits;
  gsize n;

  if (!cf_rdb_get_count (reader, &n) || n == 0)
    return NULL;
  /* Not a listpack that is turned when it is full, if that will be so. */
  if (n > limits->n)
    few.n = 0;
  hash = cf_hashmap_new ();
  for (; n > 0; n--)
    {
      gboolean added;

      if (!cf_rdb_get_string (reader, &field) ||
          !cf_rdb_get_string (reader, &value) ||
          !cf_hashmap_set (hash, field.bytes, value.bytes, &few, &added) ||
          !added)
        return NULL;
    }
  return g_steal_pointer (&hash);
}

/* The same as a dict, since it is too large for a listpack. */
static CfHashmap *
spread (CfListpack *listpack)
{
  static const CfHashmapLimits none = { 0, 0 };
  g_autoptr (CfHashmap) packed = cf_hashmap_try_new_listpack (listpack);
  g_autoptr (CfHashmap) hash = cf_hashmap_new ();
  CfHashmapIter iter;
  CfSlice field, value;
  gboolean added;

  if (packed == NULL)
    return NULL;
  cf_hashmap_iter_init (&iter, packed);
  while (cf_hashmap_iter_next (&iter, &field, &value))
    if (!cf_hashmap_set (hash, field, value, &none, &added))
      return NULL;
  return g_steal_pointer (&hash);
}

static CfHashmap *
get_packed (CfRdbReader *reader, CfRdbBlock kind, const CfHashmapLimits *limits)
{
  g_autofree CfListpack *listpack = cf_rdb_get_listpack (reader, kind);
  gsize n = listpack != NULL ? cf_listpack_n (listpack) / 2 : 0;

  if (n == 0 || !cf_rdb_listpack_is_unique (listpack, 2))
    return NULL;
  if (n > limits->n)
    return spread (g_steal_pointer (&listpack));
  return cf_hashmap_try_new_listpack (g_steal_pointer (&listpack));
}

/**
 * cf_rdb_get_hashmap:
 * @reader: a reader
 * @type: how it is written
 * @config: the thresholds
 *
 * Returns: (transfer full) (nullable): a hash; %NULL: see rdb-types.h
 */
CfObject *
cf_rdb_get_hashmap (CfRdbReader *reader, guint8 type, CfConfig *config)
{
  CfHashmapLimits limits = limits_of (config);
  CfHashmap *hash;

  if (type == CF_RDB_HASH)
    hash = get_pairs (reader, &limits);
  else if (type == CF_RDB_HASH_ZIPMAP)
    hash = get_packed (reader, CF_RDB_BLOCK_ZIPMAP, &limits);
  else if (type == CF_RDB_HASH_ZIPLIST)
    hash = get_packed (reader, CF_RDB_BLOCK_ZIPLIST, &limits);
  else
    hash = get_packed (reader, CF_RDB_BLOCK_LISTPACK, &limits);
  return (CfObject *) hash;
}
