/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rdb-types.h -- the types of values in the RDB format, each in its rdb-*.c;
 * for rdb-value.c.
 *
 * cf_rdb_put_TYPE() writes a value without its type; cf_rdb_get_TYPE() reads
 * one, of the RDB type @type, and returns NULL when it is damaged, empty where
 * that may not be, or too much for the memory there is.
 *
 * Thread safety: the functions touch nothing but their arguments.
 */
#pragma once

#include "persist/rdb-value.h"
#include "types/object.h"

G_BEGIN_DECLS

CfRdbType cf_rdb_hashmap_type (const CfObject *object);
void cf_rdb_put_hashmap (CfRdbWriter *writer, const CfObject *object);
CfObject *
cf_rdb_get_hashmap (CfRdbReader *reader, guint8 type, CfConfig *config);

void cf_rdb_put_list (CfRdbWriter *writer, const CfObject *object);
CfObject *cf_rdb_get_list (CfRdbReader *reader, guint8 type, CfConfig *config);

CfRdbType cf_rdb_set_type (const CfObject *object);
void cf_rdb_put_set (CfRdbWriter *writer, const CfObject *object);
CfObject *cf_rdb_get_set (CfRdbReader *reader, guint8 type, CfConfig *config);

void cf_rdb_put_stream (CfRdbWriter *writer, const CfObject *object);
CfObject *cf_rdb_get_stream (CfRdbReader *reader, guint8 type);

CfRdbType cf_rdb_zset_type (const CfObject *object);
void cf_rdb_put_zset (CfRdbWriter *writer, const CfObject *object);
CfObject *cf_rdb_get_zset (CfRdbReader *reader, guint8 type, CfConfig *config);

G_END_DECLS
