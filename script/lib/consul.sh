#!/usr/bin/env bash
# Puts a real Consul agent under .local/consul and prints the path of its binary. For tests only; a second run changes nothing.
#
# The agent is Debian 11's package: the source line is this machine's own Debian source with the suite replaced, kept with its lists
# in a folder of our own, so neither apt's configuration nor an installed package changes. Fails loudly if it can't be had.
#
#   CONSUL_BINARY=/path/to/consul   use this one instead
set -euo pipefail

declare -A pinned=(
  [amd64]=e4e888bba104daba1d9161f49bfc52649a7e4efd45b1a7ead5bc54f2cb9c89d9 # 1.8.7+dfsg1-2+b3
  [arm64]=7318cfa77a7ba6f71dd096e44353279de246ffc6561216ace42353685dcf8255 # 1.8.7+dfsg1-2+b3
)

fail() {
  echo "consul.sh: $*" >&2
  exit 1
}

if [[ -n "${CONSUL_BINARY:-}" ]]; then
  [[ -x "$CONSUL_BINARY" ]] || fail "CONSUL_BINARY=$CONSUL_BINARY is not an executable file"
  echo "$CONSUL_BINARY"
  exit 0
fi

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
home=$root/.local/consul
binary=$home/root/usr/bin/consul
stamp=$home/unpacked

for tool in apt-get dpkg dpkg-deb sha256sum flock; do
  command -v "$tool" >/dev/null || fail "$tool is missing: this needs a Debian machine, or set CONSUL_BINARY to a Consul 1.8 or newer"
done
arch=$(dpkg --print-architecture)
sha256=${pinned[$arch]:-}
[[ -n "$sha256" ]] || fail "no pinned package for $arch: set CONSUL_BINARY to a Consul 1.8 or newer"

# One installer at a time: two test runs of one clone may start together.
mkdir -p "$home"
exec 9>"$home/lock"
flock 9

if [[ -x "$binary" && -f "$stamp" && "$(cat "$stamp")" == "$sha256" ]]; then
  echo "$binary"
  exit 0
fi

. "$root/script/lib/debian-archive.sh"
uri=$(archive | head -n 1)
[[ -n "$uri" ]] || fail "found no Debian source on this machine: set CONSUL_BINARY to a Consul 1.8 or newer"

keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[[ -f "$keyring" ]] || fail "$keyring is missing: install debian-archive-keyring"

mkdir -p "$home/apt/lists/partial" "$home/apt/cache/archives/partial" "$home/download"
echo "deb [signed-by=$keyring] $uri bullseye main" > "$home/apt/sources.list"
options=(
  -qq
  -o "Dir::State::Lists=$home/apt/lists"
  -o "Dir::Cache=$home/apt/cache"
  -o "Dir::Etc::sourcelist=$home/apt/sources.list"
  -o "Dir::Etc::sourceparts=/dev/null"
  -o "Acquire::Languages=none"
  -o "APT::Sandbox::User="
  -o "Acquire::Retries=3"
)
apt-get "${options[@]}" update >&2 || fail "apt-get update for bullseye failed"
rm -f "$home"/download/consul_*.deb
(cd "$home/download" && apt-get "${options[@]}" download consul >&2) ||
  fail "the package consul can't be had from this machine's archive"

packages=("$home"/download/consul_*.deb)
[[ ${#packages[@]} -eq 1 && -f "${packages[0]}" ]] || fail "expected one downloaded package"
echo "$sha256  ${packages[0]}" | sha256sum --check --status ||
  fail "SHA-256 of ${packages[0]##*/} is $(sha256sum "${packages[0]}" | cut -d' ' -f1), pinned is $sha256"

rm -rf "$home/root" "$stamp"
dpkg -x "${packages[0]}" "$home/root"
"$binary" version >&2 || fail "the unpacked consul does not run"
rm -rf "$home/download" "$home/apt"
echo "$sha256" > "$stamp"
echo "$binary"
