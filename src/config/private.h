/* SPDX-License-Identifier: GPL-3.0-or-later */
/* private.h -- what only the files of this folder see of a CfConfig.
 *
 * Thread safety: see the fields.
 */
#pragma once

#include "base/lock.h"
#include "config/settings.h"
#include "config/users.h"
#include "config/value.h"

G_BEGIN_DECLS

typedef struct _CfConfigSlot
{
  CfSettingValue value; /* protected by @lock */
  CfConfigHook hook;    /* (nullable) set before there is a second thread */
  gpointer data;        /* (not owned) of @hook */
  char *in_file;   /* (owned) (nullable) what the file said when it was last
                      read or written; protected by @changing */
  gboolean pinned; /* given as an option, which outdoes the file; protected
                      by @changing */
} CfConfigSlot;

struct _CfConfigRest
{
  /* One change at a time.  Held while hooks run, which is what makes a change
   * all or nothing; so a hook must not change a setting. */
  CfMutex changing;
  CfMutex lock;
  CfConfigSlot slots[CF_N_SETTINGS];
  char *initial[CF_N_SETTINGS]; /* (owned) canonical; set by cf_config_new() */
  /* (atomic) each number by itself */
  gint64 limits[CF_N_CLIENT_CLASSES][3];
  /* Protected by @changing. */
  char *path;              /* (owned) (nullable) of the file */
  GPtrArray *file_users;   /* (owned) (element-type CfUserLine) as in_file */
  GPtrArray *option_users; /* (owned) (element-type CfUserLine) */
};

/* One step of a change: @value is the new value before it, the old one after
 * it. */
typedef struct _CfConfigStep
{
  CfSettingId id;
  CfSettingValue value;
  gboolean changes; /* the value differs from the old one */
  gboolean told;    /* the hook was called */
} CfConfigStep;

gboolean cf_config_prepare_step (CfConfig *self,
                                 CfConfigStep *step,
                                 CfSettingId id,
                                 const char *data,
                                 gsize size,
                                 GError **error);
gboolean cf_config_run_steps (CfConfig *self,
                              CfConfigStep *steps,
                              gsize n_steps,
                              gsize *failed,
                              GError **error);
void cf_config_clear_steps (CfConfigStep *steps, gsize n_steps);

G_END_DECLS
