"""Pages as their readers meet them: a tree of elements, and what a browser sends for a form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html.parser import HTMLParser

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})


class Element:
    """One element with its attributes, children and text."""

    def __init__(self, tag: str, attrs: dict[str, str], parent: Element | None = None) -> None:
        self.tag = tag
        self.attrs = attrs
        self.parent = parent
        self.children: list[Element | str] = []

    def __getitem__(self, name: str) -> str:
        return self.attrs[name]

    def get(self, name: str) -> str:
        """The attribute's value, "" without one."""
        return self.attrs.get(name, "")

    def walk(self) -> Iterator[Element]:
        """All elements below, in the order of the page."""
        coming = [child for child in reversed(self.children) if isinstance(child, Element)]
        while coming:
            element = coming.pop()
            yield element
            coming += [child for child in reversed(element.children) if isinstance(child, Element)]

    def all(self, *tags: str, **attrs: str) -> list[Element]:
        """The elements below with one of these tags and these attributes; "_" in a name stands for "-"."""
        wanted = {name.strip("_").replace("_", "-"): value for name, value in attrs.items()}
        return [e for e in self.walk() if (not tags or e.tag in tags) and wanted.items() <= e.attrs.items()]

    def one(self, *tags: str, **attrs: str) -> Element:
        """The only such element below."""
        (found,) = self.all(*tags, **attrs)
        return found

    def inside(self, tag: str) -> Element | None:
        """The nearest element around this one with this tag."""
        above = self.parent
        while above is not None and above.tag != tag:
            above = above.parent
        return above

    @property
    def text(self) -> str:
        """The text of the element, its spaces collapsed."""
        return " ".join(self.raw.split())

    @property
    def raw(self) -> str:
        """The text of the element as it stands."""
        return "".join(child if isinstance(child, str) else child.raw for child in self.children)

    @property
    def classes(self) -> set[str]:
        """The element's classes."""
        return set(self.get("class").split())


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = self.here = Element("", {})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.children.append(element)
        if tag not in VOID:
            self.here = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.here.children.append(Element(tag, {name: value or "" for name, value in attrs}, self.here))

    def handle_endtag(self, tag: str) -> None:
        assert self.here.tag == tag, f"</{tag}> closes <{self.here.tag}>"
        assert self.here.parent is not None
        self.here = self.here.parent

    def handle_data(self, data: str) -> None:
        self.here.children.append(data)


def read(page: str) -> Element:
    """The page as a tree; fails if an end tag doesn't close what was opened last."""
    builder = _Builder()
    builder.feed(page)
    builder.close()
    assert builder.here is builder.root
    return builder.root


def record_form(page: str) -> Element:
    """The form on which a record is entered."""
    return next(form for form in read(page).all("form") if "record" in form.classes)


def sent(form: Element) -> dict[str, list[str]]:
    """What a browser sends for the form as it stands, without its buttons."""
    values: dict[str, list[str]] = {}
    for control in form.all("input", "select", "textarea"):
        name = control.get("name")
        if name and control.inside("template") is None and (value := _value(control)) is not None:
            values.setdefault(name, []).append(value)
    return values


def _value(control: Element) -> str | None:
    if control.tag == "select":
        options = control.all("option")
        return next((o["value"] for o in options if "selected" in o.attrs), options[0]["value"])
    if control.tag == "textarea":
        return control.raw.removeprefix("\r").removeprefix("\n").replace("\r\n", "\n").replace("\n", "\r\n")
    if control.get("type") in ("checkbox", "radio"):
        return (control.get("value") or "on") if "checked" in control.attrs else None
    return control.get("value")


def save(client: FlaskClient, url: str, typed: Mapping[str, str | list[str] | None] | None = None) -> TestResponse:
    """Open the record's form, change what is `typed` (None: the form doesn't have it), send it."""
    values: dict[str, str | list[str]] = {**sent(record_form(client.get(url).text))}
    for name, value in (typed or {}).items():
        if value is None:
            values.pop(name, None)
        else:
            values[name] = value
    return client.post(url, data=values)


def error_at(page: str, field: str) -> str:
    """The sentences that the field's control is described by, "" if it has no fault."""
    root = read(page)
    control = root.one(id=field)
    if control.tag == "fieldset":
        return " ".join(
            item.text for item in control.children if isinstance(item, Element) and "errors" in item.classes
        )
    ids = [id_ for id_ in control.get("aria-describedby").split() if id_.endswith("-error")]
    assert bool(ids) == (control.get("aria-invalid") == "true")
    return " ".join(root.one(id=id_).text for id_ in ids)


def messages(page: str) -> list[str]:
    """The messages at the head of the page."""
    return [element.text for element in read(page).all("div", "p") if "flash" in element.classes]


def ids_in(page: str) -> list[int]:
    """The ids of a list's rows, in their order."""
    return [int(box["value"]) for box in read(page).all("input", type="checkbox", name="id")]


def cells_in(page: str, label: str) -> list[str]:
    """What a list's rows say in the column with this heading."""
    rows = [row for body in read(page).all("tbody") for row in body.all("tr")]
    return [cell.text for row in rows for cell in row.all("th", "td", data_label=label)]


def move(
    client: FlaskClient, screen: str, ids: Sequence[int], to: str, note: str = "Lý do", day: str = "9/11/2023"
) -> str:
    """Take records of a screen to another stage; the page that follows."""
    token = read(client.get("/account").text).all("input", name="csrf_token")[0]["value"]
    data = {"id": [str(id_) for id_ in ids], "to": to, "note": note, "day": day, "csrf_token": token}
    return client.post(f"/{screen}/move/", data=data, follow_redirects=True).text
