/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rdb-zset.c -- sorted sets: a listpack of members and scores in turn, or the
 * number of members and all of them with their scores, the greatest first. */
#include "config.h"

#include <math.h>

#include "base/number.h"
#include "persist/rdb-listpack.h"
#include "persist/rdb-types.h"
#include "types/zset.h"

static CfZsetLimits
limits_of (CfConfig *config)
{
  return (CfZsetLimits){
    .max_entries = (guint64) cf_config_get_int (
        config, CF_SETTING_ZSET_MAX_LISTPACK_ENTRIES),
    .max_value = (guint64) cf_config_get_int (
        config, CF_SETTING_ZSET_MAX_LISTPACK_VALUE),
  };
}

/**
 * cf_rdb_zset_type:
 * @object: a sorted set
 *
 * Returns: how it is written
 */
CfRdbType
cf_rdb_zset_type (const CfObject *object)
{
  return cf_zset_listpack (cf_zset_of (object)) != NULL ? CF_RDB_ZSET_LISTPACK
                                                        : CF_RDB_ZSET_2;
}

/**
 * cf_rdb_put_zset:
 * @writer: a writer
 * @object: a sorted set
 */
void
cf_rdb_put_zset (CfRdbWriter *writer, const CfObject *object)
{
  const CfZset *zset = cf_zset_of (object);
  const CfListpack *listpack = cf_zset_listpack (zset);
  CfZsetIter iter;
  CfSlice member;
  double score;

  if (listpack != NULL)
    {
      cf_rdb_put_string (writer, cf_listpack_bytes (listpack));
      return;
    }
  cf_rdb_put_length (writer, cf_zset_n (zset));
  cf_zset_iter_init (&iter, zset, cf_zset_n (zset) - 1, TRUE);
  while (!writer->failed && cf_zset_iter_next (&iter, &member, &score))
    {
      cf_rdb_put_string (writer, member);
      cf_rdb_put_double (writer, score);
    }
}

static gboolean
add (CfZset *zset, CfSlice member, double score, const CfZsetLimits *limits)
{
  return !isnan (score) &&
         cf_zset_add (zset, member, 0, limits, &score) == CF_ZSET_ADDED;
}

static gboolean
get_member (CfRdbReader *reader,
            gboolean in_text,
            CfRdbString *member,
            double *score)
{
  return cf_rdb_get_string (reader, member) &&
         (in_text ? cf_rdb_get_text_double (reader, score)
                  : cf_rdb_get_double (reader, score));
}

/* Whether one of the members is too long for a listpack: then it must not
 * even be begun, since a listpack does not tell 0 from -0. */
static gboolean
has_long_member (CfRdbReader reader,
                 gboolean in_text,
                 gsize n,
                 const CfZsetLimits *limits)
{
  g_auto (CfRdbString) member = CF_RDB_STRING_INIT;
  double score;

  for (; n > 0 && get_member (&reader, in_text, &member, &score); n--)
    if (member.bytes.size > limits->max_value)
      return TRUE;
  return FALSE;
}

static CfObject *
get_members (CfRdbReader *reader, gboolean in_text, CfZsetLimits limits)
{
  g_auto (CfRdbString) member = CF_RDB_STRING_INIT;
  g_autoptr (CfObject) object = NULL;
  gsize n;

  if (!cf_rdb_get_count (reader, &n) || n == 0)
    return NULL;
  if (n > limits.max_entries || has_long_member (*reader, in_text, n, &limits))
    limits.max_entries = 0;
  object = (CfObject *) cf_zset_new ();
  for (; n > 0; n--)
    {
      double score;

      if (!get_member (reader, in_text, &member, &score) ||
          !add (cf_zset_of (object), member.bytes, score, &limits))
        return NULL;
    }
  return g_steal_pointer (&object);
}

static gboolean
read_score (const CfListpack *listpack, CfListpackAt at, double *score)
{
  char scratch[CF_LISTPACK_SCRATCH];
  CfSlice text;
  gint64 number;

  if (cf_listpack_get_int (listpack, at, &number))
    {
      *score = (double) number;
      return TRUE;
    }
  text = cf_listpack_get (listpack, at, scratch);
  return cf_parse_double (text.data, text.size, score) && !isnan (*score);
}

/* Whether the members, all different, stand in their order. */
static gboolean
is_in_order (const CfListpack *listpack)
{
  char scratches[2][CF_LISTPACK_SCRATCH];
  CfSlice before = cf_slice (NULL, 0);
  double least = -INFINITY;
  guint i = 0;

  for (CfListpackAt at = cf_listpack_first (listpack); at != 0; i++)
    {
      CfSlice member = cf_listpack_get (listpack, at, scratches[i % 2]);
      double score;

      at = cf_listpack_next (listpack, at);
      if (!read_score (listpack, at, &score) || score < least ||
          (i > 0 && score == least && cf_slice_compare (member, before) <= 0))
        return FALSE;
      at = cf_listpack_next (listpack, at);
      before = member;
      least = score;
    }
  return TRUE;
}

/* The same in the large form. */
static CfObject *
spread (const CfListpack *listpack)
{
  static const CfZsetLimits none = { 0, 0 };
  g_autoptr (CfObject) object = (CfObject *) cf_zset_new ();

  for (CfListpackAt at = cf_listpack_first (listpack); at != 0;)
    {
      char scratch[CF_LISTPACK_SCRATCH];
      CfSlice member = cf_listpack_get (listpack, at, scratch);
      double score;

      at = cf_listpack_next (listpack, at);
      if (!read_score (listpack, at, &score) ||
          !add (cf_zset_of (object), member, score, &none))
        return NULL;
      at = cf_listpack_next (listpack, at);
    }
  return g_steal_pointer (&object);
}

static CfObject *
get_packed (CfRdbReader *reader, CfRdbBlock kind, const CfZsetLimits *limits)
{
  g_autofree CfListpack *listpack = cf_rdb_get_listpack (reader, kind);
  gsize n = listpack != NULL ? cf_listpack_n (listpack) / 2 : 0;

  if (n == 0 || !cf_rdb_listpack_is_unique (listpack, 2) ||
      !is_in_order (listpack))
    return NULL;
  if (n > limits->max_entries)
    return spread (listpack);
  return (CfObject *) cf_zset_take_listpack (g_steal_pointer (&listpack));
}

/**
 * cf_rdb_get_zset:
 * @reader: a reader
 * @type: how it is written
 * @config: the thresholds
 *
 * Returns: (transfer full) (nullable): a sorted set; %NULL: see rdb-types.h
 */
CfObject *
cf_rdb_get_zset (CfRdbReader *reader, guint8 type, CfConfig *config)
{
  CfZsetLimits limits = limits_of (config);

  if (type == CF_RDB_ZSET || type == CF_RDB_ZSET_2)
    return get_members (reader, type == CF_RDB_ZSET, limits);
  if (type == CF_RDB_ZSET_ZIPLIST)
    return get_packed (reader, CF_RDB_BLOCK_ZIPLIST, &limits);
  return get_packed (reader, CF_RDB_BLOCK_LISTPACK, &limits);
}
