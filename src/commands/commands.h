/* SPDX-License-Identifier: GPL-3.0-or-later */
/* commands.h -- the families of commands the server has.
 *
 * To add a family: a line here, a line in commands.c, and its file, which
 * ends with its table.
 *
 * Thread safety: constants.
 */
#pragma once

#include "engine/call.h"

G_BEGIN_DECLS

extern const CfFamily *const cf_families[]; /* NULL-terminated */

extern const CfFamily cf_acl_family;
extern const CfFamily cf_bitmap_family;
extern const CfFamily cf_client_family;
extern const CfFamily cf_command_family;
extern const CfFamily cf_config_family;
extern const CfFamily cf_connection_family;
extern const CfFamily cf_database_family;
extern const CfFamily cf_debug_family;
extern const CfFamily cf_dump_family;
extern const CfFamily cf_expire_family;
extern const CfFamily cf_function_family;
extern const CfFamily cf_geo_family;
extern const CfFamily cf_geo_search_family;
extern const CfFamily cf_hash_family;
extern const CfFamily cf_hyperloglog_family;
extern const CfFamily cf_info_family;
extern const CfFamily cf_key_family;
extern const CfFamily cf_list_family;
extern const CfFamily cf_memory_family;
extern const CfFamily cf_migrate_family;
extern const CfFamily cf_pubsub_family;
extern const CfFamily cf_scan_family;
extern const CfFamily cf_server_family;
extern const CfFamily cf_script_family;
extern const CfFamily cf_set_family;
extern const CfFamily cf_slowlog_family;
extern const CfFamily cf_sort_family;
extern const CfFamily cf_stream_family;
extern const CfFamily cf_string_family;
extern const CfFamily cf_transaction_family;
extern const CfFamily cf_wait_family;
extern const CfFamily cf_zset_combine_family;
extern const CfFamily cf_zset_family;
extern const CfFamily cf_zset_pop_family;
extern const CfFamily cf_zset_range_family;
extern const CfFamily cf_zset_scan_family;

G_END_DECLS
