/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/id-tree.h"

#define SLOTS 63 /* in a full page, which then takes 1.5 KiB */
#define FEW 4    /* slots of the first leaf, at first */
#define HEIGHT_MAX 24

typedef struct
{
  CfStreamId id;
  gpointer value; /* (owned) of the user, or a CfIdTreePage */
} Slot;

struct _CfIdTreePage
{
  guint32 n;
  guint32 n_slots;    /* how many there is room for; SLOTS but in a lone leaf */
  CfIdTreePage *prev; /* (nullable) leaves only */
  CfIdTreePage *next; /* (nullable) leaves only */
  Slot slots[];
};

/* The way from the root to a leaf: each page, and the slot in it. */
typedef struct
{
  CfIdTreePage *page;
  guint at;
} Step;

static CfIdTreePage *
new_page (CfIdTree *self, guint n_slots)
{
  CfIdTreePage *page = g_malloc (sizeof *page + n_slots * sizeof (Slot));

  page->n = 0;
  page->n_slots = n_slots;
  page->prev = page->next = NULL;
  self->n_pages++;
  return page;
}

static void
free_page (CfIdTree *self, CfIdTreePage *page)
{
  self->n_pages--;
  g_free (page);
}

/* How many slots of @page have an ID up to @id.  @from: how many are known
 * to. */
static guint
n_up_to (const CfIdTreePage *page, CfStreamId id, guint from)
{
  guint low = from, high = page->n;

  /* Most often it is the end. */
  if (low < high && cf_stream_id_compare (page->slots[high - 1].id, id) <= 0)
    return high;
  while (low < high)
    {
      guint middle = (low + high) / 2;

      if (cf_stream_id_compare (page->slots[middle].id, id) <= 0)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* The way to the leaf where @id is or would be; there, how many slots have an
 * ID up to it. */
static void
find_way (const CfIdTree *self, CfStreamId id, Step way[HEIGHT_MAX])
{
  CfIdTreePage *page = self->root;

  for (guint i = 0; i + 1 < self->height; i++)
    {
      way[i] = (Step){ page, n_up_to (page, id, 1) - 1 };
      page = page->slots[way[i].at].value;
    }
  way[self->height - 1] = (Step){ page, n_up_to (page, id, 0) };
}

/* The leaf where @id is or would be, and how many slots have an ID up to it.
 */
static CfIdTreeAt
find_leaf (const CfIdTree *self, CfStreamId id)
{
  const CfIdTreePage *page = self->root;

  for (guint i = 0; i + 1 < self->height; i++)
    page = page->slots[n_up_to (page, id, 1) - 1].value;
  return (CfIdTreeAt){ page, n_up_to (page, id, 0) };
}

/* -- Looking -------------------------------------------------------------- */

/**
 * cf_id_tree_find:
 * @self: a tree
 * @id: an ID
 *
 * Returns: (transfer none) (nullable): the value at it
 */
gpointer
cf_id_tree_find (const CfIdTree *self, CfStreamId id)
{
  CfIdTreeAt at = cf_id_tree_seek_back (self, id);

  if (at.page == NULL || cf_stream_id_compare (cf_id_tree_id (at), id) != 0)
    return NULL;
  return cf_id_tree_value (at);
}

/**
 * cf_id_tree_seek:
 * @self: a tree
 * @id: an ID
 *
 * Returns: the place of the first value at @id or after it
 */
CfIdTreeAt
cf_id_tree_seek (const CfIdTree *self, CfStreamId id)
{
  CfIdTreeAt at;

  if (self->root == NULL)
    return (CfIdTreeAt){ NULL, 0 };
  at = find_leaf (self, id);
  if (at.at > 0 && cf_stream_id_compare (at.page->slots[at.at - 1].id, id) == 0)
    at.at--;
  if (at.at == at.page->n)
    at = (CfIdTreeAt){ at.page->next, 0 };
  return at;
}

/**
 * cf_id_tree_seek_back:
 * @self: a tree
 * @id: an ID
 *
 * Returns: the place of the last value at @id or before it
 */
CfIdTreeAt
cf_id_tree_seek_back (const CfIdTree *self, CfStreamId id)
{
  if (self->root == NULL)
    return (CfIdTreeAt){ NULL, 0 };
  return cf_id_tree_prev (find_leaf (self, id));
}

/**
 * cf_id_tree_next:
 * @at: a place in a tree
 *
 * Returns: the place after it
 */
CfIdTreeAt
cf_id_tree_next (CfIdTreeAt at)
{
  if (at.at + 1 < at.page->n)
    return (CfIdTreeAt){ at.page, at.at + 1 };
  return (CfIdTreeAt){ at.page->next, 0 };
}

/**
 * cf_id_tree_prev:
 * @at: a place in a tree
 *
 * Returns: the place before it
 */
CfIdTreeAt
cf_id_tree_prev (CfIdTreeAt at)
{
  if (at.at > 0)
    return (CfIdTreeAt){ at.page, at.at - 1 };
  if (at.page->prev == NULL)
    return (CfIdTreeAt){ NULL, 0 };
  return (CfIdTreeAt){ at.page->prev, at.page->prev->n - 1 };
}

/**
 * cf_id_tree_id:
 * @at: a place where there is a value
 *
 * Returns: the ID of the value
 */
CfStreamId
cf_id_tree_id (CfIdTreeAt at)
{
  return at.page->slots[at.at].id;
}

/**
 * cf_id_tree_value:
 * @at: a place where there is a value
 *
 * Returns: (transfer none): the value
 */
gpointer
cf_id_tree_value (CfIdTreeAt at)
{
  return at.page->slots[at.at].value;
}

/* -- Putting in ----------------------------------------------------------- */

static void
put_slot (CfIdTreePage *page, guint at, Slot slot)
{
  memmove (&page->slots[at + 1], &page->slots[at],
           (page->n - at) * sizeof (Slot));
  page->slots[at] = slot;
  page->n++;
}

static void
link_after (CfIdTreePage *page, CfIdTreePage *added)
{
  added->prev = page;
  added->next = page->next;
  if (page->next != NULL)
    page->next->prev = added;
  page->next = added;
}

/* Makes another page to the right of the full @page, with half of its slots,
 * or with none if @slot goes to the end; puts @slot into one of the two. */
static CfIdTreePage *
split (CfIdTree *self, CfIdTreePage *page, guint at, Slot slot)
{
  CfIdTreePage *right = new_page (self, SLOTS);
  guint n_kept = at == page->n ? page->n : page->n / 2;

  right->n = page->n - n_kept;
  memcpy (right->slots, &page->slots[n_kept], right->n * sizeof (Slot));
  page->n = n_kept;
  if (at < n_kept || (at == n_kept && right->n > 0))
    put_slot (page, at, slot);
  else
    put_slot (right, at - n_kept, slot);
  return right;
}

/* A lone leaf has room for one more. */
static void
grow_root (CfIdTree *self)
{
  CfIdTreePage *page = self->root;

  if (page == NULL)
    {
      self->root = new_page (self, FEW);
      self->height = 1;
    }
  else if (page->n == page->n_slots && page->n_slots < SLOTS)
    {
      guint n_slots = MIN (page->n_slots * 2, SLOTS);

      self->root = g_realloc (page, sizeof *page + n_slots * sizeof (Slot));
      self->root->n_slots = n_slots;
    }
}

static void
raise_root (CfIdTree *self, Slot right)
{
  CfIdTreePage *root = new_page (self, SLOTS);

  root->n = 2;
  root->slots[0] = (Slot){ CF_STREAM_ID_MIN, self->root };
  root->slots[1] = right;
  self->root = root;
  self->height++;
}

/**
 * cf_id_tree_insert:
 * @self: a tree
 * @id: an ID
 * @value: (transfer full): the value to have there
 *
 * Returns: %FALSE if there is one; @value is not taken then
 */
gboolean
cf_id_tree_insert (CfIdTree *self, CfStreamId id, gpointer value)
{
  Step way[HEIGHT_MAX];
  Slot slot = { id, value };
  guint level;

  if (self->height <= 1)
    grow_root (self);
  find_way (self, id, way);
  level = self->height - 1;
  if (way[level].at > 0 &&
      cf_stream_id_compare (way[level].page->slots[way[level].at - 1].id, id) ==
          0)
    return FALSE;
  self->n++;
  for (;; level--)
    {
      CfIdTreePage *page = way[level].page, *right;

      if (page->n < page->n_slots)
        {
          put_slot (page, way[level].at, slot);
          return TRUE;
        }
      right = split (self, page, way[level].at, slot);
      if (level == self->height - 1)
        link_after (page, right);
      slot = (Slot){ right->slots[0].id, right };
      if (level == 0)
        break;
      way[level - 1].at++;
    }
  raise_root (self, slot);
  return TRUE;
}

/* -- Taking out ----------------------------------------------------------- */

static void
drop_slot (CfIdTreePage *page, guint at)
{
  page->n--;
  memmove (&page->slots[at], &page->slots[at + 1],
           (page->n - at) * sizeof (Slot));
}

/* Page @at of @parent is gone, or has nothing left. */
static void
drop_page (CfIdTree *self, CfIdTreePage *parent, guint at)
{
  CfIdTreePage *page = parent->slots[at].value;

  if (page->prev != NULL)
    page->prev->next = page->next;
  if (page->next != NULL)
    page->next->prev = page->prev;
  free_page (self, page);
  drop_slot (parent, at);
}

/* Puts page @at + 1 of @parent to the end of page @at, if it is worth it. */
static gboolean
join (CfIdTree *self, CfIdTreePage *parent, guint at)
{
  CfIdTreePage *left, *right;

  if (at + 1 >= parent->n)
    return FALSE;
  left = parent->slots[at].value;
  right = parent->slots[at + 1].value;
  if (left->n + right->n > SLOTS * 3 / 4)
    return FALSE;
  /* The ID of its first slot may say nothing. */
  right->slots[0].id =
      left->next == right ? right->slots[0].id : parent->slots[at + 1].id;
  memcpy (&left->slots[left->n], right->slots, right->n * sizeof (Slot));
  left->n += right->n;
  drop_page (self, parent, at + 1);
  return TRUE;
}

/* The page that @step leads to lost a slot: FALSE if nothing above changes. */
static gboolean
shrink (CfIdTree *self, Step step)
{
  CfIdTreePage *page = step.page->slots[step.at].value;

  if (page->n >= SLOTS / 4)
    return FALSE;
  if (page->n == 0)
    {
      drop_page (self, step.page, step.at);
      return TRUE;
    }
  return (step.at > 0 && join (self, step.page, step.at - 1)) ||
         join (self, step.page, step.at);
}

static void
lower_root (CfIdTree *self)
{
  while (self->height > 1 && self->root->n == 1)
    {
      CfIdTreePage *root = self->root;

      self->root = root->slots[0].value;
      self->height--;
      free_page (self, root);
    }
  if (self->root->n == 0)
    {
      free_page (self, self->root);
      self->root = NULL;
      self->height = 0;
    }
}

/**
 * cf_id_tree_steal:
 * @self: a tree
 * @id: an ID
 *
 * Takes out the value at an ID.
 *
 * Returns: (transfer full) (nullable): the value, if there was one
 */
gpointer
cf_id_tree_steal (CfIdTree *self, CfStreamId id)
{
  Step way[HEIGHT_MAX];
  CfIdTreePage *leaf;
  gpointer value;
  guint at;

  if (self->root == NULL)
    return NULL;
  find_way (self, id, way);
  leaf = way[self->height - 1].page;
  at = way[self->height - 1].at;
  if (at == 0 || cf_stream_id_compare (leaf->slots[at - 1].id, id) != 0)
    return NULL;
  value = leaf->slots[at - 1].value;
  drop_slot (leaf, at - 1);
  self->n--;
  for (guint level = self->height - 1; level > 0; level--)
    if (!shrink (self, way[level - 1]))
      break;
  lower_root (self);
  return value;
}

/* -- All of it ------------------------------------------------------------ */

/* Pages of pages only: as deep as the tree is high. */
static void
free_pages (CfIdTree *self, CfIdTreePage *page, guint height)
{
  for (guint i = 0; height > 1 && i < page->n; i++)
    free_pages (self, page->slots[i].value, height - 1);
  free_page (self, page);
}

/**
 * cf_id_tree_clear:
 * @self: a tree
 * @free_value: (nullable): called for each value
 *
 * Empties a tree.
 */
void
cf_id_tree_clear (CfIdTree *self, GDestroyNotify free_value)
{
  if (self->root == NULL)
    return;
  for (CfIdTreeAt at = cf_id_tree_first (self);
       free_value != NULL && at.page != NULL; at = cf_id_tree_next (at))
    free_value (cf_id_tree_value (at));
  free_pages (self, self->root, self->height);
  *self = (CfIdTree){ 0 };
}

/**
 * cf_id_tree_memory:
 * @self: a tree
 *
 * Returns: bytes that its pages take
 */
gsize
cf_id_tree_memory (const CfIdTree *self)
{
  guint n_slots = self->height == 1 ? self->root->n_slots : SLOTS;

  return self->n_pages * (sizeof (CfIdTreePage) + n_slots * sizeof (Slot));
}
