/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The part of the benchmarks that has to be fast.

   probe rate PORT HZ SECONDS KEYS
     asks for one random key of KEYS, HZ times a second, and prints how long
     the replies took, in microseconds: samples p50 p99 p999 max.  A request
     is sent when it is due, whether or not the one before it was answered,
     and its time counts from when it was due: a server that stops cannot hide
     the requests that it kept waiting.  Then the same p999 and max again,
     without the time for which a processor stood still (see still.h), and for
     how long that was in all.
   probe set PORT COUNT SIZE DEPTH [PXAT]
     sets COUNT keys of 16 bytes to values of SIZE, DEPTH requests at a time,
     with a deadline if PXAT (absolute, ms) is given; prints the time of the
     longest batch in microseconds, that of all in seconds, and the first again
     without the time for which a processor stood still.
   probe get PORT COUNT KEYS DEPTH
     asks for COUNT keys, of KEYS, one after the other.
   probe members PORT COMMAND COUNT KEYS DEPTH
     adds COUNT members, as many to each of KEYS keys, one key after the
     other, by SADD, HSET, ZADD or RPUSH, DEPTH requests at a time; prints what
     set does.
   probe repeat PORT COUNT CONNECTIONS DEPTH WORD...
     sends a command COUNT times on CONNECTIONS, DEPTH requests at a time on
     each; a word @ is the connection's number.  All replies have to be as long
     as the first, and nothing looks at them: what this takes is little beside
     the server's work.  Prints requests a second.
   probe listen PORT COUNT COMMAND CHANNEL BYTES
     subscribes with COUNT connections by SUBSCRIBE or the like, prints that,
     and drops what comes until they got so many BYTES together.
   probe connect PORT HZ SECONDS
     opens connections, HZ a second, sends a PING on each and closes it; prints
     how many were answered.
   probe hello PORT HZ SECONDS FILE
     opens connections, HZ a second, sends what is in FILE on each, and closes
     it some time later; prints how many were opened.
   probe pause 0 SECONDS
     runs in a loop, and prints for how long, in microseconds, it was kept from
     it at the most.
   probe idle PORT COUNT
     opens COUNT connections, prints how many, and keeps them until its
     standard input ends.  */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "still.h"

static void
fail (const char *what)
{
  perror (what);
  exit (1);
}

static int
dial (int port)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_port = htons ((uint16_t) port),
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  int one = 1;
  int fd = socket (AF_INET, SOCK_STREAM, 0);

  if (fd < 0)
    fail ("socket");
  if (connect (fd, (struct sockaddr *) &address, sizeof address) < 0)
    fail ("connect");
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return fd;
}

static void
send_all (int fd, const char *data, size_t size)
{
  while (size > 0)
    {
      ssize_t sent = send (fd, data, size, MSG_NOSIGNAL);

      if (sent < 0)
        fail ("send");
      data += sent;
      size -= (size_t) sent;
    }
}

/* Count the replies in a stream of simple and bulk strings and nulls.  */
struct counter
{
  int64_t skip; /* bytes of a bulk string still to come */
  char line[64];
  size_t length;
};

static int
count_replies (struct counter *self, const char *data, ssize_t size)
{
  int replies = 0;

  for (ssize_t i = 0; i < size; i++)
    {
      if (self->skip > 0)
        {
          int64_t part = size - i < self->skip ? size - i : self->skip;

          self->skip -= part;
          i += part - 1;
          replies += self->skip == 0;
          continue;
        }
      if (data[i] != '\n')
        {
          if (self->length < sizeof self->line - 1)
            self->line[self->length++] = data[i];
          continue;
        }
      self->line[self->length] = '\0';
      self->length = 0;
      if (self->line[0] == '$' && self->line[1] != '-')
        self->skip = atoll (self->line + 1) + 2;
      else
        replies++;
      if (self->line[0] == '-')
        {
          fprintf (stderr, "probe: %s\n", self->line);
          exit (1);
        }
    }
  return replies;
}

static int
compare (const void *one, const void *other)
{
  uint32_t a = *(const uint32_t *) one, b = *(const uint32_t *) other;

  return (a > b) - (a < b);
}

static int
get_request (char *request, unsigned key)
{
  return sprintf (request, "*2\r\n$3\r\nGET\r\n$16\r\n%016u\r\n", key);
}

static void
print_percentiles (uint32_t *times, size_t count)
{
  qsort (times, count, sizeof *times, compare);
  printf ("%zu %u %u %u %u", count, times[count / 2], times[count * 99 / 100],
          times[count * 999 / 1000], times[count - 1]);
}

/* Waiting for a processor should not be mistaken for the server's delay.  (A
 * mere better nice value makes it wait more: what wakes up often is put back
 * on the processor it left, and waits there for the next tick.)  */
static void
get_served_first (void)
{
  struct sched_param first = { .sched_priority = 1 };

  if (sched_setscheduler (0, SCHED_FIFO, &first) < 0)
    setpriority (PRIO_PROCESS, 0, -15);
}

static void
print_rate (uint32_t *times,
            size_t count,
            int64_t begin,
            int64_t step,
            struct watcher *watchers,
            int n_watchers)
{
  size_t most = (size_t) n_watchers * STILLS_MAX;
  struct still *stills = malloc ((most + 1) * sizeof *stills);
  size_t n = stop_watchers (watchers, n_watchers, stills);
  uint32_t *rest = malloc ((count + 1) * sizeof *rest);

  for (size_t i = 0; i < count; i++)
    {
      int64_t due = begin + (int64_t) i * step;
      int64_t end = due + (int64_t) times[i] * 1000;

      rest[i] = times[i] - (uint32_t) (still_ns (stills, n, due, end) / 1000);
    }
  print_percentiles (times, count);
  qsort (rest, count, sizeof *rest, compare);
  printf (" %u %u %lld\n", rest[count * 999 / 1000], rest[count - 1],
          (long long) still_ns (stills, n, begin, INT64_MAX) / 1000);
}

static int
rate (int port, int hz, double seconds, unsigned keys)
{
  size_t count = (size_t) (hz * seconds), sent = 0, done = 0;
  uint32_t *times = calloc (count + 1, sizeof *times);
  struct counter counter = { 0 };
  int fd = dial (port);
  int64_t begin = now_ns (), step = SECOND_NS / hz;
  struct watcher *watchers = calloc (CPUS_MAX, sizeof *watchers);
  int n_watchers = start_watchers (watchers);
  unsigned seed = 12345;

  get_served_first ();
  while (done < count)
    {
      int64_t now = now_ns ();
      struct pollfd wait = { .fd = fd, .events = POLLIN };
      struct timespec pause = { 10, 0 };

      while (sent < count && begin + (int64_t) sent * step <= now)
        {
          char request[64];
          int size = get_request (request, (unsigned) rand_r (&seed) % keys);

          send_all (fd, request, (size_t) size);
          sent++;
        }
      if (sent < count)
        {
          int64_t due = begin + (int64_t) sent * step - now_ns ();

          pause.tv_sec = 0;
          pause.tv_nsec = due < 0 ? 0 : due;
        }
      if (ppoll (&wait, 1, &pause, NULL) > 0)
        {
          char data[65536];
          ssize_t size = recv (fd, data, sizeof data, 0);
          int64_t at = now_ns ();

          if (size <= 0)
            fail ("recv");
          for (int n = count_replies (&counter, data, size); n > 0; n--)
            {
              times[done] =
                  (uint32_t) ((at - begin - (int64_t) done * step) / 1000);
              done++;
            }
        }
    }
  print_rate (times, count, begin, step, watchers, n_watchers);
  return 0;
}

/* Send a batch and wait for as many replies.  */
static void
exchange (int fd,
          struct counter *counter,
          const char *batch,
          size_t size,
          int replies)
{
  static char data[1 << 18];

  send_all (fd, batch, size);
  while (replies > 0)
    {
      ssize_t got = recv (fd, data, sizeof data, 0);

      if (got <= 0)
        fail ("recv");
      replies -= count_replies (counter, data, got);
    }
}

/* The longest of many batches, with and without the time for which a processor
   stood still.  */
struct longest
{
  struct watcher *watchers;
  int n_watchers;
  int64_t begin;
  int64_t worst;
  int64_t worst_short; /* of those that are shorter than what is seen to */
  struct still *spans; /* stand still: the others */
  size_t n_spans;
};

static void
start_longest (struct longest *self)
{
  *self = (struct longest){ 0 };
  self->watchers = calloc (CPUS_MAX, sizeof *self->watchers);
  self->spans = calloc (STILLS_MAX, sizeof *self->spans);
  self->n_watchers = start_watchers (self->watchers);
  get_served_first ();
  self->begin = now_ns ();
}

static void
note_batch (struct longest *self, int64_t begin)
{
  int64_t end = now_ns (), time = end - begin;

  if (time > self->worst)
    self->worst = time;
  if (time >= STILL_NS && self->n_spans < STILLS_MAX)
    self->spans[self->n_spans++] = (struct still){ begin, end };
  else if (time > self->worst_short)
    self->worst_short = time;
}

static void
print_longest (struct longest *self)
{
  size_t most = (size_t) self->n_watchers * STILLS_MAX;
  struct still *stills = malloc ((most + 1) * sizeof *stills);
  int64_t all = now_ns () - self->begin, worst = self->worst_short;
  size_t n = stop_watchers (self->watchers, self->n_watchers, stills);

  for (size_t i = 0; i < self->n_spans; i++)
    {
      struct still span = self->spans[i];
      int64_t time =
          span.end - span.begin - still_ns (stills, n, span.begin, span.end);

      if (time > worst)
        worst = time;
    }
  printf ("%lld %.3f %lld\n", (long long) (self->worst / 1000),
          (double) all / SECOND_NS, (long long) (worst / 1000));
}

static int
set_keys (int port, unsigned count, int size, int depth, const char *pxat)
{
  int fd = dial (port);
  char *batch = malloc ((size_t) depth * (size_t) (size + 160));
  char *value = malloc ((size_t) size + 1);
  struct counter counter = { 0 };
  struct longest longest;

  memset (value, 'v', (size_t) size);
  value[size] = '\0';
  start_longest (&longest);
  for (unsigned key = 0; key < count;)
    {
      size_t used = 0;
      int n = 0;
      int64_t start = now_ns ();

      for (; n < depth && key < count; n++, key++)
        {
          used += (size_t) sprintf (
              batch + used, "*%d\r\n$3\r\nSET\r\n$16\r\n%016u\r\n$%d\r\n%s\r\n",
              pxat ? 5 : 3, key, size, value);
          if (pxat)
            used +=
                (size_t) sprintf (batch + used, "$4\r\nPXAT\r\n$%zu\r\n%s\r\n",
                                  strlen (pxat), pxat);
        }
      exchange (fd, &counter, batch, used, n);
      note_batch (&longest, start);
    }
  print_longest (&longest);
  return 0;
}

static int
get_keys (int port, unsigned count, unsigned keys, int depth)
{
  int fd = dial (port);
  char *batch = malloc ((size_t) depth * 64);
  struct counter counter = { 0 };

  for (unsigned done = 0; done < count;)
    {
      size_t used = 0;
      int n = 0;

      for (; n < depth && done < count; n++, done++)
        used += (size_t) get_request (batch + used, done % keys);
      exchange (fd, &counter, batch, used, n);
    }
  return 0;
}

static size_t
member_request (char *request, const char *command, unsigned key, unsigned i)
{
  int n = strcmp (command, "HSET") && strcmp (command, "ZADD") ? 3 : 4;
  size_t used =
      (size_t) sprintf (request, "*%d\r\n$%zu\r\n%s\r\n$14\r\nkey:%010u\r\n", n,
                        strlen (command), command, key);

  if (!strcmp (command, "ZADD"))
    used += (size_t) sprintf (request + used, "$8\r\n%08u\r\n",
                              i * 2654435761u % 100000000);
  used += (size_t) sprintf (request + used, "$15\r\nmember:%08u\r\n", i);
  if (!strcmp (command, "HSET"))
    used += (size_t) sprintf (request + used, "$14\r\nvalue:%08u\r\n", i);
  return used;
}

static int
add_members (
    int port, const char *command, unsigned count, unsigned keys, int depth)
{
  int fd = dial (port);
  char *batch = malloc ((size_t) depth * 128);
  struct counter counter = { 0 };
  struct longest longest;

  start_longest (&longest);
  for (unsigned i = 0; i < count;)
    {
      size_t used = 0;
      int n = 0;
      int64_t start = now_ns ();

      for (; n < depth && i < count; n++, i++)
        used += member_request (batch + used, command,
                                (unsigned) ((uint64_t) i * keys / count), i);
      exchange (fd, &counter, batch, used, n);
      note_batch (&longest, start);
    }
  print_longest (&longest);
  return 0;
}

/* A connection that sends the same requests over and over. */
struct repeater
{
  int fd;
  char *batch;
  size_t batch_size;
  int64_t reply_size; /* of a batch */
  int64_t left;       /* bytes of replies to come */
};

static char *
format_request (char **words, int n_words, int number, size_t *size)
{
  char *request = NULL;
  FILE *out = open_memstream (&request, size);

  fprintf (out, "*%d\r\n", n_words);
  for (int i = 0; i < n_words; i++)
    {
      char digits[16];
      const char *word = words[i];

      sprintf (digits, "%d", number);
      if (!strcmp (word, "@"))
        word = digits;
      fprintf (out, "$%zu\r\n%s\r\n", strlen (word), word);
    }
  fclose (out);
  return request;
}

/* How long the reply to a request is: a PING behind it tells where it ends. */
static int64_t
measure_reply (int fd, const char *request, size_t size)
{
  static const char end[] = "+PONG\r\n";
  char tail[sizeof end - 1] = { 0 }, data;
  int64_t count = 0;

  send_all (fd, request, size);
  send_all (fd, "PING\r\n", 6);
  while (memcmp (tail, end, sizeof tail) != 0)
    {
      if (recv (fd, &data, 1, 0) != 1)
        fail ("recv");
      if (count++ == 0 && data == '-')
        fail ("the request fails");
      memmove (tail, tail + 1, sizeof tail - 1);
      tail[sizeof tail - 1] = data;
    }
  return count - (int64_t) sizeof tail;
}

static void
start_repeater (struct repeater *self,
                int port,
                int depth,
                char **words,
                int n_words,
                int i)
{
  size_t size;
  char *request = format_request (words, n_words, i, &size);

  self->fd = dial (port);
  self->reply_size = measure_reply (self->fd, request, size) * depth;
  self->batch_size = size * (size_t) depth;
  self->batch = malloc (self->batch_size);
  for (int n = 0; n < depth; n++)
    memcpy (self->batch + (size_t) n * size, request, size);
  free (request);
}

/* There is no use in waking up before all that is left has come.  */
static void
expect (struct repeater *self, int64_t size)
{
  int least = (int) size;

  self->left = size;
  setsockopt (self->fd, SOL_SOCKET, SO_RCVLOWAT, &least, sizeof least);
}

static void
send_batch (struct repeater *self)
{
  expect (self, self->reply_size);
  send_all (self->fd, self->batch, self->batch_size);
}

static int
repeat (int port, int count, int n, int depth, char **words, int n_words)
{
  struct repeater *repeaters = calloc ((size_t) n, sizeof *repeaters);
  struct epoll_event *events = calloc ((size_t) n, sizeof *events);
  int epoll = epoll_create1 (0);
  int64_t begin, batches = count / depth, sent = 0, done = 0;

  for (int i = 0; i < n; i++)
    {
      struct epoll_event event = { .events = EPOLLIN,
                                   .data.ptr = &repeaters[i] };

      start_repeater (&repeaters[i], port, depth, words, n_words, i);
      epoll_ctl (epoll, EPOLL_CTL_ADD, repeaters[i].fd, &event);
    }
  begin = now_ns ();
  for (; sent < n && sent < batches; sent++)
    send_batch (&repeaters[sent]);
  while (done < batches)
    {
      int ready = epoll_wait (epoll, events, n, -1);

      for (int i = 0; i < ready; i++)
        {
          struct repeater *self = events[i].data.ptr;
          /* With MSG_TRUNC, TCP drops what comes without a copy.  To wait here
             would be for as much as expect() said behind what this recv() has
             taken already.  */
          ssize_t size =
              recv (self->fd, NULL, 1 << 24, MSG_TRUNC | MSG_DONTWAIT);

          if (size < 0 && errno == EAGAIN)
            continue;
          if (size <= 0)
            fail ("recv");
          if (size < self->left)
            {
              expect (self, self->left - size);
              continue;
            }
          done++;
          if (sent < batches)
            send_batch (self);
          sent += sent < batches;
        }
    }
  printf ("%.1f\n",
          (double) batches * depth * SECOND_NS / (double) (now_ns () - begin));
  return 0;
}

static int
subscribe (int port, const char *command, const char *channel)
{
  char request[256];
  int fd = dial (port);
  int size = snprintf (request, sizeof request, "%s %s\r\n", command, channel);

  send_all (fd, request, (size_t) size);
  for (int lines = 0; lines < 6;) /* an array of three: ":1" comes last */
    {
      char data;

      if (recv (fd, &data, 1, 0) != 1)
        fail ("recv");
      lines += data == '\n';
    }
  return fd;
}

static int
audience (int port,
          int count,
          const char *command,
          const char *channel,
          int64_t bytes)
{
  struct epoll_event *events = calloc ((size_t) count, sizeof *events);
  int epoll = epoll_create1 (0);

  for (int i = 0; i < count; i++)
    {
      int fd = subscribe (port, command, channel);
      struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

      epoll_ctl (epoll, EPOLL_CTL_ADD, fd, &event);
    }
  printf ("%d\n", count);
  fflush (stdout);
  while (bytes > 0)
    {
      int ready = epoll_wait (epoll, events, count, -1);

      for (int i = 0; i < ready; i++)
        {
          ssize_t size = recv (events[i].data.fd, NULL, 1 << 24, MSG_TRUNC);

          if (size <= 0)
            fail ("recv");
          bytes -= size;
        }
    }
  return 0;
}

static int
connect_often (int port, int hz, double seconds)
{
  int64_t begin = now_ns (), step = SECOND_NS / hz;
  size_t count = (size_t) (hz * seconds);

  for (size_t i = 0; i < count; i++)
    {
      int64_t due = begin + (int64_t) i * step - now_ns ();
      struct counter counter = { 0 };
      int fd;

      if (due > 0)
        nanosleep (&(struct timespec){ 0, due }, NULL);
      fd = dial (port);
      exchange (fd, &counter, "PING\r\n", 6, 1);
      close (fd);
    }
  printf ("%.0f\n", (double) count * SECOND_NS / (double) (now_ns () - begin));
  return 0;
}

static int
pause_longest (double seconds)
{
  int64_t begin = now_ns (), last = begin, longest = 0;

  while (last - begin < (int64_t) (seconds * SECOND_NS))
    {
      int64_t now = now_ns ();

      if (now - last > longest)
        longest = now - last;
      last = now;
    }
  printf ("%lld\n", (long long) (longest / 1000));
  return 0;
}

static int
idle (int port, int count)
{
  char end;

  for (int i = 0; i < count; i++)
    dial (port);
  printf ("%d\n", count);
  fflush (stdout);
  while (read (STDIN_FILENO, &end, 1) > 0)
    continue;
  return 0;
}

/* Connections that are kept open after they were greeted. */
#define HELLOS_OPEN 100

static int
say_hello (int port, int hz, double seconds, const char *path)
{
  int64_t begin = now_ns (), step = SECOND_NS / hz;
  size_t count = (size_t) (hz * seconds), size;
  int fds[HELLOS_OPEN];
  char hello[4096];
  FILE *file = fopen (path, "r");

  if (file == NULL)
    fail (path);
  size = fread (hello, 1, sizeof hello, file);
  fclose (file);
  for (size_t i = 0; i < count; i++)
    {
      int64_t due = begin + (int64_t) i * step - now_ns ();
      int *fd = &fds[i % HELLOS_OPEN];

      if (due > 0)
        nanosleep (&(struct timespec){ 0, due }, NULL);
      if (i >= HELLOS_OPEN)
        close (*fd);
      *fd = dial (port);
      if (write (*fd, hello, size) != (ssize_t) size)
        fail ("write");
    }
  printf ("%.0f\n", (double) count * SECOND_NS / (double) (now_ns () - begin));
  return 0;
}

int
main (int argc, char **argv)
{
  const char *mode = argc > 3 ? argv[1] : "";
  int port = argc > 3 ? atoi (argv[2]) : 0;

  if (!strcmp (mode, "rate") && argc == 6)
    return rate (port, atoi (argv[3]), atof (argv[4]),
                 (unsigned) atoi (argv[5]));
  if (!strcmp (mode, "set") && argc >= 6)
    return set_keys (port, (unsigned) atoi (argv[3]), atoi (argv[4]),
                     atoi (argv[5]), argc > 6 ? argv[6] : NULL);
  if (!strcmp (mode, "get") && argc == 6)
    return get_keys (port, (unsigned) atoi (argv[3]), (unsigned) atoi (argv[4]),
                     atoi (argv[5]));
  if (!strcmp (mode, "members") && argc == 7)
    return add_members (port, argv[3], (unsigned) atoi (argv[4]),
                        (unsigned) atoi (argv[5]), atoi (argv[6]));
  if (!strcmp (mode, "repeat") && argc > 6)
    return repeat (port, atoi (argv[3]), atoi (argv[4]), atoi (argv[5]),
                   argv + 6, argc - 6);
  if (!strcmp (mode, "listen") && argc == 7)
    return audience (port, atoi (argv[3]), argv[4], argv[5], atoll (argv[6]));
  if (!strcmp (mode, "connect") && argc == 5)
    return connect_often (port, atoi (argv[3]), atof (argv[4]));
  if (!strcmp (mode, "hello") && argc == 6)
    return say_hello (port, atoi (argv[3]), atof (argv[4]), argv[5]);
  if (!strcmp (mode, "pause") && argc == 4)
    return pause_longest (atof (argv[3]));
  if (!strcmp (mode, "idle") && argc == 4)
    return idle (port, atoi (argv[3]));
  fprintf (stderr, "probe: what it takes stands at the top of probe.c\n");
  return 2;
}
