"""Measures how long commands take as whole processes, in rounds that alternate between what is compared.

usage: measure.py WT FILES [ROUNDS]      (HOME and XDG_RUNTIME_DIR are the caller's; see run.sh)
"""
import os
import statistics
import subprocess
import sys
import tempfile
import time

wt, files, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 51
null = os.open(os.devnull, os.O_WRONLY)


def run(folder, *argv):
    """Gives wall and processor time of one process in milliseconds; spawned directly, as a shell would."""
    os.chdir(folder)
    begun = time.perf_counter()
    pid = os.posix_spawn(argv[0], argv, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, null, 1), (os.POSIX_SPAWN_DUP2, null, 2)])
    _, status, usage = os.wait4(pid, 0)
    wall = (time.perf_counter() - begun) * 1000
    if status != 0:
        sys.exit(f"{' '.join(argv)} ended with {status}")
    return wall, (usage.ru_utime + usage.ru_stime) * 1000


def show(name, samples):
    wall, cpu = zip(*samples)
    print(f"{name:34} median {statistics.median(wall):7.2f} ms, least {min(wall):7.2f} ms; processor {statistics.median(cpu):6.2f} ms")
    return statistics.median(wall)


work = tempfile.mkdtemp()
tree, small, empty = (os.path.join(work, name) for name in ("tree", "small", "empty"))
os.mkdir(empty)
git = next(os.path.join(folder, "git") for folder in os.environ["PATH"].split(":") if os.path.exists(os.path.join(folder, "git")))
subprocess.run([git, "init", "-q", empty], check=True)
for folder, count in ((tree, files), (small, 1000)):
    for number in range(count):
        if number % 100 == 0:
            below = os.path.join(folder, f"d{number // 4000}", f"e{number // 100}")
            os.makedirs(below)
        with open(os.path.join(below, f"f{number}.txt"), "w") as file:
            file.write(f"{number}\n")

starts = []
subprocess.run([wt, "init"], cwd=small, check=True, stdout=subprocess.DEVNULL)
for _ in range(max(5, rounds // 5)):
    subprocess.run([wt, "worker", "stop"], check=True, stdout=subprocess.DEVNULL)
    starts.append(run(small, wt, "status"))
show("first status, agent started, 1,000", starts)

subprocess.run([wt, "init"], cwd=tree, check=True, stdout=subprocess.DEVNULL)
for _ in range(5):
    run(tree, wt, "status")
samples = {"wt --version": [], "wt status": [], "git status, empty": []}
for _ in range(rounds):
    samples["wt --version"].append(run(tree, wt, "--version"))
    samples["wt status"].append(run(tree, wt, "status"))
    samples["git status, empty"].append(run(empty, git, "status"))
medians = {name: show(f"{name}{f', {files:,} files' if name == 'wt status' else ''}", taken) for name, taken in samples.items()}
print(f"wt status / git status: {medians['wt status'] / medians['git status, empty']:.2f}")
