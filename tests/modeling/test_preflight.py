"""The checks before training, each with a set-up that fails it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from trainsettings import common, lora

from twainbot.files import InputError
from twainbot.machine import GIB, Device
from twainbot.modeling import preflight
from twainbot.modeling.base import load_tokenizer
from twainbot.modeling.basefolder import check_base
from twainbot.modeling.check import failed, passed
from twainbot.modeling.preflight import (
    Sized,
    check_disk,
    check_lengths,
    check_machine,
    check_memory,
    check_served,
    check_settings,
    check_targets,
    check_template,
    disk_bytes,
    require,
    sized,
)
from twainbot.sections.models import Base, Preflight

LLAMA = "meta-llama/Llama-3.1-8B-Instruct"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
CPU = Device("cpu", "CPU", 8 * GIB)
H100 = Device("cuda", "H100", 79 * GIB)
MAC = Device("mps", "Apple silicon", 24 * GIB)
QLORA = {"quantization": "nf4", "dtype": "bfloat16", "max_length": 2048, "pack_tokens": 4096}


def base(path: Path | str = "nowhere", repository: str = "", revision: str = "") -> Base:
    return Base(path=str(path), repository=repository, revision=revision, chat_template="llama31")


def settings(**changes) -> Preflight:
    values = {
        "tokens_per_second": 0.0,
        "price_per_hour": 0.0,
        "currency": "EUR",
        "device_gb": 0.0,
        "max_lora_rank": 16,
    }
    return Preflight(**values | changes)


def llama() -> Sized:
    size = sized(base(repository=LLAMA))
    assert size is not None
    return size


@pytest.fixture
def cache(tmp_path, monkeypatch) -> Path:
    """An empty cache of the hub."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.delenv("HF_TOKEN", raising=False)
    return tmp_path / "hub"


def test_a_whole_folder_is_a_base(tiny_base):
    assert check_base(base(tiny_base)) == passed("base", str(tiny_base))


def test_a_repository_needs_a_commit_and_the_message_says_where_to_find_it():
    for revision in ("", "main", COMMIT[:7]):
        check = check_base(base(repository=LLAMA, revision=revision))
        assert check.state == "FAIL"
        assert f"base.revision is {revision!r}, no commit of {LLAMA}" in check.found
        assert f"git ls-remote https://huggingface.co/{LLAMA} HEAD" in str(check.todo)


def test_a_base_that_is_not_there_says_how_to_get_it_and_never_shows_the_token(cache, monkeypatch):
    check = check_base(base(repository=LLAMA, revision=COMMIT))
    assert check.found == "nowhere has no config.json and no tokenizer.json and no *.safetensors"
    assert f"`hf download {LLAMA} --revision {COMMIT} --local-dir nowhere" in str(check.todo)
    assert f"accepted at https://huggingface.co/{LLAMA}" in str(check.todo)
    assert "HF_TOKEN, which is not set" in str(check.todo)
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    check = check_base(base(repository=LLAMA, revision=COMMIT))
    assert "HF_TOKEN, which is set" in str(check.todo)
    assert "secret" not in str(check)


def test_a_base_in_the_cache_is_to_be_copied(cache):
    snapshot = cache / "models--meta-llama--Llama-3.1-8B-Instruct/snapshots" / COMMIT
    snapshot.mkdir(parents=True)
    (snapshot / "config.json").write_text("{}")
    assert "local cache: `hf download" in check_base(base("x", LLAMA, COMMIT)).todo[0]
    assert "local cache" not in check_base(base("x", LLAMA, COMMIT[::-1])).todo[0]


def test_missing_files_of_weights_are_counted(tiny_base, tmp_path, cache):
    for name in ("config.json", "tokenizer.json"):
        (tmp_path / name).write_bytes((tiny_base / name).read_bytes())
    parts = {"a": "model-1.safetensors", "b": "model-2.safetensors"}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps({"weight_map": parts}))
    (tmp_path / "model-2.safetensors").write_bytes(b"")
    found = check_base(base(tmp_path)).found
    assert found == f"{tmp_path} has no model-1.safetensors (1 of 2 files of weights are missing)"
    (tmp_path / "model.safetensors.index.json").write_text("{}")
    assert "readable model.safetensors.index.json" in check_base(base(tmp_path)).found


def test_a_download_of_another_commit_is_not_the_pinned_one(tiny_base, tmp_path, cache):
    for path in tiny_base.iterdir():
        (tmp_path / path.name).symlink_to(path)
    note = tmp_path / ".cache/huggingface/download/config.json.metadata"
    note.parent.mkdir(parents=True)
    note.write_text(f"{COMMIT}\netag\n1.0\n")
    assert check_base(base(tmp_path, LLAMA, COMMIT)).state == "ok"
    other = check_base(base(tmp_path, LLAMA, COMMIT[::-1]))
    assert other.found == f"{tmp_path} is of commit {COMMIT}, not {COMMIT[::-1]}"


@pytest.mark.parametrize(
    ("changes", "device", "found"),
    [
        ({"quantization": "nf4"}, MAC, "4-bit weights on Apple silicon"),
        ({"attention": "flash_attention_2"}, H100, "flash_attention_2 on cuda in float32"),
        (
            {"attention": "flash_attention_2", "dtype": "bfloat16"},
            CPU,
            "flash_attention_2 on cpu in bfloat16",
        ),
        (
            {"attention": "flash_attention_2", "dtype": "bfloat16"},
            H100,
            "flash_attention_2 without its package",
        ),
    ],
)
def test_types_and_kernels_that_the_device_lacks(monkeypatch, changes, device, found):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    check = check_settings(common(**changes), device)
    assert check.state == "FAIL"
    assert check.found.startswith(found)
    assert check.todo


def test_the_kernel_is_flash_attention_where_it_can_be(monkeypatch):
    sixteen = common(attention="auto", dtype="bfloat16")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert check_settings(sixteen, H100).found == "bfloat16, sdpa attention on cuda"
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())
    assert check_settings(sixteen, H100).found == "bfloat16, flash_attention_2 attention on cuda"
    assert check_settings(sixteen, CPU).found == "bfloat16, sdpa attention on cpu"
    assert check_settings(common(attention="auto"), H100).found == "float32, sdpa attention on cuda"


def test_wrong_target_modules_list_the_right_ones(tiny_base):
    wrong = common(lora=lora(target_modules=["query", "v_proj"]))
    names = "down_proj, gate_proj, k_proj, o_proj, q_proj, up_proj, v_proj"
    for where, size in ((base(tiny_base), sized(base(tiny_base))), (base(repository=LLAMA), llama())):
        check = check_targets(where, wrong, size)
        assert (check.state, check.found) == ("FAIL", "the base has no query")
        assert names in str(check.todo)
    assert check_targets(base(), wrong, None).state == "not known"


@pytest.mark.parametrize(("rank", "server", "state"), [(16, 16, "ok"), (4, 16, "ok"), (32, 16, "FAIL")])
def test_a_rank_above_the_server_s_is_not_served(rank, server, state):
    check = check_served(common(lora=lora(r=rank)), settings(max_lora_rank=server), None)
    assert check.state == state


def test_an_adapter_that_vllm_cannot_serve_is_no_start(tmp_path):
    adapter = tmp_path / "dapt"
    assert check_served(common(), settings(), adapter).state == "ok"  # not trained yet
    adapter.mkdir()
    config = {"r": 8, "use_dora": True, "modules_to_save": ["lm_head"]}
    (adapter / "adapter_config.json").write_text(json.dumps(config))
    found = check_served(common(), settings(), adapter).found
    assert f"{adapter} has DoRA" in found
    assert "whole modules (modules_to_save)" in found
    assert f"{adapter} has rank 8, not 16" in found
    (adapter / "adapter_config.json").write_text('{"r": 16, "use_dora": false, "modules_to_save": null}')
    assert check_served(common(), settings(), adapter).state == "ok"


def test_rows_may_not_be_longer_than_the_base_has_positions(tiny_base):
    size = sized(base(tiny_base))
    assert check_lengths(common(max_length=2049), size).todo == (
        "Set train.common.max_length to 2048 or less.",
    )
    # In a pack every row begins at position 0.
    assert check_lengths(common(max_length=2048, pack_tokens=4096), size).state == "ok"


def test_memory_says_what_would_help():
    assert check_memory(common(**QLORA), llama(), H100).state == "ok"
    small = Device("cuda", "RTX 4090", 23 * GIB)
    check = check_memory(common(**QLORA), llama(), small)
    assert check.state == "FAIL"
    assert "of 23.0 GiB (RTX 4090)" in check.found
    assert "Set train.common.activation_checkpointing: true" in str(check.todo)
    assert "nf4" not in str(check.todo)
    assert check_memory(common(**QLORA, activation_checkpointing=True), llama(), small).state == "ok"
    whole = check_memory(
        common(dtype="bfloat16", activation_checkpointing=True), llama(), Device("cuda", "x", 8)
    )
    assert "Set train.common.quantization: nf4" in str(whole.todo)
    assert "activation_checkpointing" not in str(whole.todo)


def test_the_disk_holds_adapters_checkpoints_and_a_merged_model(monkeypatch, tmp_path):
    # 41,943,040 numbers of 4 bytes; three adapters twice, three checkpoints of three times an adapter.
    adapter = 4 * 41_943_040
    parts = {"adapters": 6 * adapter, "checkpoints": 9 * adapter, "merged model": 2 * 8_030_261_248}
    assert disk_bytes(common(dtype="bfloat16"), llama()) == parts
    free = sum(parts.values())
    for have, state in ((free, "ok"), (free - 1, "FAIL")):
        monkeypatch.setattr("shutil.disk_usage", lambda path, have=have: type("Usage", (), {"free": have}))
        assert check_disk(common(dtype="bfloat16"), llama(), tmp_path).state == state


def test_the_template_renders_with_the_base_s_tokenizer(tiny_base, mistral_base, at_root):
    check = check_template(lambda: load_tokenizer(tiny_base, "llama31"))
    assert check == passed("chat template", "one <|begin_of_text|>, padding <|finetune_right_pad_id|>")
    check = check_template(lambda: load_tokenizer(mistral_base, "mistral_v03"))
    assert check == passed("chat template", "one <s>, padding [control_768]")
    wrong = check_template(lambda: load_tokenizer(tiny_base, "mistral_v03"))
    assert wrong.state == "FAIL"
    assert "the tokenizer has no token" in wrong.found


def test_a_second_bos_and_an_answer_without_marks_are_found(tiny_base, at_root):
    def load(change):
        tokenizer = load_tokenizer(tiny_base, "llama31")
        tokenizer.chat_template = change(tokenizer.chat_template)
        return tokenizer

    twice = check_template(lambda: load(lambda text: "<|begin_of_text|>" + text))
    assert twice.found == "2 tokens <|begin_of_text|> in a conversation, which needs one"
    unmarked = check_template(
        lambda: load(
            lambda text: (
                "<|begin_of_text|>{{ messages[0].content }}"
                "{% if tools %}{% generation %}x{% endgeneration %}{% endif %}"
            )
        )
    )
    assert "nothing of the answer is marked" in unmarked.found


def test_all_failures_are_raised_at_once():
    require([passed("disk", "much")])
    checks = [failed("base", "no", "Get it"), passed("disk", "much"), failed("memory", "little", "Buy some")]
    with pytest.raises(InputError) as caught:
        require(checks)
    assert str(caught.value).splitlines() == [
        "training cannot work as params.yaml has it:",
        "base: no",
        "    Get it.",
        "memory: little",
        "    Buy some.",
    ]


def test_a_broken_base_is_one_failure_among_the_others(tiny_base, tmp_path, monkeypatch):
    monkeypatch.setattr(preflight, "training_device", lambda: CPU)
    for path in tiny_base.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "model.safetensors").write_bytes(b"cut")
    checks = check_machine(base(tmp_path), common(lora=lora(r=64)), settings(), None)
    states = {check.name: check.state for check in checks}
    assert states["sizes"] == states["served by vLLM"] == "FAIL"
    assert states["memory"] == states["disk"] == states["lengths"] == "not known"


def test_memory_may_be_planned_for_another_machine(monkeypatch):
    monkeypatch.setattr(preflight, "training_device", lambda: CPU)
    assert preflight.device_of(settings()) == CPU
    device = preflight.device_of(settings(device_gb=80.0))
    assert device == Device("cpu", "CPU, as preflight.device_gb says", 80 * GIB)


def test_the_checks_of_the_train_stage_import_no_torch_and_take_under_half_a_second(at_root):
    code = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from twainbot.params import load_params\n"
        "from twainbot.modeling.preflight import check_machine, require\n"
        "p = load_params(); begin = time.process_time()\n"
        "require(check_machine(p.base, p.train.common, p.preflight, None))\n"
        "assert time.process_time() - begin < 0.5\n"
        "assert not {'torch', 'transformers', 'huggingface_hub'} & set(sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=at_root, capture_output=True, text=True, check=False,
        env={"PATH": "", "PYTHONPATH": str(at_root / "src")},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
