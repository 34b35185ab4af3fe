"""Raw bytes to text, without touching line ends, so that character offsets stay those of the file."""

from __future__ import annotations

from twainbot.files import InputError

# utf-8-sig first: it fails on anything else. cp1252 before latin-1: latin-1 accepts every byte and would
# turn the curly quotes of cp1252 files into control characters.
_ENCODINGS = ("utf-8-sig", "cp1252", "latin-1")
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
# A byte in twenty: plain ASCII text stored as UTF-16 has one NUL in two, no other text has any.
_NUL_SHARE = 0.05


def decode(data: bytes, where: str) -> tuple[str, str]:
    """The text of a file and the name of the encoding that gave it.

    ``data.decode(encoding)`` gives the same text again: no newline translation, so offsets into the
    text hold for the file as it lies on disk. A byte-order mark is not part of the text.

    Raises:
        InputError: the file is empty or UTF-16; ``where`` names it.
    """
    if not data.strip():
        raise InputError(
            f"{where}: the file is empty. Fetch it again, or remove the source from data/sources.yaml."
        )
    if data.startswith(_UTF16_MARKS) or data.count(0) > _NUL_SHARE * len(data):
        raise InputError(
            f"{where}: looks like UTF-16, which the parsers do not read. Convert the file that it was copied "
            "from (in data/inbox or the mirror): iconv -f UTF-16 -t UTF-8 OLD > NEW"
        )
    for encoding in _ENCODINGS[:-1]:
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return data.decode(_ENCODINGS[-1]), _ENCODINGS[-1]
