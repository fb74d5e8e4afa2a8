# SPDX-License-Identifier: FSFAP
# cf-compiler.m4 serial 1

# CF_COMPILE_WARNINGS
# -------------------
# --enable-compile-warnings=no|yes|error; sets WARN_CFLAGS.
AC_DEFUN([CF_COMPILE_WARNINGS], [
AC_ARG_ENABLE([compile-warnings],
  [AS_HELP_STRING([--enable-compile-warnings=no|yes|error],
                  [compiler warnings; "error" makes them fatal @<:@yes@:>@])],
  [], [enable_compile_warnings=yes])
AS_IF([test "x$enable_compile_warnings" != xno], [
  AX_APPEND_COMPILE_FLAGS(m4_normalize([-Wall -Wextra -Wformat=2 -Wshadow
    -Wundef -Wpointer-arith -Wwrite-strings -Wvla -Wstrict-prototypes
    -Wold-style-definition -Wmissing-prototypes -Wmissing-declarations
    -Wmissing-include-dirs -Wredundant-decls -Wnested-externs -Winit-self
    -Wdate-time -Wduplicated-cond -Wduplicated-branches -Wlogical-op
    -Wimplicit-fallthrough=5 -Wstringop-overflow=4 -Walloc-zero -Wtrampolines
    -Wunused-macros -Wmissing-format-attribute -Wthread-safety
    -Wno-unused-parameter -Wno-missing-field-initializers]),
    [WARN_CFLAGS], [-Werror])])
AS_IF([test "x$enable_compile_warnings" = xerror],
      [AX_APPEND_FLAG([-Werror], [WARN_CFLAGS])])
AC_SUBST([WARN_CFLAGS])
])

# CF_HARDENING
# ------------
# --disable-hardening; sets HARDEN_CPPFLAGS, HARDEN_CFLAGS, HARDEN_LDFLAGS.
# Fortified functions need optimisation and would hide things from a
# sanitizer; what the user says about them comes first.
AC_DEFUN([CF_HARDENING], [
AC_REQUIRE([CF_SANITIZERS])
AC_ARG_ENABLE([hardening],
  [AS_HELP_STRING([--disable-hardening],
                  [no PIE, stack protector, RELRO, fortified functions])],
  [], [enable_hardening=yes])
AS_IF([test "x$enable_hardening" = xyes], [
  AX_APPEND_COMPILE_FLAGS(m4_normalize([-fPIE -fstack-protector-strong
    -fstack-clash-protection -fcf-protection -fno-plt]),
    [HARDEN_CFLAGS], [-Werror])
  AX_APPEND_LINK_FLAGS([-pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack],
    [HARDEN_LDFLAGS])
  AS_CASE([" $CPPFLAGS $CFLAGS $enable_sanitizers "],
    [*_FORTIFY_SOURCE*|*" -O0 "*|*address*|*undefined*|*thread*], [],
    [*" -O"*], [HARDEN_CPPFLAGS=-D_FORTIFY_SOURCE=2])])
AC_SUBST([HARDEN_CPPFLAGS])
AC_SUBST([HARDEN_CFLAGS])
AC_SUBST([HARDEN_LDFLAGS])
])

# CF_TUNING
# ---------
# Sets TUNE_CFLAGS.  GCC clears structures of some hundred bytes, such as a
# call, by "rep stos", which takes longer to begin than the rest takes.
AC_DEFUN([CF_TUNING], [
AX_APPEND_COMPILE_FLAGS(
  [[-mmemset-strategy=vector_loop:512:noalign,libcall:-1:noalign]],
  [TUNE_CFLAGS], [-Werror])
AC_SUBST([TUNE_CFLAGS])
])

# CF_SANITIZERS
# -------------
# --enable-sanitizers=LIST; sets SANITIZER_CFLAGS and the conditional TSAN.
AC_DEFUN([CF_SANITIZERS], [
AC_ARG_ENABLE([sanitizers],
  [AS_HELP_STRING([--enable-sanitizers=LIST],
                  [list for -fsanitize: address,undefined or thread])],
  [], [enable_sanitizers=no])
AS_CASE([$enable_sanitizers],
  [yes], [enable_sanitizers=address,undefined],
  [*thread*address*|*address*thread*],
    [AC_MSG_ERROR([the thread and address sanitizers exclude each other])])
AS_IF([test "x$enable_sanitizers" != xno], [
  SANITIZER_CFLAGS="-fsanitize=$enable_sanitizers -fno-omit-frame-pointer"
  SANITIZER_CFLAGS="$SANITIZER_CFLAGS -fno-sanitize-recover=all"
  cf_save_CFLAGS=$CFLAGS
  CFLAGS="$CFLAGS $SANITIZER_CFLAGS"
  AC_MSG_CHECKING([whether $CC links with -fsanitize=$enable_sanitizers])
  AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])], [AC_MSG_RESULT([yes])],
    [AC_MSG_RESULT([no])
     AC_MSG_ERROR([install the runtime of the sanitizer])])
  CFLAGS=$cf_save_CFLAGS])
AC_SUBST([SANITIZER_CFLAGS])
AM_CONDITIONAL([TSAN],
  [AS_CASE([$enable_sanitizers], [*thread*], [:], [false])])
])

# CF_LTO
# ------
# --disable-lto; sets LTO_CFLAGS and NO_LTO_LDFLAGS.  The daemon is optimised as
# a whole, which takes a tenth of the time off a request.  The objects are fat,
# so that the many programs of the tests, which share them, need not be.
AC_DEFUN([CF_LTO], [
AC_REQUIRE([CF_SANITIZERS])
AC_REQUIRE([CF_COVERAGE])
AC_ARG_ENABLE([lto],
  [AS_HELP_STRING([--disable-lto],
                  [the daemon is not optimised across its sources])],
  [], [AS_CASE(["$enable_sanitizers $enable_coverage $enable_debug $CFLAGS "],
    [no\ no\ no\ *-O@<:@23s@:>@\ *], [enable_lto=auto], [enable_lto=no])])
AS_IF([test "x$enable_lto" != xno], [
  AX_CHECK_LINK_FLAG([-flto=auto -ffat-lto-objects],
    [LTO_CFLAGS='-flto=auto -ffat-lto-objects'
     NO_LTO_LDFLAGS=-fno-lto],
    [AS_IF([test "x$enable_lto" = xyes],
       [AC_MSG_ERROR([$CC cannot optimise at link time])])
     enable_lto=no], [-Werror])])
AC_SUBST([LTO_CFLAGS])
AC_SUBST([NO_LTO_LDFLAGS])
])

# CF_COVERAGE
# -----------
# --enable-coverage; sets COVERAGE_CFLAGS and the conditional COVERAGE.
AC_DEFUN([CF_COVERAGE], [
AC_ARG_ENABLE([coverage],
  [AS_HELP_STRING([--enable-coverage],
                  [instrument for gcov; adds "make coverage"])],
  [], [enable_coverage=no])
AM_CONDITIONAL([COVERAGE], [test "x$enable_coverage" = xyes])
AS_IF([test "x$enable_coverage" = xyes], [
  AC_CHECK_PROGS([LCOV], [lcov])
  AC_CHECK_PROGS([GENHTML], [genhtml])
  AS_IF([test "x$LCOV" = x || test "x$GENHTML" = x],
        [AC_MSG_ERROR([lcov is missing])])
  COVERAGE_CFLAGS="--coverage -fprofile-update=atomic -fprofile-abs-path"
  # CFLAGS comes after AM_CFLAGS on the command line, so optimisation has to
  # be taken out of the default there.
  AS_IF([test "x$ac_test_CFLAGS" = x], [CFLAGS="-g -O0"])])
AC_SUBST([COVERAGE_CFLAGS])
])
