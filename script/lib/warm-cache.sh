#!/usr/bin/env bash
# warm-cache.sh HOME: makes the class-data or AOT cache of a distribution for each JDK on this machine, by running it once with a few requests.
. "$(dirname "$0")/env.sh"
for major in 17 21 25; do
  found=$(jdk "$major")
  if [ -n "$found" ]; then TIDEGATE_JAVA=$found/bin/java "$1/bin/tidegate" warm-cache; fi
done
