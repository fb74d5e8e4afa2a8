#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Each src/X/Y.c has its tests/X/test-Y.c, or is excused by name.
cd "${srcdir:-.}" || exit 99
status=0
for file in src/*/*.c; do
  dir=${file#src/} name=${file##*/}
  test -f "tests/${dir%%/*}/test-$name" && continue
  grep -q "^$file " tests/lint/exceptions && continue
  echo "$file: has no tests/${dir%%/*}/test-$name"
  status=1
done
# What an exception names is there, and does lack a test.
for name in $(sed -n 's/^\(src[^ :]*\).*/\1/p' tests/lint/exceptions); do
  dir=${name#src/}
  test -f "$name" || { echo "$name: excused, but not there"; status=1; }
  test -f "tests/${dir%%/*}/test-${name##*/}" || continue
  grep -q "^$name " tests/lint/exceptions || continue
  echo "$name: excused, but has a test"
  status=1
done
exit $status
