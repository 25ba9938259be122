"""A directory with the sizes, the depth and the redundancy of a real source tree, the same for the same seed."""
import os
import random

LEVELS = 6
FILES_PER_FOLDER = 14
BYTES_PER_FILE = 1_600  # 160 MB in 100,000 files
NAMES = "core util parse render store index merge sync agent input output model view page token lexer graph queue".split()
EXTENSIONS = [".c", ".h", ".cs", ".py", ".md", ".json", ".ts", ".xml"]


def pool(sources):
    """The lines of real source files: what the content is made of, so that it compresses as source does."""
    lines = []
    for folder, folders, files in os.walk(sources):
        folders[:] = sorted(f for f in folders if f not in ("bin", "obj", "artifacts", ".git"))
        for name in sorted(files):
            if name.endswith((".cs", ".md", ".py")):
                with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as file:
                    lines += file.read().splitlines()
    return lines


def folders(count, rng):
    """Paths of folders, up to LEVELS deep, most of them in the middle levels as in source trees."""
    made, path_of = [""], {""}
    while len(made) < count:
        parent = rng.choice(made)
        if parent.count("/") + (parent != "") >= LEVELS - 1:
            continue
        path = (parent + "/" if parent else "") + rng.choice(NAMES) + str(rng.randrange(100))
        if path not in path_of:
            path_of.add(path)
            made.append(path)
    return made


def make(root, sources, files, seed=1):
    """Writes the tree and gives the paths of its files."""
    rng = random.Random(seed)
    lines = pool(sources)
    text = "\n".join(lines).encode()
    homes = folders(max(1, files // FILES_PER_FOLDER), rng)
    for home in homes:
        os.makedirs(os.path.join(root, home), exist_ok=True)
    paths = []
    for i in range(files):
        # Log-normal with this width: half of the files below 750 bytes, one in a thousand above 35,000.
        size = int(min(rng.lognormvariate(0, 1.25) / 2.18 * BYTES_PER_FILE, 2_000_000))
        home = rng.choice(homes)
        path = (home + "/" if home else "") + f"{rng.choice(NAMES)}_{i}{rng.choice(EXTENSIONS)}"
        start = rng.randrange(max(1, len(text) - size))
        with open(os.path.join(root, path), "wb") as file:
            file.write(f"// {i}\n".encode() + text[start:start + size])
        paths.append(path)
    return paths


def edit(root, paths, stamp):
    """Appends a line to each of the files."""
    for path in paths:
        with open(os.path.join(root, path), "ab") as file:
            file.write(f"// edit {stamp}\n".encode())
