#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# po/POTFILES.in names the sources with messages for people, and no other; and
# none of them has a format that gettext does not know and would cut it at.
cd "${srcdir:-.}" || exit 99
status=0
for file in src/*/*.c; do
  if grep -nHE '(^|[^A-Za-z0-9_])N?_ \(.*%" *G_[A-Z0-9]*_FORMAT' "$file"; then
    echo 'messages take the macros of <inttypes.h>'
    status=1
  fi
  listed=no
  marked=no
  grep -qx "$file" po/POTFILES.in && listed=yes
  grep -qE '(^|[^A-Za-z0-9_])(_|N_|C_|NC_|ngettext|g_dngettext) \(' "$file" &&
    marked=yes
  test $listed = $marked && continue
  echo "$file: listed in po/POTFILES.in: $listed, has messages: $marked"
  status=1
done
exit $status
