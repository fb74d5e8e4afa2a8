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
exit $status
