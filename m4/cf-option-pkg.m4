# SPDX-License-Identifier: FSFAP
# cf-option-pkg.m4 serial 2
# CF_OPTION_PKG(NAME, MODULES, HELP, DEFAULT)
# -------------------------------------------
# Add --with-NAME=auto|yes|no.  "yes" insists, "auto" uses what is there, "no"
# does not look; DEFAULT is one of these.  Sets with_NAME to yes or no,
# NAME_CFLAGS and NAME_LIBS (upper case), defines HAVE_NAME, and makes the
# conditional HAVE_NAME.
AC_DEFUN([CF_OPTION_PKG], [
m4_pushdef([cf_NAME], m4_toupper([$1]))dnl
AC_ARG_WITH([$1],
  [AS_HELP_STRING([--without-$1], [do without $3 @<:@$4@:>@])],
  [], [with_$1=${with_$1-$4}])
AS_IF([test "x$with_$1" != xno],
  [PKG_CHECK_MODULES(cf_NAME, [$2], [with_$1=yes],
    [AS_IF([test "x$with_$1" = xyes],
       [AC_MSG_ERROR([$2 is not installed; to do without it, configure with --without-$1])],
       [with_$1=no])])])
AM_CONDITIONAL([HAVE_]cf_NAME, [test "x$with_$1" = xyes])
AS_IF([test "x$with_$1" = xyes],
  [AC_DEFINE([HAVE_]cf_NAME, [1], [Define to use $3])])
m4_popdef([cf_NAME])dnl
])
