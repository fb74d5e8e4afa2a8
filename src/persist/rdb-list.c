/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rdb-list.c -- lists: the number of nodes and all of them, each 1 and an
 * element that is too large for others, or 2 and a listpack. */
#include "config.h"

#include "persist/rdb-listpack.h"
#include "persist/rdb-types.h"
#include "types/list.h"

#define NODE_PLAIN 1
#define NODE_PACKED 2

static const CfList *
list_of (const CfObject *object)
{
  return (const CfList *) object;
}

static gboolean
put_pack (CfSlice listpack, gpointer data)
{
  CfRdbWriter *writer = data;

  cf_rdb_put_length (writer, NODE_PACKED);
  cf_rdb_put_string (writer, listpack);
  return !writer->failed;
}

/**
 * cf_rdb_put_list:
 * @writer: a writer
 * @object: a list
 */
void
cf_rdb_put_list (CfRdbWriter *writer, const CfObject *object)
{
  cf_rdb_put_length (writer, cf_list_n_packs (list_of (object)));
  if (!cf_list_each_pack (list_of (object), put_pack, writer))
    writer->failed = TRUE;
}

static gboolean
get_element (CfRdbReader *reader, CfList *list, gint limit)
{
  g_auto (CfRdbString) string = CF_RDB_STRING_INIT;
  CfListElement element;

  if (!cf_rdb_get_string (reader, &string))
    return FALSE;
  element = cf_list_element (string.bytes);
  return cf_list_push (list, CF_LIST_TAIL, &element, limit);
}

static gboolean
get_pack (CfRdbReader *reader, CfRdbBlock kind, CfList *list, gint limit)
{
  g_autofree CfListpack *listpack = cf_rdb_get_listpack (reader, kind);

  return listpack != NULL && cf_list_append_pack (list, listpack, limit);
}

static gboolean
get_node (CfRdbReader *reader, guint8 type, CfList *list, gint limit)
{
  guint64 kind;

  if (type == CF_RDB_LIST)
    return get_element (reader, list, limit);
  if (type != CF_RDB_LIST_QUICKLIST_2)
    return get_pack (reader, CF_RDB_BLOCK_ZIPLIST, list, limit);
  if (!cf_rdb_get_length (reader, &kind))
    return FALSE;
  if (kind == NODE_PLAIN)
    return get_element (reader, list, limit);
  return kind == NODE_PACKED &&
         get_pack (reader, CF_RDB_BLOCK_LISTPACK, list, limit);
}

/**
 * cf_rdb_get_list:
 * @reader: a reader
 * @type: how it is written
 * @config: the thresholds
 *
 * Returns: (transfer full) (nullable): a list; %NULL: see rdb-types.h
 */
CfObject *
cf_rdb_get_list (CfRdbReader *reader, guint8 type, CfConfig *config)
{
  gint limit =
      (gint) cf_config_get_int (config, CF_SETTING_LIST_MAX_LISTPACK_SIZE);
  g_autoptr (CfList) list = cf_list_new ();
  gsize n = 1;

  /* The oldest compact form is one node. */
  if (type != CF_RDB_LIST_ZIPLIST && !cf_rdb_get_count (reader, &n))
    return NULL;
  for (; n > 0; n--)
    if (!get_node (reader, type, list, limit))
      return NULL;
  if (cf_list_n (list) == 0)
    return NULL;
  return cf_list_object (g_steal_pointer (&list));
}
