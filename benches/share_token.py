"""Measures how often look-ups end as `busy` when many assistants share one token: each program runs
as a number of processes over pipes, which make one look-up a minute each, at random moments, against
a server that refuses a third simultaneous request as wolkvox does. Prints a Markdown table.

    python3 benches/share_token.py target/release/wolkvox-mcp [ANOTHER_PROGRAM ...]

A run takes MINUTES, with each of SECONDS as the time that an answer takes; all runs are made at once.
With STORE=redis-server (or a path to valkey-server) in the environment, each program also runs with
that store in common.
"""

import asyncio
import json
import os
import random
import sys

from replicas import SECRET, Store

PROCESSES = 60
MINUTES = int(os.environ.get("MINUTES", "3"))
SECONDS = (1.0, 2.0)
MOST_AT_ONCE = 2


class Wolkvox:
    """A server on loopback that answers after some time and refuses a third request at once."""

    def __init__(self, seconds):
        self.seconds, self.at_once, self.requests = seconds, 0, 0

    async def serve(self, reader, writer):
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = next(
                    (int(line.split(b":")[1]) for line in head.split(b"\r\n")
                     if line.lower().startswith(b"content-length:")), 0)
                await reader.readexactly(length)
                self.requests += 1
                self.at_once += 1
                try:
                    status, body = await self.answer()
                finally:
                    self.at_once -= 1
                writer.write(b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\n"
                             b"Content-Length: %d\r\n\r\n%s" % (status, len(body), body))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def answer(self):
        if self.at_once > MOST_AT_ONCE:
            return 403, (b'{"code":"403","error":"FORBIDDEN",'
                         b'"msg":"EXCEEDS THE LIMIT OF SIMULTANEOUS REQUESTS PER TOKEN (2)"}')
        await asyncio.sleep(self.seconds)
        return 200, (b'{"code":"200","error":"null","msg":"1 records were are found",'
                     b'"data":[{"id_customer":"900000001","date":"2026-11-20 10:15:00"}]}')


async def assistant(program, environment, number, outcomes):
    """One process: connects and asks once a minute."""
    process = await asyncio.create_subprocess_exec(
        program, env=environment, stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL)

    async def request(identity, method, params):
        message = {"jsonrpc": "2.0", "id": identity, "method": method, "params": params}
        process.stdin.write(json.dumps(message).encode() + b"\n")
        while True:
            answer = json.loads(await process.stdout.readline())
            if answer.get("id") == identity:
                return answer["result"]

    await request(0, "initialize", {
        "protocolVersion": "2025-06-18", "capabilities": {},
        "clientInfo": {"name": "bench", "version": "1"}})
    process.stdin.write(b'{"jsonrpc":"2.0","method":"notifications/initialized"}\n')
    for minute in range(MINUTES):
        moment = random.uniform(0, 60)
        await asyncio.sleep(moment)
        asked = {"field": "id_customer", "value": f"{number}-{minute}"}
        result = await request(minute + 1, "tools/call",
                               {"name": "query_obligation", "arguments": asked})
        kind = "found"
        if result.get("isError"):
            kind = result["content"][0]["text"].split(":")[0]
        outcomes[kind] = outcomes.get(kind, 0) + 1
        await asyncio.sleep(60 - moment)
    process.stdin.close()
    await process.wait()


async def measure(program, seconds, store):
    random.seed(1)
    wolkvox, outcomes = Wolkvox(seconds), {}
    server = await asyncio.start_server(wolkvox.serve, "127.0.0.1", 0)
    environment = {
        "WOLKVOX_SERVER": f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}",
        "WOLKVOX_TOKEN": "FICTITIOUS-TOKEN-0001", "WOLKVOX_OPERATION": "empresa",
        # A limit of our own, which a team raises: it would count for all processes together.
        "WOLKVOX_RATE": "10000",
        "WOLKVOX_LOG": "off",
    }
    if store:
        secret = os.path.join(store.folder, "secret")
        with open(secret, "w") as file:
            file.write(SECRET)
        environment |= {"WOLKVOX_SHARED": f"redis://127.0.0.1:{store.port}",
                        "WOLKVOX_SHARED_SECRET_FILE": secret}
    await asyncio.gather(
        *(assistant(program, environment, number, outcomes) for number in range(PROCESSES)))
    server.close()
    if store:
        store.end()
    return outcomes, wolkvox.requests


async def main(programs):
    # All at once, so that the machine's noise hits all alike.
    store = os.environ.get("STORE")
    runs = [(program, seconds, Store(store) if is_shared else None)
            for seconds in SECONDS for program in programs
            for is_shared in ([False, True] if store else [False])]
    measured = await asyncio.gather(*(measure(*run) for run in runs))
    print("| program | answers take | look-ups | busy | other failures | requests a look-up |")
    print("| --- | --- | --- | --- | --- | --- |")
    for (program, seconds, shared), (outcomes, requests) in zip(runs, measured):
        asked = sum(outcomes.values())
        busy, found = outcomes.get("busy", 0), outcomes.get("found", 0)
        name = os.path.basename(os.path.dirname(program)) or program
        print(f"| {name}{', with a store' if shared else ''} | {seconds:.0f} s | {asked} "
              f"| {busy / asked:.1%} | {(asked - busy - found) / asked:.1%} "
              f"| {requests / asked:.2f} |")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
