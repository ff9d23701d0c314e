#!/bin/sh
# The peer "tidegate" of the performance rig, in the foreground: the packaged distribution with its own launcher, the shipped policies, every
# detector, decision records and metrics. One PUBLIC upstream (the rig's stub) serves any model name. The edge cache is off: the rig's bodies repeat.
#   PORT STUB_PORT T   from the rig
#   TIDEGATE_DIST      the distribution; default router-core/target/tidegate
#   LOOPS              event loops (1)
set -eu
here=$(cd "$(dirname "$0")/../.." && pwd)
dist=${TIDEGATE_DIST:-$here/router-core/target/tidegate}
work=$T/tidegate-$PORT
rm -rf "$work"
mkdir -p "$work"
cat >"$work/tidegate.yaml" <<YAML
http: {listen: "127.0.0.1:$PORT"}
grpc: {listen: "127.0.0.1:0"}
admin: {listen: "127.0.0.1:0"}
policy: {directory: "$dist/policies"}
audit: {directory: "$work/audit"}
cache: {enabled: false}
loops: ${LOOPS:-1}
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
