from __future__ import annotations

import io
import json
import shutil
import sys
from pathlib import Path

import pytest
import yaml

from twainbot.commands.chat import Session, converse, dated, weather_tool
from twainbot.commands.toolloop import take_turn
from twainbot.files import InputError, read_json
from twainbot.params import load_params

ROOT = Path(__file__).resolve().parents[2]
PERSONAS = {"twain": {"system_prompt": "You are Twain."}, "plain": {"system_prompt": "You are plain."}}
CALL = '{"name": "sky", "parameters": {}}'
TOOLS = {"sky": ({"type": "object"}, lambda arguments: {"sky": "clear"})}


def session(*texts: str) -> Session:
    remaining = iter(texts)

    def load(name: str):
        if name != "other":
            raise InputError(f"no adapter {name}")
        return lambda messages: "from the other"

    return Session(load, PERSONAS, TOOLS, "twain", write=lambda messages: next(remaining))


def pipe(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def test_a_pipe_gets_one_line_an_answer(monkeypatch, capsys):
    pipe(monkeypatch, "Hello\n\nIs it clear?\n")
    converse(session("Good day,\nsir.", CALL, "Clear."), interactive=False)
    captured = capsys.readouterr()
    assert captured.out == "Good day, sir.\nClear.\n"
    assert captured.err == '  sky({})\n  {"sky": "clear"}\n'


def test_on_a_terminal_calls_stand_between_question_and_answer(monkeypatch, capsys):
    lines = iter(["Is it clear?", "/quit", "never read"])
    monkeypatch.setattr("builtins.input", lambda prompt: next(lines))
    converse(session(CALL, "Clear."), interactive=True)
    assert capsys.readouterr().out == '  sky({})\n  {"sky": "clear"}\ntwain> Clear.\n'


def test_the_end_of_input_ends_it(monkeypatch, capsys):
    def ended(prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", ended)
    converse(session(), interactive=True)
    assert capsys.readouterr().out == "\n"


def test_commands(monkeypatch, capsys):
    pipe(
        monkeypatch,
        "/persona plain\n/persona nobody\n/adapter none\n/adapter other\nHello\n/what\n/quit\nHello\n",
    )
    talk = session()
    converse(talk, interactive=False)
    captured = capsys.readouterr()
    assert captured.out == "from the other\n"
    assert "no persona 'nobody'; there are twain, plain." in captured.err
    assert "no adapter none" in captured.err
    assert "/persona NAME" in captured.err
    assert [message["content"] for message in talk.messages] == ["You are plain.", "Hello", "from the other"]


def test_the_conversation_grows_and_is_forgotten():
    talk = session("One.", "Two.")
    list(talk.say("First"))
    list(talk.say("Second"))
    assert [m["content"] for m in talk.messages] == ["You are Twain.", "First", "One.", "Second", "Two."]
    assert talk.command("/reset") == "Forgotten."
    assert [m["content"] for m in talk.messages] == ["You are Twain."]


@pytest.fixture
def root(tiny_base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which chat finds all it needs but an adapter."""
    params = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    params["base"] |= {"path": str(tiny_base), "chat_template": "llama31"}
    params["evaluate"]["max_new_tokens"] = 4
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(params), encoding="utf-8")
    shutil.copytree(ROOT / "models/templates", tmp_path / "models/templates")
    (tmp_path / "data/tools").mkdir(parents=True)
    for name in ("get_weather.json", "places.yaml"):
        shutil.copy(ROOT / "data/tools" / name, tmp_path / "data/tools")
    (tmp_path / "data/personas.yaml").write_text(yaml.safe_dump(PERSONAS), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_real_model_gets_no_more_than_its_window(twainbot, root, monkeypatch, capsys):
    """The tokenizer is byte-level: a turn and the tool are 1,900 tokens, the window has 2,048."""
    from twainbot.modeling import generate as module

    lengths = []

    def recorded(model, tokenizer, prompts, **options):
        lengths.append(len(prompts[0]))
        return generate(model, tokenizer, prompts, **options)

    generate = module.generate
    monkeypatch.setattr(module, "generate", recorded)
    pipe(monkeypatch, f"{'rain ' * 100}\n{'wind ' * 100}\n{'snow ' * 100}\n")
    assert twainbot("chat", "--adapter", "base") == 0
    captured = capsys.readouterr()
    assert captured.out.count("\n") == 3
    assert captured.err == ""
    assert lengths == [lengths[0]] * 3
    assert 1024 < lengths[0] <= 2044


def test_the_weather_is_that_of_the_training_episodes(root):
    from twainbot.dataset.tools.places import load_places
    from twainbot.dataset.tools.weather_model import forecast

    params, tool = load_params(), read_json("data/tools/get_weather.json")
    serve = weather_tool(params, tool)
    place = load_places(Path("data/tools/places.yaml")).resolve("Hannibal, MO")
    assert serve({"location": "Hannibal, Missouri", "unit": "fahrenheit"}) == forecast(
        place, params.toolcalls.clock, "fahrenheit", seed=params.seed
    )
    assert serve({"location": "Nowhere at all"}) == {"error": "unknown location: Nowhere at all"}

    call = '{"name": "get_weather", "parameters": {"location": "Hannibal", "date": "tomorrow"}}'
    texts = iter([call, "Fair enough."])
    tools = {"get_weather": (tool["function"]["parameters"], serve)}
    turn = list(take_turn(lambda messages: next(texts), [], tools))
    assert json.loads(turn[1]["content"]) == serve({"location": "Hannibal", "date": "tomorrow"})
    assert json.loads(turn[1]["content"])["location"].startswith("Hannibal")


def test_the_prompt_states_the_day_that_the_weather_calls_today() -> None:
    params = load_params(ROOT / "params.yaml")
    prompt = dated(PERSONAS, params)["plain"]["system_prompt"]
    assert prompt.startswith("You are plain.\nToday is ")
    weather = weather_tool(params, read_json(ROOT / "data/tools/get_weather.json"))
    assert weather({"location": "Rome"})["date"] in prompt


def test_an_adapter_is_loaded(twainbot, root, tiny_base, monkeypatch, capsys):
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(tiny_base)
    lora = LoraConfig(r=2, target_modules=["q_proj"], task_type="CAUSAL_LM")
    get_peft_model(model, lora).save_pretrained(root / "models/adapters/combined")
    capsys.readouterr()
    pipe(monkeypatch, "Hello\n")
    assert twainbot("chat", "--persona", "plain") == 0
    assert capsys.readouterr().out.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "models/adapters/combined does not exist: run `make run` first. Adapters here: base."),
        (["--adapter", "base", "--persona", "twian"], "Did you mean 'twain'?"),
    ],
)
def test_what_is_missing_is_named_before_anything_is_loaded(twainbot, root, capsys, arguments, message):
    assert twainbot("chat", *arguments) == 1
    assert message in capsys.readouterr().err
