/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <glib/gi18n.h>

#include "base/crc.h"
#include "base/error.h"
#include "base/number.h"
#include "client/fetch-rdb.h"

#define MARK_SIZE 40
#define HEADER_SIZE_MAX 4096
#define FOOTER_SIZE 10 /* of a payload: two bytes of version, eight of CRC */
#define VERSION_MAX 9999
#define RDB_END '\xff'

/* Invariant: what is in @tail came after all that was written. */
typedef struct
{
  CfRemote *remote; /* (not owned) */
  const char *path; /* (not owned) "-": standard output */
  int fd;           /* of the file; -1 before it is open */
  GString *tail;    /* (owned) received, not written */
  gboolean has_mark;
  char mark[MARK_SIZE];
  guint64 size;    /* of the file, without a mark */
  guint64 written; /* bytes */
} Fetch;

/* ---- The file ----------------------------------------------------------- */

static gboolean
fail (const Fetch *self, const char *what, GError **error)
{
  return cf_throw (error, CF_ERROR_FAILED, "%s '%s': %s", what, self->path,
                   g_strerror (errno));
}

static gboolean
open_file (Fetch *self, GError **error)
{
  if (g_str_equal (self->path, "-"))
    self->fd = STDOUT_FILENO;
  else
    self->fd =
        open (self->path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0644);
  return self->fd >= 0 || fail (self, _ ("Error opening"), error);
}

static gboolean
write_bytes (Fetch *self, const char *data, gsize size, GError **error)
{
  while (size > 0)
    {
      ssize_t n = write (self->fd, data, size);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return fail (self, _ ("Error writing"), error);
      data += n;
      size -= (gsize) n;
      self->written += (gsize) n;
    }
  return TRUE;
}

/* A disk that fills up may say so only now. */
static gboolean
close_file (Fetch *self, GError **error)
{
  int fd = self->fd;

  self->fd = -1;
  if (fd == STDOUT_FILENO)
    return TRUE;
  if (fsync (fd) < 0 && errno != EINVAL)
    {
      fail (self, _ ("Error writing"), error);
      close (fd);
      return FALSE;
    }
  return close (fd) == 0 || fail (self, _ ("Error writing"), error);
}

/* ---- As a replica ------------------------------------------------------- */

typedef enum
{
  ANSWER_LOST,
  ANSWER_REFUSED,
  ANSWER_OK,
} Answer;

static Answer
configure (Fetch *self, const char *name, const char *value, GError **error)
{
  g_autoptr (CfReplyTree) reply = NULL;

  g_printerr (_ ("sending REPLCONF %s %s\n"), name, value);
  reply = cf_remote_call (self->remote, error, "REPLCONF", name, value, NULL);
  if (reply == NULL)
    return ANSWER_LOST;
  if (reply->kind != CF_REPLY_TREE_ERROR)
    return ANSWER_OK;
  g_printerr (_ ("REPLCONF %s error: %s\n"), name, reply->text);
  return ANSWER_REFUSED;
}

static gboolean
receive_more (Fetch *self, GError **error)
{
  const char *data;
  gsize size;

  if (!cf_remote_receive_bytes (self->remote, &data, &size, error))
    return FALSE;
  g_string_append_len (self->tail, data, (gssize) size);
  return TRUE;
}

/* "$SIZE" or "$EOF:MARK" */
static gboolean
parse_header (Fetch *self, const char *line, gsize size, GError **error)
{
  if (size == 5 + MARK_SIZE && memcmp (line, "$EOF:", 5) == 0)
    {
      self->has_mark = TRUE;
      memcpy (self->mark, line + 5, MARK_SIZE);
      g_printerr (_ ("SYNC sent to master, writing bytes of bulk transfer "
                     "until EOF marker to '%s'\n"),
                  self->path);
      return TRUE;
    }
  if (size == 0 || line[0] != '$' ||
      !cf_parse_uint64 (line + 1, size - 1, &self->size))
    return cf_throw (error, CF_ERROR_FAILED,
                     _ ("SYNC with master failed: "
                        "%.*s"),
                     (int) size, line);
  g_printerr (_ ("SYNC sent to master, writing %" PRIu64 " bytes to '%s'\n"),
              self->size, self->path);
  return TRUE;
}

/* Newlines before it say that the server is still at work. */
static gboolean
receive_header (Fetch *self, GError **error)
{
  const char *end;
  gsize size;

  while ((end = memchr (self->tail->str, '\n', self->tail->len)) == NULL ||
         end == self->tail->str)
    {
      if (end != NULL)
        g_string_erase (self->tail, 0, 1);
      else if (self->tail->len > HEADER_SIZE_MAX)
        return cf_throw (error, CF_ERROR_FAILED, "%s",
                         _ ("SYNC with master failed: no header"));
      else if (!receive_more (self, error))
        return FALSE;
    }
  size = (gsize) (end - self->tail->str);
  if (!parse_header (self, self->tail->str,
                     size > 0 && end[-1] == '\r' ? size - 1 : size, error))
    return FALSE;
  g_string_erase (self->tail, 0, (gssize) size + 1);
  return TRUE;
}

/* Whether the tail ends what was asked for; takes a mark off it. */
static gboolean
is_complete (Fetch *self)
{
  gsize size = self->tail->len;

  if (!self->has_mark)
    return self->written + size >= self->size;
  if (size < MARK_SIZE ||
      memcmp (self->tail->str + size - MARK_SIZE, self->mark, MARK_SIZE) != 0)
    return FALSE;
  g_string_truncate (self->tail, size - MARK_SIZE);
  return TRUE;
}

static gboolean
write_tail (Fetch *self, gsize size, GError **error)
{
  if (!write_bytes (self, self->tail->str, size, error))
    return FALSE;
  g_string_erase (self->tail, 0, (gssize) size);
  return TRUE;
}

static gboolean
copy (Fetch *self, GError **error)
{
  while (!is_complete (self))
    {
      gsize kept = self->has_mark ? MIN (self->tail->len, MARK_SIZE) : 0;

      if (!write_tail (self, self->tail->len - kept, error) ||
          !receive_more (self, error))
        return FALSE;
    }
  return write_tail (self,
                     self->has_mark
                         ? self->tail->len
                         : MIN (self->tail->len, self->size - self->written),
                     error) &&
         close_file (self, error);
}

static gboolean
fetch_as_replica (Fetch *self, GError **error)
{
  if (!cf_remote_send_bytes (self->remote, "SYNC\r\n", 6, error) ||
      !receive_header (self, error) || !open_file (self, error) ||
      !copy (self, error))
    return FALSE;
  if (self->has_mark)
    g_printerr (_ ("Transfer finished with success after %" PRIu64 " bytes\n"),
                self->written);
  else
    g_printerr ("%s\n", _ ("Transfer finished with success."));
  return TRUE;
}

/* ---- By FUNCTION DUMP --------------------------------------------------- */

static GString *
make_file (const CfReplyTree *payload)
{
  GString *file = g_string_new (NULL);
  gsize size = payload->size - FOOTER_SIZE;
  const guchar *version = (const guchar *) payload->text + size;
  guint64 crc;

  g_string_printf (file, "REDIS%04d",
                   MIN (version[0] | version[1] << 8, VERSION_MAX));
  g_string_append_len (file, payload->text, (gssize) size);
  g_string_append_c (file, RDB_END);
  crc = GUINT64_TO_LE (cf_crc64 (0, cf_slice (file->str, file->len)));
  g_string_append_len (file, (const char *) &crc, sizeof crc);
  return file;
}

static gboolean
fetch_dump (Fetch *self, GError **error)
{
  g_autoptr (GString) file = NULL;
  g_autoptr (CfReplyTree) reply = NULL;

  g_printerr ("%s\n", _ ("The server has no replicas; sending FUNCTION DUMP"));
  reply = cf_remote_call (self->remote, error, "FUNCTION", "DUMP", NULL);
  if (reply == NULL)
    return FALSE;
  if (reply->kind != CF_REPLY_TREE_STRING || reply->size < FOOTER_SIZE)
    return cf_throw (error, CF_ERROR_FAILED, "%s",
                     _ ("Failed requesting functions only RDB from server, "
                        "aborting"));
  file = make_file (reply);
  if (!open_file (self, error) ||
      !write_bytes (self, file->str, file->len, error) ||
      !close_file (self, error))
    return FALSE;
  g_printerr ("%s\n", _ ("Transfer finished with success."));
  return TRUE;
}

static gboolean
fetch (Fetch *self, GError **error)
{
  Answer answer = configure (self, "capa", "eof", error);

  if (answer != ANSWER_LOST)
    answer = configure (self, "rdb-only", "1", error);
  if (answer != ANSWER_LOST)
    answer = configure (self, "rdb-filter-only", "functions", error);
  if (answer == ANSWER_LOST)
    return FALSE;
  return answer == ANSWER_OK ? fetch_as_replica (self, error)
                             : fetch_dump (self, error);
}

/**
 * cf_fetch_rdb:
 * @remote: a server, connected
 * @path: where to put the functions that it has; "-" for standard output
 * @error: return location for an error, or %NULL
 *
 * Tells on standard error what goes on.  The connection is of no use after.
 *
 * Returns: %FALSE if there is no such file now, or half of it
 */
gboolean
cf_fetch_rdb (CfRemote *remote, const char *path, GError **error)
{
  Fetch self = { .remote = remote, .path = path, .fd = -1 };
  gboolean is_done;

  self.tail = g_string_new (NULL);
  is_done = fetch (&self, error);
  if (self.fd >= 0 && self.fd != STDOUT_FILENO)
    close (self.fd);
  g_string_free (self.tail, TRUE);
  cf_remote_close (remote);
  return is_done;
}
