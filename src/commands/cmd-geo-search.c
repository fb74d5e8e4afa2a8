/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-geo-search.c -- places within a circle or a rectangle. */
#include "config.h"

#include "base/number.h"
#include "commands/cmd-geo.h"
#include "commands/cmd-zset.h"
#include "commands/commands.h"

#define FOUND_MIN 16  /* room for that many members at first */
#define BYTES_MIN 256 /* and for that many bytes of them */

/* Commands of the family differ in where the middle and the size stand. */
typedef enum
{
  AROUND_POINT,   /* GEORADIUS */
  AROUND_MEMBER,  /* GEORADIUSBYMEMBER */
  AROUND_OPTIONS, /* GEOSEARCH */
} Around;

typedef enum
{
  UNSORTED,
  ASCENDING,
  DESCENDING,
} Order;

typedef struct
{
  CfGeoPoint point;
  double distance; /* metres */
  double score;
  gsize start; /* of the member, in the bytes of all */
  gsize size;
} Found;

typedef struct
{
  Around around;
  gboolean read_only; /* has no STORE */
  guint source;       /* number of the argument */
  guint destination;  /* likewise; 0: the reply */
  const CfZset *zset; /* (nullable) */
  CfGeoShape shape;
  gboolean has_middle, has_point, has_shape; /* that options have named */
  gboolean with_distance, with_hash, with_point;
  gboolean store_distance;
  Order order;
  gboolean any;
  gint64 count; /* 0: all */
  Found *found; /* (owned) (nullable) */
  gsize n_found;
  gsize room;    /* for how many there is */
  CfBlob *bytes; /* (owned) (nullable) of the members, one after the other */
} Search;

/* -- Arguments ------------------------------------------------------------ */

static gboolean
get_size (CfCall *call, guint i, const char *name, double *size, GError **error)
{
  if (cf_call_get_double (call, i, size, NULL))
    return TRUE;
  return cf_throw (error, CF_ERROR_FAILED, "need numeric %s", name);
}

static gboolean
parse_circle (CfCall *call, guint i, CfGeoShape *shape, GError **error)
{
  if (!get_size (call, i, "radius", &shape->radius, error))
    return FALSE;
  if (shape->radius < 0)
    return cf_throw (error, CF_ERROR_FAILED, "radius cannot be negative");
  shape->width = -1;
  return cf_geo_get_unit (call, i + 1, &shape->unit, error);
}

static gboolean
parse_box (CfCall *call, guint i, CfGeoShape *shape, GError **error)
{
  if (!get_size (call, i, "width", &shape->width, error) ||
      !get_size (call, i + 1, "height", &shape->height, error))
    return FALSE;
  if (shape->width < 0 || shape->height < 0)
    return cf_throw (error, CF_ERROR_FAILED,
                     "height or width cannot be negative");
  return cf_geo_get_unit (call, i + 2, &shape->unit, error);
}

/* Without a sorted set there is no such member either, but that is no error.
 */
static gboolean
find_middle (Search *self, CfSlice member, GError **error)
{
  double score;

  if (self->zset == NULL)
    return TRUE;
  if (!cf_zset_get (self->zset, member, &score))
    return cf_throw (error, CF_ERROR_FAILED,
                     "could not decode requested zset member");
  self->shape.center = cf_geohash_decode (score);
  return TRUE;
}

/* Reads what stands in fixed places; @first: where the options begin. */
static gboolean
parse_places (CfCall *call, Search *self, guint *first, GError **error)
{
  switch (self->around)
    {
    case AROUND_POINT:
      *first = 6;
      return cf_geo_get_point (call, 2, &self->shape.center, error) &&
             parse_circle (call, 4, &self->shape, error);
    case AROUND_MEMBER:
      *first = 5;
      return self->zset == NULL ||
             (find_middle (self, call->argv[2], error) &&
              parse_circle (call, 3, &self->shape, error));
    default:
      *first = self->source + 1;
      return TRUE;
    }
}

/* Options without a value.  FALSE: it is none. */
static gboolean
parse_flag (CfCall *call, guint i, Search *self)
{
  if (cf_call_is (call, i, "WITHDIST"))
    self->with_distance = TRUE;
  else if (cf_call_is (call, i, "WITHHASH"))
    self->with_hash = TRUE;
  else if (cf_call_is (call, i, "WITHCOORD"))
    self->with_point = TRUE;
  else if (cf_call_is (call, i, "ANY"))
    self->any = TRUE;
  else if (cf_call_is (call, i, "ASC"))
    self->order = ASCENDING;
  else if (cf_call_is (call, i, "DESC"))
    self->order = DESCENDING;
  else if (self->around == AROUND_OPTIONS && self->destination != 0 &&
           cf_call_is (call, i, "STOREDIST"))
    self->store_distance = TRUE;
  else
    return FALSE;
  return TRUE;
}

static gboolean
parse_count (CfCall *call, guint i, Search *self, GError **error)
{
  if (!cf_call_get_int (call, i, &self->count, error))
    return FALSE;
  return self->count > 0 ||
         cf_throw (error, CF_ERROR_FAILED, "COUNT must be > 0");
}

/* Options of GEOSEARCH that name the shape; @n is how many arguments follow.
 * Moves @i to the last one read. */
static gboolean
parse_shape (CfCall *call, guint *i, Search *self, GError **error)
{
  guint n = call->argc - *i - 1, at = *i + 1;

  if (cf_call_is (call, *i, "FROMMEMBER") && n >= 1 && !self->has_point)
    {
      *i += 1;
      self->has_middle = TRUE;
      return find_middle (self, call->argv[at], error);
    }
  if (cf_call_is (call, *i, "FROMLONLAT") && n >= 2 &&
      (!self->has_middle || self->has_point))
    {
      *i += 2;
      self->has_middle = self->has_point = TRUE;
      return cf_geo_get_point (call, at, &self->shape.center, error);
    }
  if (cf_call_is (call, *i, "BYRADIUS") && n >= 2 &&
      (!self->has_shape || self->shape.width < 0))
    {
      *i += 2;
      self->has_shape = TRUE;
      return parse_circle (call, at, &self->shape, error);
    }
  if (cf_call_is (call, *i, "BYBOX") && n >= 3 &&
      (!self->has_shape || self->shape.width >= 0))
    {
      *i += 3;
      self->has_shape = TRUE;
      return parse_box (call, at, &self->shape, error);
    }
  return cf_call_syntax_error (error);
}

/* Options of GEORADIUS that name a destination. */
static gboolean
parse_store (CfCall *call, guint *i, Search *self, GError **error)
{
  gboolean distance = cf_call_is (call, *i, "STOREDIST");

  if (self->read_only || (!distance && !cf_call_is (call, *i, "STORE")) ||
      *i + 1 == call->argc)
    return cf_call_syntax_error (error);
  self->store_distance = distance;
  self->destination = ++*i;
  return TRUE;
}

static gboolean
parse_options (CfCall *call, guint first, Search *self, GError **error)
{
  for (guint i = first; i < call->argc; i++)
    {
      gboolean ok;

      if (parse_flag (call, i, self))
        continue;
      if (cf_call_is (call, i, "COUNT") && i + 1 < call->argc)
        ok = parse_count (call, ++i, self, error);
      else if (self->around == AROUND_OPTIONS)
        ok = parse_shape (call, &i, self, error);
      else
        ok = parse_store (call, &i, self, error);
      if (!ok)
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_options (CfCall *call, const Search *self, GError **error)
{
  CfSlice name = call->argv[0];
  gboolean free = self->around == AROUND_OPTIONS;

  if (self->destination != 0 &&
      (self->with_distance || self->with_hash || self->with_point))
    return cf_throw (error, CF_ERROR_FAILED,
                     "%s is not compatible with WITHDIST, WITHHASH and "
                     "WITHCOORD options",
                     free ? "GEOSEARCHSTORE" : "STORE option in GEORADIUS");
  if (free && !self->has_middle)
    return cf_throw (error, CF_ERROR_FAILED,
                     "exactly one of FROMMEMBER or FROMLONLAT can be "
                     "specified for %.*s",
                     (int) name.size, name.data);
  if (free && !self->has_shape)
    return cf_throw (error, CF_ERROR_FAILED,
                     "exactly one of BYRADIUS and BYBOX can be specified for "
                     "%.*s",
                     (int) name.size, name.data);
  if (self->any && self->count == 0)
    return cf_throw (error, CF_ERROR_FAILED,
                     "the ANY argument requires COUNT argument");
  return TRUE;
}

/* -- Searching ------------------------------------------------------------ */

static gboolean
has_enough (const Search *self)
{
  return self->any && self->n_found >= (guint64) self->count;
}

/* FALSE: there is no memory for it. */
static gboolean
reserve (Search *self, gsize size)
{
  gsize used = self->bytes->size;

  if (self->n_found == self->room)
    {
      gsize room = MAX (2 * self->room, FOUND_MIN);
      Found *larger = g_try_renew (Found, self->found, room);

      if (larger == NULL)
        return FALSE;
      self->found = larger;
      self->room = room;
    }
  if (size > self->bytes->capacity - used)
    {
      CfBlob *larger = cf_blob_try_grow (
          self->bytes, MAX (2 * self->bytes->capacity, used + size));

      if (larger == NULL)
        return FALSE;
      self->bytes = larger;
    }
  return TRUE;
}

/* Copies the member, which may be in scratch.  FALSE: as above. */
static gboolean
note (Search *self, CfSlice member, Found found)
{
  if (!reserve (self, member.size))
    return FALSE;
  found.start = self->bytes->size;
  found.size = member.size;
  memcpy (self->bytes->data + found.start, member.data, member.size);
  self->bytes->size += member.size;
  self->found[self->n_found++] = found;
  return TRUE;
}

/* FALSE: there is no memory for all that is in it. */
static gboolean
search_cell (Search *self, CfGeoCell cell)
{
  CfScoreRange range = {
    .min = (double) cell.first,
    .max = (double) cell.end,
    .max_open = TRUE,
  };
  gsize first, n;
  CfZsetIter iter;
  CfSlice member;
  double score;

  cf_zset_find_scores (self->zset, &range, &first, &n);
  if (n == 0)
    return TRUE;
  cf_zset_iter_init (&iter, self->zset, first, FALSE);
  for (; n > 0 && !has_enough (self); n--)
    {
      Found found;

      if (!cf_zset_iter_next (&iter, &member, &score))
        break;
      found.point = cf_geohash_decode (score);
      if (!cf_geo_shape_has (&self->shape, found.point, &found.distance))
        continue;
      found.score = score;
      if (!note (self, member, found))
        return FALSE;
    }
  return TRUE;
}

static int
compare_distances (gconstpointer a, gconstpointer b)
{
  const Found *one = a, *other = b;

  return (one->distance > other->distance) - (one->distance < other->distance);
}

static int
compare_reversed (gconstpointer a, gconstpointer b)
{
  return compare_distances (b, a);
}

static gboolean
search (Search *self, GError **error)
{
  CfGeoCell cells[CF_GEO_CELLS_MAX];
  guint n = cf_geo_shape_cover (&self->shape, cells);

  for (guint i = 0; i < n && !has_enough (self); i++)
    if (!search_cell (self, cells[i]))
      return cf_call_out_of_memory (error);
  /* The nearest ones are meant, unless any will do. */
  if (self->order == UNSORTED && self->count != 0 && !self->any)
    self->order = ASCENDING;
  if (self->order != UNSORTED && self->n_found > 1)
    qsort (self->found, self->n_found, sizeof (Found),
           self->order == ASCENDING ? compare_distances : compare_reversed);
  if (self->count != 0)
    self->n_found = MIN (self->n_found, (gsize) self->count);
  return TRUE;
}

static CfSlice
found_member (const Search *self, const Found *found)
{
  return cf_slice (self->bytes->data + found->start, found->size);
}

static void
reply_found (CfCall *call, const Search *self)
{
  guint n_options =
      (guint) (self->with_distance + self->with_hash + self->with_point);

  cf_reply_array (&call->reply, self->n_found);
  for (gsize i = 0; i < self->n_found; i++)
    {
      const Found *found = &self->found[i];

      if (n_options > 0)
        cf_reply_array (&call->reply, n_options + 1);
      cf_reply_bulk (&call->reply, found_member (self, found));
      if (self->with_distance)
        cf_geo_reply_distance (call, found->distance / self->shape.unit);
      if (self->with_hash)
        cf_reply_int (&call->reply, (gint64) found->score);
      if (self->with_point)
        cf_geo_reply_point (call, found->point);
    }
}

static gboolean
store_found (CfCall *call, const Search *self, GError **error)
{
  CfZsetLimits limits = cf_zset_limits (call);
  g_autoptr (CfObject) result = (CfObject *) cf_zset_new ();

  for (gsize i = 0; i < self->n_found; i++)
    {
      const Found *found = &self->found[i];
      double score = self->store_distance ? found->distance / self->shape.unit
                                          : found->score;

      if (cf_zset_add (cf_zset_of (result), found_member (self, found), 0,
                       &limits, &score) == CF_ZSET_NO_MEMORY)
        return cf_call_out_of_memory (error);
    }
  return cf_zset_store (
      call, self->destination, cf_zset_of (g_steal_pointer (&result)),
      self->around == AROUND_OPTIONS ? "geosearchstore" : "georadiusstore",
      error);
}

/* -- Commands ------------------------------------------------------------- */

static gboolean
run_search (CfCall *call, Search *self, GError **error)
{
  CfZset *zset;
  guint first;

  if (!cf_zset_read (call, self->source, &zset, error))
    return FALSE;
  self->zset = zset;
  if (!parse_places (call, self, &first, error) ||
      !parse_options (call, first, self, error) ||
      !check_options (call, self, error) ||
      (zset != NULL && !search (self, error)))
    return FALSE;
  if (self->destination != 0)
    return store_found (call, self, error);
  reply_found (call, self);
  return TRUE;
}

static gboolean
run (CfCall *call, Search self, GError **error)
{
  gboolean ok;

  self.shape.width = -1;
  self.bytes = cf_blob_try_new (BYTES_MIN);
  ok = self.bytes != NULL ? run_search (call, &self, error)
                          : cf_call_out_of_memory (error);
  g_free (self.found);
  cf_blob_unref (self.bytes);
  return ok;
}

static gboolean
run_georadius (CfCall *call, GError **error)
{
  return run (call, (Search){ .around = AROUND_POINT, .source = 1 }, error);
}

static gboolean
run_georadius_ro (CfCall *call, GError **error)
{
  return run (
      call, (Search){ .around = AROUND_POINT, .source = 1, .read_only = TRUE },
      error);
}

static gboolean
run_georadiusbymember (CfCall *call, GError **error)
{
  return run (call, (Search){ .around = AROUND_MEMBER, .source = 1 }, error);
}

static gboolean
run_georadiusbymember_ro (CfCall *call, GError **error)
{
  return run (
      call, (Search){ .around = AROUND_MEMBER, .source = 1, .read_only = TRUE },
      error);
}

static gboolean
run_geosearch (CfCall *call, GError **error)
{
  return run (call, (Search){ .around = AROUND_OPTIONS, .source = 1 }, error);
}

static gboolean
run_geosearchstore (CfCall *call, GError **error)
{
  return run (
      call, (Search){ .around = AROUND_OPTIONS, .source = 2, .destination = 1 },
      error);
}

/* The source, the first of either kind of destination, as Redis tells them,
 * and the last of them all, which counts. */
static gboolean
get_radius_keys (const CfSlice *argv, guint argc, GArray *positions)
{
  guint source = 1, store = 0, store_distance = 0, last = 0;

  for (guint i = 5; i + 1 < argc; i++)
    if (cf_slice_is (argv[i], "STORE"))
      {
        last = ++i;
        store = store != 0 ? store : last;
      }
    else if (cf_slice_is (argv[i], "STOREDIST"))
      {
        last = ++i;
        store_distance = store_distance != 0 ? store_distance : last;
      }
  g_array_append_val (positions, source);
  if (store != 0)
    g_array_append_val (positions, store);
  if (store_distance != 0)
    g_array_append_val (positions, store_distance);
  if (last != store && last != store_distance)
    g_array_append_val (positions, last);
  return TRUE;
}

static const char *
flags_of_radius_key (const CfSlice *argv, guint argc, guint i)
{
  return i == 1 ? "RO access" : "OW update";
}

#define RADIUS_COMPLEXITY                                                      \
  "O(N+log(M)), N being how many places are around the area, M the size of "   \
  "the set."
#define SEARCH_COMPLEXITY RADIUS_COMPLEXITY
#define UNITS "(M | KM | FT | MI)"
#define WITH "[WITHCOORD] [WITHDIST] [WITHHASH]"
#define ORDER "[ASC | DESC]"
#define SOME "[COUNT count:integer [ANY]]"
#define STORE "[STORE key] [STOREDIST key]"
#define SHAPE                                                                  \
  "(FROMMEMBER member | FROMLONLAT (longitude:double latitude:double)) "       \
  "((BYRADIUS radius:double " UNITS ") | "                                     \
  "(BYBOX width:double height:double " UNITS "))"
#define STORE_KEYS(FROM)                                                       \
  { .flags = "OW update", .first = FROM, .keyword = "STORE", .step = 1 },      \
  {                                                                            \
    .flags = "OW update", .first = FROM, .keyword = "STOREDIST", .step = 1     \
  }

static const CfCommand commands[] = {
  {
      .name = "GEORADIUS",
      .usage = "key longitude:double latitude:double radius:double " UNITS
               " " WITH " " SOME " " ORDER " " STORE,
      .summary = "Returns or stores the places within a circle.",
      .since = "3.2.0",
      .complexity = RADIUS_COMPLEXITY,
      .run = run_georadius,
      .arity = -6,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_DENYOOM | CF_COMMAND_BIG,
      .categories = CF_ACL_GEO,
      .keys = { CF_ONE_KEY ("RO access"), STORE_KEYS (6) },
      .get_keys = get_radius_keys,
      .flags_of_key = flags_of_radius_key,
  },
  {
      .name = "GEORADIUSBYMEMBER",
      .usage = "key member radius:double " UNITS " " WITH " " SOME " " ORDER
               " " STORE,
      .summary = "Returns or stores the places around another one.",
      .since = "3.2.0",
      .complexity = RADIUS_COMPLEXITY,
      .run = run_georadiusbymember,
      .arity = -5,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_DENYOOM | CF_COMMAND_BIG,
      .categories = CF_ACL_GEO,
      .keys = { CF_ONE_KEY ("RO access"), STORE_KEYS (5) },
      .get_keys = get_radius_keys,
      .flags_of_key = flags_of_radius_key,
  },
  {
      .name = "GEORADIUSBYMEMBER_RO",
      .usage = "key member radius:double " UNITS " " WITH " " SOME " " ORDER,
      .summary = "Returns the places around another one.",
      .since = "3.2.10",
      .complexity = RADIUS_COMPLEXITY,
      .run = run_georadiusbymember_ro,
      .arity = -5,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_BIG,
      .categories = CF_ACL_GEO,
      .keys = { CF_ONE_KEY ("RO access") },
  },
  {
      .name = "GEORADIUS_RO",
      .usage = "key longitude:double latitude:double radius:double " UNITS
               " " WITH " " SOME " " ORDER,
      .summary = "Returns the places within a circle.",
      .since = "3.2.10",
      .complexity = RADIUS_COMPLEXITY,
      .run = run_georadius_ro,
      .arity = -6,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_BIG,
      .categories = CF_ACL_GEO,
      .keys = { CF_ONE_KEY ("RO access") },
  },
  {
      .name = "GEOSEARCH",
      .usage = "key " SHAPE " " ORDER " " SOME " " WITH,
      .summary = "Returns the places within a circle or rectangle.",
      .since = "6.2.0",
      .complexity = SEARCH_COMPLEXITY,
      .run = run_geosearch,
      .arity = -7,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_BIG,
      .categories = CF_ACL_GEO,
      .keys = { CF_ONE_KEY ("RO access") },
  },
  {
      .name = "GEOSEARCHSTORE",
      .usage =
          "destination:key source:key " SHAPE " " ORDER " " SOME " [STOREDIST]",
      .summary = "Stores the places within a circle or rectangle.",
      .since = "6.2.0",
      .complexity = SEARCH_COMPLEXITY,
      .run = run_geosearchstore,
      .arity = -8,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_DENYOOM | CF_COMMAND_BIG,
      .categories = CF_ACL_GEO,
      .keys = { CF_ONE_KEY ("OW update"), CF_KEY_AT ("RO access", 2) },
  },
};

const CfFamily cf_geo_search_family = {
  .group = "geo",
  .commands = commands,
  .n_commands = G_N_ELEMENTS (commands),
};
