# SPDX-License-Identifier: GPL-3.0-or-later
"""RQ: queues of jobs, each done once; jobs that wait for others, that are
tried again, and that are due later."""

import datetime
import os
import sys

import tap
from tap import case, equal, until

try:
    import redis
    import rq
except ImportError:
    tap.skip_all('python3-rq and python3-redis are not installed')

r = redis.Redis(tap.HOST, tap.PORT)


def note(word):
    """A job: notes that it was done."""
    r.rpush('done', word)
    return word.upper()


def fail_twice(word):
    """A job that works the third time."""
    if r.incr('tries') < 3:
        raise RuntimeError('not yet')
    return note(word)


# Workers look for a job's function in a module of its name.
sys.modules['rq_jobs'] = sys.modules[__name__]
for function in note, fail_twice:
    function.__module__ = 'rq_jobs'


def work(*queues, **options):
    """Does all that is in the queues."""
    worker = rq.SimpleWorker([rq.Queue(name, connection=r) for name in queues],
                             connection=r)
    worker.log.setLevel('CRITICAL')
    return worker.work(burst=True, **options)


def done():
    return [word.decode() for word in r.lrange('done', 0, -1)]


@case
def each_job_once():
    queue = rq.Queue('many', connection=r)
    jobs = [queue.enqueue(note, 'job%d' % n) for n in range(50)]
    equal(len(queue), 50)
    work('many')
    equal(done(), ['job%d' % n for n in range(50)])
    equal(len(queue), 0)
    equal(jobs[7].result, 'JOB7')
    equal(len(queue.finished_job_registry), 50)


@case
def order_of_queues():
    rq.Queue('low', connection=r).enqueue(note, 'second')
    rq.Queue('high', connection=r).enqueue(note, 'first')
    work('high', 'low')
    equal(done(), ['first', 'second'])


@case
def after_another():
    queue = rq.Queue('chain', connection=r)
    first = queue.enqueue(note, 'first')
    second = queue.enqueue(note, 'second', depends_on=first)
    equal(second.get_status(), 'deferred')
    work('chain')
    equal(done(), ['first', 'second'])


@case
def tried_again():
    queue = rq.Queue('flaky', connection=r)
    job = queue.enqueue(fail_twice, 'third time', retry=rq.Retry(max=3))
    work('flaky')
    equal(done(), ['third time'])
    equal(int(r.get('tries')), 3)
    equal(job.get_status(), 'finished')


@case
def failed():
    queue = rq.Queue('broken', connection=r)
    job = queue.enqueue(fail_twice, 'never')
    work('broken')
    equal(job.get_status(), 'failed')
    equal(job.id in queue.failed_job_registry, True)
    r.set('tries', 5)
    queue.failed_job_registry.requeue(job.id)
    work('broken')
    equal(done(), ['never'])


@case
def due_later():
    queue = rq.Queue('later', connection=r)
    queue.enqueue_in(datetime.timedelta(milliseconds=1), note, 'late')
    equal(len(queue), 0)
    equal(queue.scheduled_job_registry.count, 1)
    scheduler = rq.scheduler.RQScheduler([queue], connection=r)
    scheduler.acquire_locks()

    def is_queued():
        scheduler.enqueue_scheduled_jobs()
        return len(queue) == 1

    until(is_queued)
    scheduler.release_locks()
    work('later')
    equal(done(), ['late'])


if __name__ == '__main__':
    import rq.scheduler  # noqa: F401
    os.environ.setdefault('TZ', 'UTC')
    tap.run(r.flushall)
