"""The memory that `twainbot preflight` estimates against the memory that training takes, on CPU.

    python benchmarks/preflight.py            # all cases, about two minutes on two cores

A case is a random Llama of the given shape, trained by the pipeline's own trainer on two packs with two
validations. It runs in a process of its own, twice: under torch's profiler, whose record of each allocation
gives ``tensors``, the peak of all tensors together, and without it for ``resident``, the growth of the
process's resident memory from before the base is loaded to its peak (VmHWM of /proc), which is what the
operating system must give. ``estimate`` is what preflight says of the same parts, the program itself apart.
``tokens_per_second`` is of the run without the profiler, the start of the trainer included, so it is a
lower bound.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks/results/preflight.json"
MB = 2**20
TARGETS = ("down_proj", "gate_proj", "k_proj", "o_proj", "q_proj", "up_proj", "v_proj")


def case(name: str, hidden: int, layers: int, tokens: int, **changes: Any) -> dict[str, Any]:
    """A run: width, depth, length of packs; ``changes`` of train.common, or of the shape: ``kv_heads``."""
    shape = {"hidden": hidden, "layers": layers, "kv_heads": changes.pop("kv_heads", hidden // 64)}
    return {"name": name, **shape, "tokens": tokens, **changes}


CASES = (
    case("1 M", 128, 4, 512),
    case("7 M", 256, 8, 512),
    case("7 M, longer packs", 256, 8, 1024),
    case("7 M, eager attention", 256, 8, 1024, attention="eager"),
    case("7 M, checkpointed", 256, 8, 1024, activation_checkpointing=True),
    case("7 M, bfloat16", 256, 8, 512, dtype="bfloat16"),
    case("7 M, NF4", 256, 8, 512, dtype="bfloat16", quantization="nf4"),
    case("28 M, grouped heads", 512, 8, 512, kv_heads=2),
    case("100 M", 768, 12, 512),
    case("100 M, checkpointed", 768, 12, 512, activation_checkpointing=True),
)  # fmt: skip


def shape_of(given: dict[str, Any]) -> dict[str, int]:
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
    from twainbot.sections.models import TrainCommon

    settings = read_params_common() | {"max_length": given["tokens"], "pack_tokens": given["tokens"]}
    settings |= {"accumulate": 1, "evals": 2, "quantization": "none", "dtype": "float32", "attention": "sdpa"}
    settings |= {key: given[key] for key in settings if key in given}
    return TrainCommon.model_validate(settings)


def read_params_common() -> dict[str, Any]:
    from twainbot.params import load_params

    common: dict[str, Any] = load_params(ROOT / "params.yaml").train.common.model_dump()
    return common


def save_base(given: dict[str, Any], folder: Path, dtype: str) -> None:
    """A random model in ``dtype``, as a released one is in the type that it is trained in."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    config = LlamaConfig(**shape_of(given), bos_token_id=0, eos_token_id=4, pad_token_id=7)
    LlamaForCausalLM(config).to(getattr(torch, dtype)).save_pretrained(folder)


def work(given: dict[str, Any], base: Path, profiled: bool) -> dict[str, float]:
    """Train the case in this process; bytes at the peak."""
    import torch
    import trl  # noqa: F401
    from peft import get_peft_model  # noqa: F401

    import twainbot.modeling.trainer  # noqa: F401
    from twainbot.modeling.base import load_tokenizer
    from twainbot.modeling.pack import Pack
    from twainbot.modeling.train import train_adapter
    from twainbot.sections.models import TrainStage

    os.chdir(ROOT)
    length, steps = given["tokens"], 2
    half = length // 2
    ids = torch.randint(8, 4096, (length,), generator=torch.Generator().manual_seed(0)).tolist()
    packs = [
        Pack(record_ids=["a", "b"], seq_lengths=[half, length - half], input_ids=ids, labels=ids)
        for _ in range(steps)
    ]

    def train() -> None:
        with tempfile.TemporaryDirectory() as output:
            train_adapter(
                base=base,
                tokenizer=load_tokenizer(ROOT / "models/base/embedded", "llama31"),
                previous=None,
                train_packs=packs,
                val_packs=packs[:1],
                common=common_of(given),
                stage=TrainStage(learning_rate=1e-3, epochs=1.0, max_tokens=10**9),
                seed=1,
                output=Path(output),
            )

    if profiled:
        with torch.profiler.profile(
            activities=[torch.profiler.ProfilerActivity.CPU], profile_memory=True
        ) as profile:
            train()
        results = profile.profiler.kineto_results  # type: ignore[union-attr]
        changes = sorted((e.start_ns(), e.nbytes()) for e in results.events() if e.name() == "[memory]")
        total = peak = 0
        for _, change in changes:
            total += change
            peak = max(peak, total)
        return {"tensors": peak}
    before, begin = status("VmRSS"), time.perf_counter()
    train()
    seconds = time.perf_counter() - begin
    return {"resident": status("VmHWM") - before, "tokens_per_second": steps * length / seconds}


def status(field: str) -> int:
    """Bytes of a line of /proc/self/status, which unlike getrusage forgets what the parent had."""
    text = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(rf"(?m)^{field}:\s+(\d+) kB$", text)
    assert found
    return 1024 * int(found[1])


def measure(given: dict[str, Any], *, resident: bool = True) -> dict[str, float]:
    """Run a case in processes of its own; bytes, and tokens a second."""
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        save_base(given, Path(folder) / "base", given.get("dtype", "float32"))
        for how in ("profiled", "resident") if resident else ("profiled",):
            done = subprocess.run(
                [sys.executable, __file__, "--work", json.dumps(given), folder, how],
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            if done.returncode:
                sys.exit(f"{given['name']}: {done.stderr[-2000:]}")
            found |= json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--work", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.work:
        given, folder, how = arguments.work
        print(json.dumps(work(json.loads(given), Path(folder) / "base", how == "profiled")))
        return


if __name__ == "__main__":
    main()
