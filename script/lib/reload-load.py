#!/usr/bin/env python3
"""reload-load.py RIG [RELOADS]: what requests wait while policies are reloaded, one reload after the other, beside what they wait at rest.

The packaged daemon with its own launcher; 500 requests a second by the rig's open-loop generator, whose latency runs from the instant at which a request
was due. Blocks of rest and of reloads in turn; each reload brings another policy. Exit code 1 if a request or a reload fails,
or if the median of the blocks' p99 during reloads is more than twice that at rest.
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
import urllib.request

rig, wanted = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1000
RATE, SECONDS, BAR = 500, 15, 2.0
work = os.environ["BENCH_TMP"]
scratch = os.path.join(work, "reload")
shutil.rmtree(scratch, ignore_errors=True)
os.makedirs(scratch)
dist = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../router-core/target/tidegate")
for name in ("stub", "tg"):
    subprocess.run(["gcc", "-O2", "-w", "-o", os.path.join(work, name), os.path.join(rig, f"src/{name}.c"), "-lpthread", "-lm"], check=True)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


http, admin, upstream = free_port(), free_port(), free_port()
policies = os.path.join(scratch, "policies")
shutil.copytree(os.path.join(dist, "policies"), policies)
body = os.path.join(scratch, "body.json")
with open(body, "w") as f:
    json.dump({"model": "bench-n1-d0", "messages": [{"role": "user", "content": "Summarise what the tide does to a harbour. " * 20}]}, f)
with open(os.path.join(scratch, "tidegate.yaml"), "w") as f:
    f.write(f"""http: {{listen: "127.0.0.1:{http}"}}
grpc: {{listen: "127.0.0.1:0"}}
admin: {{listen: "127.0.0.1:{admin}"}}
policy: {{directory: "{policies}"}}
audit: {{directory: "{scratch}/audit"}}
cache: {{enabled: false}}
loops: 1
upstreams:
  - {{name: stub, zone: public, dialect: openai, basePath: /v1, models: ["*"], defaultModel: bench, endpoints: [{{address: "127.0.0.1:{upstream}"}}],
     networks: ["127.0.0.0/8"]}}
""")


def project(revision):
    fresh = os.path.join(scratch, "fresh")
    with open(fresh, "w") as f:
        f.write(f"""apiVersion: tidegate/v1
kind: SensitivityPolicy
metadata: {{name: projects, revision: {revision}, owner: research}}
spec:
  lists: {{projects: {{terms: [helios-{revision}]}}}}
  detectors: [{{id: project-name, list: projects, likelihood: very-likely}}]
  rules: [{{id: project, types: [PROJECT_NAME], raiseTo: confidential, reason: Names a project}}]
...
""")
    os.replace(fresh, os.path.join(policies, "projects.yaml"))


def reload():
    request = urllib.request.Request(f"http://127.0.0.1:{admin}/admin/policy/reload", data=b"", method="POST")
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.status == 200


def load():
    return subprocess.Popen([os.path.join(work, "tg"), "open", "-P", str(http), "-B", body, "-r", str(RATE), "-d", str(SECONDS), "-w", "1"],
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def ended(generator):
    said = json.loads(generator.communicate()[0])
    failed = said["non200"] + said["errors"] + said["unanswered"]
    return said["ok"], failed, said["lat_us"]["p99"] / 1000


processes = [subprocess.Popen([os.path.join(work, "stub"), "-p", str(upstream)], stdout=subprocess.DEVNULL)]
with open(os.path.join(scratch, "log"), "wb") as log:
    processes.append(subprocess.Popen([os.path.join(dist, "bin/tidegate"), "serve", "--config", os.path.join(scratch, "tidegate.yaml")], stdout=log, stderr=log))
try:
    until = time.monotonic() + 30
    while True:
        try:
            for port in (http, admin):
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        except OSError:
            if time.monotonic() > until:
                sys.exit(f"the daemon does not answer: see {scratch}/log")
            time.sleep(0.05)
    revision, reloads, answers, failures, rest, during, reload_seconds = 0, 0, 0, 0, [], [], 0.0

    def block(with_reloads):
        global revision, reloads, answers, failures, reload_seconds
        generator = load()
        while generator.poll() is None:
            if not with_reloads:
                time.sleep(0.05)
                continue
            revision += 1
            project(revision)
            begun = time.monotonic()
            reloads += 1
            failures += 0 if reload() else 1
            reload_seconds += time.monotonic() - begun
        good, bad, p99 = ended(generator)
        answers += good
        failures += bad
        return p99

    for _ in range(2):
        block(True)  # the code of both is warm
    reloads, reload_seconds = 0, 0.0
    while reloads < wanted:
        rest.append(block(False))
        during.append(block(True))
finally:
    for process in processes:
        process.send_signal(signal.SIGKILL)
        process.wait()
at_rest, in_reloads = statistics.median(rest), statistics.median(during)
print(f"{answers} answers at {RATE} a second, {reloads} reloads of {1000 * reload_seconds / reloads:.0f} ms, {failures} failures; p99 at rest {at_rest:.2f} ms "
      f"({min(rest):.2f} to {max(rest):.2f}), during reloads {in_reloads:.2f} ms ({min(during):.2f} to {max(during):.2f}), ratio {in_reloads / at_rest:.2f}")
sys.exit(0 if failures == 0 and in_reloads <= BAR * at_rest else 1)
