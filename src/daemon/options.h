/* SPDX-License-Identifier: GPL-3.0-or-later */
/* options.h -- the command line of cofferd.
 *
 * Every setting is an option: --NAME=VALUE.  Options outdo the configuration
 * file.
 *
 * Thread safety: none, there is one thread.
 */
#pragma once

#include "config/settings.h"

G_BEGIN_DECLS

typedef struct _CfOptions
{
  char *config;          /* (owned) (nullable) path of the file */
  gboolean check_config; /* only check it */
  gboolean print_config; /* only print one with all defaults */
  gboolean print_manual; /* only print the manual's part on settings */
  gboolean version;      /* only print the version */
} CfOptions;

gboolean cf_options_parse (
    CfOptions *self, CfConfig *config, int *argc, char ***argv, GError **error);
void cf_options_clear (CfOptions *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CfOptions, cf_options_clear)

G_END_DECLS
