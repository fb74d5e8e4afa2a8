/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-geo.h -- what the files cmd-geo-*.c share.
 *
 * Thread safety: as for a call.
 */
#pragma once

#include "engine/call.h"
#include "types/geohash.h"

G_BEGIN_DECLS

/* Arguments @i and @i + 1. */
gboolean
cf_geo_get_point (CfCall *call, guint i, CfGeoPoint *point, GError **error);
/* In metres. */
gboolean cf_geo_get_unit (CfCall *call, guint i, double *unit, GError **error);
void cf_geo_reply_point (CfCall *call, CfGeoPoint point);
void cf_geo_reply_distance (CfCall *call, double distance);

G_END_DECLS
