"""A persona is data: a book, its entry in sources.yaml and a card in personas.yaml give rows of it."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest
from workspace import ROOT, make_workspace, run_stages

from twainbot.files import InputError, read_jsonl

pytestmark = pytest.mark.slow

PERSONA = "quillfeather"
CARD = """
quillfeather:
  name: Lavinia Quillfeather
  description: A keeper of salons, invented for a test.
  tags: [persona:quillfeather, era:nineteenth, form:talk]
  system_prompt: >-
    You are Lavinia Quillfeather: polished, idle, fond of turning a saying inside out. Answer briefly and
    never admit to having hurried.
  voice: polished paradox
  tones: [wry, polished]
  sources: One book of table talk, written for a test.
"""
SOURCE = """
  - id: quillfeather_talk
    corpus: sample
    kind: gutenberg
    persona: quillfeather
    title: Talk at a Small Table
    author: Lavinia Quillfeather
    licence: CC0-1.0
    path: books/quillfeather_talk.txt
"""
CHAPTERS = (
    """\
My aunt kept a barometer for the sake of contradicting it. When the needle promised sunshine she carried
an umbrella to the opera, and when it promised a gale she went out in muslin and caught nothing worse than
admiration. She used to say that an instrument is like a husband: one consults it daily, one thanks it
warmly, and one dresses as one had intended.

I have never been punctual, because punctuality robs one's friends of the only pleasure they can afford,
which is to discuss the absent. A guest who arrives at eight finds a hostess in curl papers. A guest who
arrives at nine finds soup, candles, and his own character upon the sideboard, carved rather thin and
handed round with mustard.

The curate told me that he rose with the lark in order to improve his mind. I asked what the lark thought
of it. He has since kept later hours, and his sermons are much the better for being written by a man who
has slept. Virtue before breakfast is merely hunger in a clean collar.

There was a painter at our end of the square who could paint nothing but fog. He sold forty canvases to
people who owned a view and were tired of it. When at last he saw the sea on a bright morning he wept,
declared that it wanted finish, and went indoors until November.
""",
    """\
Society forgives a woman everything except a second helping. I learned this at a luncheon given for an
explorer, who spoke for two hours of starvation while the pudding waited. The rest of the company listened
with moist eyes. I ate. He told me afterwards that mine was the only attention he had been able to believe
in.

A secret is a thing that one tells to a single person at a time. My cousin Horace kept one for an entire
winter and was so dull in consequence that we begged him to be indiscreet. He obliged us at Easter. It was
about a canary, and nobody has trusted him with our boredom since.

I was once advised to be natural. It took me a season and three dressmakers, and at the end of it my own
mother cut me dead in the park. Nature is very well for hedges. A drawing room should be approached with
more preparation and rather fewer insects.

Our colonel has told the story of the tiger so often that the tiger has begun to win. In the first year it
was shot at sixty paces. By the time of the jubilee it had eaten a bearer, two umbrellas and part of the
regiment's silver, and the colonel himself escaped only through superior conversation.
""",
    """\
They say that money cannot buy happiness, but it can hire a very good likeness and keep it on for the
summer. My banker, who has made a study of the matter, assures me that sorrow is cheaper by the gross. He
looks well on it. I have noticed that people who despise wealth are always obliged to do so on foot.

When the river froze, the whole parish went skating, and the bishop fell in with such dignity that nobody
liked to mention it. He was drawn out by the verger. At dinner he remarked that the water had been most
attentive, and that he wished the same could be said of the choir.

I do not object to advice, provided it is given to somebody else in my hearing. A niece of mine asked
whether she should marry for love or for property. I told her to look carefully at the property, since it
would be there in the evenings. She married a poet with a mill, which I call reading both sides of the
page.

The doctor ordered me to the mountains, where there is nothing to do but look up. I looked up for a week.
On the eighth day a cloud came down and sat upon the hotel, and for the first time the visitors were
introduced. By the time it lifted there were two engagements and a lawsuit.
""",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample with one book more, up to the split."""
    folder = make_workspace(
        tmp_path_factory.mktemp("newcomer"),
        without=("data/sample", "data/sources.yaml", "data/personas.yaml"),
    )
    shutil.copytree(ROOT / "data/sample", folder / "data/sample")
    chapters = [
        f"CHAPTER {number}.\n\n\n{text}" for number, text in zip(("I", "II", "III"), CHAPTERS, strict=True)
    ]
    (folder / "data/sample/books/quillfeather_talk.txt").write_text("\n\n\n".join(chapters), encoding="utf-8")
    for name, more in (("personas", CARD), ("sources", SOURCE)):
        text = (ROOT / f"data/{name}.yaml").read_text(encoding="utf-8")
        (folder / f"data/{name}.yaml").write_text(f"{text.rstrip()}\n{more}", encoding="utf-8")
    run_stages(folder, "fetch", "parse", "clean", "dedupe", "tag", "toolcalls", "instruct", "split")
    return folder


def test_its_book_gives_rows_and_nothing_else_does(folder: Path) -> None:
    rows = [r for r in read_jsonl(folder / "data/instruct/examples.jsonl") if r["tags"]["persona"] == PERSONA]
    assert len(rows) >= 10
    assert all(row["messages"][0]["content"].find("You are Lavinia Quillfeather") >= 0 for row in rows)
    # It has no refusals of its own, and speaks of no tools: both are lists that somebody must write.
    assert all(row["parents"] for row in rows)
    tools = read_jsonl(folder / "data/toolcalls/episodes.jsonl")
    assert PERSONA not in {row["tags"]["persona"] for row in tools}


def test_it_is_trained_on(folder: Path) -> None:
    found = Counter(
        split
        for split in ("train", "val", "test")
        for row in read_jsonl(folder / f"data/split/style/{split}.jsonl")
        if row["tags"]["persona"] == PERSONA
    )
    assert found["train"] > 0


def test_the_gates_pass_or_say_what_it_lacks(folder: Path) -> None:
    try:
        run_stages(folder, "gate")
    except InputError as error:
        # One small book: too few rows is all that may be wrong, and the message says where and what to do.
        lines = str(error).splitlines()
        assert lines[0] == "1 gates are broken, so nothing is trained:"
        assert lines[1].startswith("  counts: ")
        assert f"persona {PERSONA}: " in lines[2]
        assert lines[2].endswith(
            "(gate.min_rows_persona); give it more text in data/sources.yaml, or ask for fewer"
        )
    found = {row["id"] for row in read_jsonl(folder / "data/gate/offenders.jsonl") if row["gate"] == "counts"}
    assert found <= {f"persona {PERSONA}"}
