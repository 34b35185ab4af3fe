"""What rows say: claims that nothing bears out, slurs and personal data, answers cut or too long."""

from __future__ import annotations

import re

from twainbot.dataset.gates.material import Material, Row, scenario, trained_text
from twainbot.dataset.gates.result import GateResult, Offender, rows_within, share
from twainbot.sections.rows import Gate
from twainbot.text.normalize import word_spans
from twainbot.text.safety import mask_personal_data, slur_span

# Where no kind of text is known (plain text of books, generated rows).
_PERSONAL_DATA = ("email", "phone")
_END = re.compile(r"(?:[.!?…]|—|--)[\"')\]”’_*]*$")


def grounded(material: Material, budgets: Gate) -> GateResult:
    """Conversations in which the assistant states weather that no tool result bears out.

    Rejected continuations are left out: some of them are ungrounded on purpose.
    """
    bad = [
        Offender(c.row["id"], c.where, blame.why, blame.near)
        for c in material.conversations()
        if c.side != "rejected" and any(m.get("role") == "tool" for m in c.messages)
        for blame in material.unsupported(c.messages, scenario(c.row) if "template_id" in c.row else "")[:1]
    ]
    return rows_within("grounded", "conversations with a claim that no tool result bears out", bad, 0)


def _texts(material: Material) -> list[tuple[Row, str, str, str]]:
    """(row, where, kind of text, text) of all that a model is shown."""
    texts = [(row, where, "", str(row["text"])) for where, row in material.rows("dapt")]
    for c in material.conversations():
        kind = str(c.row["tags"]["source"]) if "tags" in c.row else ""
        texts.append((c.row, c.where, kind, trained_text(c.messages)))
    return texts


def safety(material: Material, budgets: Gate) -> GateResult:
    """Rows with a listed slur, or with personal data of a type that cleaning masks in their kind of text."""
    rules = material.safety
    bad: list[Offender] = []
    for row, where, kind, text in _texts(material):
        if span := slur_span(word_spans(text), rules.slurs):
            bad.append(Offender(row["id"], where, "a listed slur", text[slice(*span)]))
            continue
        types = rules.personal_data.get(kind, _PERSONAL_DATA)
        if types and (found := mask_personal_data(text, types, rules.phone_regions.get(kind, ()))[1]):
            bad.append(Offender(row["id"], where, "personal data", found[0]))
    return rows_within("safety", "rows with a slur or personal data", bad, 0)


def sexual_share(material: Material, budgets: Gate) -> GateResult:
    """Share of the rows with a word of the lexicon of sexual content; a headline may hold one."""
    texts = _texts(material)
    bad = [
        Offender(row["id"], where, f"sexual content: {found[0].phrase}", text[found[0].start : found[0].end])
        for row, where, kind, text in texts
        if (found := material.safety.sexual.find(text, kind or "book"))
    ]
    return GateResult(
        "sexual", "share of the rows with a word of sexual content", share(len(bad), len(texts)), "at most",
        budgets.max_sexual_share, tuple(bad),
    )  # fmt: skip


def _is_verse(text: str) -> bool:
    return "\n" in text.rsplit("\n\n", 1)[-1]


def cut_answers(material: Material, budgets: Gate) -> GateResult:
    """Share of the style answers that end in mid-sentence: neither at an end of one nor at a dash.

    Not asked of verse (an answer whose last paragraph has several lines), and of the personas that speak in
    headlines, which have no full stop, or on a stage, where the next speaker breaks in.
    """
    whole, bad = 0, list[Offender]()
    for where, row in material.rows("style"):
        answer = str(row["messages"][-1]["content"]).rstrip()
        if row["tags"]["persona"] in material.unfinished_personas or _is_verse(answer):
            continue
        whole += 1
        if not _END.search(answer):
            bad.append(Offender(row["id"], where, "the answer ends in mid-sentence", answer[-30:]))
    return GateResult(
        "cut_answers", "share of the style answers in prose cut in mid-sentence", share(len(bad), whole),
        "at most", budgets.max_cut_share, tuple(bad),
    )  # fmt: skip


def answer_length(material: Material, budgets: Gate) -> GateResult:
    """Rows with an answer of more tokens than ``instruct.max_answer_tokens``, rejected ones apart."""
    limit = material.max_answer_tokens
    answers = [
        (c, str(m["content"]))
        for c in material.conversations()
        for m in c.messages
        if c.side != "rejected" and m["role"] == "assistant" and m.get("content")
    ]
    bad: dict[str, Offender] = {}
    for number, tokens in material.long_texts([text for _, text in answers], limit).items():
        c, text = answers[number]
        why = f"an answer of {tokens} tokens, more than {limit}"
        bad[c.row["id"]] = Offender(c.row["id"], c.where, why, text[:30])
    return rows_within(
        "answer_length", "rows with an answer above instruct.max_answer_tokens", [*bad.values()], 0
    )


def dropped(material: Material, budgets: Gate) -> GateResult:
    """The largest share of a mix that training would drop: longer than ``train.common.max_length`` tokens."""
    limit = material.max_length
    plain = list(material.rows("dapt", splits=("train",)))
    chat = [c for c in material.conversations() if c.where.endswith("/train")]
    ends = 2  # BOS and EOS of a plain text
    long_plain = material.long_texts([str(row["text"]) for _, row in plain], limit - ends)
    long_chat = material.long_conversations([(c.messages, c.row["tools"]) for c in chat], limit)
    found = [(plain[n][1]["id"], plain[n][0], tokens + ends) for n, tokens in long_plain.items()]
    found += [(chat[n].row["id"], chat[n].where, tokens) for n, tokens in long_chat.items()]
    long = [Offender(row, where, f"{tokens} tokens, more than {limit}") for row, where, tokens in found]
    too_long = {offender.id for offender in long}
    value = 0.0
    for mix in material.mixes:
        rows = material.mixes[mix]["train"]
        value = max(value, share(sum(row["id"] in too_long for row in rows), len(rows)))
    return GateResult(
        "dropped", "largest share of a mix's training rows above train.common.max_length", value, "at most",
        budgets.max_dropped_share, tuple(dict.fromkeys(long)),
    )  # fmt: skip
