"""Which tokens end a text, stop generation and pad, for the tokenizer of any base.

The three rules hold for Llama 3 and Mistral v0.3, whose tokenizers are declared differently:

======== ================================ ==================================================
token    Llama 3.1 Instruct               Mistral 7B Instruct v0.3
======== ================================ ==================================================
turn     ``<|eot_id|>`` (eos)             ``</s>`` (eos)
text     ``<|end_of_text|>``              ``</s>``, for there is no other
stop     both of them and ``<|eom_id|>``  ``</s>``
pad      ``<|finetune_right_pad_id|>``    ``[control_768]``, the last of the unused ones
======== ================================ ==================================================
"""

from __future__ import annotations

from typing import Any

END_OF_TEXT = "<|end_of_text|>"
END_OF_MESSAGE = "<|eom_id|>"  # Llama 3.1 ends a call so when it expects to go on after the result
# In this order; <unk> never occurs in text where the vocabulary can spell any byte.
PADDING = ("<|finetune_right_pad_id|>", "[control_768]", "<unk>")


def token_id(tokenizer: Any, token: str) -> int | None:
    """The id of a token of the vocabulary, None if it has no such token (and not the id of ``<unk>``)."""
    found: int | None = tokenizer.convert_tokens_to_ids(token)
    return found if found is not None and tokenizer.convert_ids_to_tokens(found) == token else None


def end_of_text_id(tokenizer: Any) -> int:
    """The token after a whole text: ``<|end_of_text|>`` if the vocabulary has it, else the eos token."""
    found = token_id(tokenizer, END_OF_TEXT)
    return int(tokenizer.eos_token_id) if found is None else found


def stop_ids(tokenizer: Any) -> list[int]:
    """The tokens at which generation stops: the end of a turn, of a text and of a message; ascending."""
    found = {tokenizer.eos_token_id, end_of_text_id(tokenizer), token_id(tokenizer, END_OF_MESSAGE)}
    return sorted(int(number) for number in found if number is not None)


def padding_token(tokenizer: Any) -> str | None:
    """The pad token: the tokenizer's own unless that is its eos, else the first of :data:`PADDING` it has."""
    own: str | None = tokenizer.pad_token
    if own is not None and own != tokenizer.eos_token:
        return own
    return next((token for token in PADDING if token_id(tokenizer, token) is not None), None)
