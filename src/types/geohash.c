/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/geohash.h"

#include <math.h>

#define STEPS_MAX 26                /* halvings of each coordinate */
#define EARTH_RADIUS 6372797.560856 /* metres */
#define MERCATOR_MAX 20037726.37    /* metres, half around the equator */
#define RADIANS (G_PI / 180)        /* a degree */
#define STANDARD_LATITUDE_MAX 90.0  /* of a hash as text */

/* A cell by the numbers of its column and row, each of @steps bits. */
typedef struct
{
  guint32 column; /* from west to east */
  guint32 row;    /* from south to north */
  guint steps;
} Cell;

/* The edges of an area, in degrees. */
typedef struct
{
  double west, east, south, north;
} Area;

/* -- Points --------------------------------------------------------------- */

/**
 * cf_geo_point_is_valid:
 * @point: a place
 *
 * Returns: whether it has a hash: those near the poles have none
 */
gboolean
cf_geo_point_is_valid (CfGeoPoint point)
{
  return point.longitude >= -CF_GEO_LONGITUDE_MAX &&
         point.longitude <= CF_GEO_LONGITUDE_MAX &&
         point.latitude >= -CF_GEO_LATITUDE_MAX &&
         point.latitude <= CF_GEO_LATITUDE_MAX;
}

static double
latitude_distance (double one, double other)
{
  return EARTH_RADIUS * fabs (other * RADIANS - one * RADIANS);
}

/**
 * cf_geo_distance:
 * @one: a place
 * @other: a place
 *
 * By the haversine formula, as if the earth were a sphere.
 *
 * Returns: the distance in metres
 */
double
cf_geo_distance (CfGeoPoint one, CfGeoPoint other)
{
  double v = sin ((other.longitude * RADIANS - one.longitude * RADIANS) / 2);
  double latitude = one.latitude * RADIANS;
  double other_latitude = other.latitude * RADIANS;
  double u, a;

  if (v == 0)
    return latitude_distance (one.latitude, other.latitude);
  u = sin ((other_latitude - latitude) / 2);
  a = u * u + cos (latitude) * cos (other_latitude) * v * v;
  return 2.0 * EARTH_RADIUS * asin (sqrt (a));
}

/* -- Hashes --------------------------------------------------------------- */

/* Puts a zero bit above each bit. */
static guint64
spread (guint64 x)
{
  x = (x | x << 16) & G_GUINT64_CONSTANT (0x0000ffff0000ffff);
  x = (x | x << 8) & G_GUINT64_CONSTANT (0x00ff00ff00ff00ff);
  x = (x | x << 4) & G_GUINT64_CONSTANT (0x0f0f0f0f0f0f0f0f);
  x = (x | x << 2) & G_GUINT64_CONSTANT (0x3333333333333333);
  return (x | x << 1) & G_GUINT64_CONSTANT (0x5555555555555555);
}

/* Takes every second bit out. */
static guint32
squeeze (guint64 x)
{
  x &= G_GUINT64_CONSTANT (0x5555555555555555);
  x = (x | x >> 1) & G_GUINT64_CONSTANT (0x3333333333333333);
  x = (x | x >> 2) & G_GUINT64_CONSTANT (0x0f0f0f0f0f0f0f0f);
  x = (x | x >> 4) & G_GUINT64_CONSTANT (0x00ff00ff00ff00ff);
  x = (x | x >> 8) & G_GUINT64_CONSTANT (0x0000ffff0000ffff);
  return (guint32) (x | x >> 16);
}

static guint64
cell_bits (Cell cell)
{
  return spread (cell.row) | spread (cell.column) << 1;
}

/* Which of 2 ** @steps parts of a range up to @most a number is in. */
static guint32
part_of (double value, double most, guint steps)
{
  double offset = (value - -most) / (most - -most);

  /* The greatest value gives one more than there are, as it does in Redis. */
  return (guint32) (offset * (double) (1ull << steps));
}

static Cell
cell_of (CfGeoPoint point, double latitude_max, guint steps)
{
  return (Cell){ part_of (point.longitude, CF_GEO_LONGITUDE_MAX, steps),
                 part_of (point.latitude, latitude_max, steps), steps };
}

/* Where part @i of a range up to @most begins. */
static double
edge_of (guint64 i, double most, guint steps)
{
  return -most + ((double) i / (double) (1ull << steps)) * (most - -most);
}

static Area
cell_area (Cell cell)
{
  return (Area){
    .west = edge_of (cell.column, CF_GEO_LONGITUDE_MAX, cell.steps),
    .east =
        edge_of ((guint64) cell.column + 1, CF_GEO_LONGITUDE_MAX, cell.steps),
    .south = edge_of (cell.row, CF_GEO_LATITUDE_MAX, cell.steps),
    .north = edge_of ((guint64) cell.row + 1, CF_GEO_LATITUDE_MAX, cell.steps),
  };
}

/**
 * cf_geohash_encode:
 * @point: a valid place
 *
 * Returns: its hash, of 52 bits
 */
guint64
cf_geohash_encode (CfGeoPoint point)
{
  return cell_bits (cell_of (point, CF_GEO_LATITUDE_MAX, STEPS_MAX));
}

/* The bits of a score that may be anything, the same on every machine. */
static guint64
bits_of (double score)
{
  if (score >= 0 && score < 0x1p64)
    return (guint64) score;
  if (score < 0 && score >= -0x1p63)
    return (guint64) (gint64) score;
  return 0;
}

/**
 * cf_geohash_decode:
 * @score: a hash; or any number
 *
 * Returns: the middle of its cell, a valid place
 */
CfGeoPoint
cf_geohash_decode (double score)
{
  guint64 bits = bits_of (score);
  Area area =
      cell_area ((Cell){ squeeze (bits >> 1), squeeze (bits), STEPS_MAX });
  double longitude = (area.west + area.east) / 2;
  double latitude = (area.south + area.north) / 2;

  return (CfGeoPoint){
    CLAMP (longitude, -CF_GEO_LONGITUDE_MAX, CF_GEO_LONGITUDE_MAX),
    CLAMP (latitude, -CF_GEO_LATITUDE_MAX, CF_GEO_LATITUDE_MAX),
  };
}

/**
 * cf_geohash_to_text:
 * @score: a hash
 * @text: (out): eleven characters and a NUL
 *
 * Writes a standard geohash, whose latitudes go to the poles.  The bits give
 * ten characters and two bits more, which are left out.
 */
void
cf_geohash_to_text (double score, char text[CF_GEOHASH_TEXT_SIZE])
{
  static const char alphabet[] = "0123456789bcdefghjkmnpqrstuvwxyz";
  guint64 bits = cell_bits (
      cell_of (cf_geohash_decode (score), STANDARD_LATITUDE_MAX, STEPS_MAX));

  for (guint i = 0; i < 10; i++)
    text[i] = alphabet[bits >> (52 - (i + 1) * 5) & 31];
  text[10] = alphabet[0];
  text[11] = '\0';
}

/* -- Shapes --------------------------------------------------------------- */

static gboolean
is_circle (const CfGeoShape *self)
{
  return self->width < 0;
}

/* The rectangle around the shape; near the poles it may be anything. */
static Area
bounds_of (const CfGeoShape *self)
{
  double height =
      self->unit * (is_circle (self) ? self->radius : self->height / 2);
  double width =
      self->unit * (is_circle (self) ? self->radius : self->width / 2);
  double latitude = self->center.latitude;
  double up = height / EARTH_RADIUS / RADIANS;
  /* Meridians are nearest to each other on the side of the pole. */
  double narrowest = latitude < 0 ? latitude - up : latitude + up;
  double aside = width / EARTH_RADIUS / cos (narrowest * RADIANS) / RADIANS;

  return (Area){
    .west = self->center.longitude - aside,
    .east = self->center.longitude + aside,
    .south = latitude - up,
    .north = latitude + up,
  };
}

/* How often to halve so that a cell and those around it cover @radius. */
static guint
estimate_steps (double radius, double latitude)
{
  int steps = 1;

  if (radius == 0)
    return STEPS_MAX;
  for (; radius < MERCATOR_MAX; radius *= 2)
    steps++;
  steps -= 2;
  if (fabs (latitude) > 66)
    steps--;
  if (fabs (latitude) > 80)
    steps--;
  return (guint) CLAMP (steps, 1, STEPS_MAX);
}

/* The number a step up or down, around the world; it may be one too much as
 * long as it stays where it is. */
static guint32
step_from (guint32 number, int step, guint steps)
{
  return step == 0 ? number : (number + (guint32) step) & ((1u << steps) - 1);
}

/* The cell beside it, so many columns and rows away. */
static Cell
cell_beside (Cell cell, int columns, int rows)
{
  return (Cell){ step_from (cell.column, columns, cell.steps),
                 step_from (cell.row, rows, cell.steps), cell.steps };
}

/* Whether the cells around @cell end within @bounds. */
static gboolean
is_too_fine (Cell cell, const Area *bounds)
{
  return cell_area (cell_beside (cell, 0, 1)).north < bounds->north ||
         cell_area (cell_beside (cell, 0, -1)).south > bounds->south ||
         cell_area (cell_beside (cell, 1, 0)).east < bounds->east ||
         cell_area (cell_beside (cell, -1, 0)).west > bounds->west;
}

/* Whether nothing of the shape is to be found that way from the middle. */
static gboolean
is_useless (const Area *middle, const Area *bounds, int columns, int rows)
{
  return (rows < 0 && middle->south < bounds->south) ||
         (rows > 0 && middle->north > bounds->north) ||
         (columns < 0 && middle->west < bounds->west) ||
         (columns > 0 && middle->east > bounds->east);
}

static CfGeoCell
hashes_of (Cell cell)
{
  guint64 bits = cell_bits (cell);
  guint shift = 2 * (STEPS_MAX - cell.steps);

  return (CfGeoCell){ bits << shift, (bits + 1) << shift };
}

/**
 * cf_geo_shape_cover:
 * @self: a shape around a valid place
 * @cells: (out): ranges of hashes, in the order in which Redis looks at them
 *
 * Finds ranges that have all that is in the shape, and more.
 *
 * Returns: how many ranges there are
 */
guint
cf_geo_shape_cover (const CfGeoShape *self, CfGeoCell cells[CF_GEO_CELLS_MAX])
{
  static const gint8 ways[CF_GEO_CELLS_MAX][2] = {
    { 0, 0 }, { 0, 1 },  { 0, -1 }, { 1, 0 },   { -1, 0 },
    { 1, 1 }, { -1, 1 }, { 1, -1 }, { -1, -1 },
  };
  Area bounds = bounds_of (self), middle;
  double radius = is_circle (self)
                      ? self->radius
                      : sqrt (self->width / 2 * (self->width / 2) +
                              self->height / 2 * (self->height / 2));
  guint steps = estimate_steps (radius * self->unit, self->center.latitude);
  Cell cell = cell_of (self->center, CF_GEO_LATITUDE_MAX, steps);
  guint n = 0;

  if (steps > 1 && is_too_fine (cell, &bounds))
    cell = cell_of (self->center, CF_GEO_LATITUDE_MAX, --steps);
  middle = cell_area (cell);
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      CfGeoCell next = hashes_of (cell_beside (cell, ways[i][0], ways[i][1]));

      if (steps >= 2 && is_useless (&middle, &bounds, ways[i][0], ways[i][1]))
        continue;
      /* Where there are but few cells, one may be on both sides. */
      if (n > 1 && cells[n - 1].first == next.first)
        continue;
      cells[n++] = next;
    }
  return n;
}

/**
 * cf_geo_shape_has:
 * @self: a shape
 * @point: a place
 * @distance: (out): how far the place is from the middle, in metres; only set
 *   if it is within the shape
 *
 * Returns: whether the place is within the shape
 */
gboolean
cf_geo_shape_has (const CfGeoShape *self, CfGeoPoint point, double *distance)
{
  CfGeoPoint beside = { self->center.longitude, point.latitude };
  double found;

  if (!is_circle (self) &&
      (latitude_distance (point.latitude, self->center.latitude) >
           self->height * self->unit / 2 ||
       cf_geo_distance (point, beside) > self->width * self->unit / 2))
    return FALSE;
  found = cf_geo_distance (self->center, point);
  if (is_circle (self) && found > self->radius * self->unit)
    return FALSE;
  *distance = found;
  return TRUE;
}
