/* SPDX-License-Identifier: GPL-3.0-or-later */
/* link.h -- requests to a server as lines of words, and its replies as trees.
 *
 * Thread safety: a link belongs to one thread at a time.
 */
#pragma once

#include "daemon/harness.h"
#include "proto/reply-tree.h"

G_BEGIN_DECLS

typedef struct _CfLink CfLink;

CfLink *cf_link_new (const CfHarness *harness);
void cf_link_free (CfLink *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfLink, cf_link_free)

void cf_link_add (CfLink *self, const char *line);
void cf_link_send (CfLink *self);
CfReplyTree *cf_link_read (CfLink *self);
CfReplyTree *cf_link_ask (CfLink *self, const char *line);

G_END_DECLS
