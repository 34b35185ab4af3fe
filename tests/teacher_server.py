"""An OpenAI-compatible endpoint on loopback that answers as a test says."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from loopback import LoopbackServer


@dataclass(frozen=True)
class Reply:
    """A status, a body (a text is the content of a chat completion) and what else the answer has."""

    content: str | None = "A plain answer."
    status: int = 200
    finish_reason: str = "stop"
    raw: bytes | None = None  # in place of a chat completion
    headers: Mapping[str, str] = field(default_factory=dict)
    wait: threading.Event | float | None = None

    def body(self, model: str) -> bytes:
        if self.raw is not None:
            return self.raw
        message = {"role": "assistant", "content": self.content}
        completion = {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "model": model,
            "choices": [{"index": 0, "message": message, "finish_reason": self.finish_reason}],
            "usage": {"prompt_tokens": 20, "completion_tokens": 7, "total_tokens": 27},
        }
        return json.dumps(completion).encode()


Script = Callable[[str, int], Reply]


class TeacherServer(LoopbackServer):
    """``script`` gets the last message's text and how often that was asked before."""

    def __init__(self, script: Script) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script = script
        self.lock = threading.Lock()
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.answered: list[str] = []  # last messages whose answer was sent whole, with status 200
        self.running = 0
        self.most = 0  # requests at once

    @property
    def base_url(self) -> str:
        return f"{self.url}/v1"


class _Handler(BaseHTTPRequestHandler):
    server: TeacherServer

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_POST(self) -> None:
        server = self.server
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        text = body["messages"][-1]["content"]
        with server.lock:
            before = sum(request["messages"][-1]["content"] == text for request in server.requests)
            server.requests.append(body)
            server.headers.append({name.lower(): value for name, value in self.headers.items()})
            server.running += 1
            server.most = max(server.most, server.running)
        reply = server.script(text, before)
        if isinstance(reply.wait, threading.Event):
            reply.wait.wait(30)
        elif reply.wait:
            time.sleep(reply.wait)
        payload = reply.body(body["model"])
        with server.lock:
            server.running -= 1
        with contextlib.suppress(OSError):  # the client has hung up
            self.send_response(reply.status if self.path == "/v1/chat/completions" else 404)
            for name, value in ({"Content-Type": "application/json"} | dict(reply.headers)).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)
            self.wfile.flush()
            if reply.status == 200:
                with server.lock:
                    server.answered.append(text)
