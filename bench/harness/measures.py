"""What is measured. Each measure yields series; --only picks by the names in ALL."""
import os
import shutil
import subprocess
import time

import timing
from timing import Series

MANY = 10_000
LOG_SNAPSHOTS = 200


class Fact:
    """A figure without a counterpart."""

    def __init__(self, name, value, limit):
        self.name, self.value, self.limit = name, value, limit


def first(stage, runs):
    series = Series("first snapshot: `wt init` / `git init`, `add -A`, `commit`", 0.12)
    for _ in range(runs):
        stage.new_home()
        shutil.rmtree(os.path.join(stage.theirs, ".git"), ignore_errors=True)
        stage.warm()
        series.add("wt", stage.wt(["init"]))
        stage.warm()
        series.add("git", stage.git(["init", "-q"]) + stage.git(["add", "-A"]) + stage.git(["commit", "-qm", "first"]))
        stage.rest()
    stage.has_snapshot = True
    yield series


def status(stage, runs):
    stage.with_snapshot()
    stage.wt(["status"])
    stage.git(["status"])
    series = Series("status, nothing changed", 0.03)
    for _ in range(runs * 2):
        series.add("wt", stage.wt(["status"]))
        series.add("git", stage.git(["status"]))
    yield series


def edits(stage, runs, count, limit, name):
    stage.with_snapshot()
    series = Series(name, limit)
    for i in range(runs):
        stage.edit_both(count)
        stage.rest()
        series.add("wt", stage.wt(["snapshot", "-m", f"edit {i}"]))
        stage.rest()
        series.add("git", stage.git(["commit", "-qam", f"edit {i}"]))
        stage.rest()
    yield series


def edit_one(stage, runs):
    return edits(stage, runs, 1, 0.05, "snapshot after 1 edit / `git commit -am`")


def edit_many(stage, runs):
    count = min(MANY, stage.files // 10)
    return edits(stage, runs, count, 0.25, f"snapshot after {count:,} edits / `git commit -am`")


def switch(stage, runs):
    stage.with_snapshot()
    count = min(MANY, stage.files // 10)
    stage.wt(["branch", "create", "other"])
    stage.wt(["branch", "switch", "other"])
    stage.git(["branch", "-M", "main"])
    stage.git(["checkout", "-qb", "other"])
    stage.edit_both(count)
    stage.wt(["snapshot", "-m", "other"])
    stage.git(["commit", "-qam", "other"])
    series = Series(f"switch over {count:,} files, atomic per file / `git switch`", 0.8)
    for _ in range(runs):
        for branch in ("main", "other"):
            stage.rest()
            series.add("wt", stage.wt(["branch", "switch", branch]))
            stage.rest()
            series.add("git", stage.git(["switch", "-q", branch]))
    yield series


def copy(stage, runs):
    stage.with_snapshot()
    listing = subprocess.run(["find", ".", "-name", ".wt", "-prune", "-o", "-mindepth", "1", "(", "-type", "d", "-printf", "d %P\\n",
                              "-o", "-printf", "f %P\\n", ")"], cwd=stage.ours, capture_output=True, check=True).stdout
    with open(os.path.join(stage.folder, "list"), "wb") as file:
        file.write(listing)
    series = Series(f"second working copy of {stage.files:,} files: `wt copy add` / `git worktree add`", 0.6)
    for i in range(runs):
        stage.wt(["branch", "create", f"copy{i}"])
        stage.git(["branch", f"copy{i}"])
        ours, theirs, bare = (os.path.join(stage.folder, f"{who}-copy{i}") for who in ("wt", "git", "bare"))
        stage.rest()
        series.add("wt", stage.wt(["copy", "add", ours, f"copy{i}"]))
        stage.rest()
        series.add("git", stage.git(["worktree", "add", "-q", theirs, f"copy{i}"]))
        os.makedirs(bare)
        stage.rest()
        start = time.perf_counter()
        with open(os.path.join(stage.folder, "list")) as names:
            subprocess.run([stage.floor, stage.ours, bare], stdin=names, check=True)
        series.add("bare C loop", time.perf_counter() - start)
        same = subprocess.run(["diff", "-rq", "-x", ".wt", "-x", ".git", ours, bare], capture_output=True)
        if same.returncode != 0:
            raise RuntimeError(f"the copy differs: {same.stdout[:500]}")
        stage.wt(["copy", "remove", ours])
        stage.git(["worktree", "remove", "--force", theirs])
        shutil.rmtree(bare)
    yield series


def large(stage, runs):
    stage.with_snapshot()
    size, edit = 1 << 30, 1 << 20
    path = os.path.join(stage.ours, "large.bin")
    with open("/dev/urandom", "rb") as source, open(path, "wb") as target:
        for _ in range(size // edit):
            target.write(source.read(edit))
    stage.wt(["snapshot", "-m", "large"])
    series, stored = Series("snapshot after a 1 MB edit inside 1 GiB", "1 s"), []
    for i in range(runs):
        before = store_bytes(stage)
        with open(path, "r+b") as target:
            target.seek((i + 1) * (size // (runs + 2)) + 12_345)
            target.write(os.urandom(edit))
        series.add("wt", stage.wt(["snapshot", "-m", f"large {i}"]))
        stored.append(store_bytes(stage) - before)
    os.remove(path)
    stage.wt(["snapshot", "-m", "large gone"])
    yield series
    yield Fact("the same: newly stored", f"{sorted(stored)[len(stored) // 2] / (1 << 20):.1f} MiB", "6 MiB")


def store_bytes(stage):
    return sum(os.path.getsize(os.path.join(folder, name)) for folder, _, names in os.walk(stage.store()) for name in names)


def hashing(stage, runs):
    path = os.path.join(stage.folder, "gib.bin")
    with open("/dev/urandom", "rb") as source, open(path, "wb") as target:
        for _ in range(1 << 10):
            target.write(source.read(1 << 20))
    series = Series("chunk and hash 1 GiB, whole process `wt debug chunk`", "0.54 s (2 GB/s) and one thread")
    for _ in range(runs):
        series.add("wt", stage.wt(["debug", "chunk", path]))
        if shutil.which("b3sum"):
            series.add("b3sum --num-threads 1", timed(stage, ["b3sum", "--num-threads", "1", path]))
        if shutil.which("borg"):
            series.add("borg create", borg(stage, path))
    os.remove(path)
    yield series


def borg(stage, path):
    """Chunks, hashes and stores a file with borg, without compression or encryption; a repository of its own each time."""
    repository = os.path.join(stage.folder, "borg")
    shutil.rmtree(repository, ignore_errors=True)
    timed(stage, ["borg", "init", "-e", "none", repository])
    seconds = timed(stage, ["borg", "create", "-C", "none", f"{repository}::a", path])
    shutil.rmtree(repository)
    return seconds


def log_path(stage, runs):
    """The history of one path that few of many snapshots changed."""
    stage.with_snapshot()
    path = sorted(stage.paths)[len(stage.paths) // 2]
    for i in range(LOG_SNAPSHOTS):
        stage.edit_both(1, [path] if i % 20 == 0 else None)
        stage.wt(["snapshot", "-m", f"log {i}"])
        stage.git(["commit", "-qam", f"log {i}"])
    series = Series(f"log of one path, {LOG_SNAPSHOTS} snapshots of one edit each / `git log -- PATH`")
    for _ in range(runs):
        series.add("wt", stage.wt(["log", path]))
        series.add("git", stage.git(["--no-pager", "log", "--", path]))
    yield series


def timed(stage, command):
    return timing.run(command, stage.folder, stage.git_env, stage.log)


def memory(stage, runs):
    stage.with_snapshot()
    stage.wt(["worker", "restart"])
    stage.wt(["status"])
    time.sleep(20)
    yield Fact(f"memory of the idle agent at {stage.files:,} files, 20 s after a restart", f"{stage.agent_memory() / (1 << 20):.0f} MiB", "150 MB")


ALL = {"first": first, "status": status, "edit1": edit_one, "edits": edit_many, "switch": switch, "copy": copy, "log": log_path,
       "large": large, "hash": hashing, "memory": memory}
