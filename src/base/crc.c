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

/* The same for the other checksum, whose bits are reflected: a byte's part is
 * b times x^(64 + 8k), modulo the polynomial. */
static const guint64 tables64[8][256] = {
  TABLE (0x7ad870c830358979,
         0xf5b0e190606b12f2,
         0xc038e5739841b68f,
         0xab28ecb46814fe75,
         0x7d08ff3b88be6f81,
         0xfa11fe77117cdf02,
         0xdf7adabd7a6e2d6f,
         0x95ac9329ac4bc9b5),
  TABLE (0x89e99ffd73bddf69,
         0x388a19a9bfec2db9,
         0x711433537fd85b72,
         0xe22866a6ffb0b6e4,
         0xef09eb1ea7f6fea3,
         0xf54af06e177a6e2d,
         0xc1ccc68f76634f31,
         0xa8c0ab4db4510d09),
  TABLE (0xf4125129ce4038be,
         0xc37d8400c417e217,
         0xada22e52d0b85745,
         0x701d7af6f9e73de1,
         0xe03af5edf3ce7bc2,
         0xeb2ccd88bf0b64ef,
         0xfd00bd4226815ab5,
         0xd1585cd715952601),
  TABLE (0x8ce168638c796306,
         0x329bf69440655567,
         0x6537ed2880caaace,
         0xca6fda510195559c,
         0xbf8692f15bbd3853,
         0x545403b1efede3cd,
         0xa8a80763dfdbc79a,
         0x7a092894e7201c5f),
  TABLE (0x3504e58b9ba6dd1e,
         0x6a09cb17374dba3c,
         0xd413962e6e9b7478,
         0x837e0a0f85a17b9b,
         0x2da5324c53d5645d,
         0x5b4a6498a7aac8ba,
         0xb694c9314f559174,
         0x4670b431c63cb183),
  TABLE (0xe39d1389931b9354,
         0xec6301407ea0b5c3,
         0xf39f24d3a5d6f8ed,
         0xcc676ff4133a62b1,
         0xb397f9bb7ee35609,
         0x4c76d525a5513f79,
         0x98edaa4b4aa27ef2,
         0x1a8272c5cdd36e8f),
  TABLE (0x62a95de6e302eff2,
         0xc552bbcdc605dfe4,
         0xa1fc51c8d49c2ca3,
         0x68a185c2f1afca2d,
         0xd1430b85e35f945a,
         0x89df31589e28bbdf,
         0x38e744e264c6e4d5,
         0x71ce89c4c98dc9aa),
  TABLE (0x381d0015c96f4444,
         0x703a002b92de8888,
         0xe074005725bd1110,
         0xebb126fd13edb14b,
         0xfc3b6ba97f4cf1fd,
         0xd32ff101a60e7091,
         0x8d06c450148b7249,
         0x3154aef3718177f9),
};

/**
 * cf_crc64:
 * @crc: the checksum of what came before, 0 at first
 * @bytes: what to sum
 *
 * Computes the CRC-64 of Redis's files: the polynomial 0xad93d23594c935a9 by
 * David Jones, reflected, started at zero.
 *
 * Returns: the checksum
 */
guint64
cf_crc64 (guint64 crc, CfSlice bytes)
{
  const guint8 *at = (const guint8 *) bytes.data;
  gsize left = bytes.size;

  for (; left >= 8; at += 8, left -= 8)
    {
      guint64 word;

      memcpy (&word, at, sizeof word);
      word = GUINT64_FROM_LE (word) ^ crc;
      crc = tables64[7][word & 0xff] ^ tables64[6][word >> 8 & 0xff] ^
            tables64[5][word >> 16 & 0xff] ^ tables64[4][word >> 24 & 0xff] ^
            tables64[3][word >> 32 & 0xff] ^ tables64[2][word >> 40 & 0xff] ^
            tables64[1][word >> 48 & 0xff] ^ tables64[0][word >> 56];
    }
  for (; left > 0; at++, left--)
    crc = crc >> 8 ^ tables64[0][(*at ^ crc) & 0xff];
  return crc;
}
