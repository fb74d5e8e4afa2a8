/* SPDX-License-Identifier: GPL-3.0-or-later */
/* crc.h -- CRC-16/XMODEM, which maps a key to its slot, and the CRC-64 that
 * ends Redis's files and payloads.
 *
 * Thread safety: pure functions.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

G_BEGIN_DECLS

guint16 cf_crc16 (CfSlice bytes);
guint64 cf_crc64 (guint64 crc, CfSlice bytes);

G_END_DECLS
