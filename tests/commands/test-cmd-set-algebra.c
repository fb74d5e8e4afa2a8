/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

#define N 400 /* members there may be */

static void
test_stores (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "SADD a 1 2 3", ":3\r\n" },
    { "SADD b 2 3 4", ":3\r\n" },
    { "SINTERSTORE d a b", ":2\r\n" },
    { "SMEMBERS d", "*2\r\n$1\r\n2\r\n$1\r\n3\r\n" },
    { "SUNIONSTORE d a b", ":4\r\n" },
    { "SDIFFSTORE d a b", ":1\r\n" },
    { "SMEMBERS d", "*1\r\n$1\r\n1\r\n" },
    { "SDIFFSTORE d a a", ":0\r\n" },
    { "EXISTS d", ":0\r\n" },
    { "SINTERSTORE d none a", ":0\r\n" },
    { "SET d v PX 100000", "+OK\r\n" },
    { "SUNIONSTORE d none b none", ":3\r\n" },
    { "TTL d", ":-1\r\n" },
    { "SINTERSTORE d d none", ":0\r\n" },
    { "SUNIONSTORE a a b", ":4\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
  assert_events (fixture,
                 "sadd a\nsadd b\nsinterstore d\nsunionstore d\n"
                 "sdiffstore d\ndel d\nset d\nexpire d\nsunionstore d\n"
                 "del d\nsunionstore a\n");
}

static void
test_cardinality (Fixture *fixture, gconstpointer data)
{
  static const Exchange exchanges[] = {
    { "SADD a 1 2 3", ":3\r\n" },
    { "SADD b 2 3 4", ":3\r\n" },
    { "SINTERCARD 2 a b", ":2\r\n" },
    { "SINTERCARD 2 a b LIMIT 1", ":1\r\n" },
    { "SINTERCARD 2 a b LIMIT 0", ":2\r\n" },
    { "SINTERCARD 2 a none", ":0\r\n" },
    { "SINTERCARD 0 a", "-ERR numkeys should be greater than 0\r\n" },
    { "SINTERCARD 3 a b",
      "-ERR Number of keys can't be greater than number of args\r\n" },
    { "SINTERCARD 2 a b LIMIT -1", "-ERR LIMIT can't be negative\r\n" },
    { "SINTERCARD 2 a b LIMIT", "-ERR syntax error\r\n" },
    { "SINTERCARD 2 a b 3", "-ERR syntax error\r\n" },
  };

  assert_exchanges (fixture, exchanges, G_N_ELEMENTS (exchanges));
}

static void
test_wrong_type (Fixture *fixture, gconstpointer data)
{
  static const char *const lines[] = {
    "SINTER s k",          "SUNION s k",          "SDIFF s k",
    "SINTER none k",       "SINTERSTORE d s k",   "SUNIONSTORE d s k",
    "SDIFFSTORE d none k", "SINTERCARD 2 none k",
  };

  assert_reply (fixture, "SADD s a", ":1\r\n");
  assert_reply (fixture, "SET k v", "+OK\r\n");
  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    assert_reply (fixture, lines[i],
                  "-WRONGTYPE Operation against a key holding the wrong kind "
                  "of value\r\n");
  assert_reply (fixture, "EXISTS d", ":0\r\n");
}

/* A model: which of N members each of the keys s0 to s3 has. */
typedef struct
{
  gboolean has[4][N];
} Model;

static void
fill (Fixture *fixture, Model *model, guint key, const char *prefix)
{
  g_autoptr (GString) line = g_string_new (NULL);
  int n = g_test_rand_int_range (1, N);

  g_string_printf (line, "SADD s%u", key);
  for (int i = 0; i < n; i++)
    {
      int member = g_test_rand_int_range (0, N);

      model->has[key][member] = TRUE;
      g_string_append_printf (line, " %s%d", prefix, member);
    }
  g_free (fixture_run (fixture, 0, line->str));
}

static gboolean
wanted (const Model *model, char kind, const guint *keys, guint n, guint member)
{
  gboolean all = TRUE, any = FALSE, others = FALSE;

  for (guint i = 0; i < n; i++)
    {
      all = all && model->has[keys[i]][member];
      any = any || model->has[keys[i]][member];
      others = others || (i > 0 && model->has[keys[i]][member]);
    }
  return kind == 'I'   ? all
         : kind == 'U' ? any
                       : model->has[keys[0]][member] && !others;
}

/* What is at d is what the model says. */
static void
check (Fixture *fixture,
       const Model *model,
       char kind,
       const guint *keys,
       guint n,
       const char *prefix)
{
  gsize n_wanted = 0;
  g_autofree char *scard = NULL;

  for (guint member = 0; member < N; member++)
    {
      g_autofree char *line =
          g_strdup_printf ("SISMEMBER d %s%u", prefix, member);
      gboolean is_wanted = wanted (model, kind, keys, n, member);

      n_wanted += (gsize) is_wanted;
      assert_reply (fixture, line, is_wanted ? ":1\r\n" : ":0\r\n");
    }
  scard = g_strdup_printf (":%zu\r\n", n_wanted);
  assert_reply (fixture, "SCARD d", scard);
}

static void
test_model (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "INTER", "UNION", "DIFF" };

  for (int round = 0; round < 40; round++)
    {
      const char *prefix = round % 2 ? "m" : "";
      const char *name = names[g_test_rand_int_range (0, 3)];
      g_autoptr (GString) line = g_string_new (NULL);
      g_autofree char *stored = NULL, *replied = NULL, *head = NULL;
      Model model = { 0 };
      guint keys[4], n = (guint) g_test_rand_int_range (1, 5);

      g_free (fixture_run (fixture, 0, "FLUSHALL"));
      for (guint key = 0; key < 3; key++)
        fill (fixture, &model, key, prefix);
      g_string_printf (line, "S%sSTORE d", name);
      for (guint i = 0; i < n; i++)
        {
          keys[i] = (guint) g_test_rand_int_range (0, 4);
          g_string_append_printf (line, " s%u", keys[i]);
        }
      stored = fixture_run (fixture, 0, line->str);
      check (fixture, &model, name[0], keys, n, prefix);
      g_string_erase (line, 1 + (gssize) strlen (name), strlen ("STORE d"));
      replied = fixture_run (fixture, 0, line->str);
      head = g_strconcat ("*", stored + 1, NULL);
      g_assert_true (g_str_has_prefix (replied, head));
    }
}

/* Few against many, and many against few: both ways to subtract. */
static void
test_two_ways (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) many = g_string_new ("SADD many");

  for (int i = 0; i < 900; i++)
    g_string_append_printf (many, " %d", i);
  assert_reply (fixture, many->str, ":900\r\n");
  assert_reply (fixture, "SADD few 1 2 x", ":3\r\n");
  assert_reply (fixture, "SDIFF few many", "*1\r\n$1\r\nx\r\n");
  assert_reply (fixture, "SDIFFSTORE d many few few few few", ":898\r\n");
  assert_reply (fixture, "SISMEMBER d 1", ":0\r\n");
  assert_reply (fixture, "SISMEMBER d 3", ":1\r\n");
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_add ("/commands/set-algebra/stores", test_stores);
  fixture_add ("/commands/set-algebra/cardinality", test_cardinality);
  fixture_add ("/commands/set-algebra/wrong-type", test_wrong_type);
  fixture_add ("/commands/set-algebra/model", test_model);
  fixture_add ("/commands/set-algebra/two-ways", test_two_ways);
  return g_test_run ();
}
