# SPDX-License-Identifier: GPL-3.0-or-later
"""Work queues: processes put jobs into lists, others wait for them there."""

import collections
import multiprocessing
import os
import signal

import tap
from tap import case, equal, until

try:
    import redis
except ImportError:
    tap.skip_all('python3-redis is not installed')

PRODUCERS = 4
WORKERS = 6
JOBS = 1000  # of each producer

r = redis.Redis(tap.HOST, tap.PORT, decode_responses=True)


def connect(name=None):
    return redis.Redis(tap.HOST, tap.PORT, decode_responses=True,
                       client_name=name)


def start(target, count, *args):
    processes = [multiprocessing.Process(target=target, args=(n,) + args)
                 for n in range(count)]
    for process in processes:
        process.start()
    return processes


def finish(processes):
    for process in processes:
        process.join(60)
        equal(process.exitcode, 0)


def produce(number):
    client = connect()
    for n in range(JOBS):
        client.rpush('jobs', '%d:%d' % (number, n))


def consume(number):
    client = connect()
    while True:
        _, job = client.blpop(['urgent', 'jobs'])
        if job == 'stop':
            return
        client.rpush('done', job)


@case
def every_job_once():
    workers = start(consume, WORKERS)
    finish(start(produce, PRODUCERS))
    r.rpush('jobs', *['stop'] * WORKERS)
    finish(workers)
    counts = collections.Counter(r.lrange('done', 0, -1))
    equal(len(counts), PRODUCERS * JOBS)
    equal(set(counts.values()), {1})
    equal(r.exists('jobs'), 0)


def consume_with_care(number, move):
    """Keeps a job on a list of its own until it is done."""
    client = connect('worker-%d' % number)
    mine = 'mine:%d' % number
    while True:
        if move == 'blmove':
            job = client.blmove('jobs', mine, 5, 'LEFT', 'RIGHT')
        else:
            job = client.brpoplpush('jobs', mine, 5)
        if job == 'stop':
            client.delete(mine)
            return
        pipe = client.pipeline()
        pipe.sadd('done', job)
        pipe.lrem(mine, 1, job)
        pipe.execute()


def take_back(number):
    """What a killed worker had begun goes to the others, once the server
    knows that it is gone and gives it nothing any more."""
    name = 'worker-%d' % number
    until(lambda: all(c['name'] != name for c in r.client_list()))
    while r.lmove('mine:%d' % number, 'jobs', 'RIGHT', 'LEFT'):
        pass


def killed_workers(move):
    workers = start(consume_with_care, WORKERS, move)
    producers = start(produce, PRODUCERS)
    for n in range(12):
        until(lambda: r.scard('done') > n * 150)
        victim = n % WORKERS
        os.kill(workers[victim].pid, signal.SIGKILL)
        workers[victim].join(10)
        take_back(victim)
        workers[victim] = multiprocessing.Process(
            target=consume_with_care, args=(victim, move))
        workers[victim].start()
    finish(producers)
    until(lambda: r.scard('done') == PRODUCERS * JOBS, 60)
    r.rpush('jobs', *['stop'] * WORKERS)
    finish(workers)
    equal(r.keys('mine:*'), [])
    equal(r.exists('jobs'), 0)
    equal(r.scard('done'), PRODUCERS * JOBS)


@case
def workers_killed_blmove():
    killed_workers('blmove')


@case
def workers_killed_brpoplpush():
    killed_workers('brpoplpush')


@case
def results_come_back():
    """Ask through one list and wait for the answer on another."""
    def serve(number):
        client = connect()
        while True:
            _, request = client.brpop('requests')
            if request == 'stop':
                return
            answer, value = request.split()
            client.lpush(answer, int(value) ** 2)

    servers = start(serve, 2)
    for n in range(300):
        r.lpush('requests', 'answer:%d %d' % (n % 7, n))
        equal(r.brpop('answer:%d' % (n % 7), 10),
              ('answer:%d' % (n % 7), str(n * n)))
    r.lpush('requests', 'stop', 'stop')
    finish(servers)


tap.run(before=r.flushall)
