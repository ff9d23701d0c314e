#!/usr/bin/env python3
"""A collector that takes OTLP over HTTP, counts and drops.

otlp-drop.py FILE PID: writes its port to FILE and what came to FILE.count, until process PID ends.
"""
import http.server
import os
import sys
import threading
import time

taken = {"messages": 0, "bytes": 0}


class Drop(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        taken["messages"] += 1
        taken["bytes"] += len(body)
        with open(sys.argv[1] + ".count", "w", encoding="ascii") as count:
            count.write(f"{taken['messages']} messages, {taken['bytes']} bytes\n")
        self.send_response(200)
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass


if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {0})
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Drop)
threading.Thread(target=server.serve_forever, daemon=True).start()
with open(sys.argv[1] + ".new", "w", encoding="ascii") as port:
    port.write(f"{server.server_port}\n")
os.rename(sys.argv[1] + ".new", sys.argv[1])
while os.path.exists(f"/proc/{sys.argv[2]}"):
    time.sleep(1)
