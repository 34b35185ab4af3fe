"""Lines on stdout by which a script can follow a run: ``TWAINBOT_EVENT {json}``.

Off unless the environment sets TWAINBOT_EVENTS=1: `dvc repro --quiet` silences DVC and not its stages, and a
parameter would have to be committed to be used once.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

VARIABLE = "TWAINBOT_EVENTS"
PREFIX = "TWAINBOT_EVENT "


def emit(event: Mapping[str, Any]) -> None:
    if os.environ.get(VARIABLE) == "1":
        print(f"{PREFIX}{json.dumps(event)}", flush=True)
