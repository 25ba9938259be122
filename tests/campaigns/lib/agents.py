"""A user of their own with an agent of their own, and a client of the agent's socket that shares no code with wt."""
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time


class Connection:
    """Speaks docs/reference/ipc.md: a 4-byte big-endian length, then JSON."""

    def __init__(self, path, cwd, greet=True):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.connect(path)
        self.cwd, self.last = cwd, 0
        if greet:
            self.call("hello", {"protocol": 1, "client": "campaign"})

    def send(self, frame):
        body = json.dumps(frame).encode()
        self.socket.sendall(struct.pack(">I", len(body)) + body)

    def read_bytes(self, count):
        parts = b""
        while len(parts) < count:
            part = self.socket.recv(count - len(parts))
            if not part:
                raise EOFError("the agent closed the connection")
            parts += part
        return parts

    def read(self):
        (length,) = struct.unpack(">I", self.read_bytes(4))
        return json.loads(self.read_bytes(length))

    def call(self, method, params, on_event=None):
        self.last += 1
        self.send({"id": self.last, "method": method, "cwd": self.cwd, "params": params})
        while True:
            frame = self.read()
            if frame.get("error"):
                raise RuntimeError(f"{method}: {frame['error']['code']}: {frame['error']['message']}")
            if "event" in frame and frame["event"] is not None:
                on_event(frame["event"])
            elif frame.get("result") is not None:
                return frame["result"]

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class User:
    """Home, runtime folder and work folder below one temporary folder; everything goes away at the end."""

    def __init__(self, programs, **settings):
        self.folder = tempfile.mkdtemp(prefix="wt-campaign-")
        self.wt_program = os.path.join(programs, "wt")
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("WT_", "XDG_"))}
        self.env.update(HOME=self.at("home"), XDG_RUNTIME_DIR=self.at("run"), NO_COLOR="1", **settings)
        for name in ("home", "run"):
            os.mkdir(self.at(name), 0o700)
        self.data = self.at("home/.local/share/w0rktree")
        self.socket = self.at("run/w0rktree/worker.sock")

    def at(self, *names):
        return os.path.join(self.folder, *names)

    def wt(self, cwd, *arguments, check=True, timeout=300):
        run = subprocess.run([self.wt_program, *arguments], cwd=cwd, env=self.env, capture_output=True, timeout=timeout)
        if check and run.returncode != 0:
            raise RuntimeError(f"wt {' '.join(arguments)} ended with {run.returncode}: {run.stderr.decode(errors='replace')}")
        return run

    def status(self, cwd):
        return json.loads(self.wt(cwd, "status", "--json").stdout)

    def init(self, name):
        """Makes an empty worktree. Gives its folder and its first snapshot, which holds nothing."""
        root = self.at(name)
        os.makedirs(root, exist_ok=True)
        self.wt(root, "init")
        return root, self.status(root)["tip"]["id"]

    def connect(self, cwd, greet=True):
        return Connection(self.socket, cwd, greet)

    def listing(self, root, empty, revision):
        """Gives path -> (kind, hash) of a snapshot, by comparing it with one that holds nothing."""
        files = {}

        def take(event):
            files[event["path"]] = (event["new_kind"], event["new_hash"])

        with self.connect(root) as agent:
            agent.call("diff", {"from": empty, "to": revision, "format": "entries"}, take)
        return files

    def pid(self):
        try:
            with open(os.path.join(self.data, "worker.pid")) as file:
                return int(file.read())
        except FileNotFoundError:
            return None

    def log(self):
        try:
            with open(os.path.join(self.data, "logs", "worker.log")) as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def kill(self):
        pid = self.pid()
        if pid:
            os.kill(pid, signal.SIGKILL)
            wait_gone(pid)

    def close(self):
        self.wt("/", "worker", "stop", check=False)
        pid = self.pid()
        if pid and os.path.exists(f"/proc/{pid}/comm") and "worktree-worker" in open(f"/proc/{pid}/cmdline").read():
            wait_gone(pid)
        shutil.rmtree(self.folder, ignore_errors=True)


def wait_gone(pid, seconds=20):
    """Waits until a process that may be nobody's child here has ended."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        try:
            with open(f"/proc/{pid}/stat") as file:
                if file.read().rsplit(")", 1)[1].split()[0] == "Z":
                    return
        except (FileNotFoundError, ProcessLookupError):
            return
        time.sleep(0.01)
    raise RuntimeError(f"process {pid} goes on")
