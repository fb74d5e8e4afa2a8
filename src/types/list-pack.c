/* SPDX-License-Identifier: GPL-3.0-or-later */
/* list-pack.c -- lists as listpacks, to save and to load them. */
#include "config.h"

#include "types/list-chunk.h"

/**
 * cf_list_n_packs:
 * @self: a list
 *
 * Returns: how many listpacks cf_list_each_pack() gives
 */
gsize
cf_list_n_packs (const CfList *self)
{
  return self->n_nodes;
}

static gboolean
make_pack (const CfListNode *node, GByteArray *pack)
{
  CfListpackDraft draft = { 0 };
  gsize size;

  if (!cf_list_node_is_blob (node))
    size = cf_list_node_used (node);
  else if (cf_listpack_draft (&draft, cf_blob_slice (node->u.blob)))
    size = cf_listpack_draft_size (&draft);
  else
    return FALSE;
  size += CF_LIST_PACK_BYTES;
  g_byte_array_set_size (pack, (guint) size);
  cf_listpack_store (pack->data, size, 4);
  cf_listpack_store (pack->data + 4, MIN (node->n, G_MAXUINT16), 2);
  if (cf_list_node_is_blob (node))
    cf_listpack_write_draft (&draft, pack->data + CF_LIST_PACK_HEADER);
  else
    memcpy (pack->data + CF_LIST_PACK_HEADER, node->u.block + node->start,
            cf_list_node_used (node));
  pack->data[size - 1] = CF_LISTPACK_END;
  return TRUE;
}

/**
 * cf_list_each_pack:
 * @self: a list
 * @func: what to call
 * @data: what to call it with
 *
 * Gives all elements in the order of the list, as listpacks.
 *
 * Returns: %FALSE if @func did, or an element is too large for a listpack
 */
gboolean
cf_list_each_pack (const CfList *self, CfListPackFunc func, gpointer data)
{
  g_autoptr (GByteArray) pack = g_byte_array_new ();

  for (const CfListChunk *chunk = self->first; chunk != NULL;
       chunk = chunk->next)
    for (guint i = 0; i < chunk->n_nodes; i++)
      if (!make_pack (&chunk->nodes[i], pack) ||
          !func (cf_slice ((const char *) pack->data, pack->len), data))
        return FALSE;
  return TRUE;
}

/**
 * cf_list_append_pack:
 * @self: a list
 * @pack: a listpack
 * @limit: of a node
 *
 * Appends the elements of the listpack.
 *
 * Returns: %FALSE if there is no memory; some may have been appended then
 */
gboolean
cf_list_append_pack (CfList *self, const CfListpack *pack, gint limit)
{
  char scratch[CF_LIST_SCRATCH];

  for (CfListpackAt at = cf_listpack_first (pack); at != 0;
       at = cf_listpack_next (pack, at))
    {
      CfListElement element =
          cf_list_element (cf_listpack_get (pack, at, scratch));

      if (!cf_list_push (self, CF_LIST_TAIL, &element, limit))
        return FALSE;
    }
  return TRUE;
}
