#!/usr/bin/env bash
# Prints the paths of a Chromium and of its driver, one a line, for the test of the admin page. A second run changes nothing.
#
# They are this machine's own Debian packages (chromium, chromium-driver), which is what most people's browser is made of. Fails loudly if they can't be had.
#
#   CHROMIUM_BINARY=/path/to/chromium CHROMEDRIVER_BINARY=/path/to/chromedriver   use these instead; they must be of the same version
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"

if [[ -z "${CHROMIUM_BINARY:-}" || -z "${CHROMEDRIVER_BINARY:-}" ]]; then
  command -v chromium >/dev/null && command -v chromedriver >/dev/null || apt_get chromium chromium-driver fonts-dejavu-core
  CHROMIUM_BINARY=$(command -v chromium) && CHROMEDRIVER_BINARY=$(command -v chromedriver) || {
    echo "chromium.sh: no chromium or chromedriver after all: install Debian's chromium and chromium-driver, or set CHROMIUM_BINARY and CHROMEDRIVER_BINARY" >&2
    exit 1
  }
fi
for program in "$CHROMIUM_BINARY" "$CHROMEDRIVER_BINARY"; do
  [[ -x "$program" ]] || { echo "chromium.sh: $program is not an executable file" >&2; exit 1; }
done
echo "$CHROMIUM_BINARY"
echo "$CHROMEDRIVER_BINARY"
