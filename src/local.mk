# SPDX-License-Identifier: GPL-3.0-or-later
# One list a folder, one name a line, sorted, so that two branches seldom clash.

base_sources = \
	src/base/error.c \
	src/base/error.h \
	src/base/errors.def \
	src/base/handoff.h \
	src/base/lock.c \
	src/base/lock.h \
	src/base/locks.def \
	src/base/number.c \
	src/base/number.h \
	$(NULL)
config_sources = \
	src/config/settings.def \
	src/config/settings.h \
	$(NULL)
proto_sources = \
	src/proto/reply-reader.c \
	src/proto/reply-reader.h \
	src/proto/reply-tree.c \
	src/proto/reply-tree.h \
	src/proto/split.c \
	src/proto/split.h \
	$(NULL)
types_sources = \
	$(NULL)
store_sources = \
	$(NULL)
engine_sources = \
	$(NULL)
commands_sources = \
	src/commands/commands.c \
	src/commands/commands.h \
	$(NULL)
net_sources = \
	$(NULL)

noinst_LIBRARIES += src/libcoffer.a
src_libcoffer_a_SOURCES = \
	$(base_sources) \
	$(config_sources) \
	$(proto_sources) \
	$(types_sources) \
	$(store_sources) \
	$(engine_sources) \
	$(commands_sources) \
	$(net_sources) \
	$(NULL)
if TSAN
src_libcoffer_a_SOURCES += src/base/tsan-glib.c
endif
coffer_libs = src/libcoffer.a $(JEMALLOC_LIBS) $(GLIB_LIBS) $(LIBINTL) -lm

EXTRA_DIST += src/LAYERS src/base/tsan-glib.c
