/* SPDX-License-Identifier: GPL-3.0-or-later */
/* glob.h -- glob-style patterns with Redis's rules: * ? [a-z] [^a] \x.
 *
 * Time is O(pattern x text) in the worst case; nothing recurses.
 *
 * Thread safety: pure functions.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

G_BEGIN_DECLS

gboolean cf_glob_match (CfSlice pattern, CfSlice text);
gboolean cf_glob_match_nocase (CfSlice pattern, CfSlice text);
gboolean cf_glob_is_literal (CfSlice pattern); /* has no special character */

G_END_DECLS
