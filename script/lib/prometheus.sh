#!/usr/bin/env bash
# Puts a real prometheus and promtool under .local/prometheus and prints the path of prometheus; promtool lies beside it. For tests only; a second
# run changes nothing.
#
# It is this machine's own Debian package, downloaded by apt (which checks its signature) and unpacked, not installed: nothing on this
# machine starts, and no root is needed. Fails loudly if it can't be had.
#
#   PROMETHEUS_BINARY=/path/to/prometheus   use this one instead; promtool must lie beside it
set -euo pipefail

fail() {
  echo "prometheus.sh: $*" >&2
  exit 1
}

beside() {
  [[ -x "$1" ]] || fail "$1 is not an executable file"
  [[ -x "$(dirname "$1")/promtool" ]] || fail "promtool is missing beside $1"
  echo "$1"
  exit 0
}

[[ -n "${PROMETHEUS_BINARY:-}" ]] && beside "$PROMETHEUS_BINARY"

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
home=$root/.local/prometheus

if command -v prometheus >/dev/null && command -v promtool >/dev/null; then
  beside "$(command -v prometheus)"
fi

for tool in apt-get dpkg-deb flock; do
  command -v "$tool" >/dev/null || fail "$tool is missing: this needs a Debian machine, or set PROMETHEUS_BINARY to a Prometheus 2.42 or newer"
done

# One installer at a time: two test runs of one clone may start together.
mkdir -p "$home"
exec 9>"$home/lock"
flock 9
[[ -x "$home/bin/prometheus" && -x "$home/bin/promtool" ]] && beside "$home/bin/prometheus"

rm -rf "$home/root" "$home/download"
mkdir -p "$home/download" "$home/root"
get() {
  (cd "$home/download" && apt-get -qq -o APT::Sandbox::User= -o Acquire::Retries=3 download prometheus >&2)
}
# Lists that are missing or too old name files that are gone: then they are fetched anew, which takes root.
get || { apt-get -qq update >&2 && get; } || fail "the package prometheus can't be had from this machine's archive"
for package in "$home"/download/*.deb; do
  dpkg-deb -x "$package" "$home/root"
done
rm -rf "$home/download"

for program in prometheus promtool; do
  "$home/root/usr/bin/$program" --version >&2 || fail "the unpacked $program does not run"
done
# Last, so that what is half there is not taken for whole.
mv "$home/root/usr/bin" "$home/bin"
beside "$home/bin/prometheus"
