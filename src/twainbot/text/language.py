"""Is this text in the wanted language?

langdetect is seeded, because unseeded it flips on 1.4 % of play lines; and since it takes "Exeunt."
for Catalan even when seeded, a text is dropped only if a second, independent sign agrees: too few of
the wanted language's function words.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from twainbot.text.normalize import words

_ENGLISH_FUNCTION_WORDS = frozenset(
    """a about all an and are as at be been but by for from had has have he her him his i if in into is it
    its me my no not of on one or our out she so than that the their them then there they this thou thy to
    up upon us was we were what when which who will with would you your""".split()  # noqa: SIM905
)
# Below this share of function words a text of 12 words or more is not running English prose; ordinary
# English prose lies between .35 and .55.
_FUNCTION_WORD_FLOOR = 0.15


@functools.cache
def _factory(profiles: tuple[str, ...], seed: int) -> Any:
    import langdetect
    from langdetect.detector_factory import DetectorFactory

    folder = Path(langdetect.__file__).parent / "profiles"
    factory = DetectorFactory()
    factory.load_json_profile([(folder / name).read_text(encoding="utf-8") for name in profiles])
    # On the instance: the class attribute would not reach a worker that was spawned rather than forked.
    factory.seed = seed
    return factory


def detect(text: str, profiles: tuple[str, ...], seed: int) -> tuple[str, float]:
    """The most probable language among ``profiles`` and its probability; ("", 0.0) without letters."""
    from langdetect.lang_detect_exception import LangDetectException

    detector = _factory(profiles, seed).create()
    # langdetect reads ALL CAPS English as German in 4 % of cases.
    detector.append((text.lower() if text.isupper() else text)[:600])
    try:
        best = detector.get_probabilities()[0]
    except (LangDetectException, IndexError):
        return "", 0.0
    return str(best.lang), float(best.prob)


def function_word_share(text: str) -> float:
    """Share of English function words among the words of ``text``, 0 for an empty text."""
    found = words(text)
    return sum(word in _ENGLISH_FUNCTION_WORDS for word in found) / len(found) if found else 0.0


def foreign_language(
    text: str, wanted: str, profiles: tuple[str, ...], seed: int, min_words: int
) -> str | None:
    """The language of ``text`` if both signs say that it is not ``wanted``, else None.

    Texts below ``min_words`` words are never judged: no detector can.
    """
    if len(words(text)) < min_words:
        return None
    language, probability = detect(text, profiles, seed)
    if language in ("", wanted) or probability < 0.9:
        return None
    if wanted == "en" and function_word_share(text) >= _FUNCTION_WORD_FLOOR:
        return None
    return language
