"""Lets fifty people ask `wolkvox-mcp serve` for two minutes while wolkvox fails in every way, clients
go away in the middle of calls, one person asks without pause, and SIGHUP comes halfway. Prints what
became of the calls, and ends with status 1 if anything was lost.

    python3 benches/team_soak.py target/release/wolkvox-mcp [SECONDS]

Before that, for half of the time, the measured people ask alone: what the others cost them is the
ratio of the two.
"""

import asyncio
import collections
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

PEOPLE = 50
MEASURED = 8  # ask some time after each answer, as an agent does, and their waits are measured
GREEDY = 1  # asks eight things at once, without pause
PAUSE = 1.0  # of the measured, in seconds on average
LONG_PAUSE = 8.0  # of the others
GOES = 0.04  # how many of the others' calls are given up on their way
MOST_AT_ONCE = 2
REFUSED = (b'{"code":"403","error":"FORBIDDEN",'
           b'"msg":"EXCEEDS THE LIMIT OF SIMULTANEOUS REQUESTS PER TOKEN (2)"}')
FOUND = (b'{"code":"200","error":"null","msg":"1 records were are found",'
         b'"data":[{"id_customer":"%s","date":"2026-11-20 10:15:00","client_name":"Ficticia"}]}')
# Part of all replies, status, body (None: the connection closes), seconds.
FAULTS = [
    (0.02, 403, REFUSED, 0.01),  # another program uses the token
    (0.01, 500, b"", 0.02),
    (0.01, 502, b"<html>Bad Gateway</html>", 0.02),
    (0.01, 503, b"", 0.02),
    (0.01, 200, b"<html>Mantenimiento</html>", 0.02),
    (0.01, 200, b'{"code":"200","error":"null","data":[{"id_cus', 0.02),
    (0.01, 200, None, 0.02),
    (0.03, 200, FOUND, 1.0),
]


class Wolkvox:
    """A server on loopback that refuses a third request at the same time. It works on when a client
    goes away, as wolkvox does."""

    def __init__(self):
        self.at_once = self.most = self.requests = self.third = 0

    async def serve(self, reader, writer):
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n")
                               if line.lower().startswith(b"content-length:")), 0)
                asked = json.loads(await reader.readexactly(length))
                self.requests += 1
                self.at_once += 1
                self.most = max(self.most, self.at_once)
                try:
                    status, body, seconds = self.reply()
                    await asyncio.sleep(seconds)
                finally:
                    self.at_once -= 1
                if body is None:
                    return
                if b"%s" in body:
                    body %= str(asked["value"]).encode()
                writer.write(b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\n"
                             b"Content-Length: %d\r\n\r\n%s" % (status, len(body), body))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def reply(self):
        if self.at_once > MOST_AT_ONCE:
            self.third += 1
            return 403, REFUSED, 0
        chance = random.random()
        for part, status, body, seconds in FAULTS:
            if chance < part:
                return status, body, seconds
            chance -= part
        return 200, FOUND, random.uniform(0.03, 0.08)


class Window:
    """One client of a person: its connection, and what it has sent."""

    def __init__(self, soak, token, is_modern):
        self.soak, self.token, self.is_modern = soak, token, is_modern
        self.stream, self.session, self.id = None, None, 0

    async def post(self, message, headers=()):
        if self.stream is None:
            self.stream = await asyncio.open_connection("127.0.0.1", self.soak.port)
        writer = self.stream[1]
        body = json.dumps(message).encode()
        lines = [
            "POST /mcp HTTP/1.1", f"Host: 127.0.0.1:{self.soak.port}",
            "Content-Type: application/json", "Accept: application/json, text/event-stream",
            f"Authorization: Bearer {self.token}", f"Content-Length: {len(body)}", *headers,
        ]
        if self.session:
            lines.append(f"Mcp-Session-Id: {self.session}")
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        await writer.drain()

    async def read(self):
        """Reads one reply: its status, headers, and messages with an id."""
        reader = self.stream[0]
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        status = int(head[0].split()[1])
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        if "content-length" in headers:
            body = await reader.readexactly(int(headers["content-length"]))
        else:
            body = b""
            while headers.get("transfer-encoding") == "chunked":
                length = int(await reader.readline(), 16)
                body += await reader.readexactly(length)
                await reader.readline()
                if length == 0:
                    break
        if headers.get("content-type", "").startswith("text/event-stream"):
            lines = [line[5:] for line in body.decode().splitlines() if line.startswith("data:")]
            messages = [json.loads(line) for line in lines if line.strip()]
        else:
            messages = [json.loads(body)] if body else []
        return status, headers, [message for message in messages if "id" in message]

    def leave(self):
        if self.stream:
            self.stream[1].transport.abort()
            self.stream = None

    async def begin(self):
        """A client from before 2026-07-28 initializes first."""
        if self.is_modern:
            return
        await self.post({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
            "protocolVersion": "2025-06-18", "capabilities": {},
            "clientInfo": {"name": "soak", "version": "1"}}})
        status, headers, _ = await self.read()
        assert status == 200, status
        self.session = headers["mcp-session-id"]

    async def ask(self, customer):
        self.id += 1
        params = {"name": "query_obligation",
                  "arguments": {"field": "id_customer", "value": customer}}
        headers = ["MCP-Protocol-Version: 2025-06-18"]
        meta = {}
        if self.id % 3 == 0:
            meta["progressToken"] = self.id
        if self.is_modern:
            headers = ["MCP-Protocol-Version: 2026-07-28", "Mcp-Method: tools/call",
                       "Mcp-Name: query_obligation"]
            meta |= {"io.modelcontextprotocol/protocolVersion": "2026-07-28",
                     "io.modelcontextprotocol/clientInfo": {"name": "soak", "version": "1"},
                     "io.modelcontextprotocol/clientCapabilities": {}}
        if meta:
            params["_meta"] = meta
        await self.post({"jsonrpc": "2.0", "id": self.id, "method": "tools/call",
                         "params": params}, headers)

    async def call(self, customer):
        """Asks, and takes note of exactly one answer, or of what is wrong instead."""
        await self.ask(customer)
        status, _, messages = await self.read()
        soak = self.soak
        if len(messages) != 1 or messages[0]["id"] != self.id:
            soak.wrong.append(f"{len(messages)} answers, status {status}")
            return
        message = messages[0]
        if "error" in message:
            kind = f"refused, HTTP {status}"
        elif message["result"].get("isError"):
            kind = message["result"]["content"][0]["text"].split(":")[0]
        else:
            kind = "found"
            text = message["result"]["content"][0]["text"]
            # For an agent the rest of it is masked.
            if customer[-3:] not in text:
                soak.wrong.append("another customer's answer")
        soak.outcomes[kind] += 1

    async def give_up(self, customer):
        """Asks and goes away: by the connection, or by the older clients' notification."""
        await self.ask(customer)
        await asyncio.sleep(random.uniform(0, 0.1))
        self.soak.outcomes["given up by the client"] += 1
        if self.session and random.random() < 0.5:
            other = Window(self.soak, self.token, False)
            other.session = self.session
            await other.post({"jsonrpc": "2.0", "method": "notifications/cancelled",
                              "params": {"requestId": self.id}})
            status, _, _ = await other.read()
            other.leave()
            if status != 202:
                self.soak.wrong.append(f"a cancellation got {status}")
            await self.read()
        else:
            self.leave()


class Soak:
    def __init__(self, program, seconds):
        self.program, self.seconds = program, seconds
        self.outcomes, self.wrong = collections.Counter(), []
        self.waits = {"alone": [], "beside the others": []}
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.customers = iter(range(900_000_001, 999_999_999))
        self.wolkvox = Wolkvox()

    async def run(self):
        upstream = await asyncio.start_server(self.wolkvox.serve, "127.0.0.1", 0)
        tokens = [self.add(f"caller-{number}", "agent" if number % 5 else "supervisor")
                  for number in range(PEOPLE)]
        settings = self.folder / "settings.toml"
        settings.touch(0o600)
        settings.write_text(
            f'server = "http://127.0.0.1:{upstream.sockets[0].getsockname()[1]}"\n'
            'operation = "empresa"\ntoken = "FICTITIOUS-TOKEN-0001"\nrate = 4000000000\n'
            'callers = "callers.toml"\naudit = "audit.jsonl"\n'
            '[roles.agent]\nmask = "personal"\nrate = 100000\n[roles.supervisor]\n')
        self.process = await asyncio.create_subprocess_exec(
            self.program, "serve", "--config", "settings.toml", "--listen", "127.0.0.1:0",
            "--admin-listen", "127.0.0.1:0", "--lang", "en", cwd=self.folder,
            stdout=asyncio.subprocess.PIPE, stderr=open(self.folder / "log", "wb"))
        said = (await self.process.stdout.readline()).decode()
        self.port = int(said.strip().rsplit(":", 1)[1].split("/")[0])
        memory = []

        measured, others = tokens[:MEASURED], tokens[MEASURED:]
        end = time.monotonic() + self.seconds / 2
        await asyncio.gather(*(self.person(token, number, PAUSE, end, self.waits["alone"])
                               for number, token in enumerate(measured)))

        end = time.monotonic() + self.seconds
        waits = self.waits["beside the others"]
        people = [self.person(token, number, PAUSE, end, waits)
                  for number, token in enumerate(measured)]
        for number, token in enumerate(others):
            if number < GREEDY:
                people += [self.person(token, window, 0, end) for window in range(8)]
            else:
                people.append(self.person(token, number, LONG_PAUSE, end))

        async def halfway():
            await asyncio.sleep(self.seconds / 2)
            memory.append(self.memory())
            os.rename(self.folder / "audit.jsonl", self.folder / "audit-old.jsonl")
            late = self.add("late", "agent")
            self.process.send_signal(signal.SIGHUP)
            await asyncio.sleep(self.seconds / 20)
            # Somebody new may ask, and nobody else has noticed anything.
            await self.person(late, 0, 1, time.monotonic() + 3)

        await asyncio.gather(halfway(), *people)
        memory.append(self.memory())
        self.process.terminate()
        if await asyncio.wait_for(self.process.wait(), 60) != 0:
            self.wrong.append("it did not end well")
        self.print(memory)

    def add(self, name, role):
        said = subprocess.run(
            [self.program, "caller", "add", name, "--role", role, "--lang", "en",
             "--callers", self.folder / "callers.toml"], capture_output=True, text=True, check=True)
        return next(word for word in said.stdout.split() if word.startswith("wvx_"))

    async def person(self, token, number, pause, end, waits=None):
        window = Window(self, token, number % 2 == 0)
        await asyncio.sleep(random.uniform(0, pause))
        try:
            await window.begin()
            while time.monotonic() < end:
                customer = str(next(self.customers))
                if waits is None and pause and random.random() < GOES:
                    await window.give_up(customer)
                else:
                    begun = time.monotonic()
                    await window.call(customer)
                    if waits is not None:
                        waits.append(time.monotonic() - begun)
                await asyncio.sleep(random.uniform(0, 2 * pause))
        except (OSError, asyncio.IncompleteReadError) as problem:
            self.wrong.append(f"a connection broke: {problem!r}")
        window.leave()

    def memory(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if "VmRSS" in line)

    def print(self, memory):
        calls = sum(self.outcomes.values())
        files = [self.folder / "audit-old.jsonl", self.folder / "audit.jsonl"]
        lines = sum(len(file.read_bytes().splitlines()) for file in files)
        verified = subprocess.run(
            [self.program, "audit", "verify", *files, "--audit-key-file", self.folder / "wolkvox-audit.key"],
            capture_output=True, text=True)
        if verified.returncode:
            self.wrong.append(verified.stdout + verified.stderr)
        if lines != calls:
            self.wrong.append(f"{lines} lines of audit for {calls} calls")
        if self.wolkvox.third:
            self.wrong.append(f"{self.wolkvox.third} requests were a third one")
        for kind, count in sorted(self.outcomes.items()):
            print(f"  {kind:<30}{count:>8}")
        print(f"calls                           {calls:>8}")
        print(f"lines of audit                  {lines:>8}")
        print(f"requests at wolkvox             {self.wolkvox.requests:>8}")
        print(f"most at once                    {self.wolkvox.most:>8}")
        p99 = {}
        for name, waits in self.waits.items():
            waits.sort()
            p99[name] = waits[len(waits) * 99 // 100] * 1000
            print(f"{name + ', p50, p99 (ms)':<32}{waits[len(waits) // 2] * 1000:>8.0f}"
                  f"{p99[name]:>8.0f}")
        print(f"ratio of p99                    {p99['beside the others'] / p99['alone']:>8.2f}")
        print(f"memory halfway, at the end (kB) {memory[0]:>8}{memory[-1]:>8}")
        for text, count in collections.Counter(self.wrong).items():
            print(f"WRONG: {text} ({count})")


if __name__ == "__main__":
    soak = Soak(os.path.abspath(sys.argv[1]), float(sys.argv[2]) if sys.argv[2:] else 120)
    asyncio.run(soak.run())
    sys.exit(bool(soak.wrong))
