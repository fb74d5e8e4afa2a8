/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "commands/commands.h"

/* One line a family, sorted. */
/* clang-format off */
const CfFamily *const cf_families[] = {
  &cf_acl_family,
  &cf_bitmap_family,
  &cf_client_family,
  &cf_command_family,
  &cf_config_family,
  &cf_connection_family,
  &cf_database_family,
  &cf_debug_family,
  &cf_dump_family,
  &cf_expire_family,
  &cf_function_family,
  &cf_geo_family,
  &cf_geo_search_family,
  &cf_hash_family,
  &cf_hyperloglog_family,
  &cf_info_family,
  &cf_key_family,
  &cf_list_family,
  &cf_memory_family,
  &cf_migrate_family,
  &cf_pubsub_family,
  &cf_scan_family,
  &cf_server_family,
  &cf_script_family,
  &cf_set_family,
  &cf_slowlog_family,
  &cf_sort_family,
  &cf_stream_family,
  &cf_string_family,
  &cf_transaction_family,
  &cf_wait_family,
  &cf_zset_combine_family,
  &cf_zset_family,
  &cf_zset_pop_family,
  &cf_zset_range_family,
  &cf_zset_scan_family,
  NULL,
};
/* clang-format on */
