"""Which licences let a page be taken, kept and learnt from."""

from __future__ import annotations

# SPDX identifiers (https://spdx.org/licenses/) of licences that permit copies and changed copies for any
# purpose, and works that have no copyright. Those with NC or ND do not.
OPEN_LICENCES = frozenset(
    {
        "CC0-1.0", "PDDL-1.0", "Unlicense", "Public domain", "Public domain in the USA",
        "US-Government-Work",
        "CC-BY-1.0", "CC-BY-2.0", "CC-BY-2.5", "CC-BY-3.0", "CC-BY-4.0",
        "CC-BY-SA-1.0", "CC-BY-SA-2.0", "CC-BY-SA-2.5", "CC-BY-SA-3.0", "CC-BY-SA-4.0",
        "ODC-By-1.0", "ODbL-1.0", "OGL-UK-1.0", "OGL-UK-2.0", "OGL-UK-3.0", "OGL-Canada-2.0",
        "GFDL-1.2-or-later", "GFDL-1.3-or-later", "MIT", "Apache-2.0",
    }
)  # fmt: skip
# Licences of one's own text and of text that its owner allowed one to use: `permission` says who and when.
GRANTED = ("own", "permission")


def licence_problem(licence: str, permission: str | None) -> str | None:
    """Why pages under ``licence`` may not be taken, or None if they may."""
    if licence in GRANTED:
        if permission and permission.strip():
            return None
        return f"licence {licence!r} needs a `permission:` that says who allows the use, when and where"
    if licence in OPEN_LICENCES:
        return None
    return (
        f"{licence!r} is no licence that permits to take the pages. "
        f"Give one of {', '.join(sorted(OPEN_LICENCES))}, "
        f"or {' or '.join(GRANTED)} with a `permission:` that says who allows the use, when and where"
    )
