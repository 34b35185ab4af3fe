"""The pages' templates: what they are given is escaped, and a name that they are not given is an error."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined


def page_templates() -> Environment:
    """The Jinja environment of this folder's templates."""
    return Environment(
        loader=PackageLoader("twainbot", "report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
