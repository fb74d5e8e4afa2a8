# SPDX-License-Identifier: GPL-3.0-or-later
# One list a folder, one name a line, sorted, so that two branches seldom clash.

base_sources = \
	src/base/blob.c \
	src/base/blob.h \
	src/base/clock.c \
	src/base/clock.h \
	src/base/crc.c \
	src/base/crc.h \
	src/base/error.c \
	src/base/error.h \
	src/base/errors.def \
	src/base/glob.c \
	src/base/glob.h \
	src/base/handoff.h \
	src/base/hash.c \
	src/base/hash.h \
	src/base/lock.c \
	src/base/lock.h \
	src/base/locks.def \
	src/base/log-limit.c \
	src/base/log-limit.h \
	src/base/memory.c \
	src/base/memory.h \
	src/base/number.c \
	src/base/number.h \
	src/base/priority.c \
	src/base/priority.h \
	src/base/random.c \
	src/base/random.h \
	src/base/slice.h \
	src/base/stripes.c \
	src/base/stripes.h \
	$(NULL)
if HAVE_OPENSSL
base_sources += \
	src/base/tls-socket.c \
	src/base/tls-socket.h \
	$(NULL)
endif
config_sources = \
	src/config/describe.c \
	src/config/describe.h \
	src/config/keyfile.c \
	src/config/keyfile.h \
	src/config/loader.c \
	src/config/loader.h \
	src/config/private.h \
	src/config/settings.c \
	src/config/settings.def \
	src/config/settings.h \
	src/config/users.c \
	src/config/users.h \
	src/config/value.c \
	src/config/value.h \
	$(NULL)
proto_sources = \
	src/proto/out.c \
	src/proto/out.h \
	src/proto/plain.c \
	src/proto/plain.h \
	src/proto/reply-reader.c \
	src/proto/reply-reader.h \
	src/proto/reply-tree.c \
	src/proto/reply-tree.h \
	src/proto/reply.c \
	src/proto/reply.h \
	src/proto/request.c \
	src/proto/request.h \
	src/proto/split.c \
	src/proto/split.h \
	$(NULL)
types_sources = \
	src/types/bitfield.c \
	src/types/bitfield.h \
	src/types/bits.c \
	src/types/bits.h \
	src/types/dict.c \
	src/types/dict.h \
	src/types/geohash.c \
	src/types/geohash.h \
	src/types/hashed.c \
	src/types/hashed.h \
	src/types/hashmap.c \
	src/types/hashmap.h \
	src/types/hll.c \
	src/types/hll.h \
	src/types/id-tree.c \
	src/types/id-tree.h \
	src/types/intset.c \
	src/types/intset.h \
	src/types/lcs.c \
	src/types/lcs.h \
	src/types/list-chunk.c \
	src/types/list-chunk.h \
	src/types/list-node.c \
	src/types/list-node.h \
	src/types/list-pack.c \
	src/types/list.c \
	src/types/list.h \
	src/types/listpack-element.c \
	src/types/listpack-element.h \
	src/types/listpack-writer.c \
	src/types/listpack-writer.h \
	src/types/listpack.c \
	src/types/listpack.h \
	src/types/object.c \
	src/types/object.h \
	src/types/packed.h \
	src/types/rank.c \
	src/types/rank.h \
	src/types/ranked.c \
	src/types/ranked.h \
	src/types/set.c \
	src/types/set.h \
	src/types/sorting.c \
	src/types/sorting.h \
	src/types/stream-group.c \
	src/types/stream-group.h \
	src/types/stream-id.c \
	src/types/stream-id.h \
	src/types/stream-node.c \
	src/types/stream-node.h \
	src/types/stream.c \
	src/types/stream.h \
	src/types/zset-builder.c \
	src/types/zset-builder.h \
	src/types/zset-range.c \
	src/types/zset-range.h \
	src/types/zset-small.c \
	src/types/zset-small.h \
	src/types/zset.c \
	src/types/zset.h \
	$(NULL)
store_sources = \
	src/store/access.c \
	src/store/claims.c \
	src/store/claims.h \
	src/store/deadlines.c \
	src/store/deadlines.h \
	src/store/entry.c \
	src/store/entry.h \
	src/store/evict.c \
	src/store/evict.h \
	src/store/expirer.c \
	src/store/expirer.h \
	src/store/expiry.c \
	src/store/flush.c \
	src/store/hold.c \
	src/store/hold.h \
	src/store/keyspace.c \
	src/store/keyspace.h \
	src/store/observed.c \
	src/store/prefetch.c \
	src/store/reaper.c \
	src/store/reaper.h \
	src/store/slot.c \
	src/store/slot.h \
	src/store/table-few.c \
	src/store/table-few.h \
	src/store/table.c \
	src/store/table.h \
	src/store/waiters.c \
	src/store/waiters.h \
	src/store/walk.c \
	src/store/watch.c \
	$(NULL)
persist_sources = \
	src/persist/rdb-hashmap.c \
	src/persist/rdb-list.c \
	src/persist/rdb-listpack.c \
	src/persist/rdb-listpack.h \
	src/persist/rdb-reader.c \
	src/persist/rdb-reader.h \
	src/persist/rdb-set.c \
	src/persist/rdb-stream.c \
	src/persist/rdb-types.h \
	src/persist/rdb-value.c \
	src/persist/rdb-value.h \
	src/persist/rdb-writer.c \
	src/persist/rdb-writer.h \
	src/persist/rdb-zset.c \
	$(NULL)
script_sources = \
	src/script/lua-base.c \
	src/script/lua-base.h \
	src/script/lua-bit.c \
	src/script/lua-bit.h \
	src/script/lua-bytes.c \
	src/script/lua-bytes.h \
	src/script/lua-cost.c \
	src/script/lua-cost.h \
	src/script/lua-front.c \
	src/script/lua-front.h \
	src/script/lua-json-decode.c \
	src/script/lua-json-encode.c \
	src/script/lua-json-inside.h \
	src/script/lua-json.c \
	src/script/lua-json.h \
	src/script/lua-libraries.c \
	src/script/lua-libraries.h \
	src/script/lua-msgpack.c \
	src/script/lua-msgpack.h \
	src/script/lua-pattern.c \
	src/script/lua-pattern.h \
	src/script/lua-random.c \
	src/script/lua-random.h \
	src/script/lua-reply.c \
	src/script/lua-reply.h \
	src/script/lua-state.c \
	src/script/lua-state.h \
	src/script/lua-struct.c \
	src/script/lua-struct.h \
	src/script/sandbox.c \
	src/script/sandbox.h \
	$(NULL)
engine_sources = \
	src/engine/acl-check.c \
	src/engine/acl-check.h \
	src/engine/acl-commands.c \
	src/engine/acl-commands.h \
	src/engine/acl-config.c \
	src/engine/acl-config.h \
	src/engine/acl-file.c \
	src/engine/acl-file.h \
	src/engine/acl-inside.h \
	src/engine/acl-log.c \
	src/engine/acl-log.h \
	src/engine/acl-revoke.c \
	src/engine/acl-revoke.h \
	src/engine/acl-selector.c \
	src/engine/acl-selector.h \
	src/engine/acl-session.c \
	src/engine/acl-text.c \
	src/engine/acl-text.h \
	src/engine/acl-user.c \
	src/engine/acl-user.h \
	src/engine/acl.c \
	src/engine/acl.h \
	src/engine/admission.c \
	src/engine/admission.h \
	src/engine/alone.c \
	src/engine/alone.h \
	src/engine/args.c \
	src/engine/args.h \
	src/engine/backlog.c \
	src/engine/backlog.h \
	src/engine/broadcast.c \
	src/engine/broadcast.h \
	src/engine/call-effect.c \
	src/engine/call-foreign.c \
	src/engine/call-keys.c \
	src/engine/call-keys.h \
	src/engine/call-wait.c \
	src/engine/call.c \
	src/engine/call.h \
	src/engine/client-line.c \
	src/engine/client-line.h \
	src/engine/command.c \
	src/engine/command.h \
	src/engine/engine.c \
	src/engine/engine.h \
	src/engine/events.c \
	src/engine/events.h \
	src/engine/executor-inside.h \
	src/engine/executor-run.c \
	src/engine/executor.c \
	src/engine/executor.h \
	src/engine/feed.c \
	src/engine/feed.h \
	src/engine/function-load.c \
	src/engine/function-load.h \
	src/engine/function.c \
	src/engine/function.h \
	src/engine/gate.c \
	src/engine/gate.h \
	src/engine/latency.c \
	src/engine/latency.h \
	src/engine/logins.c \
	src/engine/logins.h \
	src/engine/monitor.c \
	src/engine/monitor.h \
	src/engine/pause.c \
	src/engine/pause.h \
	src/engine/prefixes.c \
	src/engine/prefixes.h \
	src/engine/pubsub.c \
	src/engine/pubsub.h \
	src/engine/push.c \
	src/engine/push.h \
	src/engine/script-api.c \
	src/engine/script-api.h \
	src/engine/script-call.c \
	src/engine/script-hold.c \
	src/engine/script-hold.h \
	src/engine/script-host.c \
	src/engine/script-host.h \
	src/engine/script-run.c \
	src/engine/script-run.h \
	src/engine/script.c \
	src/engine/script.h \
	src/engine/scripts.c \
	src/engine/scripts.h \
	src/engine/session.c \
	src/engine/session.h \
	src/engine/slowlog.c \
	src/engine/slowlog.h \
	src/engine/stats.c \
	src/engine/stats.h \
	src/engine/tracker.c \
	src/engine/tracker.h \
	src/engine/tracking.c \
	src/engine/tracking.h \
	src/engine/transaction.c \
	src/engine/transaction.h \
	src/engine/waiting.c \
	src/engine/waiting.h \
	src/engine/worker.c \
	src/engine/worker.h \
	$(NULL)
repl_sources = \
	src/repl/lookup.c \
	src/repl/lookup.h \
	src/repl/target.c \
	src/repl/target.h \
	$(NULL)
commands_sources = \
	src/commands/client-name.c \
	src/commands/client-name.h \
	src/commands/client-tracking.c \
	src/commands/client-tracking.h \
	src/commands/cmd-acl.c \
	src/commands/cmd-bitmap-field.c \
	src/commands/cmd-bitmap.c \
	src/commands/cmd-bitmap.h \
	src/commands/cmd-client.c \
	src/commands/cmd-command.c \
	src/commands/cmd-config.c \
	src/commands/cmd-connection.c \
	src/commands/cmd-database.c \
	src/commands/cmd-debug.c \
	src/commands/cmd-dump.c \
	src/commands/cmd-expire.c \
	src/commands/cmd-function.c \
	src/commands/cmd-geo-search.c \
	src/commands/cmd-geo.c \
	src/commands/cmd-geo.h \
	src/commands/cmd-hash-number.c \
	src/commands/cmd-hash-random.c \
	src/commands/cmd-hash.c \
	src/commands/cmd-hash.h \
	src/commands/cmd-hyperloglog.c \
	src/commands/cmd-info.c \
	src/commands/cmd-key.c \
	src/commands/cmd-list-edit.c \
	src/commands/cmd-list-move.c \
	src/commands/cmd-list-pop.c \
	src/commands/cmd-list.c \
	src/commands/cmd-list.h \
	src/commands/cmd-memory.c \
	src/commands/cmd-migrate.c \
	src/commands/cmd-pubsub.c \
	src/commands/cmd-scan.c \
	src/commands/cmd-script.c \
	src/commands/cmd-server.c \
	src/commands/cmd-set-algebra.c \
	src/commands/cmd-set-random.c \
	src/commands/cmd-set.c \
	src/commands/cmd-set.h \
	src/commands/cmd-slowlog.c \
	src/commands/cmd-sort.c \
	src/commands/cmd-stream-add.c \
	src/commands/cmd-stream-group.c \
	src/commands/cmd-stream-info.c \
	src/commands/cmd-stream-pending.c \
	src/commands/cmd-stream-read.c \
	src/commands/cmd-stream-shared.c \
	src/commands/cmd-stream.c \
	src/commands/cmd-stream.h \
	src/commands/cmd-string-lcs.c \
	src/commands/cmd-string-number.c \
	src/commands/cmd-string-plain.c \
	src/commands/cmd-string-range.c \
	src/commands/cmd-string-set.c \
	src/commands/cmd-string.c \
	src/commands/cmd-string.h \
	src/commands/cmd-transaction.c \
	src/commands/cmd-wait.c \
	src/commands/cmd-zset-combine.c \
	src/commands/cmd-zset-pop.c \
	src/commands/cmd-zset-range.c \
	src/commands/cmd-zset-scan.c \
	src/commands/cmd-zset.c \
	src/commands/cmd-zset.h \
	src/commands/commands.c \
	src/commands/commands.h \
	src/commands/cursor.c \
	src/commands/cursor.h \
	src/commands/deadline.c \
	src/commands/deadline.h \
	src/commands/digest.c \
	src/commands/digest.h \
	src/commands/edit.c \
	src/commands/edit.h \
	src/commands/help.c \
	src/commands/help.h \
	src/commands/key-value.c \
	src/commands/key-value.h \
	src/commands/memory-figures.c \
	src/commands/memory-figures.h \
	src/commands/sort-pattern.c \
	src/commands/sort-pattern.h \
	src/commands/usage.c \
	src/commands/usage.h \
	src/commands/version.h \
	$(NULL)
net_sources = \
	src/net/address.c \
	src/net/address.h \
	src/net/arrivals.c \
	src/net/arrivals.h \
	src/net/balance.c \
	src/net/balance.h \
	src/net/connection-send.c \
	src/net/connection-show.c \
	src/net/connection-turn.c \
	src/net/connection.c \
	src/net/connection.h \
	src/net/door.c \
	src/net/door.h \
	src/net/evict-clients.c \
	src/net/evict-clients.h \
	src/net/gather.c \
	src/net/gather.h \
	src/net/handshake-turns.c \
	src/net/handshake-turns.h \
	src/net/handshakes.c \
	src/net/handshakes.h \
	src/net/listener.c \
	src/net/listener.h \
	src/net/loop-ends.c \
	src/net/loop-inside.h \
	src/net/loop-mail.c \
	src/net/loop.c \
	src/net/loop.h \
	src/net/loops.c \
	src/net/loops.h \
	src/net/mailbox.c \
	src/net/mailbox.h \
	src/net/timers.c \
	src/net/timers.h \
	src/net/tls-stream.h \
	src/net/tls.h \
	src/net/watchdog.c \
	src/net/watchdog.h \
	$(NULL)
if HAVE_OPENSSL
net_sources += \
	src/net/tls-context.c \
	src/net/tls-context.h \
	src/net/tls-inside.h \
	src/net/tls-stream.c \
	src/net/tls.c \
	$(NULL)
else
net_sources += src/net/tls-none.c
endif
daemon_sources = \
	src/daemon/daemon.c \
	src/daemon/daemon.h \
	src/daemon/log.c \
	src/daemon/log.h \
	src/daemon/notify.c \
	src/daemon/notify.h \
	src/daemon/options.c \
	src/daemon/options.h \
	$(NULL)
client_sources = \
	src/client/client-help.c \
	src/client/client-help.h \
	src/client/client-options.c \
	src/client/client-options.h \
	src/client/completion.c \
	src/client/completion.h \
	src/client/eval-args.c \
	src/client/eval-args.h \
	src/client/fetch-rdb.c \
	src/client/fetch-rdb.h \
	src/client/format.c \
	src/client/format.h \
	src/client/interrupt.c \
	src/client/interrupt.h \
	src/client/line-editor.c \
	src/client/line-editor.h \
	src/client/mass-insert.c \
	src/client/mass-insert.h \
	src/client/plain-client.c \
	src/client/plain-client.h \
	src/client/probe-latency.c \
	src/client/probe-latency.h \
	src/client/prompt.c \
	src/client/prompt.h \
	src/client/remote.c \
	src/client/remote.h \
	src/client/runner.c \
	src/client/runner.h \
	src/client/scan-keys.c \
	src/client/scan-keys.h \
	src/client/tls-link.h \
	$(NULL)
if HAVE_OPENSSL
client_sources += src/client/tls-link.c
else
client_sources += src/client/tls-link-none.c
endif

noinst_LIBRARIES += src/libcoffer.a
src_libcoffer_a_SOURCES = \
	$(base_sources) \
	$(config_sources) \
	$(proto_sources) \
	$(types_sources) \
	$(store_sources) \
	$(persist_sources) \
	$(script_sources) \
	$(engine_sources) \
	$(repl_sources) \
	$(commands_sources) \
	$(net_sources) \
	$(daemon_sources) \
	$(client_sources) \
	$(NULL)
if TSAN
src_libcoffer_a_SOURCES += src/base/tsan-glib.c
endif
coffer_libs = src/libcoffer.a $(JEMALLOC_LIBS) $(LZF_LIBS) $(LUA_LIBS) \
	$(OPENSSL_LIBS) $(GLIB_LIBS) $(LIBINTL) -lm

sbin_PROGRAMS += src/cofferd
src_cofferd_SOURCES = src/daemon/main.c
src_cofferd_LDADD = $(coffer_libs)
src_cofferd_LDFLAGS = $(HARDEN_LDFLAGS)

bin_PROGRAMS += src/coffer
src_coffer_SOURCES = src/client/coffer.c
src_coffer_LDADD = \
	src/libcoffer.a \
	$(OPENSSL_LIBS) \
	$(GLIB_LIBS) \
	$(READLINE_LIBS) \
	$(LIBINTL) \
	-lm \
	$(NULL)

EXTRA_DIST += src/LAYERS src/base/tsan-glib.c
