#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The scripts are as shellcheck wants them.
cd "${srcdir:-.}" || exit 99
shellcheck=${SHELLCHECK:-shellcheck}
if ! $shellcheck --version >/dev/null 2>&1; then
  echo "shellcheck is not installed"
  exit 77
fi
# shellcheck disable=SC2046
exec $shellcheck --severity=warning $(sh tests/lint/files | while read -r file; do
  case $(head -n 1 "$file") in
    '#!'*/sh | '#!'*bash) echo "$file" ;;
  esac
done)
