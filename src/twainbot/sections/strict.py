"""What every section is made of: strict models and the kinds of number in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
)

Share = Annotated[float, Field(ge=0.0, le=1.0)]
Count = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(ge=1)]


class Section(BaseModel):
    """A strict section: no unknown keys, no silent conversions."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Reached only for what is absent: what the stage did not declare."""
            if name in type(self).model_fields:
                raise AttributeError(
                    f"this stage reads {name!r} of {type(self).__name__} without naming it in "
                    f"read_params(...); add it there and to the stage's params in dvc.yaml"
                )
            return super().__getattr__(name)
