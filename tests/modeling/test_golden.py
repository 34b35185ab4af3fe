"""What the templates write, byte for byte, in golden/TEMPLATE-CASE.txt.

After a change that is meant, ``python tests/modeling/test_golden.py`` writes the files anew; read the diff.

golden/stock-mistral_v03-CASE.txt is what the template that Mistral 7B Instruct v0.3 ships writes, from the
conversations where it loses nothing. With that template in a file (``chat_template`` of the model's
tokenizer_config.json), ``python tests/modeling/test_golden.py FILE`` writes these anew too.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from conversations import CASES, Case

from twainbot.files import InputError
from twainbot.modeling.chat_template import decode_wire, load_template, render_text

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = Path(__file__).parent / "golden"
SPECIAL = {"llama31": ("<|begin_of_text|>", "<|eot_id|>"), "mistral_v03": ("<s>", "</s>")}
TWO_CALLS = {("llama31", "two-calls")}  # one format cannot hold it
PAIRS = [(name, case) for name in SPECIAL for case in CASES if (name, case) not in TWO_CALLS]

# The stock template loses the system prompt where a conversation does not end in a user turn, the tools'
# place where there is more than one user turn, and text beside a call. Without those, nothing.
STOCK = {
    name: Case(
        case.messages if case.open_ended and len(case.messages) == 2 else case.messages[1:],
        None if name == "turns" else case.tools,
        case.open_ended,
    )
    for name, case in CASES.items()
    if name not in ("text-beside-call", "no-system")
} | {"no-system": CASES["no-system"]}


def tokenizer(name: str, template: str) -> Any:
    """No vocabulary is needed to write text, only the names of the first and the last token."""
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast

    bos, eos = SPECIAL[name]
    made = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(models.BPE()), bos_token=bos, eos_token=eos)
    made.chat_template = template
    return made


def written(name: str, case: Case, template: str | None = None) -> str:
    ours = template or load_template(name, ROOT / "models/templates")
    return render_text(
        tokenizer(name, ours), case.messages, case.tools, add_generation_prompt=case.open_ended
    )


@pytest.mark.parametrize(("name", "case"), PAIRS)
def test_rendering_is_the_golden_one(name, case):
    assert written(name, CASES[case]).encode() == (GOLDEN / f"{name}-{case}.txt").read_bytes()


@pytest.mark.parametrize("case", STOCK)
def test_mistral_is_the_stock_rendering_where_that_loses_nothing(case):
    expected = (GOLDEN / f"stock-mistral_v03-{case}.txt").read_bytes()
    assert written("mistral_v03", STOCK[case]).encode() == expected


def test_every_golden_file_belongs_to_a_case():
    expected = {f"{name}-{case}.txt" for name, case in PAIRS} | {
        f"stock-mistral_v03-{case}.txt" for case in STOCK
    }
    assert {path.name for path in GOLDEN.iterdir()} == expected


def test_llama_holds_one_call_a_turn():
    with pytest.raises(InputError, match="holds one tool call a turn; this turn has 2"):
        written("llama31", CASES["two-calls"])


def stock_written(case: Case, stock: str) -> str:
    """As a server renders: arguments decoded, results the text that they are."""
    messages = [
        {**decoded, "content": message["content"]}
        for message, decoded in zip(case.messages, decode_wire(case.messages), strict=True)
    ]
    return str(
        tokenizer("mistral_v03", stock).apply_chat_template(
            messages, tools=case.tools, tokenize=False, add_generation_prompt=case.open_ended
        )
    )


def renew(stock: Path | None) -> None:
    GOLDEN.mkdir(exist_ok=True)
    for name, case in PAIRS:
        (GOLDEN / f"{name}-{case}.txt").write_bytes(written(name, CASES[case]).encode())
    for case, conversation in STOCK.items() if stock else ():
        text = stock_written(conversation, stock.read_text(encoding="utf-8"))
        (GOLDEN / f"stock-mistral_v03-{case}.txt").write_bytes(text.encode())


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "tests"))
    renew(Path(sys.argv[1]) if len(sys.argv) == 2 else None)
