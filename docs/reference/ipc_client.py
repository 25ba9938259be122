#!/usr/bin/env python3
"""The smallest client of the agent: prints the state of the working copy here, then its events.  ipc_client.py [EVENTS]"""
import json, os, socket, struct, sys


class Agent:
    def __init__(self):
        run = os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}"
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(f"{run}/w0rktree/worker.sock")
        self.last = 0
        self.call("hello", {"protocol": 1, "client": "ipc_client.py"})

    def send(self, frame):
        data = json.dumps(frame).encode()
        self.socket.sendall(struct.pack(">I", len(data)) + data)

    def receive(self, count):
        data = b""
        while len(data) < count:
            data += self.socket.recv(count - len(data)) or sys.exit("the agent closed the connection")
        return data

    def frames(self, method, params):
        self.last += 1
        self.send({"id": self.last, "method": method, "cwd": os.getcwd(), "params": params})
        while True:
            yield json.loads(self.receive(struct.unpack(">I", self.receive(4))[0]))

    def call(self, method, params):
        for frame in self.frames(method, params):
            if "error" in frame:
                sys.exit(f"{frame['error']['code']}: {frame['error']['message']}")
            if "result" in frame:
                return frame["result"]


agent, left = Agent(), int(sys.argv[1]) if len(sys.argv) > 1 else 0
print(json.dumps(agent.call("status", {})), flush=True)
for frame in agent.frames("events.subscribe", {"topics": ["snapshots", "status", "sync", "warnings"]}) if left else ():
    if "event" in frame:
        print(json.dumps(frame["event"]), flush=True)
        left -= frame["event"]["type"] != "subscribed"
    if not left:
        break
