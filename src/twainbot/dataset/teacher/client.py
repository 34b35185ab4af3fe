"""Asking an OpenAI-compatible endpoint. No stage imports this: the pipeline reads kept answers only.

The key is taken from the environment by the caller and goes into the Authorization header and nowhere else:
messages of the endpoint, which may repeat it, are not shown, and exceptions are raised anew without their
cause, whose request holds the header.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from twainbot.dataset.teacher.answers import Answer, Keep, Request, request_key
from twainbot.files import InputError

KEY_VARIABLE = "TWAINBOT_TEACHER_KEY"
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
# So many requests that fail one after another, each after its retries, are an endpoint that is down.
_GIVE_UP = 8
# What fails for one request fails for all.
_ADVICE = {
    401: f"it wants another key; set {KEY_VARIABLE}",
    403: f"the key in {KEY_VARIABLE} may not use this model",
    404: "there is no such address or model; teacher.endpoint.base_url mostly ends in /v1",
}


@dataclass(frozen=True)
class Endpoint:
    """See ``teacher.endpoint`` in params.yaml."""

    base_url: str
    timeout_seconds: float
    retries: int
    concurrency: int


@dataclass(frozen=True)
class Question:
    """A request and what it is for."""

    kind: str
    request: Request


@dataclass(frozen=True)
class Outcome:
    """How many requests were answered, why how many were not, and how many were given up unasked."""

    answered: int
    failed: dict[str, int]
    not_asked: int


def ask(questions: Sequence[Question], endpoint: Endpoint, key: str, keep: Keep) -> Outcome:
    """Ask all questions, ``endpoint.concurrency`` at a time; each answer goes to ``keep`` when it is there.

    A status of 429 or 5xx, a lost connection and a timeout are tried again with growing pauses, or after
    the pause that the endpoint asks for.

    Raises:
        InputError: the endpoint refuses the key or knows no such model; or a key would leave this machine
            without encryption.
    """
    url = urlsplit(endpoint.base_url)
    if key and url.scheme != "https" and url.hostname not in _LOOPBACK:
        raise InputError(
            f"{KEY_VARIABLE} would be sent to {url.hostname} unencrypted. Use an https address in "
            f"teacher.endpoint.base_url, or unset the variable if the endpoint wants no key."
        )
    send = _sender(endpoint, key)
    answered, failed, in_a_row = 0, Counter[str](), 0
    rest = iter(questions)
    with (
        ThreadPoolExecutor(endpoint.concurrency) as pool,
        _progress(len(questions)) as progress,
    ):
        running: set[Future[str | None]] = set()

        def fill() -> None:
            while len(running) < endpoint.concurrency and (question := next(rest, None)):
                running.add(pool.submit(_ask_one, send, question, keep))

        fill()
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                reason = future.result()
                progress.update()
                in_a_row = in_a_row + 1 if reason else 0
                if reason:
                    failed[reason] += 1
                else:
                    answered += 1
            if in_a_row < _GIVE_UP:
                fill()
    left = len(questions) - answered - failed.total()
    return Outcome(answered, dict(sorted(failed.items())), left)


def _progress(total: int) -> Any:
    """A progress bar over requests, quiet where there is no terminal."""
    from tqdm import tqdm

    return tqdm(total=total, desc="teacher", unit="request", disable=not sys.stderr.isatty())


def _sender(endpoint: Endpoint, key: str) -> Callable[[Request], str]:
    """A function that sends a request and gives the body of the answer."""
    import openai

    # Of the environment nothing but our own variable counts, or another service's key, organisation or
    # project would go to this address.
    headers: dict[str, Any] = {"OpenAI-Organization": openai.Omit(), "OpenAI-Project": openai.Omit()}
    if not key:
        headers["Authorization"] = openai.Omit()
    client = openai.OpenAI(
        api_key=key or "none",
        base_url=endpoint.base_url,
        timeout=endpoint.timeout_seconds,
        max_retries=endpoint.retries,
    )
    # The raw text: the library takes any JSON for a chat completion, and a page of HTML for a string.
    create: Any = client.chat.completions.with_raw_response.create
    return lambda request: create(**request, extra_headers=headers).text


def _ask_one(send: Callable[[Request], str], question: Question, keep: Keep) -> str | None:
    """Ask and keep the answer; why there is none, or None.

    Raises:
        InputError: the endpoint refused in a way that holds for every request.
    """
    import openai

    text, refused = "", 0
    try:
        text = send(question.request)
    except openai.APITimeoutError:
        return "timed out"
    except openai.APIConnectionError:
        return "no connection"
    except openai.APIStatusError as error:
        if error.status_code not in _ADVICE:
            return f"HTTP {error.status_code}"
        refused = error.status_code
    if refused:
        raise InputError(f"The teacher answers HTTP {refused}: {_ADVICE[refused]}. Nothing else was asked.")
    answer = parse_answer(text, question)
    if answer is None:
        return "no chat completion in the answer"
    keep(answer)
    return None


def parse_answer(text: str, question: Question) -> Answer | None:
    """The answer in the body of a chat completion; None if it is none."""
    try:
        body = json.loads(text)
        choice = body["choices"][0]
        content = choice["message"]["content"]
        usage = body.get("usage") or {}
        counts = [usage.get(name) for name in ("prompt_tokens", "completion_tokens")]
    except (ValueError, LookupError, TypeError, AttributeError):
        return None
    if not isinstance(content, str | None):
        return None
    return Answer(
        key=request_key(question.request),
        kind=question.kind,
        request=question.request,
        # Half of a surrogate pair is valid in JSON and in no file.
        content=(content or "").encode("utf-8", "replace").decode("utf-8"),
        finish_reason=str(choice.get("finish_reason") or ""),
        model=str(body.get("model") or question.request["model"]),
        prompt_tokens=counts[0] if isinstance(counts[0], int) else None,
        completion_tokens=counts[1] if isinstance(counts[1], int) else None,
    )
