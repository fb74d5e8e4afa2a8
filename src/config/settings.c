/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "config/settings.h"

#include <string.h>

#include "base/error.h"
#include "base/number.h"
#include "config/private.h"
#include "config/value.h"

#define MAX_NAME 4096 /* bytes of an unknown name that an error repeats */

const CfSetting cf_settings[CF_N_SETTINGS] = {
#define CF_SETTING(id, ...) [CF_SETTING_##id] = { __VA_ARGS__ },
#include "config/settings.def"
};

static gboolean
is_name (const char *name, const char *data, gsize size)
{
  return name != NULL && strlen (name) == size &&
         g_ascii_strncasecmp (name, data, size) == 0;
}

/**
 * cf_setting_find:
 * @name: (array length=size): a name or an alias, in any case
 * @size: its length
 *
 * Returns: the setting of that name, or -1
 */
int
cf_setting_find (const char *name, gsize size)
{
  for (int id = 0; id < CF_N_SETTINGS; id++)
    if (is_name (cf_settings[id].name, name, size) ||
        is_name (cf_settings[id].alias, name, size))
      return id;
  return -1;
}

/* Readers of the limits see each number as it was or as it is. */
static void
publish_limits (CfConfig *self, const char *text)
{
  CfOutputLimit limits[CF_N_CLIENT_CLASSES] = { 0 };

  cf_setting_value_parse_output_limits (text, limits, NULL);
  for (gsize i = 0; i < CF_N_CLIENT_CLASSES; i++)
    {
      gint64 *to = self->rest->limits[i];

      __atomic_store_n (&to[0], (gint64) limits[i].hard_bytes,
                        __ATOMIC_RELAXED);
      __atomic_store_n (&to[1], (gint64) limits[i].soft_bytes,
                        __ATOMIC_RELAXED);
      __atomic_store_n (&to[2], limits[i].soft_s, __ATOMIC_RELAXED);
    }
}

/* Exchanges the values of @steps and those of the settings. */
static void
exchange (CfConfig *self, CfConfigStep *steps, gsize n_steps)
{
  cf_mutex_lock (&self->rest->lock);
  for (gsize i = 0; i < n_steps; i++)
    {
      CfSettingValue *now = &self->rest->slots[steps[i].id].value;
      CfSettingValue old = *now;

      *now = steps[i].value;
      steps[i].value = old;
      __atomic_store_n (&self->numbers[steps[i].id], now->number,
                        __ATOMIC_RELAXED);
      if (steps[i].id == CF_SETTING_CLIENT_OUTPUT_BUFFER_LIMIT)
        publish_limits (self, now->text);
    }
  cf_mutex_unlock (&self->rest->lock);
}

static gboolean
is_hook_told (CfConfigSlot *slots,
              const CfConfigStep *steps,
              gsize n_steps,
              const CfConfigSlot *slot)
{
  for (gsize i = 0; i < n_steps; i++)
    if (steps[i].told && slots[steps[i].id].hook == slot->hook &&
        slots[steps[i].id].data == slot->data)
      return TRUE;
  return FALSE;
}

static gboolean
tell_hooks (CfConfig *self,
            CfConfigStep *steps,
            gsize n_steps,
            gsize *failed,
            GError **error)
{
  CfConfigSlot *slots = self->rest->slots;

  for (gsize i = 0; i < n_steps; i++)
    {
      CfConfigSlot *slot = &slots[steps[i].id];

      if (!(steps[i].changes ||
            (cf_settings[steps[i].id].flags & CF_CONFIG_OUTSIDE)) ||
          slot->hook == NULL || is_hook_told (slots, steps, i, slot))
        continue;
      if (!slot->hook (self, steps[i].id, slot->data, error))
        {
          *failed = i;
          return FALSE;
        }
      steps[i].told = TRUE;
    }
  return TRUE;
}

static void
tell_hooks_again (CfConfig *self, const CfConfigStep *steps, gsize n_steps)
{
  for (gsize i = 0; i < n_steps; i++)
    if (steps[i].told)
      {
        CfConfigSlot *slot = &self->rest->slots[steps[i].id];

        slot->hook (self, steps[i].id, slot->data, NULL);
      }
}

/**
 * cf_config_prepare_step:
 * @self: a configuration, with changing held
 * @step: (out caller-allocates): the step
 * @id: the setting to change
 * @data: (array length=size): its new value
 * @size: the length of the value
 * @error: return location for an error, or %NULL
 *
 * Returns: %FALSE if that is no value of the setting
 */
gboolean
cf_config_prepare_step (CfConfig *self,
                        CfConfigStep *step,
                        CfSettingId id,
                        const char *data,
                        gsize size,
                        GError **error)
{
  CfConfigSlot *slot = &self->rest->slots[id];

  cf_mutex_assert_held (&self->rest->changing);
  *step = (CfConfigStep){ .id = id };
  if (!cf_setting_value_parse (&step->value, &cf_settings[id], data, size,
                               slot->value.text, error))
    return FALSE;
  step->changes = strcmp (step->value.text, slot->value.text) != 0;
  return TRUE;
}

/**
 * cf_config_run_steps:
 * @self: a configuration, with changing held
 * @steps: (array length=n_steps): prepared steps
 * @n_steps: how many
 * @failed: (out): the step whose hook objected
 * @error: return location for an error, or %NULL
 *
 * Makes all changes, or none.  Free the steps in either case.
 *
 * Returns: %FALSE if a hook objected
 */
gboolean
cf_config_run_steps (CfConfig *self,
                     CfConfigStep *steps,
                     gsize n_steps,
                     gsize *failed,
                     GError **error)
{
  cf_mutex_assert_held (&self->rest->changing);
  exchange (self, steps, n_steps);
  if (tell_hooks (self, steps, n_steps, failed, error))
    return TRUE;
  exchange (self, steps, n_steps);
  tell_hooks_again (self, steps, n_steps);
  return FALSE;
}

/**
 * cf_config_clear_steps:
 * @steps: (array length=n_steps): prepared steps
 * @n_steps: how many
 *
 * Frees what the steps own.
 */
void
cf_config_clear_steps (CfConfigStep *steps, gsize n_steps)
{
  for (gsize i = 0; i < n_steps; i++)
    cf_setting_value_clear (&steps[i].value);
}

/**
 * cf_config_new:
 *
 * Returns: (transfer full): a configuration with the default of each setting
 */
CfConfig *
cf_config_new (void)
{
  CfConfig *self = g_new0 (CfConfig, 1);
  struct _CfConfigRest *rest = g_new0 (struct _CfConfigRest, 1);

  self->rest = rest;
  cf_mutex_init (&rest->changing, CF_LOCK_CONFIG, 0);
  cf_mutex_init (&rest->lock, CF_LOCK_CONFIG, 1);
  for (int id = 0; id < CF_N_SETTINGS; id++)
    {
      const CfSetting *setting = &cf_settings[id];
      CfSettingValue *value = &rest->slots[id].value;
      g_autoptr (GError) error = NULL;

      if (!cf_setting_value_parse (value, setting, setting->initial,
                                   strlen (setting->initial), NULL, &error))
        g_error ("default of %s: %s", setting->name, error->message);
      rest->initial[id] = g_strdup (value->text);
      self->numbers[id] = value->number;
    }
  publish_limits (self, rest->initial[CF_SETTING_CLIENT_OUTPUT_BUFFER_LIMIT]);
  rest->file_users = cf_user_lines_new ();
  rest->option_users = cf_user_lines_new ();
  return self;
}

/**
 * cf_config_free:
 * @self: (nullable): a configuration that nobody uses any more
 */
void
cf_config_free (CfConfig *self)
{
  struct _CfConfigRest *rest;

  if (self == NULL)
    return;
  rest = self->rest;
  for (int id = 0; id < CF_N_SETTINGS; id++)
    {
      cf_setting_value_clear (&rest->slots[id].value);
      g_free (rest->slots[id].in_file);
      g_free (rest->initial[id]);
    }
  cf_mutex_clear (&rest->lock);
  cf_mutex_clear (&rest->changing);
  g_ptr_array_unref (rest->option_users);
  g_ptr_array_unref (rest->file_users);
  g_free (rest->path);
  g_free (rest);
  g_free (self);
}

/**
 * cf_config_get_string:
 * @self: a configuration
 * @id: a setting
 *
 * Returns: (transfer full): its canonical text, as CONFIG GET prints it
 */
char *
cf_config_get_string (CfConfig *self, CfSettingId id)
{
  char *text;

  cf_mutex_lock (&self->rest->lock);
  text = g_strdup (self->rest->slots[id].value.text);
  cf_mutex_unlock (&self->rest->lock);
  return text;
}

/**
 * cf_config_get_output_limit:
 * @self: a configuration
 * @class: a class of clients
 * @limit: (out): its limit
 *
 * Takes no lock.
 */
void
cf_config_get_output_limit (CfConfig *self,
                            CfClientClass class,
                            CfOutputLimit *limit)
{
  const gint64 *from = self->rest->limits[class];

  limit->hard_bytes = (guint64) __atomic_load_n (&from[0], __ATOMIC_RELAXED);
  limit->soft_bytes = (guint64) __atomic_load_n (&from[1], __ATOMIC_RELAXED);
  limit->soft_s = __atomic_load_n (&from[2], __ATOMIC_RELAXED);
}

/**
 * cf_config_get_percentiles:
 * @self: a configuration
 * @n: (out): how many
 *
 * Returns: (transfer full) (array length=n) (nullable): the percentiles that
 *   INFO shows, in the order they were given
 */
double *
cf_config_get_percentiles (CfConfig *self, gsize *n)
{
  g_autofree char *text =
      cf_config_get_string (self, CF_SETTING_LATENCY_TRACKING_INFO_PERCENTILES);
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  double *numbers;

  *n = g_strv_length (words);
  numbers = g_new0 (double, *n);
  for (gsize i = 0; i < *n; i++)
    cf_parse_double (words[i], strlen (words[i]), &numbers[i]);
  return numbers;
}

/**
 * cf_config_get_maxmemory_clients:
 * @self: a configuration
 *
 * Takes no lock.
 *
 * Returns: maxmemory-clients in bytes, 0 for no limit
 */
gint64
cf_config_get_maxmemory_clients (CfConfig *self)
{
  gint64 number = cf_config_get_int (self, CF_SETTING_MAXMEMORY_CLIENTS);

  if (number >= 0)
    return number;
  return (gint64) ((double) cf_config_get_int (self, CF_SETTING_MAXMEMORY) *
                   (double) -number / 100);
}

/**
 * cf_config_is_initial:
 * @self: a configuration
 * @id: a setting
 *
 * Returns: whether the setting has its default value
 */
gboolean
cf_config_is_initial (CfConfig *self, CfSettingId id)
{
  gboolean same;

  cf_mutex_lock (&self->rest->lock);
  same =
      strcmp (self->rest->slots[id].value.text, self->rest->initial[id]) == 0;
  cf_mutex_unlock (&self->rest->lock);
  return same;
}

/**
 * cf_config_set_hook:
 * @self: a configuration that only one thread knows
 * @id: a setting
 * @hook: (nullable): what to call when it has changed
 * @data: what to pass to it
 *
 * A hook that several settings share is called once a batch of changes.
 */
void
cf_config_set_hook (CfConfig *self,
                    CfSettingId id,
                    CfConfigHook hook,
                    gpointer data)
{
  self->rest->slots[id].hook = hook;
  self->rest->slots[id].data = data;
}

/**
 * cf_config_set:
 * @self: a configuration
 * @id: a setting, be it changeable at run time or not
 * @value: its new value
 * @error: return location for an error, or %NULL
 *
 * Changes one setting.  The error does not name it.
 *
 * Returns: %FALSE if the value is not valid or a hook objected
 */
gboolean
cf_config_set (CfConfig *self,
               CfSettingId id,
               const char *value,
               GError **error)
{
  CfConfigStep step;
  gsize failed;
  gboolean done;

  cf_mutex_lock (&self->rest->changing);
  done = cf_config_prepare_step (self, &step, id, value, strlen (value), error);
  if (done)
    {
      done = cf_config_run_steps (self, &step, 1, &failed, error);
      cf_config_clear_steps (&step, 1);
    }
  cf_mutex_unlock (&self->rest->changing);
  return done;
}

static gboolean
throw_change (GError **error, const char *name, gsize size, const char *why)
{
  return cf_throw (error, CF_ERROR_FAILED,
                   "CONFIG SET failed (possibly related to argument '%.*s') "
                   "- %s",
                   (int) MIN (size, MAX_NAME), name, why);
}

/* Finds the settings of @changes.  The first fault is the one told. */
static gboolean
find_settings (const CfConfigChange *changes,
               gsize n_changes,
               int *ids,
               GError **error)
{
  for (gsize i = 0; i < n_changes; i++)
    {
      const CfConfigChange *change = &changes[i];

      ids[i] = cf_setting_find (change->name, change->name_size);
      if (ids[i] < 0)
        return cf_throw (error, CF_ERROR_FAILED,
                         "Unknown option or number of arguments for CONFIG "
                         "SET - '%.*s'",
                         (int) MIN (change->name_size, MAX_NAME), change->name);
      if (!(cf_settings[ids[i]].flags & CF_CONFIG_RUNTIME))
        return throw_change (error, change->name, change->name_size,
                             "can't set immutable config");
      for (gsize j = 0; j < i; j++)
        if (ids[j] == ids[i])
          return throw_change (error, change->name, change->name_size,
                               "duplicate parameter");
    }
  return TRUE;
}

/* The name that an error bears: as in the table, whatever its case. */
static gboolean
throw_step (GError **error, const CfConfigChange *change, const GError *cause)
{
  g_autofree char *name =
      g_ascii_strdown (change->name, (gssize) change->name_size);

  return throw_change (error, name, strlen (name), cause->message);
}

static gboolean
set_many_locked (CfConfig *self,
                 const CfConfigChange *changes,
                 const int *ids,
                 gsize n_changes,
                 CfConfigStep *steps,
                 GError **error)
{
  g_autoptr (GError) cause = NULL;
  gsize done = 0, failed = 0;
  gboolean ok;

  while (done < n_changes &&
         cf_config_prepare_step (self, &steps[done], (CfSettingId) ids[done],
                                 changes[done].value, changes[done].value_size,
                                 &cause))
    done++;
  failed = done;
  ok = done == n_changes &&
       cf_config_run_steps (self, steps, n_changes, &failed, &cause);
  cf_config_clear_steps (steps, done);
  return ok || throw_step (error, &changes[failed], cause);
}

/**
 * cf_config_set_many:
 * @self: a configuration
 * @changes: (array length=n_changes): what to set to what
 * @n_changes: how many changes
 * @error: return location for an error, or %NULL
 *
 * Makes all changes, or none: CONFIG SET.  The error is the one to answer.
 *
 * Returns: %FALSE if nothing was changed
 */
gboolean
cf_config_set_many (CfConfig *self,
                    const CfConfigChange *changes,
                    gsize n_changes,
                    GError **error)
{
  int ids[CF_N_SETTINGS];
  CfConfigStep steps[CF_N_SETTINGS];
  gboolean done;

  /* More changes than settings: one of them is wrong or there twice. */
  if (!find_settings (changes, MIN (n_changes, CF_N_SETTINGS), ids, error))
    return FALSE;
  if (n_changes > CF_N_SETTINGS)
    return throw_change (error, changes[CF_N_SETTINGS].name,
                         changes[CF_N_SETTINGS].name_size,
                         "duplicate parameter");
  cf_mutex_lock (&self->rest->changing);
  done = set_many_locked (self, changes, ids, n_changes, steps, error);
  cf_mutex_unlock (&self->rest->changing);
  return done;
}
