/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/crc.h"

/* A byte's part in the checksum, by how many bytes follow it: tables[k][b] is
 * b times x^(16 + 8k) modulo x^16 + x^12 + x^5 + 1.  Multiplication is linear,
 * so eight powers of x make a table. */
#define BIT(i, bit, power) (((i) >> (bit) &1) * (power))
#define ENTRY(i, p0, p1, p2, p3, p4, p5, p6, p7)                               \
  (BIT (i, 0, p0) ^ BIT (i, 1, p1) ^ BIT (i, 2, p2) ^ BIT (i, 3, p3) ^         \
   BIT (i, 4, p4) ^ BIT (i, 5, p5) ^ BIT (i, 6, p6) ^ BIT (i, 7, p7))
#define ENTRIES_4(i, ...)                                                      \
  ENTRY (i, __VA_ARGS__), ENTRY (i + 1, __VA_ARGS__),                          \
      ENTRY (i + 2, __VA_ARGS__), ENTRY (i + 3, __VA_ARGS__)
#define ENTRIES_16(i, ...)                                                     \
  ENTRIES_4 (i, __VA_ARGS__), ENTRIES_4 (i + 4, __VA_ARGS__),                  \
      ENTRIES_4 (i + 8, __VA_ARGS__), ENTRIES_4 (i + 12, __VA_ARGS__)
#define ENTRIES_64(i, ...)                                                     \
  ENTRIES_16 (i, __VA_ARGS__), ENTRIES_16 (i + 16, __VA_ARGS__),               \
      ENTRIES_16 (i + 32, __VA_ARGS__), ENTRIES_16 (i + 48, __VA_ARGS__)
#define TABLE(...)                                                             \
  {                                                                            \
    ENTRIES_64 (0, __VA_ARGS__), ENTRIES_64 (64, __VA_ARGS__),                 \
        ENTRIES_64 (128, __VA_ARGS__), ENTRIES_64 (192, __VA_ARGS__)           \
  }

static const guint16 tables[8][256] = {
  TABLE (0x1021, 0x2042, 0x4084, 0x8108, 0x1231, 0x2462, 0x48c4, 0x9188),
  TABLE (0x3331, 0x6662, 0xccc4, 0x89a9, 0x0373, 0x06e6, 0x0dcc, 0x1b98),
  TABLE (0x3730, 0x6e60, 0xdcc0, 0xa9a1, 0x4363, 0x86c6, 0x1dad, 0x3b5a),
  TABLE (0x76b4, 0xed68, 0xcaf1, 0x85c3, 0x1ba7, 0x374e, 0x6e9c, 0xdd38),
  TABLE (0xaa51, 0x4483, 0x8906, 0x022d, 0x045a, 0x08b4, 0x1168, 0x22d0),
  TABLE (0x45a0, 0x8b40, 0x06a1, 0x0d42, 0x1a84, 0x3508, 0x6a10, 0xd420),
  TABLE (0xb861, 0x60e3, 0xc1c6, 0x93ad, 0x377b, 0x6ef6, 0xddec, 0xabf9),
  TABLE (0x47d3, 0x8fa6, 0x0f6d, 0x1eda, 0x3db4, 0x7b68, 0xf6d0, 0xfd81),
};

/**
 * cf_crc16:
 * @bytes: what to sum
 *
 * Computes CRC-16/XMODEM: polynomial 0x1021, no reflection, started at zero.
 * Eight bytes are taken in one step.
 *
 * Source: Kounavis and Berry, "Novel table lookup-based algorithms for
 * high-performance CRC generation" (2008).
 *
 * Returns: the checksum
 */
guint16
cf_crc16 (CfSlice bytes)
{
  const guint8 *at = (const guint8 *) bytes.data;
  gsize left = bytes.size;
  guint crc = 0;

  for (; left >= 8; at += 8, left -= 8)
    crc =
        (guint) (tables[7][at[0] ^ crc >> 8] ^ tables[6][at[1] ^ (crc & 0xff)] ^
                 tables[5][at[2]] ^ tables[4][at[3]] ^ tables[3][at[4]] ^
                 tables[2][at[5]] ^ tables[1][at[6]] ^ tables[0][at[7]]);
  if (left >= 4)
    {
      crc = (guint) (tables[3][at[0] ^ crc >> 8] ^
                     tables[2][at[1] ^ (crc & 0xff)] ^ tables[1][at[2]] ^
                     tables[0][at[3]]);
      at += 4;
      left -= 4;
    }
  for (; left > 0; at++, left--)
    crc = (crc << 8 & 0xffff) ^ tables[0][*at ^ crc >> 8];
  return (guint16) crc;
}
