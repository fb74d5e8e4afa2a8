/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "types/object.h"

/**
 * cf_object_type:
 * @self: an object
 *
 * Returns: its type, which never changes
 */
CfType
cf_object_type (const CfObject *self)
{
  return self->class->type;
}

/**
 * cf_object_free:
 * @self: (nullable) (transfer full): an object that no entry holds
 *
 * Frees the object and all that it contains; takes as long as it has blocks.
 */
void
cf_object_free (CfObject *self)
{
  if (self != NULL)
    self->class->free (self);
}

/**
 * cf_object_try_copy:
 * @self: an object
 *
 * Returns: (transfer full) (nullable): an object equal to @self that shares
 *   nothing with it; %NULL if there is no memory
 */
CfObject *
cf_object_try_copy (const CfObject *self)
{
  return self->class->try_copy (self);
}

/**
 * cf_object_n_elements:
 * @self: an object
 *
 * Returns: how many elements, fields, members or entries it has
 */
gsize
cf_object_n_elements (const CfObject *self)
{
  return self->class->n_elements (self);
}

/**
 * cf_object_n_blocks:
 * @self: an object
 *
 * Returns: about how many blocks of memory it consists of
 */
gsize
cf_object_n_blocks (const CfObject *self)
{
  return self->class->n_blocks (self);
}

/**
 * cf_object_memory:
 * @self: an object
 * @samples: how many elements to look at, 0 for all of them
 *
 * Returns: the bytes that it takes, taking the elements that were looked at
 *   for typical ones
 */
gsize
cf_object_memory (const CfObject *self, gsize samples)
{
  return self->class->memory (self, samples);
}

/**
 * cf_object_encoding:
 * @self: an object
 *
 * Returns: (transfer none): what OBJECT ENCODING calls the way it is kept
 */
const char *
cf_object_encoding (const CfObject *self)
{
  return self->class->encoding (self);
}
