"""What `replicas_bench.py` and `replicas_chaos.py` are made of: a store, servers that share it, people
who ask them, and a wolkvox that refuses a third request at once."""

import asyncio
import collections
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from team_soak import FOUND, MOST_AT_ONCE, REFUSED, Window, Wolkvox

SECRET = "a-fictitious-secret-of-the-bench"
TOKEN = "FICTITIOUS-TOKEN-0001"
CUSTOMERS = iter(range(900_000_001, 999_999_999))


def free_port():
    with socket.socket() as it:
        it.bind(("127.0.0.1", 0))
        return it.getsockname()[1]


def percentile(numbers, part):
    numbers = sorted(numbers)
    return numbers[min(len(numbers) - 1, int(len(numbers) * part))]


class Steady(Wolkvox):
    """A wolkvox whose answers all take the same time."""

    def __init__(self, seconds):
        super().__init__()
        self.seconds = seconds

    def reply(self):
        if self.at_once > MOST_AT_ONCE:
            self.third += 1
            return 403, REFUSED, 0
        return 200, FOUND, self.seconds

    async def listen(self):
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]


class Store:
    """A Valkey or Redis on loopback without persistence."""

    def __init__(self, program):
        program = program or shutil.which("valkey-server") or shutil.which("redis-server")
        if not program:
            sys.exit("a valkey-server or redis-server is needed: name one, or install it")
        self.program, self.port = program, free_port()
        self.folder = tempfile.mkdtemp()
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [self.program, "--bind", "127.0.0.1", "--port", str(self.port), "--save", "",
             "--appendonly", "no", "--rdbcompression", "no", "--dir", self.folder],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while True:
            try:
                return self.ask("PING")
            except OSError:
                time.sleep(0.01)

    def ask(self, *command):
        """Runs a command and returns the answer as it came."""
        with socket.create_connection(("127.0.0.1", self.port)) as it:
            parts = [str(part).encode() for part in command]
            text = b"*%d\r\n" % len(parts)
            for part in parts:
                text += b"$%d\r\n%s\r\n" % (len(part), part)
            it.sendall(text + b"*1\r\n$4\r\nQUIT\r\n")
            answer = b""
            while part := it.recv(65536):
                answer += part
            return answer.removesuffix(b"+OK\r\n")

    def keys(self, pattern):
        lines = self.ask("KEYS", pattern).decode().split("\r\n")
        return [line for line in lines if line.startswith("wolkvox:")]

    def taken_and_waiting(self):
        """Returns how many places are taken and how many requests wait, of all accounts."""
        count = lambda name: sum(int(self.ask("ZCARD", key)[1:]) for key in self.keys(name))
        return count("*:places"), count("*:waiting")

    def dump(self):
        self.ask("SAVE")
        return pathlib.Path(self.folder, "dump.rdb").read_bytes()

    def end(self):
        self.process.send_signal(signal.SIGCONT)
        self.process.kill()
        self.process.wait()


class Replica:
    """A `serve` process; a `Window` of a person connects to its port."""

    def __init__(self, team, store_port=None, port=None):
        self.team, self.port, self.store_port = team, port or free_port(), store_port
        self.log = pathlib.Path(team.folder, f"log-{self.port}")

    async def start(self):
        team = self.team
        arguments = ["serve", "--config", "settings.toml", "--listen", f"127.0.0.1:{self.port}",
                     "--admin-listen", "127.0.0.1:0", "--lang", "en"]
        if team.store:
            port = self.store_port or team.store.port
            arguments += ["--shared", f"redis://127.0.0.1:{port}", "--shared-secret-file", "secret"]
        self.process = await asyncio.create_subprocess_exec(
            team.program, *arguments, cwd=team.folder, stdout=asyncio.subprocess.PIPE,
            stderr=open(self.log, "ab"))
        assert await self.process.stdout.readline(), self.log.read_text()
        return self

    def signal(self, number):
        self.process.send_signal(number)

    async def end(self):
        if self.process.returncode is None:
            self.process.terminate()
            self.process.terminate()
        return await self.process.wait()


class Team:
    """People with names and tokens, a wolkvox, and perhaps a store."""

    def __init__(self, program, store, people, seconds, **settings):
        self.program, self.store = os.path.abspath(program), store
        self.folder = tempfile.mkdtemp()
        self.wolkvox = Steady(seconds)
        self.settings = settings
        pathlib.Path(self.folder, "secret").write_text(SECRET)
        self.tokens = [self.add(f"persona-{number}") for number in range(people)]

    def add(self, name):
        said = subprocess.run(
            [self.program, "caller", "add", name, "--role", "agent", "--lang", "en",
             "--callers", os.path.join(self.folder, "callers.toml")],
            capture_output=True, text=True, check=True)
        return next(word for word in said.stdout.split() if word.startswith("wvx_"))

    async def open(self, replicas, **more):
        await self.wolkvox.listen()
        settings = {"server": f"http://127.0.0.1:{self.wolkvox.port}", "operation": "empresa",
                    "token": TOKEN, "rate": 4000000000, "callers": "callers.toml", "audit": "off",
                    **self.settings}
        path = pathlib.Path(self.folder, "settings.toml")
        path.touch(0o600)
        lines = [f"{name} = {value!r}" for name, value in settings.items()]
        # A budget that nobody uses up is counted all the same.
        path.write_text("\n".join([*lines, "[roles.agent]", "rate = 1000000", ""]))
        self.replicas = [await Replica(self, **more).start() for _ in range(replicas)]
        return self

    async def close(self):
        await asyncio.gather(*(replica.end() for replica in self.replicas))


Call = collections.namedtuple("Call", "begun took outcome")


class Person(Window):
    """One client of a person at one replica, or at a proxy, of either era."""

    def __init__(self, place, token, number, retries=False):
        super().__init__(place, token, number % 2 == 0)
        self.customer, self.retries = None, retries

    async def call(self, customer=None):
        """Asks, and returns when it began, how long it took and how it ended."""
        self.customer = customer or str(next(CUSTOMERS))
        begun = time.monotonic()
        try:
            await self.ask(self.customer)
            outcome = await self.outcome()
        except (OSError, ValueError, asyncio.IncompleteReadError):
            self.leave()
            outcome = "the connection broke"
        return Call(begun, time.monotonic() - begun, outcome)

    async def outcome(self):
        status, _, messages = await self.read()
        if len(messages) != 1 or messages[0]["id"] != self.id:
            return f"{len(messages)} answers, status {status}"
        message = messages[0]
        if "error" in message:
            return f"refused, HTTP {status}"
        text = message["result"]["content"][0]["text"]
        if message["result"].get("isError"):
            return text.split(":")[0]
        return "found" if self.customer in text else "another customer's answer"


class Load:
    """People who ask, one call after the other, until it is over."""

    def __init__(self, people, pause=0.0):
        self.pause, self.calls, self.is_over = pause, [], False
        self.tasks = [asyncio.create_task(self.run(person)) for person in people]

    async def run(self, person):
        try:
            await person.begin()
        except (OSError, asyncio.IncompleteReadError):
            return
        while not self.is_over:
            call = await person.call()
            self.calls.append(call)
            if call.outcome == "the connection broke" and not person.retries:
                return
            await asyncio.sleep(self.pause)

    async def end(self):
        """Returns the calls, as soon as the last one is answered."""
        self.is_over = True
        await asyncio.gather(*self.tasks)
        return self.calls

    def since(self, moment):
        return [call for call in self.calls if call.begun + call.took > moment]


async def load(people, seconds, pause=0.0):
    load = Load(people, pause)
    await asyncio.sleep(seconds)
    return await load.end()


def outcomes(calls):
    return dict(collections.Counter(call.outcome for call in calls))


class Report:
    """Lines of what was measured, and whether each is as it is to be."""

    def __init__(self):
        self.is_fine = True

    def line(self, name, measured, wanted, is_fine):
        self.is_fine &= is_fine
        print(f"{name:<52}{measured:>12}   {wanted}{'' if is_fine else '   WRONG'}", flush=True)

    def most(self, name, measured, most, unit=""):
        form = f"{measured:.2f}" if isinstance(measured, float) else str(measured)
        self.line(name, f"{form}{unit}", f"at most {most}{unit}", measured <= most)

    def none(self, name, calls):
        """Reports how many calls did not find what they asked for."""
        wrong = [call for call in calls if call.outcome != "found"]
        self.line(name, f"{len(wrong)} of {len(calls)}", "none", not wrong and bool(calls))
        for kind, count in outcomes(wrong).items():
            print(f"    {kind}: {count}")
