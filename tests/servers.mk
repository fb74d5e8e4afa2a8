# SPDX-License-Identifier: GPL-3.0-or-later
# What is run by hand and by CI, beside "make check": comparisons with
# redis-server, and Redis's own test suite.

PYTHON = python3
servers_env = COFFERD='$(abs_builddir)/src/cofferd' CC='$(CC)' \
	COFFER='$(abs_builddir)/src/coffer' \
	$(sanitizer_env) PYTHONDONTWRITEBYTECODE=1

EXTRA_DIST += \
	bench/bench.py \
	bench/collection.py \
	bench/logins.py \
	bench/messages.py \
	bench/probe.c \
	bench/run \
	bench/scripting.py \
	bench/sections.py \
	bench/secure.py \
	bench/stall.py \
	bench/still.h \
	bench/typework.py \
	tests/lib/harness.py \
	tests/oracle/acl.txt \
	tests/oracle/bitmaps.txt \
	tests/oracle/chance.py \
	tests/oracle/chance_acl.py \
	tests/oracle/chance_dump.py \
	tests/oracle/chance_geo.py \
	tests/oracle/chance_hashes.py \
	tests/oracle/chance_hyperloglog.py \
	tests/oracle/chance_keys.py \
	tests/oracle/chance_lists.py \
	tests/oracle/chance_scripts.py \
	tests/oracle/chance_sets.py \
	tests/oracle/chance_sort.py \
	tests/oracle/chance_streams.py \
	tests/oracle/chance_strings.py \
	tests/oracle/chance_zsets.py \
	tests/oracle/client.txt \
	tests/oracle/command.txt \
	tests/oracle/compare.py \
	tests/oracle/config.txt \
	tests/oracle/connection.txt \
	tests/oracle/dump.txt \
	tests/oracle/events.txt \
	tests/oracle/expiry.txt \
	tests/oracle/functions.txt \
	tests/oracle/geo.txt \
	tests/oracle/hashes.txt \
	tests/oracle/hyperloglog.txt \
	tests/oracle/keys.txt \
	tests/oracle/lists.txt \
	tests/oracle/lua-libraries.txt \
	tests/oracle/protocol.txt \
	tests/oracle/pubsub.txt \
	tests/oracle/run \
	tests/oracle/scripts.txt \
	tests/oracle/server.txt \
	tests/oracle/sets.txt \
	tests/oracle/sort.txt \
	tests/oracle/streams.txt \
	tests/oracle/strings.txt \
	tests/oracle/table.py \
	tests/oracle/tracking.txt \
	tests/oracle/transactions.txt \
	tests/oracle/waiting.py \
	tests/oracle/zsets.txt \
	tests/programs/celery-tasks.py \
	tests/programs/client.py \
	tests/programs/django-redis.py \
	tests/programs/hiredis.c \
	tests/programs/message-queue.py \
	tests/programs/node/caches.mjs \
	tests/programs/node/ioredis.mjs \
	tests/programs/node/jobs.mjs \
	tests/programs/node/node-redis.mjs \
	tests/programs/node/package-lock.json \
	tests/programs/node/package.json \
	tests/programs/node/sessions.mjs \
	tests/programs/node/tap.mjs \
	tests/programs/nutcracker.py \
	tests/programs/php-redis.php \
	tests/programs/redis-lua.lua \
	tests/programs/redis-perl.pl \
	tests/programs/redis-py-blocking.py \
	tests/programs/redis-py-pubsub.py \
	tests/programs/redis-py-types.py \
	tests/programs/redis-py.py \
	tests/programs/redis-rb.rb \
	tests/programs/redis-tools.sh \
	tests/programs/rq-jobs.py \
	tests/programs/run \
	tests/programs/sidekiq-jobs.rb \
	tests/programs/tap.py \
	tests/programs/tap.rb \
	tests/programs/tap.sh \
	tests/programs/work-queue.py \
	tests/redis-suite/reference.tsv \
	tests/redis-suite/run \
	tests/redis-suite/skips \
	tests/redis-suite/source.py \
	tests/redis-suite/unit.py \
	$(NULL)

.PHONY: bench check-oracle check-programs check-redis-suite
#: check-oracle       the same commands to cofferd and redis-server, replies compared
check-oracle: all
	$(servers_env) $(PYTHON) $(srcdir)/tests/oracle/run $(ARGS)
#: check-programs     client libraries, queues, caches and proxies at work on it
check-programs: all
	$(servers_env) $(PYTHON) $(srcdir)/tests/programs/run $(ARGS)
#: check-redis-suite  the test suite of Redis 7.0.15 against cofferd
check-redis-suite: all
	$(servers_env) $(PYTHON) $(srcdir)/tests/redis-suite/run $(ARGS)
#: bench              cofferd and redis-server side by side, in ratios
bench: all
	$(servers_env) $(PYTHON) $(srcdir)/bench/run $(ARGS)
