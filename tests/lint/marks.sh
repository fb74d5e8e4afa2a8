#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What is unfinished is an issue in the tracker, not a mark in a file.
cd "${srcdir:-.}" || exit 99
marks='TO''DO|FIX''ME|XX''X|#if 0'
# shellcheck disable=SC2046
if grep -nwE -e "$marks" $(sh tests/lint/files | grep -vF tests/lint/marks.sh); then
  exit 1
fi
