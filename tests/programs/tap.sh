# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# What the programs in shell share.  equal NAME GOT WANTED and like NAME GOT
# PATTERN (a regular expression) are a case each; finish says how many.
tap_cases=0
tap_failed=0

tap_result () # NAME PASSED-STATUS DETAILS
{
  tap_cases=$((tap_cases + 1))
  if test "$2" = 0; then
    echo "ok $tap_cases - $1"
  else
    tap_failed=$((tap_failed + 1))
    printf '%s\n' "$3" | head -c 800 | sed 's/^/# /'
    echo
    echo "not ok $tap_cases - $1"
  fi
}

equal ()
{
  local status=0
  test "$2" = "$3" || status=1
  tap_result "$1" $status "got: $2
wanted: $3"
}

like ()
{
  local status=0
  grep -qE -e "$3" <<<"$2" || status=1
  tap_result "$1" $status "got: $2
wanted: $3"
}

finish ()
{
  echo "1..$tap_cases"
  test "$tap_failed" = 0
}
