#!/usr/bin/env bash
# warm-cache.sh HOME: makes the class-data (JDK 17) or AOT (JDK 25) cache of a distribution, by running it once with a few requests.
. "$(dirname "$0")/env.sh"
home=$1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# No upstream of it is asked; but what reads it is in the cache then.
cat >"$scratch/tidegate.yaml" <<YAML
policy: {directory: "$home/policies", state: "$scratch/state"}
audit: {directory: "$scratch/audit"}
upstreams:
  - name: house
    zone: private
    dialect: vllm
    basePath: /v1
    models: ["*"]
    defaultModel: house
    endpoints: [{address: "127.0.0.1:9"}]
    networks: ["127.0.0.0/16"]
  - name: beyond
    zone: public
    dialect: deepseek
    models: [deepseek-v4-flash]
    defaultModel: deepseek-v4-flash
    endpoints: [{address: "127.1.0.1:9"}]
    networks: ["127.1.0.0/16"]
YAML

train() { # MAJOR JDK-HOME
  local options file
  if [ "$1" -ge 25 ]; then file=$home/lib/tidegate-$1.aot; options="-XX:AOTCacheOutput=$file"
  else file=$home/lib/tidegate-$1.jsa; options="-XX:ArchiveClassesAtExit=$file"
  fi
  rm -rf "$file" "$scratch/audit" "$scratch/state"
  # The run ends by itself: --warm-up answers a few requests from a stand-in on loopback and stops.
  if ! TIDEGATE_JAVA=$2/bin/java TIDEGATE_JAVA_OPTS="$options -Xlog:disable -Xlog:all=off" "$home/bin/tidegate" serve --warm-up --config "$scratch/tidegate.yaml" \
      >"$scratch/log" 2>&1; then
    echo "warm-cache: the training run on JDK $1 failed; start-up is slower without its cache" >&2
    cat "$scratch/log" >&2
    return 1
  fi
  [ -s "$file" ] || { echo "warm-cache: no cache came of the training run on JDK $1" >&2; return 1; }
}

for major in 17 21 25; do
  found=$(jdk "$major")
  if [ -n "$found" ]; then train "$major" "$found"; fi
done
