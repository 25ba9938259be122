"""Holds what the agent says about a worktree against what a walk of it finds."""
from walk import walk


def differences(user, root, empty, status=None):
    """Compares the tip that status names, with the changes that status tells, with a walk. Gives what the walk found, and lines of what is wrong."""
    status = status or user.status(root)
    tip = user.listing(root, empty, status["tip"]["id"])
    found = walk(root, tracked=tip)
    changes = {}
    for change in status["changes"]:
        if change["change"] == "renamed":
            changes[change["old_path"]] = "deleted"
            changes[change["path"]] = "added"
        else:
            changes[change["path"]] = change["change"]
    wrong = []
    for path in sorted(found.keys() | tip.keys() | changes.keys()):
        before, now, told = tip.get(path), found.get(path), changes.get(path)
        true = None if before == now else "added" if before is None else "deleted" if now is None else "changed"
        if told not in (None, "added", "deleted"):
            told = "changed"
        if told != true:
            wrong.append(f"status: '{path}' is {true or 'unchanged'} and was told as {told or 'unchanged'}")
    return found, wrong


def differences_after_snapshot(user, root, empty, found):
    """Makes a snapshot of what the agent holds to be there, and compares its files with the walk."""
    user.wt(root, "snapshot", "-m", "check")
    tip = user.listing(root, empty, "@")
    return [f"snapshot: '{path}' is {found.get(path)} and was recorded as {tip.get(path)}"
            for path in sorted(found.keys() | tip.keys()) if found.get(path) != tip.get(path)]
