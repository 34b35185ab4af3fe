"""Which second detector should agree with langdetect before a text is dropped as foreign?

For each candidate: English texts that it alone, langdetect alone and both together call foreign (those
that both call foreign would be dropped), the share of 120 foreign sentences that both find, texts a
CPU-second and the CPU-seconds of import and model. Texts that are foreign indeed (French pages in
English books) were marked by hand, by id; they count for neither side.

    python -m twainbot.stages.fetch && python -m twainbot.stages.parse    # with corpus.name: full
    python benchmarks/language.py

Candidates that are not installed are left out: py3langid is the one in use; for all of them,
`pip install pycld2==0.42 simplemma==2.0.0 lingua-language-detector==2.1.1`.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

from twainbot.files import content_id, read_parquet, write_json
from twainbot.params import read_yaml
from twainbot.text.language import detect, second_opinion
from twainbot.text.normalize import normalize, words

LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt")
MIN_WORDS = 10
CHARACTERS = 300
# langdetect's opinion counts from this probability on, as in the pipeline.
PROBABILITY = 0.9
FOLDER = Path(__file__).parent
FUNCTION_WORDS = frozenset(
    """a about all an and are as at be been but by for from had has have he her him his i if in into is it
    its me my no not of on one or our out she so than that the their them then there they this thou thy to
    up upon us was we were what when which who will with would you your""".split()  # noqa: SIM905
)
# Of the sample below, what is not English, by a hash of the text: French pages, a post in Vietnamese.
FOREIGN = frozenset(
    {
        "text-0b473141bf06c4ad",
        "text-4d819e6f8224ab9c",
        "text-704a310ce4492f5b",
        "text-a21c0342fefca78b",
        "text-a77f2c4b175c2049",
        "text-a9130bf2d0a56cca",
        "text-d201de871a560a83",
        "text-f2ae7f32457cda6d",
    }
)

Detector = Callable[[str], str]


def langdetect(text: str) -> str:
    language, probability = detect(text, LANGUAGES, 0, CHARACTERS)
    return language if probability >= PROBABILITY else "en"


def py3langid() -> Detector:
    return lambda text: second_opinion(text, LANGUAGES, CHARACTERS)


def pycld2() -> Detector:
    import pycld2  # type: ignore[import-not-found]

    return lambda text: pycld2.detect(text[:CHARACTERS], bestEffort=True)[2][0][1]


def simplemma() -> Detector:
    from simplemma import language_detector  # type: ignore[import-not-found]

    def best(text: str) -> str:
        ranked = language_detector.langdetect(text[:CHARACTERS], lang=LANGUAGES)
        return next((language for language, share in ranked if language != "unk" and share > 0), "")

    return best


def lingua() -> Detector:
    from lingua import IsoCode639_1, LanguageDetectorBuilder  # type: ignore[import-not-found]

    codes = [getattr(IsoCode639_1, language.upper()) for language in LANGUAGES]
    detector = LanguageDetectorBuilder.from_iso_codes_639_1(*codes).build()

    def best(text: str) -> str:
        found = detector.detect_language_of(text[:CHARACTERS])
        return found.iso_code_639_1.name.lower() if found else ""

    return best


def function_words() -> Detector:
    """English from 15 % of function words on; ordinary prose has between 35 % and 55 %."""

    def best(text: str) -> str:
        found = words(text)
        return "en" if sum(word in FUNCTION_WORDS for word in found) >= 0.15 * len(found) else "other"

    return best


CANDIDATES: dict[str, tuple[str, Callable[[], Detector]]] = {
    "py3langid": ("py3langid", py3langid),
    "pycld2": ("pycld2", pycld2),
    "simplemma": ("simplemma", simplemma),
    "lingua": ("lingua-language-detector", lingua),
    "function words": ("", function_words),
}


def english(path: Path) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """(id, text) of 2,000 paragraphs and posts, and of all speeches that are long enough to judge."""
    prose, speeches = [], []
    for segment in read_parquet(path):
        text = normalize(segment["text"])
        if len(words(text)) >= MIN_WORDS:
            (speeches if segment["kind"] == "play" else prose).append((content_id("text", text), text))
    return random.Random(0).sample(prose, min(2000, len(prose))), speeches


def calls_foreign(detector: Detector, text: str) -> bool:
    return detector(text) not in ("en", "", "un")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--segments", type=Path, default=Path("data/parsed/segments.parquet"))
    parser.add_argument(
        "--show", action="store_true", help="print ids of English texts that would be dropped"
    )
    arguments = parser.parse_args()
    prose, speeches = english(arguments.segments)
    sentences = [text for texts in read_yaml(FOLDER / "language_sentences.yaml").values() for text in texts]
    sets = {
        "prose": [text for name, text in prose if name not in FOREIGN],
        "plays": [text for name, text in speeches if name not in FOREIGN],
    }
    names = {text: name for name, text in [*prose, *speeches]}

    started = time.process_time()
    suspects = {key: [calls_foreign(langdetect, text) for text in texts] for key, texts in sets.items()}
    speed = sum(map(len, sets.values())) / (time.process_time() - started)
    found = [calls_foreign(langdetect, text) for text in sentences]
    rows = {
        "langdetect alone": {
            **{f"{key}_called_foreign": sum(flags) for key, flags in suspects.items()},
            "foreign_sentences_found": sum(found) / len(sentences),
            "texts_a_cpu_second": round(speed),
        }
    }
    for name, (package, make) in CANDIDATES.items():
        started = time.process_time()
        try:
            detector = make()
            detector(sentences[0])
        except ImportError:
            continue
        loaded = time.process_time()
        opinions = {key: [calls_foreign(detector, text) for text in texts] for key, texts in sets.items()}
        ended = time.process_time()
        both = {
            key: [
                text
                for text, one, two in zip(sets[key], suspects[key], opinions[key], strict=True)
                if one and two
            ]
            for key in sets
        }
        if arguments.show:
            for text in both["prose"] + both["plays"]:
                print(name, names[text], text[:80].replace("\n", " "))
        rows[name] = {
            "version": metadata.version(package) if package else "",
            **{f"{key}_called_foreign": sum(opinions[key]) for key in sets},
            **{f"{key}_dropped_with_langdetect": len(both[key]) for key in sets},
            "foreign_sentences_found": sum(calls_foreign(detector, text) for text in sentences)
            / len(sentences),
            "foreign_sentences_dropped_with_langdetect": sum(
                one and calls_foreign(detector, text) for one, text in zip(found, sentences, strict=True)
            )
            / len(sentences),
            "texts_a_cpu_second": round(sum(map(len, sets.values())) / (ended - loaded)),
            "load_cpu_seconds": round(loaded - started, 2),
        }
    counts = {key: len(texts) for key, texts in sets.items()} | {"foreign_sentences": len(sentences)}
    write_json(FOLDER / "results/language.json", {"texts": counts, "detectors": rows})
    for name, row in rows.items():
        print(name, row)


if __name__ == "__main__":
    main()
