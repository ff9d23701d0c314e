#!/usr/bin/env python3
"""step-table.py FILE: the table "step | µs at 1 KB | µs at 16 KB" from JMH's JSON. A step without a size stands in the first column."""
import json
import sys

NAMES = [
    ("HttpBench.head", "HTTP/1 head, 330 bytes, strict"),
    ("StepBench.json", "body as strict JSON, one pass"),
    ("StepBench.read", "fields that routing needs"),
    ("StepBench.classify", "all detectors over every string"),
    ("StepBench.decide", "decision, nothing found"),
    ("StepBench.decideFindings", "decision, two findings (instead)"),
    ("StepBench.digest", "keyed digest of the body, for cache and record"),
    ("StepBench.audit", "decision record and its end, level written"),
    ("StepBench.encode", "dialect's splices (with an added member)"),
    ("StepBench.clear", "clearance"),
    ("AnswerBench.answer", "answer of 1.3 KB read and proven whole"),
    ("LineBench.meters", "all meters of a request"),
    ("HttpBench.answerHead", "answer's head with route headers"),
    ("LineBench.walk", "the whole walk, classify to meters, without sockets"),
    ("HttpBench.roundTrip", "HTTP edge alone: head, body, JSON, answer's head"),
    ("HttpBench.nettyDecoder", "for comparison: Netty's request decoder, unchecked"),
    ("HttpBench.readFields", None),
    ("AnswerBench.event", "SSE event of 250 bytes like the one before"),
    ("AnswerBench.eventParsed", "SSE event of 250 bytes that is parsed"),
]

rows = {}
for row in json.load(open(sys.argv[1])):
    name = ".".join(row["benchmark"].split(".")[-2:])
    metric = row["primaryMetric"]
    size = 1 if row.get("params", {}).get("body") == "chat16k" else 0
    rows.setdefault(name, [None, None])[size] = (metric["score"] / 1e3, metric["scoreError"])


def cell(value):
    if value is None:
        return ""
    micros, error = value
    spread = f" ± {error / 1e3:.2f}" if error == error and error / 1e3 >= 0.005 else ""
    return f"{micros:.2f}{spread}"


print("| step | µs at 1 KB | µs at 16 KB |\n|---|---|---|")
known = dict(NAMES)
for name in [n for n, _ in NAMES] + sorted(set(rows) - set(known)):
    if name in rows and known.get(name, name) is not None:
        print(f"| {known.get(name, name)} | {cell(rows[name][0])} | {cell(rows[name][1])} |")
