/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>
#include <glib/gi18n.h>

#include "base/error.h"
#include "client/mass-insert.h"

/* Invariants: replies are read whenever there are any, so that neither side
 * waits for the other to read.  After the input an ECHO of a word that nothing
 * else can answer with is sent; its reply is the last. */
typedef struct
{
  CfRemote *remote; /* (not owned) */
  int fd;           /* where the commands come from */
  char chunk[16 * 1024];
  const char *data; /* (not owned) (array length=left) not sent yet */
  gsize left;
  GString *ending; /* (owned) (nullable) what ends it, once that is due */
  char word[21];
  gint64 n_replies, n_errors;
} Insertion;

static void
make_ending (Insertion *self)
{
  for (gsize i = 0; i + 1 < sizeof self->word; i++)
    self->word[i] = (char) ('a' + g_random_int_range (0, 26));
  self->ending = g_string_new (NULL);
  /* The newline completes a last command that lacks its own. */
  g_string_append_printf (
      self->ending, "\r\n*2\r\n$4\r\nECHO\r\n$%" G_GSIZE_FORMAT "\r\n%s\r\n",
      sizeof self->word - 1, self->word);
  self->data = self->ending->str;
  self->left = self->ending->len;
}

static gboolean
read_chunk (Insertion *self, GError **error)
{
  ssize_t size;

  do
    size = read (self->fd, self->chunk, sizeof self->chunk);
  while (size < 0 && errno == EINTR);
  if (size < 0)
    return cf_throw (error, CF_ERROR_FAILED, "%s",
                     _ ("Cannot read standard input"));
  self->data = self->chunk;
  self->left = (gsize) size;
  if (size == 0)
    {
      make_ending (self);
      puts (_ ("All data transferred. Waiting for the last reply..."));
      fflush (stdout);
    }
  return TRUE;
}

/* Returns TRUE if it was the last. */
static gboolean
count_reply (Insertion *self, const CfReplyTree *reply)
{
  if (self->ending != NULL && reply->kind == CF_REPLY_TREE_STRING &&
      cf_reply_tree_is (reply, self->word))
    {
      puts (_ ("Last reply received from server."));
      return TRUE;
    }
  if (reply->kind == CF_REPLY_TREE_ERROR)
    {
      fprintf (stderr, "%s\n", reply->text);
      self->n_errors++;
    }
  if (reply->kind != CF_REPLY_TREE_PUSH)
    self->n_replies++;
  return FALSE;
}

static gboolean
transfer (Insertion *self, gint64 timeout_us, GError **error)
{
  for (;;)
    {
      g_autoptr (CfReplyTree) reply = NULL;
      gsize sent = 0;

      if (self->left == 0 && self->ending == NULL && !read_chunk (self, error))
        return FALSE;
      if (!cf_remote_exchange (self->remote, self->data, self->left, &sent,
                               self->ending != NULL ? timeout_us : -1, &reply,
                               error))
        return FALSE;
      self->data += sent;
      self->left -= sent;
      if (reply != NULL && count_reply (self, reply))
        return TRUE;
      if (reply == NULL && sent == 0)
        {
          fprintf (stderr, _ ("No replies for %d seconds: exiting.\n"),
                   (int) (timeout_us / G_USEC_PER_SEC));
          self->n_errors++;
          return TRUE;
        }
    }
}

/**
 * cf_mass_insert:
 * @remote: the server, connected
 * @options: how long to wait for the last reply
 * @input_fd: where the commands come from
 * @error: return location for an error, or %NULL
 *
 * Sends what @input_fd has, tells the errors among the replies, and in the end
 * how many of both there were.
 *
 * Returns: %FALSE if the connection was lost or a reply was an error; @error
 *   is set only for the first
 */
gboolean
cf_mass_insert (CfRemote *remote,
                const CfClientOptions *options,
                int input_fd,
                GError **error)
{
  g_autofree Insertion *self = g_new0 (Insertion, 1);
  gboolean ended;

  self->remote = remote;
  self->fd = input_fd;
  ended = transfer (self, options->pipe_timeout_us, error);
  if (ended)
    printf (_ ("errors: %" PRId64 ", replies: %" PRId64 "\n"), self->n_errors,
            self->n_replies);
  if (self->ending != NULL)
    g_string_free (self->ending, TRUE);
  return ended && self->n_errors == 0;
}
