/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/random.h"
#include "engine/acl-log.h"
#include "engine/acl.h"
#include "engine/engine.h"
#include "engine/events.h"
#include "engine/feed.h"
#include "engine/function.h"
#include "engine/latency.h"
#include "engine/logins.h"
#include "engine/monitor.h"
#include "engine/pause.h"
#include "engine/pubsub.h"
#include "engine/scripts.h"
#include "engine/slowlog.h"
#include "engine/tracking.h"
#include "engine/worker.h"
#include "store/evict.h"
#include "store/expirer.h"
#include "store/reaper.h"

static void
tell_trackers (CfEngine *self, CfSlice key)
{
  CfKey full = cf_key (key);

  cf_tracking_invalidate (self->tracking, NULL, &full);
  if (cf_tracking_broadcasts (self->tracking))
    cf_tracking_broadcast (self->tracking, NULL, &key, 1);
}

/* The keyspace has removed a key by itself; its slot is locked. */
static void
on_removed (gpointer data, guint db, CfSlice key, CfRemoval why)
{
  CfEngine *self = data;
  const CfSlice record[] = { CF_SLICE ("DEL"), key };

  cf_feed_append (self->feed, db, record, G_N_ELEMENTS (record));
  if (G_UNLIKELY (cf_tracking_any (self->tracking)))
    tell_trackers (self, key);
  if (why == CF_REMOVED_EXPIRED)
    cf_events_tell (self, db, key, CF_NOTIFY_EXPIRED, "expired");
  else
    cf_events_tell (self, db, key, CF_NOTIFY_EVICTED, "evicted");
}

/* The expirer's thread passes the gate around each slot. */
static void
on_expirer_enter (gpointer data)
{
  CfEngine *self = data;

  cf_gate_enter (self->expirer_keeper);
}

static void
on_expirer_leave (gpointer data)
{
  CfEngine *self = data;

  cf_gate_leave (self->expirer_keeper);
}

static gboolean
on_access_setting (CfConfig *config,
                   CfSettingId id,
                   gpointer data,
                   GError **error)
{
  CfEngine *self = data;
  gint64 policy = cf_config_get_int (config, CF_SETTING_MAXMEMORY_POLICY);
  gboolean is_lfu =
      policy == CF_POLICY_ALLKEYS_LFU || policy == CF_POLICY_VOLATILE_LFU;

  cf_keyspace_set_access_kind (
      self->keyspace, is_lfu ? CF_ACCESS_LFU : CF_ACCESS_LRU,
      (guint) cf_config_get_int (config, CF_SETTING_LFU_LOG_FACTOR),
      (guint) cf_config_get_int (config, CF_SETTING_LFU_DECAY_TIME));
  return TRUE;
}

static gboolean
on_require_pass (CfConfig *config,
                 CfSettingId id,
                 gpointer data,
                 GError **error)
{
  CfEngine *self = data;
  g_autofree char *password = cf_config_get_string (config, id);

  cf_acl_require_pass (self->acl, password);
  return TRUE;
}

static void
make_keyspace (CfEngine *self)
{
  const CfKeyspaceHooks hooks = { on_removed, self };
  const CfExpirerHooks passes = { on_expirer_enter, on_expirer_leave, self };

  self->reaper = cf_reaper_new ();
  self->keyspace = cf_keyspace_new (
      (guint) cf_config_get_int (self->config, CF_SETTING_DATABASES), &hooks);
  cf_keyspace_set_reaper (self->keyspace, self->reaper);
  self->evict = cf_evict_new (self->keyspace, self->config);
  self->expirer_keeper = cf_gate_register (self->gate);
  self->expirer = cf_expirer_new (self->keyspace, &passes);
  on_access_setting (self->config, CF_SETTING_MAXMEMORY_POLICY, self, NULL);
  cf_config_set_hook (self->config, CF_SETTING_MAXMEMORY_POLICY,
                      on_access_setting, self);
  cf_config_set_hook (self->config, CF_SETTING_LFU_LOG_FACTOR,
                      on_access_setting, self);
  cf_config_set_hook (self->config, CF_SETTING_LFU_DECAY_TIME,
                      on_access_setting, self);
}

/**
 * cf_engine_new:
 * @config: (transfer none): the settings, kept as long as the engine
 * @families: (array zero-terminated=1): the commands there are
 * @hooks: (nullable): what only the daemon can do
 *
 * Returns: (transfer full): an engine with an empty keyspace, whose threads
 *   do not run yet
 */
CfEngine *
cf_engine_new (CfConfig *config,
               const CfFamily *const *families,
               const CfEngineHooks *hooks)
{
  CfEngine *self = g_new0 (CfEngine, 1);

  self->config = config;
  self->reply_peak_reset_ms = CF_REPLY_PEAK_RESET_MS;
  if (hooks != NULL)
    self->hooks = *hooks;
  self->started_ms = cf_clock_wall_ms ();
  self->started_mono_us = cf_clock_mono_us ();
  cf_random_hex (self->run_id, sizeof self->run_id - 1);
  self->commands = cf_command_table_new (families);
  self->backlog = cf_backlog_new ();
  self->gate = cf_gate_new (self->backlog);
  self->stats = cf_stats_new (cf_command_table_n_ids (self->commands));
  self->sessions = cf_sessions_new ();
  self->slowlog = cf_slowlog_new ();
  self->latency = cf_latency_new ();
  self->monitors = cf_monitors_new ();
  self->pause = cf_pause_new ();
  self->feed = cf_feed_new ();
  self->pubsub = cf_pubsub_new ();
  self->tracking = cf_tracking_new (config);
  self->acl = cf_acl_new (config, self->commands);
  self->acl_log = cf_acl_log_new ();
  self->logins = cf_logins_new (config);
  cf_config_set_hook (config, CF_SETTING_REQUIREPASS, on_require_pass, self);
  self->scripts = cf_scripts_new ();
  self->functions = cf_functions_new ();
  cf_mutex_init (&self->workers_lock, CF_LOCK_WORKERS, 0);
  cf_mutex_init (&self->rates_lock, CF_LOCK_RATES, 0);
  self->rates.since_us = self->started_mono_us;
  self->workers =
      g_ptr_array_new_with_free_func ((GDestroyNotify) cf_worker_free);
  self->free_workers = g_ptr_array_new ();
  make_keyspace (self);
  return self;
}

/**
 * cf_engine_start:
 * @self: an engine
 *
 * Starts the threads that expire keys.
 */
void
cf_engine_start (CfEngine *self)
{
  self->startup_memory = cf_memory_used ();
  cf_expirer_start (self->expirer);
}

/**
 * cf_engine_stop:
 * @self: an engine, with no worker inside the gate
 *
 * Ends the threads of cf_engine_start().
 */
void
cf_engine_stop (CfEngine *self)
{
  cf_expirer_stop (self->expirer);
}

/**
 * cf_engine_rates:
 * @self: an engine
 *
 * Returns: the rates since they were asked for last, but over a tenth of a
 *   second at least; so whoever asks regularly misses nothing
 */
CfRates
cf_engine_rates (CfEngine *self)
{
  guint64 commands = cf_stats_sum (self->stats, CF_STAT_COMMANDS);
  guint64 input = cf_stats_sum (self->stats, CF_STAT_NET_INPUT);
  guint64 output = cf_stats_sum (self->stats, CF_STAT_NET_OUTPUT);
  gint64 now_us = cf_clock_mono_us ();
  CfRates rates;
  double seconds;

  cf_mutex_lock (&self->rates_lock);
  seconds = (double) (now_us - self->rates.since_us) / G_USEC_PER_SEC;
  /* A reset in between makes a sum less than it was. */
  if (seconds >= 0.1 && commands >= self->rates.commands)
    self->rates.last = (CfRates){
      .commands =
          (guint64) ((double) (commands - self->rates.commands) / seconds),
      .input = (double) (input - MIN (input, self->rates.input)) / seconds,
      .output = (double) (output - MIN (output, self->rates.output)) / seconds,
    };
  if (seconds >= 0.1)
    {
      self->rates.since_us = now_us;
      self->rates.commands = commands;
      self->rates.input = input;
      self->rates.output = output;
    }
  rates = self->rates.last;
  cf_mutex_unlock (&self->rates_lock);
  return rates;
}

/**
 * cf_engine_n_expired:
 * @self: an engine
 *
 * Returns: how many keys have expired since the statistics were reset
 */
gsize
cf_engine_n_expired (CfEngine *self)
{
  return cf_keyspace_n_expired (self->keyspace) -
         __atomic_load_n (&self->expired_base, __ATOMIC_RELAXED);
}

/**
 * cf_engine_n_evicted:
 * @self: an engine
 *
 * Returns: how many keys were evicted since the statistics were reset
 */
gsize
cf_engine_n_evicted (CfEngine *self)
{
  return cf_keyspace_n_evicted (self->keyspace) -
         __atomic_load_n (&self->evicted_base, __ATOMIC_RELAXED);
}

/**
 * cf_engine_reset_stats:
 * @self: an engine
 *
 * Makes all counters start from 0 again; CONFIG RESETSTAT.
 */
void
cf_engine_reset_stats (CfEngine *self)
{
  cf_stats_reset (self->stats);
  __atomic_store_n (&self->expired_base, cf_keyspace_n_expired (self->keyspace),
                    __ATOMIC_RELAXED);
  __atomic_store_n (&self->evicted_base, cf_keyspace_n_evicted (self->keyspace),
                    __ATOMIC_RELAXED);
  cf_reaper_reset_freed (self->reaper);
  __atomic_store_n (&self->peak_memory, cf_memory_used (), __ATOMIC_RELAXED);
}

/**
 * cf_engine_note_memory:
 * @self: an engine
 * @used: bytes that are used now
 *
 * Keeps the peak; any thread.
 */
void
cf_engine_note_memory (CfEngine *self, gsize used)
{
  gsize peak = __atomic_load_n (&self->peak_memory, __ATOMIC_RELAXED);

  while (used > peak &&
         !__atomic_compare_exchange_n (&self->peak_memory, &peak, used, TRUE,
                                       __ATOMIC_RELAXED, __ATOMIC_RELAXED))
    ;
}

/**
 * cf_engine_free:
 * @self: (nullable) (transfer full): an engine that has stopped
 *
 * Frees the engine and all that it is made of.
 */
void
cf_engine_free (CfEngine *self)
{
  if (self == NULL)
    return;
  for (CfSettingId id = 0; id < CF_N_SETTINGS; id++)
    if (id == CF_SETTING_MAXMEMORY_POLICY || id == CF_SETTING_LFU_LOG_FACTOR ||
        id == CF_SETTING_LFU_DECAY_TIME || id == CF_SETTING_REQUIREPASS)
      cf_config_set_hook (self->config, id, NULL, NULL);
  cf_expirer_free (self->expirer);
  cf_evict_free (self->evict);
  g_ptr_array_unref (self->free_workers);
  g_ptr_array_unref (self->workers);
  cf_mutex_clear (&self->workers_lock);
  cf_mutex_clear (&self->rates_lock);
  cf_keyspace_free (self->keyspace);
  cf_reaper_free (self->reaper);
  cf_logins_free (self->logins);
  cf_acl_log_free (self->acl_log);
  cf_acl_free (self->acl);
  cf_functions_free (self->functions);
  cf_scripts_free (self->scripts);
  cf_tracking_free (self->tracking);
  cf_pubsub_free (self->pubsub);
  cf_feed_free (self->feed);
  cf_pause_free (self->pause);
  cf_monitors_free (self->monitors);
  cf_latency_free (self->latency);
  cf_slowlog_free (self->slowlog);
  cf_sessions_free (self->sessions);
  cf_stats_free (self->stats);
  cf_gate_free (self->gate);
  cf_backlog_free (self->backlog);
  cf_command_table_free (self->commands);
  g_free (self);
}
