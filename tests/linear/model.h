/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model.h -- what a few keys that hold integers must do.
 *
 * An operation is one or more steps that happen at one instant: a plain
 * command is one step, MGET and MSET one for each key, a MULTI block or a
 * script one for each command.
 *
 * Thread safety: as that of any plain data.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CF_MODEL_KEYS 4
#define CF_MODEL_STEPS 6
#define CF_MODEL_ABSENT G_MININT64 /* no such key; as a result: null */
#define CF_MODEL_OK 1
#define CF_MODEL_ERROR -1

typedef enum
{
  CF_VERB_GET,
  CF_VERB_SET,
  CF_VERB_SET_NX,
  CF_VERB_SET_GET,
  CF_VERB_INCRBY,
  CF_VERB_GETDEL,
  CF_VERB_DEL,
  CF_VERB_EXISTS,
  CF_VERB_RENAME, /* to the other key */
  CF_VERB_COPY,   /* to the other key, replacing it */
} CfVerb;
#define CF_N_VERBS (CF_VERB_COPY + 1)

typedef struct
{
  CfVerb verb;
  guint8 key;
  guint8 other;
  gint64 argument;
  gint64 result; /* what was answered */
} CfStep;

typedef enum
{
  CF_FORM_PLAIN,
  CF_FORM_MGET,
  CF_FORM_MSET,
  CF_FORM_MULTI,
  CF_FORM_SCRIPT,
  CF_FORM_SCRIPT_UNDECLARED, /* that does not say which keys it uses */
} CfForm;
#define CF_N_FORMS (CF_FORM_SCRIPT_UNDECLARED + 1)

typedef struct
{
  CfForm form;
  guint n_steps;
  CfStep steps[CF_MODEL_STEPS];
  gint64 invoked;  /* place of its begin among all begins and ends */
  gint64 returned; /* place of its end */
} CfOperation;

typedef struct
{
  gint64 values[CF_MODEL_KEYS];
} CfModel;

void cf_model_init (CfModel *self);
gint64 cf_model_run (CfModel *self, const CfStep *step);
gboolean cf_model_agrees (CfModel *self, const CfOperation *operation);
void cf_operation_random (CfOperation *self, GRand *chance, guint n_keys);
char *cf_operation_print (const CfOperation *self);

G_END_DECLS
