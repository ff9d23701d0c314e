#!/usr/bin/env bash
# Checks the units: the daemon's, and the model's: syntax, its exposure (at most 1.5), and that a program starts under those of its settings that can be tried here
# without systemd as PID 1.
#
#   script/lib/systemd.sh [COMMAND...]      default: java -Xmx64m -version
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
unit=$root/systemd/tidegate.service
limit=1.5

fail() {
  echo "systemd.sh: $*" >&2
  exit 1
}

command -v systemd-analyze >/dev/null || fail "systemd-analyze is missing: install the package systemd"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The program is not installed here: any executable stands for it.
mkdir -p "$work/tidegate.service.d" "$work/strict/tidegate.service.d"
sed 's#^\(ExecStart\|ExecReload\)=.*#\1=/bin/true#' "$unit" > "$work/tidegate.service"
cp "$root/systemd/tidegate.socket" "$work/"
# What 'tidegate upgrade' starts beside it.
{ cat "$work/tidegate.service"; printf '\n[Service]\nSockets=tidegate.socket\nRuntimeDirectory=\n'; } > "$work/tidegate-standin.service"
for each in tidegate.socket tidegate-standin.service; do
  problems=$(cd "$work" && SYSTEMD_UNIT_PATH="$work:" systemd-analyze verify --man=no "./$each" 2>&1 | grep -F tidegate || true)
  [[ -z "$problems" ]] || fail "verify $each: $problems"
done
problems=$(systemd-analyze verify --man=no "$work/tidegate.service" 2>&1 | grep -F tidegate || true)
[[ -z "$problems" ]] || fail "verify: $problems"

score() {
  systemd-analyze security --offline=true --no-pager "$1" | sed -n 's/.*exposure level for .*: \([0-9.]*\) .*/\1/p'
}
exposure=$(score "$work/tidegate.service")
[[ -n "$exposure" ]] || fail "systemd-analyze security gave no score"
echo "exposure of tidegate.service: $exposure (at most $limit)"
awk -v got="$exposure" -v most="$limit" 'BEGIN { exit !(got <= most) }' || fail "exposure $exposure is above $limit"

# --offline reads no drop-in folder, so the sample is appended.
cat "$work/tidegate.service" "$root/systemd/private-only.conf" > "$work/strict/tidegate.service"
echo "exposure with private-only.conf: $(score "$work/strict/tidegate.service")"

# The model's unit must take the network away altogether.
model=$root/systemd/tidegate-model.service
for other in tidegate-model.service tidegate-model-sync.service; do
  sed 's#^ExecStart=.*#ExecStart=/bin/true#' "$root/systemd/$other" > "$work/$other"
  problems=$(systemd-analyze verify --man=no "$work/$other" 2>&1 | grep -F tidegate || true)
  [[ -z "$problems" ]] || fail "verify: $problems"
  exposure=$(score "$work/$other")
  [[ -n "$exposure" ]] || fail "systemd-analyze security gave no score for $other"
  echo "exposure of $other: $exposure (at most $limit)"
  awk -v got="$exposure" -v most="$limit" 'BEGIN { exit !(got <= most) }' || fail "exposure $exposure is above $limit"
done
grep -qx PrivateNetwork=yes "$model" && grep -qx RestrictAddressFamilies=AF_UNIX "$model" || fail "tidegate-model.service has a network"

[[ $# -gt 0 ]] || set -- java -Xmx64m -version
if [[ $EUID -ne 0 ]] || ! command -v python3 setpriv unshare >/dev/null || ! python3 -c 'import ctypes; ctypes.CDLL("libseccomp.so.2")' 2>/dev/null; then
  echo "not tried: starting under the unit's settings needs root, python3, libseccomp2 and util-linux"
  exit 0
fi
python3 "$root/script/lib/sandboxed.py" "$unit" "$@" || fail "$1 does not start under the unit's settings"
echo "starts under the unit's settings: $1"
