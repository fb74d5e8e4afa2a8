/* SPDX-License-Identifier: GPL-3.0-or-later */
/* error.h -- the one error domain of the daemon.
 *
 * A function that can fail takes a GError ** last and returns FALSE or NULL.
 * Throw where the fault is seen; log or answer where it is handled, once.
 * Asserts are for our own mistakes, never for a client's or the system's.
 *
 * Thread safety: any thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a client is told, after "OOM ", for whose wish there is no memory. */
#define CF_NO_MEMORY "there is not enough memory for this"

typedef enum
{
#define CF_ERROR_CODE(id, prefix) CF_ERROR_##id,
#include "base/errors.def"
} CfError;

#define CF_ERROR (cf_error_quark ())
GQuark cf_error_quark (void);

gboolean cf_throw (GError **error, CfError code, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
const char *cf_error_prefix (const GError *error);

G_END_DECLS
