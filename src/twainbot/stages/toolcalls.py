"""Tool-call conversations for training, and held-out turns with what is right there for evaluation."""

from pathlib import Path

from twainbot.dataset.diversity import summary
from twainbot.dataset.personas import read_personas
from twainbot.dataset.tools.places import load_places
from twainbot.dataset.tools.schemas import read_tool, read_tools
from twainbot.dataset.tools.toolcalls import eval_items, make_episodes
from twainbot.dataset.tools.wordlists import load_wording
from twainbot.files import write_json, write_jsonl
from twainbot.params import read_params
from twainbot.stage import run

TOOLS = Path("data/tools")


def main() -> None:
    params = read_params("seed", "toolcalls")
    settings = params.toolcalls
    world = (
        load_places(TOOLS / "places.yaml"),
        read_tool(TOOLS / "get_weather.json"),
        read_tools(TOOLS / "other_tools.json"),
        read_personas(Path("data/personas.yaml")),
        load_wording(TOOLS),
    )
    wording = world[-1]
    episodes = make_episodes(
        *world,
        n=settings.episodes,
        no_call_share=settings.no_call_share,
        no_calls=settings.scenarios.no_call,
        retry_share=settings.retry_share,
        calls=settings.scenarios.call,
        comparison=settings.comparison,
        seed=params.seed,
        clock=settings.clock,
    )
    items = eval_items(
        *world,
        call_items=settings.eval_call_items,
        no_call_items=settings.eval_no_call_items,
        calls=settings.scenarios.call,
        comparison=settings.comparison,
        seed=params.seed,
        clock=settings.clock,
    )

    write_jsonl("data/toolcalls/episodes.jsonl", episodes)
    # Reports group prompts by what stands before the dash.
    for item in items:
        kind = "call" if item["gold"]["call"] else "nocall"
        item["id"] = item["id"].replace("item-", f"{kind}-", 1)
    write_jsonl("data/toolcalls/eval_items.jsonl", items)
    write_json(
        "metrics/toolcalls.json",
        {"episodes": len(episodes), "eval_items": len(items), **summary(episodes, wording)},
    )


if __name__ == "__main__":
    run("toolcalls", main)
