"""Whether the base's folder is there and whole, and if not, how to get it. Nothing is ever downloaded."""

from __future__ import annotations

import os
import re
from pathlib import Path

from twainbot.files import InputError
from twainbot.modeling.check import Check, failed, passed
from twainbot.modeling.shape import weight_files
from twainbot.sections.models import Base

_COMMIT = re.compile(r"[0-9a-f]{40}")
# Where `hf download --local-dir` notes the commit that a file is of, on the first line.
_NOTE = ".cache/huggingface/download/config.json.metadata"


def check_base(base: Base) -> Check:
    """The folder has a model and a tokenizer, and they are of the commit that params.yaml pins."""
    folder, commit = Path(base.path), _commit(Path(base.path))
    problems: list[str] = []
    todo: list[str] = []
    pinned = not base.repository or bool(_COMMIT.fullmatch(base.revision))
    if not pinned:
        problems.append(f"base.revision is {base.revision!r}, no commit of {base.repository}")
        todo.append(
            f"Choose a commit, of 40 digits (`git ls-remote https://huggingface.co/{base.repository} HEAD` "
            f"prints the newest; a branch would move)"
        )
        todo.append(
            "Write it into base.revision of params.yaml, and of the profile, or the next `twainbot use` "
            "empties it"
        )
    if missing := _missing(folder):
        problems.append(f"{folder} has no {' and no '.join(missing)}")
        todo += _how_to_get(base)
    elif base.repository and pinned and commit not in (None, base.revision):
        problems.append(f"{folder} is of commit {commit}, not {base.revision}")
        todo += _how_to_get(base)
    if problems:
        return failed("base", "; ".join(problems), *todo)
    return passed("base", f"{folder}{f', {base.repository} {base.revision[:12]}' if base.repository else ''}")


def _commit(folder: Path) -> str | None:
    note = folder / _NOTE
    return note.read_text(encoding="utf-8").split("\n", 1)[0].strip() if note.is_file() else None


def _missing(folder: Path) -> list[str]:
    missing = [name for name in ("config.json", "tokenizer.json") if not (folder / name).is_file()]
    try:
        files = weight_files(folder)
    except InputError:
        return [*missing, "readable model.safetensors.index.json"]
    if absent := [path.name for path in files if not path.is_file()]:
        return [*missing, f"{absent[0]} ({len(absent)} of {len(files)} files of weights are missing)"]
    return missing if files else [*missing, "*.safetensors"]


def _how_to_get(base: Base) -> list[str]:
    if not base.repository:
        return [f"`git checkout {base.path}` restores a base that the repository holds; or set base.path"]
    revision = base.revision or "COMMIT"
    command = f"hf download {base.repository} --revision {revision} --local-dir {base.path}"
    if base.revision and _in_cache(base):
        return [f"It is in the local cache: `{command}` copies it"]
    return [
        f"Download it: `{command} --exclude 'original/*' --exclude 'consolidated*'`",
        f"Its licence must have been accepted at https://huggingface.co/{base.repository}; the token of that "
        f"account is read from HF_TOKEN, which {'is set' if os.environ.get('HF_TOKEN') else 'is not set'}",
    ]


def _in_cache(base: Base) -> bool:
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(base.repository, "config.json", revision=base.revision)
    return isinstance(found, str)
