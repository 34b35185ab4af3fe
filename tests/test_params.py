"""params.yaml: all problems at once, and what a stage did not declare it cannot read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from twainbot.files import InputError
from twainbot.params import load_params, read_params, read_yaml

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def content() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))


def write(folder: Path, content: Any) -> Path:
    path = folder / "params.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def test_the_committed_file_is_valid() -> None:
    assert load_params(ROOT / "params.yaml").corpus.name == "sample"


def test_all_problems_are_reported_at_once(tmp_path: Path, content: dict[str, Any]) -> None:
    content["dedupe"]["treshold"] = content["dedupe"].pop("threshold")
    content["train"]["common"]["lora"]["r"] = "16"
    content["split"]["val_share"] = 1.5
    content["corpus"]["name"] = "whole"
    del content["seed"]
    with pytest.raises(InputError) as caught:
        load_params(write(tmp_path, content))
    lines = str(caught.value).splitlines()
    assert len(lines) == 6
    message = str(caught.value)
    assert "dedupe.treshold: unknown key; did you mean 'threshold'?" in message
    assert "dedupe.threshold: missing" in message
    assert "train.common.lora.r: input should be a valid integer, found '16'" in message
    assert "split.val_share: input should be less than or equal to 1, found 1.5" in message
    assert "corpus.name: input should be 'sample' or 'full', found 'whole'" in message
    assert "seed: missing" in message


@pytest.mark.parametrize("kind", ["", "short_"])
def test_an_index_threshold_lies_below_the_one_that_decides(
    tmp_path: Path, content: dict[str, Any], kind: str
) -> None:
    content["dedupe"][f"{kind}index_threshold"] = content["dedupe"][f"{kind}threshold"]
    with pytest.raises(InputError) as caught:
        load_params(write(tmp_path, content))
    assert f"dedupe.{kind}index_threshold: " in str(caught.value)
    assert f"must be below {kind}threshold, or half of the copies at it are missed" in str(caught.value)


def test_overlap_is_at_most_half_of_the_window(tmp_path: Path, content: dict[str, Any]) -> None:
    content["clean"]["overlap_tokens"] = content["clean"]["window_tokens"] // 2 + 1
    with pytest.raises(InputError, match="overlap_tokens must be at most half of window_tokens"):
        load_params(write(tmp_path, content))


def test_shares_of_flaws_are_of_one_whole(tmp_path: Path, content: dict[str, Any]) -> None:
    content["contrast"]["shares"] |= {"bland": 0.3}
    with pytest.raises(InputError, match=r"contrast\.shares: .*must add up to 1, not 1\.1"):
        load_params(write(tmp_path, content))
    del content["contrast"]["shares"]["bland"]
    with pytest.raises(InputError, match=r"contrast\.shares: .*bland missing; 0 leaves a flaw out"):
        load_params(write(tmp_path, content))


def test_shares_of_sides_leave_something_to_train_on(tmp_path: Path, content: dict[str, Any]) -> None:
    content["split"] |= {"val_share": 0.5, "test_share": 0.5}
    with pytest.raises(InputError, match="must leave something to train on"):
        load_params(write(tmp_path, content))


def test_windows_fit_and_the_language_is_among_those_told_apart(
    tmp_path: Path, content: dict[str, Any]
) -> None:
    content["clean"] |= {"max_tokens": 20}
    with pytest.raises(InputError, match="max_tokens must be at least window_tokens"):
        load_params(write(tmp_path, content))
    content["clean"] |= {"max_tokens": 256, "language_profiles": ["de", "fr"]}
    with pytest.raises(InputError, match="language_profiles lacks 'en'"):
        load_params(write(tmp_path, content))


def test_off_needs_no_quotes(tmp_path: Path, content: dict[str, Any]) -> None:
    content["clean"]["toxicity_action"] = False
    assert load_params(write(tmp_path, content)).clean.toxicity_action == "off"


def test_kinds_and_regions_are_known_ones(tmp_path: Path, content: dict[str, Any]) -> None:
    content["clean"]["personal_data"] = {"books": ["email"]}
    content["clean"]["phone_regions"] = {"post": ["uk"]}
    with pytest.raises(InputError, match=r"(?s)clean\.personal_data\.books.*clean\.phone_regions\.post"):
        load_params(write(tmp_path, content))


def test_a_misspelled_section_is_recognised(tmp_path: Path, content: dict[str, Any]) -> None:
    content["evalute"] = content.pop("evaluate")
    with pytest.raises(InputError, match="evalute: unknown key; did you mean 'evaluate'"):
        load_params(write(tmp_path, content))


def test_an_unknown_key_like_nothing_is_to_be_removed(tmp_path: Path, content: dict[str, Any]) -> None:
    content["base"]["zzz"] = 1
    with pytest.raises(InputError, match=r"base\.zzz: unknown key; remove it"):
        load_params(write(tmp_path, content))


@pytest.mark.parametrize("found", [None, [1], "text"])
def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path, found: Any) -> None:
    with pytest.raises(InputError, match="expected a mapping of sections"):
        load_params(write(tmp_path, found))


def test_broken_yaml_names_line_and_column(tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    path.write_text("seed: 1\nclean: [1, 2\nsplit: {}\n")
    with pytest.raises(InputError, match=rf"^{path}:3:6: not valid YAML"):
        read_yaml(path)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    path.write_bytes(b"seed: \xff\n")
    with pytest.raises(InputError, match="not valid YAML"):
        read_yaml(path)


def test_a_missing_file_says_where_to_run(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read_yaml(tmp_path / "params.yaml")


def test_declared_keys_can_be_read() -> None:
    params = read_params("seed", "clean", "train.common", "split.book_family", path=ROOT / "params.yaml")
    whole = load_params(ROOT / "params.yaml")
    assert params.seed == whole.seed
    assert params.clean == whole.clean
    assert params.train.common == whole.train.common
    assert params.split.book_family == whole.split.book_family


@pytest.mark.parametrize(
    ("keys", "read"),
    [
        (("clean",), lambda p: p.dedupe.threshold),
        (("clean",), lambda p: p.dedupe),
        (("clean",), lambda p: f"{p.seed}"),
        (("train.common",), lambda p: p.train.style.epochs),
        (("split.book_family",), lambda p: p.split.val_share),
        ((), lambda p: p.corpus.name),
    ],
)
def test_what_was_not_declared_cannot_be_read(keys: tuple[str, ...], read: Any) -> None:
    params = read_params(*keys, path=ROOT / "params.yaml")
    with pytest.raises(AttributeError, match="without naming it in read_params"):
        read(params)


def test_a_dump_holds_declared_keys_only() -> None:
    params = read_params("split.book_family", path=ROOT / "params.yaml")
    assert params.split.model_dump() == {"book_family": "chapter"}


def test_a_key_that_never_was_is_an_ordinary_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = read_params("clean", path=ROOT / "params.yaml").clean.nothing  # type: ignore[attr-defined]


def test_shares_of_scenarios_add_up_and_name_what_there_is(tmp_path: Path, content: dict[str, Any]) -> None:
    scenarios = content["toolcalls"]["scenarios"]
    scenarios["call"]["plain"] += 0.1
    scenarios["no_call"]["no_call_silence"] = scenarios["no_call"].pop("no_call_smalltalk")
    with pytest.raises(InputError) as caught:
        load_params(write(tmp_path, content))
    message = str(caught.value)
    assert "toolcalls.scenarios.call: " in message
    assert "the shares must add up to 1; they are 1.1" in message
    assert "no_call_silence" in message


def test_every_scenario_has_three_percent_of_the_conversations(content: dict[str, Any]) -> None:
    toolcalls = content["toolcalls"]
    assert toolcalls["no_call_share"] == 0.4
    assert min(toolcalls["scenarios"]["call"].values()) * 0.6 >= 0.03
    assert min(toolcalls["scenarios"]["no_call"].values()) * 0.4 >= 0.03


def test_a_teachers_share_and_address_have_bounds(tmp_path: Path, content: dict[str, Any]) -> None:
    content["teacher"]["max_synthetic_ratio"] = 4.5
    content["teacher"]["endpoint"]["base_url"] = "127.0.0.1:8000/v1"
    content["teacher"]["asked"]["requests"]["sonnet"] = 1
    with pytest.raises(InputError) as caught:
        load_params(write(tmp_path, content))
    message = str(caught.value)
    assert "teacher.max_synthetic_ratio: input should be less than or equal to 4" in message
    assert "teacher.endpoint.base_url: string should match pattern" in message
    assert "teacher.asked.requests.sonnet: unknown key" in message


def test_a_spike_factor_of_infinity_is_written_as_yaml_writes_it(
    tmp_path: Path, content: dict[str, Any]
) -> None:
    content["train"]["run"]["spike_factor"] = float("inf")
    path = write(tmp_path, content)
    assert "spike_factor: .inf" in path.read_text(encoding="utf-8")
    assert load_params(path).train.run.spike_factor == float("inf")
    content["train"]["run"]["spike_factor"] = 1.0
    with pytest.raises(InputError, match=r"train\.run\.spike_factor: input should be greater than 1"):
        load_params(write(tmp_path, content))
