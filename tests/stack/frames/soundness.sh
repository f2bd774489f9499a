#!/bin/sh
# SPDX-License-Identifier: MIT
# Real programs, one instruction at a time: no function may go deeper than was computed.
# soundness.sh STEP_RECORDER SAMPLES
recorder=$1
samples=$2
steps=${PLIM_STEPS:-25000}
status=0

run() {
	"$recorder" "$steps" "$@" || status=1
}

query="with recursive n(i) as (select 1 union all select i+1 from n where i<100000)
select i%7, count(*), group_concat(substr(hex(i),1,2)) from n group by 1 order by 2"
script="local t={} for i=1,1e6 do t[i%999]=string.format('%5.2f %s',i/3,i):gsub('%d+','x') end table.sort(t)"
big=$samples/sources/sqlite/sqlite3.c

run "$samples/sqlite3" :memory: "$query"
run "$samples/lua-O2" -e "$script"
run "$samples/lua-O0" -e "$script"
run /bin/bash -c 'for ((i=0;i<99999;i++)); do x=${x:0:99}$i; [[ $x =~ 9+ ]]; y=(${x//1/ }); done'
run /bin/gzip -c "$big"
run /usr/bin/xz -c "$big"
run /usr/bin/zstd -c "$big"
run /usr/bin/sort "$big"
run /bin/grep -E '(sqlite3|int).*[0-9]+[a-f]$' "$big"
run /bin/sed -E 's/(a|b)+c/X\1/g' "$big"
run /usr/bin/perl -ne '$h{$1}++ while /(\w+)/g; END { print sort keys %h }' "$big"
run /usr/bin/mawk '{ for (i = 1; i <= NF; i++) n[$i]++ } END { for (w in n) print w, n[w] }' "$big"
run /usr/bin/jq -n '[range(99999) | {a: ., b: tostring}] | group_by(.b | length) | map(length)'
run /usr/bin/python3 -c 'import json, re
print([json.loads(json.dumps({"a": re.sub("[0-9]+", "x", str(i)), "b": [i, i / 3]})) for i in range(99999)])'
exit $status
