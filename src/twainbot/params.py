"""Reading params.yaml.

Every problem of the file is reported at once, with the key, what was found and, for a misspelled key,
the nearest right one. A stage names the keys it reads, ``read_params("clean", "seed")``; what it did
not name it cannot read, so the list in dvc.yaml and the code cannot drift apart unnoticed (a test
compares the two).
"""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from twainbot.files import InputError
from twainbot.sections import Params


def _known_keys(model: type[BaseModel], path: tuple[str | int, ...]) -> list[str]:
    for part in path:
        field = model.model_fields.get(str(part))
        annotation = field.annotation if field else None
        if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
            return []
        model = annotation
    return list(model.model_fields)


def describe(error: ValidationError, source: str, model: type[BaseModel]) -> str:
    """All problems of a pydantic error, a line each, with "did you mean" for unknown keys."""
    lines = []
    for problem in error.errors():
        location = problem["loc"]
        key = ".".join(str(part) for part in location)
        if problem["type"] == "extra_forbidden":
            near = difflib.get_close_matches(str(location[-1]), _known_keys(model, location[:-1]), n=1)
            hint = f"did you mean {near[0]!r}?" if near else "remove it."
            lines.append(f"{source}: {key}: unknown key; {hint}")
        elif problem["type"] == "missing":
            lines.append(
                f"{source}: {key}: missing; add it (profiles/ and the git history show its usual value)."
            )
        else:
            found = problem.get("input")
            message = problem["msg"]
            lines.append(f"{source}: {key}: {message[:1].lower()}{message[1:]}, found {found!r}.")
    return "\n".join(lines)


def read_yaml(path: str | os.PathLike[str]) -> Any:
    """Parse a YAML file.

    Raises:
        InputError: it does not exist or is not YAML; names file, line and column.
    """
    try:
        return yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError(
            f"{path} does not exist. Run from the repository's root, where params.yaml lies."
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        problem = getattr(error, "problem", None) or "cannot be parsed"
        raise InputError(
            f"{where}: not valid YAML ({problem}). Mend the line; `git diff {path}` shows what changed."
        ) from error


def load_params(path: str | os.PathLike[str] = "params.yaml") -> Params:
    """Read and validate the whole file.

    Raises:
        InputError: unknown, missing or wrong keys, all of them at once.
    """
    content = read_yaml(path)
    if not isinstance(content, dict):
        raise InputError(f"{path}: expected a mapping of sections, found {type(content).__name__}.")
    try:
        return Params.model_validate(content)
    except ValidationError as error:
        raise InputError(describe(error, str(path), Params)) from error


def read_params(*keys: str, path: str | os.PathLike[str] = "params.yaml") -> Params:
    """The params, with every section that is not among ``keys`` made unreadable.

    ``keys`` are dotted, as in dvc.yaml: ``read_params("seed", "train.common", "train.style")``.
    """
    params = load_params(path)
    return _restrict(params, {tuple(key.split(".")) for key in keys})


Model = TypeVar("Model", bound=BaseModel)


def _restrict(model: Model, keys: set[tuple[str, ...]]) -> Model:
    restricted = model.model_copy()
    for name in list(restricted.__dict__):
        if (name,) in keys:
            continue
        if below := {key[1:] for key in keys if key[0] == name}:
            restricted.__dict__[name] = _restrict(getattr(model, name), below)
        else:
            del restricted.__dict__[name]
    return restricted
