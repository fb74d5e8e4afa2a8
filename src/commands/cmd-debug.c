/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd-debug.c -- DEBUG, for tests; off unless enable-debug-command says so.
 *
 * Its subcommands are not shown as such by COMMAND, so they have a table of
 * their own. */
#include "config.h"

#include "base/number.h"
#include "commands/commands.h"
#include "commands/digest.h"
#include "commands/key-value.h"
#include "engine/function.h"
#include "persist/rdb-value.h"
#include "store/expirer.h"
#include "types/list.h"

#define POPULATE_BYTES_MAX (64 * 1024 * 1024) /* of one value */

typedef struct
{
  const char *name;
  guint least, most; /* words, DEBUG and the name included */
  CfCommandFunc run;
  const char *usage;
  const char *summary;
} Subcommand;

/* -- Keys ----------------------------------------------------------------- */

static gsize
serialized_size (const CfEntry *entry)
{
  g_auto (CfRdbWriter) writer = { NULL };
  g_autoptr (CfBlob) blob = NULL;

  cf_rdb_writer_init (&writer, 64);
  cf_rdb_put_value (&writer, entry);
  blob = cf_rdb_writer_end (&writer);
  return blob != NULL ? blob->size : 0;
}

static gboolean
run_object (CfCall *call, GError **error)
{
  const CfEntry *entry = cf_call_write (call, 2);
  g_autofree char *text = NULL;

  if (entry == NULL)
    return cf_throw (error, CF_ERROR_FAILED, "no such key");
  text = g_strdup_printf (
      "Value at:%p refcount:%" G_GINT64_FORMAT
      " encoding:%s serializedlength:%" G_GSIZE_FORMAT
      " lru:%u lru_seconds_idle:%" G_GUINT64_FORMAT,
      (const void *) entry, cf_shown_refcount (entry, call->engine->config),
      cf_encoding_name (entry), serialized_size (entry),
      cf_entry_access (entry),
      cf_keyspace_idle_ms (call->keyspace, entry, call->now_ms) / 1000);
  cf_reply_status (&call->reply, text);
  return TRUE;
}

static gboolean
run_digest_value (CfCall *call, GError **error)
{
  cf_reply_array (&call->reply, call->argc - 2);
  for (guint i = 2; i < call->argc; i++)
    {
      const CfEntry *entry = cf_call_write (call, i);
      CfDigest digest = { { 0 } };
      char text[CF_DIGEST_HEX_SIZE];

      if (entry != NULL)
        cf_digest_mix_value (&digest, entry);
      cf_digest_format (&digest, text);
      cf_reply_status (&call->reply, text);
    }
  return TRUE;
}

/* -- All keys, each held for a moment ---------------------------------------
 */

typedef void (*KeyFunc) (CfCall *call,
                         guint db,
                         const CfKey *key,
                         gpointer data);

static gboolean
note_key (const CfEntry *entry, gpointer data)
{
  CfSlice key = cf_entry_key (entry);

  g_ptr_array_add (data, cf_blob_new (key));
  return TRUE;
}

/* Waits until nobody has claimed the key. */
static void
hold_key (CfCall *call, const CfKey *key)
{
  while (!cf_hold_slots (call->hold, key, 1, NULL))
    {
      cf_worker_leave (call->worker);
      g_usleep (200);
      cf_worker_return (call->worker);
    }
}

static void
each_key_of_slot (
    CfCall *call, guint db, guint slot, KeyFunc func, gpointer data)
{
  g_autoptr (GPtrArray) names =
      g_ptr_array_new_with_free_func ((GDestroyNotify) cf_blob_unref);

  cf_keyspace_walk_slot (call->keyspace, db, slot, call->now_ms, note_key,
                         names);
  for (guint i = 0; i < names->len; i++)
    {
      CfKey key = cf_key (cf_blob_slice (g_ptr_array_index (names, i)));

      hold_key (call, &key);
      func (call, db, &key, data);
      cf_hold_release (call->hold);
      cf_worker_breathe (call->worker);
    }
}

/* FALSE: not in a block, which holds keys already. */
static gboolean
check_alone (const CfCall *call, GError **error)
{
  return !call->in_transaction ||
         cf_throw (error, CF_ERROR_FAILED,
                   "This DEBUG subcommand is not allowed in a transaction");
}

static void
add_to_digest (CfCall *call, guint db, const CfKey *key, gpointer data)
{
  const CfEntry *entry =
      cf_keyspace_find (call->keyspace, call->hold, db, key, call->now_ms);
  CfDigest *total = data;
  CfDigest digest = { { 0 } };

  if (entry == NULL)
    return;
  cf_digest_mix (&digest, cf_entry_key (entry));
  cf_digest_mix_value (&digest, entry);
  cf_digest_add (total, cf_slice ((const char *) digest.bytes, CF_DIGEST_SIZE));
}

static gboolean
run_digest (CfCall *call, GError **error)
{
  CfDigest total = { { 0 } };
  char text[CF_DIGEST_HEX_SIZE];

  if (!check_alone (call, error))
    return FALSE;
  for (guint db = 0; db < cf_keyspace_n_databases (call->keyspace); db++)
    {
      guint32 number = GUINT32_TO_BE (db);

      if (cf_keyspace_size (call->keyspace, db) == 0)
        continue;
      cf_digest_mix (&total, cf_slice ((const char *) &number, sizeof number));
      for (guint slot = 0; slot < CF_N_SLOTS; slot++)
        each_key_of_slot (call, db, slot, add_to_digest, &total);
    }
  cf_digest_format (&total, text);
  cf_reply_status (&call->reply, text);
  return TRUE;
}

/* Writes a value as a file would have it, and puts what is read back. */
static void
reload_key (CfCall *call, guint db, const CfKey *key, gpointer data)
{
  const CfEntry *entry =
      cf_keyspace_find (call->keyspace, call->hold, db, key, call->now_ms);
  g_autoptr (CfBlob) payload = NULL;
  g_auto (CfRdbString) string = CF_RDB_STRING_INIT;
  gboolean *failed = data;
  CfRdbReader reader;
  CfValue value;
  guint8 type;

  if (entry == NULL)
    return;
  payload = cf_rdb_payload_new (entry);
  if (payload == NULL ||
      !cf_rdb_payload_open (cf_blob_slice (payload), &reader) ||
      !cf_rdb_get_byte (&reader, &type) ||
      !cf_rdb_get_value (&reader, type, call->engine->config, &string, &value))
    {
      *failed = TRUE;
      return;
    }
  if (cf_keyspace_put (call->keyspace, call->hold, db, key, &value,
                       CF_KEEP_DEADLINE) == NULL)
    {
      cf_value_drop (&value);
      *failed = TRUE;
    }
}

/* Whether there is a function or a key that what is loaded would collide
 * with. */
static gboolean
has_data (const CfCall *call)
{
  g_autoptr (CfFunctionSet) functions =
      cf_functions_get (call->engine->functions);

  if (functions->libraries->len > 0)
    return TRUE;
  for (guint db = 0; db < cf_keyspace_n_databases (call->keyspace); db++)
    if (cf_keyspace_size (call->keyspace, db) > 0)
      return TRUE;
  return FALSE;
}

static gboolean
run_reload (CfCall *call, GError **error)
{
  gboolean merge = FALSE, flush = TRUE, failed;

  for (guint i = 2; i < call->argc; i++)
    if (cf_call_is (call, i, "MERGE"))
      merge = TRUE;
    else if (cf_call_is (call, i, "NOFLUSH"))
      flush = FALSE;
    else if (!cf_call_is (call, i, "NOSAVE"))
      return cf_throw (error, CF_ERROR_FAILED,
                       "DEBUG RELOAD only supports the MERGE, NOFLUSH and "
                       "NOSAVE options.");
  if (!check_alone (call, error))
    return FALSE;
  failed = !flush && !merge && has_data (call);
  for (guint db = 0; db < cf_keyspace_n_databases (call->keyspace); db++)
    for (guint slot = 0; slot < CF_N_SLOTS && !failed &&
                         cf_keyspace_size (call->keyspace, db) > 0;
         slot++)
      each_key_of_slot (call, db, slot, reload_key, &failed);
  if (failed)
    return cf_throw (error, CF_ERROR_FAILED,
                     "Error trying to load the RDB "
                     "dump, check server logs.");
  cf_reply_ok (&call->reply);
  return TRUE;
}

/* Nothing is done from time to time that could be put off. */
static gboolean
run_pause_cron (CfCall *call, GError **error)
{
  cf_reply_ok (&call->reply);
  return TRUE;
}

/* From which size on an element of a list is a node of its own. */
static gboolean
run_packed_threshold (CfCall *call, GError **error)
{
  guint64 size;

  if (!cf_parse_memory (call->argv[2].data, call->argv[2].size, &size))
    return cf_throw (error, CF_ERROR_FAILED, "argument must be a memory value");
  if (size > G_MAXUINT32)
    return cf_throw (error, CF_ERROR_FAILED,
                     "argument must be a memory value bigger than 1 and "
                     "smaller than 4gb");
  cf_list_set_plain_size ((gsize) size);
  cf_reply_ok (&call->reply);
  return TRUE;
}

static gboolean
run_listpack (CfCall *call, GError **error)
{
  const CfEntry *entry = cf_call_write (call, 2);

  if (entry == NULL)
    return cf_throw (error, CF_ERROR_FAILED, "no such key");
  if (g_strcmp0 (cf_encoding_name (entry), "listpack") != 0)
    return cf_throw (error, CF_ERROR_FAILED, "Not a listpack encoded object.");
  cf_reply_status (&call->reply, "Listpack structure printed on stdout");
  return TRUE;
}

/* Keys that are no arguments: held here, one at a time. */
static gboolean
populate_one (CfCall *call, CfSlice name, CfSlice value, GError **error)
{
  CfKey key = cf_key (name);
  CfValue string = cf_value_string (value);
  gboolean ok = TRUE;

  if (!cf_hold_slots (call->hold, &key, 1, NULL))
    return TRUE; /* claimed, so it is there or will be */
  if (cf_keyspace_find (call->keyspace, call->hold, call->db, &key,
                        call->now_ms) == NULL)
    {
      ok = cf_keyspace_put (call->keyspace, call->hold, call->db, &key, &string,
                            CF_NO_DEADLINE) != NULL;
      if (ok)
        cf_keyspace_touch (call->keyspace, call->hold, call->db, &key);
    }
  cf_hold_release (call->hold);
  return ok || cf_call_out_of_memory (error);
}

/* "value:@i", or as much of it as fits if there is a @size, and zeros.  NULL:
 * there is no memory for it. */
static CfBlob *
populate_value (gint64 i, gint64 size)
{
  char text[32];
  gsize length =
      (gsize) g_snprintf (text, sizeof text, "value:%" G_GINT64_FORMAT, i);
  gsize wanted = size > 0 ? (gsize) size : length;
  CfBlob *value = cf_blob_try_new_zeroed (wanted);

  if (value == NULL)
    return NULL;
  memcpy (value->data, text, MIN (length, wanted));
  value->size = wanted;
  return value;
}

static gboolean
populate (
    CfCall *call, const char *prefix, gint64 i, gint64 size, GError **error)
{
  g_autofree char *key = g_strdup_printf ("%s:%" G_GINT64_FORMAT, prefix, i);
  g_autoptr (CfBlob) value = populate_value (i, size);

  return value != NULL ? populate_one (call, cf_slice_of_string (key),
                                       cf_blob_slice (value), error)
                       : cf_call_out_of_memory (error);
}

static gboolean
run_populate (CfCall *call, GError **error)
{
  g_autofree char *prefix = NULL;
  gint64 n, size = 0;

  if (!cf_call_get_int_in (call, 2, 0, G_MAXINT64, &n, error) ||
      (call->argc > 4 &&
       !cf_call_get_int_in (call, 4, 0, G_MAXINT64, &size, error)))
    return FALSE;
  prefix =
      call->argc > 3 ? cf_call_dup_text (call, 3, error) : g_strdup ("key");
  if (prefix == NULL)
    return FALSE;
  if (call->in_transaction)
    return cf_throw (error, CF_ERROR_FAILED,
                     "DEBUG POPULATE is not allowed in a transaction");
  for (gint64 i = 0; i < n; i++)
    {
      if (!populate (call, prefix, i, MIN (size, POPULATE_BYTES_MAX), error))
        return FALSE;
      cf_worker_breathe (call->worker);
    }
  cf_call_changed_all (call, (gsize) n);
  cf_call_effect (call, NULL, 0);
  cf_reply_ok (&call->reply);
  return TRUE;
}

/* -- Time ----------------------------------------------------------------- */

static gboolean
run_sleep (CfCall *call, GError **error)
{
  double seconds = 0;

  /* As lenient as Redis, which reads what it can. */
  if (!cf_parse_double (call->argv[2].data, call->argv[2].size, &seconds) ||
      !(seconds > 0))
    seconds = 0;
  seconds = MIN (seconds, 3600);
  if (!call->in_transaction)
    cf_worker_leave (call->worker);
  g_usleep ((gulong) (seconds * G_USEC_PER_SEC));
  if (!call->in_transaction)
    cf_worker_return (call->worker);
  cf_reply_ok (&call->reply);
  return TRUE;
}

static gboolean
run_set_active_expire (CfCall *call, GError **error)
{
  gint64 on = 0;

  (void) cf_parse_int64 (call->argv[2].data, call->argv[2].size, &on);
  cf_expirer_set_active (call->engine->expirer, on != 0);
  cf_reply_ok (&call->reply);
  return TRUE;
}

static gboolean
run_set_disable_deny (CfCall *call, GError **error)
{
  gint64 on = 0;

  (void) cf_parse_int64 (call->argv[2].data, call->argv[2].size, &on);
  g_atomic_int_set (&call->engine->scripts_may_debug, on != 0);
  cf_reply_ok (&call->reply);
  return TRUE;
}

/* -- Replies -------------------------------------------------------------- */

static void
reply_numbers (CfReply *reply)
{
  for (gint64 i = 0; i < 3; i++)
    cf_reply_int (reply, i);
}

static void
reply_attribute (CfReply *reply)
{
  if (reply->resp == 3)
    {
      cf_reply_attribute (reply, 1);
      cf_reply_bulk_string (reply, "key-popularity");
      cf_reply_array (reply, 2);
      cf_reply_bulk_string (reply, "key:123");
      cf_reply_int (reply, 90);
    }
  cf_reply_bulk_string (reply, "Some real reply following the attribute");
}

static void
reply_push (CfReply *reply)
{
  cf_reply_push (reply, 2);
  cf_reply_bulk_string (reply, "server-cpu-usage");
  cf_reply_int (reply, 42);
  cf_reply_bulk_string (reply, "Some real reply following the push reply");
}

static void
reply_map (CfReply *reply)
{
  cf_reply_map (reply, 3);
  for (gint64 i = 0; i < 3; i++)
    {
      cf_reply_int (reply, i);
      cf_reply_bool (reply, i == 1);
    }
}

static gboolean
run_protocol (CfCall *call, GError **error)
{
  CfReply *reply = &call->reply;

  if (cf_call_is (call, 2, "string"))
    cf_reply_bulk_string (reply, "Hello World");
  else if (cf_call_is (call, 2, "integer"))
    cf_reply_int (reply, 12345);
  else if (cf_call_is (call, 2, "double"))
    cf_reply_double (reply, 3.141);
  else if (cf_call_is (call, 2, "null"))
    cf_reply_null (reply);
  else if (cf_call_is (call, 2, "array"))
    cf_reply_array (reply, 3), reply_numbers (reply);
  else if (cf_call_is (call, 2, "set"))
    cf_reply_set (reply, 3), reply_numbers (reply);
  else if (cf_call_is (call, 2, "map"))
    reply_map (reply);
  else if (cf_call_is (call, 2, "attrib"))
    reply_attribute (reply);
  else if (cf_call_is (call, 2, "push"))
    {
      if (reply->resp < 3)
        return cf_throw (error, CF_ERROR_FAILED,
                         "RESP2 is not supported by this command");
      reply_push (reply);
    }
  else if (cf_call_is (call, 2, "true"))
    cf_reply_bool (reply, TRUE);
  else if (cf_call_is (call, 2, "false"))
    cf_reply_bool (reply, FALSE);
  else if (cf_call_is (call, 2, "verbatim"))
    cf_reply_verbatim (reply, "txt", CF_SLICE ("This is a verbatim\nstring"));
  else if (cf_call_is (call, 2, "bignum"))
    cf_reply_bignum (reply, CF_SLICE ("1234567999999999999999999999999999999"));
  else
    return cf_throw (error, CF_ERROR_FAILED,
                     "Wrong protocol type name. Please use one of the "
                     "following: string|integer|double|bignum|null|array|set|"
                     "map|attrib|push|verbatim|true|false");
  return TRUE;
}

/* The reply is an error with just these words. */
static gboolean
run_error (CfCall *call, GError **error)
{
  g_autofree char *text = cf_call_dup_text (call, 2, error);

  return text != NULL && cf_throw (error, CF_ERROR_VERBATIM, "%s", text);
}

static gboolean
run_log (CfCall *call, GError **error)
{
  g_autofree char *text =
      g_strndup (call->argv[2].data, MIN (call->argv[2].size, 1024));
  g_autofree char *shown = g_strescape (text, NULL);

  g_message ("DEBUG LOG: %s", shown);
  cf_reply_ok (&call->reply);
  return TRUE;
}

static gboolean
run_replybuffer (CfCall *call, GError **error)
{
  gint64 reset_ms;

  if (!cf_call_is (call, 2, "PEAK-RESET-TIME"))
    return cf_call_usage_error (call, error);
  if (cf_call_is (call, 3, "NEVER"))
    reset_ms = G_MAXINT64;
  else if (cf_call_is (call, 3, "RESET"))
    reset_ms = CF_REPLY_PEAK_RESET_MS;
  else if (!cf_call_get_int (call, 3, &reset_ms, error))
    return FALSE;
  __atomic_store_n (&call->engine->reply_peak_reset_ms, reset_ms,
                    __ATOMIC_RELAXED);
  cf_reply_ok (&call->reply);
  return TRUE;
}

static gboolean run_help (CfCall *call, GError **error);

static const Subcommand subcommands[] = {
  { "DIGEST", 2, 2, run_digest, "", "Returns a digest of all data." },
  { "DIGEST-VALUE", 2, G_MAXUINT, run_digest_value, " <key> ...",
    "Returns a digest of each key's value." },
  { "ERROR", 3, 3, run_error, " <message>", "Replies with this error." },
  { "HELP", 2, 2, run_help, "", "Prints this help." },
  { "LISTPACK", 3, 3, run_listpack, " <key>",
    "Tells whether a value is a listpack." },
  { "LOG", 3, 3, run_log, " <message>", "Writes a line to the log." },
  { "OBJECT", 3, 3, run_object, " <key>", "Tells how a value is kept." },
  { "PAUSE-CRON", 3, 3, run_pause_cron, " (0|1)",
    "Accepted, and without effect." },
  { "POPULATE", 3, 5, run_populate, " <count> [<prefix>] [<size>]",
    "Makes keys that are not there yet." },
  { "PROTOCOL", 3, 3, run_protocol, " <type>",
    "Replies with a value of a type of the protocol." },
  { "QUICKLIST-PACKED-THRESHOLD", 3, 3, run_packed_threshold, " <size>",
    "Sets from which size on an element of a list is by itself." },
  { "RELOAD", 2, G_MAXUINT, run_reload, " [<option> ...]",
    "Writes every value as a file has it, and reads it back." },
  { "REPLYBUFFER", 4, 4, run_replybuffer,
    " PEAK-RESET-TIME (<milliseconds>|NEVER|RESET)",
    "Sets for how long CLIENT LIST shows the peak of a reply buffer." },
  { "SET-ACTIVE-EXPIRE", 3, 3, run_set_active_expire, " (0|1)",
    "Stops or starts removing keys at their deadline." },
  { "SET-DISABLE-DENY-SCRIPTS", 3, 3, run_set_disable_deny, " (0|1)",
    "Lets scripts run DEBUG PROTOCOL and SLEEP, or not." },
  { "SLEEP", 3, 3, run_sleep, " <seconds>",
    "Does nothing for a while; other clients are served." },
};

static gboolean
run_help (CfCall *call, GError **error)
{
  cf_reply_array (&call->reply, 1 + 2 * G_N_ELEMENTS (subcommands));
  cf_reply_status (&call->reply, "DEBUG <subcommand> [<arg> [value] [opt] "
                                 "...]. Subcommands are:");
  for (gsize i = 0; i < G_N_ELEMENTS (subcommands); i++)
    {
      g_autofree char *first =
          g_strconcat (subcommands[i].name, subcommands[i].usage, NULL);
      g_autofree char *second =
          g_strconcat ("    ", subcommands[i].summary, NULL);

      cf_reply_status (&call->reply, first);
      cf_reply_status (&call->reply, second);
    }
  return TRUE;
}

static gboolean
run_debug (CfCall *call, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (subcommands); i++)
    if (cf_call_is (call, 1, subcommands[i].name) &&
        call->argc >= subcommands[i].least && call->argc <= subcommands[i].most)
      return subcommands[i].run (call, error);
  return cf_call_usage_error (call, error);
}

static gboolean
get_keys (const CfSlice *argv, guint argc, GArray *positions)
{
  guint last =
      cf_slice_is (argv[1], "DIGEST-VALUE") ? argc - 1
      : cf_slice_is (argv[1], "OBJECT") || cf_slice_is (argv[1], "LISTPACK")
          ? MIN (argc - 1, 2)
          : 0;

  for (guint i = 2; i <= last; i++)
    g_array_append_val (positions, i);
  return TRUE;
}

static const CfCommand commands[] = {
  {
      .name = "DEBUG",
      .summary = "Looks inside, for tests.",
      .since = "1.0.0",
      .complexity = "Depends on subcommand.",
      .run = run_debug,
      .arity = -2,
      .flags = CF_COMMAND_ADMIN | CF_COMMAND_NOSCRIPT | CF_COMMAND_LOADING |
               CF_COMMAND_STALE | CF_COMMAND_WALKS | CF_COMMAND_NO_TOUCH |
               CF_COMMAND_LONG | CF_COMMAND_PROTECTED,
      .get_keys = get_keys,
  },
};

const CfFamily cf_debug_family = {
  .group = "server",
  .commands = commands,
  .n_commands = G_N_ELEMENTS (commands),
};
