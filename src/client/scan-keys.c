/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <glib/gi18n.h>

#include "base/error.h"
#include "client/scan-keys.h"

static CfReplyTree *
call_scan (CfRemote *remote,
           const char *cursor,
           const GString *pattern,
           GError **error)
{
  CfSlice argv[4] = { cf_slice_of_string ("SCAN"),
                      cf_slice_of_string (cursor) };
  gsize argc = 2;

  if (pattern != NULL)
    {
      argv[argc++] = cf_slice_of_string ("MATCH");
      argv[argc++] = cf_slice (pattern->str, pattern->len);
    }
  if (!cf_remote_send (remote, argv, argc, error))
    return NULL;
  return cf_remote_receive (remote, error);
}

static gboolean
check_reply (const CfReplyTree *reply, GError **error)
{
  if (reply->kind == CF_REPLY_TREE_ERROR)
    return cf_throw (error, CF_ERROR_FAILED, _ ("SCAN error: %s"), reply->text);
  if (reply->kind != CF_REPLY_TREE_ARRAY || reply->size != 2 ||
      !cf_reply_tree_has_text (&reply->children[0]) ||
      reply->children[1].kind != CF_REPLY_TREE_ARRAY)
    return cf_throw (error, CF_ERROR_FAILED, "%s",
                     _ ("Unexpected reply to SCAN"));
  return TRUE;
}

static void
print_keys (const CfReplyTree *keys, CfFormat format)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (gsize i = 0; i < keys->size; i++)
    {
      const CfReplyTree *key = &keys->children[i];

      if (!cf_reply_tree_has_text (key))
        continue;
      if (format == CF_FORMAT_HUMAN)
        cf_format_quoted (out, key->text, key->size);
      else
        g_string_append_len (out, key->text, (gssize) key->size);
      g_string_append_c (out, '\n');
    }
  fwrite (out->str, 1, out->len, stdout);
  fflush (stdout);
}

/**
 * cf_scan_keys:
 * @remote: the server, connected
 * @options: the pattern, how to print, how long to wait after each part
 * @error: return location for an error, or %NULL
 *
 * Prints the keys of the database, one a line; quoted for people, else bare.
 *
 * Returns: %FALSE if the scan did not come to its end
 */
gboolean
cf_scan_keys (CfRemote *remote, const CfClientOptions *options, GError **error)
{
  g_autofree char *cursor = g_strdup ("0");

  do
    {
      g_autoptr (CfReplyTree) reply =
          call_scan (remote, cursor, options->pattern, error);

      if (reply == NULL || !check_reply (reply, error))
        return FALSE;
      print_keys (&reply->children[1], options->style.format);
      g_free (cursor);
      cursor = g_strndup (reply->children[0].text, reply->children[0].size);
      if (options->interval_us > 0)
        g_usleep ((gulong) options->interval_us);
    }
  while (strcmp (cursor, "0") != 0);
  return TRUE;
}
