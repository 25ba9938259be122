"""What a directory really holds: found by a walk of its own, hashed by b3sum, left out by git's own matcher."""
import os
import subprocess
import tempfile

DEFAULTS = "node_modules/\ntarget/\n__pycache__/\n*.pyc\n.DS_Store\nThumbs.db\n*.swp\n*.swo\n*~\n"


def walk(root, tracked=()):
    """Gives path -> (kind, hash) of everything that belongs to the tree at root. What is tracked stays part of it, ignored or not."""
    root_bytes = os.fsencode(root)
    files, links, rules = {}, {}, False
    for folder, names, leaves in os.walk(root_bytes):
        at_root = folder == root_bytes
        names[:] = [n for n in names if n.lower() not in (b".git", b".wt-vfs") and not (at_root and n == b".wt")]
        for name in list(names):
            if os.path.islink(os.path.join(folder, name)):
                names.remove(name)
                leaves.append(name)
        for name in leaves:
            full = os.path.join(folder, name)
            path = os.path.relpath(full, root_bytes)
            if name.lower() == b".git":
                continue
            rules |= name == b".gitignore"
            info = os.lstat(full)
            if os.path.islink(full):
                links[path] = os.readlink(full)
            elif os.path.isfile(full):
                files[path] = "executable" if info.st_mode & 0o100 else "file"
    for path in (b".wt/ignore", b".wt/config.toml"):
        if os.path.isfile(os.path.join(root_bytes, path)):
            files[path] = "file"
    left_out = ignored(root, [*files, *links]) - {os.fsencode(path) for path in tracked}
    files = {path: kind for path, kind in files.items() if path not in left_out}
    found = dict(zip(files, zip(files.values(), hash_files(root, list(files)))))
    links = {path: target for path, target in links.items() if path not in left_out}
    found.update(zip(links, (("symlink", hashed) for hashed in hash_texts(list(links.values())))))
    return {os.fsdecode(path): entry for path, entry in found.items()}


def ignored(root, paths):
    """Asks git, with the defaults as the weakest rules, then .wt/ignore, then each .gitignore."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "init", "-q", "--bare", folder], check=True)
        rules = DEFAULTS
        own = os.path.join(root, ".wt", "ignore")
        if os.path.exists(own):
            with open(own) as file:
                rules += file.read()
        exclude = os.path.join(folder, "rules")
        with open(exclude, "w") as file:
            file.write(rules)
        asked = [path for path in paths if not path.startswith(b".wt/")]
        run = subprocess.run(
            ["git", f"--git-dir={folder}", f"--work-tree={root}", "-c", f"core.excludesFile={exclude}", "-c", "core.ignoreCase=false", "check-ignore", "--no-index", "-z", "--stdin"],
            input=b"\0".join(asked) + b"\0" if asked else b"", cwd=root, capture_output=True)
        if run.returncode not in (0, 1):
            raise RuntimeError(run.stderr.decode())
        return set(run.stdout.split(b"\0"))


def hash_files(root, paths):
    hashes = []
    for start in range(0, len(paths), 2000):
        part = [b"./" + path for path in paths[start:start + 2000]]
        run = subprocess.run([b"b3sum", b"--no-names", b"--", *part], cwd=root, capture_output=True, check=True)
        hashes += run.stdout.decode().split()
    return hashes


def hash_texts(texts):
    """b3sum reads files only, so each text becomes one."""
    with tempfile.TemporaryDirectory() as folder:
        for number, text in enumerate(texts):
            with open(os.path.join(folder, str(number)), "wb") as file:
                file.write(text)
        return hash_files(folder, [str(number).encode() for number in range(len(texts))])
