#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# No function over 60 lines, no file over 800; tests/lint/exceptions excuses
# those it names as FILE:FUNCTION or FILE:length, each with its reason.
cd "${srcdir:-.}" || exit 99
${AWK:-awk} '
  FILENAME == "tests/lint/exceptions" { excused[$1] = 1; next }
  FNR == 801 && !((FILENAME ":length") in excused) {
    print FILENAME ": over 800 lines"; bad = 1
  }
  /^[a-z_]+ \(/ { sub (/ .*/, ""); name = $0 }
  /^\{/ { start = FNR }
  /^\}$/ && start {
    if (FNR - start - 1 > 60 && !((FILENAME ":" name) in excused)) {
      printf "%s:%d: %s is %d lines long\n", FILENAME, start, name, FNR - start - 1
      bad = 1
    }
    start = 0
  }
  END { exit bad }
' tests/lint/exceptions src/*/*.c
