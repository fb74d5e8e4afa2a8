/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/error.h"

/**
 * cf_error_quark:
 *
 * Returns: the domain of our errors
 */
GQuark
cf_error_quark (void)
{
  return g_quark_from_static_string ("cf-error-quark");
}

/**
 * cf_throw:
 * @error: (nullable): where to put the error
 * @code: the code to put there
 * @format: a printf() format for the message, without a full stop
 *
 * Sets @error, so that a failing path is one line: `return cf_throw (…)`.
 *
 * Returns: %FALSE, always
 */
gboolean
cf_throw (GError **error, CfError code, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, CF_ERROR, (int) code, message);
  return FALSE;
}

/**
 * cf_error_prefix:
 * @error: an error of any domain
 *
 * Returns: (transfer none): the first word of the error reply for @error
 */
const char *
cf_error_prefix (const GError *error)
{
  static const char *const prefixes[] = {
#define CF_ERROR_CODE(id, prefix) [CF_ERROR_##id] = prefix,
#include "base/errors.def"
  };

  if (error->domain != CF_ERROR)
    return "ERR";
  g_assert ((guint) error->code < G_N_ELEMENTS (prefixes));
  return prefixes[error->code];
}
