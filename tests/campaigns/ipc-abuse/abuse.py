"""Clients that misbehave, all at once, while a well-behaved one goes on asking.

usage: abuse.py PROGRAMS [SECONDS]      (how long the well-behaved client asks; 20)
"""
import json
import os
import random
import socket
import struct
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from agents import Connection, User  # noqa: E402

TIMEOUT = 3  # What worker.ipc.request_timeout_s is set to here.


def raw(user):
    client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    client.connect(user.socket)
    client.settimeout(60)
    return client


def until_closed(client):
    """Reads until the other side closes. Gives what was read and how long it took."""
    began, read = time.monotonic(), b""
    try:
        while part := client.recv(65536):
            read += part
    except ConnectionResetError:
        pass
    return read, time.monotonic() - began


def closes(what, send, greet=False, at_least=0.0, at_most=TIMEOUT + 10):
    def play(user):
        client = raw(user)
        if greet:
            body = json.dumps({"id": 1, "method": "hello", "params": {"protocol": 1, "client": "abuse"}}).encode()
            client.sendall(struct.pack(">I", len(body)) + body)
            (length,) = struct.unpack(">I", client.recv(4, socket.MSG_WAITALL))
            client.recv(length, socket.MSG_WAITALL)
        try:
            send(client)
        except (BrokenPipeError, ConnectionResetError):
            pass
        try:
            _, seconds = until_closed(client)
        except TimeoutError:
            return f"{what}: the connection was never closed"
        client.close()
        return None if at_least <= seconds <= at_most else f"{what}: closed after {seconds:.1f} s"
    return what, play


def drip(text):
    def send(client):
        for byte in text:
            client.sendall(bytes([byte]))
            time.sleep(1)
    return send


def shower(client):
    rng = random.Random(1)
    for _ in range(100):
        client.sendall(rng.randbytes(4096))


def frame(body):
    return struct.pack(">I", len(body)) + body


ABUSES = [
    closes("a length over the limit", lambda c: c.sendall(struct.pack(">I", 16 * 1024 * 1024 + 1))),
    closes("a length over the limit, greeted", lambda c: c.sendall(struct.pack(">I", 0xFFFFFFFF)), greet=True),
    closes("a length of 0", lambda c: c.sendall(struct.pack(">I", 0))),
    closes("random bytes", shower),
    closes("another protocol", lambda c: c.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")),
    closes("no JSON in a frame", lambda c: c.sendall(frame(b"\xff\xfe garbage"))),
    closes("JSON nested a million deep", lambda c: c.sendall(frame(b"[" * 1_000_000)), greet=True),
    closes("half a length and silence", lambda c: c.sendall(b"\0\0"), at_least=TIMEOUT - 1),
    closes("half a frame and silence", lambda c: c.sendall(struct.pack(">I", 100) + b"{"), at_least=TIMEOUT - 1),
    closes("half a frame and silence, greeted", lambda c: c.sendall(struct.pack(">I", 100) + b"{"), greet=True, at_least=TIMEOUT - 1),
    closes("silence from the start", lambda c: None, at_least=TIMEOUT - 1),
    closes("1 byte a second", drip(frame(json.dumps({"id": 1, "method": "hello", "params": {}}).encode())[:12]), greet=True, at_most=12),
]


def flood(user, root):
    """A thousand connections that are opened and dropped, and a client that never reads its answers."""
    for _ in range(1000):
        client = raw(user)
        client.close()
    deaf = Connection(user.socket, root)
    deaf.socket.settimeout(30)
    try:
        for number in range(20000):
            deaf.send({"id": 100 + number, "method": "status", "cwd": root, "params": {}})
    except (BrokenPipeError, ConnectionResetError, TimeoutError):
        pass
    deaf.close()
    return None


def places(user, root):
    """Takes every place; the next client reads why it is refused, and a freed place is given again."""
    held, reason = [], None
    while len(held) < 200:
        client = Connection(user.socket, root, greet=False)
        try:
            client.call("hello", {"protocol": 1, "client": "abuse"})
            held.append(client)
        except RuntimeError as e:
            reason = str(e)
            client.close()
            break
    count = len(held)
    for client in held:
        client.close()
    if reason is None or "too_many_connections" not in reason:
        return f"connection {count + 1} was told {reason}"
    return None if count >= 20 else f"only {count} places"


def stranger(user):
    """As root: another user, to whom even the folders are opened, connects and is not served."""
    if os.geteuid() != 0:
        print("another user: skipped, becoming one needs root")
        return None
    opened = [user.folder, user.at("run"), os.path.dirname(user.socket)]
    before = [os.stat(path).st_mode & 0o7777 for path in [*opened, user.socket]]
    try:
        for path in opened:
            os.chmod(path, 0o755)
        os.chmod(user.socket, 0o666)
        script = ("import socket,sys\nc=socket.socket(socket.AF_UNIX);c.settimeout(20);c.connect(sys.argv[1])\n"
                  "b=b'{\"id\":1,\"method\":\"hello\",\"params\":{\"protocol\":1,\"client\":\"x\"}}'\n"
                  "try:\n c.sendall(len(b).to_bytes(4,'big')+b);print('read',len(c.recv(100)))\nexcept OSError as e: print('read 0')\n")
        run = subprocess.run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "/usr/bin/python3", "-c", script, user.socket], capture_output=True, text=True)
    finally:
        for path, mode in zip([*opened, user.socket], before):
            os.chmod(path, mode)
    return None if run.stdout == "read 0\n" else f"another user: {run.stdout}{run.stderr}"


def main():
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 20
    user = User(sys.argv[1], WT_WORKER_IPC_REQUEST_TIMEOUT_S=str(TIMEOUT))
    wrong, asked = [], 0
    try:
        root, _ = user.init("work")
        pid = user.pid()
        results = []
        threads = [threading.Thread(target=lambda play=play: results.append(play(user))) for _, play in ABUSES]
        for thread in threads:
            thread.start()
        limit = time.monotonic() + seconds
        with user.connect(root) as good:
            while time.monotonic() < limit or any(thread.is_alive() for thread in threads):
                with open(os.path.join(root, "asked"), "w") as file:
                    file.write(str(asked))
                seen = good.call("status", {})
                if not any(change["path"] == "asked" for change in seen["changes"]) and asked == 0:
                    wrong.append("the well-behaved client got a wrong answer")
                asked += 1
                time.sleep(0.02)
        results += [stranger(user), flood(user, root), places(user, root)]
        wrong += [line for line in results if line]
        if user.status(root) is None or user.pid() != pid:
            wrong.append("the agent did not go on")
    finally:
        user.close()
    for line in wrong:
        print(line)
    print(f"{len(ABUSES) + 3} abuses, {asked} answers to the well-behaved client beside them, {len(wrong)} wrong")
    sys.exit(1 if wrong else 0)


main()
