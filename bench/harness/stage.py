"""The two contenders, each with its tree, its HOME and its environment."""
import json
import os
import random
import shutil
import subprocess
import time

import corpus
import timing

REST_LIMIT = 240


class Stage:
    def __init__(self, folder, checkout, files):
        self.folder, self.checkout, self.files = folder, checkout, files
        self.bin = os.path.join(checkout, "artifacts", "bin")
        self.ours, self.theirs = os.path.join(folder, "wt"), os.path.join(folder, "git")
        self.log = os.path.join(folder, "last.log")
        self.paths = []
        self.rng = random.Random(7)
        self.generation = 0
        self.homes = 0
        self.git_env = {"PATH": os.environ["PATH"], "HOME": self.make("git-home", 0o700), "LC_ALL": "C",
                        "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@a", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@a"}
        self.wt_env = None
        self.has_snapshot = False

    def make(self, name, mode=0o755):
        path = os.path.join(self.folder, name)
        os.makedirs(path, mode)
        return path

    def prepare(self):
        os.makedirs(self.ours)
        self.paths = corpus.make(self.ours, self.checkout, self.files)
        shutil.copytree(self.ours, self.theirs)
        os.sync()
        self.floor = os.path.join(self.folder, "floor")
        subprocess.run(["cc", "-O2", "-o", self.floor, os.path.join(os.path.dirname(__file__), "floor.c")], check=True)
        self.new_home()

    def new_home(self):
        """A user who never ran wt. No trigger fires, so that the work of a command is done by the command."""
        self.end()
        self.homes += 1
        home, run = self.make(f"home-{self.homes}", 0o700), self.make(f"r{self.homes}", 0o700)
        self.wt_env = {"PATH": os.environ["PATH"], "HOME": home, "XDG_RUNTIME_DIR": run, "NO_COLOR": "1",
                       "WT_WORKER_SNAPSHOT_INACTIVITY_TIMEOUT_S": "86400", "WT_WORKER_SNAPSHOT_MAX_CHANGED_FILES": "10000000",
                       "WT_WORKER_SNAPSHOT_MAX_CHANGED_BYTES": "1000000000000000"}
        for name in ("DOTNET_ROOT", "LANG"):
            if name in os.environ:
                self.wt_env[name] = os.environ[name]
        shutil.rmtree(os.path.join(self.ours, ".wt"), ignore_errors=True)
        self.has_snapshot = False
        self.wt(["worker", "start"])
        self.agent = self.agent_pid()

    def rest(self):
        """Waits until neither has work left in the background: written to disk, packed by the agent, collected by `git gc --auto`."""
        os.sync()
        end = time.monotonic() + REST_LIMIT
        while time.monotonic() < end:
            before = self.agent_ticks()
            time.sleep(0.5)
            if self.agent_ticks() - before <= 1 and not os.path.exists(os.path.join(self.theirs, ".git", "gc.pid")):
                return
        raise RuntimeError(f"the agent or git was still at work after {REST_LIMIT} s")

    def warm(self):
        """Brings both trees into the page cache, whatever the machine took out of it meanwhile."""
        for root in (self.theirs, self.ours):
            subprocess.run(["tar", "-cf", "/dev/zero", "--exclude=./.git", "."], cwd=root, check=True, stderr=subprocess.DEVNULL)
        self.rest()

    def agent_ticks(self):
        """Processor time of the agent so far, in hundredths of a second."""
        if not self.wt_env:
            return 0
        with open(f"/proc/{self.agent}/stat") as stat:
            fields = stat.read().rsplit(") ", 1)[1].split()
        return int(fields[11]) + int(fields[12])

    def wt(self, arguments, cwd=None):
        return timing.run([os.path.join(self.bin, "wt"), *arguments], cwd or self.ours, self.wt_env, self.log)

    def wt_json(self, arguments, cwd=None):
        done = subprocess.run([os.path.join(self.bin, "wt"), *arguments, "--json"], cwd=cwd or self.ours, env=self.wt_env,
                              check=True, capture_output=True)
        return json.loads(done.stdout)

    def git(self, arguments, cwd=None):
        return timing.run(["git", *arguments], cwd or self.theirs, self.git_env, self.log)

    def with_snapshot(self):
        """Both trees under version control, nothing pending."""
        if not self.has_snapshot:
            self.wt(["init"])
            if not os.path.exists(os.path.join(self.theirs, ".git")):
                self.git(["init", "-q"])
                self.git(["add", "-A"])
                self.git(["commit", "-qm", "first"])
            self.has_snapshot = True
            self.rest()

    def edit_both(self, count, paths=None):
        self.generation += 1
        chosen = paths or self.rng.sample(self.paths, count)
        for root in (self.theirs, self.ours):
            corpus.edit(root, chosen, self.generation)

    def store(self):
        return os.path.join(self.wt_env["HOME"], ".local", "share", "w0rktree")

    def agent_pid(self):
        return self.wt_json(["worker", "status"], cwd=self.folder)["pid"]

    def agent_memory(self):
        """Resident memory of the agent in bytes."""
        with open(f"/proc/{self.agent_pid()}/status") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmRSS"))

    def end(self):
        if self.wt_env:
            try:
                self.wt(["worker", "stop"], cwd=self.folder)
            except timing.Failed:
                pass
