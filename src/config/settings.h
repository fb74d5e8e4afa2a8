/* SPDX-License-Identifier: GPL-3.0-or-later */
/* settings.h -- the table of settings, and the values they have now.
 *
 * settings.def says all there is to say about a setting, once.  The
 * configuration file, the options, CONFIG, the sample configuration and the
 * manual are made from it.  A CfConfig holds one value for each setting, at
 * first the default.
 *
 * Each value has a number and a text.  The number is what hot paths read:
 *   - BOOL, INT, OCTAL, MEMORY: the value; a percentage of something that may
 *     change (maxmemory-clients) is stored negative;
 *   - ENUM: the position of the chosen word in CfSetting.choices;
 *   - EVENTS: a set of CfEventClass;
 *   - all others: the length of the text, so 0 says "empty".
 * The text is canonical, as CONFIG GET prints it.
 *
 * Invariants: 1. number and text of a setting always come from the same
 * source; they change under both locks.  2. Changes are all or nothing: when
 * one of a batch cannot be made, or a hook objects, none is visible later.
 *
 * Thread safety: all functions may be called from any thread.  Hooks are set
 * before there is a second thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
#define CF_SETTING(id, ...) CF_SETTING_##id,
#include "config/settings.def"
  CF_N_SETTINGS
} CfSettingId;

typedef enum
{
  CF_CONFIG_BOOL,
  CF_CONFIG_INT,
  CF_CONFIG_OCTAL,
  CF_CONFIG_MEMORY,
  CF_CONFIG_ENUM,
  CF_CONFIG_STRING,
  CF_CONFIG_WORDS,         /* any number of words */
  CF_CONFIG_SAVE,          /* pairs of seconds and changes */
  CF_CONFIG_OUTPUT_LIMITS, /* class, hard and soft limit, seconds */
  CF_CONFIG_PERCENTILES,
  CF_CONFIG_EVENTS, /* letters, one a class of events */
} CfSettingKind;

typedef enum
{
  CF_CONFIG_RUNTIME = 1 << 0,    /* CONFIG SET and SIGHUP may change it */
  CF_CONFIG_HIDDEN = 1 << 1,     /* CONFIG GET lists it only by its full name */
  CF_CONFIG_SENSITIVE = 1 << 2,  /* never shown in a log */
  CF_CONFIG_PERCENT = 1 << 3,    /* MEMORY: "5%" is kept as the number -5 */
  CF_CONFIG_OF_MACHINE = 1 << 4, /* MEMORY: "5%" is of the machine's memory */
  CF_CONFIG_ACCEPTED = 1 << 5,   /* stored, but without effect so far */
  CF_CONFIG_OUTSIDE = 1 << 6,    /* names what may change by itself: CONFIG SET
                                    to the same value has its hook told, too */
} CfSettingFlags;

typedef struct _CfSetting
{
  const char *name;
  const char *alias; /* (nullable) the name it once had */
  const char *group; /* of the configuration file */
  CfSettingKind kind;
  CfSettingFlags flags;
  gint64 min, max;     /* of the number, both included */
  const char *initial; /* the default, as text */
  const char *choices; /* (nullable) ENUM: words between single blanks */
  const char *only;    /* (nullable) why no other value is accepted */
  const char *unit;    /* (nullable) what the number counts */
  const char *help;    /* one or two sentences, without the last full stop */
} CfSetting;

extern const CfSetting cf_settings[CF_N_SETTINGS];

/* The order is that of the choices in settings.def. */
typedef enum
{
  CF_POLICY_VOLATILE_LRU,
  CF_POLICY_VOLATILE_LFU,
  CF_POLICY_VOLATILE_RANDOM,
  CF_POLICY_VOLATILE_TTL,
  CF_POLICY_ALLKEYS_LRU,
  CF_POLICY_ALLKEYS_LFU,
  CF_POLICY_ALLKEYS_RANDOM,
  CF_POLICY_NOEVICTION,
} CfPolicy;

typedef enum
{
  CF_LOGLEVEL_DEBUG,
  CF_LOGLEVEL_VERBOSE,
  CF_LOGLEVEL_NOTICE,
  CF_LOGLEVEL_WARNING,
} CfLoglevel;

typedef enum
{
  CF_ACL_PUBSUB_ALL,
  CF_ACL_PUBSUB_NONE,
} CfAclPubsub;

typedef enum
{
  CF_DEBUG_COMMAND_NO,
  CF_DEBUG_COMMAND_YES,
  CF_DEBUG_COMMAND_LOCAL, /* for clients on this machine */
} CfDebugCommand;

typedef enum
{
  CF_EVENT_KEYSPACE = 1 << 0,  /* K */
  CF_EVENT_KEYEVENT = 1 << 1,  /* E */
  CF_EVENT_GENERIC = 1 << 2,   /* g */
  CF_EVENT_STRING = 1 << 3,    /* $ */
  CF_EVENT_LIST = 1 << 4,      /* l */
  CF_EVENT_SET = 1 << 5,       /* s */
  CF_EVENT_HASH = 1 << 6,      /* h */
  CF_EVENT_ZSET = 1 << 7,      /* z */
  CF_EVENT_EXPIRED = 1 << 8,   /* x */
  CF_EVENT_EVICTED = 1 << 9,   /* e */
  CF_EVENT_STREAM = 1 << 10,   /* t */
  CF_EVENT_MODULE = 1 << 11,   /* d */
  CF_EVENT_KEY_MISS = 1 << 12, /* m, not part of A */
  CF_EVENT_NEW = 1 << 13,      /* n, not part of A */
} CfEventClass;

/* Classes of clients that client-output-buffer-limit tells apart. */
typedef enum
{
  CF_CLIENT_NORMAL,
  CF_CLIENT_REPLICA,
  CF_CLIENT_PUBSUB,
  CF_N_CLIENT_CLASSES
} CfClientClass;

/* A limit of 0 is no limit. */
typedef struct _CfOutputLimit
{
  guint64 hard_bytes;
  guint64 soft_bytes;
  gint64 soft_s;
} CfOutputLimit;

typedef struct _CfConfig CfConfig;
struct _CfConfig
{
  gint64 numbers[CF_N_SETTINGS]; /* (atomic) cf_config_get_int() reads it */
  struct _CfConfigRest *rest;    /* (owned) of settings.c alone */
};

/* One change to make: a name and a value as a client sent them. */
typedef struct _CfConfigChange
{
  const char *name;
  gsize name_size;
  const char *value;
  gsize value_size;
} CfConfigChange;

/* Tells that @id has a new value.  When it returns FALSE and an error, the
 * old values of the whole batch come back, and hooks that were called already
 * are called again.  A hook must not change settings. */
typedef gboolean (*CfConfigHook) (CfConfig *config,
                                  CfSettingId id,
                                  gpointer data,
                                  GError **error);

CfConfig *cf_config_new (void);
void cf_config_free (CfConfig *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfConfig, cf_config_free)

/* Returns a CfSettingId, or -1. */
int cf_setting_find (const char *name, gsize size);

char *cf_config_get_string (CfConfig *self, CfSettingId id);
void cf_config_get_output_limit (CfConfig *self,
                                 CfClientClass class,
                                 CfOutputLimit *limit);
double *cf_config_get_percentiles (CfConfig *self, gsize *n);
gint64 cf_config_get_maxmemory_clients (CfConfig *self);
gboolean cf_config_is_initial (CfConfig *self, CfSettingId id);

void cf_config_set_hook (CfConfig *self,
                         CfSettingId id,
                         CfConfigHook hook,
                         gpointer data);
gboolean cf_config_set (CfConfig *self,
                        CfSettingId id,
                        const char *value,
                        GError **error);
gboolean cf_config_set_many (CfConfig *self,
                             const CfConfigChange *changes,
                             gsize n_changes,
                             GError **error);

/**
 * cf_config_get_int:
 * @self: a configuration
 * @id: a setting
 *
 * Returns: the number of the setting; cheap enough for any path
 */
static inline gint64
cf_config_get_int (const CfConfig *self, CfSettingId id)
{
  return __atomic_load_n (&self->numbers[id], __ATOMIC_RELAXED);
}

/**
 * cf_config_get_bool:
 * @self: a configuration
 * @id: a setting
 *
 * Returns: whether the number of the setting is not 0, so of a text whether
 *   it is not empty
 */
static inline gboolean
cf_config_get_bool (const CfConfig *self, CfSettingId id)
{
  return cf_config_get_int (self, id) != 0;
}

G_END_DECLS
