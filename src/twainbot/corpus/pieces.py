"""How a parser writes down what it kept and what it dropped: one place for ids and spans."""

from __future__ import annotations

from dataclasses import dataclass, field

from twainbot.files import content_id
from twainbot.records import Kind, Reject, Segment

STAGE = "parse"


@dataclass
class Pieces:
    """The segments and rejects of one document, in the order in which they are found."""

    raw: str
    doc_id: str
    source_id: str
    kind: Kind
    segments: list[Segment] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)

    def keep(
        self,
        start: int,
        end: int,
        text: str,
        *,
        section: str,
        verse: bool = False,
        speaker: str | None = None,
        score: int | None = None,
        created_utc: str | None = None,
        url: str | None = None,
    ) -> None:
        """Keep ``text``, read from ``raw[start:end]``, as the document's next segment."""
        self.segments.append(
            Segment(
                id=content_id("seg", self.doc_id, str(start), str(end), text),
                doc_id=self.doc_id,
                source_id=self.source_id,
                kind=self.kind,
                section=section,
                ordinal=len(self.segments),
                start=start,
                end=end,
                text=text,
                verse=verse,
                speaker=speaker,
                score=score,
                created_utc=created_utc,
                url=url,
            )
        )

    def drop(self, start: int, end: int, reason: str, detail: str = "") -> None:
        """Drop ``raw[start:end]`` for ``reason``."""
        self.rejects.append(
            Reject(
                id=content_id("rej", self.doc_id, reason, str(start), str(end)),
                doc_id=self.doc_id,
                source_id=self.source_id,
                stage=STAGE,
                reason=reason,
                detail=detail,
                start=start,
                end=end,
                text=self.raw[start:end],
            )
        )

    def result(self) -> tuple[list[Segment], list[Reject]]:
        """Segments, and rejects in file order."""
        return self.segments, sorted(self.rejects, key=lambda reject: (reject["start"], reject["end"]))
