"""Asks `wt debug check-ignore` and `git check-ignore` about the same paths under the same rules, verdict and rule alike.

usage: cases.py PROGRAMS [CASES] [SEED]      (200,000 pairs of rules and path)
"""
import os
import random
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from agents import User  # noqa: E402

NAMES = ["a", "b", "foo", "bar", "foo.o", "bar.o", "a.c", "x y", "[a]", "a*b", "build", "Foo", "café", "#x", "!y", "a-b", "q?", ".hid", "foo1",
         "long.name.with.dots", "-dash", "A", "foo.c.o", "bar~x", "x]y", "1", "10"]
PIECES = ["a", "b", "foo", "bar", "f*", "*.o", "*o", "fo?", "[a-f]*", "[!a-f]*", "[^x]*", "*a*", "**", "*", "?", "[[:upper:]]*", "[[:alpha:][:digit:]]", "[]-]a",
          "\\[a\\]", "a\\*b", "x y", "build", "f**", "**r", "[a", "[[:bad:]]", "x\\ y", "\\f*", "foo[0-9]", "caf?", "caf*", "q\\?", "[a]", "*[a]*", "f[\\o]o", ".h*",
          "f\\\\o", "*.*.*", "[!]a]*", "[a-]*", "?*?", "***", "[[:space:]]", "*[0-9]", "\\-dash", "[--0]*", "a**b", "*.[co]", "FOO", "[A-Z]*", "\\#x", "\\!y"]
SPECIAL = ["", "# note", "\\#x", "\\!y", " ", "/", "!", "//", "foo\\", "!/a", "/**", "**/", "**/a/**", "a/**", "a/**/b", "!a/", "/*", "!/*/", "\t", "!#x", "a//b"]


class Maker:
    def __init__(self, rng):
        self.rng = rng

    def pattern(self):
        rng = self.rng
        text = "/".join(rng.choice(PIECES) for _ in range(rng.choice([1, 1, 1, 2, 2, 3, 4])))
        text = "/" * (rng.random() < 0.2) + text + "/" * (rng.random() < 0.2)
        text = "!" * (rng.random() < 0.25) + text
        return text + (rng.choice([" ", "  ", "\t", "\\ ", "\\  "]) if rng.random() < 0.08 else "")

    def rules(self):
        rng = self.rng
        end = rng.choice(["\n"] * 5 + ["\r\n"])
        lines = [rng.choice(SPECIAL) if rng.random() < 0.12 else self.pattern() for _ in range(rng.randrange(1, 8))]
        return "\ufeff" * (rng.random() < 0.1) + end.join(lines) + end * (rng.random() < 0.75)

    def case(self, root, name):
        """Makes directories with rules in some. Gives paths: each directory, and files that need not exist, in all of them."""
        rng = self.rng
        folders = [name]
        for _ in range(11):
            folders.append(os.path.join(rng.choice(folders), rng.choice(NAMES)))
        folders = list(dict.fromkeys(folders))
        for folder in folders:
            os.makedirs(os.path.join(root, folder), exist_ok=True)
        for folder in folders:
            if folder == name or rng.random() < 0.2:
                with open(os.path.join(root, folder, ".gitignore"), "w", newline="") as file:
                    file.write(self.rules())
        every = folders[1:] + [os.path.join(folder, leaf) for folder in folders for leaf in NAMES]
        return [path for path in dict.fromkeys(every) if path in folders or not os.path.isdir(os.path.join(root, path))]


def git_says(root, paths):
    run = subprocess.run(["git", "-c", "core.excludesFile=/dev/null", "-c", "core.ignoreCase=false", "check-ignore", "-v", "-n", "--no-index", "-z", "--stdin"],
                         input="\0".join(paths).encode() + b"\0", cwd=root, capture_output=True)
    fields = run.stdout.decode().split("\0")
    return {fields[i + 3]: ":".join(fields[i:i + 3]) if fields[i] else "" for i in range(0, len(fields) - 3, 4)}


def wt_says(user, root, paths):
    """One line an input, in its order: the path in front is for reading, and escapes what a terminal would not show."""
    out = subprocess.run([user.wt_program, "debug", "check-ignore"], input="\n".join(paths) + "\n", cwd=root, env=user.env, capture_output=True, text=True, check=True).stdout
    return dict(zip(paths, (tuple(line.split("\t", 2)[1:]) for line in out.split("\n")[:-1]), strict=True))


def main():
    cases, seed = int(sys.argv[2]) if len(sys.argv) > 2 else 200_000, int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(10**6)
    rng, user = random.Random(seed), User(sys.argv[1])
    compared, different, negated = 0, [], 0
    try:
        root, _ = user.init("work")
        subprocess.run(["git", "init", "-q"], cwd=root, check=True)
        number = 0
        while compared < cases:
            names = [f"case{number + n}" for n in range(20)]
            number += 20
            paths = [path for name in names for path in Maker(rng).case(root, name)]
            truth, answers = git_says(root, paths), wt_says(user, root, paths)
            for path in paths:
                rule = truth[path]
                verdict = "ignored" if rule and not rule.split(":", 2)[2].startswith("!") else "kept"
                negated += bool(rule) and verdict == "kept"
                compared += 1
                if answers.get(path) != (verdict, rule):
                    different.append(f"'{path}': git says {(verdict, rule)}, wt says {answers.get(path)}")
            for name in names:
                shutil.rmtree(os.path.join(root, name))
    finally:
        user.close()
    for line in different[:20]:
        print(line)
    print(f"{compared} pairs of rules and path ({negated} kept by a negated rule), seed {seed}: {len(different)} differences")
    sys.exit(1 if different or negated == 0 else 0)


main()
