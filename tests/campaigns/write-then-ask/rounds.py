"""Writes, then asks: every answer of `wt status --json` is compared with what this script itself has on disk.

usage: rounds.py WT FOLDER ROUNDS SEED     (FOLDER: a new worktree, with no other writer; the caller keeps auto-snapshots off)
"""
import json
import os
import random
import subprocess
import sys
import time

wt, folder, rounds, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
rng = random.Random(seed)
os.chdir(folder)

# What the first snapshot holds, and what is there now: path -> content.
base = {f"d{n % 10}/f{n}.txt": rng.randbytes(rng.randrange(1, 2000)) for n in range(200)}
now = dict(base)


def write(path, content):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content)
    now[path] = content


def replace(path, content):
    """As editors save: a new file takes the old one's place."""
    with open(path + ".new", "wb") as file:
        file.write(content)
    os.rename(path + ".new", path)
    now[path] = content


def move(path, to):
    os.rename(path, to)
    now[to] = now.pop(path)


def act():
    path = rng.choice(sorted(now))
    kind = rng.randrange(8)
    if kind == 0 and len(now) < 300:
        write(f"d{rng.randrange(10)}/n{rng.randrange(10**9)}.txt", rng.randbytes(rng.randrange(1, 2000)))
    elif kind == 1 and len(now) > 100:
        os.unlink(path)
        del now[path]
    elif kind == 2:
        move(path, f"{os.path.dirname(path)}/m{rng.randrange(10**9)}.txt")
    elif kind == 3:
        replace(path, rng.randbytes(rng.randrange(1, 2000)))
    elif kind == 4 and path in base:
        write(path, base[path])
    elif kind == 5:
        write(f"deep/{rng.randrange(10**9)}/x/y.txt", rng.randbytes(100))
    else:
        # The same length within one tick of the clock: only the content tells.
        write(path, rng.randbytes(len(now[path])))


def expected():
    changes = {path: ("deleted", None) for path in base if path not in now}
    for path, content in now.items():
        if path not in base:
            changes[path] = ("added", len(content))
        elif base[path] != content:
            changes[path] = ("modified", len(content))
    return changes


def answered():
    run = subprocess.run([wt, "status", "--json"], capture_output=True, check=True)
    changes = {}
    for change in json.loads(run.stdout)["changes"]:
        if change["change"] == "renamed":
            changes[change["old_path"]] = ("deleted", None)
            changes[change["path"]] = ("added", change["size_bytes"])
        else:
            changes[change["path"]] = (change["change"], None if change["change"] == "deleted" else change["size_bytes"])
    return changes


for path, content in base.items():
    write(path, content)
subprocess.run([wt, "init"], check=True, stdout=subprocess.DEVNULL)

wrong, times = 0, []
for number in range(rounds):
    for _ in range(rng.randrange(1, 4)):
        act()
    begun = time.perf_counter()
    seen = answered()
    times.append(time.perf_counter() - begun)
    true = expected()
    if seen != true:
        wrong += 1
        different = {path: (true.get(path), seen.get(path)) for path in true.keys() | seen.keys() if true.get(path) != seen.get(path)}
        print(f"round {number} (seed {seed}): path: (is, was answered): {dict(list(different.items())[:5])}")
times.sort()
print(f"{rounds} rounds, seed {seed}: {wrong} wrong; median {times[len(times) // 2] * 1000:.1f} ms a question")
sys.exit(1 if wrong else 0)
