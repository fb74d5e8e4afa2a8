/* SPDX-License-Identifier: GPL-3.0-or-later */
/* split.h -- a typed line becomes the arguments of a command.
 *
 * Arguments stand between blanks.  "..." may hold blanks, \n \r \t \b \a, any
 * byte as \xHH, and \ before anything else stands for that; '...' knows only
 * \'.  A closing quote must be followed by a blank or the end.  A zero byte
 * ends the line.  These are the rules of Redis, for inline commands as for
 * what is typed at a prompt.
 *
 * Nothing that is unquoted gets longer than it was written, so the line is its
 * own output buffer: there is no allocation but the array of spans.
 *
 * Thread safety: the function touches nothing but its arguments.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gsize offset; /* from the start of the line */
  gsize size;
} CfSpan;

gboolean cf_split_args (char *line, gsize size, GArray *spans);

G_END_DECLS
