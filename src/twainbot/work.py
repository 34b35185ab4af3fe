"""The work folder of a distributed run: its shards and outcomes, and the key that names it."""

from __future__ import annotations

import hashlib
import importlib
import json
import pickle
import re
import shutil
import sys
import traceback
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel

from twainbot.files import InputError, sha256_file


@dataclass(frozen=True)
class Outcome:
    """What became of a shard: ``value`` if ``kind`` is ``done``, else the message that ``text`` holds."""

    kind: Literal["done", "bad_input", "failed"]
    value: Any = None
    text: str = ""


def attempt(function: Callable[[Any, Any], Any], shard: Any, params: Any) -> Outcome:
    """Call ``function``; an exception becomes an outcome, so that the other shards go on."""
    try:
        return Outcome("done", function(shard, params))
    except InputError as error:
        return Outcome("bad_input", text=str(error))
    except Exception:
        return Outcome("failed", text=traceback.format_exc())


class Work:
    """The work folder of one use of :func:`map_shards`: its task, shards and outcomes, each a pickle."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def prepare(self, function: Callable[[Any, Any], Any], shards: Sequence[Any], params: Any) -> None:
        """Write the task, unless an earlier run did; forget its failures and the folders of other inputs."""
        for other in self.folder.parent.glob("*"):
            if other != self.folder:
                shutil.rmtree(other)
        for number, shard in enumerate(shards):
            if not self._shard(number).is_file():
                _dump(self._shard(number), shard)
        _dump(self.folder / "task.pickle", (reference(function), params))
        for number in range(len(shards)):
            if self._outcome(number).is_file() and self.outcome(number).kind != "done":
                self._outcome(number).unlink()

    def shard_size(self, number: int) -> int:
        """Bytes of the pickled shard."""
        return self._shard(number).stat().st_size

    def missing(self, count: int) -> list[int]:
        """Which of ``count`` shards have no outcome yet."""
        return [number for number in range(count) if not self._outcome(number).is_file()]

    def outcome(self, number: int) -> Outcome:
        return _load(self._outcome(number))

    def compute(self, numbers: Iterable[int]) -> None:
        """Compute these shards, in a worker; those that another worker has finished are left as they are."""
        path, params = _load(self.folder / "task.pickle")
        module, qualified = path.split(":")
        function = getattr(importlib.import_module(module), qualified)
        for number in numbers:
            if not self._outcome(number).is_file():
                _dump(self._outcome(number), attempt(function, _load(self._shard(number)), params))

    def _shard(self, number: int) -> Path:
        return self.folder / "shards" / f"{number:06d}.pickle"

    def _outcome(self, number: int) -> Path:
        return self.folder / "outcomes" / f"{number:06d}.pickle"


def _dump(path: Path, value: Any) -> None:
    """Write under a name of its own and rename: Ray and Slurm may start a task twice, at the same time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    temporary.write_bytes(pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL))
    temporary.replace(path)


def _load(path: Path) -> Any:
    return pickle.loads(path.read_bytes())


def reference(function: Callable[..., Any]) -> str:
    """``module:name``, by which a worker imports the function.

    Raises:
        TypeError: it is not at the top level of a module that can be imported.
    """
    module = function.__module__
    if module == "__main__":  # `python -m twainbot.stages.parse`: workers know it by its real name
        module = getattr(sys.modules["__main__"].__spec__, "name", module)
    name = function.__qualname__
    if module == "__main__" or not name.isidentifier():
        raise TypeError(f"{module}:{name} must be a function at the top level of an importable module")
    return f"{module}:{name}"


def work_key(
    function: Callable[..., Any], shards: Mapping[str, Any], params: Any, files: Iterable[Path]
) -> str:
    """16 hex digits that change with the inputs, our code, the Python version or an installed package."""
    digest = hashlib.sha256()
    for part in (reference(function), params, [sha256_file(path) for path in files], *shards.items()):
        digest.update(canonical(part) + b"\x1f")
    source = Path(__file__).parent
    for path in sorted(source.rglob("*.py")):
        digest.update(path.relative_to(source).as_posix().encode() + path.read_bytes())
    # The folders' names are the packages' names and versions.
    installed = sorted({info.name for path in sys.path for info in Path(path).glob("*.dist-info")})
    digest.update(canonical([sys.version, installed]))
    return digest.hexdigest()[:16]


def canonical(value: Any) -> bytes:
    """Bytes that are equal for equal values, in every process: no hash order, no addresses.

    What is neither plain data nor a dataclass, set, path, pattern or model is pickled; if two processes
    pickle it differently, unfinished work is done again, and nothing worse.
    """
    return json.dumps(value, sort_keys=True, default=_plain).encode()


def _plain(value: Any) -> Any:
    kind = type(value).__qualname__
    if is_dataclass(value) and not isinstance(value, type):
        return [kind, {field.name: getattr(value, field.name) for field in fields(value)}]
    if isinstance(value, BaseModel):
        return [kind, value.model_dump()]
    if isinstance(value, Mapping):
        return [kind, dict(value)]
    if isinstance(value, Set):
        return [kind, sorted(canonical(item).decode() for item in value)]
    if isinstance(value, Path):
        return [kind, value.as_posix()]
    if isinstance(value, re.Pattern):
        return [kind, value.pattern, value.flags]
    return [kind, hashlib.sha256(value if isinstance(value, bytes) else pickle.dumps(value)).hexdigest()]
