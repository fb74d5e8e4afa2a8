/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/script.h"

#include "base/error.h"
#include "proto/split.h"

#define HEAD_MAX (64 * 1024) /* bytes of the "#!" line */

/**
 * cf_script_flags_add:
 * @flags: (inout): flags
 * @name: the name of one
 *
 * Returns: %FALSE if there is no flag of that name
 */
gboolean
cf_script_flags_add (CfScriptFlags *flags, CfSlice name)
{
  static const struct
  {
    const char *name;
    CfScriptFlags flag;
  } known[] = {
    { "no-writes", CF_SCRIPT_NO_WRITES },
    { "allow-oom", CF_SCRIPT_ALLOW_OOM },
    { "allow-stale", CF_SCRIPT_ALLOW_STALE },
    { "no-cluster", CF_SCRIPT_NO_CLUSTER },
    { "allow-cross-slot-keys", CF_SCRIPT_ALLOW_CROSS_SLOT },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    if (cf_slice_equal (name, cf_slice_of_string (known[i].name)))
      {
        *flags |= known[i].flag;
        return TRUE;
      }
  return FALSE;
}

/**
 * cf_script_need_gate:
 * @runs: (inout): (atomic) a counter of runs
 *
 * Has the next CF_SCRIPT_RUNS_ALONE runs begin with the gate closed.
 */
void
cf_script_need_gate (gint *runs)
{
  g_atomic_int_set (runs, CF_SCRIPT_RUNS_ALONE);
}

/**
 * cf_script_begins_alone:
 * @runs: (inout): (atomic) the same
 *
 * Returns: whether this run is one of them
 */
gboolean
cf_script_begins_alone (gint *runs)
{
  gint left = g_atomic_int_get (runs);

  /* If two do this at once, one may not be counted. */
  if (left > 0)
    (void) g_atomic_int_compare_and_exchange (runs, left, left - 1);
  return left > 0;
}

static gboolean
parse_flags (CfScriptFlags *flags, const char *list, GError **error)
{
  g_auto (GStrv) names = g_strsplit (list, ",", -1);

  for (char **name = names; *name != NULL; name++)
    if (!cf_script_flags_add (flags, cf_slice_of_string (*name)))
      return cf_throw (error, CF_ERROR_FAILED,
                       "Unexpected flag in script shebang: %s", *name);
  return TRUE;
}

/* The words that @spans of @line are. */
static GStrv
split_words (const char *line, const GArray *spans)
{
  GStrv words = g_new0 (char *, spans->len + 1);

  for (guint i = 0; i < spans->len; i++)
    {
      const CfSpan *span = &g_array_index (spans, CfSpan, i);

      words[i] = g_strndup (line + span->offset, span->size);
    }
  return words;
}

/* "#!lua" and options "flags=A,B" up to the end of the line. */
static gboolean
parse_head (CfScript *self, GError **error)
{
  const char *end = memchr (self->body.data, '\n', self->body.size);
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (CfSpan));
  g_autofree char *head = NULL;
  g_auto (GStrv) words = NULL;

  if (end == NULL || end - self->body.data > HEAD_MAX)
    return cf_throw (error, CF_ERROR_FAILED, "Invalid script shebang");
  self->skip = (gsize) (end - self->body.data);
  head = g_strndup (self->body.data, self->skip);
  if (!cf_split_args (head, self->skip, spans) || spans->len == 0)
    return cf_throw (error, CF_ERROR_FAILED,
                     "Invalid engine in script shebang");
  words = split_words (head, spans);
  if (strcmp (words[0], "#!lua") != 0)
    return cf_throw (error, CF_ERROR_FAILED,
                     "Unexpected engine in script shebang: %s", words[0]);
  for (char **word = words + 1; *word != NULL; word++)
    {
      if (!g_str_has_prefix (*word, "flags="))
        return cf_throw (error, CF_ERROR_FAILED,
                         "Unknown lua shebang option: %s", *word);
      if (!parse_flags (&self->flags, *word + strlen ("flags="), error))
        return FALSE;
    }
  return TRUE;
}

/**
 * cf_script_sha:
 * @body: a program
 * @sha: (out): its SHA-1, in lower case
 */
void
cf_script_sha (CfSlice body, char sha[CF_SCRIPT_SHA_SIZE + 1])
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA1);

  g_checksum_update (sum, (const guchar *) body.data, (gssize) body.size);
  g_strlcpy (sha, g_checksum_get_string (sum), CF_SCRIPT_SHA_SIZE + 1);
}

/**
 * cf_script_new:
 * @body: a program, copied
 * @error: return location for an error, or %NULL
 *
 * Returns: (transfer full) (nullable): the script, which is not compiled; %NULL
 *   if its head is wrong or there is no memory
 */
CfScript *
cf_script_new (CfSlice body, GError **error)
{
  g_autoptr (CfScript) self = g_new0 (CfScript, 1);
  char *copy = g_try_malloc (body.size + 1);

  self->refs = 1;
  if (copy == NULL)
    {
      cf_throw (error, CF_ERROR_OOM, CF_NO_MEMORY);
      return NULL;
    }
  if (body.size > 0)
    memcpy (copy, body.data, body.size);
  copy[body.size] = '\0';
  self->body = cf_slice (copy, body.size);
  cf_script_sha (body, self->sha);
  if (!g_str_has_prefix (copy, "#!"))
    self->flags = CF_SCRIPT_WITHOUT_FLAGS;
  else if (!parse_head (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * cf_script_ref:
 * @self: a script
 *
 * Returns: (transfer full): the same
 */
CfScript *
cf_script_ref (CfScript *self)
{
  g_atomic_int_inc (&self->refs);
  return self;
}

/**
 * cf_script_unref:
 * @self: (nullable) (transfer full): a script
 */
void
cf_script_unref (CfScript *self)
{
  if (self == NULL || !g_atomic_int_dec_and_test (&self->refs))
    return;
  g_free ((char *) self->body.data);
  g_free (self);
}
