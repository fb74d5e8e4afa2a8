#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# src/local.mk, tests/local.mk and tests/servers.mk name every file there is,
# each list sorted, and no two folders of src have a source of one name.
cd "${srcdir:-.}" || exit 99
status=0

for file in src/*/*.[ch] src/*/*.def; do
  grep -q "[[:space:]]$file\( \|\$\)" src/local.mk && continue
  echo "$file: not in src/local.mk"
  status=1
done
for file in tests/*/test-*.c tests/*/test-*.sh; do
  test -f "$file" || continue
  grep -q "[[:space:]]${file%.c} \\\\\$" tests/local.mk && continue
  echo "$file: not in tests/local.mk"
  status=1
done

for file in $(sh tests/lint/files |
  grep -E '^(bench|tests/(lib|oracle|programs|redis-suite))/'); do
  grep -q "[[:space:]]$file\( \|\$\)" tests/servers.mk && continue
  echo "$file: not in tests/servers.mk"
  status=1
done

for name in $(ls src/*/*.c | sed 's|.*/||' | LC_ALL=C sort | uniq -d); do
  echo "$name: in two folders of src"
  status=1
done

LC_ALL=C ${AWK:-awk} '
  /= \\$/ { last = ""; next }
  /^\t[a-z]+\/.* \\$/ {
    if (($1 "") <= (last "")) {
      printf "%s:%d: %s is not in its place\n", FILENAME, FNR, $1
      bad = 1
    }
    last = $1
  }
  END { exit bad }
' src/local.mk tests/local.mk tests/servers.mk || status=1
exit $status
