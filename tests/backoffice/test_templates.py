"""The templates: each can be read, names only templates there are, and keeps to the frame."""

import re
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import Environment, meta

import backoffice
from tests.databases import ON_SQLITE

FOLDER = Path(backoffice.__file__).parent / "templates"
NAMES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.html"))
STATIC = FOLDER.parent / "static"


def source(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


@ON_SQLITE
@pytest.mark.parametrize("name", NAMES)
def test_a_template_compiles_in_the_application(app: Flask, name: str) -> None:
    assert app.jinja_env.get_template(name)


@pytest.mark.parametrize("name", NAMES)
def test_a_template_names_templates_that_are_there(name: str) -> None:
    tree = Environment(extensions=["jinja2.ext.i18n"], autoescape=True).parse(source(name))
    assert set(meta.find_referenced_templates(tree)) <= {*NAMES, None}  # None: the template is chosen by a condition


def test_every_template_is_used() -> None:
    code = "".join(path.read_text(encoding="utf-8") for folder in ("backoffice", "views") for path in python(folder))
    used = {name for template in NAMES for name in re.findall(r'"([\w/]+\.html)"', source(template))}
    assert [name for name in NAMES if name not in used and f'"{name}"' not in code] == []


def python(folder: str) -> list[Path]:
    return list((FOLDER.parent.parent / folder).rglob("*.py"))


@pytest.mark.parametrize("name", NAMES)
def test_a_template_runs_no_code_in_the_page_and_trusts_no_text(name: str) -> None:
    text = source(name)
    assert not re.search(r"\son\w+=|style=|javascript:|<style|https?://", text)
    assert not re.search(r"\|\s*safe\b|autoescape false", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)


@pytest.mark.parametrize("name", [name for name in NAMES if 'method="post"' in source(name)])
def test_every_form_that_posts_carries_a_token(name: str) -> None:
    forms = re.findall(r'<form[^>]*method="post".*?</form>', source(name), re.DOTALL)
    assert forms
    assert all('name="csrf_token"' in form for form in forms)


@pytest.mark.parametrize(
    "path", [path for path in STATIC.iterdir() if path.suffix in (".css", ".js", ".svg")], ids=lambda path: path.name
)
def test_what_a_page_loads_lies_here(path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
    assert "http:" not in text
    assert "https:" not in text
