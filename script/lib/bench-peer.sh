#!/bin/sh
# The peer "tidegate" of the performance rig, in the foreground: the packaged distribution with its own launcher, the shipped policies, every
# detector, decision records and metrics. One PUBLIC upstream (the rig's stub) serves any model name. The edge cache is off: the rig's bodies repeat.
#   PORT STUB_PORT T   from the rig
#   TIDEGATE_DIST      the distribution; default router-core/target/tidegate
#   LOOPS              event loops (1)
#   TRACES             yes: metrics and one trace in a hundred go to a collector, which stands in the generator's core and drops them
#   HITS               yes: the edge cache is on, for sampled answers too, so that every request of the rig but the first is a hit
set -eu
here=$(cd "$(dirname "$0")/../.." && pwd)
dist=${TIDEGATE_DIST:-$here/router-core/target/tidegate}
work=$T/tidegate-$PORT
rm -rf "$work"
mkdir -p "$work"
policies=$dist/policies
cache=false
if [ "${HITS:-}" = yes ]; then
  policies=$work/policies
  cp -r "$dist/policies" "$policies"
  sed -i 's/^\(    internal: {store: true, sampled:\) false/\1 true/' "$policies/baseline.yaml"
  cache=true
fi
telemetry=
if [ "${TRACES:-}" = yes ]; then
  # No child of the daemon's, whose processor time it would add to.
  setsid -f python3 "$here/script/lib/otlp-drop.py" "$work/collector" $$
  while [ ! -s "$work/collector" ]; do sleep 0.05; done
  port=$(cat "$work/collector")
  telemetry="telemetry: {otlp: {endpoint: 'http://127.0.0.1:$port'}, traces: {endpoint: 'http://127.0.0.1:$port', ratio: 0.01, propagate: all}}"
fi
cat >"$work/tidegate.yaml" <<YAML
http: {listen: "127.0.0.1:$PORT"}
grpc: {listen: "127.0.0.1:0"}
admin: {listen: "127.0.0.1:0"}
policy: {directory: "$policies"}
audit: {directory: "$work/audit"}
cache: {enabled: $cache}
loops: ${LOOPS:-1}
$telemetry
upstreams:
  - name: stub
    zone: public
    dialect: openai
    basePath: /v1
    models: ["*"]
    defaultModel: bench
    endpoints: [{address: "127.0.0.1:$STUB_PORT"}]
    networks: ["127.0.0.0/8"]
    maxConnections: 9000
YAML
exec "$dist/bin/tidegate" serve --config "$work/tidegate.yaml"
