/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <netdb.h>
#include <string.h>

#include "repl/lookup.h"
#include "repl/target.h"

#define PATIENCE_US (20 * G_USEC_PER_SEC)

/* A resolver that hangs at one name until something is in @releases. */
#define SLOW_HOST "slow.invalid"

static GAsyncQueue *releases;
static gint n_asked;    /* (atomic) */
static gint n_released; /* (atomic) */

int __real_getaddrinfo (const char *host,
                        const char *service,
                        const struct addrinfo *hints,
                        struct addrinfo **found);
int __wrap_getaddrinfo (const char *host,
                        const char *service,
                        const struct addrinfo *hints,
                        struct addrinfo **found);

int
__wrap_getaddrinfo (const char *host,
                    const char *service,
                    const struct addrinfo *hints,
                    struct addrinfo **found)
{
  if (strcmp (host, SLOW_HOST) != 0)
    return __real_getaddrinfo (host, service, hints, found);
  g_atomic_int_inc (&n_asked);
  g_async_queue_pop (releases);
  g_atomic_int_inc (&n_released);
  return __real_getaddrinfo ("127.0.0.1", service, hints, found);
}

static guint
count (const char *host, gint64 timeout_us, gboolean stop)
{
  g_autoptr (GPtrArray) addresses =
      cf_lookup (host, 7001, timeout_us, &(const gint){ stop });

  return addresses->len;
}

static void
release (guint n)
{
  for (guint i = 0; i < n; i++)
    g_async_queue_push (releases, GINT_TO_POINTER (1));
}

/* Those that hang there now; none is left for others. */
static void
release_and_wait (guint n)
{
  gint before = g_atomic_int_get (&n_released);

  release (n);
  while (g_atomic_int_get (&n_released) < before + (gint) n)
    g_thread_yield ();
}

/* -- Cases --------------------------------------------------------------- */

static void
expect_address (const char *host, const char *wanted)
{
  const gint stop = FALSE;
  g_autoptr (GPtrArray) addresses = cf_lookup (host, 7001, PATIENCE_US, &stop);
  g_autofree char *text = NULL;
  GInetSocketAddress *address;

  g_assert_cmpuint (addresses->len, >=, 1);
  address = G_INET_SOCKET_ADDRESS (addresses->pdata[0]);
  text = g_inet_address_to_string (g_inet_socket_address_get_address (address));
  g_assert_cmpstr (text, ==, wanted);
  g_assert_cmpuint (g_inet_socket_address_get_port (address), ==, 7001);
}

static void
test_lookup_addresses (void)
{
  expect_address ("127.0.0.1", "127.0.0.1");
  expect_address ("::1", "::1");
  release (1);
  expect_address (SLOW_HOST, "127.0.0.1");
  g_assert_cmpuint (count ("", PATIENCE_US, FALSE), ==, 0);
  g_assert_cmpuint (count ("no such name", PATIENCE_US, FALSE), ==, 0);
}

static void
test_lookup_limits (void)
{
  gint64 start = g_get_monotonic_time ();
  const gint stop = FALSE;
  gboolean refused;
  gint before = g_atomic_int_get (&n_asked);

  g_assert_cmpuint (count (SLOW_HOST, 1000, FALSE), ==, 0);
  g_assert_cmpuint (count (SLOW_HOST, PATIENCE_US, TRUE), ==, 0);
  g_assert_null (cf_target_connect (SLOW_HOST, 7001, 1, &stop, &refused));
  /* An address needs no resolver. */
  g_assert_cmpuint (count ("127.0.0.1", 0, TRUE), ==, 1);
  g_assert_cmpint (g_get_monotonic_time () - start, <, PATIENCE_US);
  while (g_atomic_int_get (&n_asked) < before + 3)
    g_thread_yield ();
  release_and_wait (3);
}

/* No more than so many wait for the resolver. */
static void
test_lookup_many (void)
{
  gint before = g_atomic_int_get (&n_asked);

  while (g_atomic_int_get (&n_asked) < before + CF_LOOKUPS_MAX)
    g_assert_cmpuint (count (SLOW_HOST, 1000, FALSE), ==, 0);
  g_assert_cmpuint (count (SLOW_HOST, PATIENCE_US, FALSE), ==, 0);
  g_assert_cmpuint (count ("localhost", PATIENCE_US, FALSE), ==, 0);
  g_assert_cmpint (g_atomic_int_get (&n_asked), ==, before + CF_LOOKUPS_MAX);
  release_and_wait (CF_LOOKUPS_MAX);
  /* They are done some day, and then others may ask. */
  while (count ("localhost", PATIENCE_US, FALSE) == 0)
    g_thread_yield ();
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/repl/lookup/addresses", test_lookup_addresses);
  g_test_add_func ("/repl/lookup/limits", test_lookup_limits);
  g_test_add_func ("/repl/lookup/many", test_lookup_many);
  releases = g_async_queue_new ();
  status = g_test_run ();
  return status;
}
