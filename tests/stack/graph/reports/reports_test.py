#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""JSON, SARIF and HTML say what they should, blame and diff give logging its share.

usage: reports_test.py PLIMSOLL COMPILER CHROMIUM
"""
import json
import os
import re
import subprocess
import sys
import tempfile
from html.parser import HTMLParser

HERE = os.path.dirname(os.path.abspath(__file__))
FUNCTION_KEYS = {"name", "address", "file", "line", "frame", "status", "bound", "bound_open",
                 "logging_frame", "logging_bound"}
ENTRY_KEYS = {"name", "budget", "bound", "open", "path", "verdict"}
STATUSES = {"proved", "tracked", "table", "conflict", "dynamic", "unknown"}
failures = []


def expect(condition, what):
    if not condition:
        failures.append(what)
        print("FAIL", what)


def run(*words):
    return subprocess.run(words, capture_output=True, text=True)


def check_json(report):
    expect(set(report) == {"binary", "arch", "functions", "entries"}, "keys of a binary")
    for function in report["functions"]:
        expect(set(function) == FUNCTION_KEYS, "keys of a function")
        expect(function["status"] in STATUSES, "status " + function["status"])
        expect((function["bound"] is None) == bool(function["bound_open"]),
               "a bound is null exactly where something is open: " + function["name"])
        expect(isinstance(function["frame"], int), "frames are integers")
    for entry in report["entries"]:
        expect(set(entry) == ENTRY_KEYS, "keys of an entry")
        expect((entry["bound"] is None) == bool(entry["open"]), "entry: null where open")
        expect(all(set(step) == {"name", "depth"} for step in entry["path"]), "keys of a step")
        depths = [step["depth"] for step in entry["path"]]
        expect(depths == sorted(depths) and depths[0] == 0, "a path goes down")
        expect(entry["bound"] is None or depths[-1] <= entry["bound"], "a path ends at the bound")


def check_sarif(path):
    """SARIF 2.1.0: the properties that the standard requires, of the types it requires."""
    with open(path) as f:
        log = json.load(f)
    expect(log["version"] == "2.1.0" and log["$schema"].endswith("sarif-schema-2.1.0.json"),
           "SARIF version")
    expect(len(log["runs"]) == 1, "one run")
    run_object = log["runs"][0]
    driver = run_object["tool"]["driver"]
    rules = {rule["id"] for rule in driver["rules"]}
    expect(driver["name"] == "plimsoll stack" and len(rules) == 3, "driver and rules")
    expect(set(run_object) <= {"tool", "results", "columnKind"}, "no unknown property of a run")
    for result in run_object["results"]:
        expect(set(result) <= {"ruleId", "level", "message", "locations", "codeFlows"},
               "no unknown property of a result")
        expect(result["ruleId"] in rules, "rule id")
        expect(result["level"] in {"none", "note", "warning", "error"}, "level")
        expect(isinstance(result["message"]["text"], str), "message")
        for location in result["locations"]:
            physical = location["physicalLocation"]
            expect("region" in physical or "address" in physical, "a place")
            uri = physical["artifactLocation"]["uri"]
            expect(re.fullmatch(r"[A-Za-z0-9/._~%:-]+", uri) is not None, "uri " + uri)
            if "region" in physical:
                expect(physical["region"]["startLine"] >= 1, "line")
        for flow in result.get("codeFlows", []):
            expect(len(flow["threadFlows"][0]["locations"]) > 0, "a flow has places")
    return run_object["results"]


class Page(HTMLParser):
    """Counts what the page shows, and everything that could reach out of it."""

    def __init__(self):
        super().__init__()
        self.rows, self.bars, self.buttons, self.icicles, self.outside = [], 0, 0, 0, []
        self.cell = None

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.bars += tag == "rect"
        self.buttons += tag == "button"
        self.icicles += tag == "svg" and attributes.get("class") == "icicle"
        for name in ("src", "href", "action", "data"):
            if name in attributes:
                self.outside.append((tag, attributes[name]))
        if tag in ("link", "iframe", "object", "embed", "img", "base"):
            self.outside.append((tag, ""))
        if tag == "tr":
            self.rows.append([])
        self.cell = tag if tag in ("td", "th") else self.cell

    def handle_data(self, data):
        if self.cell == "td" and self.rows:
            self.rows[-1].append(data)


def browse(chromium, path):
    done = run(chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-extensions",
               "--user-data-dir=" + os.path.dirname(path) + "/profile", "--dump-dom",
               "file://" + path)
    page = Page()
    page.feed(done.stdout)
    return page, done.stdout


def check_html(chromium, path, functions, entries):
    with open(path) as f:
        text = f.read()
    expect(not re.search(r"https?://|url\(|@import|fetch\(|XMLHttp", text), "no network")
    page, _ = browse(chromium, path)
    rows = [row for row in page.rows if row]
    expect(not page.outside, "nothing from outside: %s" % page.outside)
    expect(len(rows) == functions, "a row a function: %d of %d" % (len(rows), functions))
    expect(page.icicles == entries and page.bars >= 2 * entries, "an icicle an entry")
    expect(page.buttons == 6, "the script made every heading a button")
    # A click on a heading sorts, a second one turns the order round.
    clicks = path.replace(".html", "-sorted.html")
    with open(clicks, "w") as out:
        out.write(text.replace("</body>", "<script>for(const i of [0,0])document.querySelectorAll("
                               "'#functions th button')[i].click()</script></body>"))
    page, _ = browse(chromium, clicks)
    names = [row[0] for row in page.rows if row]
    expect(names == sorted(names, key=lambda n: n.lower().lstrip("_")) or
           names[0].lower() <= names[-1].lower(), "sorted by name")
    expect([row[0] for row in rows] != names, "the order changed")


def main():
    plimsoll, compiler, chromium = sys.argv[1:4]
    with tempfile.TemporaryDirectory() as folder:
        path = {name: os.path.join(folder, name) for name in
                ("with", "without", "rules", "out.html", "out.sarif", "odd name&<b>")}
        source = os.path.join(HERE, "logs.c")
        for level in ("-O0", "-O2"):
            run(compiler, level, "-g", "-fno-stack-protector", "-o", path["with"], source)
            run(compiler, level, "-g", "-fno-stack-protector", "-DWITHOUT_LOGGING", "-o",
                path["without"], source)
            with open(path["rules"], "w") as out:
                out.write("entry work budget 64\nlogging ^trace_write$\n")
                if level == "-O0":
                    out.write("external memset = 64\n")
            done = run(plimsoll, "stack", "check", path["with"], "--rules", path["rules"], "--json",
                       "--html", path["out.html"], "--sarif", path["out.sarif"])
            expect(done.returncode == 1, level + ": over its budget is status 1, not %d %s" %
                   (done.returncode, done.stderr))
            report = json.loads(done.stdout)
            check_json(report)
            results = check_sarif(path["out.sarif"])
            expect([r["ruleId"] for r in results] == ["stack/over-budget"], "one result")
            check_html(chromium, path["out.html"], len(report["functions"]), 1)
            work = [f for f in report["functions"] if f["name"] == "work"][0]
            # The exact share is what the other build does not need.
            bare = json.loads(run(plimsoll, "stack", "report", path["without"], "--json").stdout)
            quiet = [f for f in bare["functions"] if f["name"] == "work"][0]
            exact = work["frame"] - quiet["frame"]
            share = work["logging_frame"] / exact
            print("%s: logging's frame %d by blame, %d exactly: %.0f %%; bound %s, of it %s" %
                  (level, work["logging_frame"], exact, 100 * share, work["bound"],
                   work["logging_bound"]))
            # FACTS: 93 % at -O0 and 53 to 95 % above; more than all would be a lie.
            expect(0.5 <= share <= 1.0, level + ": the share of the frame")
            expect(work["bound"] - work["logging_bound"] >= quiet["frame"], "the share of the bound")
            text = run(plimsoll, "stack", "blame", path["with"], "work", "--sinks",
                       "^trace_write$").stdout
            expect(text.count("trace_write") >= 2 and "not attributed" in text,
                   "two statements and the remainder:\n" + text)
            diff = run(plimsoll, "stack", "diff", path["without"], path["with"], "--max-growth", "8")
            expect(diff.returncode == 1 and "+%d" % exact in diff.stdout, "diff is exact")
            diff = run(plimsoll, "stack", "diff", path["with"], path["without"], "--max-growth", "0")
            expect(diff.returncode == 0, "nothing grew: %d %s" % (diff.returncode, diff.stdout))
        # Two binaries make an array; names from outside are text, not markup.
        os.rename(path["with"], path["odd name&<b>"])
        done = run(plimsoll, "stack", "report", path["odd name&<b>"], path["without"], "--json",
                   "--html", path["out.html"])
        reports = json.loads(done.stdout)
        expect(isinstance(reports, list) and len(reports) == 2, "an array of two")
        for report in reports:
            check_json(report)
        with open(path["out.html"]) as f:
            expect("<b>" not in f.read(), "markup in a name is text")
    print("%d failures" % len(failures))
    return 1 if failures else 0


sys.exit(main())
