"""Whole-process wall time of a command as a user types it, side by side."""
import os
import statistics
import time

QUIET = os.open(os.devnull, os.O_RDWR)


class Failed(Exception):
    pass


def run(command, cwd, env, log=None):
    """Runs a command to its end and gives its wall time in seconds."""
    here = os.getcwd()
    os.chdir(cwd)
    try:
        out = os.open(log, os.O_CREAT | os.O_WRONLY | os.O_TRUNC) if log else QUIET
        actions = [(os.POSIX_SPAWN_DUP2, QUIET, 0), (os.POSIX_SPAWN_DUP2, out, 1), (os.POSIX_SPAWN_DUP2, out, 2)]
        start = time.perf_counter()
        pid = os.posix_spawnp(command[0], command, env, file_actions=actions)
        _, status = os.waitpid(pid, 0)
        seconds = time.perf_counter() - start
        if log:
            os.close(out)
    finally:
        os.chdir(here)
    if status != 0:
        said = open(log, errors="replace").read() if log else ""
        raise Failed(f"{' '.join(command)} ended with status {status}\n{said}")
    return seconds


class Series:
    """One measure: the times of ours, of git, and of further contenders, taken in turn."""

    def __init__(self, name, limit=None):
        self.name, self.limit, self.times = name, limit, {}

    def add(self, who, seconds):
        self.times.setdefault(who, []).append(seconds)

    def median(self, who):
        return statistics.median(self.times[who])

    def ratio(self):
        return self.median("wt") / self.median("git")
