#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The manual pages are as mandoc wants them; groff renders them without a
# warning, lines that long directories leave ragged excepted.
pages='data/man/coffer.1 data/man/cofferd.8 data/man/cofferd.conf.5'
if ! command -v mandoc >/dev/null 2>&1; then
  echo "mandoc is not installed"
  exit 77
fi
status=0
# shellcheck disable=SC2086
mandoc -T lint -W warning $pages || status=1
command -v groff >/dev/null 2>&1 || exit $status
for page in $pages; do
  warnings=$(groff -man -T utf8 -ww -W break -z "$page" 2>&1)
  test -z "$warnings" && continue
  printf '%s\n' "$warnings"
  status=1
done
exit $status
