/* SPDX-License-Identifier: GPL-3.0-or-later */
/* key-value.h -- what commands tell of a value, whatever its type.
 *
 * Thread safety: the key is held.
 */
#pragma once

#include "config/settings.h"
#include "store/entry.h"

G_BEGIN_DECLS

#define CF_SHARED_INTEGERS 10000 /* Redis shares the objects of those below */

const char *cf_type_name (CfType type);
const char *cf_encoding_name (const CfEntry *entry);
gint64 cf_shown_refcount (const CfEntry *entry, CfConfig *config);

G_END_DECLS
