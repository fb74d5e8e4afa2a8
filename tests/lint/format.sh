#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The sources are as clang-format lays them out.
cd "${srcdir:-.}" || exit 99
if ! ${CLANG_FORMAT:-clang-format} --version >/dev/null 2>&1; then
  echo "clang-format is not installed"
  exit 77
fi
exec ${CLANG_FORMAT:-clang-format} --dry-run --Werror src/*/*.[ch] tests/*/*.[ch]
