# SPDX-License-Identifier: GPL-3.0-or-later
# The checks beside "make check".  Each that needs another build than this has
# its own tree below this one, and never dirties it.

# SUITE: the tests that these run, e.g. make check-asan SUITE=tests/base/test-lock
SUITE = $(test_programs) $(test_scripts)
# TREE_FLAGS: more arguments for their configure
TREE_FLAGS =

# $(call in_tree,DIRECTORY,CONFIGURE-ARGUMENTS)
define in_tree
	@if test -f $(srcdir)/config.status; then \
	  echo "$@: configured in place; use a separate build directory" >&2; \
	  exit 1; \
	fi
	$(MKDIR_P) $(1)
	cd $(1) && { test -f Makefile || \
	  $(abs_srcdir)/configure -q CC='$(CC)' CFLAGS='-g -O1' $(2) $(TREE_FLAGS); }
endef

#: check-asan         the suite with the address and undefined sanitizers
check-asan:
	$(call in_tree,_asan,--enable-debug --enable-sanitizers=address$(comma)undefined)
	TEST_TIMEOUT=$${TEST_TIMEOUT-600} $(MAKE) -C _asan check TESTS='$(SUITE)'

#: check-tsan         the suite with the thread sanitizer
check-tsan:
	$(call in_tree,_tsan,--enable-debug --enable-sanitizers=thread)
	TEST_TIMEOUT=$${TEST_TIMEOUT-600} $(MAKE) -C _tsan check TESTS='$(SUITE)'

#: bench-asan         what the benchmark does, with the sanitizers of check-asan
bench-asan:
	$(call in_tree,_asan,--enable-debug --enable-sanitizers=address$(comma)undefined)
	$(MAKE) -C _asan bench ARGS='--quick --no-targets $(ARGS)'

#: bench-tsan         what the benchmark does, with the thread sanitizer
bench-tsan:
	$(call in_tree,_tsan,--enable-debug --enable-sanitizers=thread)
	$(MAKE) -C _tsan bench ARGS='--quick --no-targets $(ARGS)'

#: check-valgrind     the suite under valgrind's memcheck
check-valgrind:
	$(call in_tree,_valgrind,--enable-debug --without-jemalloc)
	TEST_TIMEOUT=$${TEST_TIMEOUT-1200} $(MAKE) -C _valgrind check \
	  TESTS='$(SUITE)' TEST_WRAPPER='$(VALGRIND) -q $(memcheck)'
memcheck = --error-exitcode=99 \
	--leak-check=full --errors-for-leak-kinds=definite \
	--suppressions=/usr/share/glib-2.0/valgrind/glib.supp \
	--suppressions=$(abs_srcdir)/tests/valgrind.supp
comma = ,

#: fuzz               every fuzz target for FUZZ_SECONDS (10) each
fuzz:
	$(call in_tree,_fuzz,CC=clang --disable-hardening \
	  --enable-sanitizers=address$(comma)undefined$(comma)fuzzer-no-link)
	$(MAKE) -C _fuzz fuzz-here
FUZZ_SECONDS = 10
fuzz_programs = $(patsubst $(srcdir)/%.c,%,$(wildcard $(srcdir)/tests/fuzz/fuzz-*.c))
$(fuzz_programs): tests/fuzz/fuzz-%: $(srcdir)/tests/fuzz/fuzz-%.c src/libcoffer.a
	@$(MKDIR_P) tests/fuzz
	$(AM_V_CCLD)$(COMPILE) -fsanitize=fuzzer $(AM_LDFLAGS) -o $@ $< $(coffer_libs)
fuzz-here: $(fuzz_programs)
	@FUZZ_SECONDS='$(FUZZ_SECONDS)' \
	  $(SHELL) $(srcdir)/tests/fuzz-run $(srcdir)/tests/fuzz/corpus $(fuzz_programs)

c_files = $(shell cd $(srcdir) && find src tests -name '*.[ch]' | LC_ALL=C sort)

#: analyze            gcc -fanalyzer and clang's thread-safety analysis
analyze: $(BUILT_SOURCES)
	@$(SHELL) $(srcdir)/tests/analyze $(srcdir) \
	  $(DEFS) $(DEFAULT_INCLUDES) $(AM_CPPFLAGS) $(CPPFLAGS) $(GLIB_CFLAGS) \
	  $(LZF_CFLAGS) $(LUA_CFLAGS)

#: format             lay out the sources with clang-format
format:
	cd $(srcdir) && $(or $(CLANG_FORMAT),clang-format) -i $(c_files)

#: coverage           lines that the suite runs (configure with --enable-coverage)
if COVERAGE
coverage:
	-$(LCOV) -q --zerocounters --directory .
	-$(MAKE) $(AM_MAKEFLAGS) check
	$(LCOV) -q --capture --directory . --base-directory $(abs_srcdir) \
	  --no-external --output-file coverage.info
	$(LCOV) -q --remove coverage.info '*/tests/*' --output-file coverage.info
	$(GENHTML) -q --output-directory coverage --legend coverage.info
	@$(LCOV) --summary coverage.info
clean-local: clean-coverage
clean-coverage:
	-rm -rf coverage coverage.info
	-find . -name '*.gcda' -o -name '*.gcno' | xargs rm -f
else
coverage:
	@echo 'configure with --enable-coverage first' >&2; exit 1
endif

.PHONY: analyze bench-asan bench-tsan check-asan check-tsan \
	check-valgrind clean-coverage coverage format fuzz fuzz-here

EXTRA_DIST += \
	tests/analyze \
	tests/fuzz \
	tests/fuzz-run \
	$(NULL)
