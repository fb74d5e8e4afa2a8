/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "script/lua-struct.h"

#include <lauxlib.h>
#include <limits.h>
#include <string.h>

#include <glib.h>

#define ALIGN_MAX 8 /* bytes, of "!" alone */
#define INT_SIZE_MAX 32

typedef struct
{
  const char *at; /* in the format */
  gboolean big_endian;
  gsize align; /* bytes, at most */
} Format;

/* One letter of a format, and what it asks for. */
typedef struct
{
  char letter;
  gsize size;    /* bytes; 0: as its value says, or none */
  gsize padding; /* bytes before it */
} Option;

static gsize
read_number (lua_State *lua, Format *format, gsize otherwise)
{
  gsize number = 0;

  if (!g_ascii_isdigit (*format->at))
    return otherwise;
  while (g_ascii_isdigit (*format->at))
    {
      gsize digit = (gsize) (*format->at++ - '0');

      if (number > (INT_MAX - digit) / 10)
        luaL_error (lua, "integral size overflow");
      number = number * 10 + digit;
    }
  return number;
}

static gsize
read_int_size (lua_State *lua, Format *format)
{
  gsize size = read_number (lua, format, sizeof (int));

  if (size > INT_SIZE_MAX)
    luaL_error (lua, "integral size %d is larger than limit of %d", (int) size,
                INT_SIZE_MAX);
  return size;
}

static gsize
read_size (lua_State *lua, Format *format, char letter)
{
  switch (letter)
    {
    case 'b':
    case 'B':
    case 'x':
      return 1;
    case 'h':
    case 'H':
      return 2;
    case 'l':
    case 'L':
    case 'T':
    case 'd':
      return 8;
    case 'f':
      return 4;
    case 'c':
      return read_number (lua, format, 1);
    case 'i':
    case 'I':
      return read_int_size (lua, format);
    default:
      return 0;
    }
}

/* What only changes how the rest is read. */
static void
apply_control (lua_State *lua, Format *format, char letter)
{
  gsize align;

  switch (letter)
    {
    case ' ':
      break;
    case '>':
      format->big_endian = TRUE;
      break;
    case '<':
      format->big_endian = FALSE;
      break;
    case '!':
      align = read_number (lua, format, ALIGN_MAX);
      if (align == 0 || (align & (align - 1)) != 0)
        luaL_error (lua, "alignment %d is not a power of 2", (int) align);
      format->align = align;
      break;
    default:
      luaL_argerror (
          lua, 1, lua_pushfstring (lua, "invalid format option '%c'", letter));
    }
}

/* The padding before @size bytes at @offset.  Sizes that are no powers of two
 * are padded as they are in Redis, whatever use that has. */
static gsize
get_padding (const Format *format, gsize offset, char letter, gsize size)
{
  gsize unit = MIN (size, format->align);

  if (size == 0 || letter == 'c')
    return 0;
  return (unit - (offset & (unit - 1))) & (unit - 1);
}

/* The next letter, for data at @offset; FALSE: there is none. */
static gboolean
next_option (lua_State *lua, Format *format, gsize offset, Option *option)
{
  if (*format->at == '\0')
    return FALSE;
  option->letter = *format->at++;
  option->size = read_size (lua, format, option->letter);
  option->padding = get_padding (format, offset, option->letter, option->size);
  return TRUE;
}

static Format
read_format (lua_State *lua)
{
  return (Format){ .at = luaL_checkstring (lua, 1), .align = 1 };
}

static void
add_bytes (luaL_Buffer *buffer,
           const Format *format,
           const guint8 *little,
           gsize size)
{
  for (gsize i = 0; i < size; i++)
    luaL_addchar (buffer, (char) little[format->big_endian ? size - 1 - i : i]);
}

/* A number's integer part as 64 bits, the sign in two's complement.  Beyond
 * that it is what x86-64 makes of it, on every machine. */
static guint64
get_bits (lua_Number number)
{
  if (number >= 0x1p64)
    return 0;
  if (number >= 0)
    return (guint64) number;
  if (number > -0x1p63)
    return (guint64) (gint64) number;
  return G_GUINT64_CONSTANT (1) << 63;
}

static void
pack_int (lua_State *lua,
          luaL_Buffer *buffer,
          const Format *format,
          gsize size,
          int argument)
{
  guint64 bits = get_bits (luaL_checknumber (lua, argument));
  guint8 little[INT_SIZE_MAX];

  for (gsize i = 0; i < size; i++)
    little[i] = i < 8 ? (guint8) (bits >> 8 * i) : 0;
  add_bytes (buffer, format, little, size);
}

static void
pack_float (lua_State *lua,
            luaL_Buffer *buffer,
            const Format *format,
            gsize size,
            int argument)
{
  double wide = luaL_checknumber (lua, argument);
  float narrow = (float) wide;
  guint8 bytes[sizeof wide];

  if (size == sizeof wide)
    memcpy (bytes, &wide, size);
  else
    memcpy (bytes, &narrow, size);
  add_bytes (buffer, format, bytes, size);
}

/* Returns how many bytes were added. */
static gsize
pack_string (lua_State *lua,
             luaL_Buffer *buffer,
             const Option *option,
             int argument)
{
  size_t length;
  const char *string = luaL_checklstring (lua, argument, &length);
  gsize size = option->size == 0 ? length : option->size;

  /* As in Redis the message counts one too many. */
  luaL_argcheck (lua, length >= size, argument + 1, "string too short");
  luaL_addlstring (buffer, string, size);
  if (option->letter != 's')
    return size;
  luaL_addchar (buffer, '\0');
  return size + 1;
}

/* Adds what @option asks for, from @argument on; returns how many arguments
 * it took. */
static int
pack_option (lua_State *lua,
             luaL_Buffer *buffer,
             Format *format,
             Option *option,
             int argument)
{
  switch (option->letter)
    {
    case 'x':
      luaL_addchar (buffer, '\0');
      return 0;
    case 'f':
    case 'd':
      pack_float (lua, buffer, format, option->size, argument);
      return 1;
    case 's':
    case 'c':
      option->size = pack_string (lua, buffer, option, argument);
      return 1;
    case 'b':
    case 'B':
    case 'h':
    case 'H':
    case 'l':
    case 'L':
    case 'T':
    case 'i':
    case 'I':
      pack_int (lua, buffer, format, option->size, argument);
      return 1;
    default:
      apply_control (lua, format, option->letter);
      return 0;
    }
}

static int
struct_pack (lua_State *lua)
{
  Format format = read_format (lua);
  int argument = 2;
  gsize offset = 0;
  luaL_Buffer buffer;
  Option option;

  lua_pushnil (lua); /* a mark between the arguments and what is built */
  luaL_buffinit (lua, &buffer);
  while (next_option (lua, &format, offset, &option))
    {
      for (gsize i = 0; i < option.padding; i++)
        luaL_addchar (&buffer, '\0');
      argument += pack_option (lua, &buffer, &format, &option, argument);
      offset += option.padding + option.size;
    }
  luaL_pushresult (&buffer);
  return 1;
}

/* Copies @size bytes, in little endian. */
static void
take_bytes (const Format *format, const char *data, gsize size, guint8 *little)
{
  for (gsize i = 0; i < size; i++)
    little[i] = (guint8) data[format->big_endian ? size - 1 - i : i];
}

/* What has more than 8 bytes loses the upper ones; its sign, as in Redis, is
 * looked for at the bit of its size modulo 64. */
static lua_Number
unpack_int (const Format *format, const Option *option, const char *data)
{
  gsize size = option->size;
  guint64 sign = G_MAXUINT64 << ((size * 8 - 1) & 63);
  guint8 little[INT_SIZE_MAX] = { 0 };
  guint64 bits = 0;

  take_bytes (format, data, size, little);
  for (gsize i = 0; i < 8; i++)
    bits |= (guint64) little[i] << 8 * i;
  if (!g_ascii_islower (option->letter))
    return (lua_Number) bits;
  if ((bits & sign) != 0)
    bits |= sign;
  return (lua_Number) (gint64) bits;
}

static lua_Number
unpack_float (const Format *format, gsize size, const char *data)
{
  guint8 bytes[sizeof (double)];
  double wide;
  float narrow;

  take_bytes (format, data, size, bytes);
  if (size == sizeof wide)
    {
      memcpy (&wide, bytes, size);
      return wide;
    }
  memcpy (&narrow, bytes, size);
  return narrow;
}

typedef struct
{
  const char *bytes;
  gsize size; /* bytes */
  gsize at;
  int n_results;
} Data;

static void
need (lua_State *lua, const Data *data, gsize size)
{
  luaL_argcheck (lua, size <= data->size && data->at <= data->size - size, 2,
                 "data string too short");
}

/* "c0": the number before it, which goes, says how many. */
static gsize
take_size (lua_State *lua, Data *data)
{
  gsize size;

  if (data->n_results == 0 || !lua_isnumber (lua, -1))
    luaL_error (lua, "format 'c0' needs a previous size");
  size = get_bits (lua_tonumber (lua, -1));
  lua_pop (lua, 1);
  data->n_results--;
  return size;
}

/* Finds the string that ends in a NUL; returns its length. */
static gsize
find_string (lua_State *lua, const Data *data)
{
  const char *start = data->bytes + data->at;
  const char *end = memchr (start, '\0', data->size - data->at);

  if (end == NULL)
    luaL_error (lua, "unfinished string in data");
  return (gsize) (end - start);
}

/* Pushes what @option finds in @data, and steps over it. */
static void
unpack_option (lua_State *lua, Format *format, Option *option, Data *data)
{
  const char *at = data->bytes + data->at;

  data->n_results++;
  switch (option->letter)
    {
    case 's':
      option->size = find_string (lua, data) + 1;
      lua_pushlstring (lua, at, option->size - 1);
      break;
    case 'c':
      if (option->size == 0)
        {
          data->n_results--;
          option->size = take_size (lua, data);
          need (lua, data, option->size);
          data->n_results++;
        }
      lua_pushlstring (lua, at, option->size);
      break;
    case 'f':
    case 'd':
      lua_pushnumber (lua, unpack_float (format, option->size, at));
      break;
    case 'b':
    case 'B':
    case 'h':
    case 'H':
    case 'l':
    case 'L':
    case 'T':
    case 'i':
    case 'I':
      lua_pushnumber (lua, unpack_int (format, option, at));
      break;
    default:
      data->n_results--;
      if (option->letter != 'x')
        apply_control (lua, format, option->letter);
    }
  data->at += option->size;
}

static int
struct_unpack (lua_State *lua)
{
  Format format = read_format (lua);
  Data data = { 0 };
  lua_Integer first;
  Option option;

  data.bytes = luaL_checklstring (lua, 2, &data.size);
  first = luaL_optinteger (lua, 3, 1);
  luaL_argcheck (lua, first != 0, 3, "offset must be 1 or greater");
  data.at = (gsize) first - 1;
  while (next_option (lua, &format, data.at, &option))
    {
      data.at += option.padding;
      need (lua, &data, option.size);
      luaL_checkstack (lua, 2, "too many results");
      unpack_option (lua, &format, &option, &data);
    }
  lua_pushinteger (lua, (lua_Integer) data.at + 1);
  return data.n_results + 1;
}

static int
struct_size (lua_State *lua)
{
  Format format = read_format (lua);
  gsize size = 0;
  Option option;

  while (next_option (lua, &format, size, &option))
    {
      if (option.letter == 's')
        luaL_argerror (lua, 1, "option 's' has no fixed size");
      if (option.letter == 'c' && option.size == 0)
        luaL_argerror (lua, 1, "option 'c0' has no fixed size");
      if (!g_ascii_isalnum (option.letter))
        apply_control (lua, &format, option.letter);
      size += option.padding + option.size;
    }
  lua_pushinteger (lua, (lua_Integer) size);
  return 1;
}

/**
 * cf_lua_open_struct:
 * @lua: a Lua state
 *
 * Makes the library.
 *
 * Returns: 1, the number of values left on the stack
 */
int
cf_lua_open_struct (lua_State *lua)
{
  static const luaL_Reg functions[] = { { "pack", struct_pack },
                                        { "unpack", struct_unpack },
                                        { "size", struct_size },
                                        { NULL, NULL } };

  luaL_register (lua, "struct", functions);
  return 1;
}
