/* SPDX-License-Identifier: GPL-3.0-or-later */
/* value.h -- the value of one setting: checked, canonical, with its number.
 *
 * Thread safety: pure functions.
 */
#pragma once

#include "config/settings.h"

G_BEGIN_DECLS

typedef struct _CfSettingValue
{
  char *text;    /* (owned) canonical, as CONFIG GET prints it */
  char *written; /* (owned) (nullable) for the file, when not as @text */
  gint64 number;
} CfSettingValue;

gboolean cf_setting_value_parse (CfSettingValue *self,
                                 const CfSetting *setting,
                                 const char *data,
                                 gsize size,
                                 const char *current,
                                 GError **error);
void cf_setting_value_clear (CfSettingValue *self);
gboolean cf_setting_value_parse_output_limits (
    const char *text,
    CfOutputLimit limits[static CF_N_CLIENT_CLASSES],
    GError **error);

G_END_DECLS
