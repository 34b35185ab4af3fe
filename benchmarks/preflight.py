"""The memory that `twainbot preflight` estimates against the memory that training takes, on CPU.

    python benchmarks/preflight.py                # all cases, some minutes; writes docs/training.md's table
    python benchmarks/preflight.py --case "7 M"   # one, printed and not written

A case is a random Llama of the given shape, trained by the pipeline's own trainer for two packs of two rows,
every token of them learned, with two validations. Each runs in processes of its own, forked when all
libraries are imported. Figures, in MB of 2^20 bytes:

- ``tensors``: the peak of all tensors together: those of the loaded model, and on top what torch's profiler
  records from there on (loading is left out: it frees in other threads, which are not recorded);
- ``estimate``: what preflight says of the same parts, the program apart;
- ``ratio``: estimate over tensors;
- ``program``: resident memory of the process before the base is loaded, with all libraries imported;
- ``resident``: what it grows by from there to its peak (VmHWM of /proc), with the pages of the base's file,
  which the system takes back when it needs them. The profiler itself takes memory, so this is of a second run
  without it.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import re
import tempfile
from collections.abc import Callable, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

from twainbot.files import write_json
from twainbot.machine import version
from twainbot.report.marks import with_block

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks/results/preflight.json"
DOCUMENT = ROOT / "docs/training.md"
MB = 2**20
STEPS = 2


def case(name: str, hidden: int, layers: int, tokens: int, **changes: Any) -> dict[str, Any]:
    """A run: width, depth, length of packs; ``changes`` of train.common, or of the shape: ``kv_heads``."""
    shape = {"hidden": hidden, "layers": layers, "kv_heads": changes.pop("kv_heads", hidden // 64)}
    return {"name": name, **shape, "tokens": tokens, **changes}


CASES = (
    case("1 M", 128, 4, 512),
    case("7 M", 256, 8, 512),
    case("7 M, eager attention", 256, 8, 1024, attention="eager"),
    case("7 M, checkpointed", 256, 8, 1024, activation_checkpointing=True),
    case("7 M, bfloat16", 256, 8, 512, dtype="bfloat16"),
    case("7 M, NF4", 256, 8, 512, dtype="bfloat16", quantization="nf4"),
    case("28 M, grouped heads", 512, 8, 512, kv_heads=2),
    case("100 M", 768, 12, 512),
)  # fmt: skip


def config_of(given: dict[str, Any]) -> dict[str, int]:
    """The shape as config.json writes it."""
    hidden = given["hidden"]
    return {
        "vocab_size": 4096,
        "hidden_size": hidden,
        "intermediate_size": 64 * round(hidden * 8 / 3 / 64),
        "num_hidden_layers": given["layers"],
        "num_attention_heads": hidden // 64,
        "num_key_value_heads": given["kv_heads"],
        "max_position_embeddings": 4096,
    }


def common_of(given: dict[str, Any]) -> Any:
    """The committed params, but for what a case is about."""
    from twainbot.params import load_params
    from twainbot.sections.models import TrainCommon

    settings = load_params(ROOT / "params.yaml").train.common.model_dump()
    settings |= {"max_length": given["tokens"], "pack_tokens": given["tokens"], "accumulate": 1, "evals": 2}
    settings |= {"quantization": "none", "dtype": "float32", "attention": "sdpa"}
    settings |= {"activation_checkpointing": False}
    settings |= {key: given[key] for key in settings if key in given}
    return TrainCommon.model_validate(settings)


def save_base(given: dict[str, Any], folder: Path) -> None:
    """A random model in the type that it is trained in."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    config = LlamaConfig(**config_of(given), bos_token_id=0, eos_token_id=4, pad_token_id=7)
    LlamaForCausalLM(config).to(getattr(torch, common_of(given).dtype)).save_pretrained(folder)


def train(given: dict[str, Any], base: Path, loaded: Callable[[Any], None]) -> None:
    """Train the case; ``loaded`` is called with the model when it is there."""
    import torch

    from twainbot.modeling import train as module
    from twainbot.modeling.base import load_tokenizer
    from twainbot.modeling.pack import Pack
    from twainbot.modeling.run import running
    from twainbot.sections.models import Alerts, TrainRun, TrainStage

    load = module.adapted_model

    def adapted_model(*arguments: Any) -> Any:
        model = load(*arguments)
        loaded(model)
        return model

    module.adapted_model = adapted_model  # type: ignore[assignment]
    length = given["tokens"]
    half = length // 2
    ids = torch.randint(8, 4096, (length,), generator=torch.Generator().manual_seed(0)).tolist()
    packs = [
        Pack(record_ids=["a", "b"], seq_lengths=[half, length - half], input_ids=ids, labels=ids)
        for _ in range(STEPS)
    ]
    with tempfile.TemporaryDirectory() as folder:
        limits = TrainRun(checkpoint_steps=0, max_restarts=1, spike_factor=1e9, spike_window=50)
        quiet = Alerts(command=[], webhook="")
        output, live = Path(folder) / "adapter", Path(folder) / "live.json"
        output.mkdir()
        with running("benchmark", "case", limits, quiet, live, Path(folder)) as attempt:
            module.train_adapter(
                base=base,
                tokenizer=load_tokenizer(ROOT / "models/base/embedded", "llama31"),
                previous=None,
                train_packs=packs,
                val_packs=packs[:1],
                common=common_of(given),
                stage=TrainStage(learning_rate=1e-3, epochs=1.0, max_tokens=10**9),
                seed=1,
                output=output,
                run=attempt,
            )


def tensors(given: dict[str, Any], base: Path) -> dict[str, float]:
    """The peak of all tensors in bytes."""
    import torch

    held: list[int] = []
    profile = torch.profiler.profile(
        activities=[torch.profiler.ProfilerActivity.CPU], profile_memory=True, acc_events=True
    )

    def loaded(model: Any) -> None:
        storages = [t.untyped_storage() for t in (*model.parameters(), *model.buffers())]
        held.append(sum({storage.data_ptr(): storage.nbytes() for storage in storages}.values()))
        profile.start()

    train(given, base, loaded)
    profile.stop()
    events = profile.profiler.kineto_results.events()  # type: ignore[union-attr]
    changes = sorted((event.start_ns(), event.nbytes()) for event in events if event.name() == "[memory]")
    return {"tensors": held[0] + max(accumulate(change for _, change in changes))}


def resident(given: dict[str, Any], base: Path) -> dict[str, float]:
    """What the process has before it trains and what it grows by, in bytes."""
    before = status("VmRSS")
    train(given, base, lambda model: None)
    return {"program": before, "resident": status("VmHWM") - before}


def status(field: str) -> int:
    """Bytes of a line of /proc/self/status, which unlike getrusage forgets what the parent had."""
    text = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(rf"(?m)^{field}:\s+(\d+) kB$", text)
    assert found
    return 1024 * int(found[1])


def measure(given: dict[str, Any], what: Sequence[Callable[..., dict[str, float]]]) -> dict[str, float]:
    """Run a case once for each of ``what``, each in a fork of this process."""
    context = multiprocessing.get_context("fork")
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder) / "base"
        for run in (save_base, *what):
            # A new pool each time: a process that has trained once keeps memory for the next.
            with context.Pool(1) as pool:
                found |= pool.apply(run, (given, base)) or {}
    return found


def estimated(given: dict[str, Any]) -> Any:
    """What preflight says of the case."""
    from twainbot.modeling.memory import estimate
    from twainbot.modeling.shape import shape_of, weights_of_shape

    shape, common = shape_of(config_of(given)), common_of(given)
    return estimate(
        shape,
        weights_of_shape(shape),
        common,
        attention=common.attention,
        tokens=given["tokens"],
        learned=given["tokens"],
    )


def row_of(given: dict[str, Any], found: dict[str, float]) -> dict[str, Any]:
    parts = estimated(given).parts
    whole = sum(parts.values())
    row = {
        **given,
        "parts": {name: round(value / MB, 1) for name, value in parts.items()},
        "estimate": round(whole / MB, 1),
        "tensors": round(found["tensors"] / MB, 1),
        "ratio": round(whole / found["tensors"], 3),
    }
    if "resident" in found:
        row |= {
            "program": round(found["program"] / MB, 1),
            "resident": round(found["resident"] / MB, 1),
        }
    return row


def table(results: dict[str, Any]) -> str:
    """The cases as docs/training.md shows them."""
    lines = ["| model | tokens a pack | estimate | tensors | estimate over tensors | resident |",
             "|---|---|---|---|---|---|"]  # fmt: skip
    lines += [
        f"| {row['name']} | {row['tokens']} | {row['estimate']:.0f} | {row['tensors']:.0f} | "
        f"{row['ratio']:.2f} | {row['resident']:.0f} |"
        for row in results["cases"]
    ]
    return "\n".join(lines) + "\n"


def with_table(document: str, results: dict[str, Any]) -> str:
    """The document with the block between its marks replaced by the table.

    Raises:
        InputError: the marks are not there.
    """
    return with_block(document, "preflight", table(results), DOCUMENT.name)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--case", metavar="NAME", choices=[case["name"] for case in CASES])
    parser.add_argument("--tensors", action="store_true", help="measure tensors alone")
    arguments = parser.parse_args()
    os.chdir(ROOT)
    import bitsandbytes  # noqa: F401
    from peft import get_peft_model  # noqa: F401
    from transformers import AutoModelForCausalLM, LlamaForCausalLM  # noqa: F401

    import twainbot.modeling.trainer  # noqa: F401

    rows = []
    for given in CASES:
        if arguments.case in (None, given["name"]):
            rows.append(
                row_of(given, measure(given, [tensors] if arguments.tensors else [tensors, resident]))
            )
            print(json.dumps(rows[-1]), flush=True)
    if arguments.case is None:
        packages = ("torch", "transformers", "trl", "peft", "bitsandbytes")
        results = {"versions": {name: version(name) for name in packages}, "cases": rows}
        write_json(RESULTS, results)
        document = with_table(DOCUMENT.read_text(encoding="utf-8"), results)
        DOCUMENT.write_text(document, encoding="utf-8")


if __name__ == "__main__":
    main()
