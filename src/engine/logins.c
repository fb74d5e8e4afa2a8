/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/logins.h"

#include <gio/gio.h>

#include "base/lock.h"

#define SECOND_MS 1000
#define USER_SHOWN 64 /* bytes of a name in a line */

/* What an address has done. */
typedef struct
{
  char *key;        /* (owned) */
  GList link;       /* in @by_age */
  gint64 failed_ms; /* the last time */
  guint64 failures;
  guint64 unlogged; /* since its last line */
  guint lines;      /* that it may have at once */
  gint64 refill_ms; /* when @lines was looked at last */
} Address;

struct _CfLogins
{
  CfConfig *config; /* (not owned) */

  CfMutex lock;
  /* Protected by @lock. */
  GHashTable *addresses; /* (owned) key, Address (owned) */
  GQueue by_age;         /* of Address, that which failed last first */
  gint64 second;         /* the one that @lines counts */
  guint lines;           /* for the log in it */
};

static void
address_free (gpointer data)
{
  Address *address = data;

  g_free (address->key);
  g_free (address);
}

/**
 * cf_logins_new:
 * @config: (transfer none): the settings
 *
 * Returns: (transfer full): no failures
 */
CfLogins *
cf_logins_new (CfConfig *config)
{
  CfLogins *self = g_new0 (CfLogins, 1);

  self->config = config;
  cf_mutex_init (&self->lock, CF_LOCK_LOGINS, 0);
  self->addresses =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, address_free);
  g_queue_init (&self->by_age);
  return self;
}

/**
 * cf_logins_free:
 * @self: (nullable) (transfer full): failures
 *
 * Forgets them.
 */
void
cf_logins_free (CfLogins *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->addresses);
  cf_mutex_clear (&self->lock);
  g_free (self);
}

/* -- Addresses --------------------------------------------------------------
 */

/* "[::1]:1234" as "::1"; of a Unix socket, its path. */
static char *
get_host (const char *address)
{
  const char *colon = address != NULL ? strrchr (address, ':') : NULL;
  gboolean has_brackets = colon != NULL && address[0] == '[';

  if (colon == NULL)
    return g_strdup (address != NULL ? address : "?");
  if (has_brackets && colon[-1] == ']')
    return g_strndup (address + 1, (gsize) (colon - address) - 2);
  return g_strndup (address, (gsize) (colon - address));
}

/* What stands for @host: whoever has one IPv6 address has many, but not those
 * that stand for addresses of IPv4. */
static char *
get_key (const char *host)
{
  static const guint8 mapped[12] = { [10] = 0xff, [11] = 0xff };
  g_autoptr (GInetAddress) inet = NULL;
  const guint8 *bytes;

  if (host[0] == '/' || strchr (host, ':') == NULL)
    return g_strdup (host);
  inet = g_inet_address_new_from_string (host);
  if (inet == NULL)
    return g_strdup (host);
  bytes = g_inet_address_to_bytes (inet);
  if (memcmp (bytes, mapped, sizeof mapped) == 0)
    return g_strdup_printf ("%u.%u.%u.%u", bytes[12], bytes[13], bytes[14],
                            bytes[15]);
  return g_strdup_printf ("%02x%02x:%02x%02x:%02x%02x:%02x%02x/64", bytes[0],
                          bytes[1], bytes[2], bytes[3], bytes[4], bytes[5],
                          bytes[6], bytes[7]);
}

static gint64
get_setting (const CfLogins *self, CfSettingId id)
{
  return cf_config_get_int (self->config, id);
}

/* A clock that was set back has nobody wait for it. */
static gboolean
is_over (const CfLogins *self, const Address *address, gint64 now_ms)
{
  gint64 window_ms = get_setting (self, CF_SETTING_LOGIN_WINDOW) * SECOND_MS;

  return ABS (now_ms - address->failed_ms) > window_ms;
}

static void
forget_locked (CfLogins *self, Address *address)
{
  g_queue_unlink (&self->by_age, &address->link);
  g_hash_table_remove (self->addresses, address->key);
}

/* Takes over @key. */
static Address *
need_locked (CfLogins *self, char *key, gint64 now_ms)
{
  Address *address = g_hash_table_lookup (self->addresses, key);

  if (address != NULL)
    {
      g_free (key);
      g_queue_unlink (&self->by_age, &address->link);
    }
  else
    {
      if (g_hash_table_size (self->addresses) >= CF_LOGINS_MAX)
        forget_locked (self, g_queue_peek_tail (&self->by_age));
      address = g_new0 (Address, 1);
      address->key = key;
      address->link.data = address;
      address->lines = CF_LOGINS_LINES;
      address->failed_ms = address->refill_ms = now_ms;
      g_hash_table_insert (self->addresses, key, address);
    }
  g_queue_push_head_link (&self->by_age, &address->link);
  return address;
}

/* -- Delays -----------------------------------------------------------------
 */

static gint64
get_delay (const CfLogins *self, guint64 failures)
{
  gint64 most = get_setting (self, CF_SETTING_LOGIN_DELAY_MAX);
  gint64 delay = get_setting (self, CF_SETTING_LOGIN_DELAY);
  guint64 free = (guint64) get_setting (self, CF_SETTING_LOGIN_FAILURES);

  if (free == 0 || failures < free)
    return 0;
  for (guint64 i = free; i < failures && delay < most; i++)
    delay *= 2;
  return MIN (delay, most);
}

/**
 * cf_logins_delay:
 * @self: what has failed
 * @address: (nullable): where somebody wants to log in from
 * @now_ms: wall-clock milliseconds
 *
 * Returns: the milliseconds that has to wait
 */
gint64
cf_logins_delay (CfLogins *self, const char *address, gint64 now_ms)
{
  g_autofree char *host = get_host (address);
  g_autofree char *key = get_key (host);
  Address *known;
  gint64 delay = 0;

  cf_mutex_lock (&self->lock);
  known = g_hash_table_lookup (self->addresses, key);
  if (known != NULL && is_over (self, known, now_ms))
    forget_locked (self, known);
  else if (known != NULL)
    delay = get_delay (self, known->failures);
  cf_mutex_unlock (&self->lock);
  return delay;
}

/* -- Lines ------------------------------------------------------------------
 */

/* Whether one more line may be logged, of @address and at all. */
static gboolean
may_log_locked (CfLogins *self, Address *address, gint64 now_ms)
{
  gint64 more = (now_ms - address->refill_ms) / SECOND_MS;

  if (more < 0)
    address->refill_ms = now_ms;
  if (more > 0)
    {
      address->lines =
          (guint) MIN ((gint64) address->lines + more, CF_LOGINS_LINES);
      address->refill_ms += more * SECOND_MS;
    }
  if (self->second != now_ms / SECOND_MS)
    {
      self->second = now_ms / SECOND_MS;
      self->lines = 0;
    }
  if (address->lines == 0 || self->lines >= CF_LOGINS_LINES_ALL)
    return FALSE;
  address->lines--;
  self->lines++;
  return TRUE;
}

static char *
make_line (const char *host, CfSlice user, guint64 failures)
{
  g_autofree char *name = g_strndup (user.data, MIN (user.size, USER_SHOWN));
  g_autofree char *escaped = g_strescape (name, NULL);

  return g_strdup_printf (
      "login failed: address=%s user=\"%s\" failures=%" G_GUINT64_FORMAT, host,
      escaped, failures);
}

/**
 * cf_logins_failed:
 * @self: what has failed
 * @address: (nullable): where somebody has failed to log in from
 * @user: the name that was given
 * @now_ms: wall-clock milliseconds
 *
 * Returns: (transfer full) (nullable): the line that is to be logged, if one is
 */
char *
cf_logins_failed (CfLogins *self,
                  const char *address,
                  CfSlice user,
                  gint64 now_ms)
{
  g_autofree char *host = get_host (address);
  char *key = get_key (host);
  guint64 failures = 0;
  Address *known;

  cf_mutex_lock (&self->lock);
  known = need_locked (self, key, now_ms);
  if (is_over (self, known, now_ms))
    known->failures = 0;
  known->failures++;
  known->unlogged++;
  known->failed_ms = now_ms;
  if (may_log_locked (self, known, now_ms))
    {
      failures = known->unlogged;
      known->unlogged = 0;
    }
  cf_mutex_unlock (&self->lock);
  return failures > 0 ? make_line (host, user, failures) : NULL;
}
