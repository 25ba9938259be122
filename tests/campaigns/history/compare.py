#!/usr/bin/env python3
"""Asks wt and git the same about the history of paths and the lines of files, compares the answers and the times.

usage: compare.py [--paths N] [--files N] [--seed N] COPY GIT GIT-WITH-GRAPH
Snapshots have other ids than commits, so what is compared is author, time and first line of the message. Exit code 1 where the
histories of a path differ, or less than 99 % of the lines are blamed alike.
"""
import json
import random
import subprocess
import sys
import time
from collections import Counter
from datetime import datetime


def timed(where, *command):
    start = time.perf_counter()
    out = subprocess.run(command, cwd=where, capture_output=True, check=True).stdout
    return out.decode("utf-8", "surrogateescape"), time.perf_counter() - start


def moment(text):
    return int(datetime.fromisoformat(text).timestamp())


def git_log(text):
    return Counter(tuple(line.split("\x01")) for line in text.splitlines() if line)


def wt_log(text):
    found = Counter()
    for line in text.splitlines():
        snapshot = json.loads(line)
        # git's %s joins the lines of the first paragraph.
        subject = " ".join((snapshot.get("message") or "").strip("\n").split("\n\n")[0].split("\n"))
        found[(str(moment(snapshot["time"])), subject.strip())] += 1
    return found


def blamed(text):
    """Gives author time, subject, line in the origin and its name for each line of a porcelain blame."""
    known, lines, commit, origin = {}, [], None, None
    for line in text.split("\n"):
        if line.startswith("\t"):
            head = known[commit]
            lines.append((head.get("author-time"), head.get("summary", "").strip(), origin, head.get("filename")))
            continue
        words = line.split(" ")
        if len(words) >= 3 and len(words[0]) in (40, 64) and words[1].isdigit():
            commit, origin = words[0], words[1]
            known.setdefault(commit, {})
        elif " " in line:
            known[commit][words[0]] = line[len(words[0]) + 1:]
    return lines


def main():
    options = {"--paths": 60, "--files": 25, "--seed": 20261130}
    arguments = sys.argv[1:]
    while arguments[0].startswith("--"):
        options[arguments[0]] = int(arguments[1])
        arguments = arguments[2:]
    copy, git, graph = arguments
    random.seed(options["--seed"])
    files = subprocess.run(["git", "-C", git, "ls-tree", "-r", "--format=%(objecttype) %(path)", "HEAD"], capture_output=True, check=True, text=True).stdout
    files = sorted(line[5:] for line in files.splitlines() if line.startswith("blob ") and '"' not in line)
    folders = sorted({path.rsplit("/", 1)[0] for path in files if "/" in path})
    often = Counter(subprocess.run(["git", "-C", git, "log", "-n", "3000", "--format=", "--name-only"], capture_output=True, check=True, text=True).stdout.splitlines())
    busy = [path for path, _ in often.most_common(400) if path in set(files)]
    paths = busy[: options["--paths"] // 4] + random.sample(files, min(len(files), options["--paths"] // 2)) + random.sample(folders, min(len(folders), options["--paths"] // 4))
    failed = False

    sums, differ, commits = [0.0, 0.0, 0.0], [], 0
    form = "--format=%at%x01%s"
    for path in paths:
        theirs, seconds = timed(git, "git", "log", form, "HEAD", "--", path)
        sums[1] += seconds
        sums[2] += timed(graph, "git", "log", form, "HEAD", "--", path)[1]
        ours, seconds = timed(copy, "wt", "log", "--json", path)
        sums[0] += seconds
        a, b = Counter({(t, s.strip()): n for (t, s), n in git_log(theirs).items()}), wt_log(ours)
        commits += sum(a.values())
        if a != b:
            differ.append((path, list((a - b).items())[:2], list((b - a).items())[:2]))
    print(f"  log of {len(paths)} paths, {commits} commits: {len(differ)} differ; wt {sums[0]:.1f} s, git {sums[1]:.1f} s (ratio {sums[0] / sums[1]:.2f}), "
          f"git with commit-graph and changed paths {sums[2]:.1f} s (ratio {sums[0] / sums[2]:.2f})")
    for path, missing, more in differ[:5]:
        print(f"    {path}: git alone {missing}, wt alone {more}")
    failed |= bool(differ)

    chosen = [path for path in busy if not path.endswith((".png", ".po", ".bin"))][: options["--files"] // 2]
    chosen += random.sample([path for path in files if not path.endswith((".png", ".po", ".bin"))], options["--files"] - len(chosen))
    sums, lines, same, worst = [0.0, 0.0, 0.0], 0, 0, []
    for path in chosen:
        theirs, seconds = timed(git, "git", "blame", "--porcelain", "HEAD", "--", path)
        sums[1] += seconds
        sums[2] += timed(graph, "git", "blame", "--porcelain", "HEAD", "--", path)[1]
        ours, seconds = timed(copy, "wt", "blame", "--porcelain", path)
        sums[0] += seconds
        a, b = blamed(theirs), blamed(ours)
        equal = sum(x == y for x, y in zip(a, b))
        lines += len(a)
        same += equal if len(a) == len(b) else 0
        if equal < len(a) or len(a) != len(b):
            worst.append((len(a) - equal, path, len(a), next(((i + 1, x, y) for i, (x, y) in enumerate(zip(a, b)) if x != y), None)))
    print(f"  blame of {len(chosen)} files, {lines} lines: {100 * same / max(1, lines):.3f} % alike; wt {sums[0]:.1f} s, git {sums[1]:.1f} s (ratio {sums[0] / sums[1]:.2f}), "
          f"git with commit-graph and changed paths {sums[2]:.1f} s (ratio {sums[0] / sums[2]:.2f})")
    for count, path, total, first in sorted(worst, reverse=True)[:5]:
        print(f"    {path}: {count} of {total}, first {first}")
    failed |= same < 0.99 * lines
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
