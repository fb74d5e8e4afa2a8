#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Each folder of src may include only what src/LAYERS grants it.
cd "${srcdir:-.}" || exit 99
${AWK:-awk} '
  FILENAME == "src/LAYERS" {
    if ($0 !~ /^#/ && sub (/:/, " "))
      for (i = 1; i <= NF; i++)
        may[$1, $i] = 1
    next
  }
  /^#include "[a-z]+\// {
    split (FILENAME, path, "/"); split ($2, name, "[\"/]")
    if (!((path[2], name[2]) in may)) {
      printf "%s:%d: %s/ may not include %s/\n", FILENAME, FNR, path[2], name[2]
      bad = 1
    }
  }
  END { exit bad }
' src/LAYERS src/*/*.[ch]
