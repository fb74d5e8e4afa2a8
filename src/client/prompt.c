/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <stdio.h>
#include <glib/gi18n.h>

#include "base/number.h"
#include "client/completion.h"
#include "client/interrupt.h"
#include "client/line-editor.h"
#include "client/prompt.h"
#include "proto/split.h"

/* How long a command may take before its time is told. */
#define SLOW_US (G_USEC_PER_SEC / 2)

typedef struct
{
  CfRunner *runner;               /* (not owned) */
  const CfClientOptions *options; /* (not owned) */
  CfLineEditor *editor;           /* (owned) */
} Prompt;

/**
 * cf_prompt_keeps_secret:
 * @argv: (array length=argc): what was typed
 * @argc: how many arguments that is
 *
 * Returns: %TRUE if it may hold a password, which belongs into no history
 */
gboolean
cf_prompt_keeps_secret (const CfSlice *argv, gsize argc)
{
  static const char *const secret_settings[] = { "masterauth", "masteruser",
                                                 "requirepass" };
  gsize first = 0;
  gint64 repeat;

  if (argc > 1 && cf_parse_int64 (argv[0].data, argv[0].size, &repeat))
    first = 1;
  if (argc == first)
    return FALSE;
  if (cf_slice_is (argv[first], "auth"))
    return TRUE;
  if (argc > first + 2 && cf_slice_is (argv[first], "acl"))
    return cf_slice_is (argv[first + 1], "setuser");
  for (gsize i = first + 1; i < argc; i++)
    {
      if ((cf_slice_is (argv[first], "hello") ||
           cf_slice_is (argv[first], "migrate")) &&
          (cf_slice_is (argv[i], "auth") || cf_slice_is (argv[i], "auth2")))
        return TRUE;
      for (gsize j = 0; j < G_N_ELEMENTS (secret_settings); j++)
        if (cf_slice_is (argv[first], "config") &&
            cf_slice_is (argv[i], secret_settings[j]))
          return TRUE;
    }
  return FALSE;
}

static gboolean
connect_to_server (Prompt *self)
{
  g_autoptr (GError) error = NULL;

  if (cf_runner_connect (self->runner, &error))
    return TRUE;
  fprintf (stderr, "%s\n", error->message);
  return FALSE;
}

static void
connect_elsewhere (Prompt *self, CfSlice host, CfSlice port)
{
  g_autofree char *name = g_strndup (host.data, host.size);
  guint64 number;

  if (!cf_parse_uint64 (port.data, port.size, &number) || number > 65535)
    {
      fprintf (stderr, "%s\n", _ ("Port is out of range"));
      return;
    }
  cf_runner_set_remote (self->runner,
                        cf_remote_new (name, (guint16) number, NULL));
  connect_to_server (self);
}

static void
tell_time (Prompt *self, gint64 start_us)
{
  gint64 elapsed_us = g_get_monotonic_time () - start_us;
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (elapsed_us < SLOW_US || self->options->style.format != CF_FORMAT_HUMAN)
    return;
  g_ascii_formatd (text, sizeof text, "%.2f",
                   (double) elapsed_us / G_USEC_PER_SEC);
  printf ("(%ss)\n", text);
}

static void
run_command (Prompt *self, const CfSlice *argv, gsize argc, gint64 repeat)
{
  g_autoptr (GError) error = NULL;
  gint64 start_us = g_get_monotonic_time ();
  CfRemote *remote = cf_runner_get_remote (self->runner);
  gboolean is_terminal = cf_line_editor_is_terminal (self->editor);
  CfRunOutcome outcome;

  if (!cf_remote_is_connected (remote) && !connect_to_server (self))
    return;
  if (is_terminal)
    cf_interrupt_watch (cf_remote_get_fd (remote));
  outcome = cf_runner_run (self->runner, argv, argc, repeat, &error);
  if (is_terminal && cf_interrupt_end ())
    {
      puts ("");
      connect_to_server (self);
      return;
    }
  if (outcome == CF_RUN_LOST)
    {
      fprintf (stderr, _ ("Error: %s\n"), error->message);
      return;
    }
  tell_time (self, start_us);
}

/* "5 PING" runs PING five times. */
static void
run_repeated (Prompt *self, const CfSlice *argv, gsize argc)
{
  gint64 repeat = 1;

  if (argc > 1 && cf_parse_int64 (argv[0].data, argv[0].size, &repeat))
    {
      if (repeat <= 0)
        {
          printf ("%s\n", _ ("Invalid number of repetitions"));
          return;
        }
      argv++;
      argc--;
    }
  run_command (self, argv, argc, repeat);
}

/* Returns FALSE if that was the last. */
static gboolean
run_args (Prompt *self, const CfSlice *argv, gsize argc)
{
  if (cf_slice_is (argv[0], "quit") || cf_slice_is (argv[0], "exit"))
    return FALSE;
  if (argv[0].size > 0 && argv[0].data[0] == ':')
    {
      if (argc != 2 || !cf_slice_is (argv[0], ":set") ||
          !(cf_slice_is (argv[1], "hints") || cf_slice_is (argv[1], "nohints")))
        printf (_ ("unknown preference '%.*s'\n"), (int) argv[0].size,
                argv[0].data);
    }
  else if (argc == 1 && cf_slice_is (argv[0], "clear"))
    fputs ("\033[H\033[2J", stdout);
  else if (argc == 3 && cf_slice_is (argv[0], "connect"))
    connect_elsewhere (self, argv[1], argv[2]);
  else
    run_repeated (self, argv, argc);
  return TRUE;
}

static gboolean
run_line (Prompt *self, GString *line)
{
  g_autoptr (GArray) spans = g_array_new (FALSE, FALSE, sizeof (CfSpan));
  g_autoptr (GArray) args = g_array_new (FALSE, FALSE, sizeof (CfSlice));
  g_autofree char *typed = g_strdup (line->str);
  gboolean fits = cf_split_args (line->str, line->len, spans);
  const CfSlice *argv;

  for (guint i = 0; i < spans->len; i++)
    {
      const CfSpan *span = &g_array_index (spans, CfSpan, i);
      CfSlice arg = cf_slice (line->str + span->offset, span->size);

      g_array_append_val (args, arg);
    }
  argv = (const CfSlice *) (void *) args->data;
  if (fits && args->len == 0)
    return TRUE;
  if (!cf_prompt_keeps_secret (argv, args->len))
    cf_line_editor_remember (self->editor, typed);
  if (fits)
    return run_args (self, argv, args->len);
  printf ("%s\n", _ ("Invalid argument(s)"));
  return TRUE;
}

static GStrv
complete (const char *before, const char *start, gpointer data)
{
  return cf_completion_find (data, before, start);
}

static char *
take_news (gpointer data)
{
  return cf_runner_take_pushes (data);
}

/* What came since the last reply, before the next prompt. */
static void
show_news (const Prompt *self)
{
  g_autofree char *text = cf_runner_take_pushes (self->runner);

  if (text != NULL)
    fputs (text, stdout);
}

/**
 * cf_prompt_run:
 * @runner: what runs the commands, not connected
 * @options: how
 *
 * Reads commands from standard input and runs them until there are no more.
 */
void
cf_prompt_run (CfRunner *runner, const CfClientOptions *options)
{
  g_autoptr (CfLineEditor) editor = cf_line_editor_new ();
  g_autoptr (CfCompletion) completion = cf_completion_new (runner);
  g_autoptr (GString) line = g_string_new (NULL);
  Prompt self = { runner, options, editor };
  gboolean goes_on = TRUE;

  connect_to_server (&self);
  cf_line_editor_set_complete (editor, complete, completion);
  cf_line_editor_set_news (editor, take_news, runner);
  while (goes_on)
    {
      g_autofree char *prompt = cf_runner_make_prompt (runner);

      if (cf_line_editor_is_terminal (editor))
        show_news (&self);
      fflush (stdout);
      goes_on =
          cf_line_editor_read (editor, prompt, line) && run_line (&self, line);
    }
}
