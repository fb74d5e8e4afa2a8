/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "linear/link.h"
#include "linear/remote-store.h"

struct _CfRemoteStore
{
  GPtrArray *links; /* (owned) (element-type CfLink) of each thread */
  guint round;      /* part of the names of the keys */
};

/**
 * cf_remote_store_new:
 * @harness: a server
 * @n_threads: how many connections to make
 *
 * Returns: (transfer full): a store in which no key is yet
 */
CfRemoteStore *
cf_remote_store_new (const CfHarness *harness, guint n_threads)
{
  CfRemoteStore *self = g_new0 (CfRemoteStore, 1);

  self->links = g_ptr_array_new_with_free_func ((GDestroyNotify) cf_link_free);
  for (guint i = 0; i < n_threads; i++)
    g_ptr_array_add (self->links, cf_link_new (harness));
  return self;
}

void
cf_remote_store_free (CfRemoteStore *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->links);
  g_free (self);
}

/**
 * cf_remote_store_forget:
 * @self: a store
 *
 * Goes on with other keys, none of which is there.
 */
void
cf_remote_store_forget (CfRemoteStore *self)
{
  self->round++;
}

/* ---- Requests ----------------------------------------------------------- */

static char *
step_line (const CfStep *step, guint round)
{
  g_autofree char *key = g_strdup_printf ("key%u:%u", step->key, round);
  g_autofree char *other = g_strdup_printf ("key%u:%u", step->other, round);
  gint64 value = step->argument;

  switch (step->verb)
    {
    case CF_VERB_GET:
      return g_strdup_printf ("GET %s", key);
    case CF_VERB_SET:
      return g_strdup_printf ("SET %s %" G_GINT64_FORMAT, key, value);
    case CF_VERB_SET_NX:
      return g_strdup_printf ("SET %s %" G_GINT64_FORMAT " NX", key, value);
    case CF_VERB_SET_GET:
      return g_strdup_printf ("SET %s %" G_GINT64_FORMAT " GET", key, value);
    case CF_VERB_INCRBY:
      return g_strdup_printf ("INCRBY %s %" G_GINT64_FORMAT, key, value);
    case CF_VERB_GETDEL:
      return g_strdup_printf ("GETDEL %s", key);
    case CF_VERB_DEL:
      return g_strdup_printf ("DEL %s", key);
    case CF_VERB_EXISTS:
      return g_strdup_printf ("EXISTS %s", key);
    case CF_VERB_RENAME:
      return g_strdup_printf ("RENAME %s %s", key, other);
    case CF_VERB_COPY:
      return g_strdup_printf ("COPY %s %s REPLACE", key, other);
    default:
      g_assert_not_reached ();
    }
}

/* MGET or MSET of the keys of all steps. */
static void
add_joined (CfLink *link, const CfOperation *operation, guint round)
{
  gboolean is_set = operation->form == CF_FORM_MSET;
  g_autoptr (GString) line = g_string_new (is_set ? "MSET" : "MGET");

  for (guint i = 0; i < operation->n_steps; i++)
    {
      const CfStep *step = &operation->steps[i];

      g_string_append_printf (line, " key%u:%u", step->key, round);
      if (is_set)
        g_string_append_printf (line, " %" G_GINT64_FORMAT, step->argument);
    }
  cf_link_add (link, line->str);
}

/* Runs the commands that are in the first argument, each up to ";", with words
 * up to ","; there is no blank in it.  Keys that were not declared are touched
 * before anything is written, since it can begin anew only then. */
#define RUN_STEPS                                                              \
  "for\ti=2,#ARGV\tdo\tredis.call('EXISTS',ARGV[i])\tend\n"                    \
  "local\treplies={}\n"                                                        \
  "for\tline\tin\tstring.gmatch(ARGV[1],'[^;]+')\tdo\n"                        \
  "local\twords={}\n"                                                          \
  "for\tword\tin\tstring.gmatch(line,'[^,]+')\tdo\n"                           \
  "words[#words+1]=word\tend\n"                                                \
  "replies[#replies+1]=redis.pcall(unpack(words))\tend\n"                      \
  "return\treplies"

/* One that touches what it did not declare has a program of its own, or the
 * others, too, would be run alone. */
#define RUN_STEPS_UNDECLARED RUN_STEPS "--"

static void
add_script (CfLink *link, const CfOperation *operation, guint round)
{
  gboolean declares = operation->form == CF_FORM_SCRIPT;
  g_autoptr (GString) steps = g_string_new (NULL);
  g_autoptr (GString) keys = g_string_new (NULL);
  g_autofree char *line = NULL;

  for (guint i = 0; i < operation->n_steps; i++)
    {
      g_autofree char *step = step_line (&operation->steps[i], round);

      g_string_append_printf (steps, "%s;", g_strdelimit (step, " ", ','));
      g_string_append_printf (keys, " key%u:%u key%u:%u",
                              operation->steps[i].key, round,
                              operation->steps[i].other, round);
    }
  if (declares)
    line = g_strdup_printf ("EVAL %s %u%s %s", RUN_STEPS,
                            2 * operation->n_steps, keys->str, steps->str);
  else
    line = g_strdup_printf ("EVAL %s 0 %s%s", RUN_STEPS_UNDECLARED, steps->str,
                            keys->str);
  cf_link_add (link, line);
}

static void
add_operation (CfLink *link, const CfOperation *operation, guint round)
{
  gboolean is_block = operation->form == CF_FORM_MULTI;

  if (operation->form == CF_FORM_MGET || operation->form == CF_FORM_MSET)
    {
      add_joined (link, operation, round);
      return;
    }
  if (operation->form >= CF_FORM_SCRIPT)
    {
      add_script (link, operation, round);
      return;
    }
  if (is_block)
    cf_link_add (link, "MULTI");
  for (guint i = 0; i < operation->n_steps; i++)
    {
      g_autofree char *line = step_line (&operation->steps[i], round);

      cf_link_add (link, line);
    }
  if (is_block)
    cf_link_add (link, "EXEC");
}

/* ---- Replies ------------------------------------------------------------ */

static void
skip_replies (CfLink *link, guint n)
{
  for (guint i = 0; i < n; i++)
    cf_reply_tree_free (cf_link_read (link));
}

static gint64
value_of (const CfReplyTree *reply)
{
  switch (reply->kind)
    {
    case CF_REPLY_TREE_NIL:
      return CF_MODEL_ABSENT;
    case CF_REPLY_TREE_INTEGER:
      return reply->integer;
    case CF_REPLY_TREE_STATUS:
      return CF_MODEL_OK;
    case CF_REPLY_TREE_STRING:
      return g_ascii_strtoll (reply->text, NULL, 10);
    default:
      g_assert_cmpstr (reply->text, ==, "ERR no such key");
      return CF_MODEL_ERROR;
    }
}

static void
read_results (CfLink *link, CfOperation *operation)
{
  g_autoptr (CfReplyTree) reply = NULL;

  if (operation->form == CF_FORM_MULTI)
    skip_replies (link, 1 + operation->n_steps);
  reply = cf_link_read (link);
  if (reply->kind == CF_REPLY_TREE_ARRAY)
    g_assert_cmpuint (reply->size, ==, operation->n_steps);
  for (guint i = 0; i < operation->n_steps; i++)
    if (reply->kind == CF_REPLY_TREE_ARRAY)
      operation->steps[i].result = value_of (&reply->children[i]);
    else
      operation->steps[i].result = value_of (reply);
}

/**
 * cf_remote_store_perform:
 * @store: a #CfRemoteStore
 * @thread: which of its connections to use
 * @operations: (array length=n_operations): what to do; results are filled in
 * @n_operations: how many to send at once
 */
void
cf_remote_store_perform (gpointer store,
                         guint thread,
                         CfOperation *operations,
                         guint n_operations)
{
  CfRemoteStore *self = store;
  CfLink *link = g_ptr_array_index (self->links, thread);

  for (guint i = 0; i < n_operations; i++)
    add_operation (link, &operations[i], self->round);
  cf_link_send (link);
  for (guint i = 0; i < n_operations; i++)
    read_results (link, &operations[i]);
}
