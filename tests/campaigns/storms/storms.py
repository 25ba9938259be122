"""Storms of writes in a worktree, then the question whether the agent knows what is there.

usage: storms.py PROGRAMS [--files N] [--seeds N] [--first N] [--settle S] [--keep-limits] [STORM...]

Each storm writes, waits (10 s), and compares what `wt status` and a snapshot say with a walk that shares nothing with wt.
"""
import argparse
import os
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import actions  # noqa: E402
import editors  # noqa: E402
import places  # noqa: E402
from agents import User  # noqa: E402
from compare import differences, differences_after_snapshot  # noqa: E402


class Scene:
    """One worktree in a storm."""

    def __init__(self, user, name, options):
        self.user, self.options = user, options
        self.root, self.empty = user.init(name)
        self.wrong, self.checks = [], 0

    def at(self, *names):
        return os.path.join(self.root, *names)

    def outside(self, *names):
        return self.user.at(*names)

    def run(self, *command, cwd=None, **more):
        env = {k: v for k, v in os.environ.items() if not k.startswith("WT_")}
        done = subprocess.run(command, cwd=cwd or self.root, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **more)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stdout[-2000:].decode(errors='replace')}")

    def check(self, what, settle=True):
        if settle:
            time.sleep(self.options.settle)
        self.checks += 1
        found, wrong = differences(self.user, self.root, self.empty)
        wrong += differences_after_snapshot(self.user, self.root, self.empty, found)
        print(f"  {what}: {len(found)} files, {len(wrong)} differences", flush=True)
        for line in wrong[:5]:
            print(f"    {line}", flush=True)  # A run that is cut off later has said it.
        self.wrong += [f"{what}: {line}" for line in wrong]


def made_tree(scene):
    """Makes the archive of many files once for all storms."""
    archive = scene.outside(f"{scene.options.files}.tar")
    if not os.path.exists(archive):
        source = scene.outside("source", "many")
        for number in range(scene.options.files):
            folder = os.path.join(source, f"d{number // 2500}", f"e{number // 50 % 50}")
            if number % 50 == 0:
                os.makedirs(folder)
            with open(os.path.join(folder, f"f{number}.txt"), "w") as file:
                file.write(f"{number}\n" * (number % 7 + 1))
        subprocess.run(["tar", "-C", scene.outside("source"), "-cf", archive, "many"], check=True)
        shutil.rmtree(source)
    return archive


def unpack(scene):
    scene.run("tar", "-xf", made_tree(scene))
    scene.check("unpacked")
    scene.run("rm", "-rf", "many/d0", "many/d3")
    scene.check("parts deleted")


def move(scene):
    scene.run("tar", "-xf", made_tree(scene), cwd=scene.outside())
    os.rename(scene.outside("many"), scene.at("many"))
    scene.check("moved in")
    os.rename(scene.at("many"), scene.at("other"))
    scene.check("moved within")
    for number in range(20):
        with open(scene.at("other", "d1", f"after{number}"), "w") as file:
            file.write("written after the move\n")
    os.rename(scene.at("other", "d0"), scene.at("other", "d1", "below"))
    scene.check("written and moved below")
    os.rename(scene.at("other"), scene.outside("gone"))
    with open(scene.outside("gone", "d1", "after0"), "w") as file:
        file.write("written outside\n")
    scene.check("moved out")
    os.rename(scene.outside("gone"), scene.at("many"))
    scene.check("moved in again")


def clone(scene):
    source = scene.options.repository
    scene.run("git", "clone", "-q", f"file://{source}", "cloned")
    scene.check("cloned below")
    scene.run("git", "init", "-q")
    scene.run("git", "pull", "-q", f"file://{source}", "HEAD")
    scene.check("pulled in place")
    for back in (40, 1, 20, 0):
        scene.run("git", "-c", "advice.detachedHead=false", "checkout", "-q", f"FETCH_HEAD~{back}")
    scene.check("checked out four times")


def nested(scene):
    for number in range(300):
        at = scene.at(f"n{number}")
        for depth in range(8):
            at = os.path.join(at, f"level{depth}")
            os.makedirs(at)
            with open(os.path.join(at, "file"), "w") as file:
                file.write(f"{number} {depth}\n")
    scene.check("made 300 times")
    for number in range(0, 300, 3):
        shutil.rmtree(scene.at(f"n{number}", "level0", "level1"))
    for number in range(1, 300, 3):
        os.rename(scene.at(f"n{number}", "level0", "level1"), scene.at(f"n{number}", "moved"))
    scene.check("a third deleted, a third moved")


def npm(scene):
    with open(scene.at(".wt", "ignore"), "w") as file:
        file.write("!node_modules/\n")
    scene.run("npm", "install", "--no-audit", "--no-fund", "--loglevel=error", "webpack", "express", "eslint", timeout=400)
    scene.check("installed")
    scene.run("npm", "uninstall", "--no-audit", "--no-fund", "--loglevel=error", "eslint", timeout=200)
    scene.check("one uninstalled")


def build(scene):
    scene.run("bash", "-c", f"git -C '{scene.options.repository}' archive HEAD | tar -x && rm -f .gitignore")
    scene.run("bash", "-c", "eng/probe --quiet && dotnet build Core/Core.csproj -c Release -v q -nologo -nodeReuse:false", timeout=500)
    scene.check("built")
    with open(scene.at("Core", "Result.cs"), "a") as file:
        file.write("// once more\n")
    scene.run("bash", "-c", "dotnet build Core/Core.csproj -c Release -v q -nologo -nodeReuse:false", timeout=500)
    scene.check("built again")


def save(scene):
    for pattern in editors.PATTERNS:
        if reason := pattern.missing():
            print(f"  {pattern.name}: skipped, {reason}")
            continue
        pattern.play(scene)
        scene.check(pattern.name)


def mount(scene):
    places.mount(scene)


def replaced(scene):
    places.replaced(scene)


def limit(scene):
    places.limit(scene)


STORMS = {f.__name__: f for f in (unpack, move, clone, nested, npm, build, save, mount, replaced, limit)}


def random_runs(user, options):
    """Eight worktrees at a time under one agent, each with a seed of its own."""
    wrong, seeds = [], list(range(options.first, options.first + options.seeds))
    for start in range(0, len(seeds), 8):
        scenes = [(Scene(user, f"seed{seed}", options), seed) for seed in seeds[start:start + 8]]
        children = [subprocess.Popen([sys.executable, actions.__file__, scene.root, scene.outside(f"aside{seed}"), str(seed)]) for scene, seed in scenes]
        for child in children:
            if child.wait() != 0:
                raise RuntimeError("a run of random writes failed")
        time.sleep(options.settle)
        for scene, seed in scenes:
            scene.check(f"seed {seed}", settle=False)
            wrong += scene.wrong
            shutil.rmtree(scene.root)
    return wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("programs")
    parser.add_argument("storms", nargs="*", default=[*STORMS, "random"])
    parser.add_argument("--files", type=int, default=55000)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--settle", type=float, default=10)
    parser.add_argument("--queue", type=int, help="how many events the kernel keeps for the agent (root only)")
    parser.add_argument("--repository", default=os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", "..")))
    options = parser.parse_intermixed_args()
    wrong = []
    for name in options.storms:
        user = User(options.programs)
        try:
            print(f"{name}:", flush=True)
            # The limit is read when the agent opens its watcher, so a worktree of its own is opened for each storm under it.
            with places.queue_limit(options.queue):
                if name == "random":
                    wrong += random_runs(user, options)
                else:
                    scene = Scene(user, "work", options)
            if name != "random":
                STORMS[name](scene)
                wrong += scene.wrong
            if options.queue:
                print(f"  {user.log().count('queue overflowed')} overflows of the kernel's queue")
        except Exception as e:
            wrong.append(f"{name}: {type(e).__name__}: {e}")
            print(user.log()[-3000:])
        finally:
            user.close()
    for line in wrong[:40]:
        print(line)
    print(f"{len(options.storms)} storms, {len(wrong)} differences")
    sys.exit(1 if wrong else 0)


main()
