import pytest
import yaml

from pretrain.common import load_params
from pretrain.sweep import VARIANTS, settings
from twainbot.files import InputError


def test_a_variant_changes_what_it_names_and_nothing_else():
    found = settings({"model": {"num_hidden_layers": 4}}, ["train.tokens=1000"])
    assert found["model"] == {**load_params("model"), "num_hidden_layers": 4}
    assert found["train"] == {**load_params("train"), "tokens": 1000}


def test_a_variant_has_the_last_word():
    assert settings({"train": {"muon": False}}, ["train.muon=true"])["train"]["muon"] is False


@pytest.mark.parametrize("text", ["train.toknes=1", "chat.rows=1", "tokens=1"])
def test_what_params_do_not_have_is_refused(text):
    with pytest.raises(InputError, match=text.partition("=")[0]):
        settings({}, [text])


def test_every_listed_variant_is_a_change_of_what_there_is():
    for change in yaml.safe_load(VARIANTS.read_text(encoding="utf-8")).values():
        sections = settings(change, [])
        assert sections["model"]["hidden_size"] == 64 * sections["model"]["num_attention_heads"]
