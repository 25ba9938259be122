"""Many commands at once with no agent running, and starts after all kinds of remains of an earlier one.

usage: race.py PROGRAMS [COMMANDS] [ROUNDS]      (200 commands at once, 3 rounds)
"""
import json
import os
import signal
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from agents import User, wait_gone  # noqa: E402

# Whoever lost the race may still be on the way to the lock when the winner has answered everybody; it has to leave by itself.
LEAVING_S = 30


def agents_of(user):
    """Finds the agents of one user by what they really are: processes of the program with this user's home."""
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/cmdline", "rb") as file:
                command = file.read().split(b"\0")
            with open(f"/proc/{name}/environ", "rb") as file:
                environment = file.read().split(b"\0")
        except OSError:
            continue
        if b"worktree-worker" in b" ".join(command[:2]) and f"HOME={user.env['HOME']}".encode() in environment:
            found.append(int(name))
    return found


def ended(user):
    for pid in agents_of(user):
        os.kill(pid, signal.SIGKILL)
        wait_gone(pid)


def at_once(user, root, count):
    """Starts so many commands before the first can have an answer. Gives the ones that went wrong."""
    running = [subprocess.Popen([user.wt_program, "status", "--json"], cwd=root, env=user.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(count)]
    wrong = []
    for process in running:
        out, err = process.communicate(timeout=300)
        if process.returncode != 0 or json.loads(out)["changes"] != []:
            wrong.append(f"exit {process.returncode}: {err.decode(errors='replace').strip()}")
    return wrong


def race(user, root, count, what):
    wrong = at_once(user, root, count)
    agents = agents_of(user)
    end = time.monotonic() + LEAVING_S
    while len(agents) > 1 and time.monotonic() < end:
        time.sleep(0.05)
        agents = agents_of(user)
    if len(agents) != 1:
        wrong.append(f"{len(agents)} agents run")
    elif user.pid() != agents[0]:
        wrong.append(f"the PID file says {user.pid()}, the agent is {agents[0]}")
    print(f"{what}: {count} commands at once, {len(agents)} agent, {len(wrong)} wrong", flush=True)
    return [f"{what}: {line}" for line in wrong]


def main():
    programs, count, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 200, int(sys.argv[3]) if len(sys.argv) > 3 else 3
    few = min(count, 20)
    user, wrong = User(programs), []
    pid_file = os.path.join(user.data, "worker.pid")
    try:
        root, _ = user.init("work")
        for number in range(rounds):
            user.wt(root, "worker", "stop")
            wrong += race(user, root, count, f"none running, round {number + 1}")

        user.kill()
        if not os.path.exists(user.socket):
            wrong.append("a killed agent left no socket, so nothing stale was tried")
        wrong += race(user, root, few, "a stale socket and a stale PID file after kill -9")

        user.kill()
        with open(pid_file, "w") as file:
            file.write(f"{os.getpid()}\n")
        wrong += race(user, root, few, "the PID is that of another program")
        if user.status(root).get("recovery") is None:
            wrong.append("a PID that another program has was not taken for the sign of a crash")

        user.kill()
        with open(pid_file, "w") as file:
            file.write("no number\n")
        wrong += race(user, root, few, "a PID file of garbage")

        user.kill()
        os.unlink(user.socket)
        with open(user.socket, "w") as file:
            file.write("a file where the socket should be\n")
        wrong += race(user, root, few, "a file in the socket's place")

        user.kill()
        os.unlink(user.socket)
        foreign = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        foreign.bind(user.socket)  # Bound and never listened on, as a program that died between the two leaves it.
        wrong += race(user, root, few, "a socket on which nobody listens")
        foreign.close()

        user.wt(root, "worker", "stop")
        wait_gone(user.pid() or 0)
        if os.path.exists(user.socket) or os.path.exists(pid_file):
            wrong.append("a clean end left its socket or PID file")
        wrong += race(user, root, few, "after a clean end")
        if user.status(root).get("recovery") is not None:
            wrong.append("a clean end was taken for a crash")
    finally:
        ended(user)
        user.close()
    for line in wrong[:20]:
        print(line)
    print(f"{len(wrong)} wrong")
    sys.exit(1 if wrong else 0)


main()
