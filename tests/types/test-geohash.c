/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/geohash.h"

#include <math.h>

static const CfGeoPoint palermo = { 13.361389, 38.115556 };
static const CfGeoPoint catania = { 15.087269, 37.502669 };

/* The numbers are those that redis-server 7.0.15 gives. */
static void
test_geohash_encode (void)
{
  g_assert_cmpuint (cf_geohash_encode (palermo), ==, 3479099956230698);
  g_assert_cmpuint (cf_geohash_encode (catania), ==, 3479447370796909);
  g_assert_cmpuint (cf_geohash_encode ((CfGeoPoint){ -180, -85.05112878 }), ==,
                    0);
}

static void
test_geohash_text (void)
{
  char text[CF_GEOHASH_TEXT_SIZE];

  cf_geohash_to_text (3479099956230698, text);
  g_assert_cmpstr (text, ==, "sqc8b49rny0");
  cf_geohash_to_text (3479447370796909, text);
  g_assert_cmpstr (text, ==, "sqdtr74hyu0");
}

static void
test_geohash_distance (void)
{
  CfGeoPoint a = cf_geohash_decode (3479099956230698);
  CfGeoPoint b = cf_geohash_decode (3479447370796909);

  g_assert_cmpfloat_with_epsilon (cf_geo_distance (a, b), 166274.1516, 1e-4);
  g_assert_cmpfloat (cf_geo_distance (a, a), ==, 0);
  b = (CfGeoPoint){ a.longitude, a.latitude + 1 };
  g_assert_cmpfloat_with_epsilon (cf_geo_distance (a, b), 111226.3, 0.1);
}

/* A place and the middle of its cell are less than a metre apart. */
static void
test_geohash_round_trip (void)
{
  for (int i = 0; i < 1000; i++)
    {
      CfGeoPoint point = { g_test_rand_double_range (-180, 180),
                           g_test_rand_double_range (-85.05, 85.05) };
      guint64 hash = cf_geohash_encode (point);
      CfGeoPoint middle = cf_geohash_decode ((double) hash);

      g_assert_true (cf_geo_point_is_valid (middle));
      g_assert_cmpfloat (cf_geo_distance (point, middle), <, 1);
      g_assert_cmpuint (cf_geohash_encode (middle), ==, hash);
    }
}

/* A score may be anything. */
static void
test_geohash_any_score (void)
{
  static const double scores[] = { -1,
                                   HUGE_VAL,
                                   -HUGE_VAL,
                                   1e300,
                                   -1e300,
                                   0.5,
                                   1.8446744073709552e19,
                                   9007199254740992.0,
                                   -0.0 };
  char text[CF_GEOHASH_TEXT_SIZE];

  for (gsize i = 0; i < G_N_ELEMENTS (scores); i++)
    {
      g_assert_true (cf_geo_point_is_valid (cf_geohash_decode (scores[i])));
      cf_geohash_to_text (scores[i], text);
      g_assert_cmpuint (strlen (text), ==, 11);
    }
}

static void
test_geohash_valid (void)
{
  g_assert_true (cf_geo_point_is_valid ((CfGeoPoint){ 180, 85.05112878 }));
  g_assert_false (cf_geo_point_is_valid ((CfGeoPoint){ 180.1, 0 }));
  g_assert_false (cf_geo_point_is_valid ((CfGeoPoint){ -181, 0 }));
  g_assert_false (cf_geo_point_is_valid ((CfGeoPoint){ 0, 85.06 }));
  g_assert_false (cf_geo_point_is_valid ((CfGeoPoint){ 0, -90 }));
}

static gboolean
is_covered (const CfGeoCell *cells, guint n, guint64 hash)
{
  for (guint i = 0; i < n; i++)
    if (hash >= cells[i].first && hash < cells[i].end)
      return TRUE;
  return FALSE;
}

/* What is in a shape is in its ranges. */
static void
test_geohash_cover (void)
{
  for (int round = 0; round < 2000; round++)
    {
      CfGeoShape shape = {
        .center = { g_test_rand_double_range (-170, 170),
                    g_test_rand_double_range (-75, 75) },
        .radius = pow (10, g_test_rand_double_range (0, 5.5)),
        .width = -1,
        .unit = 1,
      };
      CfGeoCell cells[CF_GEO_CELLS_MAX];
      guint n;

      if (g_test_rand_bit ())
        {
          shape.width = shape.radius;
          shape.height = pow (10, g_test_rand_double_range (0, 5));
        }
      n = cf_geo_shape_cover (&shape, cells);
      g_assert_cmpuint (n, >=, 1);
      for (int i = 0; i < 20; i++)
        {
          double far = shape.radius / 111000;
          CfGeoPoint point = {
            shape.center.longitude + g_test_rand_double_range (-far, far),
            shape.center.latitude + g_test_rand_double_range (-far, far),
          };
          double distance = -1;

          if (!cf_geo_point_is_valid (point) ||
              !cf_geo_shape_has (&shape, point, &distance))
            continue;
          g_assert_cmpfloat_with_epsilon (
              distance, cf_geo_distance (shape.center, point), 1e-6);
          g_assert_true (is_covered (cells, n, cf_geohash_encode (point)));
        }
    }
}

static void
test_geohash_shapes (void)
{
  CfGeoShape circle = {
    .center = palermo, .radius = 167, .width = -1, .unit = 1000
  };
  CfGeoShape box = {
    .center = palermo, .width = 310, .height = 140, .unit = 1000
  };
  double distance;

  g_assert_true (cf_geo_shape_has (&circle, catania, &distance));
  g_assert_cmpfloat_with_epsilon (distance, 166274, 5);
  g_assert_true (cf_geo_shape_has (&box, catania, &distance));
  circle.radius = 166;
  g_assert_false (cf_geo_shape_has (&circle, catania, &distance));
  box.height = 130;
  g_assert_false (cf_geo_shape_has (&box, catania, &distance));
  box.height = 140;
  box.width = 300;
  g_assert_false (cf_geo_shape_has (&box, catania, &distance));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/types/geohash/encode", test_geohash_encode);
  g_test_add_func ("/types/geohash/text", test_geohash_text);
  g_test_add_func ("/types/geohash/distance", test_geohash_distance);
  g_test_add_func ("/types/geohash/round-trip", test_geohash_round_trip);
  g_test_add_func ("/types/geohash/any-score", test_geohash_any_score);
  g_test_add_func ("/types/geohash/valid", test_geohash_valid);
  g_test_add_func ("/types/geohash/cover", test_geohash_cover);
  g_test_add_func ("/types/geohash/shapes", test_geohash_shapes);
  return g_test_run ();
}
