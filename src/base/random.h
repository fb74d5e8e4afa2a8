/* SPDX-License-Identifier: GPL-3.0-or-later */
/* random.h -- random numbers: fast ones for sampling, and good seeds.
 *
 * Thread safety: each thread has a generator of its own (xoshiro256**, by
 * Blackman and Vigna, 2018), seeded from the system.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void cf_random_bytes (gpointer data, gsize size); /* from getrandom(2) */
guint64 cf_random_u64 (void);
guint64 cf_random_below (guint64 limit); /* uniform in [0, limit), limit > 0 */
double cf_random_unit (void);            /* in [0, 1) */
void cf_random_hex (char *text, gsize n_digits); /* lower case, no NUL */

G_END_DECLS
