#!/usr/bin/env python3
"""start-time.py RIG [RUNS]: seconds from starting the program to its first answer, on one core, in turn for HAProxy and the daemon.

The stub and the asker run on another core where there is one. Each run of the daemon is its first: its folder is made anew.
"""
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time

rig, runs = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 10
work = os.environ["BENCH_TMP"]
cores = sorted(os.sched_getaffinity(0))
ours, theirs = [cores[-1]], [cores[0]]
os.makedirs(work, exist_ok=True)
stub_binary = os.path.join(work, "stub")
subprocess.run(["gcc", "-O2", "-w", "-o", stub_binary, os.path.join(rig, "src/stub.c"), "-lpthread", "-lm"], check=True)
os.sched_setaffinity(0, theirs)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def answered(port):
    body = json.dumps({"model": "bench-n1-d0", "messages": [{"role": "user", "content": "hello"}]}).encode()
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as s:
            s.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            return s.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def once(peer, stub_port):
    port = free_port()
    scratch = os.path.join(work, "start")
    shutil.rmtree(scratch, ignore_errors=True)
    os.makedirs(scratch)
    environment = dict(os.environ, PORT=str(port), STUB_PORT=str(stub_port), T=scratch, BENCH=rig, PEER=os.path.basename(peer))
    with open(os.path.join(scratch, "log"), "wb") as log:
        begun = time.monotonic()
        process = subprocess.Popen(["/bin/sh" if peer.endswith("bench-peer.sh") else "/bin/bash", peer], env=environment, stdout=log, stderr=log, start_new_session=True,
                                   preexec_fn=lambda: os.sched_setaffinity(0, ours))
        try:
            while not answered(port):
                if process.poll() is not None or time.monotonic() - begun > 60:
                    sys.exit(f"{peer} does not answer: see {scratch}/log")
                time.sleep(0.005)
            return time.monotonic() - begun
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


stub_port = free_port()
stub = subprocess.Popen([stub_binary, "-p", str(stub_port)], stdout=subprocess.DEVNULL)
try:
    peers = {"HAProxy": os.path.join(rig, "peers/haproxy.sh"), "Tidegate": os.environ["TIDEGATE_CMD"]}
    seconds = {name: [] for name in peers}
    for _ in range(runs):
        for name, command in peers.items():
            seconds[name].append(once(command, stub_port))
finally:
    stub.kill()
print(f"| start to first answer, one core, s; {runs} runs in turn | lowest | median | highest |\n|---|---|---|---|")
for name, values in seconds.items():
    print(f"| {name} | {min(values):.2f} | {statistics.median(values):.2f} | {max(values):.2f} |")
