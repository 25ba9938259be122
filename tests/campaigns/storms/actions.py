"""Random writes of all kinds in a worktree. usage: actions.py ROOT ASIDE SEED   (ASIDE: a folder of the same file system, outside)"""
import os
import random
import shutil
import sys
import time


class Writer:
    def __init__(self, root, aside, seed):
        self.root, self.aside, self.rng = root, aside, random.Random(seed)
        os.makedirs(aside, exist_ok=True)
        self.number = 0

    def fresh(self):
        self.number += 1
        return self.rng.choice(["f{}", "f{}.txt", "with blank {}", "é{}", ".h{}", "f{}.pyc", "F{}.TXT"]).format(self.number)

    def everything(self):
        files, folders = [], [self.root]
        for folder, names, leaves in os.walk(self.root):
            names[:] = [name for name in names if not (folder == self.root and name == ".wt")]
            folders += [os.path.join(folder, name) for name in names if not os.path.islink(os.path.join(folder, name))]
            files += [os.path.join(folder, name) for name in leaves]
        return files, folders

    def content(self):
        return self.rng.randbytes(self.rng.choice([0, 1, 10, 100, 5000, 70000]))

    def write(self, path):
        with open(path, "wb") as file:
            file.write(self.content())

    def append(self, path):
        with open(path, "ab") as file:
            file.write(self.content())

    def rewrite(self, path):
        with open(path, "r+b") as file:
            size = os.fstat(file.fileno()).st_size
            file.write(self.rng.randbytes(size))

    def replace(self, path):
        self.write(path + ".tmp")
        os.rename(path + ".tmp", path)

    def deep(self, folder):
        at = folder
        for _ in range(self.rng.randrange(1, 6)):
            at = os.path.join(at, self.fresh())
            os.mkdir(at)
            self.write(os.path.join(at, self.fresh()))

    def act(self):
        files, folders = self.everything()
        rng, folder = self.rng, self.rng.choice(folders)
        plain = [path for path in files if not os.path.islink(path)]
        path = rng.choice(plain) if plain else None
        kind = rng.randrange(22)
        if kind < 4 or path is None:
            self.write(os.path.join(folder, self.fresh()))
        elif kind == 4:
            self.append(path)
        elif kind == 5:
            self.rewrite(path)
        elif kind == 6:
            self.replace(path)
        elif kind == 7:
            os.unlink(path)
        elif kind == 8:
            os.rename(path, os.path.join(folder, self.fresh()))
        elif kind == 9:
            os.chmod(path, rng.choice([0o644, 0o755, 0o600, 0o700]))
        elif kind == 10:
            os.symlink(rng.choice(["nowhere", "..", path, "f1"]), os.path.join(folder, self.fresh()))
        elif kind in (11, 12):
            self.deep(folder)
        elif kind == 13 and folder != self.root:
            shutil.rmtree(folder)
        elif kind == 14 and folder != self.root:
            self.number += 1
            os.rename(folder, os.path.join(self.aside, str(self.number)))
        elif kind == 15 and os.listdir(self.aside):
            away = rng.choice(os.listdir(self.aside))
            os.rename(os.path.join(self.aside, away), os.path.join(folder, self.fresh()))
        elif kind == 16 and folder != self.root:
            target = rng.choice(folders)
            if not (target + "/").startswith(folder + "/"):
                os.rename(folder, os.path.join(target, self.fresh()))
        elif kind == 17:
            # A folder and its place change: what was below goes, a file or another folder of that name comes.
            place = os.path.join(folder, self.fresh())
            self.deep(folder)
            os.mkdir(place)
            self.write(os.path.join(place, "x"))
            self.number += 1
            os.rename(place, os.path.join(self.aside, str(self.number)))
            (self.write if rng.random() < 0.5 else os.mkdir)(place)
        elif kind == 18:
            with open(os.path.join(folder, ".gitignore"), "w") as file:
                file.write("".join(rng.choice(["*.txt\n", "!*.txt\n", "f1*\n", "/f2*\n", "*.pyc\n", "!*.pyc\n", "é*/\n", ".*\n"]) for _ in range(rng.randrange(3))))
        elif kind == 19:
            os.link(path, os.path.join(folder, self.fresh()))
        elif kind == 20:
            os.utime(path)
        elif kind == 21:
            os.truncate(path, rng.randrange(100))
        if rng.random() < 0.05:
            time.sleep(rng.choice([0.01, 0.1, 0.3]))


if __name__ == "__main__":
    writer = Writer(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    for _ in range(300):
        writer.act()
