/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/random.h"

#include <errno.h>
#include <sys/random.h>

typedef struct
{
  gboolean seeded;
  guint64 s[4]; /* not all zero */
} Generator;

static _Thread_local Generator generator;

/**
 * cf_random_bytes:
 * @data: (array length=size): where to put them
 * @size: how many
 *
 * Gets bytes that nobody can guess from the kernel.
 */
void
cf_random_bytes (gpointer data, gsize size)
{
  while (size > 0)
    {
      gssize got = getrandom (data, size, 0);

      if (got < 0 && errno != EINTR)
        g_error ("the kernel gives no random bytes: %s", g_strerror (errno));
      data = (char *) data + MAX (got, 0);
      size -= (gsize) MAX (got, 0);
    }
}

static inline guint64
rotate (guint64 word, guint bits)
{
  return word << bits | word >> (64 - bits);
}

/**
 * cf_random_u64:
 *
 * Returns: any number, with equal chance; good for samples, not for secrets
 */
guint64
cf_random_u64 (void)
{
  guint64 *s = generator.s;
  guint64 number, t;

  if (G_UNLIKELY (!generator.seeded))
    {
      cf_random_bytes (s, sizeof generator.s);
      s[0] |= 1;
      generator.seeded = TRUE;
    }
  number = rotate (s[1] * 5, 7) * 9;
  t = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = rotate (s[3], 45);
  return number;
}

/**
 * cf_random_below:
 * @limit: more than zero
 *
 * Source: Lemire, "Fast random integer generation in an interval" (2019).
 *
 * Returns: any number less than @limit, with equal chance
 */
guint64
cf_random_below (guint64 limit)
{
  unsigned __int128 product;

  g_assert (limit > 0);
  product = (unsigned __int128) cf_random_u64 () * limit;
  if (G_UNLIKELY ((guint64) product < limit))
    {
      guint64 least = (0 - limit) % limit;

      while ((guint64) product < least)
        product = (unsigned __int128) cf_random_u64 () * limit;
    }
  return (guint64) (product >> 64);
}

/**
 * cf_random_unit:
 *
 * Returns: a number of 53 random bits in [0, 1)
 */
double
cf_random_unit (void)
{
  return (double) (cf_random_u64 () >> 11) * 0x1.0p-53;
}

/**
 * cf_random_hex:
 * @text: where to put the digits; there is no NUL
 * @n_digits: how many
 *
 * Makes an identifier from the kernel's random bytes.
 */
void
cf_random_hex (char *text, gsize n_digits)
{
  cf_random_bytes (text, n_digits);
  for (gsize i = 0; i < n_digits; i++)
    text[i] = "0123456789abcdef"[text[i] & 15];
}
