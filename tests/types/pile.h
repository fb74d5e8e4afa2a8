/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pile.h -- an object for tests: it has a size, and says when it is freed. */
#pragma once

#include "types/object.h"

typedef struct
{
  CfObject object;
  gsize n;
  gint *n_alive; /* (atomic) */
} Pile;

static void
pile_free (CfObject *object)
{
  (void) g_atomic_int_dec_and_test (((Pile *) object)->n_alive);
  g_free (object);
}

static CfObject *
pile_copy (const CfObject *object)
{
  g_atomic_int_inc (((const Pile *) object)->n_alive);
  return g_memdup2 (object, sizeof (Pile));
}

static gsize
pile_n (const CfObject *object)
{
  return ((const Pile *) object)->n;
}

static gsize
pile_memory (const CfObject *object, gsize samples)
{
  return sizeof (Pile) + samples;
}

static const char *
pile_encoding (const CfObject *object)
{
  return "pile";
}

static inline CfObject *
pile_new (gsize n, gint *n_alive)
{
  static const CfObjectClass class = {
    .type = CF_TYPE_LIST,
    .free = pile_free,
    .try_copy = pile_copy,
    .n_elements = pile_n,
    .n_blocks = pile_n,
    .memory = pile_memory,
    .encoding = pile_encoding,
  };
  Pile *pile = g_new0 (Pile, 1);

  *pile = (Pile){ { &class }, n, n_alive };
  g_atomic_int_inc (n_alive);
  return &pile->object;
}
