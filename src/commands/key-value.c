/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "commands/key-value.h"

/**
 * cf_type_name:
 * @type: a type
 *
 * Returns: (transfer none): what TYPE calls it
 */
const char *
cf_type_name (CfType type)
{
  static const char *const names[] = { "string", "list",   "set",   "zset",
                                       "hash",   "module", "stream" };

  g_assert (type < G_N_ELEMENTS (names));
  return names[type];
}

/**
 * cf_encoding_name:
 * @entry: an entry
 *
 * Returns: (transfer none): what OBJECT ENCODING calls its encoding
 */
const char *
cf_encoding_name (const CfEntry *entry)
{
  static const char *const names[] = { "raw", "int", "embstr" };
  CfEncoding encoding = cf_entry_encoding (entry);

  if (cf_entry_type (entry) != CF_TYPE_STRING)
    return cf_object_encoding (cf_entry_object (entry));
  g_assert (encoding < G_N_ELEMENTS (names));
  return names[encoding];
}

/**
 * cf_shown_refcount:
 * @entry: an entry
 * @config: the settings
 *
 * Returns: what OBJECT REFCOUNT says: that of a shared object for the small
 *   integers that Redis shares when its policy needs no access time of each
 */
gint64
cf_shown_refcount (const CfEntry *entry, CfConfig *config)
{
  gint64 policy = cf_config_get_int (config, CF_SETTING_MAXMEMORY_POLICY);
  gboolean by_access =
      policy == CF_POLICY_VOLATILE_LRU || policy == CF_POLICY_VOLATILE_LFU ||
      policy == CF_POLICY_ALLKEYS_LRU || policy == CF_POLICY_ALLKEYS_LFU;
  gint64 number;

  if (cf_entry_encoding (entry) != CF_ENCODING_INT ||
      (by_access && cf_config_get_int (config, CF_SETTING_MAXMEMORY) != 0))
    return 1;
  number = cf_entry_int (entry);
  return number >= 0 && number < CF_SHARED_INTEGERS ? G_MAXINT32 : 1;
}
