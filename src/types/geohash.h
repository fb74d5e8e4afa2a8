/* SPDX-License-Identifier: GPL-3.0-or-later */
/* geohash.h -- places on earth as numbers, near ones mostly near each other.
 *
 * The surface is halved by longitude and by latitude in turn; each half chosen
 * is a bit, that of the longitude first.  After 26 halvings each, 52 bits name
 * a cell smaller than a metre, and a double holds them exactly.  Latitudes end
 * where the Mercator projection makes a square.
 *
 *   bit  51  50  49  48 ...  1   0
 *       lon lat lon lat     lon lat
 *
 * Source: Gustavo Niemeyer, geohash.org (2008); the numbers are those that
 * Redis uses, so that sorted sets of either can be read by the other.
 *
 * Thread safety: the functions touch nothing but their arguments.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CF_GEO_LATITUDE_MAX 85.05112878
#define CF_GEO_LONGITUDE_MAX 180.0
#define CF_GEOHASH_TEXT_SIZE 12 /* with the NUL */
#define CF_GEO_CELLS_MAX 9

typedef struct
{
  double longitude; /* degrees */
  double latitude;
} CfGeoPoint;

/* A circle if @width is negative, else a rectangle. */
typedef struct
{
  CfGeoPoint center;
  double radius; /* in units, as are width and height */
  double width;
  double height;
  double unit; /* metres */
} CfGeoShape;

/* Hashes from @first up to, but without, @end. */
typedef struct
{
  guint64 first;
  guint64 end;
} CfGeoCell;

gboolean cf_geo_point_is_valid (CfGeoPoint point);
double cf_geo_distance (CfGeoPoint one, CfGeoPoint other); /* metres */

guint64 cf_geohash_encode (CfGeoPoint point); /* 52 bits */
CfGeoPoint cf_geohash_decode (double score);  /* of any score */
void cf_geohash_to_text (double score, char text[CF_GEOHASH_TEXT_SIZE]);

guint cf_geo_shape_cover (const CfGeoShape *self,
                          CfGeoCell cells[CF_GEO_CELLS_MAX]);
gboolean cf_geo_shape_has (const CfGeoShape *self,
                           CfGeoPoint point,
                           double *distance); /* metres */

G_END_DECLS
