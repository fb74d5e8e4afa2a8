/* SPDX-License-Identifier: GPL-3.0-or-later */
/* format.h -- replies as people and scripts read them.
 *
 * The forms are those of redis-cli, byte for byte, faults included: a map key
 * that is an error is not quoted in JSON, an empty array leaves an empty line
 * in raw form.
 *
 * Thread safety: the functions touch nothing but their arguments.
 */
#pragma once

#include "proto/reply-tree.h"

G_BEGIN_DECLS

typedef enum
{
  CF_FORMAT_HUMAN,       /* with types, quotes and numbered elements */
  CF_FORMAT_RAW,         /* the bytes alone */
  CF_FORMAT_CSV,         /* one line, flat */
  CF_FORMAT_JSON,        /* one line; bytes above 0x7f as they are */
  CF_FORMAT_QUOTED_JSON, /* one line; bytes above 0x7f as \\xHH */
} CfFormat;

typedef struct
{
  CfFormat format;
  const char *element_end; /* (not owned) between the elements of a raw reply */
  const char *reply_end;   /* (not owned) after each raw reply */
} CfFormatStyle;

void cf_format_quoted (GString *out, const char *text, gsize size);
void cf_format_reply (GString *out,
                      const CfReplyTree *reply,
                      const CfFormatStyle *style);
void cf_format_verbatim (GString *out,
                         const CfReplyTree *reply,
                         const CfFormatStyle *style);
void cf_format_push (GString *out,
                     const CfReplyTree *push,
                     const CfFormatStyle *style);

G_END_DECLS
