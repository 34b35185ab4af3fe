"""The ``twainbot`` command. Every sub-command imports what it needs when it is called, so help is instant."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

# rich is left out: it costs half a second a call and wraps lines that other programs read.
app = typer.Typer(
    help="From public text to persona adapters that call tools. Run it from the repository's root.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    no_args_is_help=True,
)


def main() -> None:
    """Run the command line; bad input ends with a sentence on stderr and status 1."""
    # Nothing is ever loaded from a model hub; the libraries would otherwise try.
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    try:
        app()
    except Exception as error:
        from twainbot.files import InputError

        if not isinstance(error, InputError):
            raise
        sys.exit(f"twainbot: {error}")


@app.command()
def trace(
    record: Annotated[
        str | None,
        typer.Argument(metavar="ID", help="Of a row, pair, passage, segment, document; or pack:ADAPTER:N."),
    ] = None,
    random: Annotated[
        int | None, typer.Option("--random", metavar="N", min=1, help="Check N training rows instead.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the choice of rows.")] = 0,
) -> None:
    """Walk from a row back to its bytes, checking each link."""
    from twainbot.commands import trace as command

    if (record is None) == (random is None):
        raise typer.BadParameter("give an ID or --random N")
    sound = command.trace_record(record) if record else command.trace_random(random or 1, seed)
    raise typer.Exit(0 if sound else 1)


@app.command()
def duplicates(
    record: Annotated[str, typer.Argument(metavar="ID", help="Of a passage, kept or removed; or a segment.")],
) -> None:
    """Show the copies of a passage, and how their words differ."""
    from twainbot.commands.duplicates import show_duplicates

    show_duplicates(record)


@app.command()
def show(
    number: Annotated[int, typer.Argument(metavar="N", min=1, help="The row's line in the file, from 1.")],
    mix: Annotated[str, typer.Option(help="style, tools, combined, dapt or prefs.")] = "combined",
    split: Annotated[str, typer.Option(help="train, val or test.")] = "train",
) -> None:
    """Print a training row or pair as the model sees it.

    The tokens that the loss counts are green, or between ⟦ and ⟧ in a file or pipe. A pair's rejected answer
    is red, or between ⟪ and ⟫.
    """
    from twainbot.commands.show import show_row

    show_row(number, mix, split)


@app.command()
def gate(
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", help="List the rows of this gate; its name is in the table."),
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="List rows to blame: the NAME's, or every broken gate's.")
    ] = False,
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="List at most N rows a gate.")] = 20,
) -> None:
    """Print the gates of the training rows, or the rows to blame.

    Without a name: each gate's value, budget and verdict in the last run; the status is 1 if one is broken.
    Budgets are in params.yaml (gate), what each gate means in docs/rows.md.
    """
    from twainbot.commands import gate as command

    if explain or name:
        command.explain(name, limit)
    else:
        raise typer.Exit(0 if command.print_gates() else 1)


review_app = typer.Typer(help="Decide on passages that were flagged.", no_args_is_help=True)
app.add_typer(review_app, name="review")


@review_app.command("topics")
def review_topics(
    topic: Annotated[str | None, typer.Option(metavar="NAME", help="Only this topic.")] = None,
    accept: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Keep the passage; repeatable.")
    ] = None,
    reject: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Drop the passage; repeatable.")
    ] = None,
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="Show at most N.")] = 20,
) -> None:
    """List passages on sensitive topics, or decide on them.

    Decisions go to data/review.yaml; `dvc repro` applies them.
    """
    from twainbot.commands.review import decide, list_topics

    if accept or reject:
        decide(accept or [], reject or [])
    else:
        list_topics(topic, limit)


teacher_app = typer.Typer(no_args_is_help=True)
app.add_typer(teacher_app, name="teacher")


@teacher_app.callback()
def teacher() -> None:
    """Have a larger model write further rows.

    Off by default; docs/teacher.md says which endpoint, what is asked and what it costs.
    """


@teacher_app.command("run")
def teacher_run(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be asked and what it costs; ask nothing.")
    ] = False,
    limit: Annotated[int | None, typer.Option(metavar="N", min=1, help="Ask at most N.")] = None,
) -> None:
    """Ask what is planned and not answered yet.

    Answers go to data/teacher/responses.jsonl; `dvc repro` makes rows of them.
    """
    from twainbot.commands.teacher import run_teacher

    run_teacher(dry_run, limit)


@app.command()
def use(
    choices: Annotated[
        list[str] | None, typer.Argument(metavar="KEY=VALUE", help="For example corpus=full.")
    ] = None,
) -> None:
    """Write profiles into params.yaml; without arguments, list them."""
    from twainbot.commands.use import list_profiles, use_profiles

    if choices:
        use_profiles(choices)
    else:
        list_profiles()


@app.command()
def preflight(
    stages: Annotated[
        list[str] | None,
        typer.Argument(metavar="STAGE", help="dapt, style or combined; all if none is given."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the plan and check nothing.")] = False,
) -> None:
    """Say what training will take, and whether it can work.

    Memory by part, disk, the base, its template, what a server can serve; the status is 1 if a check fails.
    """
    from twainbot.commands.preflight import run_preflight

    raise typer.Exit(0 if run_preflight(stages or [], dry_run) else 1)


@app.command()
def report(
    results: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Also write docs/results/NAME.json and docs/results.md."),
    ] = None,
    readme: Annotated[bool, typer.Option("--readme", help="Also put the figures into README.md.")] = False,
) -> None:
    """Print the headline figures of the last run."""
    from twainbot.commands.report import print_headline, write_results, write_transcript

    print_headline()
    if results:
        write_results(results)
    if readme:
        write_transcript()


@app.command()
def chat(
    adapter: Annotated[str, typer.Option(help="A folder of models/adapters, or base.")] = "combined",
    persona: Annotated[str, typer.Option(help="One of data/personas.yaml.")] = "twain",
) -> None:
    """Talk to an adapter, which may ask the offline weather.

    Lines may also be piped in: one answer a line comes out, tool calls go to stderr.
    """
    from twainbot.commands.chat import run_chat

    run_chat(adapter, persona)


add = typer.Typer(help="Add a book to data/sources.yaml.", rich_markup_mode=None, no_args_is_help=True)
app.add_typer(add, name="add")


@add.command("gutenberg")
def add_gutenberg(
    number: Annotated[
        int, typer.Argument(metavar="ID", min=1, help="The book's number at Project Gutenberg.")
    ],
    persona: Annotated[str, typer.Option(help="One of data/personas.yaml.")],
    work: Annotated[
        str | None, typer.Option(help="One name for the editions of a work, which a split keeps together.")
    ] = None,
    year: Annotated[int | None, typer.Option(help="Of the first edition.")] = None,
    language: Annotated[str, typer.Option(help="The one wanted; a book in another is refused.")] = "en",
    title: Annotated[str | None, typer.Option(help="In place of the catalogue's.")] = None,
    author: Annotated[str | None, typer.Option(help="In place of the catalogue's.")] = None,
    licence: Annotated[str | None, typer.Option(help="In place of the file's.")] = None,
    file: Annotated[
        str | None, typer.Option(help="The book's plain text, where there is no network.")
    ] = None,
    mirror: Annotated[
        str | None, typer.Option(help="A folder or URL tried first, as TWAINBOT_MIRROR.")
    ] = None,
    api: Annotated[str | None, typer.Option(hidden=True)] = None,
    host: Annotated[str | None, typer.Option(hidden=True)] = None,
) -> None:
    """Fetch a Project Gutenberg book and write its entry.

    Dumps, jokes, plays and pages are added by hand: docs/corpus/feeds.md.
    """
    from pathlib import Path

    from twainbot.commands.add import add_gutenberg as command
    from twainbot.corpus.books.gutendex import API, HOSTS, Metadata

    command(
        number, persona, work=work, year=year, language=language, given=Metadata(title=title, author=author),
        licence=licence, file=Path(file) if file else None, mirror=mirror, api=api or API,
        hosts=(host,) if host else HOSTS,
    )  # fmt: skip


export = typer.Typer(help="Write training rows in other forms.", rich_markup_mode=None, no_args_is_help=True)
app.add_typer(export, name="export")


@export.command("tools")
def export_tools(
    output: Annotated[
        str, typer.Option("-o", "--output", metavar="FILE", help="To write, one JSON object a line.")
    ],
    form: Annotated[
        str, typer.Option(help="openai: tool_calls; mcp: weather_api.get_forecast by JSON-RPC.")
    ] = "openai",
    split: Annotated[str, typer.Option(help="train, val or test.")] = "train",
) -> None:
    """Write the tool conversations of a split.

    They are read from data/split/tools; the MCP form is for other programs, training reads OpenAI's.
    """
    from pathlib import Path

    from twainbot.commands.export import export_tools as command

    count = command(form, split, Path(output))
    print(f"{count} conversations in {output}")


@app.command()
def doctor(
    deep: Annotated[bool, typer.Option("--deep", help="Also compare the files with dvc.lock.")] = False,
) -> None:
    """Say what this machine has and which profiles fit it."""
    from twainbot.commands.doctor import examine

    raise typer.Exit(0 if examine(deep) else 1)


if __name__ == "__main__":
    main()
