/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "commands/client-name.h"

/**
 * cf_client_name_check:
 * @name: what a client wants to be called
 * @error: return location for an error, or %NULL
 *
 * Returns: whether it has only characters that CLIENT LIST can show, and not
 *   more than CF_CLIENT_NAME_MAX of them
 */
gboolean
cf_client_name_check (CfSlice name, GError **error)
{
  for (gsize i = 0; i < name.size; i++)
    if (name.data[i] < '!' || name.data[i] > '~')
      return cf_throw (error, CF_ERROR_FAILED,
                       "Client names cannot contain spaces, newlines or "
                       "special characters.");
  return name.size <= CF_CLIENT_NAME_MAX || cf_call_out_of_memory (error);
}

/**
 * cf_client_name_set:
 * @session: a session
 * @name: a name that was checked; an empty one takes the name away
 */
void
cf_client_name_set (CfSession *session, CfSlice name)
{
  g_autofree char *text =
      name.size > 0 ? g_strndup (name.data, name.size) : NULL;

  cf_session_set_name (session, text);
}
