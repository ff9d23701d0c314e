#!/usr/bin/env bash
# R5.3: starts the packaged daemon inside a memory cgroup of 256 MiB, sends it some requests, and prints when it was ready and what it held in memory.
# Exit 1 if it took more than 3 s or 256 MiB, or the kernel had to kill it. Needs root and cgroup v1 or v2; not part of script/test: it is a figure of one machine.
#   script/lib/edge-profile.sh [CPUS]     default 0-3, as far as there are so many
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
cpus=${1:-0-$(($(nproc) < 4 ? $(nproc) - 1 : 3))}
limit=$((256 << 20))
work=$(mktemp -d)
if [ -d /sys/fs/cgroup/memory ]; then group=/sys/fs/cgroup/memory/tidegate-edge-$$ file=memory.limit_in_bytes; else group=/sys/fs/cgroup/tidegate-edge-$$ file=memory.max; fi
mkdir "$group"
echo $limit > "$group/$file"
read -r http grpc admin < <(python3 -c 'import socket
s = [socket.socket() for _ in range(3)]
[x.bind(("127.0.0.1", 0)) for x in s]
print(*[x.getsockname()[1] for x in s])')
began=$(date +%s%N)
(
  echo "$BASHPID" > "$group/cgroup.procs"
  exec taskset -c "$cpus" "$root/router-core/target/tidegate/bin/tidegate" serve --set "http.listen=127.0.0.1:$http" --set "grpc.listen=127.0.0.1:$grpc" \
    --set "admin.listen=127.0.0.1:$admin" --set "policy.directory=$root/policies" --set "audit.directory=$work/audit" \
    --set 'upstreams=[{name: local, zone: private, dialect: llama.cpp, baseUrl: "unix:/run/none.sock", models: ["*"], defaultModel: local}]'
) > "$work/log" 2>&1 &
pid=$!
trap 'kill $pid 2>/dev/null || true; wait $pid 2>/dev/null || true; rmdir "$group"; rm -rf "$work"' EXIT
until curl -fs "http://127.0.0.1:$admin/livez" >/dev/null; do
  kill -0 $pid || { cat "$work/log"; echo "edge-profile.sh: the daemon ended" >&2; exit 1; }
  sleep 0.02
done
ready=$((($(date +%s%N) - began) / 1000000))
for _ in $(seq 200); do
  curl -s -o /dev/null "http://127.0.0.1:$http/v1/chat/completions" -H 'content-type: application/json' -d '{"model":"auto","messages":[{"role":"user","content":"My ID card number is 11010519491231002X."}]}'
done
rss=$(awk '/VmRSS/ {print int($2 / 1024)}' "/proc/$pid/status")
peak=$(awk '/VmHWM/ {print int($2 / 1024)}' "/proc/$pid/status")
echo "measured on $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1), cpus $cpus, memory limit 256 MiB: ready after $ready ms, $rss MiB resident after 200 requests, peak $peak MiB"
[ "$ready" -le 3000 ] && [ "$peak" -le 256 ]
