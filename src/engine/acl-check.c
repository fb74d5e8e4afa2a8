/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/acl-check.h"

#include "base/clock.h"
#include "engine/acl.h"
#include "engine/client-line.h"

#define FEW 8 /* keys for which no memory is asked */

typedef struct
{
  guint at;     /* argument number */
  guint8 needs; /* CfKeyNeeds */
} Key;

/* The keys of a request, looked for when they are asked for first. */
typedef struct
{
  const CfCommandInfo *info;
  const CfSlice *argv;
  guint argc;
  gboolean known;
  guint n;
  const Key *all; /* @few or @many's */
  Key few[FEW];
  GArray *many; /* (owned) (nullable) */
} Request;

static void
clear_request (Request *request)
{
  g_clear_pointer (&request->many, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Request, clear_request)

/* -- Keys ----------------------------------------------------------------- */

static void
add_keys (Request *request, const GArray *positions, guint8 needs)
{
  for (guint i = 0; i < positions->len; i++)
    {
      Key key = { g_array_index (positions, guint, i), needs };

      g_array_append_val (request->many, key);
    }
}

static gboolean
is_key (const CfKeySpec *spec)
{
  return strcmp (spec->flags, "not_key") != 0;
}

/* By the specifications alone.  FALSE: they do not tell. */
static gboolean
find_by_specs (Request *request)
{
  const CfCommand *command = request->info->command;
  g_autoptr (GArray) positions = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < CF_KEY_SPECS_MAX && command->keys[i].flags != NULL; i++)
    {
      if (command->keys[i].unknown || command->keys[i].incomplete ||
          !cf_command_spec_positions (request->info, i, request->argv,
                                      request->argc, positions))
        return FALSE;
      if (is_key (&command->keys[i]))
        add_keys (request, positions, request->info->needs[i]);
      g_array_set_size (positions, 0);
    }
  return TRUE;
}

static guint8
needs_of (const Request *request, guint position)
{
  const CfCommand *command = request->info->command;

  if (command->flags_of_key != NULL)
    return cf_command_needs (
        command->flags_of_key (request->argv, request->argc, position));
  if (command->key_flags != NULL)
    return cf_command_needs (command->key_flags (request->argv, request->argc));
  return request->info->needs[0];
}

static void
find_by_function (Request *request)
{
  g_autoptr (GArray) positions = g_array_new (FALSE, FALSE, sizeof (guint));

  g_array_set_size (request->many, 0);
  if (!cf_command_key_positions (request->info, request->argv, request->argc,
                                 positions))
    return;
  for (guint i = 0; i < positions->len; i++)
    {
      guint at = g_array_index (positions, guint, i);
      Key key = { at, needs_of (request, at) };

      g_array_append_val (request->many, key);
    }
}

static gboolean
has_keys (const CfCommandInfo *info)
{
  const CfKeySpec *specs = info->command->keys;

  for (guint i = 0; i < CF_KEY_SPECS_MAX && specs[i].flags != NULL; i++)
    if (is_key (&specs[i]))
      return TRUE;
  return FALSE;
}

/* One range from a fixed place, which most commands have.  FALSE: not that, or
 * too many. */
static gboolean
find_few (Request *request)
{
  const CfCommandInfo *info = request->info;
  const CfCommand *command = info->command;
  guint8 needs = info->needs[0];
  int last = info->last >= 0 ? info->first + info->last
                             : (int) request->argc + info->last;

  if (!info->simple || last >= (int) request->argc ||
      last - info->first >= FEW * info->step)
    return FALSE;
  if (command->key_flags != NULL)
    needs =
        cf_command_needs (command->key_flags (request->argv, request->argc));
  for (int i = info->first; i <= last; i += info->step)
    request->few[request->n++] = (Key){ (guint) i, needs };
  request->all = request->few;
  return TRUE;
}

static void
find_keys (Request *request)
{
  const CfCommand *command = request->info->command;

  if (request->known)
    return;
  request->known = TRUE;
  if (!has_keys (request->info) || find_few (request))
    return;
  request->many = g_array_new (FALSE, FALSE, sizeof (Key));
  if (command->key_flags != NULL || command->flags_of_key != NULL ||
      !find_by_specs (request))
    find_by_function (request);
  request->n = request->many->len;
  request->all = (const Key *) (gpointer) request->many->data;
}

/* -- One selector --------------------------------------------------------- */

static gboolean
allows_command (const CfAclSelector *selector, const Request *request)
{
  const CfCommandInfo *info = request->info;
  guint at = info->parent != NULL ? 2 : 1;

  if (selector->all_commands || cf_acl_selector_has (selector, info->id) ||
      (info->command->flags & CF_COMMAND_NO_AUTH))
    return TRUE;
  for (guint i = 0; i < selector->first_args->len && at < request->argc; i++)
    {
      const CfAclFirstArg *first =
          &g_array_index (selector->first_args, CfAclFirstArg, i);

      if (first->number == info->id &&
          cf_slice_is (request->argv[at], first->word))
        return TRUE;
    }
  return FALSE;
}

static gboolean
allows_keys (const CfAclSelector *selector, Request *request, guint *position)
{
  if (selector->all_keys)
    return TRUE;
  find_keys (request);
  for (guint i = 0; i < request->n; i++)
    {
      *position = request->all[i].at;
      if (!cf_acl_selector_key (selector, request->argv[*position],
                                request->all[i].needs))
        return FALSE;
    }
  return TRUE;
}

static gboolean
allows_channels (const CfAclSelector *selector,
                 const Request *request,
                 guint *position)
{
  CfChannelUse use = request->info->command->channels;
  guint end = use == CF_CHANNELS_FIRST ? MIN (2, request->argc) : request->argc;

  if (selector->all_channels || use == CF_CHANNELS_NONE)
    return TRUE;
  for (guint i = 1; i < end; i++)
    {
      *position = i;
      if (!cf_acl_selector_channel (selector, request->argv[i],
                                    use == CF_CHANNELS_PATTERNS))
        return FALSE;
    }
  return TRUE;
}

static CfAclVerdict
ask (const CfAclSelector *selector, Request *request, guint *position)
{
  if (!allows_command (selector, request))
    return CF_ACL_DENIED_COMMAND;
  if (!allows_keys (selector, request, position))
    return CF_ACL_DENIED_KEY;
  if (!allows_channels (selector, request, position))
    return CF_ACL_DENIED_CHANNEL;
  return CF_ACL_OK;
}

static CfAclVerdict
ask_all (const CfAclUser *user, Request *request, guint *position)
{
  CfAclVerdict worst = CF_ACL_DENIED_COMMAND;

  *position = 0;
  for (guint i = 0; i < user->selectors->len; i++)
    {
      guint at = 0;
      CfAclVerdict verdict = ask (cf_acl_user_selector (user, i), request, &at);

      if (verdict == CF_ACL_OK)
        return CF_ACL_OK;
      if (verdict > worst || (verdict == worst && at > *position))
        {
          worst = verdict;
          *position = at;
        }
    }
  return worst;
}

/**
 * cf_acl_check:
 * @user: (nullable): a user; %NULL may do anything
 * @info: a command
 * @argv: a request of it, of sound form
 * @argc: how many words that has
 * @position: (out): if a key or channel is denied, the argument that is it
 *
 * Of all that the selectors deny, the one that came nearest is told.
 *
 * Returns: what there is to be said against it
 */
CfAclVerdict
cf_acl_check (const CfAclUser *user,
              const CfCommandInfo *info,
              const CfSlice *argv,
              guint argc,
              guint *position)
{
  g_auto (Request) request = { .info = info, .argv = argv, .argc = argc };

  *position = 0;
  return user == NULL ? CF_ACL_OK : ask_all (user, &request, position);
}

/* Of too few words, those that would be keys if more came. */
static void
find_some (Request *request)
{
  const CfCommandInfo *info = request->info;
  int end = (int) request->argc;

  request->known = TRUE;
  request->all = request->few;
  if (!info->simple || !has_keys (info))
    return;
  if (info->last >= 0)
    end = MIN (end, info->first + info->last + 1);
  for (int i = info->first; i < end && request->n < FEW; i += info->step)
    request->few[request->n++] = (Key){ (guint) i, info->needs[0] };
}

/**
 * cf_acl_may_run:
 * @user: (nullable): a user; %NULL may do anything
 * @info: a command
 * @argv: words that begin with its name, of whatever form
 * @argc: how many words
 *
 * Words that are too many are not looked at.  If they are too few, only those
 * are keys of which that can be told.
 *
 * Returns: whether there is nothing to be said against it
 */
gboolean
cf_acl_may_run (const CfAclUser *user,
                const CfCommandInfo *info,
                const CfSlice *argv,
                guint argc)
{
  const int arity = info->command->arity;
  g_auto (Request) request = { .info = info, .argv = argv, .argc = argc };
  guint position;

  if (arity > 0)
    request.argc = MIN (argc, (guint) arity);
  if (!cf_command_arity_fits (info->command, request.argc))
    find_some (&request);
  return user == NULL || ask_all (user, &request, &position) == CF_ACL_OK;
}

/* -- Calls ---------------------------------------------------------------- */

/**
 * cf_acl_deny:
 * @call: a call
 * @verdict: why something was denied to its session
 * @context: where it came from
 * @object: the command, key or channel
 * @user: the name of the user
 *
 * Notes it in ACL LOG, and counts it.
 */
void
cf_acl_deny (const CfCall *call,
             CfAclVerdict verdict,
             CfAclContext context,
             CfSlice object,
             CfSlice user)
{
  static const CfStat stats[] = {
    [CF_ACL_DENIED_COMMAND] = CF_STAT_DENIED_COMMAND,
    [CF_ACL_DENIED_KEY] = CF_STAT_DENIED_KEY,
    [CF_ACL_DENIED_AUTH] = CF_STAT_DENIED_AUTH,
    [CF_ACL_DENIED_CHANNEL] = CF_STAT_DENIED_CHANNEL,
  };
  CfEngine *engine = call->engine;
  g_autofree char *name =
      g_strndup (user.data, MIN (user.size, CF_ACL_LOG_OBJECT_MAX));
  g_autoptr (GString) client = g_string_new (NULL);
  const CfAclLogEntry entry = {
    .reason = verdict,
    .context = context == CF_ACL_EXEC ? CF_ACL_MULTI : context,
    .object = (char *) object.data,
    .object_size = object.size,
    .user = name,
    .updated_ms = call->now_ms,
  };

  cf_stats_count (call->worker->stats, stats[verdict], 1);
  if (context == CF_ACL_TOPLEVEL)
    call->session->last_command = call->info;
  cf_session_publish (call->session);
  cf_client_line (engine, call->session, call->now_ms, client);
  cf_acl_log_add (
      engine->acl_log, &entry, g_string_free (g_steal_pointer (&client), FALSE),
      (gsize) cf_config_get_int (engine->config, CF_SETTING_ACLLOG_MAX_LEN));
}

static gboolean
throw_denied (CfAclVerdict verdict, const CfCommandInfo *info, GError **error)
{
  if (verdict == CF_ACL_DENIED_COMMAND)
    return cf_throw (error, CF_ERROR_NO_PERM,
                     "this user has no permissions to run the '%s' command",
                     info->full_name);
  return cf_throw (
      error, CF_ERROR_NO_PERM,
      "this user has no permissions to access one of the %s used as arguments",
      verdict == CF_ACL_DENIED_KEY ? "keys" : "channels");
}

/* Likewise in a script: Redis says what the script did. */
static gboolean
throw_denied_in_script (CfAclVerdict verdict, GError **error)
{
  static const char *const texts[] = {
    [CF_ACL_DENIED_COMMAND] = "run this command or subcommand",
    [CF_ACL_DENIED_KEY] =
        "access at least one of the keys mentioned in the command arguments",
    [CF_ACL_DENIED_CHANNEL] = "publish to the channel mentioned in the command",
  };

  return cf_throw (error, CF_ERROR_FAILED,
                   "The user executing the script can't %s", texts[verdict]);
}

/* Likewise of a command that could be queued. */
static gboolean
throw_denied_in_block (CfAclVerdict verdict, GError **error)
{
  static const char *const texts[] = {
    [CF_ACL_DENIED_COMMAND] =
        "no permission to execute the command or subcommand",
    [CF_ACL_DENIED_KEY] = "no permission to touch the specified keys",
    [CF_ACL_DENIED_CHANNEL] = "no permission to access one of the channels "
                              "used as arguments to the command",
  };

  return cf_throw (error, CF_ERROR_NO_PERM,
                   "ACLs rules changed between the moment the transaction was "
                   "accumulated and the EXEC call. This command is no longer "
                   "allowed for the following reason: %s",
                   texts[verdict]);
}

/**
 * cf_acl_admit:
 * @call: a call, whose session it is about
 * @info: the command that is to be run
 * @argv: (array length=argc): a request of it, of sound form
 * @argc: how many words that has
 * @context: where it comes from
 * @error: return location for an error, or %NULL
 *
 * Returns: whether the session's user may run it; if not, that is noted
 */
gboolean
cf_acl_admit (const CfCall *call,
              const CfCommandInfo *info,
              const CfSlice *argv,
              guint argc,
              CfAclContext context,
              GError **error)
{
  const CfAclUser *user = call->session->user;
  CfAclVerdict verdict;
  CfSlice object;
  guint position;

  verdict = cf_acl_check (user, info, argv, argc, &position);
  if (verdict == CF_ACL_OK)
    return TRUE;
  object = verdict == CF_ACL_DENIED_COMMAND
               ? cf_slice_of_string (info->full_name)
               : argv[position];
  cf_acl_deny (call, verdict, context, object, cf_slice_of_string (user->name));
  if (context == CF_ACL_LUA)
    return throw_denied_in_script (verdict, error);
  if (context == CF_ACL_EXEC)
    return throw_denied_in_block (verdict, error);
  return throw_denied (verdict, info, error);
}

/**
 * cf_acl_may_read_all:
 * @call: a call that was admitted
 *
 * Returns: whether its command may read any key
 */
gboolean
cf_acl_may_read_all (const CfCall *call)
{
  const CfAclUser *user = call->session->user;
  g_auto (Request)
      request = { .info = call->info, .argv = call->argv, .argc = call->argc };

  if (!(call->session->flags & CF_SESSION_RESTRICTED) || user == NULL)
    return TRUE;
  for (guint i = 0; i < user->selectors->len; i++)
    {
      const CfAclSelector *selector = cf_acl_user_selector (user, i);
      guint at;

      if (ask (selector, &request, &at) == CF_ACL_OK &&
          cf_acl_selector_any_key (selector, CF_NEEDS_READ))
        return TRUE;
    }
  return FALSE;
}
