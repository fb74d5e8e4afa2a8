/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/rank.h"

#define LEAF_MAX 61   /* makes a leaf of 512 bytes */
#define LEAF_LEAST 15 /* less than this is joined with a neighbour */
#define FORK_MAX 31   /* makes a fork of 1000 bytes */
#define FORK_LEAST 8
#define HEIGHT_MAX 20 /* FORK_LEAST to this power is more than there are */
#define AHEAD 6       /* members that are fetched while going over them */

struct _CfRankLeaf
{
  CfRankLeaf *next; /* (nullable) */
  CfRankLeaf *prev; /* (nullable) */
  gsize n;
  CfRanked *members[LEAF_MAX];
};

typedef struct
{
  gsize n;
  double scores[FORK_MAX];    /* of @firsts */
  CfRanked *firsts[FORK_MAX]; /* the first member below each child */
  gpointer children[FORK_MAX];
  gsize counts[FORK_MAX]; /* members below each child */
} Fork;

/* The way to a place: @forks[0] is the root, @at[i] the child taken. */
typedef struct
{
  Fork *forks[HEIGHT_MAX];
  guint at[HEIGHT_MAX];
  CfRankLeaf *leaf;
  guint index; /* in the leaf; its number of members: behind all of them */
} Path;

/* A place among members: that of a member that may not be there. */
typedef struct
{
  double score;
  CfSlice member;
} Place;

/* -- Ways down ------------------------------------------------------------ */

static inline int
compare (double score, const CfRanked *member, const Place *place)
{
  if (score != place->score)
    return score < place->score ? -1 : 1;
  return cf_slice_compare (cf_ranked_member (member), place->member);
}

static inline gboolean
stands_before (double score, const CfRanked *member, gconstpointer place)
{
  return compare (score, member, place) < 0;
}

static inline gboolean
stands_at_or_before (double score, const CfRanked *member, gconstpointer place)
{
  return compare (score, member, place) <= 0;
}

/* The last child whose first member stands before the place, or the first. */
static inline __attribute__ ((always_inline)) guint
choose_child (const Fork *fork, CfRankBefore before, gconstpointer place)
{
  guint low = 0, high = (guint) fork->n;

  while (high - low > 1)
    {
      guint middle = (low + high) / 2;

      if (before (fork->scores[middle], fork->firsts[middle], place))
        low = middle;
      else
        high = middle;
    }
  return low;
}

static inline __attribute__ ((always_inline)) guint
choose_member (const CfRankLeaf *leaf, CfRankBefore before, gconstpointer place)
{
  guint low = 0, high = (guint) leaf->n;

  while (low < high)
    {
      guint middle = (low + high) / 2;
      const CfRanked *member = leaf->members[middle];

      if (before (member->score, member, place))
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

static gsize
sum_counts (const Fork *fork, guint n)
{
  gsize sum = 0;

  for (guint i = 0; i < n; i++)
    sum += fork->counts[i];
  return sum;
}

/* Finds the first member that does not stand before the place, going down to
 * the last child whose first member is @before it. */
static inline __attribute__ ((always_inline)) void
find_path (const CfRank *self,
           CfRankBefore before,
           const Place *place,
           Path *path)
{
  gpointer node = self->root;

  for (guint level = 0; level < self->height; level++)
    {
      Fork *fork = node;
      guint at = choose_child (fork, before, place);

      path->forks[level] = fork;
      path->at[level] = at;
      node = fork->children[at];
    }
  path->leaf = node;
  path->index = choose_member (path->leaf, stands_before, place);
}

/* Finds a member, which is there, so that it is not before the first of its
 * leaf. */
static void
find_member (const CfRank *self, const CfRanked *member, Path *path)
{
  Place place = { member->score, cf_ranked_member (member) };

  find_path (self, stands_at_or_before, &place, path);
  g_assert (path->index < path->leaf->n &&
            path->leaf->members[path->index] == member);
}

/* Finds the member of a rank. */
static void
find_rank (const CfRank *self, gsize rank, Path *path)
{
  gpointer node = self->root;

  for (guint level = 0; level < self->height; level++)
    {
      Fork *fork = node;
      guint at = 0;

      while (at + 1 < fork->n && rank >= fork->counts[at])
        rank -= fork->counts[at++];
      path->forks[level] = fork;
      path->at[level] = at;
      node = fork->children[at];
    }
  path->leaf = node;
  path->index = (guint) rank;
}

/* -- Nodes ---------------------------------------------------------------- */

static CfRankLeaf *
leaf_new (CfRank *self)
{
  CfRankLeaf *leaf = g_new (CfRankLeaf, 1);

  leaf->next = leaf->prev = NULL;
  leaf->n = 0;
  self->n_leaves++;
  return leaf;
}

static void
leaf_free (CfRank *self, CfRankLeaf *leaf)
{
  if (leaf->prev != NULL)
    leaf->prev->next = leaf->next;
  else
    self->head = leaf->next;
  if (leaf->next != NULL)
    leaf->next->prev = leaf->prev;
  else
    self->tail = leaf->prev;
  self->n_leaves--;
  g_free (leaf);
}

static Fork *
fork_new (CfRank *self)
{
  Fork *fork = g_new (Fork, 1);

  fork->n = 0;
  self->n_forks++;
  return fork;
}

static void
fork_free (CfRank *self, Fork *fork)
{
  self->n_forks--;
  g_free (fork);
}

/* Moves @n members from one leaf to another, or the same; how many they have
 * is the caller's. */
static void
move_members (
    gpointer to_leaf, gsize at, gconstpointer from_leaf, gsize from_at, gsize n)
{
  CfRankLeaf *to = to_leaf;
  const CfRankLeaf *from = from_leaf;

  memmove (to->members + at, from->members + from_at, n * sizeof (CfRanked *));
}

/* Likewise of forks. */
static void
move_children (
    gpointer to_fork, gsize at, gconstpointer from_fork, gsize from_at, gsize n)
{
  Fork *to = to_fork;
  const Fork *from = from_fork;

  memmove (to->scores + at, from->scores + from_at, n * sizeof (double));
  memmove (to->firsts + at, from->firsts + from_at, n * sizeof (CfRanked *));
  memmove (to->children + at, from->children + from_at, n * sizeof (gpointer));
  memmove (to->counts + at, from->counts + from_at, n * sizeof (gsize));
}

/* Says again what is first below child @i, a node at @level. */
static void
set_first (const CfRank *self, Fork *fork, guint i, guint level)
{
  gpointer child = fork->children[i];
  CfRanked *first = level == self->height ? ((CfRankLeaf *) child)->members[0]
                                          : ((Fork *) child)->firsts[0];

  fork->firsts[i] = first;
  fork->scores[i] = first->score;
}

/* The first member of the leaf at the end of @path, or of the node at @level
 * there, is another. */
static void
refresh_firsts (const CfRank *self, const Path *path, guint level)
{
  while (level-- > 0)
    {
      set_first (self, path->forks[level], path->at[level], level + 1);
      if (path->at[level] > 0)
        break;
    }
}

/* -- Growing -------------------------------------------------------------- */

static void
insert_child (CfRank *self,
              Fork *fork,
              guint at,
              gpointer child,
              gsize count,
              guint level)
{
  move_children (fork, at + 1, fork, at, fork->n - at);
  fork->n++;
  fork->children[at] = child;
  fork->counts[at] = count;
  set_first (self, fork, at, level);
}

/* Puts a fork above the root. */
static void
grow_root (CfRank *self, gpointer right, gsize n_right)
{
  Fork *root = fork_new (self);

  self->height++;
  insert_child (self, root, 0, self->root, self->n - n_right, 1);
  insert_child (self, root, 1, right, n_right, 1);
  self->root = root;
}

static Fork *
split_fork (CfRank *self, Fork *fork, guint keep)
{
  Fork *right = fork_new (self);

  right->n = fork->n - keep;
  move_children (right, 0, fork, keep, right->n);
  fork->n = keep;
  return right;
}

/* Node @right, of @n members, was split off the one that @path leads to at
 * @level.  What is added at the very end leaves full nodes behind. */
static void
add_right (CfRank *self, const Path *path, guint level, gpointer right, gsize n)
{
  while (level > 0)
    {
      Fork *fork = path->forks[level - 1];
      guint at = path->at[level - 1] + 1;
      guint keep;
      Fork *other;

      fork->counts[at - 1] -= n;
      if (fork->n < FORK_MAX)
        {
          insert_child (self, fork, at, right, n, level);
          return;
        }
      keep = at == FORK_MAX ? FORK_MAX - 1 : FORK_MAX / 2;
      other = split_fork (self, fork, keep);
      if (at <= keep)
        insert_child (self, fork, at, right, n, level);
      else
        insert_child (self, other, at - keep, right, n, level);
      right = other;
      n = sum_counts (other, (guint) other->n);
      level--;
    }
  grow_root (self, right, n);
}

/* Makes room in the full leaf at the end of @path by a new one at its right;
 * @path does not lead to the place any more. */
static CfRankLeaf *
split_leaf (CfRank *self, CfRankLeaf *leaf, guint *index)
{
  CfRankLeaf *right = leaf_new (self);
  gsize keep = *index == leaf->n && leaf->next == NULL ? leaf->n
               : *index == 0 && leaf->prev == NULL     ? 0
                                                       : leaf->n / 2;

  right->n = leaf->n - keep;
  move_members (right, 0, leaf, keep, right->n);
  leaf->n = keep;
  right->prev = leaf;
  right->next = leaf->next;
  if (right->next != NULL)
    right->next->prev = right;
  else
    self->tail = right;
  leaf->next = right;
  return right;
}

static void
insert_member (CfRankLeaf *leaf, guint index, CfRanked *member)
{
  move_members (leaf, index + 1, leaf, index, leaf->n - index);
  leaf->members[index] = member;
  leaf->n++;
}

/* Inserts where @path leads. */
static void
insert_at (CfRank *self, const Path *path, CfRanked *member)
{
  CfRankLeaf *leaf = path->leaf, *right;
  guint index = path->index;

  self->n++;
  for (guint level = 0; level < self->height; level++)
    path->forks[level]->counts[path->at[level]]++;
  if (leaf->n < LEAF_MAX)
    {
      insert_member (leaf, index, member);
      if (index == 0)
        refresh_firsts (self, path, self->height);
      return;
    }
  right = split_leaf (self, leaf, &index);
  if (index < leaf->n || leaf->n == 0)
    insert_member (leaf, index, member);
  else
    insert_member (right, index - (guint) leaf->n, member);
  if (index == 0)
    refresh_firsts (self, path, self->height);
  add_right (self, path, self->height, right, right->n);
}

/**
 * cf_rank_insert:
 * @self: an index
 * @member: (transfer none): a member that is not in it, nor one equal to it
 */
void
cf_rank_insert (CfRank *self, CfRanked *member)
{
  Place place = { member->score, cf_ranked_member (member) };
  Path path;

  if (self->root == NULL)
    self->root = self->head = self->tail = leaf_new (self);
  find_path (self, stands_before, &place, &path);
  insert_at (self, &path, member);
}

/* -- Shrinking ------------------------------------------------------------ */

typedef void (*MoveFunc) (
    gpointer to, gsize at, gconstpointer from, gsize from_at, gsize n);

/* Joins two neighbours, or shares what they have out evenly.  Returns whether
 * the right one is empty now. */
static gboolean
balance (gpointer left,
         gsize *n_left,
         gpointer right,
         gsize *n_right,
         gsize most,
         MoveFunc move)
{
  gsize sum = *n_left + *n_right;
  gsize n = sum <= most ? sum : sum / 2; /* that the left shall have */

  if (n >= *n_left)
    {
      gsize moved = n - *n_left;

      move (left, *n_left, right, 0, moved);
      move (right, 0, right, moved, *n_right - moved);
    }
  else
    {
      gsize moved = *n_left - n;

      move (right, moved, right, 0, *n_right);
      move (right, 0, left, n, moved);
    }
  *n_left = n;
  *n_right = sum - n;
  return *n_right == 0;
}

static gboolean
balance_leaves (CfRankLeaf *left, CfRankLeaf *right)
{
  return balance (left, &left->n, right, &right->n, LEAF_MAX, move_members);
}

static gboolean
balance_forks (Fork *left, Fork *right)
{
  return balance (left, &left->n, right, &right->n, FORK_MAX, move_children);
}

static gsize
count_below (const CfRank *self, gpointer node, guint level)
{
  const Fork *fork = node;

  if (level == self->height)
    return ((const CfRankLeaf *) node)->n;
  return sum_counts (fork, (guint) fork->n);
}

/* Balances the nodes at @level that are children @left and @left + 1 of
 * @fork. */
static void
balance_pair (CfRank *self, Fork *fork, guint left, guint level)
{
  gpointer a = fork->children[left], b = fork->children[left + 1];
  gsize sum = fork->counts[left] + fork->counts[left + 1];
  gboolean joined =
      level == self->height ? balance_leaves (a, b) : balance_forks (a, b);

  fork->counts[left] = count_below (self, a, level);
  set_first (self, fork, left, level);
  if (!joined)
    {
      fork->counts[left + 1] = sum - fork->counts[left];
      set_first (self, fork, left + 1, level);
      return;
    }
  if (level == self->height)
    leaf_free (self, b);
  else
    fork_free (self, b);
  move_children (fork, left + 1, fork, left + 2, fork->n - left - 2);
  fork->n--;
}

static gboolean
is_short (const CfRank *self, gpointer node, guint level)
{
  if (level == self->height)
    return ((CfRankLeaf *) node)->n < LEAF_LEAST;
  return ((Fork *) node)->n < FORK_LEAST;
}

/* Joins what got too short on the way of @path with neighbours. */
static void
rebalance (CfRank *self, const Path *path)
{
  gpointer node = path->leaf;
  Fork *root;

  for (guint level = self->height; level > 0; level--)
    {
      Fork *fork = path->forks[level - 1];
      guint at = path->at[level - 1];
      guint left = at + 1 < fork->n ? at : at - 1;

      if (!is_short (self, node, level))
        break;
      balance_pair (self, fork, left, level);
      if (left == 0)
        refresh_firsts (self, path, level - 1);
      node = fork;
    }
  while (self->height > 0 && (root = self->root)->n == 1)
    {
      self->root = root->children[0];
      self->height--;
      fork_free (self, root);
    }
}

/* Takes @n members out of the leaf at the end of @path, from there on. */
static void
cut (CfRank *self, const Path *path, gsize n)
{
  CfRankLeaf *leaf = path->leaf;
  gsize behind = path->index + n;

  move_members (leaf, path->index, leaf, behind, leaf->n - behind);
  leaf->n -= n;
  self->n -= n;
  for (guint level = 0; level < self->height; level++)
    path->forks[level]->counts[path->at[level]] -= n;
  if (path->index == 0 && leaf->n > 0)
    refresh_firsts (self, path, self->height);
  if (leaf->n < LEAF_LEAST)
    rebalance (self, path);
}

/**
 * cf_rank_remove:
 * @self: an index
 * @member: a member that is in it, and stays whole
 */
void
cf_rank_remove (CfRank *self, const CfRanked *member)
{
  Path path;

  find_member (self, member, &path);
  cut (self, &path, 1);
}

/**
 * cf_rank_remove_range:
 * @self: an index
 * @first: a rank
 * @n: how many members from there on, no more than there are
 * @func: gets each of them, which is not in the index any more
 * @data: for @func
 */
void
cf_rank_remove_range (
    CfRank *self, gsize first, gsize n, CfRankedFunc func, gpointer data)
{
  CfRanked *out[LEAF_MAX];

  g_assert (first <= self->n && n <= self->n - first);
  while (n > 0)
    {
      Path path;
      gsize n_here;

      find_rank (self, first, &path);
      n_here = MIN (n, path.leaf->n - path.index);
      memcpy (out, path.leaf->members + path.index, n_here * sizeof out[0]);
      cut (self, &path, n_here);
      for (gsize i = 0; i < n_here; i++)
        func (out[i], data);
      n -= n_here;
    }
}

/* Whether @member, at the end of @path, may have @score where it stands.  The
 * neighbours in the same leaf have to tell. */
static gboolean
fits_in_place (const Path *path, CfRanked *member, double score)
{
  const CfRankLeaf *leaf = path->leaf;
  Place place = { score, cf_ranked_member (member) };
  guint i = path->index;

  if (i == 0 ? leaf->prev != NULL
             : !stands_before (leaf->members[i - 1]->score,
                               leaf->members[i - 1], &place))
    return FALSE;
  if (i + 1 == leaf->n)
    return leaf->next == NULL;
  return !stands_before (leaf->members[i + 1]->score, leaf->members[i + 1],
                         &place);
}

/**
 * cf_rank_move:
 * @self: an index
 * @member: a member that is in it
 * @score: its new score, no NaN
 */
void
cf_rank_move (CfRank *self, CfRanked *member, double score)
{
  Path path;

  find_member (self, member, &path);
  if (fits_in_place (&path, member, score))
    {
      member->score = score;
      if (path.index == 0)
        refresh_firsts (self, &path, self->height);
      return;
    }
  cut (self, &path, 1);
  member->score = score;
  cf_rank_insert (self, member);
}

/* -- Looking -------------------------------------------------------------- */

/**
 * cf_rank_count:
 * @self: an index
 * @before: says whether a member stands before a place
 * @place: the place, as @before knows it
 *
 * Returns: how many members stand before it: the rank of the first that does
 *   not
 */
gsize
cf_rank_count (const CfRank *self, CfRankBefore before, gconstpointer place)
{
  gpointer node = self->root;
  gsize n = 0;

  if (self->n == 0)
    return 0;
  for (guint level = 0; level < self->height; level++)
    {
      const Fork *fork = node;
      guint at = choose_child (fork, before, place);

      n += sum_counts (fork, at);
      node = fork->children[at];
    }
  return n + choose_member (node, before, place);
}

/**
 * cf_rank_of:
 * @self: an index
 * @member: a member that is in it
 *
 * Returns: how many members stand before it
 */
gsize
cf_rank_of (const CfRank *self, const CfRanked *member)
{
  Place place = { member->score, cf_ranked_member (member) };

  return cf_rank_count (self, stands_before, &place);
}

/**
 * cf_rank_iter_init:
 * @self: (out): an iterator
 * @rank: an index
 * @first: the rank of the member to begin with
 */
void
cf_rank_iter_init (CfRankIter *self, const CfRank *rank, gsize first)
{
  Path path;

  *self = (CfRankIter){ NULL, 0 };
  if (first >= rank->n)
    return;
  find_rank (rank, first, &path);
  self->leaf = path.leaf;
  self->at = path.index;
}

/**
 * cf_rank_iter_next:
 * @self: an iterator
 *
 * Returns: (transfer none) (nullable): the member it stands at, from which it
 *   goes on to the next
 */
CfRanked *
cf_rank_iter_next (CfRankIter *self)
{
  const CfRankLeaf *leaf = self->leaf;
  CfRanked *member;

  if (leaf == NULL)
    return NULL;
  member = leaf->members[self->at++];
  if (self->at + AHEAD < leaf->n)
    __builtin_prefetch (leaf->members[self->at + AHEAD]);
  if (self->at == leaf->n)
    {
      self->leaf = leaf->next;
      self->at = 0;
    }
  return member;
}

/**
 * cf_rank_iter_prev:
 * @self: an iterator
 *
 * Returns: (transfer none) (nullable): the member it stands at, from which it
 *   goes back to the one before
 */
CfRanked *
cf_rank_iter_prev (CfRankIter *self)
{
  const CfRankLeaf *leaf = self->leaf;
  CfRanked *member;

  if (leaf == NULL)
    return NULL;
  member = leaf->members[self->at];
  if (self->at > AHEAD)
    __builtin_prefetch (leaf->members[self->at - AHEAD]);
  if (self->at > 0)
    {
      self->at--;
      return member;
    }
  self->leaf = leaf->prev;
  if (self->leaf != NULL)
    self->at = (guint) self->leaf->n - 1;
  return member;
}

/* -- Life ----------------------------------------------------------------- */

/* Frees the forks below @fork, of which there are @height levels. */
static void
free_forks (CfRank *self, Fork *fork, guint height)
{
  for (gsize i = 0; height > 1 && i < fork->n; i++)
    free_forks (self, fork->children[i], height - 1);
  fork_free (self, fork);
}

/**
 * cf_rank_clear:
 * @self: an index
 *
 * Takes all members out of it, and leaves them as they are.
 */
void
cf_rank_clear (CfRank *self)
{
  if (self->height > 0)
    free_forks (self, self->root, self->height);
  while (self->head != NULL)
    leaf_free (self, self->head);
  cf_rank_init (self);
}

/**
 * cf_rank_memory:
 * @self: an index
 *
 * Returns: how many bytes it has asked for
 */
gsize
cf_rank_memory (const CfRank *self)
{
  return self->n_leaves * sizeof (CfRankLeaf) + self->n_forks * sizeof (Fork);
}
