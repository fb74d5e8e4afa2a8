/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef HAVE_READLINE
#include <readline/history.h>
#include <readline/readline.h>
#endif

#include "client/line-editor.h"

#define HISTORY_LINES 1000
#define WORD_BREAKS " \t\n"

struct _CfLineEditor
{
  gboolean is_terminal;
  char *history_path;      /* (owned) (nullable) */
  CfCompleteFunc complete; /* (nullable) */
  gpointer complete_data;
  GStrv found;     /* (owned) (nullable) what the last word may become */
  CfNewsFunc news; /* (nullable) */
  gpointer news_data;
  char *buffer; /* (owned) (nullable) getline()'s */
  size_t reserved;
};

#ifdef HAVE_READLINE

/* readline knows no user data. */
static CfLineEditor *the_editor;

static char *
next_found (const char *start, int state)
{
  static guint next;
  const char *word;

  (void) start;
  if (state == 0)
    next = 0;
  word = the_editor->found[next];
  if (word == NULL)
    return NULL;
  next++;
  return strdup (word);
}

static char **
complete_text (const char *text, int start, int end)
{
  g_autofree char *before = g_strndup (rl_line_buffer, (gsize) start);

  (void) end;
  rl_attempted_completion_over = 1;
  if (the_editor->complete == NULL)
    return NULL;
  g_strfreev (the_editor->found);
  the_editor->found =
      the_editor->complete (before, text, the_editor->complete_data);
  return rl_completion_matches (text, next_found);
}

/* Shows what came above the line that is being typed. */
static int
show_news (void)
{
  g_autofree char *text = NULL;

  if (the_editor->news != NULL)
    text = the_editor->news (the_editor->news_data);
  if (text == NULL)
    return 0;
  rl_clear_visible_line ();
  fputs (text, stdout);
  fflush (stdout);
  rl_on_new_line ();
  rl_redisplay ();
  return 0;
}

static void
set_up_terminal (CfLineEditor *self)
{
  g_autofree char *folder =
      g_build_filename (g_get_user_state_dir (), PACKAGE, NULL);
  const char *path = g_getenv ("COFFER_HISTFILE");

  the_editor = self;
  rl_readline_name = PACKAGE;
  rl_attempted_completion_function = complete_text;
  rl_completer_word_break_characters = (char *) WORD_BREAKS;
  rl_event_hook = show_news;
  using_history ();
  stifle_history (HISTORY_LINES);
  if (path != NULL)
    self->history_path = g_strdup (path);
  else if (g_mkdir_with_parents (folder, 0700) == 0)
    self->history_path = g_build_filename (folder, "history", NULL);
  if (self->history_path != NULL)
    read_history (self->history_path);
}

static gboolean
read_terminal (CfLineEditor *self, const char *prompt, GString *line)
{
  char *typed = readline (prompt);

  if (typed == NULL)
    return FALSE;
  g_string_assign (line, typed);
  free (typed);
  return TRUE;
}

static void
remember (CfLineEditor *self, const char *line)
{
  HIST_ENTRY *last = history_length > 0
                         ? history_get (history_base + history_length - 1)
                         : NULL;

  if (last != NULL && strcmp (last->line, line) == 0)
    return;
  add_history (line);
  if (self->history_path == NULL)
    return;
  /* To a file that does not exist nothing can be appended. */
  if (append_history (1, self->history_path) != 0)
    write_history (self->history_path);
  chmod (self->history_path, 0600);
}

#else

static gboolean read_stream (CfLineEditor *self, GString *line);

static void
set_up_terminal (CfLineEditor *self)
{
}

static gboolean
read_terminal (CfLineEditor *self, const char *prompt, GString *line)
{
  fputs (prompt, stdout);
  fflush (stdout);
  return read_stream (self, line);
}

static void
remember (CfLineEditor *self, const char *line)
{
}

#endif

static gboolean
read_stream (CfLineEditor *self, GString *line)
{
  ssize_t size = getline (&self->buffer, &self->reserved, stdin);

  if (size < 0)
    return FALSE;
  if (size > 0 && self->buffer[size - 1] == '\n')
    size--;
  g_string_truncate (line, 0);
  g_string_append_len (line, self->buffer, size);
  return TRUE;
}

/**
 * cf_line_editor_new:
 *
 * Returns: (transfer full): an editor of standard input
 */
CfLineEditor *
cf_line_editor_new (void)
{
  CfLineEditor *self = g_new0 (CfLineEditor, 1);

  self->is_terminal = isatty (STDIN_FILENO) != 0;
  if (self->is_terminal)
    set_up_terminal (self);
  return self;
}

/**
 * cf_line_editor_free:
 * @self: (nullable) (transfer full): an editor
 *
 * Frees the editor.
 */
void
cf_line_editor_free (CfLineEditor *self)
{
  if (self == NULL)
    return;
  g_free (self->history_path);
  g_strfreev (self->found);
  free (self->buffer);
  g_free (self);
}

/**
 * cf_line_editor_is_terminal:
 * @self: an editor
 *
 * Returns: %TRUE if somebody sits before it
 */
gboolean
cf_line_editor_is_terminal (const CfLineEditor *self)
{
  return self->is_terminal;
}

/**
 * cf_line_editor_set_complete:
 * @self: an editor
 * @complete: (nullable): finds what a word may become
 * @data: what to call @complete with
 */
void
cf_line_editor_set_complete (CfLineEditor *self,
                             CfCompleteFunc complete,
                             gpointer data)
{
  self->complete = complete;
  self->complete_data = data;
}

/**
 * cf_line_editor_set_news:
 * @self: an editor
 * @news: (nullable): gives text to be shown while the user may be typing
 * @data: what to call @news with
 */
void
cf_line_editor_set_news (CfLineEditor *self, CfNewsFunc news, gpointer data)
{
  self->news = news;
  self->news_data = data;
}

/**
 * cf_line_editor_read:
 * @self: an editor
 * @prompt: what to show before the line on a terminal
 * @line: where to put the line, without its end
 *
 * Returns: %FALSE if there are no more lines
 */
gboolean
cf_line_editor_read (CfLineEditor *self, const char *prompt, GString *line)
{
  return self->is_terminal ? read_terminal (self, prompt, line)
                           : read_stream (self, line);
}

/**
 * cf_line_editor_remember:
 * @self: an editor
 * @line: a line that is to be in the history
 */
void
cf_line_editor_remember (CfLineEditor *self, const char *line)
{
  if (self->is_terminal)
    remember (self, line);
}
