# SPDX-License-Identifier: GPL-3.0-or-later
# redis-cli with its modes, and redis-benchmark with all its tests.
# shellcheck disable=SC2153,SC1091
. "$PROGRAMS_DIR/tap.sh"
if ! command -v redis-cli >/dev/null || ! command -v redis-benchmark >/dev/null
then
  echo '1..0 # SKIP redis-tools is not installed'
  exit 0
fi
cli () { redis-cli -h "$REDIS_HOST" -p "$REDIS_PORT" "$@"; }

equal set "$(cli set greeting 'hello world')" OK
equal get "$(cli get greeting)" 'hello world'
equal typed "$(cli --no-raw incr counter)" '(integer) 1'
equal stdin "$(printf 'from stdin' | cli -x set greeting)" OK
equal resp3 "$(cli -3 --json hello 3 | grep -o '"proto":3')" '"proto":3'
equal csv "$(cli --csv mget greeting none counter)" '"from stdin",NULL,"1"'
equal repeat "$(cli -r 5 incr counter | tail -n 1)" 6
equal lines "$(printf 'set a 1\nget a\n' | cli)" 'OK
1'
like error "$(cli incr greeting)" '^ERR value is not an integer'
equal fail-on-error "$(cli -e incr greeting >/dev/null 2>&1; echo $?)" 1
equal unix-socket "$(redis-cli -s "$REDIS_SOCKET" ping)" PONG

# 100,000 commands as the protocol has them.
awk 'BEGIN { for (i = 0; i < 100000; i++) {
  key = "key:" i; value = "value " i
  printf "*3\r\n$3\r\nSET\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n", length (key), key, length (value), value
} }' >commands
like pipe "$(cli --pipe <commands)" 'errors: 0, replies: 100000'
equal dbsize "$(cli dbsize)" 100003
equal scan "$(cli --scan --pattern 'key:9999*' | sort | tr '\n' ' ')" \
  'key:9999 key:99990 key:99991 key:99992 key:99993 key:99994 key:99995 key:99996 key:99997 key:99998 key:99999 '
equal scan-all "$(cli --scan | sort -u | wc -l)" 100003

cli --scan --pattern 'key:9????' | xargs redis-cli -p "$REDIS_PORT" del >/dev/null
cli rpush biggest-list a b c d >/dev/null
cli hset biggest-hash f1 v1 f2 v2 >/dev/null
cli sadd biggest-set m1 m2 m3 >/dev/null
cli zadd biggest-zset 1 a 2 b >/dev/null
cli xadd biggest-stream 1-1 f v >/dev/null
head -c 300000 /dev/zero | tr '\0' x | cli -x set biggest-string >/dev/null
found=$(cli --bigkeys)
like bigkeys-string "$found" 'Biggest string found .*biggest-string.* has 300000 bytes'
like bigkeys-list "$found" 'Biggest +list found .*biggest-list.* has 4 items'
like bigkeys-hash "$found" 'Biggest +hash found .*biggest-hash.* has 2 fields'
like bigkeys-set "$found" 'Biggest +set found .*biggest-set.* has 3 members'
like bigkeys-zset "$found" 'Biggest +zset found .*biggest-zset.* has 2 members'
like bigkeys-stream "$found" 'Biggest stream found .*biggest-stream.* has 1 entries'
like memkeys "$(cli --memkeys)" 'Biggest string found .*biggest-string.* has 3[0-9]{5} bytes'

cli config set maxmemory-policy allkeys-lfu >/dev/null
for _ in 1 2 3 4 5 6 7 8; do cli get biggest-string >/dev/null; done
like hotkeys "$(cli --hotkeys)" 'hot key found with counter: [0-9]+.*keyname: .*biggest-string'
cli config set maxmemory-policy noeviction >/dev/null

like latency "$(timeout 1.5 redis-cli -p "$REDIS_PORT" --latency --raw -i 1)" '^[0-9]+ [0-9]+ [0-9.]+ [0-9]+$'
like stat "$(timeout 1 stdbuf -oL redis-cli -p "$REDIS_PORT" --stat -i 0.1)" '^[0-9]+ +[0-9.]+[KMG] +[0-9]+'

benchmark () { redis-benchmark -h "$REDIS_HOST" -p "$REDIS_PORT" -q --csv "$@" 2>&1; }
results=$(benchmark -n 20000 -c 20 -P 4 -r 1000)
missing=
for name in PING_INLINE PING_MBULK SET GET INCR LPUSH RPUSH LPOP RPOP SADD HSET \
  SPOP ZADD ZPOPMIN 'LPUSH \(needed to benchmark LRANGE\)' 'LRANGE_100 .*' \
  'LRANGE_300 .*' 'LRANGE_500 .*' 'LRANGE_600 .*' 'MSET \(10 keys\)'; do
  grep -qE "^\"$name\",\"[0-9]+\\.[0-9]+\"," <<<"$results" || missing="$missing $name"
done
equal benchmark "$missing$(grep -iE 'error|unknown' <<<"$results")" ''
like benchmark-threads "$(benchmark -n 20000 --threads 2 -3 -t get,set)" '^"GET","[0-9]'
like benchmark-command "$(benchmark -n 2000 -r 100 setrange k__rand_int__ 5 xyz)" '"setrange k__rand_int__ 5 xyz","[0-9]'
finish
