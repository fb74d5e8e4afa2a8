#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The manual page and the completions know the client's options.
help=$("$COFFER" --help) || exit 1
status=0
for option in $(printf '%s\n' "$help" | grep -oE '^  .*--[a-z0-9-]+' |
  sed 's/.*--//'); do
  manual=$(printf '%s' "--$option" | sed 's/-/\\\\-/g')
  for place in "data/man/coffer.1.in $manual" \
    "data/completion/bash/coffer --$option" \
    "data/completion/fish/coffer.fish -l $option" \
    "data/completion/zsh/_coffer --$option"; do
    grep -qE -e "${place#* }($|[^a-z-])" "${srcdir:-.}/${place%% *}" && continue
    echo "${place%% *} does not know --$option"
    status=1
  done
done
exit $status
