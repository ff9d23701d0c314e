# Sourced by the scripts: the repository's root, a JDK 17 to build with, quiet Maven.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
local_dir=$root/.local
mkdir -p "$local_dir"

need() {
  command -v "$1" >/dev/null 2>&1 || { echo "$0: $1 is missing. Install it ($2)." >&2; exit 78; }
}

# apt_get PACKAGE…: installs Debian packages that a test needs, where that is possible.
apt_get() {
  local missing=()
  for package in "$@"; do dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package"); done
  [ ${#missing[@]} -eq 0 ] && return
  [ "$(id -u)" -eq 0 ] || { echo "$0: install these packages first: ${missing[*]}" >&2; exit 78; }
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

maven() { mvn -B -ntp -f "$root/pom.xml" "$@"; }

# jdk MAJOR: home of that JDK, or nothing.
jdk() {
  local home
  for home in "${JAVA_HOME:-/none}" /usr/lib/jvm/*; do
    if [ -x "$home/bin/javac" ] && grep -q "^JAVA_VERSION=\"$1[.\"]" "$home/release" 2>/dev/null; then readlink -f "$home"; return; fi
  done
}
