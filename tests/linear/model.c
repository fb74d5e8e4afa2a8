/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "linear/model.h"

static const char *const verbs[CF_N_VERBS] = {
  "GET",    "SET", "SET NX", "SET GET", "INCRBY",
  "GETDEL", "DEL", "EXISTS", "RENAME",  "COPY",
};

static const char *const forms[CF_N_FORMS] = { "",       "MGET ",   "MSET ",
                                               "MULTI ", "script ", "SCRIPT " };

/**
 * cf_model_init:
 * @self: a model, whose keys are all absent then
 */
void
cf_model_init (CfModel *self)
{
  for (guint i = 0; i < CF_MODEL_KEYS; i++)
    self->values[i] = CF_MODEL_ABSENT;
}

static gint64
overwrite (gint64 *value, gint64 with)
{
  gint64 old = *value;

  *value = with;
  return old;
}

static gint64
increment (gint64 *value, gint64 by)
{
  *value = (*value == CF_MODEL_ABSENT ? 0 : *value) + by;
  return *value;
}

/**
 * cf_model_run:
 * @self: a model
 * @step: what to do; its result is not looked at
 *
 * Returns: what must be answered
 */
gint64
cf_model_run (CfModel *self, const CfStep *step)
{
  gint64 *value = &self->values[step->key];
  gboolean absent = *value == CF_MODEL_ABSENT;

  switch (step->verb)
    {
    case CF_VERB_GET:
      return *value;
    case CF_VERB_SET:
      *value = step->argument;
      return CF_MODEL_OK;
    case CF_VERB_SET_NX:
      if (!absent)
        return CF_MODEL_ABSENT;
      *value = step->argument;
      return CF_MODEL_OK;
    case CF_VERB_SET_GET:
      return overwrite (value, step->argument);
    case CF_VERB_INCRBY:
      return increment (value, step->argument);
    case CF_VERB_GETDEL:
      return overwrite (value, CF_MODEL_ABSENT);
    case CF_VERB_DEL:
      *value = CF_MODEL_ABSENT;
      return !absent;
    case CF_VERB_EXISTS:
      return !absent;
    case CF_VERB_RENAME:
      if (absent)
        return CF_MODEL_ERROR;
      self->values[step->other] = overwrite (value, CF_MODEL_ABSENT);
      return CF_MODEL_OK;
    case CF_VERB_COPY:
      if (!absent)
        self->values[step->other] = *value;
      return !absent;
    default:
      g_assert_not_reached ();
    }
}

/**
 * cf_model_agrees:
 * @self: a model, which the operation changes
 * @operation: an operation with its results
 *
 * Returns: whether these are the results if it happens now
 */
gboolean
cf_model_agrees (CfModel *self, const CfOperation *operation)
{
  for (guint i = 0; i < operation->n_steps; i++)
    if (cf_model_run (self, &operation->steps[i]) != operation->steps[i].result)
      return FALSE;
  return TRUE;
}

static void
random_step (CfStep *step, GRand *chance, guint n_keys)
{
  gint n_verbs = n_keys > 1 ? CF_N_VERBS : CF_VERB_RENAME;

  step->verb = (CfVerb) g_rand_int_range (chance, 0, n_verbs);
  step->key = (guint8) g_rand_int_range (chance, 0, (gint) n_keys);
  step->other = (guint8) ((step->key + 1) % n_keys);
  step->argument = g_rand_int_range (chance, 1, 1000);
}

/* All keys, one after the other. */
static void
steps_of_all (CfOperation *self, CfVerb verb, guint n_keys)
{
  self->n_steps = n_keys;
  for (guint i = 0; i < n_keys; i++)
    {
      self->steps[i].verb = verb;
      self->steps[i].key = (guint8) i;
    }
}

/**
 * cf_operation_random:
 * @self: (out): what to do
 * @chance: where chance comes from
 * @n_keys: of the model that are used
 */
void
cf_operation_random (CfOperation *self, GRand *chance, guint n_keys)
{
  gint n_forms = n_keys > 1 ? CF_N_FORMS : CF_FORM_PLAIN + 1;

  *self = (CfOperation){ 0 };
  self->form = (CfForm) g_rand_int_range (chance, 0, n_forms);
  if (self->form == CF_FORM_PLAIN)
    self->n_steps = 1;
  else
    self->n_steps = (guint) g_rand_int_range (chance, 2, CF_MODEL_STEPS + 1);
  for (guint i = 0; i < CF_MODEL_STEPS; i++)
    random_step (&self->steps[i], chance, n_keys);
  if (self->form == CF_FORM_MGET)
    steps_of_all (self, CF_VERB_GET, n_keys);
  if (self->form == CF_FORM_MSET)
    steps_of_all (self, CF_VERB_SET, n_keys);
}

static gboolean
takes_argument (CfVerb verb)
{
  return verb >= CF_VERB_SET && verb <= CF_VERB_INCRBY;
}

static void
print_value (GString *out, gint64 value)
{
  if (value == CF_MODEL_ABSENT)
    g_string_append (out, "null");
  else
    g_string_append_printf (out, "%" G_GINT64_FORMAT, value);
}

/**
 * cf_operation_print:
 * @self: an operation with its results
 *
 * Returns: (transfer full): it in one line
 */
char *
cf_operation_print (const CfOperation *self)
{
  GString *out = g_string_new (NULL);

  g_string_printf (out, "[%" G_GINT64_FORMAT " to %" G_GINT64_FORMAT "] %s",
                   self->invoked, self->returned, forms[self->form]);
  for (guint i = 0; i < self->n_steps; i++)
    {
      const CfStep *step = &self->steps[i];

      g_string_append_printf (out, "%s %u", verbs[step->verb], step->key);
      if (step->verb >= CF_VERB_RENAME)
        g_string_append_printf (out, " %u", step->other);
      else if (takes_argument (step->verb))
        g_string_append_printf (out, " %" G_GINT64_FORMAT, step->argument);
      g_string_append (out, " -> ");
      print_value (out, step->result);
      g_string_append (out, "; ");
    }
  return g_string_free (out, FALSE);
}
