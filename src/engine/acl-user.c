/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/acl-user.h"

#include "base/error.h"
#include "base/number.h"
#include "proto/split.h"

#define RULE_MAX (1024 * 1024) /* bytes of a rule */

#define HASH_DIGITS 64 /* of a SHA-256 */

static const char *const limit_names[CF_N_ACL_LIMITS] = {
  [CF_ACL_MAX_CONNECTIONS] = "max-connections",
  [CF_ACL_MAX_OUTPUT_BYTES] = "max-output-bytes",
  [CF_ACL_MAX_COMMANDS] = "max-commands-per-second",
};

/* -- Making and freeing --------------------------------------------------- */

/**
 * cf_acl_user_new:
 * @name: its name
 * @commands: the commands that its rules may name
 * @channels_at_first: whether its selectors allow all channels at first
 *
 * Returns: (transfer full): a user that is off and may do nothing
 */
CfAclUser *
cf_acl_user_new (const char *name,
                 const CfAclCommands *commands,
                 gboolean channels_at_first)
{
  CfAclUser *self = g_new0 (CfAclUser, 1);

  self->refs = 1;
  self->name = g_strdup (name);
  self->commands = commands;
  self->channels_at_first = channels_at_first;
  self->passwords = g_ptr_array_new_with_free_func (g_free);
  self->selectors =
      g_ptr_array_new_with_free_func ((GDestroyNotify) cf_acl_selector_free);
  g_ptr_array_add (self->selectors,
                   cf_acl_selector_new (commands, channels_at_first));
  return self;
}

/**
 * cf_acl_user_copy:
 * @self: a user
 * @name: the name of the copy
 *
 * Returns: (transfer full): a user that may be changed
 */
CfAclUser *
cf_acl_user_copy (const CfAclUser *self, const char *name)
{
  CfAclUser *copy =
      cf_acl_user_new (name, self->commands, self->channels_at_first);

  copy->flags = self->flags;
  memcpy (copy->limits, self->limits, sizeof self->limits);
  for (guint i = 0; i < self->passwords->len; i++)
    g_ptr_array_add (copy->passwords, g_strdup (self->passwords->pdata[i]));
  g_ptr_array_set_size (copy->selectors, 0);
  for (guint i = 0; i < self->selectors->len; i++)
    g_ptr_array_add (copy->selectors,
                     cf_acl_selector_copy (cf_acl_user_selector (self, i)));
  return copy;
}

/**
 * cf_acl_user_ref:
 * @self: a user
 *
 * Returns: (transfer full): @self
 */
CfAclUser *
cf_acl_user_ref (CfAclUser *self)
{
  __atomic_add_fetch (&self->refs, 1, __ATOMIC_RELAXED);
  return self;
}

/**
 * cf_acl_user_unref:
 * @self: (nullable) (transfer full): a user
 *
 * Gives a reference back; the last one frees the user.
 */
void
cf_acl_user_unref (CfAclUser *self)
{
  if (self == NULL || __atomic_sub_fetch (&self->refs, 1, __ATOMIC_ACQ_REL) > 0)
    return;
  g_ptr_array_unref (self->selectors);
  g_ptr_array_unref (self->passwords);
  g_free (self->name);
  g_free (self);
}

/* -- Passwords ------------------------------------------------------------ */

static char *
hash (CfSlice password)
{
  return g_compute_checksum_for_data (
      G_CHECKSUM_SHA256, (const guchar *) password.data, password.size);
}

/* Takes over @digits.  The user has this password, once. */
static void
add_password (CfAclUser *self, char *digits)
{
  self->flags &= ~(guint) CF_ACL_USER_NO_PASS;
  if (!g_ptr_array_find_with_equal_func (self->passwords, digits, g_str_equal,
                                         NULL))
    g_ptr_array_add (self->passwords, digits);
  else
    g_free (digits);
}

static gboolean
remove_password (CfAclUser *self, const char *digits, GError **error)
{
  guint place;

  if (!g_ptr_array_find_with_equal_func (self->passwords, digits, g_str_equal,
                                         &place))
    return cf_throw (
        error, CF_ERROR_FAILED,
        "The password you are trying to remove from the user does not exist");
  g_ptr_array_remove_index (self->passwords, place);
  return TRUE;
}

static char *
parse_hash (CfSlice digits, GError **error)
{
  gboolean fits = digits.size == HASH_DIGITS;

  for (gsize i = 0; fits && i < digits.size; i++)
    fits = g_ascii_isdigit (digits.data[i]) ||
           (digits.data[i] >= 'a' && digits.data[i] <= 'f');
  if (fits)
    return g_strndup (digits.data, digits.size);
  cf_throw (error, CF_ERROR_FAILED,
            "The password hash must be exactly 64 characters and contain only "
            "lowercase hexadecimal characters");
  return NULL;
}

static gboolean
apply_password (CfAclUser *self, CfSlice rule, GError **error)
{
  CfSlice rest = cf_slice (rule.data + 1, rule.size - 1);
  gboolean adds = rule.data[0] == '>' || rule.data[0] == '#';
  gboolean is_hash = rule.data[0] == '#' || rule.data[0] == '!';
  g_autofree char *digits = is_hash ? parse_hash (rest, error) : hash (rest);

  if (digits == NULL)
    return FALSE;
  if (!adds)
    return remove_password (self, digits, error);
  add_password (self, g_steal_pointer (&digits));
  return TRUE;
}

/**
 * cf_acl_user_accepts:
 * @self: a user with passwords
 * @password: what a client says its password is
 *
 * Looks at all passwords and all digits of each, so that the time this takes
 * says nothing about them.
 *
 * Returns: whether that is one of its passwords
 */
gboolean
cf_acl_user_accepts (const CfAclUser *self, CfSlice password)
{
  g_autofree char *digits = hash (password);
  gboolean found = FALSE;

  for (guint i = 0; i < self->passwords->len; i++)
    {
      const char *wanted = self->passwords->pdata[i];
      guint8 difference = 0;

      for (gsize j = 0; j < HASH_DIGITS; j++)
        difference |= (guint8) (digits[j] ^ wanted[j]);
      found |= difference == 0;
    }
  return found;
}

/* -- Rules ---------------------------------------------------------------- */

static void
set_flag (CfAclUser *self, CfAclUserFlags on, CfAclUserFlags off)
{
  self->flags = (self->flags & ~(guint) off) | on;
}

/* What begins with "(" and ends with ")": a selector of its own. */
static gboolean
add_selector (CfAclUser *self, CfSlice rule, GError **error)
{
  g_autoptr (CfAclSelector) selector =
      cf_acl_selector_new (self->commands, self->channels_at_first);
  g_autofree char *line = g_strndup (rule.data + 1, rule.size - 2);
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (CfSpan));

  /* As in Redis, what cannot be split is taken for nothing. */
  if (!cf_split_args (line, rule.size - 2, spans))
    g_array_set_size (spans, 0);
  for (guint i = 0; i < spans->len; i++)
    {
      CfSpan span = g_array_index (spans, CfSpan, i);

      if (!cf_acl_selector_apply (
              selector, cf_slice (line + span.offset, span.size), error))
        return FALSE;
    }
  g_ptr_array_add (self->selectors, g_steal_pointer (&selector));
  return TRUE;
}

static void
drop_selectors (CfAclUser *self)
{
  g_ptr_array_set_size (self->selectors, 1);
}

static void
reset (CfAclUser *self)
{
  static const char *const rules[] = {
    "resetpass",        "resetkeys",      "resetchannels", "off",
    "sanitize-payload", "clearselectors", "-@all"
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rules); i++)
    cf_acl_user_apply_word (self, rules[i]);
  if (self->channels_at_first)
    cf_acl_user_apply_word (self, "allchannels");
  memset (self->limits, 0, sizeof self->limits);
}

/* Rules that are one word, and for the user as a whole. */
static gboolean
apply_word (CfAclUser *self, CfSlice rule)
{
  if (cf_slice_is (rule, "on"))
    set_flag (self, CF_ACL_USER_ON, 0);
  else if (cf_slice_is (rule, "off"))
    set_flag (self, 0, CF_ACL_USER_ON);
  else if (cf_slice_is (rule, "sanitize-payload"))
    set_flag (self, CF_ACL_USER_SANITIZE, CF_ACL_USER_SKIP_SANITIZE);
  else if (cf_slice_is (rule, "skip-sanitize-payload"))
    set_flag (self, CF_ACL_USER_SKIP_SANITIZE, CF_ACL_USER_SANITIZE);
  else if (cf_slice_is (rule, "nopass") || cf_slice_is (rule, "resetpass"))
    {
      gboolean any = cf_slice_is (rule, "nopass");

      set_flag (self, any ? CF_ACL_USER_NO_PASS : 0, CF_ACL_USER_NO_PASS);
      g_ptr_array_set_size (self->passwords, 0);
    }
  else if (cf_slice_is (rule, "clearselectors"))
    drop_selectors (self);
  else if (cf_slice_is (rule, "reset"))
    reset (self);
  else
    return FALSE;
  return TRUE;
}

/* "max-connections=N"; @found: whether it is one of these. */
static gboolean
apply_limit (CfAclUser *self, CfSlice rule, gboolean *found, GError **error)
{
  for (guint i = 0; i < CF_N_ACL_LIMITS; i++)
    {
      gsize size = strlen (limit_names[i]);
      gint64 value;

      if (rule.size <= size || rule.data[size] != '=' ||
          !cf_slice_is (cf_slice (rule.data, size), limit_names[i]))
        continue;
      *found = TRUE;
      if (!cf_parse_int64 (rule.data + size + 1, rule.size - size - 1,
                           &value) ||
          value < 0)
        return cf_throw (error, CF_ERROR_FAILED,
                         "A limit must be a number, 0 for none");
      self->limits[i] = value;
      return TRUE;
    }
  return TRUE;
}

/**
 * cf_acl_user_apply:
 * @self: a user that is being made
 * @rule: a rule
 * @error: return location for an error, or %NULL
 *
 * Returns: %FALSE if there is no such rule; nothing has changed then
 */
gboolean
cf_acl_user_apply (CfAclUser *self, CfSlice rule, GError **error)
{
  gboolean found = FALSE;

  if (rule.size == 0 || apply_word (self, rule))
    return TRUE;
  if (strchr ("><#!", rule.data[0]) != NULL && rule.data[0] != '\0')
    return apply_password (self, rule, error);
  if (rule.size > 1 && rule.data[0] == '(' && rule.data[rule.size - 1] == ')')
    return add_selector (self, rule, error);
  if (!apply_limit (self, rule, &found, error))
    return FALSE;
  return found ||
         cf_acl_selector_apply (self->selectors->pdata[0], rule, error);
}

/**
 * cf_acl_user_apply_word:
 * @self: a user that is being made
 * @rule: a rule that there is
 */
void
cf_acl_user_apply_word (CfAclUser *self, const char *rule)
{
  gboolean known = cf_acl_user_apply (self, cf_slice_of_string (rule), NULL);

  g_assert (known);
}

static void
append_rule (GByteArray *open, CfSlice rule)
{
  if (open->len > 0)
    g_byte_array_append (open, (const guint8 *) " ", 1);
  g_byte_array_append (open, (const guint8 *) rule.data, (guint) rule.size);
}

/**
 * cf_acl_merge_rules:
 * @rules: (array length=n_rules): rules, of which those of a selector may be
 *   several: "(+get", "~key)"
 * @n_rules: how many
 * @error: return location for an error, or %NULL
 *
 * Returns: (transfer full) (nullable) (element-type GBytes): the rules, each
 *   selector being one; %NULL if a parenthesis is not closed, or if one is
 *   longer than any that makes sense
 */
GPtrArray *
cf_acl_merge_rules (const CfSlice *rules, gsize n_rules, GError **error)
{
  g_autoptr (GPtrArray) merged =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GByteArray) open = g_byte_array_new ();
  gsize first = n_rules; /* where the open one begins */

  for (gsize i = 0; i < n_rules; i++)
    {
      CfSlice rule = rules[i];
      gboolean ends = rule.size > 0 && rule.data[rule.size - 1] == ')';

      /* One that was not closed is forgotten, as Redis does. */
      if (rule.size > 0 && rule.data[0] == '(' && !ends)
        {
          g_byte_array_set_size (open, 0);
          first = i;
        }
      if (open->len + rule.size > RULE_MAX)
        {
          cf_throw (error, CF_ERROR_FAILED,
                    "An ACL rule can't be longer than %d bytes", RULE_MAX);
          return NULL;
        }
      if (first < n_rules)
        append_rule (open, rule);
      if (first == n_rules)
        g_ptr_array_add (merged, g_bytes_new (rule.data, rule.size));
      else if (ends)
        {
          g_ptr_array_add (merged, g_bytes_new (open->data, open->len));
          g_byte_array_set_size (open, 0);
          first = n_rules;
        }
    }
  if (first == n_rules)
    return g_steal_pointer (&merged);
  cf_throw (error, CF_ERROR_SYNTAX,
            "Unmatched parenthesis in acl selector starting at '%.*s'.",
            (int) MIN (rules[first].size, 1024), rules[first].data);
  return NULL;
}

/* -- Asking --------------------------------------------------------------- */

/**
 * cf_acl_user_is_free:
 * @self: a user
 *
 * Returns: whether nothing that it does need be checked
 */
gboolean
cf_acl_user_is_free (const CfAclUser *self)
{
  for (guint i = 0; i < CF_N_ACL_LIMITS; i++)
    if (self->limits[i] != 0)
      return FALSE;
  for (guint i = 0; i < self->selectors->len; i++)
    {
      const CfAclSelector *selector = cf_acl_user_selector (self, i);

      if (selector->all_commands && selector->all_keys &&
          selector->all_channels)
        return TRUE;
    }
  return FALSE;
}

/**
 * cf_acl_name_is_valid:
 * @name: a name
 *
 * Returns: whether a user may have that name
 */
gboolean
cf_acl_name_is_valid (CfSlice name)
{
  if (name.size > CF_ACL_NAME_MAX)
    return FALSE;
  for (gsize i = 0; i < name.size; i++)
    if (name.data[i] == '\0' || name.data[i] == '\v' ||
        g_ascii_isspace (name.data[i]))
      return FALSE;
  return TRUE;
}

/**
 * cf_acl_limit_name:
 * @limit: a limit
 *
 * Returns: (transfer none): what rules call it
 */
const char *
cf_acl_limit_name (CfAclLimit limit)
{
  return limit_names[limit];
}
