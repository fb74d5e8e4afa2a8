/* SPDX-License-Identifier: GPL-3.0-or-later */
/* number.h -- numbers as text, the same in every locale.
 *
 * Parsers take a slice and are strict: all of its bytes, or nothing.  They
 * say FALSE and leave *value alone when the slice is no such number, and the
 * caller words the error.  Formatters write into the caller's buffer, add a
 * NUL, and return the length without it.
 *
 * Thread safety: all functions may be called from any thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the formatters may write, with the NUL. */
#define CF_INT64_SIZE 21
#define CF_DOUBLE_SIZE 32
#define CF_LONG_DOUBLE_SIZE (5 * 1024)
#define CF_FIXED_SIZE 340

gboolean cf_parse_int64 (const char *data, gsize size, gint64 *value);
gboolean cf_parse_uint64 (const char *data, gsize size, guint64 *value);
gboolean cf_parse_double (const char *data, gsize size, double *value);
gboolean
cf_parse_long_double (const char *data, gsize size, long double *value);
gboolean cf_parse_memory (const char *data, gsize size, guint64 *value);

guint cf_digits (guint64 value);
gsize cf_format_int64 (char buffer[static CF_INT64_SIZE], gint64 value);
gsize cf_format_uint64 (char buffer[static CF_INT64_SIZE], guint64 value);
gsize cf_format_double (char buffer[static CF_DOUBLE_SIZE], double value);
gsize cf_format_fixed (char buffer[static CF_FIXED_SIZE],
                       double value,
                       guint n_decimals);
gsize cf_format_long_double_human (char buffer[static CF_LONG_DOUBLE_SIZE],
                                   long double value);

G_END_DECLS
