#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Each function that other files may call has a GTK-Doc comment: in its .c, or
# in the header if it is inline.  What runs a command has the command's entry in
# its table instead.
cd "${srcdir:-.}" || exit 99
exec "${AWK:-awk}" '
  FNR == 1 { delete documented }
  /^ \* cf_[a-z0-9_]+:$/ { documented[substr ($2, 1, length ($2) - 1)] = 1 }
  /^[a-zA-Z]/ && !/\(/ { type = $0 }
  /^}/ { type = "" }
  /^cf_[a-z0-9_]+ \(/ && !($1 in documented) &&
    (FILENAME ~ /\.c$/ ? type !~ /static/ : type ~ /^static inline/) &&
    !/\(CfCall \*call, GError \*\*error\)$/ && $1 !~ /_key_flags$/ {
    printf "%s:%d: %s has no comment of its own\n", FILENAME, FNR, $1
    bad = 1
  }
  END { exit bad }
' src/*/*.[ch]
