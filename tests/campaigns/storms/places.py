"""Storms about where the worktree stands: mounts inside it, its folder deleted or replaced, limits of the kernel."""
import contextlib
import os
import shutil
import subprocess

QUEUE = "/proc/sys/fs/inotify/max_queued_events"


@contextlib.contextmanager
def queue_limit(events):
    """Sets how many events a watcher that is opened meanwhile can have waiting."""
    if events is None:
        yield
        return
    with open(QUEUE) as file:
        before = file.read()
    try:
        with open(QUEUE, "w") as file:
            file.write(str(events))
        yield
    finally:
        with open(QUEUE, "w") as file:
            file.write(before)


def mount(scene):
    if os.geteuid() != 0:
        print("  skipped, mounting needs root")
        return
    inside = scene.at("mounted")
    os.mkdir(inside)
    with open(os.path.join(inside, "covered"), "w") as file:
        file.write("below the mount\n")
    scene.check("before the mount")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "none", inside], check=True)
    try:
        scene.check("mounted, nothing written")
        os.mkdir(os.path.join(inside, "a b"))
        with open(os.path.join(inside, "a b", "new"), "w") as file:
            file.write("on the mount\n")
        scene.check("written on the mount")
        with open(os.path.join(inside, "a b", "new"), "a") as file:
            file.write("again\n")
        scene.check("changed on the mount")
    finally:
        subprocess.run(["umount", inside], check=True)
    scene.check("unmounted")
    with open(os.path.join(inside, "covered"), "a") as file:
        file.write("and changed\n")
    scene.check("changed after the unmount")


def replaced(scene):
    """The folder goes away and comes back: by another name, as another folder, not at all."""
    with open(scene.at("kept"), "w") as file:
        file.write("kept\n")
    scene.check("before")
    away = scene.outside("away")
    os.rename(scene.root, away)
    with open(os.path.join(away, "while away"), "w") as file:
        file.write("written elsewhere\n")
    os.rename(away, scene.root)
    scene.check("moved away and back")

    os.rename(scene.root, away)
    os.mkdir(scene.root)
    if scene.user.wt(scene.root, "status", check=False).returncode == 0:
        scene.wrong.append("a folder that is no worktree was answered for")
    os.rmdir(scene.root)
    os.rename(away, scene.root)
    with open(scene.at("after"), "w") as file:
        file.write("after\n")
    scene.check("replaced by an empty folder, then back")

    twin = scene.outside("twin")
    shutil.copytree(scene.root, twin, symlinks=True)
    os.rename(scene.root, away)
    os.rename(twin, scene.root)
    with open(scene.at("in the twin"), "w") as file:
        file.write("another inode\n")
    scene.check("replaced by a copy of itself")
    shutil.rmtree(away)

    root, scene.root = scene.root, scene.outside("renamed")
    os.rename(root, scene.root)
    with open(scene.at("in the new place"), "w") as file:
        file.write("renamed\n")
    scene.check("goes on under another name")

    shutil.rmtree(scene.root)
    if scene.user.wt(scene.outside(), "worker", "status", check=False).returncode != 0:
        scene.wrong.append("the agent did not survive the end of its worktree")


def limit(scene):
    """The agent may watch thirty directories only: in a user namespace of its own the limit is its own."""
    user = scene.user
    user.wt(scene.root, "worker", "stop")
    start = 'echo 30 > /proc/sys/user/max_inotify_watches && exec "$0" status'
    run = subprocess.run(["unshare", "--user", "--map-root-user", "sh", "-c", start, user.wt_program], cwd=scene.root, env=user.env, capture_output=True)
    if run.returncode != 0:
        print(f"  skipped, no user namespace with a limit of its own: {run.stderr.decode(errors='replace').strip()}")
        return
    for number in range(100):
        at = scene.at(f"d{number}", "below")
        os.makedirs(at)
        with open(os.path.join(at, "file"), "w") as file:
            file.write(f"{number}\n")
    scene.check("more directories than watches")
    told = [warning["code"] for warning in user.status(scene.root)["warnings"]]
    if "watching_degraded" not in told:
        scene.wrong.append(f"the limit was reached, and status says only {told}")
    for number in range(100):
        with open(scene.at(f"d{number}", "below", "file"), "a") as file:
            file.write("more\n")
    shutil.rmtree(scene.at("d99"))
    scene.check("changed where nobody watches")
