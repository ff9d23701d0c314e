#!/usr/bin/env python3
"""balance-peers.py [-r ROUNDS] [-t SECONDS] [--rate N] [--fails SHARE] [--slots N] [--json FILE]

R4.11: the same load through nginx, HAProxy and Tidegate to the same five endpoints, of which one is ten times slower and one answers 503.

Open loop: when each request is due is drawn before, the same for all in one round, and latency runs from that instant, whether or not it could be
sent then. Callers have addresses and sessions of their own (nginx' ip_hash sees the first three bytes of an address). All daemons run all the time and
are measured in turn, in another order each round. A request is good if its answer is 200 and whole within 10 s; p50 and p99 are those of good ones,
and one that failed counts as 10 s. Intervals: least and greatest of the rounds. Exit code 1 if one of ours has more errors than the best peer, or its p99 is above
the best peer's by more than rounds differ: 95 % of a bootstrap over rounds.
"""
import argparse
import asyncio
import collections
import json
import multiprocessing
import os
import random
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time

asked = argparse.ArgumentParser(usage=__doc__)
asked.add_argument("-r", type=int, default=5, help="rounds")
asked.add_argument("-t", type=float, default=4, help="seconds for each peer in each round, after one second that does not count")
asked.add_argument("--rate", type=float, default=250, help="requests a second")
asked.add_argument("--fails", type=float, default=1, help="share of its requests that the failing endpoint refuses")
asked.add_argument("--slots", type=int, default=8, help="requests that an endpoint computes at once; others wait there; 0 for no such bound")
asked.add_argument("--json", help="raw figures")
options = asked.parse_args()
NORMAL, SLOW, CALLERS, LIMIT, WARM = 0.020, 0.200, 60, 10.0, 1.0
ROLES = ("normal", "normal", "normal", "slow", "failing")
work = os.path.join(os.environ["BENCH_TMP"], "balance")
shutil.rmtree(work, ignore_errors=True)
os.makedirs(work)
dist = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../router-core/target/tidegate")


def free_ports(n):
    held = [socket.socket() for _ in range(n)]
    for s in held:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in held]
    for s in held:
        s.close()
    return ports


# ---- The five endpoints, in a process of their own. Their lists of models, which health checks ask for, are always well: it fails at work only.

ANSWER = json.dumps({"id": "chatcmpl-1", "object": "chat.completion", "created": 1790000000, "model": "m", "choices": [{"index": 0, "finish_reason": "stop",
                     "message": {"role": "assistant", "content": "The gate opens when the water outside is lower than inside. " * 20}}],
                     "usage": {"prompt_tokens": 240, "completion_tokens": 260, "total_tokens": 500}}).encode()
MODELS = json.dumps({"object": "list", "data": [{"id": "m", "object": "model", "owned_by": "stub"}]}).encode()
BUSY = b'{"error":{"message":"overloaded","type":"server_error","code":"overloaded"}}'


def message(status, body):
    return b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)


class Endpoint:
    def __init__(self, index, counts):
        self.index, self.role, self.counts = index, ROLES[index], counts
        self.random, self.running, self.waiting = random.Random(index), 0, collections.deque()

    def take(self, connection, body):
        self.counts[self.index] += 1
        # How much work a request is was drawn with it: the same whoever carries it, and wherever to.
        connection.work = int(re.search(rb"number (\d+)", body).group(1)) / 1000
        if self.role == "failing" and self.random.random() < options.fails:
            connection.answer(message(b"503 Service Unavailable", BUSY))
        elif options.slots and self.running >= options.slots:
            self.waiting.append(connection)
        else:
            self.compute(connection)

    def compute(self, connection):
        self.running += 1
        asyncio.get_running_loop().call_later((SLOW if self.role == "slow" else NORMAL) * connection.work, self.done, connection)

    def done(self, connection):
        self.running -= 1
        connection.answer(message(b"200 OK", ANSWER))
        while self.waiting and self.running < options.slots:
            waited = self.waiting.popleft()
            if not waited.transport.is_closing():
                self.compute(waited)


class ServedConnection(asyncio.Protocol):
    def __init__(self, endpoint):
        self.endpoint, self.data = endpoint, b""

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.data += data
        head, end, rest = self.data.partition(b"\r\n\r\n")
        if not end:
            return
        length = 0
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
            elif name.lower() == b"transfer-encoding":
                raise NotImplementedError("a body of unknown length")
        if len(rest) < length:
            return
        self.data = rest[length:]
        if head.startswith(b"POST"):
            self.endpoint.take(self, rest[:length])
        else:
            self.answer(message(b"200 OK", MODELS))

    def answer(self, whole):
        if not self.transport.is_closing():
            self.transport.write(whole)


def serve_endpoints(ports, counts):
    async def serve():
        loop = asyncio.get_running_loop()
        for index, port in enumerate(ports):
            endpoint = Endpoint(index, counts)
            await loop.create_server(lambda endpoint=endpoint: ServedConnection(endpoint), "127.0.0.1", port, backlog=1024)
        await asyncio.Event().wait()
    asyncio.run(serve())


# ---- The load.

class Caller(asyncio.Protocol):
    """One connection; serves one request at a time."""

    def __init__(self, pool):
        self.pool, self.request, self.transport, self.data, self.need = pool, None, None, b"", None

    def connection_made(self, transport):
        self.transport = transport
        self.send(self.request)

    def send(self, request):
        self.request, self.data, self.need = request, b"", None
        self.transport.write(request.data)

    def data_received(self, data):
        self.data += data
        if self.need is None:
            head, end, rest = self.data.partition(b"\r\n\r\n")
            if not end:
                return
            self.data, self.status, lower = rest, int(head[9:12]), head.lower()
            at = lower.find(b"\r\ncontent-length:")
            self.need = int(lower[at + 17:].split(b"\r\n", 1)[0]) if at >= 0 else -1
            self.keeps = b"\r\nconnection: close" not in lower
        if len(self.data) >= self.need if self.need >= 0 else self.data.endswith(b"0\r\n\r\n"):
            request, self.request = self.request, None
            if self.keeps:
                self.pool.append(self)
            else:
                self.transport.close()
            request.end(self.status)

    def connection_lost(self, _):
        self.transport.abort()
        if self in self.pool:
            self.pool.remove(self)
        if self.request is not None:
            self.request.end(0)


class Request:
    def __init__(self, due, caller, data):
        self.due, self.caller, self.data, self.ended, self.status, self.late = due, caller, data, None, None, 0.0

    def end(self, status):
        if self.ended is None:
            self.ended, self.status = time.monotonic(), status


async def load(port, model, with_session, schedule, warm):
    """The requests of {schedule}, as they ended."""
    loop = asyncio.get_running_loop()
    pools = collections.defaultdict(collections.deque)
    requests, start = [], time.monotonic() + 0.05

    def data(caller, work):
        body = json.dumps({"model": model, "messages": [{"role": "user", "content": "Summarise what the tide does to a harbour. " * 20 + f"number {work}"}]}).encode()
        session = b"x-tidegate-session: s%d\r\n" % caller if with_session else b""
        return (b"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\n%sContent-Length: %d\r\n\r\n%s"
                % (port, session, len(body), body))

    async def connect(request):
        made = Caller(pools[request.caller])
        made.request = request
        try:
            await loop.create_connection(lambda: made, "127.0.0.1", port, local_addr=(f"127.1.{request.caller + 1}.1", 0))
        except OSError:
            request.end(0)

    for after, caller, work in schedule:
        request = Request(start + after, caller, data(caller, work))
        wait = request.due - time.monotonic()
        if wait > 0:
            await asyncio.sleep(wait)
        request.late = time.monotonic() - request.due
        requests.append(request)
        pool = pools[caller]
        if pool:
            pool.pop().send(request)
        else:
            asyncio.ensure_future(connect(request))
    until = time.monotonic() + LIMIT
    while any(request.ended is None for request in requests) and time.monotonic() < until:
        await asyncio.sleep(0.02)
    for pool in pools.values():
        for caller in list(pool):
            caller.transport.abort()
    return [request for request in requests if request.due - start >= warm]


def schedule_of(seed, seconds):
    draw, at, made = random.Random(seed), 0.0, []
    while True:
        at += draw.expovariate(options.rate)
        if at >= seconds:
            return made
        made.append((at, draw.randrange(CALLERS), draw.randrange(500, 1500)))


# ---- The daemons.

def nginx_config(ports, ip_hash, random_two):
    servers = "".join(f" server 127.0.0.1:{port} max_fails=3 fail_timeout=10s;" for port in ports)
    front = """server { listen 127.0.0.1:%d backlog=1024; location / { proxy_pass http://%s; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_connect_timeout 1s; proxy_next_upstream error timeout http_503 non_idempotent; proxy_next_upstream_tries 3; } }"""
    return f"""daemon off; master_process off; worker_processes 1; pid {work}/nginx.pid; error_log {work}/nginx.err crit;
events {{ worker_connections 4096; }}
http {{ access_log off; keepalive_requests 1000000; tcp_nodelay on; client_body_buffer_size 64k;
  client_body_temp_path {work}/b; proxy_temp_path {work}/p; fastcgi_temp_path {work}/f; uwsgi_temp_path {work}/u; scgi_temp_path {work}/s;
  upstream hashed {{ ip_hash;{servers} keepalive 64; keepalive_requests 1000000; }}
  upstream drawn {{ zone drawn 64k; random two least_conn;{servers} keepalive 64; keepalive_requests 1000000; }}
  {front % (ip_hash, "hashed")} {front % (random_two, "drawn")} }}"""


def haproxy_config(ports, least, hashed):
    servers = "".join(f"\n  server s{i} 127.0.0.1:{port}" for i, port in enumerate(ports))
    return f"""global
  nbthread 1
  maxconn 4096
defaults
  mode http
  timeout connect 1s
  timeout client 60s
  timeout server 60s
  retries 3
  option redispatch 1
  retry-on conn-failure empty-response response-timeout 503
  http-reuse always
  option httpchk GET /v1/models
  default-server check inter 2s fall 3 rise 2 observe layer7 error-limit 10 on-error mark-down
frontend least
  bind 127.0.0.1:{least} backlog 1024
  default_backend least
frontend hashed
  bind 127.0.0.1:{hashed} backlog 1024
  default_backend hashed
backend least
  balance leastconn{servers}
backend hashed
  balance hdr(x-tidegate-session)
  hash-type consistent
  hash-balance-factor 125{servers}
"""


def tidegate_config(ports, http):
    endpoints = ", ".join("{address: '127.0.0.1:%d'}" % port for port in ports)
    upstream = "  - {name: %s, zone: private, dialect: openai, basePath: /v1, models: [%s], defaultModel: %s, substitute: false, endpoints: [%s]%s}\n"
    return f"""http: {{listen: "127.0.0.1:{http}"}}
grpc: {{listen: "127.0.0.1:0"}}
admin: {{listen: "127.0.0.1:0"}}
policy: {{directory: "{dist}/policies"}}
audit: {{directory: "{work}/audit"}}
cache: {{enabled: false}}
loops: 1
upstreams:
""" + "".join(upstream % (name, name, name, endpoints, more) for name, more in
              (("plain", ""), ("sessions", ""), ("least", ", balance: {method: least-connections}")))


def write(name, text):
    path = os.path.join(work, name)
    with open(path, "w") as f:
        f.write(text)
    return path


def await_port(port, process, log):
    until = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > until:
                sys.exit(f"{process.args[0]} does not answer: see {log}")
            time.sleep(0.05)


def at_rank(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(share * len(values)))]


endpoints, (ip_hash, random_two, least, hashed, http) = free_ports(5), free_ports(5)
counts = multiprocessing.Array("Q", len(ROLES), lock=False)
stubs = multiprocessing.Process(target=serve_endpoints, args=(endpoints, counts), daemon=True)
stubs.start()
processes = []
# name, port, model, whether callers name sessions, ours
PEERS = [("nginx `ip_hash`", ip_hash, "m", False, False), ("nginx `random two least_conn`", random_two, "m", False, False),
         ("HAProxy `leastconn`", least, "m", False, False), ("HAProxy consistent hash, bounded", hashed, "m", True, False),
         ("Tidegate, default, no sessions", http, "plain", False, True), ("Tidegate, default, sessions", http, "sessions", True, True),
         ("Tidegate `least-connections`", http, "least", False, True)]
figures = {peer[0]: [] for peer in PEERS}
lateness = []
try:
    for command, port in ((["nginx", "-c", write("nginx.conf", nginx_config(endpoints, ip_hash, random_two))], random_two),
                          (["haproxy", "-db", "-q", "-f", write("haproxy.cfg", haproxy_config(endpoints, least, hashed))], hashed),
                          ([os.path.join(dist, "bin/tidegate"), "serve", "--config", write("tidegate.yaml", tidegate_config(endpoints, http))], http)):
        log = os.path.join(work, os.path.basename(command[0]) + ".log")
        with open(log, "wb") as out:
            # Not in the caller's folder: who stops other work while this runs goes by where it works.
            processes.append(subprocess.Popen(command, stdout=out, stderr=out, cwd=work))
        await_port(port, processes[-1], log)
    for name, port, model, with_session, ours in PEERS:
        asyncio.run(load(port, model, with_session, schedule_of(0, 4 if ours else 1), 0))
    for turn in range(options.r):
        schedule = schedule_of(turn + 1, WARM + options.t)
        for name, port, model, with_session, _ in PEERS[turn % len(PEERS):] + PEERS[:turn % len(PEERS)]:
            before = list(counts)
            done = asyncio.run(load(port, model, with_session, schedule, WARM))
            sent = [after - old for after, old in zip(counts, before)]
            good = [r for r in done if r.status == 200 and r.ended - r.due <= LIMIT]
            lateness += [r.late for r in done]
            seconds = [r.ended - r.due for r in good] + [LIMIT] * (len(done) - len(good))
            figures[name].append({"requests": len(done), "failed": len(done) - len(good), "p50": at_rank(seconds, 0.5) * 1000, "p90": at_rank(seconds, 0.9) * 1000,
                                  "p99": at_rank(seconds, 0.99) * 1000, "slow": sent[3] / len(schedule), "failing": sent[4] / len(schedule),
                                  "statuses": dict(collections.Counter(str(r.status) for r in done))})
            time.sleep(0.3)
finally:
    for process in processes:
        process.send_signal(signal.SIGKILL)
        process.wait()
    stubs.kill()
if options.json:
    with open(options.json, "w") as f:
        json.dump(figures, f, indent=1)


def interval(rounds, key, form):
    values = [one[key] for one in rounds]
    return f"{form % statistics.median(values)} ({form % min(values)} to {form % max(values)})"


print(f"{options.rate:g} requests a second for {options.r} × {options.t:g} s each; endpoints of {options.slots or 'any number of'} slots: three of {1000 * NORMAL:.0f} ms, one of "
      f"{1000 * SLOW:.0f} ms, one that refuses {100 * options.fails:g} %. Sent late by at most {1000 * at_rank(lateness, 0.99):.1f} ms at p99.\n")
print("| | errors, % | p50, ms | p90, ms | p99, ms | tries at the slow one, % of requests | at the failing one |\n|---|---|---|---|---|---|---|")
for name, rounds in figures.items():
    failed, requests = sum(one["failed"] for one in rounds), sum(one["requests"] for one in rounds)
    greatest = max(100 * one["failed"] / one["requests"] for one in rounds)
    print(f"| {name} | {100 * failed / requests:.2f} (at most {greatest:.2f}) | {interval(rounds, 'p50', '%.0f')} | {interval(rounds, 'p90', '%.0f')} | "
          f"{interval(rounds, 'p99', '%.0f')} | {100 * statistics.median(one['slow'] for one in rounds):.1f} | "
          f"{100 * statistics.median(one['failing'] for one in rounds):.1f} |")
print()
theirs = [peer[0] for peer in PEERS if not peer[4]]
errors = {name: sum(one["failed"] for one in rounds) / sum(one["requests"] for one in rounds) for name, rounds in figures.items()}
best = min(theirs, key=lambda name: (errors[name], statistics.median(one["p99"] for one in figures[name])))
worse, draw = False, random.Random(7)
for name in (peer[0] for peer in PEERS if peer[4]):
    ratios = [ours["p99"] / peer["p99"] for ours, peer in zip(figures[name], figures[best])]
    means = sorted(statistics.mean(draw.choices(ratios, k=len(ratios))) for _ in range(2000))
    low, high = means[50], means[-51]
    bad = errors[name] > errors[best] or low > 1
    worse |= bad
    print(f"{name} against {best}: {100 * errors[name]:.2f} % errors against {100 * errors[best]:.2f} %, p99 {statistics.mean(ratios):.2f} times (95 %: {low:.2f} to {high:.2f})"
          f"{': WORSE' if bad else ''}")
sys.exit(1 if worse else 0)
