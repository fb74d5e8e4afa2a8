/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "base/error.h"
#include "client/plain-client.h"

/* Arguments are joined by blanks, so what would not come apart again, or end
 * the line too soon, cannot be sent. */
static gboolean
check_args (const CfSlice *argv, gsize argc, GError **error)
{
  gboolean is_set = argc == 3 && cf_slice_equal (argv[0], CF_SLICE ("set"));
  gboolean is_get = argc == 2 && cf_slice_equal (argv[0], CF_SLICE ("get"));

  if (!is_set && !is_get)
    return cf_throw (error, CF_ERROR_SYNTAX,
                     _ ("The plain dialect knows 'set KEY VALUE' and "
                        "'get KEY'"));
  for (gsize i = 1; i < argc; i++)
    if (argv[i].size == 0 || memchr (argv[i].data, '\n', argv[i].size) ||
        (i == 1 && memchr (argv[i].data, ' ', argv[i].size)))
      return cf_throw (error, CF_ERROR_SYNTAX,
                       _ ("The plain dialect has no way to write '%.*s'"),
                       (int) MIN (argv[i].size, 64), argv[i].data);
  return TRUE;
}

static GString *
make_request (const CfSlice *argv, gsize argc)
{
  GString *request = g_string_new (NULL);

  for (gsize i = 0; i < argc; i++)
    {
      if (i > 0)
        g_string_append_c (request, ' ');
      g_string_append_len (request, argv[i].data, (gssize) argv[i].size);
    }
  g_string_append_c (request, '\n');
  return request;
}

static gboolean
show_set (const GString *answer, GString *out, GError **error)
{
  if (g_str_equal (answer->str, "Ok"))
    g_string_append (out, "key set");
  else if (g_str_equal (answer->str, "r Ok"))
    g_string_append (out, "updated key");
  else
    return cf_throw (error, CF_ERROR_FAILED, "%s",
                     answer->len > 0 ? answer->str : _ ("No answer"));
  g_string_append_c (out, '\n');
  return TRUE;
}

static void
show_get (CfSlice key, const GString *answer, GString *out)
{
  if (answer->len == 0)
    {
      g_string_append (out, "no such key found\n");
      return;
    }
  g_string_append (out, "key: ");
  g_string_append_len (out, key.data, (gssize) key.size);
  g_string_append (out, " => value: ");
  g_string_append_len (out, answer->str, (gssize) answer->len);
  g_string_append_c (out, '\n');
}

/**
 * cf_plain_client_run:
 * @remote: where the plain listener is
 * @argv: (array length=argc): "set", a key and a value, or "get" and a key
 * @argc: how many they are
 * @out: where to append what to print
 * @error: return location for an error, or %NULL
 *
 * Returns: %TRUE if there was an answer
 */
gboolean
cf_plain_client_run (CfRemote *remote,
                     const CfSlice *argv,
                     gsize argc,
                     GString *out,
                     GError **error)
{
  g_autoptr (GString) answer = g_string_new (NULL);
  g_autoptr (GString) request = NULL;

  if (!check_args (argv, argc, error))
    return FALSE;
  request = make_request (argv, argc);
  if (!cf_remote_connect (remote, error) ||
      !cf_remote_send_bytes (remote, request->str, request->len, error) ||
      !cf_remote_finish (remote, answer, error))
    return FALSE;
  if (argc == 3)
    return show_set (answer, out, error);
  show_get (argv[1], answer, out);
  return TRUE;
}
