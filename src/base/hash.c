/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/hash.h"

typedef struct
{
  guint64 v0, v1, v2, v3;
} SipState;

/* The state that the seed makes; set by cf_hash_init() and only read after. */
static SipState seeded;

static inline guint64
load64 (const char *data)
{
  guint64 word;

  memcpy (&word, data, sizeof word);
  return GUINT64_FROM_LE (word);
}

static inline guint64
load32 (const char *data)
{
  guint32 word;

  memcpy (&word, data, sizeof word);
  return GUINT32_FROM_LE (word);
}

static inline guint64
rotate (guint64 word, guint bits)
{
  return word << bits | word >> (64 - bits);
}

static inline void
sip_round (SipState *s)
{
  s->v0 += s->v1;
  s->v2 += s->v3;
  s->v1 = rotate (s->v1, 13) ^ s->v0;
  s->v3 = rotate (s->v3, 16) ^ s->v2;
  s->v0 = rotate (s->v0, 32);
  s->v2 += s->v1;
  s->v0 += s->v3;
  s->v1 = rotate (s->v1, 17) ^ s->v2;
  s->v3 = rotate (s->v3, 21) ^ s->v0;
  s->v2 = rotate (s->v2, 32);
}

static inline void
sip_word (SipState *s, guint64 word)
{
  s->v3 ^= word;
  sip_round (s);
  s->v0 ^= word;
}

/* The last 0 to 7 of the @size bytes that end at @end, as a little-endian
 * number.  Whole words are loaded, back from the end, where there is room. */
static inline guint64
load_rest (const char *end, gsize size)
{
  gsize rest = size & 7;
  const char *data = end - rest;

  if (rest == 0)
    return 0;
  if (size >= 8)
    return load64 (end - 8) >> (64 - 8 * rest);
  if (rest >= 4)
    return load32 (data) | load32 (end - 4) << 8 * (rest - 4);
  return (guint64) (guint8) data[0] |
         (guint64) (guint8) data[rest / 2] << 8 * (rest / 2) |
         (guint64) (guint8) data[rest - 1] << 8 * (rest - 1);
}

static inline SipState
sip_seed (const guint8 seed[16])
{
  guint64 k0 = load64 ((const char *) seed);
  guint64 k1 = load64 ((const char *) seed + 8);

  return (SipState){ k0 ^ G_GUINT64_CONSTANT (0x736f6d6570736575),
                     k1 ^ G_GUINT64_CONSTANT (0x646f72616e646f6d),
                     k0 ^ G_GUINT64_CONSTANT (0x6c7967656e657261),
                     k1 ^ G_GUINT64_CONSTANT (0x7465646279746573) };
}

static inline guint64
sip_hash (SipState state, CfSlice bytes)
{
  const char *words_end = bytes.data + (bytes.size & ~(gsize) 7);

  for (const char *at = bytes.data; at < words_end; at += 8)
    sip_word (&state, load64 (at));
  sip_word (&state, load_rest (bytes.data + bytes.size, bytes.size) |
                        (guint64) bytes.size << 56);
  state.v2 ^= 0xff;
  sip_round (&state);
  sip_round (&state);
  sip_round (&state);
  return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

/**
 * cf_hash_init:
 * @seed: 16 bytes that nobody can guess
 *
 * To be called once, before cf_hash64() and before there are threads.
 */
void
cf_hash_init (const guint8 seed[16])
{
  seeded = sip_seed (seed);
}

/**
 * cf_hash64:
 * @bytes: what to hash
 *
 * Returns: the hash of @bytes under the seed of cf_hash_init()
 */
guint64
cf_hash64 (CfSlice bytes)
{
  return sip_hash (seeded, bytes);
}

/**
 * cf_siphash13:
 * @seed: 16 bytes
 * @bytes: what to hash
 *
 * Returns: SipHash-1-3 of @bytes
 */
guint64
cf_siphash13 (const guint8 seed[16], CfSlice bytes)
{
  return sip_hash (sip_seed (seed), bytes);
}
