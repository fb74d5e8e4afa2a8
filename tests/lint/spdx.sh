#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Each source, script and makefile says its licence in its first two lines.
cd "${srcdir:-.}" || exit 99
status=0
for file in $(sh tests/lint/files); do
  case $file in
    *.[ch] | *.def | *.sh | *.mk | *.am | *.ac | *.m4 | *.py | *.tcl | *.in) ;;
    *) case $(head -n 1 "$file") in '#!'*) ;; *) continue ;; esac ;;
  esac
  head -n 2 "$file" | grep -q 'SPDX-License-Identifier: ' && continue
  echo "$file: no SPDX line"
  status=1
done
exit $status
