/* SPDX-License-Identifier: GPL-3.0-or-later */
/* checker.h -- whether concurrent operations could have happened one by one.
 *
 * A history is linearizable if each operation can be given an instant between
 * its begin and its end so that, in the order of these instants, all results
 * are those of the model.
 *
 * Thread safety: a history that nobody changes may be checked by anybody.
 */
#pragma once

#include "linear/model.h"

G_BEGIN_DECLS

#define CF_CHECKER_OPERATIONS_MAX 1024

gboolean cf_checker_is_linearizable (const CfOperation *operations,
                                     guint n_operations);

G_END_DECLS
