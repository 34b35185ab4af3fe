"""Is this text in the wanted language?

Two detectors must agree before a text is dropped, since each alone takes some English for something
else: langdetect, and py3langid, which shares neither data nor method with it and was the best of those
compared in benchmarks/language.py. langdetect is seeded for each text, because unseeded it flips on
1.4 % of play lines, and is asked second, because it is the slower one by far.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from twainbot.files import InputError
from twainbot.text.normalize import words

# langdetect's names of languages that are not written in Latin letters.
_OTHER_SCRIPTS = frozenset(
    """ar bg bn el fa gu he hi ja kn ko mk ml mr ne pa ru ta te th uk ur zh-cn zh-tw""".split()  # noqa: SIM905
)
_NOT_LATIN = re.compile("[^\\W\\d_\x00-\u024f\u1e00-\u1eff]")
_LETTER = re.compile(r"[^\W\d_]")
_INITIAL = re.compile(r"\b[^\W\d_]")
# Below this langdetect's own opinion is not to be relied on.
_PROBABILITY = 0.9


def _check(languages: Sequence[str], known: Collection[str], detector: str) -> None:
    if unknown := [language for language in languages if language not in known]:
        raise InputError(
            f"params.yaml: clean.language_profiles: {detector} does not know {', '.join(unknown)}; it knows "
            f"{', '.join(sorted(known))}."
        )


@functools.cache
def _factory(profiles: tuple[str, ...], seed: int) -> Any:
    import langdetect
    from langdetect.detector_factory import DetectorFactory

    folder = Path(langdetect.__file__).parent / "profiles"
    _check(profiles, [path.name for path in folder.iterdir()], "langdetect")
    factory = DetectorFactory()
    factory.load_json_profile([(folder / name).read_text(encoding="utf-8") for name in profiles])
    # On the instance: the class attribute would not reach a worker that was spawned rather than forked.
    factory.seed = seed
    return factory


def _sample(text: str, characters: int) -> str:
    """The first ``characters`` characters of ``text``, a headline's capitals and shouting made small.

    Both detectors take capitals for German: langdetect reads 4 % of English in capitals as German.
    """
    text = text[:characters]
    initials = _INITIAL.findall(text)
    return text.lower() if 2 * sum(map(str.isupper, initials)) > len(initials) else text


def detect(text: str, profiles: tuple[str, ...], seed: int, characters: int) -> tuple[str, float]:
    """langdetect's most probable language among ``profiles`` and its probability; ("", 0.0) without letters.

    Judged by the first ``characters`` characters of ``text``.
    """
    from langdetect.lang_detect_exception import LangDetectException

    detector = _factory(profiles, seed).create()
    detector.append(_sample(text, characters))
    try:
        best = detector.get_probabilities()[0]
    except (LangDetectException, IndexError):
        return "", 0.0
    return str(best.lang), float(best.prob)


@functools.cache
def _identifier(languages: tuple[str, ...]) -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    _check(languages, identifier.nb_classes, "py3langid")
    identifier.set_languages(list(languages))
    return identifier


def second_opinion(text: str, languages: tuple[str, ...], characters: int) -> str:
    """py3langid's language of the first ``characters`` characters of ``text``, one of ``languages``."""
    return str(_identifier(languages).classify(_sample(text, characters))[0])


def foreign_script(text: str) -> str | None:
    """The script, in lower case, that most letters of ``text`` are of if that is not Latin, else None."""
    if text.isascii():
        return None
    others = _NOT_LATIN.findall(text)
    if 2 * len(others) <= len(_LETTER.findall(text)):
        return None
    return unicodedata.name(others[0], "unknown").split()[0].lower()


def foreign_language(
    text: str, wanted: str, profiles: tuple[str, ...], seed: int, min_words: int, characters: int
) -> str | None:
    """The language of ``text`` if both detectors say that it is not ``wanted``, else None.

    Texts below ``min_words`` words are never judged by their words: no detector can. A script that the
    wanted language is not written in needs no detector; it is named instead of the language.
    """
    if wanted not in _OTHER_SCRIPTS and (script := foreign_script(text)):
        return f"{script} script"
    if len(words(text)) < min_words or second_opinion(text, profiles, characters) == wanted:
        return None
    language, probability = detect(text, profiles, seed, characters)
    return None if language in ("", wanted) or probability < _PROBABILITY else language
