"""Turns series into lines and tables."""
import platform
import shlex
import subprocess
import sys


def time_text(seconds):
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


def line(series):
    if hasattr(series, "value"):
        return f"{series.name}: {series.value} (limit {series.limit})"
    texts = ", ".join(f"{who} {time_text(series.median(who))}" for who in series.times)
    limit = f" (limit {series.limit})" if series.limit else ""
    ratio = f": {series.ratio():.3f} of git{limit}" if "git" in series.times else limit
    return f"{series.name}: {texts}{ratio}"


def row(series):
    if hasattr(series, "value"):
        return f"| {series.name} | {series.value} | | | {series.limit} |"
    others = ", ".join(f"{who} {time_text(series.median(who))}" for who in series.times if who not in ("wt", "git"))
    git = time_text(series.median("git")) if "git" in series.times else ""
    ratio = f"{series.ratio():.3f}" if git else ""
    return f"| {series.name}{f' ({others})' if others else ''} | {time_text(series.median('wt'))} | {git} | {ratio} | {series.limit or ''} |"


HEADING = "## Beside git"


def write(path, results, chosen, stage):
    """Puts the table into the section of its own; the others stay as they are."""
    git = subprocess.run(["git", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    revision = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=stage.checkout, capture_output=True, text=True).stdout.strip()
    model = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), platform.machine())
    section = f"""{HEADING}

`{shlex.join(['bench/run', *sys.argv[1:]])}` at {revision or 'an export'}: {stage.files:,} files, medians of {chosen.runs}, taken in turn.
{git}, Linux {platform.release()}, {model}. Wall time of whole processes; read the ratios, the times are this machine's.

| work | wt | git | ratio | limit |
|---|---|---|---|---|
""" + "\n".join(row(series) for series in results) + "\n\n"
    with open(path) as old:
        before, _, rest = old.read().partition("\n## ")
    others = ["## " + other for other in rest.split("\n## ") if rest and not other.startswith(HEADING[3:])]
    with open(path, "w") as out:
        out.write(before.rstrip("\n") + "\n\n" + section + "\n".join(others))
