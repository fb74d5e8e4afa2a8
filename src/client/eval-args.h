/* SPDX-License-Identifier: GPL-3.0-or-later */
/* eval-args.h -- the EVAL that runs the script of a file.
 *
 * Thread safety: the functions touch nothing but their arguments.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean cf_eval_args_make (const char *path,
                            char **argv,
                            int argc,
                            GString *held,
                            GArray *args,
                            GError **error);

G_END_DECLS
