"""How editors save a file: the sequence of calls that each is known for, and real vim and neovim where they are installed."""
import os
import shutil
import subprocess


class Pattern:
    def __init__(self, name, play, program=None):
        self.name, self.play, self.program = name, play, program

    def missing(self):
        return f"{self.program} is not installed" if self.program and not shutil.which(self.program) else None


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


def twenty(scene, save):
    """Twenty saves of one file, quick enough that several fall into one window of the debouncer."""
    folder = scene.at("edited")
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "text.txt")
    write(path, "first\n")
    for number in range(20):
        save(path, f"version {number:03} of {save.__name__}\n")


def in_place(path, text):
    """VS Code: truncate, write."""
    write(path, text)


def same_length(path, text):
    """Truncate and write with times put back, as rsync and some formatters do."""
    info = os.stat(path)
    write(path, text)
    os.utime(path, ns=(info.st_atime_ns, info.st_mtime_ns))


def atomic(path, text):
    """Many: a new file, synced, in the old one's place."""
    with open(path + ".tmp", "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.rename(path + ".tmp", path)


def vim_backup(path, text):
    """vim with 'backupcopy=no': probe 4913, the old file becomes a backup, a new one is written, the backup goes."""
    probe = os.path.join(os.path.dirname(path), "4913")
    write(probe, "")
    os.unlink(probe)
    os.rename(path, path + "~")
    write(path, text)
    os.unlink(path + "~")


def emacs(path, text):
    """emacs: an auto-save file, a lock that is a dangling symlink, a backup by rename, a new file."""
    folder, name = os.path.split(path)
    lock, auto = os.path.join(folder, ".#" + name), os.path.join(folder, f"#{name}#")
    os.symlink("user@host.1234", lock)
    write(auto, text[:5])
    if os.path.exists(path + "~"):
        os.unlink(path + "~")
    os.rename(path, path + "~")
    write(path, text)
    os.unlink(auto)
    os.unlink(lock)


def jetbrains(path, text):
    """JetBrains' safe write: ___jb_tmp___ is written, the old file steps aside, the new one takes its place."""
    write(path + "___jb_tmp___", text)
    os.rename(path, path + "___jb_old___")
    os.rename(path + "___jb_tmp___", path)
    os.unlink(path + "___jb_old___")


def touch(path, text):
    """Times alone change."""
    os.utime(path)


def hard_link(path, text):
    """A backup by link, then the name is given to a new file."""
    backup = path + ".bak"
    if os.path.exists(backup):
        os.unlink(backup)
    os.link(path, backup)
    os.unlink(path)
    write(path, text)


def mode(path, text):
    write(path, text)
    os.chmod(path, 0o755 if os.stat(path).st_mode & 0o100 == 0 else 0o644)


def real(program, *arguments):
    def play(scene):
        folder = scene.at("edited")
        os.makedirs(folder, exist_ok=True)
        for number in range(3):
            path = os.path.join(folder, f"{program}{number}.txt")
            write(path, "first\n")
            for options in ("set backupcopy=yes", "set backupcopy=no", "set nowritebackup backupcopy=auto"):
                subprocess.run([program, *arguments, "-c", options, "-c", "normal! Gosaved", "-c", "write", "-c", "quit", path],
                               check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60)
    return play


PATTERNS = [
    *(Pattern(save.__name__, lambda scene, save=save: twenty(scene, save)) for save in (in_place, same_length, atomic, vim_backup, emacs, jetbrains, touch, hard_link, mode)),
    Pattern("vim", real("vim", "-n", "-es", "-u", "NONE"), "vim"),
    Pattern("nvim", real("nvim", "--headless", "-u", "NONE"), "nvim"),
]
