/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usage.h -- reads the usage of a command, for COMMAND DOCS.
 *
 * The grammar is that of CfCommand.usage (engine/command.h).  A usage is our
 * own text, never a client's.
 *
 * Thread safety: pure.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  CF_USAGE_ARGUMENT,
  CF_USAGE_TOKEN, /* a word that stands for itself */
  CF_USAGE_ONE_OF,
  CF_USAGE_BLOCK,
} CfUsageKind;

typedef struct
{
  CfUsageKind kind;
  char *name;  /* (owned) */
  char *type;  /* (owned) (nullable) ARGUMENT: "key", "string", ... */
  char *token; /* (owned) (nullable) the word before it */
  gboolean optional;
  gboolean multiple;
  GPtrArray *members; /* (owned) (nullable) (element-type CfUsage) */
} CfUsage;

/* (transfer full) (element-type CfUsage) */
GPtrArray *cf_usage_parse (const char *usage);

G_END_DECLS
