"""Step `pack`: token streams that training reads.

Prose is one endless stream, cut anywhere into sequences. Conversations stay whole, as many as fit in a
sequence, with the assistant's tokens marked: a call whose schema has been cut off teaches to invent tools.
"""

from __future__ import annotations

from multiprocessing import Pool
from pathlib import Path
from typing import Any

import numpy as np
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from pretrain.common import BUILD, load_params
from twainbot.files import read_jsonl, write_json
from twainbot.modeling.chat_template import render

_tokenizer: PreTrainedTokenizerFast


def _start(folder: str) -> None:
    global _tokenizer
    _tokenizer = AutoTokenizer.from_pretrained(folder)


def _encode(row: dict[str, Any]) -> tuple[list[int], list[int]]:
    rendered = render(_tokenizer, row["messages"], row["tools"])
    return rendered.input_ids, rendered.assistant_mask


def encode_rows(
    rows: list[dict[str, Any]], tokenizer: Path, workers: int = 2
) -> list[tuple[list[int], list[int]]]:
    """(ids, assistant mask) of each conversation, in the order given."""
    with Pool(workers, initializer=_start, initargs=(str(tokenizer),)) as pool:
        return pool.map(_encode, rows, chunksize=200)


def encode_prose(
    books: list[dict[str, Any]], tokenizer: PreTrainedTokenizerFast, part_characters: int
) -> list[int]:
    """One stream: every book in parts of some paragraphs, each between BOS and end of text."""
    ids: list[int] = []
    end = tokenizer.convert_tokens_to_ids("<|end_of_text|>")
    parts: list[str] = []
    for book in books:
        part, length = [], 0
        for paragraph in book["paragraphs"]:
            part.append(paragraph)
            length += len(paragraph)
            if length > part_characters:
                parts.append("\n\n".join(part))
                part, length = [], 0
        if part:
            parts.append("\n\n".join(part))
    for encoded in tokenizer(parts, add_special_tokens=False)["input_ids"]:
        ids += [tokenizer.bos_token_id, *encoded, end]
    return ids


def fill_bins(lengths: list[int], size: int, open_bins: int = 64) -> list[list[int]]:
    """Indices of rows for each sequence of `size` tokens: first fit over a window of open sequences.

    Rows longer than `size` are left out.
    """
    done: list[list[int]] = []
    window: list[tuple[int, list[int]]] = []
    for index, length in enumerate(lengths):
        if length > size:
            continue
        for place, (used, members) in enumerate(window):
            if used + length <= size:
                members.append(index)
                window[place] = (used + length, members)
                break
        else:
            window.append((length, [index]))
            if len(window) > open_bins:
                fullest = max(range(len(window)), key=lambda i: window[i][0])
                done.append(window.pop(fullest)[1])
    return done + [members for _, members in window]


def tables(
    rows: list[tuple[list[int], list[int]]], bins: list[list[int]], size: int, pad: int
) -> tuple[np.ndarray, np.ndarray]:
    """Ids and marks of the rows in each bin, both (bins, ``size``), padded at the end."""
    ids_table = np.full((len(bins), size), pad, dtype=np.uint16)
    mask_table = np.zeros((len(bins), size), dtype=np.uint8)
    for line, members in enumerate(bins):
        ids = [i for m in members for i in rows[m][0]]
        mask = [i for m in members for i in rows[m][1]]
        ids_table[line, : len(ids)], mask_table[line, : len(mask)] = ids, mask
    return ids_table, mask_table


def main() -> None:
    params = load_params("train")
    folder = BUILD / "tokenizer"
    tokenizer = AutoTokenizer.from_pretrained(folder)
    out = BUILD / "packed"
    out.mkdir(parents=True, exist_ok=True)
    prose = encode_prose(read_jsonl(BUILD / "prose_books.jsonl"), tokenizer, params["prose_part_characters"])
    np.save(out / "prose.npy", np.array(prose, dtype=np.uint16))

    rows = encode_rows(read_jsonl(BUILD / "chat_train.jsonl"), folder)
    left_out, sequences = {}, {}
    for phase, size in (("main", params["sequence"] + 1), ("final", params["final_sequence"] + 1)):
        bins = fill_bins([len(ids) for ids, _ in rows], size)
        ids_table, mask_table = tables(rows, bins, size, tokenizer.pad_token_id)
        np.save(out / f"{phase}.npy", ids_table)
        np.save(out / f"{phase}_mask.npy", mask_table)
        left_out[phase] = sum(len(ids) > size for ids, _ in rows)
        sequences[phase] = len(bins)
    lengths = sorted(len(ids) for ids, _ in rows)
    write_json(
        out / "facts.json",
        {
            "prose_tokens": len(prose),
            "chat_rows": len(rows),
            "chat_tokens": sum(lengths),
            "chat_assistant_tokens": sum(sum(mask) for _, mask in rows),
            "chat_row_tokens_median": lengths[len(lengths) // 2],
            "chat_row_tokens_max": lengths[-1],
            "rows_too_long": left_out,
            "sequences": sequences,
        },
    )


if __name__ == "__main__":
    main()
