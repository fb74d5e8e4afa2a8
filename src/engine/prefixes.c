/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/prefixes.h"

typedef struct _Node Node;

struct _Node
{
  char *edge;      /* (owned) from its parent */
  gsize size;      /* of @edge, not 0 but in the root */
  gpointer value;  /* (owned) of the user; NULL: none */
  Node **children; /* (owned) (array length=n) */
  guint n;
};

struct _CfPrefixes
{
  Node root;
  gsize n;
};

static void
free_node (Node *self)
{
  g_free (self->edge);
  g_free (self->children);
  g_free (self);
}

/* -- Children ------------------------------------------------------------- */

/* How many children come before one whose edge begins with @first. */
static guint
find_place (const Node *self, char first)
{
  guint low = 0, high = self->n;

  while (low < high)
    {
      guint middle = (low + high) / 2;

      if ((guchar) self->children[middle]->edge[0] < (guchar) first)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* Returns: (nullable): the child whose edge begins as @bytes, not empty */
static Node *
find_child (const Node *self, CfSlice bytes)
{
  guint at = find_place (self, bytes.data[0]);

  if (at == self->n || self->children[at]->edge[0] != bytes.data[0])
    return NULL;
  return self->children[at];
}

static void
put_child (Node *self, Node *child)
{
  guint at = find_place (self, child->edge[0]);

  self->children = g_renew (Node *, self->children, self->n + 1);
  memmove (&self->children[at + 1], &self->children[at],
           (self->n - at) * sizeof self->children[0]);
  self->children[at] = child;
  self->n++;
}

static void
drop_child (Node *self, Node *child)
{
  guint at = find_place (self, child->edge[0]);

  self->n--;
  memmove (&self->children[at], &self->children[at + 1],
           (self->n - at) * sizeof self->children[0]);
  free_node (child);
}

static Node *
new_child (Node *self, CfSlice edge)
{
  Node *child = g_new0 (Node, 1);

  child->edge = g_memdup2 (edge.data, edge.size);
  child->size = edge.size;
  put_child (self, child);
  return child;
}

/* Leaves @size bytes of the edge to @self, and moves all else below it. */
static void
split (Node *self, gsize size)
{
  Node *lower = g_new0 (Node, 1);

  lower->edge = g_memdup2 (self->edge + size, self->size - size);
  lower->size = self->size - size;
  lower->value = g_steal_pointer (&self->value);
  lower->children = g_steal_pointer (&self->children);
  lower->n = self->n;
  self->edge = g_realloc (self->edge, size);
  self->size = size;
  self->n = 0;
  put_child (self, lower);
}

/* Makes one of a node that says nothing and its only child. */
static void
join (Node *self)
{
  Node *lower = self->children[0];

  self->edge = g_realloc (self->edge, self->size + lower->size);
  memcpy (self->edge + self->size, lower->edge, lower->size);
  self->size += lower->size;
  self->value = lower->value;
  g_free (self->children);
  self->children = g_steal_pointer (&lower->children);
  self->n = lower->n;
  free_node (lower);
}

/* -- Going down ----------------------------------------------------------- */

static gsize
n_in_common (const Node *self, CfSlice bytes)
{
  gsize most = MIN (self->size, bytes.size), n = 0;

  while (n < most && self->edge[n] == bytes.data[n])
    n++;
  return n;
}

/* The next node on the way to @rest, of which its edge is taken off.
 *
 * Returns: (nullable): the node */
static Node *
step (const Node *self, CfSlice *rest)
{
  Node *child = rest->size > 0 ? find_child (self, *rest) : NULL;

  if (child == NULL || child->size > rest->size ||
      memcmp (child->edge, rest->data, child->size) != 0)
    return NULL;
  *rest = cf_slice (rest->data + child->size, rest->size - child->size);
  return child;
}

/**
 * cf_prefixes_find:
 * @self: prefixes
 * @bytes: one of them, maybe
 *
 * Returns: (transfer none) (nullable): its value
 */
gpointer
cf_prefixes_find (const CfPrefixes *self, CfSlice bytes)
{
  const Node *node = &self->root;

  while (bytes.size > 0 && node != NULL)
    node = step (node, &bytes);
  return node != NULL ? node->value : NULL;
}

/**
 * cf_prefixes_each:
 * @self: prefixes
 * @key: a key
 * @func: called for the value of each with which @key begins, the shortest
 *   first
 * @data: for @func
 */
void
cf_prefixes_each (const CfPrefixes *self,
                  CfSlice key,
                  CfPrefixFunc func,
                  gpointer data)
{
  const Node *node = &self->root;

  for (; node != NULL; node = step (node, &key))
    if (node->value != NULL)
      func (node->value, data);
}

/**
 * cf_prefixes_add:
 * @self: prefixes
 * @bytes: another one
 * @value: (transfer full): its value, not %NULL
 */
void
cf_prefixes_add (CfPrefixes *self, CfSlice bytes, gpointer value)
{
  Node *node = &self->root;

  while (bytes.size > 0)
    {
      Node *child = find_child (node, bytes);
      gsize n;

      if (child == NULL)
        {
          node = new_child (node, bytes);
          break;
        }
      n = n_in_common (child, bytes);
      if (n < child->size)
        split (child, n);
      bytes = cf_slice (bytes.data + n, bytes.size - n);
      node = child;
    }
  g_assert (node->value == NULL && value != NULL);
  node->value = value;
  self->n++;
}

/**
 * cf_prefixes_steal:
 * @self: prefixes
 * @bytes: one of them, maybe
 *
 * Takes a prefix out.
 *
 * Returns: (transfer full) (nullable): its value, or %NULL if there was none
 */
gpointer
cf_prefixes_steal (CfPrefixes *self, CfSlice bytes)
{
  Node *node = &self->root, *parent = NULL;
  gpointer value;

  while (bytes.size > 0 && node != NULL)
    {
      parent = node;
      node = step (node, &bytes);
    }
  if (node == NULL || node->value == NULL)
    return NULL;
  value = g_steal_pointer (&node->value);
  self->n--;
  if (node != &self->root && node->n == 0)
    {
      drop_child (parent, node);
      node = parent;
    }
  if (node != &self->root && node->value == NULL && node->n == 1)
    join (node);
  return value;
}

/* -- All of them ---------------------------------------------------------- */

/**
 * cf_prefixes_n:
 * @self: prefixes
 *
 * Returns: how many there are
 */
gsize
cf_prefixes_n (const CfPrefixes *self)
{
  return self->n;
}

/**
 * cf_prefixes_new:
 *
 * Returns: (transfer full): no prefixes
 */
CfPrefixes *
cf_prefixes_new (void)
{
  return g_new0 (CfPrefixes, 1);
}

/**
 * cf_prefixes_free:
 * @self: (nullable) (transfer full): prefixes, of which none is left
 */
void
cf_prefixes_free (CfPrefixes *self)
{
  if (self == NULL)
    return;
  g_assert (self->n == 0 && self->root.n == 0);
  g_free (self->root.children);
  g_free (self);
}
