# SPDX-License-Identifier: GPL-3.0-or-later
"""Kombu, which carries Celery's messages: queues, priorities,
acknowledgements, and messages that come back when they get none."""

import tap
from tap import case, equal

try:
    import kombu
    import redis
except ImportError:
    tap.skip_all('python3-kombu and python3-redis are not installed')

URL = 'redis://%s:%d/0' % (tap.HOST, tap.PORT)
r = redis.Redis(tap.HOST, tap.PORT)


@case
def simple_queue():
    with kombu.Connection(URL) as connection:
        with connection.SimpleQueue('mail') as mail:
            for n in range(200):
                mail.put({'to': 'user%d' % n}, serializer='json')
            equal(len(mail), 200)
            for n in range(200):
                message = mail.get(timeout=10)
                equal(message.payload, {'to': 'user%d' % n})
                message.ack()
        equal(r.exists('mail'), 0)


@case
def not_acknowledged():
    with kombu.Connection(URL) as connection:
        with connection.SimpleQueue('jobs') as jobs:
            jobs.put('work')
            jobs.get(timeout=10).requeue()
            equal(jobs.get(timeout=10).payload, 'work')
            equal(r.hlen('unacked'), 1)
    # The message was never acknowledged, so it is there again.
    with kombu.Connection(URL) as connection:
        with connection.SimpleQueue('jobs') as jobs:
            message = jobs.get(timeout=10)
            equal(message.payload, 'work')
            message.ack()
    equal(r.exists('unacked', 'jobs'), 0)


@case
def priorities_and_routes():
    exchange = kombu.Exchange('media', 'topic', durable=True)
    queues = [kombu.Queue('video', exchange, routing_key='video.*'),
              kombu.Queue('all', exchange, routing_key='#')]
    got = []

    def on_message(body, message):
        got.append((message.delivery_info['routing_key'], body))
        message.ack()

    with kombu.Connection(URL, transport_options={
            'priority_steps': [0, 5], 'queue_order_strategy': 'priority'}
            ) as connection:
        with connection.Producer() as producer:
            for body, key, priority in (('slow', 'video.x', 5),
                                        ('fast', 'video.y', 0),
                                        ('sound', 'audio.z', 0)):
                producer.publish(body, exchange=exchange, routing_key=key,
                                 priority=priority, declare=queues)
        with connection.Consumer(queues[:1], callbacks=[on_message]):
            while len(got) < 2:
                connection.drain_events(timeout=10)
        equal(got, [('video.y', 'fast'), ('video.x', 'slow')])
        with connection.Consumer(queues[1:], callbacks=[on_message]):
            while len(got) < 5:
                connection.drain_events(timeout=10)
    equal(got[4], ('video.x', 'slow'))


tap.run(before=r.flushall)
