/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-geo.c -- places in sorted sets: a geohash is the score. */
#include "config.h"

#include "commands/cmd-geo.h"

#include "base/number.h"
#include "commands/cmd-zset.h"
#include "commands/commands.h"

/* -- What all have in common ---------------------------------------------- */

/**
 * cf_geo_get_point:
 * @call: a call
 * @i: the number of the argument that is the longitude; the latitude follows
 * @point: (out): the place
 * @error: return location for an error, or %NULL
 *
 * Returns: %FALSE if they are no numbers, or too large
 */
gboolean
cf_geo_get_point (CfCall *call, guint i, CfGeoPoint *point, GError **error)
{
  if (!cf_call_get_double (call, i, &point->longitude, error) ||
      !cf_call_get_double (call, i + 1, &point->latitude, error))
    return FALSE;
  if (cf_geo_point_is_valid (*point))
    return TRUE;
  return cf_throw (error, CF_ERROR_FAILED,
                   "invalid longitude,latitude pair %f,%f", point->longitude,
                   point->latitude);
}

/**
 * cf_geo_get_unit:
 * @call: a call
 * @i: the number of an argument
 * @unit: (out): what it names, in metres
 * @error: return location for an error, or %NULL
 *
 * Returns: %FALSE if it is no unit
 */
gboolean
cf_geo_get_unit (CfCall *call, guint i, double *unit, GError **error)
{
  static const struct
  {
    const char *name;
    double metres;
  } units[] = {
    { "M", 1 },
    { "KM", 1000 },
    { "FT", 0.3048 },
    { "MI", 1609.34 },
  };

  for (gsize j = 0; j < G_N_ELEMENTS (units); j++)
    if (cf_call_is (call, i, units[j].name))
      {
        *unit = units[j].metres;
        return TRUE;
      }
  return cf_throw (error, CF_ERROR_FAILED,
                   "unsupported unit provided. please use M, KM, FT, MI");
}

/**
 * cf_geo_reply_point:
 * @call: a call
 * @point: a place
 *
 * Replies with an array of longitude and latitude.
 */
void
cf_geo_reply_point (CfCall *call, CfGeoPoint point)
{
  cf_reply_array (&call->reply, 2);
  cf_reply_decimal (&call->reply, point.longitude);
  cf_reply_decimal (&call->reply, point.latitude);
}

/**
 * cf_geo_reply_distance:
 * @call: a call
 * @distance: a distance in the unit that was asked for
 *
 * Replies with a bulk string, with four decimals.
 */
void
cf_geo_reply_distance (CfCall *call, double distance)
{
  char text[CF_FIXED_SIZE];
  gsize size = cf_format_fixed (text, distance, 4);

  cf_reply_bulk (&call->reply, cf_slice (text, size));
}

/* -- Commands ------------------------------------------------------------- */

/* Makes scores and members, as ZADD takes them, of what begins at argument
 * @first. */
static gboolean
make_pairs (CfCall *call,
            guint first,
            guint n,
            CfSlice *pairs,
            char (*digits)[CF_INT64_SIZE],
            GError **error)
{
  for (guint i = 0; i < n; i++)
    {
      CfGeoPoint point;
      gsize size;

      if (!cf_geo_get_point (call, first + 3 * i, &point, error))
        return FALSE;
      size = cf_format_uint64 (digits[i], cf_geohash_encode (point));
      pairs[2 * i] = cf_slice (digits[i], size);
      pairs[2 * i + 1] = call->argv[first + 3 * i + 2];
    }
  return TRUE;
}

/* Records what ZADD would have been, so that whoever reads it need not know
 * about places. */
static void
record_zadd (CfCall *call, guint first, const CfSlice *pairs, guint n)
{
  g_autofree CfSlice *words = NULL;

  if (!cf_call_wants_effect (call))
    return;
  words = g_new (CfSlice, first + 2 * n);
  words[0] = CF_SLICE ("ZADD");
  for (guint i = 1; i < first; i++)
    words[i] = call->argv[i];
  if (n > 0)
    memcpy (words + first, pairs, 2 * n * sizeof *pairs);
  cf_call_effect (call, words, first + 2 * n);
}

static gboolean
add_points (CfCall *call,
            guint first,
            CfZsetFlags flags,
            gboolean count_changed,
            GError **error)
{
  guint n = (call->argc - first) / 3;
  g_autofree CfSlice *pairs = g_try_new (CfSlice, 2 * n);
  g_autofree char (*digits)[CF_INT64_SIZE] = g_try_malloc_n (n, sizeof *digits);
  guint64 n_changes = call->n_changes;

  if (pairs == NULL || digits == NULL)
    return cf_call_out_of_memory (error);
  if (!make_pairs (call, first, n, pairs, digits, error) ||
      !cf_zset_add_pairs (call, pairs, n, flags, count_changed, error))
    return FALSE;
  if (call->n_changes > n_changes)
    record_zadd (call, first, pairs, n);
  return TRUE;
}

static gboolean
run_geoadd (CfCall *call, GError **error)
{
  CfZsetFlags flags = 0;
  gboolean count_changed = FALSE;
  guint i;

  for (i = 2; i < call->argc; i++)
    if (cf_call_is (call, i, "NX"))
      flags |= CF_ZSET_NX;
    else if (cf_call_is (call, i, "XX"))
      flags |= CF_ZSET_XX;
    else if (cf_call_is (call, i, "CH"))
      count_changed = TRUE;
    else
      break;
  if ((call->argc - i) % 3 != 0 || call->argc == i ||
      (flags & (CF_ZSET_NX | CF_ZSET_XX)) == (CF_ZSET_NX | CF_ZSET_XX))
    return cf_call_syntax_error (error);
  return add_points (call, i, flags, count_changed, error);
}

static gboolean
run_geodist (CfCall *call, GError **error)
{
  double unit = 1, score, other_score;
  CfZset *zset;

  if (call->argc > 5)
    return cf_call_syntax_error (error);
  if (call->argc == 5 && !cf_geo_get_unit (call, 4, &unit, error))
    return FALSE;
  if (!cf_zset_read (call, 1, &zset, error))
    return FALSE;
  if (zset == NULL || !cf_zset_get (zset, call->argv[2], &score) ||
      !cf_zset_get (zset, call->argv[3], &other_score))
    cf_reply_null (&call->reply);
  else
    cf_geo_reply_distance (call,
                           cf_geo_distance (cf_geohash_decode (score),
                                            cf_geohash_decode (other_score)) /
                               unit);
  return TRUE;
}

static gboolean
run_geohash (CfCall *call, GError **error)
{
  CfZset *zset;

  if (!cf_zset_read (call, 1, &zset, error))
    return FALSE;
  cf_reply_array (&call->reply, call->argc - 2);
  for (guint i = 2; i < call->argc; i++)
    {
      char text[CF_GEOHASH_TEXT_SIZE];
      double score;

      if (zset == NULL || !cf_zset_get (zset, call->argv[i], &score))
        {
          cf_reply_null (&call->reply);
          continue;
        }
      cf_geohash_to_text (score, text);
      cf_reply_bulk_string (&call->reply, text);
    }
  return TRUE;
}

static gboolean
run_geopos (CfCall *call, GError **error)
{
  CfZset *zset;

  if (!cf_zset_read (call, 1, &zset, error))
    return FALSE;
  cf_reply_array (&call->reply, call->argc - 2);
  for (guint i = 2; i < call->argc; i++)
    {
      double score;

      if (zset == NULL || !cf_zset_get (zset, call->argv[i], &score))
        cf_reply_null_array (&call->reply);
      else
        cf_geo_reply_point (call, cf_geohash_decode (score));
    }
  return TRUE;
}

static const CfCommand commands[] = {
  {
      .name = "GEOADD",
      .usage = "key [NX | XX] [CH] (longitude:double latitude:double member) "
               "...",
      .summary = "Adds places to a sorted set, or moves them.",
      .since = "3.2.0",
      .complexity = "O(log(N)) for each place, N being the size of the set.",
      .run = run_geoadd,
      .arity = -5,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_DENYOOM,
      .categories = CF_ACL_GEO,
      .keys = { CF_ONE_KEY ("RW update") },
  },
  {
      .name = "GEODIST",
      .usage = "key member1 member2 [M | KM | FT | MI]",
      .summary = "Returns how far two places are from each other.",
      .since = "3.2.0",
      .complexity = "O(1)",
      .run = run_geodist,
      .arity = -4,
      .flags = CF_COMMAND_READONLY,
      .categories = CF_ACL_GEO,
      .keys = { CF_ONE_KEY ("RO access") },
  },
  {
      .name = "GEOHASH",
      .usage = "key [member ...]",
      .summary = "Returns places as standard geohashes.",
      .since = "3.2.0",
      .complexity = "O(1) for each place.",
      .run = run_geohash,
      .arity = -2,
      .flags = CF_COMMAND_READONLY,
      .categories = CF_ACL_GEO,
      .keys = { CF_ONE_KEY ("RO access") },
  },
  {
      .name = "GEOPOS",
      .usage = "key [member ...]",
      .summary = "Returns the longitudes and latitudes of places.",
      .since = "3.2.0",
      .complexity = "O(1) for each place.",
      .run = run_geopos,
      .arity = -2,
      .flags = CF_COMMAND_READONLY,
      .categories = CF_ACL_GEO,
      .keys = { CF_ONE_KEY ("RO access") },
  },
};

const CfFamily cf_geo_family = {
  .group = "geo",
  .commands = commands,
  .n_commands = G_N_ELEMENTS (commands),
};
