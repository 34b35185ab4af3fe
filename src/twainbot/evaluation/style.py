"""Whose voice is this? A classifier that cannot see what a text is about.

Method: text distortion (Stamatatos 2017, "Authorship attribution using text distortion"): function
words and punctuation stay, every other word becomes ``*``. A classifier on whole words would score
steamboats rather than sentences, and reach higher numbers on a random split by recognising the book.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from twainbot.files import InputError
from twainbot.text.normalize import normalize

# The most frequent words of English that carry grammar rather than subject, after Stamatatos.
FUNCTION_WORDS = frozenset(
    """a about above after again against ago all almost along already also although always am among an and
    another any anybody anyone anything are around as at away back be because been before being below
    between both but by can cannot could did do does doing done down each either else enough even ever
    every everybody everyone everything few for from further had has have having he her here hers herself
    him himself his how however i if in indeed into is it its itself just least less many may me might
    mine more most much must my myself neither never no nobody none nor not nothing now of off often on
    once one only or other others ought our ours ourselves out over own per perhaps quite rather same
    shall she should since so some somebody someone something sometimes somewhat soon still such than that
    the their theirs them themselves then there therefore these they this those though through thus till
    to together too toward towards two under until up upon us very was we well were what whatever when
    whenever where whether which while who whole whom whose why will with within without would yes yet you
    your yours yourself""".split()  # noqa: SIM905
)
_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+|[^\w\s]|\s+")


def distort(text: str) -> str:
    """Function words and punctuation kept, other words ``*``, numbers ``#``; typography uniform."""

    def mask(token: str) -> str:
        if token.isspace():
            return " "
        if token[0].isdigit():
            return "#"
        if not token[0].isalpha():
            return token
        return token.lower() if token.lower() in FUNCTION_WORDS else "*"

    return "".join(mask(token) for token in _TOKEN.findall(normalize(text.replace("_", ""))))


@dataclass(frozen=True)
class StyleText:
    """A labelled text: ``label`` is true for the persona, ``group`` is the book it is from."""

    text: str
    label: bool
    group: str


@dataclass(frozen=True)
class Validation:
    """Balanced accuracy and AUC over folds. ``random`` leaks: its folds share books with training."""

    held_out: float
    random: float
    auc: float
    brier: float
    folds: int
    texts: int
    books: int


def _pipeline(char_ngrams: tuple[int, int], regularisation: float, seed: int) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    return make_pipeline(
        TfidfVectorizer(
            analyzer="char", ngram_range=char_ngrams, preprocessor=distort, sublinear_tf=True, min_df=2
        ),
        LogisticRegression(C=regularisation, class_weight="balanced", max_iter=2000, random_state=seed),
    )


def fit(texts: Sequence[StyleText], char_ngrams: tuple[int, int], regularisation: float, seed: int) -> Any:
    """A fitted classifier with ``predict_proba(list of texts)[:, 1]`` = P(persona)."""
    return _pipeline(char_ngrams, regularisation, seed).fit([t.text for t in texts], [t.label for t in texts])


def validate(
    texts: Sequence[StyleText], char_ngrams: tuple[int, int], regularisation: float, folds: int, seed: int
) -> Validation:
    """Cross-validation with whole books held out, and beside it the random split that flatters.

    Formula: balanced accuracy = (recall of the persona + recall of the others) / 2, at P > 0.5.
    With b books on the smaller side there are at most b folds.

    Raises:
        InputError: a side has fewer than two books, so none can be held out.
    """
    import numpy as np
    from sklearn.metrics import balanced_accuracy_score, brier_score_loss, roc_auc_score
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold, cross_val_predict

    labels = np.array([t.label for t in texts])
    groups = [t.group for t in texts]
    smaller = min(len({t.group for t in texts if t.label is side}) for side in (True, False))
    if smaller < 2:
        raise InputError(
            "the style classifier needs two books of the persona and two of others, to hold one out; "
            f"here one side has {smaller}. Add a book to data/sources.yaml."
        )
    count = max(2, min(folds, smaller))
    scores = {}
    for name, splitter, books in (
        ("held_out", StratifiedGroupKFold(count, shuffle=True, random_state=seed), groups),
        ("random", StratifiedKFold(count, shuffle=True, random_state=seed), None),
    ):
        scores[name] = cross_val_predict(
            _pipeline(char_ngrams, regularisation, seed),
            [t.text for t in texts],
            labels,
            groups=books,
            cv=splitter,
            method="predict_proba",
        )[:, 1]
    return Validation(
        held_out=float(balanced_accuracy_score(labels, scores["held_out"] > 0.5)),
        random=float(balanced_accuracy_score(labels, scores["random"] > 0.5)),
        auc=float(roc_auc_score(labels, scores["held_out"])),
        brier=float(brier_score_loss(labels, scores["held_out"])),
        folds=count,
        texts=len(texts),
        books=len(set(groups)),
    )


def style_windows(passages: Sequence[Any], persona: str, window_words: int) -> list[StyleText]:
    """Texts of ``window_words`` words from books: those of the persona against every other shelf.

    The other personas' books are among the others on purpose: told only from impersonal prose, anybody
    who says "I" is Twain.

    The passages of a book are read as one text, for a voice does not show in a dozen words; what is left
    at its end, less than a window, is not used.
    """
    result: list[StyleText] = []
    held: dict[str, list[str]] = {}
    for passage in passages:
        if passage["kind"] != "book":
            continue
        parts = held.setdefault(passage["source_id"], [])
        parts.extend(passage["text"].split())
        while len(parts) >= window_words:
            text = " ".join(parts[:window_words])
            result.append(StyleText(text, passage["persona"] == persona, passage["source_id"]))
            del parts[:window_words]
    return result


# A reply of fewer words shows no voice. Without this the classifier's answer for an empty text would be
# its prior, and a model that says nothing might score as a fair Twain.
MIN_WORDS = 5


def voice(replies: Sequence[str], classifier: Any, window_words: int) -> list[float]:
    """P(persona) of the first ``window_words`` words of each reply; 0 for one below ``MIN_WORDS`` words."""
    probabilities = classifier.predict_proba([first_words(reply, window_words) for reply in replies])[:, 1]
    return [
        float(p) if len(reply.split()) >= MIN_WORDS else 0.0
        for p, reply in zip(probabilities, replies, strict=True)
    ]


def first_words(text: str, count: int) -> str:
    """At most ``count`` words: replies of different lengths are compared on the same length."""
    return " ".join(text.split()[:count])
