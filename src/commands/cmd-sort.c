/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-sort.c -- SORT and SORT_RO.
 *
 * The keys that BY and GET name follow from the elements, so they can be known
 * only when the key that is sorted is held.  They are claimed then, to be
 * read only, all for BY before anything is compared and all for GET when it is
 * known which elements are returned.  When one of them is claimed by another,
 * to be changed, everything is given back and the command begins anew when
 * that claim has ended: it never waits while it holds anything.  In a block,
 * which cannot begin anew, such a command runs alone. */
#include "config.h"

#include <math.h>

#include "base/number.h"
#include "commands/commands.h"
#include "commands/sort-pattern.h"
#include "engine/acl-check.h"
#include "types/list.h"
#include "types/set.h"
#include "types/sorting.h"
#include "types/zset.h"

#define NAMES_MAX (1024u * 1024 * 1024) /* bytes of names of keys */
#define DIGITS_BLOCK (64 * 1024)

/* -- Options --------------------------------------------------------------- */

typedef struct
{
  guint by;    /* argument number, or 0 */
  guint store; /* likewise */
  guint limit; /* likewise; the second follows */
  guint n_gets;
  gboolean descending;
  gboolean alpha;
  gboolean no_sort; /* one of several BY has no star */
} Options;

static gboolean
is_word (const CfSlice *argv, guint argc, guint i, guint n, const char *word)
{
  return i + n < argc && cf_slice_is (argv[i], word);
}

/* FALSE: the syntax is wrong.  @gets: (nullable) argument numbers */
static gboolean
parse_words (const CfSlice *argv,
             guint argc,
             gboolean may_store,
             Options *options,
             GArray *gets)
{
  *options = (Options){ 0 };
  for (guint i = 2; i < argc; i++)
    {
      if (is_word (argv, argc, i, 0, "ASC"))
        options->descending = FALSE;
      else if (is_word (argv, argc, i, 0, "DESC"))
        options->descending = TRUE;
      else if (is_word (argv, argc, i, 0, "ALPHA"))
        options->alpha = TRUE;
      else if (is_word (argv, argc, i, 2, "LIMIT"))
        {
          options->limit = i + 1;
          i += 2;
        }
      else if (may_store && is_word (argv, argc, i, 1, "STORE"))
        options->store = ++i;
      else if (is_word (argv, argc, i, 1, "BY"))
        {
          options->by = ++i;
          options->no_sort |= !cf_sort_pattern (argv[i]).has_star;
        }
      else if (is_word (argv, argc, i, 1, "GET"))
        {
          options->n_gets++;
          i++;
          if (gets != NULL)
            g_array_append_val (gets, i);
        }
      else
        return FALSE;
    }
  return TRUE;
}

static gboolean
get_keys (const CfSlice *argv, guint argc, GArray *positions)
{
  guint key = 1;
  Options options;

  g_array_append_val (positions, key);
  (void) parse_words (argv, argc, TRUE, &options, NULL);
  if (options.store != 0)
    g_array_append_val (positions, options.store);
  return TRUE;
}

static gboolean
get_keys_ro (const CfSlice *argv, guint argc, GArray *positions)
{
  guint key = 1;

  g_array_append_val (positions, key);
  return TRUE;
}

static const char *
flags_of_key (const CfSlice *argv, guint argc, guint i)
{
  return i == 1 ? "RO access" : "OW update";
}

/* One that reads keys that are not known before runs alone. */
static CfCommandFlags
block_flags (const CfSlice *argv, guint argc)
{
  g_autoptr (GArray) gets = g_array_new (FALSE, FALSE, sizeof (guint));
  Options options;

  if (!parse_words (argv, argc, TRUE, &options, gets))
    return 0;
  if (options.by != 0)
    g_array_append_val (gets, options.by);
  for (guint i = 0; i < gets->len; i++)
    if (cf_sort_pattern (argv[g_array_index (gets, guint, i)]).has_star)
      return CF_COMMAND_EXCLUSIVE;
  return 0;
}

/* -- What is sorted ------------------------------------------------------- */

typedef struct
{
  CfCall *call;
  Options options;
  CfSortPattern by;
  CfSortPattern *gets; /* (owned) */
  gboolean no_sort;
  gint64 skip;          /* of LIMIT */
  gint64 count;         /* likewise; negative: all */
  CfSortingItem *items; /* (owned) (nullable) */
  gsize n;              /* items */
  gsize first, end;     /* those that are returned */
  GPtrArray *digits;    /* (owned) blocks for texts of numbers */
  gsize digits_left;    /* in the last one */
  char *name;           /* (owned) (nullable) scratch: the name of a key */
  gsize name_room;      /* bytes of it */
} Sort;

static void
clear_sort (Sort *self)
{
  g_free (self->gets);
  g_free (self->items);
  g_ptr_array_unref (self->digits);
  g_free (self->name);
}

/* A copy of @text if that is in @scratch.  data NULL: no memory. */
static CfSlice
keep (Sort *self, CfSlice text, const char *scratch)
{
  char *at;

  if (text.data != scratch)
    return text;
  if (self->digits_left < text.size || self->digits->len == 0)
    {
      char *block = g_try_malloc (DIGITS_BLOCK);

      if (block == NULL)
        return cf_slice (NULL, 0);
      g_ptr_array_add (self->digits, block);
      self->digits_left = DIGITS_BLOCK;
    }
  at = (char *) g_ptr_array_index (self->digits, self->digits->len - 1) +
       DIGITS_BLOCK - self->digits_left;
  memcpy (at, text.data, text.size);
  self->digits_left -= text.size;
  return cf_slice (at, text.size);
}

/* Foreign keys are for those who may read any key. */
static gboolean
check_rights (const Sort *self, GError **error)
{
  const CfCall *call = self->call;
  const Options *options = &self->options;
  gboolean by_star =
      options->by != 0 && cf_sort_pattern (call->argv[options->by]).has_star;

  if ((!by_star && options->n_gets == 0) || cf_acl_may_read_all (call))
    return TRUE;
  return cf_throw (error, CF_ERROR_FAILED,
                   "%s option of SORT denied due to insufficient ACL "
                   "permissions.",
                   by_star ? "BY" : "GET");
}

static gboolean
parse_options (Sort *self, gboolean may_store, GError **error)
{
  CfCall *call = self->call;
  g_autoptr (GArray) gets = g_array_new (FALSE, FALSE, sizeof (guint));
  Options *options = &self->options;
  gboolean fits =
      parse_words (call->argv, call->argc, may_store, options, gets);

  self->count = -1;
  if (!check_rights (self, error))
    return FALSE;
  if (options->limit != 0 &&
      (!cf_call_get_int (call, options->limit, &self->skip, error) ||
       !cf_call_get_int (call, options->limit + 1, &self->count, error)))
    return FALSE;
  if (!fits)
    return cf_call_syntax_error (error);
  self->gets = g_try_new0 (CfSortPattern, gets->len + 1);
  if (self->gets == NULL)
    return cf_call_out_of_memory (error);
  for (guint i = 0; i < gets->len; i++)
    self->gets[i] =
        cf_sort_pattern (call->argv[g_array_index (gets, guint, i)]);
  if (options->by != 0)
    {
      self->by = cf_sort_pattern (call->argv[options->by]);
      self->no_sort = options->no_sort;
    }
  return TRUE;
}

/* Which of @n elements are returned. */
static void
set_range (Sort *self, gsize n)
{
  gsize skip = (gsize) CLAMP (self->skip, 0, (gint64) n);
  gsize count = self->count < 0 ? n : (gsize) MIN (self->count, (gint64) n);

  self->first = skip;
  self->end = skip + MIN (count, n - skip);
}

static gboolean
add_item (Sort *self, CfSlice element, const char *scratch)
{
  CfSlice kept = keep (self, element, scratch);

  if (kept.data == NULL && element.size > 0)
    return FALSE;
  self->items[self->n++].element = kept;
  return TRUE;
}

static gboolean
load_list (Sort *self, const CfList *list)
{
  char scratch[CF_LIST_SCRATCH];
  gboolean backwards = self->no_sort && self->options.descending;
  gsize n = self->end - self->first;
  gint64 start = (gint64) self->first;
  CfListCursor cursor;

  if (n == 0 || !cf_list_seek (list, backwards ? -1 - start : start, &cursor))
    return TRUE;
  do
    {
      CfListElement element = cf_list_get (&cursor, scratch);

      if (!add_item (self, element.bytes, scratch))
        return FALSE;
    }
  while (self->n < n &&
         (backwards ? cf_list_previous (&cursor) : cf_list_next (&cursor)));
  return TRUE;
}

static gboolean
load_set (Sort *self, const CfSet *set)
{
  CfSetIter iter;
  CfSlice member;

  cf_set_iter_init (&iter, set);
  while (self->n < self->end && cf_set_iter_next (&iter, &member))
    if (!add_item (self, member, iter.scratch))
      return FALSE;
  return TRUE;
}

static gboolean
load_zset (Sort *self, const CfZset *zset)
{
  gboolean backwards = self->no_sort && self->options.descending;
  gsize n = self->end - self->first;
  CfZsetIter iter;
  CfSlice member;
  double score;

  if (n == 0)
    return TRUE;
  cf_zset_iter_init (
      &iter, zset, backwards ? cf_zset_n (zset) - 1 - self->first : self->first,
      backwards);
  while (self->n < n && cf_zset_iter_next (&iter, &member, &score))
    if (!add_item (self, member, iter.scratch))
      return FALSE;
  return TRUE;
}

/* Those that are compared, or, when nothing is, those that are returned. */
static gboolean
load_items (Sort *self, const CfObject *object, GError **error)
{
  CfType type = cf_object_type (object);
  gsize n = cf_object_n_elements (object);
  gboolean ok;

  /* What is stored must not depend on how a set is kept; nor what a script is
   * told. */
  if (self->no_sort && type == CF_TYPE_SET &&
      (self->options.store != 0 ||
       (self->call->session->flags & CF_SESSION_SCRIPT)))
    {
      self->no_sort = FALSE;
      self->options.alpha = TRUE;
      self->options.by = 0;
    }
  set_range (self, n);
  if (!self->no_sort)
    {
      self->first = 0;
      self->end = n;
    }
  self->items = g_try_new (CfSortingItem, MAX (self->end, 1));
  if (self->items == NULL)
    return cf_call_out_of_memory (error);
  ok = type == CF_TYPE_LIST  ? load_list (self, (const CfList *) object)
       : type == CF_TYPE_SET ? load_set (self, (const CfSet *) object)
                             : load_zset (self, cf_zset_of (object));
  if (!ok)
    return cf_call_out_of_memory (error);
  if (!self->no_sort)
    set_range (self, n);
  else if (type != CF_TYPE_SET)
    {
      self->first = 0;
      self->end = self->n;
    }
  return TRUE;
}

/* -- Keys that follow from the elements ----------------------------------- */

static gboolean
reserve_name (Sort *self, gsize size, GError **error)
{
  if (size <= self->name_room)
    return TRUE;
  g_free (self->name);
  self->name = g_try_malloc (size);
  self->name_room = self->name != NULL ? size : 0;
  return self->name != NULL || cf_call_out_of_memory (error);
}

/* Claims what @patterns name for the items from @first to @end.  FALSE
 * without @error: the command is to be run again. */
static gboolean
claim_keys (Sort *self,
            const CfSortPattern *patterns,
            guint n_patterns,
            gsize first,
            gsize end,
            GError **error)
{
  gsize n_bytes = 0, n_keys = 0, longest = 0;
  g_autoptr (CfBlob) names = NULL;
  g_autofree CfKey *keys = NULL;

  for (guint p = 0; p < n_patterns; p++)
    for (gsize i = first; patterns[p].has_star && i < end; i++, n_keys++)
      {
        gsize size =
            cf_sort_pattern_name_size (&patterns[p], self->items[i].element);

        longest = MAX (longest, size);
        n_bytes += size;
        if (n_bytes > NAMES_MAX)
          return cf_call_out_of_memory (error);
      }
  if (n_keys == 0)
    return TRUE;
  if (!reserve_name (self, longest, error))
    return FALSE;
  names = cf_blob_try_new (n_bytes);
  keys = g_try_new (CfKey, n_keys);
  if (names == NULL || keys == NULL)
    return cf_call_out_of_memory (error);
  n_keys = 0;
  for (guint p = 0; p < n_patterns; p++)
    for (gsize i = first; patterns[p].has_star && i < end; i++)
      {
        CfSlice name = cf_sort_pattern_write_name (
            &patterns[p], self->items[i].element, names->data + names->size);

        names->size += name.size;
        keys[n_keys++] = cf_key (name);
      }
  return cf_call_claim_foreign (self->call, keys, n_keys,
                                g_steal_pointer (&names));
}

/* -- Comparing ------------------------------------------------------------ */

/* As lenient as Redis: nothing is 0, blanks may come first, and what is after
 * a zero byte does not count. */
static gboolean
parse_score (CfSlice text, double *score)
{
  const char *zero = text.size > 0 ? memchr (text.data, 0, text.size) : NULL;

  *score = 0;
  if (zero != NULL)
    text.size = (gsize) (zero - text.data);
  if (text.size == 0)
    return TRUE;
  while (text.size > 0 && g_ascii_isspace (text.data[0]))
    text = cf_slice (text.data + 1, text.size - 1);
  return cf_parse_double (text.data, text.size, score) && !isnan (*score);
}

/* Finds what the item is compared by.  FALSE: see claim_keys() */
static gboolean
set_value (Sort *self, CfSortingItem *item, GError **error)
{
  char scratch[CF_SORT_SCRATCH];
  CfSlice value = item->element;
  gboolean found = TRUE;

  if (self->options.by != 0)
    found = cf_sort_pattern_find (&self->by, self->call, item->element,
                                  self->name, scratch, &value);
  if (self->options.alpha)
    {
      item->text = found ? keep (self, value, scratch) : cf_slice (NULL, 0);
      if (found && item->text.data == NULL)
        item->text = cf_slice ("", 0);
      return TRUE;
    }
  item->score = 0;
  if (!found || parse_score (value, &item->score))
    return TRUE;
  return cf_throw (error, CF_ERROR_FAILED,
                   "One or more scores can't be converted into double");
}

static gboolean
sort_items (Sort *self, GError **error)
{
  CfSortingKind kind = !self->options.alpha    ? CF_SORTING_BY_SCORE
                       : self->options.by != 0 ? CF_SORTING_BY_TEXT
                                               : CF_SORTING_BY_ELEMENT;
  gboolean valid = TRUE;

  if (self->no_sort)
    return TRUE;
  if (self->options.by != 0 &&
      !claim_keys (self, &self->by, 1, 0, self->n, error))
    return FALSE;
  /* All of them are looked for, even if one is no number. */
  for (gsize i = 0; kind != CF_SORTING_BY_ELEMENT && i < self->n; i++)
    valid = set_value (self, &self->items[i], valid ? error : NULL) && valid;
  if (!valid)
    return FALSE;
  if (self->first < self->end)
    cf_sorting_run (self->items, self->n, kind, self->options.descending,
                    self->first, self->end - 1);
  return TRUE;
}

/* -- Results -------------------------------------------------------------- */

/* Calls @func for each result; NULL: there is none. */
typedef gboolean (*ResultFunc) (gpointer data, const CfSlice *value);

static gboolean
each_result (Sort *self, ResultFunc func, gpointer data)
{
  for (gsize i = self->first; i < self->end; i++)
    {
      CfSlice element = self->items[i].element;

      if (self->options.n_gets == 0 && !func (data, &element))
        return FALSE;
      for (guint g = 0; g < self->options.n_gets; g++)
        {
          char scratch[CF_SORT_SCRATCH];
          CfSlice value;
          gboolean found = cf_sort_pattern_find (
              &self->gets[g], self->call, element, self->name, scratch, &value);

          if (!func (data, found ? &value : NULL))
            return FALSE;
        }
    }
  return TRUE;
}

static gboolean
reply_result (gpointer data, const CfSlice *value)
{
  CfReply *reply = data;

  if (value != NULL)
    cf_reply_bulk (reply, *value);
  else
    cf_reply_null (reply);
  return TRUE;
}

typedef struct
{
  CfList *list;
  gint limit;
} Storing;

static gboolean
store_result (gpointer data, const CfSlice *value)
{
  Storing *storing = data;
  CfListElement element =
      cf_list_element (value != NULL ? *value : CF_SLICE (""));

  return cf_list_push (storing->list, CF_LIST_TAIL, &element, storing->limit);
}

static gboolean
store_results (Sort *self, gsize n, GError **error)
{
  CfCall *call = self->call;
  guint i = self->options.store;
  g_autoptr (CfList) list = cf_list_new ();
  Storing storing = {
    list,
    (gint) cf_config_get_int (call->engine->config,
                              CF_SETTING_LIST_MAX_LISTPACK_SIZE),
  };

  if (!each_result (self, store_result, &storing))
    return cf_call_out_of_memory (error);
  if (n > 0)
    {
      if (!cf_call_put_object (call, i,
                               cf_list_object (g_steal_pointer (&list)),
                               CF_NO_DEADLINE, error))
        return FALSE;
      cf_call_changed (call, i, CF_NOTIFY_LIST, "sortstore");
      cf_call_changed_all (call, n - 1);
    }
  else if (cf_call_remove (call, i))
    cf_call_changed (call, i, CF_NOTIFY_GENERIC, "del");
  cf_reply_int (&call->reply, (gint64) n);
  return TRUE;
}

static gboolean
finish (Sort *self, GError **error)
{
  gsize n = (self->end - self->first) * MAX (1, self->options.n_gets);

  if (self->options.n_gets > 1 && !cf_call_may_reply (self->call, n, error))
    return FALSE;
  if (!claim_keys (self, self->gets, self->options.n_gets, self->first,
                   self->end, error))
    return FALSE;
  if (self->options.store != 0)
    return store_results (self, n, error);
  cf_reply_array (&self->call->reply, n);
  return each_result (self, reply_result, &self->call->reply);
}

/* -- Commands ------------------------------------------------------------- */

static gboolean
run_sort_of (Sort *self, gboolean may_store, GError **error)
{
  const CfEntry *entry;
  CfType type;

  if (!parse_options (self, may_store, error))
    return FALSE;
  entry = cf_call_read (self->call, 1);
  if (entry == NULL)
    return finish (self, error);
  type = cf_entry_type (entry);
  if (type != CF_TYPE_LIST && type != CF_TYPE_SET && type != CF_TYPE_ZSET)
    return cf_throw (error, CF_ERROR_WRONG_TYPE,
                     "Operation against a key holding the wrong kind of value");
  return load_items (self, cf_entry_object (entry), error) &&
         sort_items (self, error) && finish (self, error);
}

static gboolean
sort_or_retry (CfCall *call, gboolean may_store, GError **error)
{
  Sort self = {
    .call = call,
    .digits = g_ptr_array_new_with_free_func (g_free),
  };
  gboolean ok = run_sort_of (&self, may_store, error);

  clear_sort (&self);
  return ok || call->retry;
}

static gboolean
run_sort (CfCall *call, GError **error)
{
  return sort_or_retry (call, TRUE, error);
}

static gboolean
run_sort_ro (CfCall *call, GError **error)
{
  return sort_or_retry (call, FALSE, error);
}

#define SORT_USAGE                                                             \
  "key [BY pattern:pattern] [LIMIT (offset:integer count:integer)] [GET "      \
  "pattern:pattern ...] [ASC | DESC] [ALPHA]"
#define SORT_COMPLEXITY                                                        \
  "O(N+M*log(M)), N being the number of elements and M that of those "         \
  "returned; O(N) where nothing is sorted."
#define SORT_CATEGORIES                                                        \
  (CF_ACL_SET | CF_ACL_SORTEDSET | CF_ACL_LIST | CF_ACL_DANGEROUS)
#define BY_AND_GET                                                             \
  {                                                                            \
    .flags = "RO access", .step = 1, .unknown = TRUE,                          \
    .notes = "Keys named by BY and GET, which follow from the elements",       \
  }

static const CfCommand commands[] = {
  {
      .name = "SORT",
      .usage = SORT_USAGE " [STORE destination:key]",
      .summary = "Returns the elements of a list, set or sorted set in order, "
                 "or stores them.",
      .since = "1.0.0",
      .complexity = SORT_COMPLEXITY,
      .run = run_sort,
      .arity = -2,
      .flags = CF_COMMAND_WRITE | CF_COMMAND_DENYOOM | CF_COMMAND_LONG,
      .categories = SORT_CATEGORIES,
      .keys = { CF_ONE_KEY ("RO access"),
                BY_AND_GET,
                { .flags = "OW update",
                  .step = 1,
                  .unknown = TRUE,
                  .notes = "The key after STORE, which may be anywhere" } },
      .get_keys = get_keys,
      .flags_of_key = flags_of_key,
      .block_flags = block_flags,
  },
  {
      .name = "SORT_RO",
      .usage = SORT_USAGE,
      .summary = "Returns the elements of a list, set or sorted set in order.",
      .since = "7.0.0",
      .complexity = SORT_COMPLEXITY,
      .run = run_sort_ro,
      .arity = -2,
      .flags = CF_COMMAND_READONLY | CF_COMMAND_LONG,
      .categories = SORT_CATEGORIES,
      .keys = { CF_ONE_KEY ("RO access"), BY_AND_GET },
      .get_keys = get_keys_ro,
      .flags_of_key = flags_of_key,
      .block_flags = block_flags,
  },
};

const CfFamily cf_sort_family = {
  .group = "generic",
  .commands = commands,
  .n_commands = G_N_ELEMENTS (commands),
};
