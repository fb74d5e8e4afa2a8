# SPDX-License-Identifier: GPL-3.0-or-later
"""redis-py: messages to channels, and what happens to keys told as such."""

import threading

import tap
from tap import case, equal, until

try:
    import redis
except ImportError:
    tap.skip_all('python3-redis is not installed')

r = redis.Redis(tap.HOST, tap.PORT, decode_responses=True)


def messages(pubsub, count):
    """The next @count messages, confirmations left out."""
    got = []
    while len(got) < count:
        message = pubsub.get_message(timeout=10)
        assert message, got
        if message['type'].endswith('message'):
            got.append((message['pattern'], message['channel'],
                        message['data']))
    return got


@case
def channels_and_patterns():
    with r.pubsub() as pubsub:
        pubsub.subscribe('news', 'sports')
        pubsub.psubscribe('n*')
        until(lambda: r.pubsub_numpat() == 1)
        equal(sorted(r.pubsub_channels()), ['news', 'sports'])
        equal(r.pubsub_numsub('news', 'none'), [('news', 1), ('none', 0)])
        equal(r.publish('news', 'one'), 2)
        equal(r.publish('sports', 'two'), 1)
        equal(r.publish('nobody', 'three'), 1)
        equal(r.publish('other', 'four'), 0)
        equal(sorted(messages(pubsub, 4), key=str),
              [('n*', 'news', 'one'), ('n*', 'nobody', 'three'),
               (None, 'news', 'one'), (None, 'sports', 'two')])
        pubsub.unsubscribe('news')
        until(lambda: r.pubsub_channels() == ['sports'])
        equal(r.publish('news', 'five'), 1)
    until(lambda: r.pubsub_channels() == [])


@case
def many_in_order():
    """Each of several subscribers gets every message, in order."""
    count = 2000
    got = [[] for _ in range(5)]

    def listen(mine):
        client = redis.Redis(tap.HOST, tap.PORT, decode_responses=True)
        with client.pubsub() as pubsub:
            pubsub.subscribe('ticks')
            mine.extend(data for _, _, data in messages(pubsub, count))

    threads = [threading.Thread(target=listen, args=(mine,)) for mine in got]
    for thread in threads:
        thread.start()
    until(lambda: r.pubsub_numsub('ticks') == [('ticks', 5)])
    pipe = r.pipeline(transaction=False)
    for n in range(count):
        pipe.publish('ticks', n)
    equal(set(pipe.execute()), {5})
    for thread in threads:
        thread.join(30)
    for mine in got:
        equal(mine, [str(n) for n in range(count)])


@case
def events_of_keys():
    r.config_set('notify-keyspace-events', 'KEA')
    with r.pubsub() as pubsub:
        pubsub.psubscribe('__key*@0__:*')
        until(lambda: r.pubsub_numpat() == 1)
        r.set('k', 'v', px=20)
        r.rpush('l', 1)
        r.lpop('l')
        want = [('__keyspace@0__:k', 'set'), ('__keyevent@0__:set', 'k'),
                ('__keyspace@0__:k', 'expire'), ('__keyevent@0__:expire', 'k'),
                ('__keyspace@0__:l', 'rpush'), ('__keyevent@0__:rpush', 'l'),
                ('__keyspace@0__:l', 'lpop'), ('__keyevent@0__:lpop', 'l'),
                ('__keyspace@0__:l', 'del'), ('__keyevent@0__:del', 'l'),
                ('__keyspace@0__:k', 'expired'),
                ('__keyevent@0__:expired', 'k')]
        got = [(channel, data) for _, channel, data in
               messages(pubsub, len(want))]
        equal(sorted(got), sorted(want))
        equal([event for event in got if event[0].endswith(':l')],
              [event for event in want if event[0].endswith(':l')])
    r.config_set('notify-keyspace-events', '')


tap.run(before=r.flushall)
