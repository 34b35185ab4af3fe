"""data/sources.yaml as typed, strict records: what text there is, whose it is, and where it comes from."""

from __future__ import annotations

from collections import Counter
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from twainbot.corpus.licences import licence_problem
from twainbot.files import InputError, PathLike
from twainbot.params import describe, read_yaml

CorpusName = Literal["sample", "full"]
SourceKind = Literal["gutenberg", "play", "reddit", "jokes", "web", "weather"]
PLAYER = "player"


class Source(BaseModel):
    """One raw file. ``path`` is where it lies under data/raw, in a mirror, or (sample) in data/sample."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]*$")]
    corpus: CorpusName
    kind: SourceKind
    persona: Annotated[str, Field(min_length=1)]  # of a play: of the speakers that ``characters`` lacks
    title: Annotated[str, Field(min_length=1)]
    author: str
    year: int | None = None
    language: str = "en"
    licence: Annotated[str, Field(min_length=1)]
    holdout: bool = False
    path: str
    urls: list[str] = []
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    characters: dict[str, str] = {}  # plays: canonical speaker -> persona
    aliases: dict[
        str, str
    ] = {}  # plays: a speaker's name in the file -> canonical, where the text cannot tell
    work: str | None = None  # books: the same for editions of one work, or works that contain each other
    subreddit: str | None = None  # reddit: used where the rows do not name theirs
    permission: str | None = None  # web: who allows the use, when and where, if no open licence does

    @field_validator("path")
    @classmethod
    def _inside(cls, value: str) -> str:
        path = PurePosixPath(value)
        if not value or path.is_absolute() or ".." in path.parts or "\\" in value:
            raise ValueError("must be a relative path with forward slashes and without '..'")
        return value

    @field_validator("urls")
    @classmethod
    def _fetchable(cls, value: list[str]) -> list[str]:
        if bad := [url for url in value if not url.startswith(("https://", "http://"))]:
            raise ValueError(f"must start with https:// or http:// ({bad[0]} does not)")
        return value

    @model_validator(mode="after")
    def _fits_kind(self) -> Source:
        problems = []
        if self.characters and self.kind != "play":
            problems.append("`characters` belongs to plays only; remove it or set `kind: play`")
        if self.aliases and self.kind != "play":
            problems.append("`aliases` belongs to plays only; remove it or set `kind: play`")
        if self.subreddit and self.kind != "reddit":
            problems.append("`subreddit` belongs to kind reddit only; remove it or set `kind: reddit`")
        if self.permission and self.kind != "web":
            problems.append("`permission` belongs to kind web only; remove it or set `kind: web`")
        if self.kind == "web" and (problem := licence_problem(self.licence, self.permission)):
            problems.append(problem)
        if self.kind == "web" and not self.path.endswith(".jsonl"):
            problems.append(f"`path` of kind web is the .jsonl file that holds its pages, not {self.path!r}")
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def persona_of(self, speaker: str | None) -> str:
        """The persona of a segment: that of the speaker if the play gives it one, else the source's.

        Speeches of several speakers at once (``A AND B``) belong to nobody in particular.
        """
        return self.characters.get(speaker, self.persona) if speaker else self.persona


def load_sources(path: PathLike, corpus: CorpusName) -> list[Source]:
    """The sources of one corpus, in file order. The entries of the other corpus are checked all the same.

    Raises:
        InputError: as :func:`all_sources`, or no source is of this corpus.
    """
    sources = all_sources(path)
    chosen = [source for source in sources if source.corpus == corpus]
    if not chosen:
        known = ", ".join(sorted({source.corpus for source in sources}))
        raise InputError(
            f"{path}: no source has `corpus: {corpus}` (there are: {known}). "
            "Add one, or change corpus.name in params.yaml."
        )
    return chosen


def all_sources(path: PathLike) -> list[Source]:
    """The sources of every corpus, in file order.

    Raises:
        InputError: not YAML, an unknown or missing key, a wrong value, two entries with one id or one
            path; all problems of the file at once.
    """
    content = read_yaml(path)
    entries = content.get("sources") if isinstance(content, dict) else None
    if not isinstance(entries, list) or not entries or set(content) != {"sources"}:
        raise InputError(
            f"{path}: expected one key `sources:` that holds a list of entries, and nothing else."
        )

    sources: list[Source] = []
    problems: list[str] = []
    for number, entry in enumerate(entries, start=1):
        where = f"{path}: source {number}{_named(entry)}"
        if not isinstance(entry, dict):
            problems.append(f"{where}: expected a mapping of keys, found {type(entry).__name__}.")
            continue
        try:
            sources.append(Source.model_validate(entry))
        except ValidationError as error:
            problems.append(describe(error, where, Source))
    for key, values in (
        ("id", [source.id for source in sources]),
        ("path", [f"{source.corpus}: {source.path}" for source in sources]),
    ):
        repeated = sorted(value for value, count in Counter(values).items() if count > 1)
        problems.extend(
            f"{path}: {key} {value!r} is used by more than one source; change one." for value in repeated
        )
    if problems:
        raise InputError("\n".join(problems))
    return sources


def _named(entry: Any) -> str:
    name = entry.get("id") if isinstance(entry, dict) else None
    return f" ({name})" if isinstance(name, str) else ""
