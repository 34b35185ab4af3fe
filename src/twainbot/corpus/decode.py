"""Raw bytes to text, without touching line ends, so that character offsets stay those of the file."""

from __future__ import annotations

from twainbot.files import InputError

# utf-8-sig first: it fails on anything else. cp1252 before latin-1: latin-1 accepts every byte and would
# turn the curly quotes of cp1252 files into control characters.
_ENCODINGS = ("utf-8-sig", "cp1252", "latin-1")
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
# First bytes of files that are no text, and what to do about each.
_SIGNATURES = (
    (
        b"PK\x03\x04",
        "a ZIP archive, or an EPUB or DOCX, which are such",
        "Take the plain text (.txt) out of it",
    ),
    (b"\x1f\x8b", "gzip data", "Unpack it: gunzip FILE.gz"),
    (b"BZh", "bzip2 data", "Unpack it: bunzip2 FILE.bz2"),
    (b"\xfd7zXZ\x00", "xz data", "Unpack it: unxz FILE.xz"),
    (b"7z\xbc\xaf", "a 7-Zip archive", "Take the plain text (.txt) out of it"),
    (b"%PDF-", "a PDF", "Give the plain text: pdftotext -layout FILE.pdf, or Project Gutenberg's .txt"),
    (b"{\\rtf", "RTF, a word processor's format", "Save it as plain text"),
    (b"\xd0\xcf\x11\xe0", "an old Word document", "Save it as plain text"),
    (b"\x89PNG", "a PNG image", "Give the plain text"),
    (b"\xff\xd8\xff", "a JPEG image", "Give the plain text"),
    (b"BOOKMOBI", "a Kindle book", "Give Project Gutenberg's plain text (.txt)"),
    (b"PAR1", "a Parquet file", "Give the plain text or a CSV"),
    (b"SQLite format 3", "a SQLite database", "Give the plain text or a CSV"),
)
_MOBI_AT = 60  # where a Kindle book says so
# Bytes that no text has but by accident: all controls but tab, line ends, form feed and the old end of file.
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\x0b\x0c\r\x1a\x1b"))
_CONTROL_SHARE, _HEAD = 0.02, 65_536
# A byte in twenty: plain ASCII text stored as UTF-16 has one NUL in two, no other text has any.
_NUL_SHARE = 0.05


def decode(data: bytes, where: str) -> tuple[str, str]:
    """The text of a file and the name of the encoding that gave it.

    ``data.decode(encoding)`` gives the same text again: no newline translation, so offsets into the
    text hold for the file as it lies on disk. A byte-order mark is not part of the text.

    Raises:
        InputError: the file is empty, UTF-16 or a known kind of binary file; ``where`` names it.
    """
    if not data.strip():
        raise InputError(
            f"{where}: the file is empty. Fetch it again, or remove the source from data/sources.yaml."
        )
    for signature, name, advice in _SIGNATURES:
        if data.startswith(signature, _MOBI_AT if signature == b"BOOKMOBI" else 0):
            raise InputError(f"{where}: this is {name}, not text. {advice}, and put that in its place.")
    if data.startswith(_UTF16_MARKS) or data.count(0) > _NUL_SHARE * len(data):
        raise InputError(
            f"{where}: looks like UTF-16, which the parsers do not read. Convert the file that it was copied "
            "from (in data/inbox or the mirror): iconv -f UTF-16 -t UTF-8 OLD > NEW"
        )
    head = data[:_HEAD]
    if len(head.translate(None, _CONTROLS)) < (1 - _CONTROL_SHARE) * len(head):
        raise InputError(
            f"{where}: it is full of control bytes, so it is binary or damaged, not text. Fetch it again, or "
            "give the plain text."
        )
    for encoding in _ENCODINGS[:-1]:
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return data.decode(_ENCODINGS[-1]), _ENCODINGS[-1]
