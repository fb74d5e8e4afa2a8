# SPDX-License-Identifier: GPL-3.0-or-later
"""What the programs in Python share: where the server is, and cases that are
told as TAP."""

import os
import sys
import time
import traceback

HOST = os.environ['REDIS_HOST']
PORT = int(os.environ['REDIS_PORT'])
PORT_2 = int(os.environ['REDIS_PORT_2'])
SOCKET = os.environ['REDIS_SOCKET']

CASES = []


def case(function):
    """Decorates what is to be run as a case of the function's name."""
    CASES.append(function)
    return function


def equal(got, wanted):
    if got != wanted:
        raise AssertionError('%r, not %r' % (got, wanted))


def raises(kind, text, function, *args, **options):
    """@function must raise a @kind that says @text."""
    try:
        result = function(*args, **options)
    except kind as error:
        if text not in str(error):
            raise AssertionError('%r does not say %r' % (error, text))
    else:
        raise AssertionError('%r, and no %s' % (result, kind.__name__))


def until(condition, seconds=10):
    """Looks again and again whether @condition() holds by now."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError('did not come about in %g s' % seconds)
        time.sleep(0.002)


def skip_all(reason):
    print('1..0 # SKIP ' + reason)
    sys.exit(0)


def run(before=None):
    """Run the cases, @before() ahead of each, and end the program."""
    print('1..%d' % len(CASES))
    failed = 0
    for number, function in enumerate(CASES, 1):
        word = 'ok'
        try:
            if before:
                before()
            function()
        except Exception:
            failed += 1
            word = 'not ok'
            for line in traceback.format_exc(-3, False).splitlines():
                print('# ' + line)
        print('%s %d - %s' % (word, number,
                              function.__name__.replace('_', '-')))
        sys.stdout.flush()
    sys.exit(1 if failed else 0)
