#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# README names what data/packages lists, and data/debian/control builds with it.
cd "${srcdir:-.}" || exit 99
status=0
while read -r package kind purpose; do
  case $package in '#'*) continue ;; esac
  if test -z "$purpose"; then
    echo "data/packages: $package: what is it for?"
    status=1
  fi
  if ! grep -qw -e "$package" README; then
    echo "README: does not name $package"
    status=1
  fi
  test "$kind" = build || continue
  if ! grep -q "^ *\(Build-Depends: *\)\?$package\( \|,\|\$\)" data/debian/control
  then
    echo "data/debian/control: does not build with $package"
    status=1
  fi
done <data/packages
exit $status
