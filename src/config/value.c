/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "config/value.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/number.h"

#define MAX_ADDRESSES 16
#define MAX_SIZE (64 * 1024) /* bytes of a value; clients choose it */

/* A class of events is the bit of its letter's position here, see
 * CfEventClass. */
static const char event_letters[] = "KEg$lshzxetdmn";
#define ALL_EVENTS                                                             \
  (CF_EVENT_GENERIC | CF_EVENT_STRING | CF_EVENT_LIST | CF_EVENT_SET |         \
   CF_EVENT_HASH | CF_EVENT_ZSET | CF_EVENT_EXPIRED | CF_EVENT_EVICTED |       \
   CF_EVENT_STREAM | CF_EVENT_MODULE)

static gboolean
parse_bool (CfSettingValue *self, const char *text, GError **error)
{
  if (g_ascii_strcasecmp (text, "yes") == 0)
    self->number = TRUE;
  else if (g_ascii_strcasecmp (text, "no") != 0)
    return cf_throw (error, CF_ERROR_FAILED, "argument must be 'yes' or 'no'");
  self->text = g_strdup (self->number ? "yes" : "no");
  return TRUE;
}

static gboolean
check_range (const CfSetting *setting, gint64 number, GError **error)
{
  if (number >= setting->min && number <= setting->max)
    return TRUE;
  if (setting->kind == CF_CONFIG_OCTAL)
    return cf_throw (error, CF_ERROR_FAILED,
                     "argument must be between %" G_GINT64_MODIFIER
                     "o and %" G_GINT64_MODIFIER "o inclusive",
                     (guint64) setting->min, (guint64) setting->max);
  return cf_throw (error, CF_ERROR_FAILED,
                   "argument must be between %" G_GINT64_FORMAT
                   " and %" G_GINT64_FORMAT " inclusive",
                   setting->min, setting->max);
}

static gboolean
parse_int (CfSettingValue *self,
           const CfSetting *setting,
           const char *text,
           GError **error)
{
  if (!cf_parse_int64 (text, strlen (text), &self->number))
    return cf_throw (error, CF_ERROR_FAILED,
                     "argument couldn't be parsed into an integer");
  self->text = g_strdup (text);
  return check_range (setting, self->number, error);
}

static gboolean
parse_octal (CfSettingValue *self,
             const CfSetting *setting,
             const char *text,
             GError **error)
{
  gsize size = strlen (text);

  if (size == 0 || size > 20 || strspn (text, "01234567") != size)
    return cf_throw (error, CF_ERROR_FAILED,
                     "argument couldn't be parsed as an octal number");
  self->number = (gint64) g_ascii_strtoull (text, NULL, 8);
  self->text =
      g_strdup_printf ("%" G_GINT64_MODIFIER "o", (guint64) self->number);
  return check_range (setting, self->number, error);
}

/* Whether @text is a percentage; @self then holds what comes of it. */
static gboolean
parse_percent (CfSettingValue *self,
               const CfSetting *setting,
               const char *text,
               GError **error)
{
  gsize size = strlen (text);
  gint64 percent;

  if (size < 2 || text[size - 1] != '%' ||
      !cf_parse_int64 (text, size - 1, &percent) || percent < 0)
    return FALSE;
  if (percent > 100)
    cf_throw (error, CF_ERROR_FAILED,
              "percentage argument must be less or equal to 100");
  else if (setting->flags & CF_CONFIG_PERCENT)
    {
      self->number = -percent;
      self->text = g_strdup (percent != 0 ? text : "0");
    }
  else
    {
      self->number = (gint64) (cf_memory_machine () / 100 * (gsize) percent);
      self->text = g_strdup_printf ("%" G_GINT64_FORMAT, self->number);
      self->written = g_strdup (text);
    }
  return TRUE;
}

static gboolean
parse_memory (CfSettingValue *self,
              const CfSetting *setting,
              const char *text,
              GError **error)
{
  guint64 bytes;

  if ((setting->flags & (CF_CONFIG_PERCENT | CF_CONFIG_OF_MACHINE)) &&
      parse_percent (self, setting, text, error))
    return self->text != NULL;
  /* Nothing is 0, as Redis has it. */
  if (*text == '\0')
    text = "0";
  if (!cf_parse_memory (text, strlen (text), &bytes))
    return cf_throw (error, CF_ERROR_FAILED,
                     setting->flags & CF_CONFIG_PERCENT
                         ? "argument must be a memory or percent value"
                         : "argument must be a memory value");
  self->number = bytes <= G_MAXINT64 ? (gint64) bytes : -G_MAXINT64;
  self->text = g_strdup_printf ("%" G_GUINT64_FORMAT, bytes);
  return check_range (setting, self->number, error);
}

static gboolean
parse_enum (CfSettingValue *self,
            const CfSetting *setting,
            const char *text,
            GError **error)
{
  g_auto (GStrv) choices = g_strsplit (setting->choices, " ", -1);
  g_autofree char *list = NULL;

  for (int i = 0; choices[i] != NULL; i++)
    if (g_ascii_strcasecmp (text, choices[i]) == 0)
      {
        self->number = i;
        self->text = g_strdup (choices[i]);
        return TRUE;
      }
  list = g_strjoinv (", ", choices);
  return cf_throw (error, CF_ERROR_FAILED,
                   "argument(s) must be one of the following: %s", list);
}

/* The words of @text, without empty ones. */
static char **
split (const char *text)
{
  g_auto (GStrv) words = g_strsplit_set (text, " \t", -1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (char **word = words; *word != NULL; word++)
    if (**word != '\0')
      g_strv_builder_add (builder, *word);
  return g_strv_builder_end (builder);
}

static gboolean
parse_words (CfSettingValue *self, const char *text, GError **error)
{
  g_auto (GStrv) words = split (text);

  if (g_strv_length (words) > MAX_ADDRESSES)
    return cf_throw (error, CF_ERROR_FAILED,
                     "Too many bind addresses specified.");
  self->text = g_strjoinv (" ", words);
  return TRUE;
}

static gboolean
parse_save (CfSettingValue *self, const char *text, GError **error)
{
  g_auto (GStrv) words = split (text);
  gboolean valid = g_strv_length (words) % 2 == 0;

  for (int i = 0; valid && words[i] != NULL; i++)
    {
      gint64 number;

      valid = cf_parse_int64 (words[i], strlen (words[i]), &number) &&
              number >= (i % 2 == 0) && number <= G_MAXINT32;
    }
  if (!valid)
    return cf_throw (error, CF_ERROR_FAILED, "Invalid save parameters");
  self->text = g_strjoinv (" ", words);
  return TRUE;
}

static int
find_class (const char *name)
{
  static const char *const names[] = { "normal", "replica", "pubsub" };

  for (int i = 0; i < (int) G_N_ELEMENTS (names); i++)
    if (g_ascii_strcasecmp (name, names[i]) == 0)
      return i;
  return g_ascii_strcasecmp (name, "slave") == 0 ? CF_CLIENT_REPLICA : -1;
}

/**
 * cf_setting_value_parse_output_limits:
 * @text: words in fours: class, hard limit, soft limit, seconds
 * @limits: (inout): the limits; those of classes not named stay
 * @error: return location for an error, or %NULL
 *
 * Returns: %FALSE if @text is not valid; some @limits may have changed then
 */
gboolean
cf_setting_value_parse_output_limits (
    const char *text,
    CfOutputLimit limits[static CF_N_CLIENT_CLASSES],
    GError **error)
{
  g_auto (GStrv) words = split (text);
  guint n_words = g_strv_length (words);

  if (n_words % 4 != 0)
    return cf_throw (error, CF_ERROR_FAILED,
                     "Wrong number of arguments in buffer limit "
                     "configuration.");
  for (char **word = words; *word != NULL; word += 4)
    {
      int class = find_class (word[0]);
      CfOutputLimit limit;

      if (class < 0)
        return cf_throw (error, CF_ERROR_FAILED,
                         "Invalid client class specified in buffer limit "
                         "configuration.");
      if (!cf_parse_memory (word[1], strlen (word[1]), &limit.hard_bytes) ||
          !cf_parse_memory (word[2], strlen (word[2]), &limit.soft_bytes) ||
          !cf_parse_int64 (word[3], strlen (word[3]), &limit.soft_s) ||
          limit.soft_s < 0 || limit.soft_s > G_MAXINT32)
        return cf_throw (error, CF_ERROR_FAILED,
                         "Error in hard, soft or soft_seconds setting in "
                         "buffer limit configuration.");
      limits[class] = limit;
    }
  return TRUE;
}

static gboolean
parse_output_limits (CfSettingValue *self,
                     const char *text,
                     const char *current,
                     GError **error)
{
  static const char *const names[] = { "normal", "slave", "pubsub" };
  CfOutputLimit limits[CF_N_CLIENT_CLASSES] = { 0 };
  GString *all;

  if ((current != NULL &&
       !cf_setting_value_parse_output_limits (current, limits, error)) ||
      !cf_setting_value_parse_output_limits (text, limits, error))
    return FALSE;
  all = g_string_new (NULL);
  for (gsize i = 0; i < CF_N_CLIENT_CLASSES; i++)
    g_string_append_printf (all,
                            "%s%s %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT
                            " %" G_GINT64_FORMAT,
                            i > 0 ? " " : "", names[i], limits[i].hard_bytes,
                            limits[i].soft_bytes, limits[i].soft_s);
  self->text = g_string_free (all, FALSE);
  return TRUE;
}

/* 99.9 for the number, where cf_format_double() says 99.900000000000006. */
static void
append_short (GString *all, double number)
{
  char buffer[CF_DOUBLE_SIZE];

  g_ascii_formatd (buffer, sizeof buffer, "%.15g", number);
  if (g_ascii_strtod (buffer, NULL) != number)
    cf_format_double (buffer, number);
  g_string_append (all, buffer);
}

static gboolean
parse_percentiles (CfSettingValue *self, const char *text, GError **error)
{
  g_auto (GStrv) words = split (text);
  g_autoptr (GString) all = g_string_new (NULL);

  for (char **word = words; *word != NULL; word++)
    {
      double number;

      if (!cf_parse_double (*word, strlen (*word), &number))
        return cf_throw (error, CF_ERROR_FAILED,
                         "Invalid latency-tracking-info-percentiles "
                         "parameters");
      if (number < 0 || number > 100)
        return cf_throw (error, CF_ERROR_FAILED,
                         "latency-tracking-info-percentiles parameters "
                         "should sit between [0.0,100.0]");
      if (word != words)
        g_string_append_c (all, ' ');
      append_short (all, number);
    }
  self->text = g_strdup (all->str);
  return TRUE;
}

/* A for all classes that it stands for, or each of them, then the others. */
static char *
format_events (gint64 events)
{
  GString *letters = g_string_new (NULL);
  const gint64 last = CF_EVENT_KEYSPACE | CF_EVENT_KEYEVENT | CF_EVENT_KEY_MISS;
  gint64 shown = events;

  if ((events & ALL_EVENTS) == ALL_EVENTS)
    {
      g_string_append_c (letters, 'A');
      shown &= ~(gint64) (ALL_EVENTS | CF_EVENT_NEW);
    }
  for (int i = 0; event_letters[i] != '\0'; i++)
    if ((shown & ~last) >> i & 1)
      g_string_append_c (letters, event_letters[i]);
  for (int i = 0; event_letters[i] != '\0'; i++)
    if ((shown & last) >> i & 1)
      g_string_append_c (letters, event_letters[i]);
  return g_string_free (letters, FALSE);
}

static gboolean
parse_events (CfSettingValue *self, const char *text, GError **error)
{
  for (const char *c = text; *c != '\0'; c++)
    {
      const char *letter = strchr (event_letters, *c);

      if (*c == 'A')
        self->number |= ALL_EVENTS;
      else if (letter != NULL)
        self->number |= (gint64) 1 << (letter - event_letters);
      else
        return cf_throw (error, CF_ERROR_FAILED,
                         "Invalid event class character. Use "
                         "'Ag$lshzxeKEtmdn'.");
    }
  self->text = format_events (self->number);
  return TRUE;
}

static gboolean
parse_kind (CfSettingValue *self,
            const CfSetting *setting,
            const char *text,
            const char *current,
            GError **error)
{
  switch (setting->kind)
    {
    case CF_CONFIG_BOOL:
      return parse_bool (self, text, error);
    case CF_CONFIG_INT:
      return parse_int (self, setting, text, error);
    case CF_CONFIG_OCTAL:
      return parse_octal (self, setting, text, error);
    case CF_CONFIG_MEMORY:
      return parse_memory (self, setting, text, error);
    case CF_CONFIG_ENUM:
      return parse_enum (self, setting, text, error);
    case CF_CONFIG_WORDS:
      return parse_words (self, text, error);
    case CF_CONFIG_SAVE:
      return parse_save (self, text, error);
    case CF_CONFIG_OUTPUT_LIMITS:
      return parse_output_limits (self, text, current, error);
    case CF_CONFIG_PERCENTILES:
      return parse_percentiles (self, text, error);
    case CF_CONFIG_EVENTS:
      return parse_events (self, text, error);
    case CF_CONFIG_STRING:
      self->text = g_strdup (text);
      return TRUE;
    default:
      g_assert_not_reached ();
    }
}

static gboolean
has_number (const CfSetting *setting)
{
  return setting->kind <= CF_CONFIG_ENUM || setting->kind == CF_CONFIG_EVENTS;
}

/**
 * cf_setting_value_parse:
 * @self: (out caller-allocates): the value
 * @setting: what it is a value of
 * @data: (array length=size): what was given
 * @size: its length
 * @current: (nullable): the canonical text of the value there is, which a
 *   value that says only part is merged into
 * @error: return location for an error, or %NULL
 *
 * Checks a value and finds its number and its canonical text.
 *
 * Returns: %FALSE if it is not a value of @setting
 */
gboolean
cf_setting_value_parse (CfSettingValue *self,
                        const CfSetting *setting,
                        const char *data,
                        gsize size,
                        const char *current,
                        GError **error)
{
  CfSettingValue value = { 0 };
  g_autofree char *text = NULL;

  if (size > MAX_SIZE)
    return cf_throw (error, CF_ERROR_FAILED, "argument is too long");
  if (size > 0 && memchr (data, '\0', size) != NULL)
    return cf_throw (error, CF_ERROR_FAILED,
                     "argument must not contain a NUL byte");
  text = g_strndup (size > 0 ? data : "", size);
  if (!parse_kind (&value, setting, text, current, error))
    {
      cf_setting_value_clear (&value);
      return FALSE;
    }
  if (!has_number (setting))
    value.number = (gint64) strlen (value.text);
  if (setting->only != NULL && strcmp (value.text, setting->initial) != 0)
    {
      cf_setting_value_clear (&value);
      return cf_throw (error, CF_ERROR_FAILED, "%s", setting->only);
    }
  *self = value;
  return TRUE;
}

/**
 * cf_setting_value_clear:
 * @self: a value, perhaps of zeros
 *
 * Frees what @self owns.
 */
void
cf_setting_value_clear (CfSettingValue *self)
{
  g_clear_pointer (&self->text, g_free);
  g_clear_pointer (&self->written, g_free);
}
