#!/usr/bin/env python3
"""Draws docs/answer.svg: a question, the call that a client makes for it, and the answer.

    cargo build && scripts/picture.py target/debug/wolkvox-mcp

The call and its answer are those of a session with the sandbox; no model takes part, so the assistant's
sentences are filled in from the answer's fields. A test compares the picture with the program.
"""

import json
import pathlib
import subprocess
import sys
from html import escape

QUESTION = "¿Qué pasó la última vez con la cédula 900000005?"
CALL = {"field": "id_customer", "value": "900000005"}
MONTHS = "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split()
CHANNELS = {"chat-whatsapp": "por WhatsApp", "inbound": "en una llamada entrante"}


def ask(program):
    """Returns the structured answer of the sandbox."""
    messages = [
        {"id": 1, "method": "initialize", "params": {
            "protocolVersion": "2025-06-18", "capabilities": {},
            "clientInfo": {"name": "picture", "version": "1"}}},
        {"method": "notifications/initialized"},
        {"id": 2, "method": "tools/call", "params": {"name": "query_obligation", "arguments": CALL}},
    ]
    with subprocess.Popen([program, "--sandbox", "--log", "off"], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, text=True, encoding="utf-8") as server:
        for message in messages:
            server.stdin.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        server.stdin.flush()
        for line in server.stdout:
            message = json.loads(line)
            if message.get("id") == 2:
                server.stdin.close()
                return message["result"]["structuredContent"]
    raise SystemExit("no answer")


def day(date):
    year, month, number = date.split(" ")[0].split("-")
    return f"{int(number)} de {MONTHS[int(month) - 1]} de {year}"


def sentences(answer):
    """Returns what the answer's fields say, as an assistant would."""
    last, before = answer["records"][:2]
    who = answer["common"]
    channel = CHANNELS.get(last["type_interaction"], last["type_interaction"])
    return [
        f"El {day(last['date'])}, {last['agent_name']} habló con",
        f"{who['client_name']} {who['client_lastname']} {channel}.",
        f"Resultado: {last['tipification_description']} (obligación {who['obligation']}).",
        f"Antes, el {day(before['date'])}: {before['tipification_description']}.",
    ]


def text(x, y, content, css):
    return f'  <text x="{x}" y="{y}" class="{css}">{escape(content)}</text>'


def draw(answer):
    call = "query_obligation " + json.dumps(CALL, ensure_ascii=False)
    counted = f"{answer['outcome']}, total {answer['total']}, SANDBOX: datos ficticios"
    said = sentences(answer)
    lines = [
        '<svg xmlns="http://www.w3.org/2000/svg" width="720" height="276" viewBox="0 0 720 276" role="img">',
        f"  <title>{escape(QUESTION)} {escape(' '.join(said))}</title>",
        "  <style>text{font:15px system-ui,sans-serif;fill:#1f2328}.tool{font:13px ui-monospace,monospace;"
        "fill:#57606a}.user{fill:#fff}</style>",
        '  <rect width="720" height="276" rx="12" fill="#f6f8fa"/>',
        '  <rect x="262" y="18" width="440" height="40" rx="16" fill="#0969da"/>',
        text(282, 43, QUESTION, "user"),
        '  <rect x="18" y="74" width="560" height="56" rx="8" fill="#fff" stroke="#d0d7de"/>',
        text(34, 97, call, "tool"),
        text(34, 118, counted, "tool"),
        '  <rect x="18" y="146" width="500" height="112" rx="16" fill="#fff" stroke="#d0d7de"/>',
    ]
    lines += [text(36, 172 + 24 * index, sentence, "said") for index, sentence in enumerate(said)]
    return "\n".join([*lines, "</svg>", ""])


if __name__ == "__main__":
    target = pathlib.Path(__file__).parent.parent / "docs" / "answer.svg"
    target.write_text(draw(ask(sys.argv[1])), encoding="utf-8")
