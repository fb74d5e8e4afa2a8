# SPDX-License-Identifier: GPL-3.0-or-later
complete -c coffer -f
complete -c coffer -s h -x -d 'Connect to this host'
complete -c coffer -s p -x -d 'Connect to this port'
complete -c coffer -s s -r -F -d 'Connect to this Unix socket'
complete -c coffer -l plain -d 'Speak the plain-text dialect'
complete -c coffer -l help -d 'Show help'
complete -c coffer -l version -d 'Show the version'
