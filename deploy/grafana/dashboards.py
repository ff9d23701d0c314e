#!/usr/bin/env python3
"""Writes Tidegate's Grafana dashboards beside itself. Change this, run it, commit both; a test compares them.

  python3 deploy/grafana/dashboards.py            writes tidegate-overview.json and tidegate-security.json
  python3 deploy/grafana/dashboards.py --check    says whether they are what this makes; 1 if not
"""
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = {"type": "prometheus", "uid": "${source}"}
WHERE = 'job=~"$job",instance=~"$instance"'
WIDTH, HEIGHT, COLUMNS = 8, 7, 24


def rate(metric, by, labels=""):
    return f"sum by ({by}) (rate({metric}{{{WHERE}{',' + labels if labels else ''}}}[$__rate_interval]))"


def grown(metric, by, labels=""):
    return f"sum by ({by}) (increase({metric}{{{WHERE}{',' + labels if labels else ''}}}[$__range]))"


def now(metric, by, labels="", how="sum"):
    return f"{how} by ({by}) ({metric}{{{WHERE}{',' + labels if labels else ''}}})"


def quantile(share, metric, by):
    return f"histogram_quantile({share}, sum by (le, {by}) (rate({metric}_bucket{{{WHERE}}}[$__rate_interval])))"


def panel(title, unit, *targets, kind="timeseries", says="", red=None, stack=False):
    """One picture. targets: (expression, legend). red: the value from which a stat is red."""
    return {"title": title, "unit": unit, "targets": targets, "kind": kind, "says": says, "red": red, "stack": stack}


def drawn(number, left, top, what):
    instant = what["kind"] in ("stat", "table")
    steps = [{"color": "green", "value": None}] + ([{"color": "red", "value": what["red"]}] if what["red"] is not None else [])
    custom = {"fillOpacity": 30 if what["stack"] else 8, "lineWidth": 1, "showPoints": "never",
              "stacking": {"mode": "normal" if what["stack"] else "none", "group": "A"}} if what["kind"] == "timeseries" else {}
    options = {"timeseries": {"legend": {"displayMode": "list", "placement": "bottom", "showLegend": True}, "tooltip": {"mode": "multi", "sort": "desc"}},
               "stat": {"colorMode": "background", "graphMode": "none", "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False}},
               "table": {"showHeader": True}}[what["kind"]]
    made = {
        "id": number, "type": what["kind"], "title": what["title"], "description": what["says"], "datasource": SOURCE,
        "gridPos": {"x": left, "y": top, "w": WIDTH, "h": HEIGHT},
        "fieldConfig": {"defaults": {"unit": what["unit"], "min": 0 if what["kind"] == "timeseries" else None, "custom": custom,
                                     "thresholds": {"mode": "absolute", "steps": steps}}, "overrides": []},
        "options": options,
        "targets": [{"refId": chr(ord("A") + i), "datasource": SOURCE, "expr": expression, "legendFormat": legend, "editorMode": "code",
                     "instant": instant, "range": not instant, "format": "table" if what["kind"] == "table" else "time_series"}
                    for i, (expression, legend) in enumerate(what["targets"])],
    }
    if what["kind"] == "table":
        made["transformations"] = [{"id": "organize", "options": {"excludeByName": {"Time": True}}}]
    return made


def variable(name, label, query):
    return {"name": name, "label": label, "type": "query", "datasource": SOURCE, "definition": query, "query": {"query": query, "refId": name},
            "refresh": 2, "includeAll": True, "multi": True, "allValue": ".*", "current": {"text": "All", "value": "$__all"}, "sort": 1}


def dashboard(uid, title, says, other, rows):
    panels, number, top = [], 0, 0
    for heading, members in rows:
        number += 1
        panels.append({"id": number, "type": "row", "title": heading, "collapsed": False, "panels": [], "gridPos": {"x": 0, "y": top, "w": COLUMNS, "h": 1}})
        for i, member in enumerate(members):
            number += 1
            across = i * WIDTH
            panels.append(drawn(number, across % COLUMNS, top + 1 + across // COLUMNS * HEIGHT, member))
        top += 1 + -(-len(members) * WIDTH // COLUMNS) * HEIGHT
    return {
        "uid": uid, "title": title, "description": says, "tags": ["tidegate"], "schemaVersion": 38, "version": 1, "editable": True, "graphTooltip": 1,
        "refresh": "30s", "time": {"from": "now-3h", "to": "now"}, "timezone": "", "annotations": {"list": []},
        "links": [{"title": other[1], "type": "link", "url": f"/d/{other[0]}", "keepTime": True, "includeVars": True}],
        "templating": {"list": [
            {"name": "source", "label": "Source", "type": "datasource", "query": "prometheus", "refresh": 1, "current": {}},
            variable("job", "Job", "label_values(tidegate_policy_info, job)"),
            variable("instance", "Instance", 'label_values(tidegate_policy_info{job=~"$job"}, instance)')]},
        "panels": panels,
    }


ERRORS = f'sum(rate(tidegate_requests_total{{{WHERE},outcome="error"}}[$__rate_interval])) / sum(rate(tidegate_requests_total{{{WHERE}}}[$__rate_interval]))'

OVERVIEW = dashboard("tidegate-overview", "Tidegate: overview", "Where requests go, how long they take, what stands in their way, what they cost.",
                     ("tidegate-security", "Security"), [
    ("Flows", [
        panel("Requests, class × destination", "short", (grown("tidegate_requests_total", "sensitivity, destination"), ""), kind="table",
              says="Requests of the shown time by sensitivity and where their answer came from; none: there was no answer."),
        panel("Requests by destination", "reqps", (rate("tidegate_requests_total", "destination"), "{{destination}}"), stack=True),
        panel("Requests by latency class", "reqps", (rate("tidegate_requests_total", "latency_class"), "{{latency_class}}"), stack=True),
        panel("How they end", "reqps", (rate("tidegate_requests_total", "outcome"), "{{outcome}}"), stack=True),
        panel("Rules that settled them", "reqps", (f"topk(12, {rate('tidegate_decisions_total', 'rule')})", "{{rule}}"),
              says="Ids of the rules in force; docs/policies.md."),
        panel("Served from the cache", "percentunit",
              (f'{rate("tidegate_requests_total", "cache")} / ignoring(cache) group_left sum(rate(tidegate_requests_total{{{WHERE}}}[$__rate_interval]))', "{{cache}}"),
              stack=True)]),
    ("Latency", [
        panel("Time to first token, p95", "s", (quantile(0.95, "tidegate_ttft_seconds", "latency_class"), "{{latency_class}}"),
              says="TidegateMeanLatency goes by the mean, TidegateFirstTokenBurn by the share past 2.5 s."),
        panel("Time to first token, mean", "s", (rate("tidegate_ttft_seconds_sum", "latency_class") + " / " + rate("tidegate_ttft_seconds_count", "latency_class"),
                                                 "{{latency_class}}")),
        panel("Time per output token, mean", "s", (f'sum(rate(gen_ai_server_time_per_output_token_seconds_sum{{{WHERE}}}[$__rate_interval])) / '
                                                   f'sum(rate(gen_ai_server_time_per_output_token_seconds_count{{{WHERE}}}[$__rate_interval]))', "per token"),
              says="Beside the first token, since a whole answer takes as long as it is."),
        panel("Whole requests, p95", "s", (quantile(0.95, "gen_ai_server_request_duration_seconds", "gen_ai_operation_name"), "{{gen_ai_operation_name}}")),
        panel("Attempts, p95", "s", (quantile(0.95, "gen_ai_client_operation_duration_seconds", "upstream"), "{{upstream}}"))]),
    ("Errors and refusals", [
        panel("Share of errors", "percentunit", (ERRORS, "errors"), says="TidegateErrorRate fires past 5 %. What was refused by rule is no error."),
        panel("Refusals by code", "reqps", (rate("tidegate_refusals_total", "code"), "{{code}}"), stack=True, says="docs/errors.md says what each means."),
        panel("Failed attempts", "reqps", (rate("tidegate_attempts_total", "upstream, outcome", 'outcome!="answered"'), "{{upstream}} {{outcome}}"), stack=True),
        panel("Retries not made", "reqps", (rate("tidegate_retry_refused_total", "reason"), "{{reason}}"), stack=True)]),
    ("Upstreams", [
        panel("Endpoints", "short", (now("tidegate_endpoints", "upstream, state"), "{{upstream}} {{state}}"), stack=True),
        panel("Attempts", "reqps", (rate("tidegate_attempts_total", "upstream"), "{{upstream}}"), stack=True),
        panel("Ejections", "short", (rate("tidegate_ejections_total", "upstream, cause"), "{{upstream}} {{cause}}")),
        panel("Account closed", "short", (now("tidegate_account_closed", "upstream", how="max"), "{{upstream}}"), kind="stat", red=1,
              says="1: the upstream answered 401, 402 or 403. Requests pass it by.")]),
    ("Limits and queue", [
        panel("In flight and limit", "short", (now("tidegate_in_flight", "upstream"), "{{upstream}} in flight"), (now("tidegate_limit", "upstream"), "{{upstream}} limit")),
        panel("Saturation", "percentunit", (now("tidegate_saturation", "upstream", how="max"), "{{upstream}}")),
        panel("Load and capacity", "reqps", (f'sum(rate(tidegate_requests_total{{{WHERE},destination!="edge_cache"}}[$__rate_interval]))', "asked for"),
              (f"sum(tidegate_capacity_rps{{{WHERE}}})", "fits"), says="TidegateLoadHigh fires past 80 %."),
        panel("Queue", "short", (now("tidegate_queue_depth", "latency_class"), "{{latency_class}}"), stack=True, says="TidegateQueueDepth fires past 1,000."),
        panel("Turned away", "reqps", (rate("tidegate_shed_total", "latency_class, reason"), "{{latency_class}} {{reason}}"), stack=True),
        panel("Overflow to public, tenants over their budget", "reqps", (f"sum(rate(tidegate_overflow_total{{{WHERE}}}[$__rate_interval]))", "overflow"),
              (rate("tidegate_tenant_limited_total", "tenant"), "{{tenant}}"))]),
    ("Cost", [
        panel("Cost per hour", "short", (f"3600 * {rate('tidegate_cost_total', 'upstream')}", "{{upstream}}"), stack=True,
              says="In the currency of prices in the configuration; without prices there is none."),
        panel("Cost of the shown time by tenant", "short", (grown("tidegate_cost_total", "tenant"), ""), kind="table"),
        panel("Tokens", "short", (rate("tidegate_tokens_total", "upstream, kind"), "{{upstream}} {{kind}}"), stack=True)]),
])

SECURITY = dashboard("tidegate-security", "Tidegate: security", "What must not leave, what decided so, and whether it is on record.", ("tidegate-overview", "Overview"), [
    ("The promise (G1)", [
        panel("Egress violations", "short", (f"sum(tidegate_egress_violation_total{{{WHERE}}})", "violations"), kind="stat", red=1, says="Must stay 0: docs/runbooks.md."),
        panel("Writes stopped at the gate", "short", (grown("tidegate_egress_refused_total", "instance"), "{{instance}}"), kind="stat", red=1,
              says="Nothing left, but something tried: a defect."),
        panel("Defects", "short", (grown("tidegate_defects_total", "instance"), "{{instance}}"), kind="stat", red=1),
        panel("To PUBLIC, by sensitivity", "reqps", (rate("tidegate_requests_total", "sensitivity", 'destination="public"'), "{{sensitivity}}"), stack=True,
              says="Restricted must not be here."),
        panel("Decisions by sensitivity", "reqps", (rate("tidegate_decisions_total", "sensitivity"), "{{sensitivity}}"), stack=True)]),
    ("Policy", [
        panel("In force", "short", (now("tidegate_policy_info", "version, digest", how="count"), ""), kind="table", says="More than one line: hosts differ."),
        panel("Age", "s", (now("tidegate_policy_age_seconds", "instance", how="max"), "{{instance}}")),
        panel("Newest refused", "short", (now("tidegate_policy_last_attempt_failed", "instance", how="max"), "{{instance}}"), kind="stat", red=1),
        panel("Reloads", "short", (grown("tidegate_policy_reloads_total", "outcome"), "{{outcome}}"), kind="stat"),
        panel("What a shadow would have made of requests", "short", (grown("tidegate_policy_shadow_total", "rule, enforced, shadow"), ""), kind="table",
              says="Only with a shadow policy or shadow rules."),
        panel("Rules that fired", "reqps", (f"topk(12, {rate('tidegate_rules_fired_total', 'rule')})", "{{rule}}"))]),
    ("Classification", [
        panel("Time to classify, p95", "s", (f"histogram_quantile(0.95, sum by (le) (rate(tidegate_classify_duration_seconds_bucket{{{WHERE}}}[$__rate_interval])))", "p95")),
        panel("Plugins without an answer", "percentunit", (rate("tidegate_plugin_failed_total", "plugin") + " / " + rate("tidegate_plugin_asked_total", "plugin"), "{{plugin}}"),
              says="Each such request is RESTRICTED (G2)."),
        panel("Session labels' room", "percentunit", (now("tidegate_session_fill", "instance", how="max"), "{{instance}}"), says="At 50 % every session is RESTRICTED.")]),
    ("Records (G7)", [
        panel("Disk fails", "short", (now("tidegate_audit_failing", "instance", how="max"), "{{instance}}"), kind="stat", red=1, says="1: nothing is sent to PUBLIC."),
        panel("Lag to the disk", "s", (now("tidegate_audit_lag_seconds", "instance", how="max"), "{{instance}}")),
        panel("Lost", "short", (grown("tidegate_audit_lost_total", "instance"), "{{instance}}"), kind="stat", red=1),
        panel("Records", "reqps", (rate("tidegate_audit_records_total", "instance"), "{{instance}}")),
        panel("Time to sync, mean", "s", (f'sum(rate(tidegate_audit_sync_seconds_sum{{{WHERE}}}[$__rate_interval])) / sum(rate(tidegate_audit_sync_seconds_count{{{WHERE}}}[$__rate_interval]))',
                                         "sync")),
        panel("Free on their disk", "bytes", (now("tidegate_audit_disk_free_bytes", "instance", how="min"), "{{instance}}"))]),
    ("What it leans on", [
        panel("Consul and DNS not heard for", "s", (now("tidegate_consul_age_seconds", "instance, upstream", how="max"), "consul {{instance}} {{upstream}}"),
              (now("tidegate_dns_age_seconds", "instance, upstream", how="max"), "dns {{instance}} {{upstream}}")),
        panel("Consul rights missing", "short", (now("tidegate_consul_acl", "upstream", how="max"), "{{upstream}}"), kind="stat", red=1),
        panel("Certificates end in", "s", (now("tidegate_certificate_expiry_seconds", "instance, listener", how="min"), "{{instance}} {{listener}}"))]),
])


def written(board):
    """One line for each panel: what changed is seen in a diff."""
    def line(value):
        return json.dumps(value, ensure_ascii=False)
    rest = ",\n".join(f" {line(key)}: {line(value)}" for key, value in board.items() if key != "panels")
    panels = ",\n".join("  " + line(each) for each in board["panels"])
    return f'{{\n{rest},\n "panels": [\n{panels}\n ]\n}}\n'


def main():
    stale = []
    for board in (OVERVIEW, SECURITY):
        text = written(board)
        file = HERE / f"{board['uid']}.json"
        if "--check" in sys.argv[1:]:
            if not file.exists() or file.read_text(encoding="utf-8") != text:
                stale.append(file.name)
        else:
            file.write_text(text, encoding="utf-8")
    if stale:
        print(f"not what dashboards.py makes: {', '.join(stale)}; run it", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
