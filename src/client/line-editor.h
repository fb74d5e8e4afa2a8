/* SPDX-License-Identifier: GPL-3.0-or-later */
/* line-editor.h -- lines from the terminal, edited, or from standard input.
 *
 * With readline there are a history, kept in a file, and completion of
 * words; without, or when standard input is no terminal, neither.
 *
 * Thread safety: one editor a process, for the main thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _CfLineEditor CfLineEditor;

CfLineEditor *cf_line_editor_new (void);
void cf_line_editor_free (CfLineEditor *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfLineEditor, cf_line_editor_free)

gboolean cf_line_editor_is_terminal (const CfLineEditor *self);
/* What the word that begins with @start, after what stands @before it on the
 * line, may become. (transfer full) */
typedef GStrv (*CfCompleteFunc) (const char *before,
                                 const char *start,
                                 gpointer data);
void cf_line_editor_set_complete (CfLineEditor *self,
                                  CfCompleteFunc complete,
                                  gpointer data);
/* Asked for news again and again while the user is typing. (transfer full)
 * (nullable) */
typedef char *(*CfNewsFunc) (gpointer data);
void
cf_line_editor_set_news (CfLineEditor *self, CfNewsFunc news, gpointer data);
gboolean
cf_line_editor_read (CfLineEditor *self, const char *prompt, GString *line);
void cf_line_editor_remember (CfLineEditor *self, const char *line);

G_END_DECLS
