/* SPDX-License-Identifier: GPL-3.0-or-later */
/* command.h -- what the server knows of a command, and the table of them.
 *
 * A command is declared once, in the table at the end of the file that
 * implements it.  All that COMMAND, ACL, HELP and the manual say of it comes
 * from there.
 *
 * Thread safety: a table is immutable once made.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

G_BEGIN_DECLS

typedef struct _CfCall CfCall;
typedef struct _CfCommand CfCommand;

/* Writes one whole reply and returns TRUE, or writes nothing, sets @error and
 * returns FALSE.  Takes no lock and sees no socket. */
typedef gboolean (*CfCommandFunc) (CfCall *call, GError **error);

/* The first ones are those that COMMAND INFO prints, in its order. */
typedef enum
{
  CF_COMMAND_WRITE = 1 << 0,    /* may change the keyspace */
  CF_COMMAND_READONLY = 1 << 1, /* reads keys, changes nothing */
  CF_COMMAND_DENYOOM = 1 << 2,  /* refused when maxmemory is reached */
  CF_COMMAND_ADMIN = 1 << 3,
  CF_COMMAND_PUBSUB = 1 << 4,
  CF_COMMAND_NOSCRIPT = 1 << 5,
  CF_COMMAND_BLOCKING = 1 << 6,
  CF_COMMAND_LOADING = 1 << 7,
  CF_COMMAND_STALE = 1 << 8,
  CF_COMMAND_SKIP_MONITOR = 1 << 9,
  CF_COMMAND_SKIP_SLOWLOG = 1 << 10,
  CF_COMMAND_FAST = 1 << 11,    /* O(1) or O(log N) */
  CF_COMMAND_NO_AUTH = 1 << 12, /* before a client logged in, too */
  CF_COMMAND_MAY_REPLICATE = 1 << 13,
  CF_COMMAND_NO_MANDATORY_KEYS = 1 << 14,
  CF_COMMAND_NO_ASYNC_LOADING = 1 << 15,
  CF_COMMAND_NO_MULTI = 1 << 16, /* refused in MULTI */
  CF_COMMAND_ALLOW_BUSY = 1 << 17,
  /* For the executor alone: */
  CF_COMMAND_PROTECTED = 1 << 20,  /* only if enable-debug-command says so */
  CF_COMMAND_OBSERVES = 1 << 21,   /* holds none of the keys it names */
  CF_COMMAND_SCRIPT = 1 << 22,     /* has call_flags; runs a script */
  CF_COMMAND_SUBSCRIBER = 1 << 23, /* allowed to a subscriber in RESP2 */
  CF_COMMAND_LONG = 1 << 24,       /* always claims its keys (hold.h) */
  CF_COMMAND_BIG = 1 << 25,        /* time grows with the value: claims its
                                      keys when one has a large value */
  CF_COMMAND_WALKS = 1 << 26,      /* goes over all slots, or sessions, by
                                      itself: no slot is locked meanwhile */
  CF_COMMAND_EXCLUSIVE = 1 << 27,  /* runs with the gate closed */
  CF_COMMAND_IN_MULTI = 1 << 28,   /* runs at once inside MULTI (EXEC, ...) */
  CF_COMMAND_NO_TOUCH = 1 << 29,   /* reading does not count as access */
  CF_COMMAND_BLOCK = 1 << 30,      /* EXEC: holds the keys of what is queued */
} CfCommandFlags;

/**
 * cf_command_reads:
 * @flags: of a command
 *
 * Returns: whether what has these flags changes no key
 */
static inline gboolean
cf_command_reads (CfCommandFlags flags)
{
  return (flags & CF_COMMAND_READONLY) != 0 &&
         !(flags & (CF_COMMAND_WRITE | CF_COMMAND_MAY_REPLICATE));
}

/* ACL categories; COMMAND INFO prints those that follow from the flags
 * (write, read, admin, dangerous, fast, slow, blocking, pubsub) by itself. */
typedef enum
{
  CF_ACL_KEYSPACE = 1 << 0,
  CF_ACL_READ = 1 << 1,
  CF_ACL_WRITE = 1 << 2,
  CF_ACL_SET = 1 << 3,
  CF_ACL_SORTEDSET = 1 << 4,
  CF_ACL_LIST = 1 << 5,
  CF_ACL_HASH = 1 << 6,
  CF_ACL_STRING = 1 << 7,
  CF_ACL_BITMAP = 1 << 8,
  CF_ACL_HYPERLOGLOG = 1 << 9,
  CF_ACL_GEO = 1 << 10,
  CF_ACL_STREAM = 1 << 11,
  CF_ACL_PUBSUB = 1 << 12,
  CF_ACL_ADMIN = 1 << 13,
  CF_ACL_FAST = 1 << 14,
  CF_ACL_SLOW = 1 << 15,
  CF_ACL_BLOCKING = 1 << 16,
  CF_ACL_DANGEROUS = 1 << 17,
  CF_ACL_CONNECTION = 1 << 18,
  CF_ACL_TRANSACTION = 1 << 19,
  CF_ACL_SCRIPTING = 1 << 20,
} CfAclCategories;

/* What a command does with a key, as far as users may be denied it. */
typedef enum
{
  CF_NEEDS_READ = 1 << 0,  /* its value has a say in the reply */
  CF_NEEDS_WRITE = 1 << 1, /* its value may change */
} CfKeyNeeds;

/* Which arguments are channels that it subscribes to, or publishes on. */
typedef enum
{
  CF_CHANNELS_NONE,
  CF_CHANNELS_FIRST, /* the first */
  CF_CHANNELS_ALL,
  CF_CHANNELS_PATTERNS, /* all, being patterns of channels */
} CfChannelUse;

/* Where keys stand among the arguments (a "key specification"). */
typedef struct
{
  const char *flags;   /* as COMMAND INFO prints them: "RW access update";
                          NULL: no more specifications */
  int first;           /* argument number; or, with @keyword, where to start
                          looking for that word (negative: from the end) */
  const char *keyword; /* (nullable) the keys begin after this word */
  int last;            /* range: last key, relative to the first; -1: the last
                          argument, -2: the one before */
  int step;            /* range: from key to key */
  int limit;           /* range: see COMMAND; mostly 0 */
  int keynum;          /* 1 + number of the argument, relative to the begin,
                          that counts the keys; 0: a range */
  int keynum_first;    /* keynum: first key, relative to the begin */
  gboolean unknown;    /* where they are can be told by get_keys only */
  gboolean incomplete; /* there may be more keys: get_keys finds them */
  const char *notes;   /* (nullable) own words, COMMAND DOCS */
} CfKeySpec;

#define CF_KEY_SPECS_MAX 4

/* One key: @spec without extras.  E.g. .keys = { CF_ONE_KEY ("RO access") } */
#define CF_ONE_KEY(FLAGS)                                                      \
  {                                                                            \
    .flags = FLAGS, .first = 1, .step = 1                                      \
  }
#define CF_KEY_AT(FLAGS, AT)                                                   \
  {                                                                            \
    .flags = FLAGS, .first = AT, .step = 1                                     \
  }
#define CF_ALL_KEYS(FLAGS)                                                     \
  {                                                                            \
    .flags = FLAGS, .first = 1, .last = -1, .step = 1                          \
  }

/* Finds the arguments that are keys when the specifications cannot.  Appends
 * argument numbers (guint) to @positions.  FALSE: the syntax is wrong. */
typedef gboolean (*CfGetKeysFunc) (const CfSlice *argv,
                                   guint argc,
                                   GArray *positions);

/* What there must be to be said of a command that waits for keys; see
 * waiting.h. */
typedef gboolean (*CfCommandReadyFunc) (CfCall *call);
typedef struct
{
  guint type;           /* CfType of the values it waits for */
  gboolean null_string; /* in a transaction, its reply that there is nothing is
                           a null string, not a null array */
  gboolean even_gone;   /* it is run, too, when such a key is there no more */
  CfCommandReadyFunc is_ready; /* (nullable) whether the key has what it waits
                                  for; NULL: if it is of the type, it has */
} CfCommandWaits;

struct _CfCommand
{
  const char *name;    /* upper case; a subcommand's is the second word only */
  const char *usage;   /* (nullable) the arguments, in the grammar below */
  const char *summary; /* one sentence, our own words */
  const char *since;   /* the Redis version that first had it */
  const char *group;   /* (nullable) if not the family's */
  const char *complexity; /* (nullable) for a container */
  const char *tips; /* (nullable) as COMMAND INFO prints them, blanks between */
  CfCommandFunc run; /* (nullable) for a container that needs a subcommand */
  int arity;         /* counts the name (both words); -N means N or more */
  CfCommandFlags flags;
  CfAclCategories categories; /* the explicit ones */
  /* (nullable) Of a CF_COMMAND_BIG: whether a request goes over much of a
   * large value; without it, always. */
  gboolean (*takes_long) (const CfSlice *argv, guint argc);
  CfCommandWaits waits; /* with CF_COMMAND_BLOCKING */
  CfChannelUse channels;
  CfKeySpec keys[CF_KEY_SPECS_MAX];
  CfGetKeysFunc get_keys; /* (nullable) */
  /* (nullable) What a request does with its keys, where that depends on its
   * arguments ("variable_flags"). */
  const char *(*key_flags) (const CfSlice *argv, guint argc);
  /* (nullable) The flags of the key that is argument @i, as a specification
   * has them; with get_keys. */
  const char *(*flags_of_key) (const CfSlice *argv, guint argc, guint i);
  /* (nullable) What a request needs in a block, beside the flags. */
  CfCommandFlags (*block_flags) (const CfSlice *argv, guint argc);
  /* With CF_COMMAND_SCRIPT: what the script of a request needs beside the
   * flags. */
  CfCommandFlags (*call_flags) (CfCall *call);
  const CfCommand *subcommands; /* (nullable) */
  gsize n_subcommands;
};

/* Usage grammar, from which COMMAND DOCS' "arguments" are made:
 *   name            a string argument         name:integer  of a type: key,
 *   TOKEN           a pure token                 string integer double
 *   TOKEN name      an argument with a token     unix-time pattern
 *   [x]             optional                     pure-token
 *   a | b           one of, in ( ) or [ ]
 *   (a b)           block                     x ...   repeated
 * An argument called "key" is of type key; * $ = ~ are tokens, too. */

typedef struct
{
  const char *group; /* as COMMAND DOCS names it */
  const CfCommand *commands;
  gsize n_commands;
} CfFamily;

/* A command as the table knows it. */
typedef struct _CfCommandInfo CfCommandInfo;
struct _CfCommandInfo
{
  const CfCommand *command;
  const CfCommandInfo *parent; /* (nullable) of a subcommand */
  const char *group;
  char *full_name; /* (owned) lower case: "get", "config|get" */
  guint id;        /* 0 .. n - 1, for statistics */
  gboolean is_container;
  gboolean movable_keys;          /* flag "movablekeys" of COMMAND INFO */
  CfAclCategories categories;     /* explicit ones and those that follow */
  int first, last, step;          /* @simple: the one range of keys there is */
  gboolean simple;                /* no keys, or one range from a fixed place */
  gboolean reads;                 /* @simple: its keys are only read */
  guint8 needs[CF_KEY_SPECS_MAX]; /* CfKeyNeeds of each specification */
  const CfCommandInfo **subcommands; /* (owned) (nullable) NULL-terminated */
};

typedef struct _CfCommandTable CfCommandTable;

CfCommandTable *cf_command_table_new (const CfFamily *const *families);
void cf_command_table_free (CfCommandTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfCommandTable, cf_command_table_free)

/* By the words of a request; NULL: unknown.  With a container and a known
 * second word the subcommand; with an unknown one the container. */
const CfCommandInfo *cf_command_table_find (const CfCommandTable *self,
                                            const CfSlice *argv,
                                            guint argc);
/* By a full name such as "config|get", in any case. */
const CfCommandInfo *cf_command_table_find_name (const CfCommandTable *self,
                                                 CfSlice full_name);
/* Top-level commands, in the order in which they were declared. */
const CfCommandInfo *const *cf_command_table_all (const CfCommandTable *self,
                                                  guint *n);
const CfCommandInfo *cf_command_table_by_id (const CfCommandTable *self,
                                             guint id);
guint cf_command_table_n_ids (const CfCommandTable *self);

/* The argument numbers of the keys of a request of @info, appended to
 * @positions.  FALSE: the arguments don't fit the specifications. */
gboolean cf_command_key_positions (const CfCommandInfo *info,
                                   const CfSlice *argv,
                                   guint argc,
                                   GArray *positions);
/* Likewise of its specification @i alone, which it must have.  Not for a
 * command with get_keys. */
gboolean cf_command_spec_positions (const CfCommandInfo *info,
                                    guint i,
                                    const CfSlice *argv,
                                    guint argc,
                                    GArray *positions);
/* Whether its keys by specification @i are only read. */
gboolean cf_command_spec_reads (const CfCommandInfo *info, guint i);
/* The CfKeyNeeds of a key with @flags, as a specification has them. */
guint8 cf_command_needs (const char *flags);
gboolean cf_command_arity_fits (const CfCommand *command, guint argc);

G_END_DECLS
