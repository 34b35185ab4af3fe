"""Alerts by a command and by a webhook, that of a real server on loopback."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from loopback import LoopbackServer, serving
from pydantic import ValidationError

from twainbot.modeling import alerts
from twainbot.modeling.alerts import alert
from twainbot.sections.models import Alerts

EVENT = {"event": "stop", "stage": "train-style", "cause": "diverged", "reason": "the loss is “NaN”."}


class Hook(LoopbackServer):
    """Keeps what it is sent; the path names the answer: /200, /302, /500 or /never."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.received: list[tuple[str, str, bytes]] = []
        self.let_go = threading.Event()


class _Handler(BaseHTTPRequestHandler):
    server: Hook

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((self.path, self.headers["Content-Type"], body))
        if self.path == "/never":
            self.server.let_go.wait(30)
            return
        self.send_response(int(self.path[1:]))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hook]:
    monkeypatch.delenv("TWAINBOT_ALERT_WEBHOOK", raising=False)
    with serving(Hook()) as server:
        yield server
        server.let_go.set()


def test_nothing_is_set_and_nothing_happens(hook: Hook, capsys: pytest.CaptureFixture[str]) -> None:
    alert(EVENT, Alerts(command=[], webhook=""))
    assert hook.received == []
    assert capsys.readouterr() == ("", "")


def test_the_webhook_gets_the_event(hook: Hook, capsys: pytest.CaptureFixture[str]) -> None:
    alert(EVENT, Alerts(command=[], webhook=f"{hook.url}/200"))
    ((path, kind, body),) = hook.received
    assert (path, kind) == ("/200", "application/json")
    assert json.loads(body) == EVENT
    assert capsys.readouterr() == ("", "")


def test_the_environment_keeps_a_secret_address(hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWAINBOT_ALERT_WEBHOOK", f"{hook.url}/200")
    alert(EVENT, Alerts(command=[], webhook=f"{hook.url}/500"))
    assert [path for path, _, _ in hook.received] == ["/200"]


@pytest.mark.parametrize("status", [302, 500])
def test_a_webhook_that_refuses_is_printed(
    hook: Hook, capsys: pytest.CaptureFixture[str], status: int
) -> None:
    alert(EVENT, Alerts(command=[], webhook=f"{hook.url}/{status}"))
    host = hook.url.removeprefix("http://")
    expected = f"alert not delivered by webhook at {host}: HTTP status {status}\n"
    assert capsys.readouterr().err == expected


def test_a_webhook_that_does_not_answer_is_left(
    hook: Hook, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerts, "WEBHOOK_SECONDS", 0.2)
    alert(EVENT, Alerts(command=[], webhook=f"{hook.url}/never"))
    assert "ReadTimeout" in capsys.readouterr().err


def test_an_address_where_nobody_listens_is_printed_without_its_secrets(
    hook: Hook, capsys: pytest.CaptureFixture[str]
) -> None:
    hook.server_close()
    port = hook.server_port
    alert(EVENT, Alerts(command=[], webhook=f"http://me:secret@127.0.0.1:{port}/token"))
    printed = capsys.readouterr().err
    assert printed.startswith(f"alert not delivered by webhook at 127.0.0.1:{port}: ConnectError")
    assert "secret" not in printed
    assert "token" not in printed


def test_the_command_gets_the_event_and_no_shell(tmp_path: Path) -> None:
    script = "import sys; open(sys.argv[1], 'w').write(sys.argv[2] + sys.stdin.read())"
    alert(EVENT, Alerts(command=[sys.executable, "-c", script, str(tmp_path / "told"), "$(id);"], webhook=""))
    told = (tmp_path / "told").read_text(encoding="utf-8")
    assert told == "$(id);" + json.dumps(EVENT)


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        (["/no/such/program"], "command /no/such/program: [Errno 2]"),
        ([sys.executable, "-c", "import sys; sys.exit('no line')"], "exit status 1. no line"),
        ([sys.executable, "-c", "import time; time.sleep(30)"], "timed out after 0.2 seconds"),
    ],
)
def test_a_command_that_fails_is_printed_and_the_webhook_is_still_told(
    hook: Hook,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    command: list[str],
    problem: str,
) -> None:
    if "time.sleep" in command[-1]:
        monkeypatch.setattr(alerts, "COMMAND_SECONDS", 0.2)
    alert(EVENT, Alerts(command=command, webhook=f"{hook.url}/200"))
    assert problem in capsys.readouterr().err
    assert len(hook.received) == 1


@pytest.mark.parametrize("webhook", ["ftp://example.org/x", "example.org", "https://"])
def test_only_web_addresses_are_accepted(webhook: str) -> None:
    with pytest.raises(ValidationError):
        Alerts(command=[], webhook=webhook)
