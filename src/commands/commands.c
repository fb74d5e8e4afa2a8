/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "commands/commands.h"

/* One line a family, sorted. */
const CfFamily *const cf_families[] = {
  NULL,
};
