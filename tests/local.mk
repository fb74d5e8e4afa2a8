# SPDX-License-Identifier: GPL-3.0-or-later
# tests/X/test-Y.c tests src/X/Y.c: to add a test, add its line to the list.

test_programs = \
	tests/base/test-blob \
	tests/base/test-clock \
	tests/base/test-crc \
	tests/base/test-glob \
	tests/base/test-hash \
	tests/base/test-lock \
	tests/base/test-log-limit \
	tests/base/test-memory \
	tests/base/test-number \
	tests/base/test-priority \
	tests/base/test-random \
	tests/base/test-stripes \
	tests/client/test-client-help \
	tests/client/test-client-options \
	tests/client/test-completion \
	tests/client/test-eval-args \
	tests/client/test-fetch-rdb \
	tests/client/test-format \
	tests/client/test-interrupt \
	tests/client/test-mass-insert \
	tests/client/test-plain-client \
	tests/client/test-probe-latency \
	tests/client/test-prompt \
	tests/client/test-remote \
	tests/client/test-runner \
	tests/client/test-scan-keys \
	tests/commands/test-client-tracking \
	tests/commands/test-cmd-acl \
	tests/commands/test-cmd-bitmap \
	tests/commands/test-cmd-bitmap-field \
	tests/commands/test-cmd-client \
	tests/commands/test-cmd-command \
	tests/commands/test-cmd-config \
	tests/commands/test-cmd-connection \
	tests/commands/test-cmd-database \
	tests/commands/test-cmd-debug \
	tests/commands/test-cmd-dump \
	tests/commands/test-cmd-expire \
	tests/commands/test-cmd-function \
	tests/commands/test-cmd-geo \
	tests/commands/test-cmd-geo-search \
	tests/commands/test-cmd-hash \
	tests/commands/test-cmd-hash-number \
	tests/commands/test-cmd-hash-random \
	tests/commands/test-cmd-hyperloglog \
	tests/commands/test-cmd-info \
	tests/commands/test-cmd-key \
	tests/commands/test-cmd-list \
	tests/commands/test-cmd-memory \
	tests/commands/test-cmd-migrate \
	tests/commands/test-cmd-pubsub \
	tests/commands/test-cmd-scan \
	tests/commands/test-cmd-script \
	tests/commands/test-cmd-server \
	tests/commands/test-cmd-set \
	tests/commands/test-cmd-set-algebra \
	tests/commands/test-cmd-set-random \
	tests/commands/test-cmd-slowlog \
	tests/commands/test-cmd-sort \
	tests/commands/test-cmd-stream \
	tests/commands/test-cmd-stream-add \
	tests/commands/test-cmd-stream-group \
	tests/commands/test-cmd-stream-info \
	tests/commands/test-cmd-stream-pending \
	tests/commands/test-cmd-stream-read \
	tests/commands/test-cmd-string \
	tests/commands/test-cmd-string-lcs \
	tests/commands/test-cmd-string-number \
	tests/commands/test-cmd-string-range \
	tests/commands/test-cmd-string-set \
	tests/commands/test-cmd-transaction \
	tests/commands/test-cmd-wait \
	tests/commands/test-cmd-zset \
	tests/commands/test-cmd-zset-combine \
	tests/commands/test-cmd-zset-pop \
	tests/commands/test-cmd-zset-range \
	tests/commands/test-cmd-zset-scan \
	tests/commands/test-commands \
	tests/commands/test-digest \
	tests/commands/test-no-memory \
	tests/commands/test-usage \
	tests/config/test-describe \
	tests/config/test-keyfile \
	tests/config/test-loader \
	tests/config/test-settings \
	tests/config/test-users \
	tests/config/test-value \
	tests/daemon/test-function \
	tests/daemon/test-log \
	tests/daemon/test-login \
	tests/daemon/test-main \
	tests/daemon/test-no-stall \
	tests/daemon/test-notify \
	tests/daemon/test-options \
	tests/daemon/test-plain \
	tests/daemon/test-protocol \
	tests/daemon/test-pubsub \
	tests/daemon/test-script \
	tests/daemon/test-service \
	tests/daemon/test-shutdown \
	tests/daemon/test-stress \
	tests/engine/test-acl \
	tests/engine/test-acl-check \
	tests/engine/test-acl-commands \
	tests/engine/test-acl-config \
	tests/engine/test-acl-file \
	tests/engine/test-acl-log \
	tests/engine/test-acl-selector \
	tests/engine/test-acl-text \
	tests/engine/test-acl-user \
	tests/engine/test-alone \
	tests/engine/test-args \
	tests/engine/test-backlog \
	tests/engine/test-broadcast \
	tests/engine/test-call \
	tests/engine/test-command \
	tests/engine/test-engine \
	tests/engine/test-events \
	tests/engine/test-executor \
	tests/engine/test-feed \
	tests/engine/test-function \
	tests/engine/test-function-load \
	tests/engine/test-gate \
	tests/engine/test-latency \
	tests/engine/test-logins \
	tests/engine/test-monitor \
	tests/engine/test-pause \
	tests/engine/test-prefixes \
	tests/engine/test-pubsub \
	tests/engine/test-push \
	tests/engine/test-script \
	tests/engine/test-scripts \
	tests/engine/test-session \
	tests/engine/test-slowlog \
	tests/engine/test-stats \
	tests/engine/test-tracking \
	tests/engine/test-transaction \
	tests/engine/test-waiting \
	tests/engine/test-worker \
	tests/linear/test-linear \
	tests/linear/test-queues \
	tests/linear/test-transfers \
	tests/net/test-address \
	tests/net/test-balance \
	tests/net/test-door \
	tests/net/test-gather \
	tests/net/test-handshake-turns \
	tests/net/test-loops \
	tests/net/test-mailbox \
	tests/net/test-timers \
	tests/persist/test-rdb-hashmap \
	tests/persist/test-rdb-list \
	tests/persist/test-rdb-listpack \
	tests/persist/test-rdb-reader \
	tests/persist/test-rdb-set \
	tests/persist/test-rdb-stream \
	tests/persist/test-rdb-value \
	tests/persist/test-rdb-writer \
	tests/persist/test-rdb-zset \
	tests/proto/test-out \
	tests/proto/test-plain \
	tests/proto/test-reply \
	tests/proto/test-reply-reader \
	tests/proto/test-reply-tree \
	tests/proto/test-request \
	tests/proto/test-split \
	tests/repl/test-lookup \
	tests/repl/test-target \
	tests/script/test-lua-bit \
	tests/script/test-lua-bytes \
	tests/script/test-lua-cost \
	tests/script/test-lua-json \
	tests/script/test-lua-json-decode \
	tests/script/test-lua-json-encode \
	tests/script/test-lua-libraries \
	tests/script/test-lua-msgpack \
	tests/script/test-lua-pattern \
	tests/script/test-lua-random \
	tests/script/test-lua-reply \
	tests/script/test-lua-state \
	tests/script/test-lua-struct \
	tests/script/test-sandbox \
	tests/store/test-access \
	tests/store/test-claims \
	tests/store/test-deadlines \
	tests/store/test-entry \
	tests/store/test-evict \
	tests/store/test-expirer \
	tests/store/test-expiry \
	tests/store/test-flush \
	tests/store/test-hold \
	tests/store/test-keyspace \
	tests/store/test-prefetch \
	tests/store/test-reaper \
	tests/store/test-slot \
	tests/store/test-table \
	tests/store/test-table-few \
	tests/store/test-waiters \
	tests/store/test-walk \
	tests/store/test-watch \
	tests/types/test-bitfield \
	tests/types/test-bits \
	tests/types/test-dict \
	tests/types/test-geohash \
	tests/types/test-hashmap \
	tests/types/test-hll \
	tests/types/test-id-tree \
	tests/types/test-intset \
	tests/types/test-lcs \
	tests/types/test-list \
	tests/types/test-listpack \
	tests/types/test-listpack-writer \
	tests/types/test-object \
	tests/types/test-rank \
	tests/types/test-set \
	tests/types/test-sorting \
	tests/types/test-stream \
	tests/types/test-stream-group \
	tests/types/test-stream-id \
	tests/types/test-stream-node \
	tests/types/test-zset \
	tests/types/test-zset-builder \
	tests/types/test-zset-range \
	$(NULL)
# Scripts that print nothing or why they failed; exit status 77 means skipped.
test_scripts = \
	tests/client/test-manual.sh \
	$(NULL)
lint_scripts = \
	tests/lint/docs.sh \
	tests/lint/format.sh \
	tests/lint/layers.sh \
	tests/lint/lists.sh \
	tests/lint/manual.sh \
	tests/lint/marks.sh \
	tests/lint/mirror.sh \
	tests/lint/packages.sh \
	tests/lint/po.sh \
	tests/lint/shell.sh \
	tests/lint/sizes.sh \
	tests/lint/spdx.sh \
	$(NULL)

if HAVE_OPENSSL
test_programs += \
	tests/daemon/test-stuck \
	tests/daemon/test-tls \
	tests/daemon/test-users \
	tests/net/test-handshakes \
	tests/net/test-tls \
	tests/net/test-tls-context \
	tests/net/test-tls-stream \
	$(NULL)
endif

check_LIBRARIES += tests/libharness.a
tests_libharness_a_SOURCES = \
	tests/client/canned.c \
	tests/client/canned.h \
	tests/commands/fixture.c \
	tests/commands/fixture.h \
	tests/daemon/harness.c \
	tests/daemon/harness.h \
	tests/engine/acl-fixture.c \
	tests/engine/acl-fixture.h \
	tests/linear/checker.c \
	tests/linear/checker.h \
	tests/linear/link.c \
	tests/linear/link.h \
	tests/linear/model.c \
	tests/linear/model.h \
	tests/linear/remote-store.c \
	tests/linear/remote-store.h \
	tests/linear/rounds.c \
	tests/linear/rounds.h \
	$(NULL)
if HAVE_OPENSSL
tests_libharness_a_SOURCES += \
	tests/daemon/tls-wire.c \
	tests/daemon/tls-wire.h \
	$(NULL)
endif
LDADD = tests/libharness.a $(coffer_libs)
tests_client_test_prompt_LDADD = $(LDADD) $(READLINE_LIBS)
check_PROGRAMS += $(test_programs)
# Its resolver hangs.
tests_repl_test_lookup_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=getaddrinfo
# What it says to syslog and to the journal is caught.
tests_daemon_test_log_LDFLAGS = \
	$(AM_LDFLAGS) \
	-Wl,--wrap=__syslog_chk,--wrap=closelog,--wrap=openlog,--wrap=syslog \
	-Wl,--wrap=g_log_writer_is_journald,--wrap=g_log_writer_journald \
	$(NULL)

# A daemon with a planted bug, which test-linear must find.
check_PROGRAMS += tests/linear/cofferd-racy
tests_linear_cofferd_racy_SOURCES = src/daemon/main.c tests/linear/racy.c
tests_linear_cofferd_racy_LDADD = $(coffer_libs)
tests_linear_cofferd_racy_LDFLAGS = \
	$(AM_LDFLAGS) -Wl,--wrap=cf_executor_run_within

check_SCRIPTS += $(test_scripts) $(lint_scripts)
TESTS = $(test_programs) $(test_scripts) $(lint_scripts)
EXTRA_DIST += \
	$(test_scripts) \
	$(lint_scripts) \
	tests/lint/exceptions \
	tests/lint/files \
	tests/lsan.supp \
	tests/persist/payload.h \
	tests/script/fixture.h \
	tests/store/fixture.h \
	tests/tap-run \
	tests/tap-script \
	tests/tsan.supp \
	tests/types/pile.h \
	tests/valgrind.supp \
	$(NULL)

# Every test prints TAP; the driver makes each line of it a result of its own.
TEST_EXTENSIONS = .sh
tap_driver = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER = $(tap_driver)
LOG_COMPILER = $(SHELL) $(srcdir)/tests/tap-run
TEST_WRAPPER =
AM_LOG_FLAGS = "$(TEST_WRAPPER)"
SH_LOG_DRIVER = $(tap_driver)
SH_LOG_COMPILER = $(SHELL) $(srcdir)/tests/tap-script

asan_options = allocator_may_return_null=1:detect_leaks=1:halt_on_error=1:fast_unwind_on_malloc=0
lsan_options = print_suppressions=0:suppressions=$(abs_srcdir)/tests/lsan.supp
ubsan_options = print_stacktrace=1:halt_on_error=1
tsan_options = allocator_may_return_null=1:ignore_noninstrumented_modules=1:halt_on_error=1:suppressions=$(abs_srcdir)/tests/tsan.supp

sanitizer_env = ASAN_OPTIONS='$(asan_options)' LSAN_OPTIONS='$(lsan_options)' \
	UBSAN_OPTIONS='$(ubsan_options)' TSAN_OPTIONS='$(tsan_options)'

AM_TESTS_ENVIRONMENT = \
	export srcdir='$(srcdir)' AWK='$(AWK)'; \
	export CLANG_FORMAT='$(CLANG_FORMAT)' SHELLCHECK='$(SHELLCHECK)'; \
	export COFFERD='$(abs_builddir)/src/cofferd'; \
	export COFFER='$(abs_builddir)/src/coffer'; \
	export COFFERD_RACY='$(abs_builddir)/tests/linear/cofferd-racy'; \
	export LC_ALL=C LANGUAGE=; \
	export G_TEST_SRCDIR='$(abs_srcdir)/tests'; \
	export G_TEST_BUILDDIR='$(abs_builddir)/tests'; \
	export G_DEBUG=gc-friendly G_SLICE=always-malloc MALLOC_PERTURB_=165; \
	export GIO_USE_VFS=local GIO_USE_PROXY_RESOLVER=dummy; \
	export $(sanitizer_env);
