/* SPDX-License-Identifier: GPL-3.0-or-later */
/* canned.h -- a server on loopback that says what it was told to say.
 *
 * It takes one connection for each answer, reads until the peer stops sending
 * or, if @until is given, until that was read, answers and closes; or keeps
 * the connection for the next answer, if this one is with @goes_on.
 *
 * Thread safety: for the thread that started it.
 */
#pragma once

#include <gio/gio.h>

typedef struct
{
  const char *until; /* (nullable) */
  const char *answer;
  gboolean goes_on;
} CfCannedAnswer;

typedef struct _CfCanned CfCanned;

CfCanned *cf_canned_start (const CfCannedAnswer *answers, gsize n_answers);
guint16 cf_canned_get_port (const CfCanned *self);
char *cf_canned_finish (CfCanned *self);
