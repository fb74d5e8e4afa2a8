/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "commands/sort-pattern.h"

#include "types/hashmap.h"

/* Where "->" and a field begin; NULL: there is none. */
static const char *
find_arrow (CfSlice text)
{
  for (gsize i = 0; i + 2 < text.size; i++)
    if (text.data[i] == '-' && text.data[i + 1] == '>')
      return text.data + i;
  return NULL;
}

/**
 * cf_sort_pattern:
 * @text: a pattern as the client gives it
 *
 * Returns: what it means; it refers to @text
 */
CfSortPattern
cf_sort_pattern (CfSlice text)
{
  CfSortPattern self = { .is_element = cf_slice_equal (text, CF_SLICE ("#")) };
  const char *end = text.data + text.size, *star, *arrow;

  star = text.size > 0 ? memchr (text.data, '*', text.size) : NULL;
  if (star == NULL)
    return self;
  self.has_star = TRUE;
  self.before = cf_slice (text.data, (gsize) (star - text.data));
  self.after = cf_slice (star + 1, (gsize) (end - star - 1));
  arrow = find_arrow (self.after);
  if (arrow != NULL)
    {
      self.is_field = TRUE;
      self.field = cf_slice (arrow + 2, (gsize) (end - arrow - 2));
      self.after.size = (gsize) (arrow - star - 1);
    }
  return self;
}

/**
 * cf_sort_pattern_name_size:
 * @self: a pattern with a star
 * @element: an element
 *
 * Returns: how many bytes the name of its key has
 */
gsize
cf_sort_pattern_name_size (const CfSortPattern *self, CfSlice element)
{
  return self->before.size + element.size + self->after.size;
}

static char *
append (char *at, CfSlice bytes)
{
  if (bytes.size > 0)
    memcpy (at, bytes.data, bytes.size);
  return at + bytes.size;
}

/**
 * cf_sort_pattern_write_name:
 * @self: a pattern with a star
 * @element: an element
 * @name: (out): room for the name of its key
 *
 * Returns: the name
 */
CfSlice
cf_sort_pattern_write_name (const CfSortPattern *self,
                            CfSlice element,
                            char *name)
{
  (void) append (append (append (name, self->before), element), self->after);
  return cf_slice (name, cf_sort_pattern_name_size (self, element));
}

static gboolean
find_field (const CfEntry *entry,
            CfSlice field,
            char scratch[CF_SORT_SCRATCH],
            CfSlice *value)
{
  if (cf_entry_type (entry) != CF_TYPE_HASH)
    return FALSE;
  return cf_hashmap_get ((const CfHashmap *) cf_entry_object (entry), field,
                         scratch, value);
}

/**
 * cf_sort_pattern_find:
 * @self: a pattern
 * @call: a call that has claimed its key for @element
 * @element: an element
 * @name: room for the name of the key for @element
 * @scratch: room for digits
 * @value: (out): what it finds
 *
 * Returns: %FALSE if there is nothing
 */
gboolean
cf_sort_pattern_find (const CfSortPattern *self,
                      CfCall *call,
                      CfSlice element,
                      char *name,
                      char scratch[CF_SORT_SCRATCH],
                      CfSlice *value)
{
  const CfEntry *entry;

  *value = element;
  if (self->is_element)
    return TRUE;
  if (!self->has_star)
    return FALSE;
  entry = cf_call_read_foreign (
      call, cf_sort_pattern_write_name (self, element, name));
  if (entry == NULL)
    return FALSE;
  if (self->is_field)
    return find_field (entry, self->field, scratch, value);
  if (cf_entry_type (entry) != CF_TYPE_STRING)
    return FALSE;
  *value = cf_entry_string (entry, scratch);
  return TRUE;
}
