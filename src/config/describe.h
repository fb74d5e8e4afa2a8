/* SPDX-License-Identifier: GPL-3.0-or-later */
/* describe.h -- the table of settings as text for people.
 *
 * data/cofferd.conf and the settings in data/man/cofferd.conf.5.in are what
 * these functions return; a test compares them, so that they cannot drift.
 *
 * Thread safety: pure functions.
 */
#pragma once

#include "config/settings.h"

G_BEGIN_DECLS

char *cf_describe_sample (void);
char *cf_describe_manual (void);

G_END_DECLS
