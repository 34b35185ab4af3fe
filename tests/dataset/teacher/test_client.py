"""The client against a real server: what it retries and gives up, and that the key stays where it belongs."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any

import pytest
from loopback import serving
from teacher_server import Reply, TeacherServer

from twainbot.dataset.teacher.answers import Answer, Request, journal, request_key
from twainbot.dataset.teacher.client import Endpoint, Outcome, Question, ask, parse_answer
from twainbot.files import InputError

KEY = "sk-a-key-that-must-not-be-seen"


def question(text: str) -> Question:
    message: Any = {"role": "user", "content": text}
    return Question("style", Request(model="m", messages=[message], temperature=0.5, max_tokens=9, seed=1))


def asked(
    server: TeacherServer, *texts: str, key: str = KEY, **settings: Any
) -> tuple[Outcome, list[Answer]]:
    base: dict[str, Any] = {
        "base_url": server.base_url,
        "timeout_seconds": 5.0,
        "retries": 2,
        "concurrency": 1,
    }
    kept: list[Answer] = []
    outcome = ask([question(text) for text in texts], Endpoint(**(base | settings)), key, kept.append)
    return outcome, kept


def test_an_answer_is_kept_with_what_was_asked() -> None:
    with serving(TeacherServer(lambda text, _: Reply(f"{text}!"))) as server:
        outcome, kept = asked(server, "Fog")
    assert outcome == Outcome(1, {}, 0)
    (body,) = server.requests
    assert body == question("Fog").request
    assert kept == [
        Answer(
            key=request_key(question("Fog").request), kind="style", request=question("Fog").request,
            content="Fog!", finish_reason="stop", model="m", prompt_tokens=20, completion_tokens=7,
        )
    ]  # fmt: skip


def test_the_key_goes_into_the_header_and_no_other_services_identity_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-other")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-other")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "project-other")
    with serving(TeacherServer(lambda *_: Reply())) as server:
        asked(server, "Fog")
        asked(server, "Rain", key="")
    with_key, without = server.headers
    assert with_key["authorization"] == f"Bearer {KEY}"
    assert "authorization" not in without
    assert "other" not in str(server.headers)


def test_a_pause_that_the_endpoint_asks_for_is_made() -> None:
    def script(text: str, before: int) -> Reply:
        return Reply() if before else Reply(status=429, raw=b"{}", headers={"Retry-After": "1"})

    with serving(TeacherServer(script)) as server:
        start = time.monotonic()
        outcome, _ = asked(server, "Fog")
        assert time.monotonic() - start >= 1.0
    assert outcome.answered == 1
    assert len(server.requests) == 2


QUICK = {"Retry-After-Ms": "1"}


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_passing_fault_is_tried_again(status: int) -> None:
    def script(text: str, before: int) -> Reply:
        return Reply() if before == 2 else Reply(status=status, raw=b"{}", headers=QUICK)

    with serving(TeacherServer(script)) as server:
        outcome, _ = asked(server, "Fog")
        assert outcome.answered == 1
        assert len(server.requests) == 3


def test_what_stays_wrong_is_counted_by_reason_and_the_rest_is_asked() -> None:
    replies = {
        "500": Reply(status=500, raw=b"{}", headers=QUICK),
        "400": Reply(status=400, raw=b'{"error": {"message": "too long"}}'),
        "cut": Reply(raw=b'{"choices": ['),
        "html": Reply(raw=b"<html>Welcome</html>", headers={"Content-Type": "text/html"}),
        "list": Reply(raw=b"[]"),
        "none": Reply(raw=b'{"choices": []}'),
        "slow": Reply(wait=0.6),
    }
    with serving(TeacherServer(lambda text, _: replies.get(text, Reply()))) as server:
        outcome, kept = asked(server, "Fog", *replies, "Rain", timeout_seconds=0.3, retries=0)
    assert outcome == Outcome(
        2,
        {"HTTP 400": 1, "HTTP 500": 1, "no chat completion in the answer": 4, "timed out": 1},
        0,
    )
    assert [answer["request"]["messages"][0]["content"] for answer in kept] == ["Fog", "Rain"]


def test_an_answer_without_text_is_one_that_was_paid_for() -> None:
    with serving(TeacherServer(lambda *_: Reply(None, finish_reason="content_filter"))) as server:
        _, (answer,) = asked(server, "Fog")
    assert (answer["content"], answer["finish_reason"]) == ("", "content_filter")


def test_an_endpoint_that_is_down_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    endpoint = Endpoint(f"http://127.0.0.1:{port}/v1", 1.0, 0, 1)
    outcome = ask([question(str(n)) for n in range(50)], endpoint, "", lambda _: None)
    assert outcome == Outcome(0, {"no connection": 8}, 42)


@pytest.mark.parametrize(
    ("status", "advice"), [(401, "another key"), (403, "may not use"), (404, "ends in /v1")]
)
def test_a_refusal_ends_the_run_and_shows_no_key(
    status: int, advice: str, caplog: pytest.LogCaptureFixture
) -> None:
    repeated = b'{"error": {"message": "Incorrect API key: ' + KEY.encode() + b'"}}'
    with (
        caplog.at_level(logging.DEBUG),
        serving(TeacherServer(lambda *_: Reply(status=status, raw=repeated))) as server,
        pytest.raises(InputError, match=advice) as caught,
    ):
        asked(server, "Fog", "Rain", "Snow")
    assert len(server.requests) <= 2
    shown = "".join(traceback.format_exception(caught.value)) + caplog.text
    assert KEY not in shown
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_a_key_leaves_this_machine_encrypted_or_not_at_all() -> None:
    endpoint = Endpoint("http://teacher.example.org/v1", 1.0, 0, 1)
    with pytest.raises(InputError, match=r"unencrypted"):
        ask([question("Fog")], endpoint, KEY, lambda _: None)


def test_no_more_requests_at_once_than_allowed() -> None:
    texts = [str(n) for n in range(12)]
    with serving(TeacherServer(lambda *_: Reply(wait=0.03))) as server:
        outcome, _ = asked(server, *texts, concurrency=3)
    assert outcome.answered == 12
    assert server.most == 3


def test_the_file_does_not_depend_on_the_order_of_answers(tmp_path: Path) -> None:
    texts = [str(n) for n in range(10)]
    files = []
    for concurrency in (1, 5):
        folder = tmp_path / str(concurrency)
        script = lambda text, _: Reply(f"Answer {text}.", wait=0.02 * (int(text) % 3))  # noqa: E731
        with serving(TeacherServer(script)) as server, journal(folder) as keep:
            ask([question(text) for text in texts], Endpoint(server.base_url, 5.0, 0, concurrency), KEY, keep)
        (file,) = folder.iterdir()
        files.append(file.read_bytes())
    assert files[0] == files[1]
    assert KEY.encode() not in files[0]


def test_an_interrupt_keeps_what_was_answered_and_what_is_under_way(tmp_path: Path) -> None:
    gate = threading.Event()

    def stop(answer: Answer) -> None:
        keep(answer)
        gate.set()
        raise KeyboardInterrupt

    with serving(TeacherServer(lambda text, _: Reply(wait=gate if text == "1" else None))) as server:
        endpoint = Endpoint(server.base_url, 5.0, 0, 2)
        with pytest.raises(KeyboardInterrupt), journal(tmp_path) as keep:
            ask([question(str(n)) for n in range(6)], endpoint, "", stop)
    lines = (tmp_path / "responses.jsonl").read_text().splitlines()
    assert len(lines) == len(server.answered) == 2


def test_the_stage_does_not_load_the_client() -> None:
    code = "import sys, twainbot.stages.instruct; assert not {'openai', 'httpx', 'httpx2'} & {*sys.modules}"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)


def test_half_a_surrogate_pair_can_be_written() -> None:
    body = r'{"choices": [{"message": {"content": "Fog \ud83d"}, "finish_reason": "stop"}]}'
    answer = parse_answer(body, question("Fog"))
    assert answer is not None
    assert answer["content"] == "Fog ?"
    assert answer["prompt_tokens"] is None
