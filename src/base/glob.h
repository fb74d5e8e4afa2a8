/* SPDX-License-Identifier: GPL-3.0-or-later */
/* glob.h -- glob-style patterns with Redis's rules: * ? [a-z] [^a] \x.
 *
 * A class that is not closed ends with the pattern.  A backslash at the end
 * stands for itself.  The ends of a range may stand in either order and are
 * compared as signed bytes.  An empty text matches the empty pattern and "*",
 * but, an oddity of Redis, not "**".
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
