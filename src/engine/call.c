/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/memory.h"
#include "base/number.h"
#include "engine/call.h"
#include "engine/events.h"

#define LEAST_ELEMENT 6 /* bytes of an element in a reply */

/* -- Arguments ------------------------------------------------------------ */

/**
 * cf_call_get_int:
 * @self: a call
 * @i: the number of an argument it has
 * @value: (out): where to put the argument's value
 * @error: return location for an error, or %NULL
 *
 * Returns: %TRUE if the argument is a whole number
 */
gboolean
cf_call_get_int (const CfCall *self, guint i, gint64 *value, GError **error)
{
  if (cf_parse_int64 (self->argv[i].data, self->argv[i].size, value))
    return TRUE;
  return cf_throw (error, CF_ERROR_NOT_INTEGER,
                   "value is not an integer or out of range");
}

/**
 * cf_call_get_int_in:
 * @self: a call
 * @i: the number of an argument it has
 * @least: the least value that is accepted
 * @most: the greatest one
 * @value: (out): where to put the argument's value
 * @error: return location for an error, or %NULL
 *
 * Returns: %TRUE if the argument is a whole number in the range
 */
gboolean
cf_call_get_int_in (const CfCall *self,
                    guint i,
                    gint64 least,
                    gint64 most,
                    gint64 *value,
                    GError **error)
{
  gboolean is_int = cf_call_get_int (self, i, value, NULL);

  if (is_int && *value >= least && *value <= most)
    return TRUE;
  if (least == 0 && most == G_MAXINT64)
    return cf_throw (error, CF_ERROR_FAILED,
                     "value is out of range, must be positive");
  if (!is_int)
    return cf_call_get_int (self, i, value, error);
  return cf_throw (error, CF_ERROR_FAILED,
                   "value is out of range, value must between %" G_GINT64_FORMAT
                   " and %" G_GINT64_FORMAT,
                   least, most);
}

/**
 * cf_call_get_double:
 * @self: a call
 * @i: the number of an argument
 * @value: (out): its value
 * @error: return location for an error, or %NULL
 *
 * Reads an argument as a floating-point number.
 *
 * Returns: %FALSE if it is none
 */
gboolean
cf_call_get_double (const CfCall *self, guint i, double *value, GError **error)
{
  if (cf_parse_double (self->argv[i].data, self->argv[i].size, value))
    return TRUE;
  return cf_throw (error, CF_ERROR_FAILED, "value is not a valid float");
}

/**
 * cf_call_is:
 * @self: a call
 * @i: the number of an argument, which may be missing
 * @word: a word in upper case
 *
 * Returns: %TRUE if the argument is the word, in whatever case
 */
gboolean
cf_call_is (const CfCall *self, guint i, const char *word)
{
  return i < self->argc && cf_slice_is (self->argv[i], word);
}

/**
 * cf_call_syntax_error:
 * @error: return location for an error, or %NULL
 *
 * Throws what Redis says of options that it does not understand.
 *
 * Returns: %FALSE
 */
gboolean
cf_call_syntax_error (GError **error)
{
  return cf_throw (error, CF_ERROR_SYNTAX, "syntax error");
}

/**
 * cf_call_usage_error:
 * @self: the call of a subcommand
 * @error: return location for an error, or %NULL
 *
 * Says that there are too many or too few arguments, as Redis does where the
 * arity alone does not tell.
 *
 * Returns: %FALSE, always
 */
gboolean
cf_call_usage_error (const CfCall *self, GError **error)
{
  const CfCommandInfo *container =
      self->info->parent != NULL ? self->info->parent : self->info;

  return cf_throw (error, CF_ERROR_FAILED,
                   "unknown subcommand or wrong number of arguments for "
                   "'%.*s'. Try %s HELP.",
                   (int) MIN (self->argv[1].size, 128), self->argv[1].data,
                   container->command->name);
}

/**
 * cf_call_take_blob:
 * @self: a call
 * @i: the number of an argument
 *
 * Returns: (transfer full) (nullable): the blob that the argument is the
 *   whole of, if it stands in one; shared while the command runs, and the
 *   argument is good as long
 */
CfBlob *
cf_call_take_blob (CfCall *self, guint i)
{
  CfBlob *blob = NULL;

  if (self->argv[i].size < CF_REQUEST_BIG)
    return NULL;
  if (self->request != NULL)
    blob = cf_request_take_blob (self->request, i);
  else if (self->args != NULL)
    blob = cf_args_take_blob (self->args, i);
  if (blob == NULL)
    return NULL;
  if (self->taken == NULL)
    self->taken =
        g_ptr_array_new_with_free_func ((GDestroyNotify) cf_blob_unref);
  g_ptr_array_add (self->taken, cf_blob_ref (blob));
  return blob;
}

/**
 * cf_call_redact:
 * @self: a call
 * @i: the number of an argument
 *
 * Keeps the argument, a secret, out of the slow log and of MONITOR.
 */
void
cf_call_redact (CfCall *self, guint i)
{
  if (i < 64)
    self->redacted |= G_GUINT64_CONSTANT (1) << i;
}

/* -- Keys ----------------------------------------------------------------- */

/**
 * cf_call_key:
 * @self: a call
 * @i: the number of an argument that its declaration says is a key
 *
 * Returns: (transfer none): the key, with what is derived from it
 */
const CfKey *
cf_call_key (CfCall *self, guint i)
{
  /* Commands go through their keys in order: start where the last was. */
  for (gsize n = 0; n < self->n_keys; n++)
    {
      gsize at = self->key_hint;

      if (self->key_arguments[at] == i)
        return &self->keys[at];
      self->key_hint = at + 1 < self->n_keys ? at + 1 : 0;
    }
  g_error ("argument %u of %s is not declared as a key", i,
           self->info->full_name);
}

static void
note_access (CfCall *self, CfEntry *entry)
{
  if (!(self->session->flags & CF_SESSION_NO_TOUCH) &&
      !(self->info->command->flags & CF_COMMAND_NO_TOUCH))
    cf_keyspace_accessed (self->keyspace, entry, self->now_ms);
}

/**
 * cf_call_missed:
 * @self: a call
 * @key: a key that it wants to read and that is not there
 *
 * Sends the event, if anybody wants it.
 */
void
cf_call_missed (CfCall *self, CfSlice key)
{
  if (G_UNLIKELY (cf_events_want (self->engine, CF_EVENT_KEY_MISS)))
    cf_events_tell (self->engine, self->db, key, CF_NOTIFY_KEY_MISS, "keymiss");
}

/**
 * cf_call_read:
 * @self: a call
 * @i: the number of an argument that is a key
 *
 * Counts a hit or a miss.
 *
 * Returns: (transfer none) (nullable): the live entry at the key, good until
 *   the command ends or changes the key
 */
CfEntry *
cf_call_read (CfCall *self, guint i)
{
  CfEntry *entry = cf_keyspace_find (self->keyspace, self->hold, self->db,
                                     cf_call_key (self, i), self->now_ms);

  cf_stats_count (self->worker->stats,
                  entry != NULL ? CF_STAT_HITS : CF_STAT_MISSES, 1);
  if (entry != NULL)
    note_access (self, entry);
  else
    cf_call_missed (self, self->argv[i]);
  return entry;
}

/**
 * cf_call_write:
 * @self: a call
 * @i: the number of the argument that is the key
 *
 * Finds an entry that is to be changed.
 *
 * Returns: (nullable) (transfer none): the entry
 */
CfEntry *
cf_call_write (CfCall *self, guint i)
{
  CfEntry *entry = cf_keyspace_find (self->keyspace, self->hold, self->db,
                                     cf_call_key (self, i), self->now_ms);

  if (entry != NULL)
    note_access (self, entry);
  return entry;
}

/**
 * cf_call_check_type:
 * @entry: (nullable): an entry
 * @type: the type that it should have
 * @error: return location for an error, or %NULL
 *
 * Checks the type of an entry; a key without one has any.
 *
 * Returns: %FALSE if it is another
 */
gboolean
cf_call_check_type (const CfEntry *entry, CfType type, GError **error)
{
  if (entry == NULL || cf_entry_type (entry) == type)
    return TRUE;
  return cf_throw (error, CF_ERROR_WRONG_TYPE,
                   "Operation against a key holding the wrong kind of value");
}

/**
 * cf_call_read_string:
 * @self: a call
 * @i: the number of the argument that is the key
 * @entry: (out) (nullable) (transfer none): the entry
 * @error: return location for an error, or %NULL
 *
 * Finds an entry that is to be read and must be a string.
 *
 * Returns: %FALSE if it is of another type
 */
gboolean
cf_call_read_string (CfCall *self, guint i, CfEntry **entry, GError **error)
{
  *entry = cf_call_read (self, i);
  return cf_call_check_type (*entry, CF_TYPE_STRING, error);
}

/**
 * cf_call_write_string:
 * @self: a call
 * @i: the number of the argument that is the key
 * @entry: (out) (nullable) (transfer none): the entry
 * @error: return location for an error, or %NULL
 *
 * Finds an entry that is to be changed and must be a string.
 *
 * Returns: %FALSE if it is of another type
 */
gboolean
cf_call_write_string (CfCall *self, guint i, CfEntry **entry, GError **error)
{
  *entry = cf_call_write (self, i);
  return cf_call_check_type (*entry, CF_TYPE_STRING, error);
}

static gboolean
check_object (CfEntry *entry, CfType type, CfObject **object, GError **error)
{
  *object = NULL;
  if (!cf_call_check_type (entry, type, error))
    return FALSE;
  if (entry != NULL)
    *object = cf_entry_object (entry);
  return TRUE;
}

/**
 * cf_call_read_object:
 * @self: a call
 * @i: the number of the argument that is the key
 * @type: any type but string
 * @object: (out) (nullable) (transfer none): the value, or %NULL if there is
 *   no such key
 * @error: return location for an error, or %NULL
 *
 * Finds a collection that is to be read; others may read it at the same time.
 *
 * Returns: %FALSE if the key has a value of another type
 */
gboolean
cf_call_read_object (
    CfCall *self, guint i, CfType type, CfObject **object, GError **error)
{
  return check_object (cf_call_read (self, i), type, object, error);
}

/**
 * cf_call_write_object:
 * @self: a call
 * @i: the number of the argument that is the key
 * @type: any type but string
 * @object: (out) (nullable) (transfer none): the value, or %NULL if there is
 *   no such key
 * @error: return location for an error, or %NULL
 *
 * Finds a collection that is to be changed in place.
 *
 * Returns: %FALSE if the key has a value of another type
 */
gboolean
cf_call_write_object (
    CfCall *self, guint i, CfType type, CfObject **object, GError **error)
{
  return check_object (cf_call_write (self, i), type, object, error);
}

/**
 * cf_call_out_of_memory:
 * @error: return location for an error, or %NULL
 *
 * Throws that the system has no memory for a size that the client chose.
 *
 * Returns: %FALSE
 */
gboolean
cf_call_out_of_memory (GError **error)
{
  return cf_throw (error, CF_ERROR_OOM, CF_NO_MEMORY);
}

/**
 * cf_call_dup_text:
 * @self: a call
 * @i: number of an argument that is a name, though not of a key
 * @error: return location for an error, or %NULL
 *
 * Copies the argument up to its first zero byte.
 *
 * Returns: (transfer full) (nullable): it; %NULL if it is longer than
 *   CF_CALL_TEXT_MAX, as no sensible name is
 */
char *
cf_call_dup_text (const CfCall *self, guint i, GError **error)
{
  if (self->argv[i].size <= CF_CALL_TEXT_MAX)
    return g_strndup (self->argv[i].data, self->argv[i].size);
  (void) cf_call_out_of_memory (error);
  return NULL;
}

/* Whether somebody is to be told if @key is new, and it is. */
static inline gboolean
makes_event (CfCall *self, const CfKey *key)
{
  return G_UNLIKELY (cf_events_want (self->engine, CF_EVENT_NEW)) &&
         cf_keyspace_find (self->keyspace, self->hold, self->db, key,
                           self->now_ms) == NULL;
}

/**
 * cf_call_put:
 * @self: a call
 * @i: the number of an argument that is a key
 * @value: what to put there, whatever is there now; its blob or object is
 *   taken over on success
 * @deadline_ms: when the key expires, CF_NO_DEADLINE or CF_KEEP_DEADLINE
 * @entry: (out) (optional) (nullable): the entry that has the value now
 * @error: return location for an error, or %NULL
 *
 * Returns: %FALSE when there was no memory; nothing is changed then
 */
gboolean
cf_call_put (CfCall *self,
             guint i,
             const CfValue *value,
             gint64 deadline_ms,
             CfEntry **entry,
             GError **error)
{
  const CfKey *key = cf_call_key (self, i);
  gboolean is_new = makes_event (self, key);
  CfEntry *put = cf_keyspace_put (self->keyspace, self->hold, self->db, key,
                                  value, deadline_ms);

  if (put == NULL)
    return cf_call_out_of_memory (error);
  if (G_UNLIKELY (is_new))
    cf_call_added (self, self->db, key->bytes);
  if (entry != NULL)
    *entry = put;
  return TRUE;
}

/**
 * cf_call_put_entry:
 * @self: a call
 * @i: the number of an argument that is a key
 * @entry: (transfer full): an entry of that key
 *
 * Puts it there, whatever is there now.
 */
void
cf_call_put_entry (CfCall *self, guint i, CfEntry *entry)
{
  const CfKey *key = cf_call_key (self, i);
  gboolean is_new = makes_event (self, key);

  cf_keyspace_put_entry (self->keyspace, self->hold, self->db, key, entry);
  if (G_UNLIKELY (is_new))
    cf_call_added (self, self->db, key->bytes);
}

/**
 * cf_call_put_string:
 * @self: a call
 * @i: the number of an argument that is a key
 * @argument: the number of the argument that is to be its value
 * @deadline_ms: as for cf_call_put()
 * @error: return location for an error, or %NULL
 *
 * Like cf_call_put(), of an argument; without a copy if it stands in a blob.
 *
 * Returns: %FALSE when there was no memory; nothing is changed then
 */
gboolean
cf_call_put_string (
    CfCall *self, guint i, guint argument, gint64 deadline_ms, GError **error)
{
  g_autoptr (CfBlob) blob = cf_call_take_blob (self, argument);
  CfValue value = blob != NULL ? cf_value_blob (blob)
                               : cf_value_string (self->argv[argument]);

  if (!cf_call_put (self, i, &value, deadline_ms, NULL, error))
    return FALSE;
  g_steal_pointer (&blob);
  return TRUE;
}

/**
 * cf_call_put_object:
 * @self: a call
 * @i: the number of an argument that is a key
 * @object: (transfer full): what is to be its value, in place of any other
 * @deadline_ms: as for cf_call_put()
 * @error: return location for an error, or %NULL
 *
 * Like cf_call_put(), of a collection, which is freed on failure.
 *
 * Returns: %FALSE when there was no memory; nothing is changed then
 */
gboolean
cf_call_put_object (
    CfCall *self, guint i, CfObject *object, gint64 deadline_ms, GError **error)
{
  CfValue value = cf_value_object (object);

  if (cf_call_put (self, i, &value, deadline_ms, NULL, error))
    return TRUE;
  cf_value_drop (&value);
  return FALSE;
}

/**
 * cf_call_set_deadline:
 * @self: a call
 * @i: the number of the argument that is the key
 * @deadline_ms: when its entry expires, or %CF_NO_DEADLINE
 * @error: return location for an error, or %NULL
 *
 * Gives an entry that is there another deadline.
 *
 * Returns: %FALSE if there is no memory for it
 */
gboolean
cf_call_set_deadline (CfCall *self, guint i, gint64 deadline_ms, GError **error)
{
  if (cf_keyspace_set_deadline (self->keyspace, self->hold, self->db,
                                cf_call_key (self, i), deadline_ms) != NULL)
    return TRUE;
  return cf_call_out_of_memory (error);
}

/**
 * cf_call_remove:
 * @self: a call
 * @i: the number of the argument that is the key
 *
 * Removes an entry.
 *
 * Returns: %FALSE if there was none
 */
gboolean
cf_call_remove (CfCall *self, guint i)
{
  const CfKey *key = cf_call_key (self, i);

  /* One past its deadline is not there to be removed. */
  if (cf_keyspace_find (self->keyspace, self->hold, self->db, key,
                        self->now_ms) == NULL)
    return FALSE;
  return cf_keyspace_remove (self->keyspace, self->hold, self->db, key);
}

/* -- Replies -------------------------------------------------------------- */

/**
 * cf_call_reply_string:
 * @self: a call
 * @entry: (nullable): a string, or %NULL for the null reply
 */
void
cf_call_reply_string (CfCall *self, CfEntry *entry)
{
  char scratch[32];

  if (entry == NULL)
    cf_reply_null (&self->reply);
  else if (entry->flags & CF_ENTRY_BLOB)
    {
      CfBlob *blob = cf_entry_blob (entry);

      cf_reply_bulk_blob (&self->reply, blob, 0, blob->size);
    }
  else
    cf_reply_bulk (&self->reply, cf_entry_string (entry, scratch));
}

/**
 * cf_call_may_reply:
 * @self: a call
 * @n: how many elements the reply is to have
 * @error: return location for an error, or %NULL
 *
 * Guards against replies that no memory could hold.
 *
 * Returns: %FALSE if it is such a one
 */
gboolean
cf_call_may_reply (CfCall *self, guint64 n, GError **error)
{
  guint64 bytes = cf_memory_machine () / 4;
  CfOutputLimit limit;

  if (n <= CF_OBJECT_LARGE_ELEMENTS)
    return TRUE;
  cf_config_get_output_limit (self->engine->config, CF_CLIENT_NORMAL, &limit);
  if (limit.hard_bytes > 0)
    bytes = MIN (bytes, limit.hard_bytes);
  return n <= bytes / LEAST_ELEMENT || cf_call_out_of_memory (error);
}
