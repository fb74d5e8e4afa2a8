/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "script/lua-json-inside.h"

#include <lauxlib.h>
#include <string.h>

#include "script/lua-bytes.h"
#include "script/lua-cost.h"

typedef enum
{
  OBJECT_BEGIN,
  OBJECT_END,
  ARRAY_BEGIN,
  ARRAY_END,
  STRING,
  NUMBER,
  BOOLEAN,
  NOTHING,
  COLON,
  COMMA,
  END,
  WRONG,
} TokenKind;

/* What scripts see in messages. */
static const char *const token_names[] = {
  [OBJECT_BEGIN] = "T_OBJ_BEGIN",
  [OBJECT_END] = "T_OBJ_END",
  [ARRAY_BEGIN] = "T_ARR_BEGIN",
  [ARRAY_END] = "T_ARR_END",
  [STRING] = "T_STRING",
  [NUMBER] = "T_NUMBER",
  [BOOLEAN] = "T_BOOLEAN",
  [NOTHING] = "T_NULL",
  [COLON] = "T_COLON",
  [COMMA] = "T_COMMA",
  [END] = "T_END",
};

typedef struct
{
  TokenKind kind;
  gsize offset;       /* bytes from the start of the text */
  const char *string; /* of a STRING; of a WRONG one: what is wrong */
  gsize size;         /* bytes, of a STRING */
  double number;      /* of a NUMBER or a BOOLEAN */
} Token;

typedef struct
{
  lua_State *lua;
  CfLuaJsonSettings settings;
  const char *text; /* a string of Lua's, so a NUL follows */
  const char *at;
  int depth;
  CfLuaBytes scratch; /* strings that have escapes; lua is NULL before them */
} Decoder;

static void push_value (Decoder *self, const Token *token);

static void
expected (Decoder *self, const char *what, const Token *found)
{
  luaL_error (self->lua, "Expected %s but found %s at character %d", what,
              found->kind == WRONG ? found->string : token_names[found->kind],
              (int) found->offset + 1);
}

static void
set_wrong (Decoder *self, Token *token, const char *what)
{
  token->kind = WRONG;
  token->offset = (gsize) (self->at - self->text);
  token->string = what;
}

/* Four hexadecimal digits at @digits; -1: they are none. */
static int
read_code (const char *digits)
{
  int code = 0;

  for (int i = 0; i < 4; i++)
    {
      int digit = g_ascii_xdigit_value (digits[i]);

      if (digit < 0)
        return -1;
      code = code << 4 | digit;
    }
  return code;
}

/* The code point of the escape at @self->at, which is stepped over; -1: it is
 * none. */
static int
read_unicode (Decoder *self)
{
  int code = read_code (self->at + 2);
  int low;

  if (code < 0)
    return -1;
  if ((code & 0xf800) != 0xd800)
    {
      self->at += 6;
      return code;
    }
  if ((code & 0x400) != 0 || self->at[6] != '\\' || self->at[7] != 'u')
    return -1;
  low = read_code (self->at + 8);
  if (low < 0 || (low & 0xfc00) != 0xdc00)
    return -1;
  self->at += 12;
  return ((code & 0x3ff) << 10 | (low & 0x3ff)) + 0x10000;
}

static char
get_escaped (char c)
{
  switch (c)
    {
    case '"':
    case '\\':
    case '/':
      return c;
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return 0;
    }
}

/* Steps over the escape at @self->at; what is wrong with it, or NULL. */
static const char *
take_escape (Decoder *self)
{
  char c = self->at[1];
  char utf8[6];
  int code;

  if (c == 'u')
    {
      code = read_unicode (self);
      if (code < 0)
        return "invalid unicode escape code";
      cf_lua_bytes_add (&self->scratch, utf8,
                        (gsize) g_unichar_to_utf8 ((gunichar) code, utf8));
      return NULL;
    }
  c = get_escaped (c);
  if (c == 0)
    return "invalid escape code";
  cf_lua_bytes_add_char (&self->scratch, c);
  self->at += 2;
  return NULL;
}

/* The rest of a string, from its first escape on; @start is where it began. */
static void
read_escaped_string (Decoder *self, Token *token, const char *start)
{
  if (self->scratch.lua == NULL)
    cf_lua_bytes_init (&self->scratch, self->lua);
  self->scratch.size = 0;
  cf_lua_bytes_add (&self->scratch, start, (gsize) (self->at - start));
  while (*self->at != '"')
    {
      gsize plain = strcspn (self->at, "\"\\");
      const char *wrong = NULL;

      cf_lua_bytes_add (&self->scratch, self->at, plain);
      self->at += plain;
      if (*self->at == '\0')
        wrong = "unexpected end of string";
      else if (*self->at == '\\')
        wrong = take_escape (self);
      if (wrong != NULL)
        {
          set_wrong (self, token, wrong);
          return;
        }
    }
  token->string = self->scratch.data;
  token->size = self->scratch.size;
  self->at++;
}

static void
read_string (Decoder *self, Token *token)
{
  const char *start = ++self->at;

  token->kind = STRING;
  self->at += strcspn (self->at, "\"\\");
  if (*self->at == '\\')
    {
      read_escaped_string (self, token, start);
      return;
    }
  if (*self->at == '\0')
    {
      set_wrong (self, token, "unexpected end of string");
      return;
    }
  token->string = start;
  token->size = (gsize) (self->at - start);
  self->at++;
}

/* Whether what begins as a number is none of JSON's, as far as its first
 * characters tell. */
static gboolean
is_invalid_number (const char *at)
{
  if (*at == '+')
    return TRUE;
  if (*at == '-')
    at++;
  if (*at == '0')
    return (at[1] | 0x20) == 'x' || g_ascii_isdigit (at[1]);
  if (*at <= '9')
    return FALSE;
  return g_ascii_strncasecmp (at, "inf", 3) == 0 ||
         g_ascii_strncasecmp (at, "nan", 3) == 0;
}

static void
read_number (Decoder *self, Token *token)
{
  char *end;

  token->kind = NUMBER;
  token->number = g_ascii_strtod (self->at, &end);
  if (end == self->at)
    set_wrong (self, token, "invalid number");
  else
    self->at = end;
}

static gboolean
take_word (Decoder *self, const char *word)
{
  gsize size = strlen (word);

  if (strncmp (self->at, word, size) != 0)
    return FALSE;
  self->at += size;
  return TRUE;
}

/* A token of more than one character. */
static void
read_long_token (Decoder *self, Token *token)
{
  char c = *self->at;

  if (c == '"')
    read_string (self, token);
  else if (c == '-' || g_ascii_isdigit (c))
    {
      if (!self->settings.decode_invalid_numbers &&
          is_invalid_number (self->at))
        set_wrong (self, token, "invalid number");
      else
        read_number (self, token);
    }
  else if (take_word (self, "true") || take_word (self, "false"))
    {
      token->kind = BOOLEAN;
      token->number = c == 't';
    }
  else if (take_word (self, "null"))
    token->kind = NOTHING;
  else if (c != '\0' && strchr ("+iInN", c) != NULL &&
           self->settings.decode_invalid_numbers &&
           is_invalid_number (self->at))
    read_number (self, token);
  else
    set_wrong (self, token, "invalid token");
}

static void
read_token (Decoder *self, Token *token)
{
  static const char marks[] = "{}[]:,";
  static const TokenKind kinds[] = { OBJECT_BEGIN, OBJECT_END, ARRAY_BEGIN,
                                     ARRAY_END,    COLON,      COMMA };
  const char *mark;

  while (*self->at == ' ' || *self->at == '\t' || *self->at == '\n' ||
         *self->at == '\r')
    self->at++;
  token->offset = (gsize) (self->at - self->text);
  if (*self->at == '\0')
    {
      token->kind = END;
      return;
    }
  mark = strchr (marks, *self->at);
  if (mark == NULL)
    {
      read_long_token (self, token);
      return;
    }
  token->kind = kinds[mark - marks];
  self->at++;
}

static void
descend (Decoder *self, int n_slots)
{
  self->depth++;
  if (self->depth > self->settings.decode_max_depth ||
      !lua_checkstack (self->lua, n_slots))
    luaL_error (self->lua,
                "Found too many nested data structures (%d) at character %d",
                self->depth, (int) (self->at - self->text));
}

static void
push_object (Decoder *self)
{
  Token token;

  descend (self, 3);
  lua_newtable (self->lua);
  read_token (self, &token);
  while (token.kind != OBJECT_END)
    {
      if (token.kind != STRING)
        expected (self, "object key string", &token);
      lua_pushlstring (self->lua, token.string, token.size);
      read_token (self, &token);
      if (token.kind != COLON)
        expected (self, "colon", &token);
      read_token (self, &token);
      push_value (self, &token);
      lua_rawset (self->lua, -3);
      read_token (self, &token);
      if (token.kind == OBJECT_END)
        break;
      if (token.kind != COMMA)
        expected (self, "comma or object end", &token);
      read_token (self, &token);
      if (token.kind == OBJECT_END)
        expected (self, "object key string", &token);
    }
  self->depth--;
}

static void
push_array (Decoder *self)
{
  Token token;

  descend (self, 2);
  lua_newtable (self->lua);
  read_token (self, &token);
  for (int i = 1; token.kind != ARRAY_END; i++)
    {
      push_value (self, &token);
      lua_rawseti (self->lua, -2, i);
      read_token (self, &token);
      if (token.kind == ARRAY_END)
        break;
      if (token.kind != COMMA)
        expected (self, "comma or array end", &token);
      read_token (self, &token);
      if (token.kind == ARRAY_END)
        expected (self, "value", &token);
    }
  self->depth--;
}

static void
push_value (Decoder *self, const Token *token)
{
  switch (token->kind)
    {
    case STRING:
      lua_pushlstring (self->lua, token->string, token->size);
      return;
    case NUMBER:
      lua_pushnumber (self->lua, token->number);
      return;
    case BOOLEAN:
      lua_pushboolean (self->lua, token->number != 0);
      return;
    case OBJECT_BEGIN:
      push_object (self);
      return;
    case ARRAY_BEGIN:
      push_array (self);
      return;
    case NOTHING:
      lua_pushlightuserdata (self->lua, NULL);
      return;
    default:
      expected (self, "value", token);
    }
}

/**
 * cf_lua_json_decode:
 * @lua: the Lua state
 *
 * The function "decode": the value of a text in JSON.
 *
 * Returns: 1, the number of results
 */
int
cf_lua_json_decode (lua_State *lua)
{
  Decoder self = { .lua = lua };
  Token token;
  size_t size;

  luaL_argcheck (lua, lua_gettop (lua) == 1, 1, "expected 1 argument");
  self.settings = cf_lua_json_settings (lua);
  self.at = self.text = luaL_checklstring (lua, 1, &size);
  if (size >= 2 && (self.text[0] == '\0' || self.text[1] == '\0'))
    luaL_error (lua, "JSON parser does not support UTF-16 or UTF-32");
  cf_lua_cost_announce (lua, size);
  read_token (&self, &token);
  push_value (&self, &token);
  read_token (&self, &token);
  if (token.kind != END)
    expected (&self, "the end", &token);
  return 1;
}
