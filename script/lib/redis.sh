#!/usr/bin/env bash
# Puts a real redis-server under .local/redis and prints the path of a program that runs it. For tests only; a second run changes nothing.
#
# It is this machine's own Debian package, downloaded by apt (which checks its signature) and unpacked, not installed: nothing on this
# machine starts, and no root is needed. Fails loudly if it can't be had.
#
#   REDIS_BINARY=/path/to/redis-server   use this one instead; valkey-server does as well
set -euo pipefail

fail() {
  echo "redis.sh: $*" >&2
  exit 1
}

if [[ -n "${REDIS_BINARY:-}" ]]; then
  [[ -x "$REDIS_BINARY" ]] || fail "REDIS_BINARY=$REDIS_BINARY is not an executable file"
  echo "$REDIS_BINARY"
  exit 0
fi
if command -v redis-server >/dev/null; then
  command -v redis-server
  exit 0
fi

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
home=$root/.local/redis
binary=$home/redis-server

for tool in apt-get dpkg-deb flock; do
  command -v "$tool" >/dev/null || fail "$tool is missing: this needs a Debian machine, or set REDIS_BINARY to a Redis 6 or newer"
done

# One installer at a time: two test runs of one clone may start together.
mkdir -p "$home"
exec 9>"$home/lock"
flock 9
if [[ -x "$binary" ]]; then
  echo "$binary"
  exit 0
fi

rm -rf "$home/root" "$home/download"
mkdir -p "$home/download" "$home/root"
get() {
  (cd "$home/download" && apt-get -qq -o APT::Sandbox::User= -o Acquire::Retries=3 download redis-tools liblzf1 libjemalloc2 libatomic1 >&2)
}
# Lists that are missing or too old name files that are gone: then they are fetched anew, which takes root.
get || { apt-get -qq update >&2 && get; } || fail "the package redis-tools can't be had from this machine's archive"
for package in "$home"/download/*.deb; do
  dpkg-deb -x "$package" "$home/root"
done
rm -rf "$home/download"

# The server and its checker are one program that looks at its name.
server=$home/root/usr/bin/redis-check-rdb
[[ -x "$server" ]] || fail "the package has no redis-check-rdb"
ln -sf redis-check-rdb "$home/root/usr/bin/redis-server"
libraries=$(find "$home/root" -name '*.so*' -printf '%h\n' | sort -u | paste -sd: -)
cat > "$binary.new" <<END
#!/bin/sh
LD_LIBRARY_PATH=$libraries\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH} exec "$home/root/usr/bin/redis-server" "\$@"
END
chmod +x "$binary.new"
"$binary.new" --version >&2 || fail "the unpacked redis-server does not run"
mv "$binary.new" "$binary"
echo "$binary"
