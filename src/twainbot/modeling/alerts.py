"""Telling somebody that a training run stopped: by a command or a webhook (``alerts`` in params.yaml)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from twainbot.sections.models import Alerts

COMMAND_SECONDS = 30.0
WEBHOOK_SECONDS = 5.0
# An address is often a secret, and params.yaml is in git.
WEBHOOK_VARIABLE = "TWAINBOT_ALERT_WEBHOOK"


def alert(event: Mapping[str, Any], alerts: Alerts) -> None:
    """Send the event wherever it is wanted. What fails is printed: the run has a reason to stop already."""
    body = json.dumps(event)
    webhook = os.environ.get(WEBHOOK_VARIABLE) or alerts.webhook
    if alerts.command:
        _report(f"command {alerts.command[0]}", _run(alerts.command, body))
    if webhook:
        # Not the path: it may hold a token.
        _report(f"webhook at {urlsplit(webhook).netloc.rpartition('@')[2]}", _post(webhook, body))


def _report(target: str, problem: str | None) -> None:
    if problem:
        print(f"alert not delivered by {target}: {problem}", file=sys.stderr)


def _run(command: list[str], body: str) -> str | None:
    try:
        done = subprocess.run(command, input=body, capture_output=True, text=True, timeout=COMMAND_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return f"exit status {done.returncode}. {done.stderr.strip()}" if done.returncode else None


def _post(url: str, body: str) -> str | None:
    import httpx

    try:
        answer = httpx.post(
            url, content=body, headers={"Content-Type": "application/json"}, timeout=WEBHOOK_SECONDS
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return f"{type(error).__name__}: {error}"
    return None if answer.is_success else f"HTTP status {answer.status_code}"
