"""Segments to passages: nothing lost silently, spans and families right, plays answer their cue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from builders import document, n_words, segment, source
from hypothesis import given
from hypothesis import strategies as st

from twainbot.corpus.shown import occurs_in_order
from twainbot.records import Passage, Segment
from twainbot.text.clean import Cleaned, clean_document
from twainbot.text.filters import CleanRules, Lexicons
from twainbot.text.normalize import words
from twainbot.text.phrases import parse_phrase
from twainbot.text.review import Decisions
from twainbot.text.safety import word_hash
from twainbot.text.topics import Topic

RULES = CleanRules(
    window_tokens=12,
    max_tokens=20,
    min_words={"book": 3, "page": 3, "play": 1, "post": 2, "joke": 2, "fact": 1},
    language="en",
    language_profiles=("en", "de"),
    language_min_words=10,
    language_seed=0,
    slurs=frozenset({word_hash("grobblewort")}),
    personal_data={"book": ("email", "phone", "account"), "post": ("email", "phone", "account")},
    book_family="chapter",
)
GERMAN = (
    "Wir hatten den ganzen Nachmittag vor uns und nichts darin als die Sonne und einen sehr langsamen Fluss."
)


def cleaned(segments: list[Segment], rules: CleanRules = RULES, **fields: Any) -> Cleaned:
    made = document(**fields)
    play = {"kind": "play", "characters": {"ALARIC": "hamlet"}} if made["source_id"] == "play" else {}
    origin = source(id=made["source_id"], persona=made["persona"], **play)
    return clean_document(made, segments, origin, n_words, rules)


def speech(speaker: str, text: str, ordinal: int, section: str = "ACT I SCENE I") -> Segment:
    return segment(text, ordinal, kind="play", source_id="play", section=section, speaker=speaker)


SENTENCE = st.integers(1, 25).map(lambda n: " ".join(["Rain", *["fell"] * (n - 1)]) + ".")
PARAGRAPH = st.lists(SENTENCE, max_size=6).map(" ".join)
BOOK = st.lists(
    st.tuples(
        st.sampled_from(["I", "II"]),
        PARAGRAPH | st.sampled_from(["Grobbleworts all.", GERMAN, "***", "Mail a@b.org today, please."]),
    ),
    max_size=12,
)


@given(BOOK)
def test_every_segment_is_in_a_passage_or_a_reject_and_no_word_is_lost(book: list[tuple[str, str]]) -> None:
    book = sorted(book, key=lambda part: part[0])
    segments = [segment(text, i, section=section) for i, (section, text) in enumerate(book)]
    rules = replace(RULES, personal_data={})
    result = cleaned(segments, rules)
    kept = {s for passage in result.passages for s in passage["segments"]}
    assert kept | {r["id"] for r in result.rejects} == {s["id"] for s in segments}
    found = {w for record in [*result.passages, *result.rejects] for w in words(record["text"])}
    assert found == {w for s in segments for w in words(s["text"])}
    assert all(p["n_tokens"] == n_words(p["text"]) <= RULES.max_tokens for p in result.passages)
    assert all(len(words(p["text"])) >= 3 for p in result.passages)


@given(st.lists(PARAGRAPH.filter(bool), min_size=1, max_size=6))
def test_passages_and_rejects_hold_exactly_the_words_of_a_book(paragraphs: list[str]) -> None:
    """Each word once: cutting and windowing neither repeat nor lose one."""
    rules = replace(RULES, window_tokens=40, max_tokens=10**6, min_words={"book": 1})
    numbered = iter(range(10**6))
    texts = [
        " ".join(f"w{next(numbered)}{'.' if w.endswith('.') else ''}" for w in p.split()) for p in paragraphs
    ]
    result = cleaned([segment(text, i) for i, text in enumerate(texts)], rules)
    assert result.rejects == []
    assert [w for p in result.passages for w in words(p["text"])] == [w for t in texts for w in words(t)]


def test_spans_cover_the_segments_of_the_window() -> None:
    segments = [segment("Five words are in here.", i) for i in range(2)]
    (passage,) = cleaned(segments).passages
    assert (passage["start"], passage["end"]) == (segments[0]["start"], segments[1]["end"])
    assert passage["segments"] == [s["id"] for s in segments]
    assert passage["text"] == "Five words are in here.\n\nFive words are in here."


def test_reasons() -> None:
    segments = [
        segment("You are grobbleworts, every one.", 0),
        segment(GERMAN, 1),
        segment("* * *", 2),
        segment("Too short.", 3, section="II"),
        segment("never " * 30, 4, section="III"),
    ]
    result = cleaned(segments)
    assert result.passages == []
    assert [(r["id"], r["reason"], r["detail"]) for r in result.rejects] == [
        (segments[0]["id"], "slur", "grobbleworts @ 8:20"),
        (segments[1]["id"], "language", f"de @ 0:{len(GERMAN)}"),
        (segments[2]["id"], "too_short", "no words"),
        (segments[3]["id"], "too_short", "2 words"),
        (segments[4]["id"], "too_long", "30 tokens"),
    ]
    assert [r["text"] for r in result.rejects] == [s["text"] for s in segments]


def test_a_foreign_paragraph_does_not_take_its_neighbours_with_it() -> None:
    segments = [segment("We went out at four.", 0), segment(GERMAN, 1), segment("Then it rained on us.", 2)]
    (passage,) = cleaned(segments).passages
    assert passage["segments"] == [segments[0]["id"], segments[2]["id"]]


def test_a_long_paragraph_is_cut_at_sentence_ends_and_keeps_its_line_breaks() -> None:
    first, second, third = (
        "One two three four\nfive six seven eight nine ten.",
        "A b c d e f g h i.",
        "J k l.",
    )
    (left, right) = cleaned([segment(f"{first}\n{second} {third}")]).passages
    assert left["text"] == first
    # The last three words would be a scrap (under a third of 12), so they stay with the piece before.
    assert right["text"] == f"{second} {third}"
    assert left["segments"] == right["segments"]
    assert left["id"] != right["id"]


def test_only_the_piece_that_is_too_long_is_dropped() -> None:
    endless = " ".join(["On", *["and"] * 24]) + "."
    short = "We went home to our dinner after all."
    result = cleaned([segment(f"{short} {endless} {short}")])
    assert [p["text"] for p in result.passages] == [short, short]
    assert [(r["reason"], r["text"]) for r in result.rejects] == [("too_long", endless)]


def test_masking_is_by_kind_and_counted() -> None:
    text = "Write to me at a.person@mail.example today."
    book = cleaned([segment(text)])
    assert (book.passages[0]["text"], book.masked) == ("Write to me at <EMAIL> today.", 1)
    play = cleaned([speech("ALARIC", text, 0)], source_id="play", kind="play")
    assert (play.passages[0]["text"], play.masked) == (text, 0)


def test_cleaning_its_own_output_changes_nothing() -> None:
    segments = [
        segment("“We  went—all of us—out\u00a0at four.”", 0),
        segment("Ask u/some_one, or call 555-010-4477.", 1),
    ]
    (once,) = cleaned(segments).passages
    (twice,) = cleaned([segment(once["text"])]).passages
    assert twice["text"] == once["text"]


def previous_texts(passages: list[Passage]) -> list[str | None]:
    by_id = {p["id"]: p["text"] for p in passages}
    return [by_id[p["previous"]] if p["previous"] else None for p in passages]


def test_a_speech_answers_the_one_before_it_in_its_scene() -> None:
    result = cleaned(
        [
            speech("ALARIC", "Who is there?", 0),
            speech("WATCH", "A friend.", 1),
            speech("ALARIC", "Pass.", 2, section="ACT I SCENE II"),
        ],
        source_id="play",
        persona="player",
    )
    assert previous_texts(result.passages) == [None, "Who is there?", None]
    assert [p["persona"] for p in result.passages] == ["hamlet", "player", "hamlet"]
    assert [p["family"] for p in result.passages] == ["play/ACT I SCENE I"] * 2 + ["play/ACT I SCENE II"]


def test_a_speech_whose_cue_was_dropped_answers_nothing() -> None:
    result = cleaned(
        [
            speech("ALARIC", "Who is there?", 0),
            speech("WATCH", "A grobblewort!", 1),
            speech("ALARIC", "Pass.", 2),
            speech("WATCH", "never " * 30, 3),
            speech("ALARIC", "Enough.", 4),
        ],
        source_id="play",
    )
    assert previous_texts(result.passages) == [None, None, None]


def test_nobody_answers_himself() -> None:
    result = cleaned([speech("ALARIC", "Soft.", 0), speech("ALARIC", "He comes.", 1)], source_id="play")
    assert previous_texts(result.passages) == [None, None]


def test_families() -> None:
    chapter = segment("It rained for a week.", 0)
    post = segment("Rain sues town.", 1, kind="post", section="news", created_utc="2019-07-04T10:00:00Z")
    undated = segment("Fog sues rain.", 2, kind="post", section="news")
    fact = segment("Rain is wet.", 3, kind="fact", section="Hannibal")
    segments = [chapter, post, undated, fact]
    families = [p["family"] for p in cleaned(segments, source_id="s").passages]
    assert families == ["s/CHAPTER I", "s/2019-07", "s/undated", "s/Hannibal"]
    assert cleaned([chapter], replace(RULES, book_family="book"), source_id="s").passages[0]["family"] == "s"


def test_what_was_noticed_is_flagged() -> None:
    lexicons = Lexicons.of(
        [parse_phrase("drat*", "profanity", ["book"]), parse_phrase("fie", "sexual", ["book"])],
        {"profanity": "tag", "sexual": "keep"},
        {"floods": Topic(action="flag", kinds=["book"], any=["high water"])},
    )
    rules = replace(RULES, lexicons=lexicons, slur_action="tag")
    texts = ["Dratted high water, fie on it!", "Mail a@b.org, you grobblewort.", "It rained for a week."]
    result = cleaned([segment(text, i, section=str(i)) for i, text in enumerate(texts)], rules)
    assert [p["flags"] for p in result.passages] == [
        ["profanity:dratted", "topic:floods"],
        ["pii:email", "slur"],
        [],
    ]
    (item,) = result.review
    assert (item["topic"], item["phrase"], item["passage_id"]) == (
        "floods",
        "high water",
        result.passages[0]["id"],
    )
    assert item["text"][item["start"] : item["end"]] == "high water"


def test_what_is_dropped_names_the_rule_and_the_span_in_its_text() -> None:
    lexicons = Lexicons.of(
        [parse_phrase("drat*", "profanity", ["book"])],
        {"profanity": "drop"},
        {"floods": Topic(action="drop", kinds=["book"], any=["high water"])},
    )
    rules = replace(RULES, lexicons=lexicons)
    texts = ["“Oh,  drats” said\u00a0he.", "We saw high\u00a0water there.", "He is a Grobblewort, I say."]
    result = cleaned([segment(text, i) for i, text in enumerate(texts)], rules)
    assert result.passages == []
    assert [(r["reason"], r["detail"]) for r in result.rejects] == [
        ("profanity", "drats @ 5:10"),
        ("topic", "floods: high water @ 7:17"),
        ("slur", "grobblewort @ 8:19"),
    ]
    for reject in result.rejects:
        words_at, span = reject["detail"].split(": ")[-1].split(" @ ")
        start, end = map(int, span.split(":"))
        assert reject["text"][start:end].lower() == words_at


def test_a_rejected_passage_is_dropped_wherever_it_stands_and_an_accepted_one_leaves_the_list() -> None:
    lexicons = Lexicons.of((), {}, {"floods": Topic(action="flag", kinds=["post"], any=["high water"])})
    rules = replace(RULES, lexicons=lexicons)
    texts = ["High water in town.", "High water in court.", "High  water in town."]
    posts = [segment(text, i, kind="post", section="news") for i, text in enumerate(texts)]
    first = cleaned(posts, rules, kind="post")
    assert len(first.review) == 3
    assert first.review[0]["id"] == first.review[2]["id"]
    decisions = Decisions(
        accepted=frozenset({first.review[1]["id"]}), rejected=frozenset({first.review[0]["id"]})
    )
    second = cleaned(posts, replace(rules, decisions=decisions), kind="post")
    assert [p["text"] for p in second.passages] == ["High water in court."]
    assert second.review == []
    assert second.passages[0] == first.passages[1]
    assert [(r["reason"], r["detail"]) for r in second.rejects] == [("review", first.review[0]["id"])] * 2


def test_toxic_texts_are_tagged_or_dropped() -> None:
    def scorer(texts: Sequence[str]) -> list[float]:
        return [0.95 if "pig" in text else 0.1 for text in texts]

    rules = replace(RULES, toxicity=scorer, toxicity_threshold=0.9, toxicity_action="tag")
    segments = [
        segment("You are a pig, sir.", 0, section="I"),
        segment("You are a saint, sir.", 1, section="II"),
    ]
    assert [p["flags"] for p in cleaned(segments, rules).passages] == [["toxicity"], []]
    result = cleaned(segments, replace(rules, toxicity_action="drop"))
    assert [(r["reason"], r["detail"]) for r in result.rejects] == [("toxicity", "0.95 @ 0:19")]


def test_overlap_repeats_whole_sentences_and_names_both_parents() -> None:
    texts = [
        "One two three. Four five six.",
        "Seven eight nine. Ten more of them.",
        "* * *",
        "The end of it all.",
    ]
    segments = [segment(text, i) for i, text in enumerate(texts)]
    plain = cleaned(segments, replace(RULES, window_tokens=9)).passages
    rules = replace(RULES, window_tokens=12, overlap_tokens=3)
    result = cleaned(segments, rules).passages
    assert [p["text"] for p in plain] == [texts[0], texts[1], texts[3]]
    assert [p["text"] for p in result] == [
        texts[0],
        f"Four five six.\n\n{texts[1]}",
        texts[3],
    ]
    assert [p["flags"] for p in result] == [[], ["overlap:14"], []]
    assert result[1]["segments"] == [segments[0]["id"], segments[1]["id"]]
    assert (result[1]["start"], result[1]["end"]) == (segments[0]["start"], segments[1]["end"])
    assert len({p["family"] for p in result}) == 1


def test_overlap_does_not_reach_into_another_section_or_over_a_dropped_piece() -> None:
    rules = replace(RULES, window_tokens=12, overlap_tokens=3)
    across = [
        segment("One two three. Four five six.", 0),
        segment("Seven eight nine. Ten more of them.", 1, section="CHAPTER II"),
    ]
    assert [p["flags"] for p in cleaned(across, rules).passages] == [[], []]
    gap = [
        segment("One two three. Four five six.", 0),
        segment("never " * 30, 1),
        segment("Seven eight nine. Ten more of them.", 2),
    ]
    assert [p["flags"] for p in cleaned(gap, rules).passages] == [[], []]


def test_overlap_within_a_paragraph_that_is_cut() -> None:
    rules = replace(RULES, window_tokens=12, overlap_tokens=4)
    left, right = cleaned([segment("A b c d. E f. G h i. J k l m.")], rules).passages
    assert left["text"] == "A b c d. E f."
    assert (right["text"], right["flags"]) == ("E f. G h i. J k l m.", ["overlap:4"])
    assert right["segments"] == left["segments"]


@given(st.lists(PARAGRAPH.filter(bool), min_size=1, max_size=6), st.integers(0, 6))
def test_with_overlap_each_passage_is_its_parents_words_in_order(paragraphs: list[str], size: int) -> None:
    numbered = iter(range(10**6))
    texts = [
        " ".join(f"w{next(numbered)}{'.' if w.endswith('.') else ''}" for w in p.split()) for p in paragraphs
    ]
    rules = replace(RULES, window_tokens=12, overlap_tokens=size, max_tokens=10**6, min_words={"book": 1})
    segments = [segment(text, i) for i, text in enumerate(texts)]
    by_id = {s["id"]: s["text"] for s in segments}
    seen: list[str] = []
    for passage in cleaned(segments, rules).passages:
        overlapped = [int(flag.split(":")[1]) for flag in passage["flags"] if flag.startswith("overlap:")]
        repeated = passage["text"][: sum(overlapped)]
        assert n_words(repeated) <= size
        assert not repeated or seen[-n_words(repeated) :] == words(repeated)
        seen += words(passage["text"][len(repeated) :])
        parents = words("\n\n".join(by_id[parent] for parent in passage["segments"]))
        assert occurs_in_order(words(passage["text"]), parents)
    assert seen == [word for text in texts for word in words(text)]


def test_held_out_documents_give_held_out_passages() -> None:
    assert cleaned([segment("It rained for a week.")], holdout=True).passages[0]["holdout"] is True


def test_a_joke_stays_in_one_piece_and_is_a_family_of_its_own() -> None:
    setup, punchline = (
        "Why did the fog stay at home?",
        "It could not see itself out, and it said so at the door.",
    )
    jokes = [segment(f"{setup}\n{punchline}", i, kind="joke", section="weather") for i in range(2)]
    passages = cleaned(jokes, replace(RULES, window_tokens=5, max_tokens=40)).passages
    assert [p["text"] for p in passages] == [f"{setup}\n{punchline}"] * 2
    assert [p["family"] for p in passages] == ["book/0", "book/1"]


def test_the_paragraphs_of_a_page_are_joined_as_those_of_a_book_and_pages_are_not() -> None:
    parts = [segment("It rained.", i, kind="page", section=page) for i, page in enumerate("aab")]
    passages = cleaned(parts, replace(RULES, min_words={"page": 1})).passages
    assert [(p["text"], p["family"]) for p in passages] == [
        ("It rained.\n\nIt rained.", "book/a"),
        ("It rained.", "book/b"),
    ]


def test_an_overlap_that_would_make_a_passage_too_long_is_left_out() -> None:
    rules = replace(RULES, window_tokens=16, overlap_tokens=6)
    segments = [segment("A b c d. E f g h.", 0), segment("K l m n o p q r s t.", 1)]
    # The second passage has 10 words, the repeated sentence 4.
    assert cleaned(segments, replace(rules, max_tokens=14)).passages[1]["flags"] == ["overlap:8"]
    assert cleaned(segments, replace(rules, max_tokens=13)).passages[1]["text"] == segments[1]["text"]
