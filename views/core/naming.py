"""Names of addresses from names of classes."""

from __future__ import annotations

import re


def kebab(name: str) -> str:
    """The class name in kebab case: member-organisation for MemberOrganisation."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


def plural(noun: str) -> str:
    """The English plural of a class name in kebab case."""
    if noun.endswith("y"):
        return f"{noun[:-1]}ies"
    return noun if noun.endswith("media") else f"{noun}s"
