#!/usr/bin/env python3
"""shared-hits.py RIG REDIS [HITS]: what a hit of the shared layer takes, beside a bare round trip to the same Redis and a hit of the daemon's own memory.

Two daemons share one Redis. The first is asked HITS questions, so that their answers are in Redis; the second, whose memory is empty, is asked the same
ones, each once: hits of the shared layer. Then once more: hits of memory. Between them a plain socket gets a value of the same size from that
Redis as often. All in turn, question by question, from one client, so that what else the machine does falls on all alike.
Exit 1 if a hit of the shared layer is, at the median or at p99, more than 2 ms above the bare round trip, or if one of them was no hit.
"""
import base64
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import time

rig, redis_binary, hits = sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 2000
root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
work = os.path.join(os.environ["BENCH_TMP"], "shared")
shutil.rmtree(work, ignore_errors=True)
os.makedirs(work)
stub_binary = os.path.join(work, "stub")
subprocess.run(["gcc", "-O2", "-w", "-o", stub_binary, os.path.join(rig, "src/stub.c"), "-lpthread", "-lm"], check=True)
children = []


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def reachable(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False


def start(name, port, *command, **environment):
    log = open(os.path.join(work, name + ".log"), "wb")
    process = subprocess.Popen(command, env=dict(os.environ, **environment), stdout=log, stderr=log)
    children.append(process)
    deadline = time.monotonic() + 60
    while not reachable(port):
        if process.poll() is not None or time.monotonic() > deadline:
            sys.exit(f"{name} does not listen: see {log.name}")
        time.sleep(0.02)


def daemon(name, stub_port, redis_port, key):
    port, home, policies = free_port(), os.path.join(work, name), os.path.join(work, "policies")
    os.makedirs(home)
    if not os.path.exists(policies):
        shutil.copytree(os.path.join(root, "policies"), policies)
    config = os.path.join(home, "tidegate.yaml")
    with open(config, "w") as out:
        out.write(f"""http: {{listen: "127.0.0.1:{port}"}}
grpc: {{listen: "127.0.0.1:0"}}
admin: {{listen: "127.0.0.1:0"}}
policy: {{directory: "{policies}"}}
audit: {{directory: "{home}/audit"}}
cache: {{shared: {{address: "redis://127.0.0.1:{redis_port}/0", key: "${{file:{key}}}", wait: 50ms}}}}
loops: 1
upstreams:
  - name: stub
    zone: public
    dialect: openai
    basePath: /v1
    models: ["*"]
    defaultModel: bench
    endpoints: [{{address: "127.0.0.1:{stub_port}"}}]
    networks: ["127.0.0.0/8"]
""")
    start(name, port, os.path.join(root, "router-core/target/tidegate/bin/tidegate"), "serve", "--config", config)
    return http.client.HTTPConnection("127.0.0.1", port, timeout=20)


def ask(connection, number):
    body = json.dumps({"model": "bench-n1-d0", "temperature": 0, "messages": [{"role": "user", "content": f"Explain ebb and flow number {number}. " + "word " * 180}]})
    began = time.perf_counter()
    connection.request("POST", "/v1/chat/completions", body, {"content-type": "application/json"})
    answer = connection.getresponse()
    content = answer.read()
    took = time.perf_counter() - began
    if answer.status != 200:
        sys.exit(f"answered {answer.status}: {content[:200]!r}")
    return answer.getheader("x-tidegate-cache"), took, len(content)


class Bare:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb")

    def call(self, *words):
        self.socket.sendall(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w) for w in words))
        head = self.file.readline()
        if head[:1] == b"$":
            return self.file.read(int(head[1:]) + 2)[:-2]
        return head


def at(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] * 1e3


try:
    stub_port, redis_port = free_port(), free_port()
    start("stub", stub_port, stub_binary, "-p", str(stub_port))
    start("redis", redis_port, redis_binary, "--port", str(redis_port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", work)
    key = os.path.join(work, "key")
    with open(os.open(key, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as out:
        out.write(base64.b64encode(os.urandom(32)))
    first, second = daemon("first", stub_port, redis_port, key), daemon("second", stub_port, redis_port, key)
    bare = Bare(redis_port)
    warm = 3000
    size = 0
    for number in range(warm + hits):
        _, _, size = ask(first, number)
    deadline = time.monotonic() + 20
    while int(bare.call(b"DBSIZE")[1:]) < warm + hits:
        if time.monotonic() > deadline:
            sys.exit("the first daemon's answers did not all reach Redis")
        time.sleep(0.05)
    bare.call(b"SET", b"bare", os.urandom(size + 300))
    shared, memory, redis, kinds = [], [], [], {}
    for number in range(warm + hits):
        kind, took, _ = ask(second, number)
        _, again, _ = ask(second, number)
        began = time.perf_counter()
        bare.call(b"GET", b"bare")
        got = time.perf_counter() - began
        if number >= warm:
            kinds[kind] = kinds.get(kind, 0) + 1
            shared.append(took)
            memory.append(again)
            redis.append(got)
    print(f"{hits} questions, {kinds}; a value of {size + 300} bytes")
    print("| ms | p50 | p99 |")
    print("|---|---|---|")
    for name, values in (("hit of the shared layer", shared), ("hit of memory", memory), ("bare round trip to Redis", redis)):
        print(f"| {name} | {at(values, 0.5):.2f} | {at(values, 0.99):.2f} |")
    over = [at(shared, share) - at(redis, share) for share in (0.5, 0.99)]
    print(f"above the bare round trip: p50 {over[0]:+.2f} ms, p99 {over[1]:+.2f} ms (at most 2)")
    sys.exit(0 if max(over) <= 2 and set(kinds) == {"hit"} else 1)
finally:
    for child in children:
        child.kill()
