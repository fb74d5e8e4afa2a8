#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The sources are as clang-format lays them out.
cd "${srcdir:-.}" || exit 99
${CLANG_FORMAT:-clang-format} --version >/dev/null 2>&1 || exit 77
test "${CLANG_FORMAT:-clang-format}" != : || exit 77
exec ${CLANG_FORMAT:-clang-format} --dry-run --Werror src/*/*.[ch] tests/*/*.[ch]
