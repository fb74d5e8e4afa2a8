/* SPDX-License-Identifier: GPL-3.0-or-later */
/* client-options.h -- what the client's command line says.
 *
 * Options end at the first argument that is none; that and all after it are
 * the command, whatever they look like.
 *
 * Thread safety: the parser is for the main thread; what it fills in is only
 * read after.
 */
#pragma once

#include "client/format.h"
#include "client/tls-link.h"

G_BEGIN_DECLS

#define CF_PORT 6379
#define CF_PLAIN_PORT 8081

typedef enum
{
  CF_CLIENT_COMMANDS,        /* those of the command line, or the prompt's */
  CF_CLIENT_SCAN,            /* lists the keys */
  CF_CLIENT_PIPE,            /* sends standard input as it is */
  CF_CLIENT_LATENCY,         /* tells how long the server takes to answer */
  CF_CLIENT_LATENCY_HISTORY, /* and how that changes */
  CF_CLIENT_FUNCTIONS_RDB,   /* puts the server's functions into a file */
} CfClientMode;

typedef struct
{
  char *host;             /* (owned) */
  int port;               /* 0: the usual one */
  char *socket;           /* (owned) (nullable) overrides host and port */
  CfTlsLinkOptions tls;   /* its strings owned */
  char *user;             /* (owned) (nullable) */
  char *password;         /* (owned) (nullable) */
  int database;           /* to select */
  int resp;               /* 2 or 3, or 0: 3 if the format has use for it */
  gint64 repeat;          /* how often to run the command; negative: for ever */
  gint64 interval_us;     /* between two runs */
  CfFormatStyle style;    /* its strings owned below */
  char *element_end;      /* (owned) */
  char *reply_end;        /* (owned) */
  char *stdin_tag;        /* (owned) (nullable) the argument that stdin is */
  gboolean stdin_is_last; /* stdin is the last argument */
  gboolean quoted_input;  /* arguments are quoted as at the prompt */
  gboolean fail_on_error; /* an error reply is exit status 1 */
  gboolean show_pushes;   /* messages that no command asked for */
  CfClientMode mode;
  GString *pattern;       /* (owned) (nullable) of the keys to list */
  gint64 pipe_timeout_us; /* how long the last reply may take; negative: for
                             ever */
  char *rdb_path;         /* (owned) (nullable) where to put the functions */
  char *script_path;      /* (owned) (nullable) what to EVAL */
  gboolean plain;         /* speak the plain dialect */
  gboolean show_version;
} CfClientOptions;

gboolean cf_client_options_parse (CfClientOptions *self,
                                  int *argc,
                                  char ***argv,
                                  GError **error);
void cf_client_options_clear (CfClientOptions *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CfClientOptions, cf_client_options_clear)

G_END_DECLS
