/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "linear/link.h"
#include "proto/reply-reader.h"

#define REPLY_BYTES_MAX (1 << 20)

struct _CfLink
{
  CfWire *wire;          /* (owned) */
  CfReplyReader *reader; /* (owned) */
  GString *requests;     /* (owned) not sent yet */
};

/**
 * cf_link_new:
 * @harness: a server
 *
 * Returns: (transfer full): a connection to it
 */
CfLink *
cf_link_new (const CfHarness *harness)
{
  CfLink *self = g_new0 (CfLink, 1);

  self->wire = cf_wire_open (harness);
  self->reader = cf_reply_reader_new (REPLY_BYTES_MAX);
  self->requests = g_string_new (NULL);
  return self;
}

void
cf_link_free (CfLink *self)
{
  if (self == NULL)
    return;
  cf_wire_close (self->wire);
  cf_reply_reader_free (self->reader);
  g_string_free (self->requests, TRUE);
  g_free (self);
}

/**
 * cf_link_add:
 * @self: a link
 * @line: words with a blank between any two
 *
 * Adds a request to those that cf_link_send() will send.
 */
void
cf_link_add (CfLink *self, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);

  g_string_append_printf (self->requests, "*%u\r\n", g_strv_length (words));
  for (guint i = 0; words[i] != NULL; i++)
    g_string_append_printf (self->requests, "$%zu\r\n%s\r\n", strlen (words[i]),
                            words[i]);
}

void
cf_link_send (CfLink *self)
{
  cf_wire_send (self->wire, self->requests->str, self->requests->len);
  g_string_truncate (self->requests, 0);
}

/**
 * cf_link_read:
 * @self: a link
 *
 * Returns: (transfer full): the next reply; the test fails if there is none
 */
CfReplyTree *
cf_link_read (CfLink *self)
{
  g_autoptr (GError) error = NULL;
  CfReplyTree *reply = NULL;
  char buffer[16 * 1024];

  for (;;)
    {
      gsize size;

      cf_reply_reader_next (self->reader, &reply, &error);
      g_assert_no_error (error);
      if (reply != NULL)
        return reply;
      size = cf_wire_receive (self->wire, buffer, sizeof buffer);
      if (size == 0)
        g_error ("the server closed the connection");
      cf_reply_reader_feed (self->reader, buffer, size, &error);
      g_assert_no_error (error);
    }
}

/**
 * cf_link_ask:
 * @self: a link that waits for no reply
 * @line: words with a blank between any two
 *
 * Returns: (transfer full): the reply to it
 */
CfReplyTree *
cf_link_ask (CfLink *self, const char *line)
{
  cf_link_add (self, line);
  cf_link_send (self);
  return cf_link_read (self);
}
