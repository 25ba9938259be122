"""Kills the agent at random moments of its work, starts it again, and holds its first answer against the directory.

usage: fault.py PROGRAMS [RUNS] [SEED]     (300 runs)
"""
import os
import random
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "storms"))
from actions import Writer  # noqa: E402
from agents import User  # noqa: E402
from compare import differences  # noqa: E402

runs, seed = int(sys.argv[2]) if len(sys.argv) > 2 else 300, int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(10**6)
rng = random.Random(seed)
# Automatic snapshots come often, so that many kills hit one.
user = User(sys.argv[1], WT_WORKER_SNAPSHOT_INACTIVITY_TIMEOUT_S="1", WT_WORKER_SNAPSHOT_EVALUATE_INTERVAL_MS="100", WT_WORKER_SNAPSHOT_MAX_CHANGED_FILES="20")


def background(*arguments):
    return subprocess.Popen([user.wt_program, *arguments], cwd=root, env=user.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def under_way(number):
    """Begins something that a kill can hit. Gives its name and the processes that may be left of it."""
    kind = rng.randrange(8)
    if kind == 0:
        return "snapshot", [background("snapshot", "-m", f"run {number}")]
    if kind == 1:
        return "branch create and switch", [background("branch", "create", f"b{number}"), background("branch", "switch", f"b{rng.randrange(max(number, 1))}")]
    if kind == 2:
        return "branch switch to main", [background("branch", "switch", "main")]
    if kind == 3:
        return "undo", [background("undo")]
    if kind == 4:
        return "stop", [background("worker", "stop")]
    if kind == 5:
        # The start itself, with its recovery, is killed.
        user.kill()
        return "start", [background("status")]
    return "writes", []


wrong, kinds, recovered, began = [], {}, 0, time.monotonic()
try:
    root, empty = user.init("work")
    writer = Writer(root, user.at("aside"), seed)
    for number in range(runs):
        for _ in range(rng.randrange(1, 30)):
            writer.act()
        kind, processes = under_way(number)
        limit = time.monotonic() + rng.random() * rng.choice([0.02, 0.1, 0.4, 1.5])
        while kind in ("writes", "snapshot") and time.monotonic() < limit:
            writer.act()
        time.sleep(max(0, limit - time.monotonic()))
        user.kill()
        for process in processes:
            process.wait(60)  # A command whose agent died may have started another, which is the one that answers first.
        kinds[kind] = kinds.get(kind, 0) + 1
        # A switch writes files itself, and the next start finishes it before it answers: the walk comes after the answer, and
        # nobody writes meanwhile.
        first = user.status(root)
        recovered += first.get("recovery") is not None
        lines = differences(user, root, empty, first)[1]
        if lines:
            wrong.append(number)
            print(f"run {number} (seed {seed}), killed during {kind}: {len(lines)} differences", *lines[:5], sep="\n  ")
    verified = user.wt(root, "debug", "verify").stdout.decode()
    if not verified.startswith("Healthy"):
        wrong.append("the store")
        print(verified)
finally:
    if wrong:
        print(user.log()[-4000:])
    user.close()
print(f"{runs} kills ({', '.join(f'{count} {kind}' for kind, count in sorted(kinds.items()))}), {recovered} recoveries, seed {seed}: "
      f"{len(wrong)} wrong first answers ({time.monotonic() - began:.0f} s)")
sys.exit(1 if wrong else 0)
