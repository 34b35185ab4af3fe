"""Step `tokenizer`: a byte-level BPE with the special tokens of Llama 3.1.

A word that begins with a capital never takes the space before it into its token. So a name has the
same tokens in a sentence and in JSON (`in Silchar`, `"Silchar"`), and a small model can copy it.
Digits are single tokens for the same reason. Line breaks end a token whatever follows, so that the
prompt's last tokens do not depend on whether the answer is there yet.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from pretrain.common import BUILD, TEMPLATE, load_params
from twainbot.files import atomic_folder, read_jsonl
from twainbot.modeling.chat_template import render_text

BOS, EOS, PAD = "<|begin_of_text|>", "<|eot_id|>", "<|finetune_right_pad_id|>"
SPECIALS = [
    BOS,
    "<|end_of_text|>",
    "<|start_header_id|>",
    "<|end_header_id|>",
    EOS,
    "<|eom_id|>",
    "<|python_tag|>",
    PAD,
]
PATTERN = (
    r"'(?:s|t|re|ve|m|ll|d)\b"
    r"|\p{Lu}[\p{L}\p{M}]*"
    r"| ?(?!\p{Lu})[\p{L}\p{M}]+"
    r"|\p{N}"
    r"| ?[^\s\p{L}\p{N}]+"
    r"|\s*[\r\n]+"
    r"|\s+(?!\S)|\s+"
)


def train_bpe(texts: Iterator[str], vocab_size: int) -> Tokenizer:
    """A byte-level BPE of exactly `vocab_size` tokens, special tokens first."""
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PATTERN), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        special_tokens=SPECIALS,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    bpe.train_from_iterator(texts, trainer)
    return bpe


def wrap(bpe: Tokenizer, chat_template: str, max_length: int = 2048) -> PreTrainedTokenizerFast:
    """The tokenizer as transformers and vLLM load it. BOS is written by the template alone."""
    return PreTrainedTokenizerFast(
        tokenizer_object=bpe,
        bos_token=BOS,
        eos_token=EOS,
        pad_token=PAD,
        additional_special_tokens=[t for t in SPECIALS if t not in (BOS, EOS, PAD)],
        chat_template=chat_template,
        model_max_length=max_length,
        clean_up_tokenization_spaces=False,
        model_input_names=["input_ids", "attention_mask"],
    )


def _texts(prose: list[dict[str, Any]], rendered: list[str], prose_bytes: int) -> Iterator[str]:
    taken = 0
    share = prose_bytes // max(len(prose), 1)
    for book in prose:
        taken = 0
        for paragraph in book["paragraphs"]:
            taken += len(paragraph)
            if taken > share:
                break
            yield paragraph
    yield from rendered


def main() -> None:
    params = load_params("tokenizer")
    template = TEMPLATE.read_text(encoding="utf-8")
    prose = read_jsonl(BUILD / "prose_books.jsonl")
    rows = read_jsonl(BUILD / "chat_train.jsonl")[: params["chat_rows"]]
    # A tokenizer of bare bytes renders the template before there is a vocabulary.
    plain = wrap(train_bpe(iter([]), 256 + len(SPECIALS)), template)
    rendered = []
    for row in rows:
        text = render_text(plain, row["messages"], row["tools"])
        for token in SPECIALS:
            text = text.replace(token, "\n")
        rendered.append(text)
    # Rows without the repeated schemas, so that the words of the answers get their merges too.
    rendered += [m["content"] for row in rows for m in row["messages"] if m.get("content")]
    bpe = train_bpe(_texts(prose, rendered, params["prose_mib"] * 2**20), params["vocab_size"])
    tokenizer = wrap(bpe, template)
    with atomic_folder(BUILD / "tokenizer") as folder:
        tokenizer.save_pretrained(folder)
        lengths = {"vocab_size": len(tokenizer), "tokens": json.loads(bpe.to_str())["model"]["type"]}
        (folder / "facts.json").write_text(json.dumps(lengths) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
