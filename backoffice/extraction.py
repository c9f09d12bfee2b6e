"""What Babel's extraction does not know of itself: a record's label is a word for one and for many."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from typing import IO, Any

from babel.messages.extract import extract_python


def extract_records(
    fileobj: IO[bytes], keywords: Mapping[str, Any], comment_tags: Collection[str], options: Any
) -> Iterator[tuple[Any, ...]]:
    """Babel's extraction of Python, but `label = _("…")` of a class has a plural, which is the same in Vietnamese.

    English has two words where Vietnamese has one: a form names one record, the menu many. Yields line, function,
    message and comments, as Babel's extractors do; `pyproject.toml` says for which files.
    """
    labels = set(_label_lines(ast.parse(fileobj.read())))
    fileobj.seek(0)
    for line, function, message, comments in extract_python(fileobj, keywords, comment_tags, options):
        if line in labels:
            yield line, "ngettext", (message, message), comments
        else:
            yield line, function, message, comments


def _label_lines(module: ast.Module) -> Iterator[int]:
    """The lines on which the labels of the module's classes stand."""
    for cls in ast.walk(module):
        for statement in cls.body if isinstance(cls, ast.ClassDef) else ():
            match statement:
                case ast.Assign(
                    targets=[ast.Name(id="label")],
                    value=ast.Call(func=ast.Name(id="_"), args=[ast.Constant(lineno=line)]),
                ):
                    yield line
