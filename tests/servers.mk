# SPDX-License-Identifier: GPL-3.0-or-later
# What is run by hand and by CI, beside "make check": comparisons with
# redis-server, and Redis's own test suite.

PYTHON = python3
servers_env = COFFERD='$(abs_builddir)/src/cofferd' CC='$(CC)' \
	PYTHONDONTWRITEBYTECODE=1

EXTRA_DIST += \
	tests/lib/harness.py \
	tests/redis-suite/reference.tsv \
	tests/redis-suite/run \
	tests/redis-suite/skips \
	tests/redis-suite/source.py \
	tests/redis-suite/unit.py \
	$(NULL)

.PHONY: check-redis-suite
check-redis-suite: all
	$(servers_env) $(PYTHON) $(srcdir)/tests/redis-suite/run $(ARGS)
