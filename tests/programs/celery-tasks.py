# SPDX-License-Identifier: GPL-3.0-or-later
"""Celery: a worker that does tasks once each, groups, chords, tasks that are
tried again, and tasks that are due later."""

import logging

import tap
from tap import case, equal

try:
    import celery
    import celery.contrib.testing.worker
    import redis
except ImportError:
    tap.skip_all('python3-celery and python3-redis are not installed')

URL = 'redis://%s:%d/0' % (tap.HOST, tap.PORT)
r = redis.Redis(tap.HOST, tap.PORT)
app = celery.Celery('tasks', broker=URL, backend=URL)
app.conf.update(worker_hijack_root_logger=False, task_acks_late=True,
                broker_connection_retry_on_startup=True)


@app.task
def double(number):
    r.rpush('done', number)
    return 2 * number


@app.task
def total(numbers):
    return sum(numbers)


@app.task(bind=True, max_retries=3)
def flaky(self):
    if r.incr('tries') < 3:
        raise self.retry(countdown=0.01)
    return 'at last'


@app.task
def broken():
    raise ValueError('on purpose')


@case
def each_task_once():
    results = [double.delay(n) for n in range(40)]
    equal([result.get(timeout=20) for result in results],
          [2 * n for n in range(40)])
    equal(sorted(int(n) for n in r.lrange('done', 0, -1)), list(range(40)))


@case
def group_and_chord():
    group = celery.group(double.s(n) for n in range(10))
    equal(group.apply_async().get(timeout=20), [2 * n for n in range(10)])
    chord = celery.chord((double.s(n) for n in range(10)), total.s())
    equal(chord.apply_async().get(timeout=20), 90)


@case
def chain():
    equal((double.s(3) | double.s() | double.s()).apply_async()
          .get(timeout=20), 24)


@case
def tried_again():
    equal(flaky.delay().get(timeout=20), 'at last')
    equal(int(r.get('tries')), 3)


@case
def failed():
    result = broken.delay()
    tap.raises(ValueError, 'on purpose', result.get, timeout=20)
    equal(result.state, 'FAILURE')


@case
def due_later():
    result = double.apply_async((21,), countdown=0.2)
    equal(r.llen('done'), 0)
    equal(result.get(timeout=20), 42)


def clear():
    r.delete('done', 'tries')


if __name__ == '__main__':
    logging.disable(logging.CRITICAL)
    worker = celery.contrib.testing.worker.start_worker(
        app, concurrency=2, pool='threads', perform_ping_check=False,
        shutdown_timeout=20)
    with worker:
        try:
            tap.run(clear)
        except SystemExit as end:
            status = end.code
    raise SystemExit(status)
