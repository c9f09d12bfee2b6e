"""What makes a code that code, whatever its case; titles in ICU's order; texts folded with their signs.

Revision ID: 0011
Revises: 0010
Create Date: 2026-11-27 09:00:00.000000

"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

# revision identifiers, used by Alembic.
revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

rebuilds_keys = True
"""Titles and searched texts are computed anew by the program when this step was taken (`models/migrations/env.py`)."""

KEY = sa.String(length=400).with_variant(sa.String(length=400, collation="C"), "postgresql")
ALONE = (
    *(
        "award_form",
        "award_round",
        "clause",
        "club",
        "event",
        "indicator",
        "initiative",
        "initiative_field",
        "movement",
    ),
    *("nomination", "office", "organisation", "organisation_type", "person", "post", "registration", "task", "term"),
)
"""Tables whose code is nobody else's; and what else is told from others, with what."""
CODES: dict[tuple[str, str], tuple[str, ...]] = {
    **{(table, "code"): ("code",) for table in ALONE},
    ("user", "username"): ("username",),
}
CODES |= {
    ("document", "sign"): ("sign", "issued_on"),
    ("award_decision", "number"): ("number", "issued_on"),
    ("unit", "code"): ("code", "valid_from"),
    ("clause", "number"): ("document_id", "number"),
}
FOLDED = {"nomination": "recipient_key", "visit": "leader_key"}
"""Texts that were folded when they were written."""
TITLES = {
    "office": "agency",
    "signer": "post",
    "award_decision": "number",
    "nomination": "recipient",
    "document": "sign",
    "recommendation": "content",
    "audit_entry": "title",
    **dict.fromkeys(("author", "score", "person", "unit"), "full_name"),
    **dict.fromkeys(
        ("attachment", "award_form", "award_round", "club", "dossier_file", "event", "indicator", "initiative"), "name"
    ),
    **dict.fromkeys(
        ("initiative_field", "media_item", "movement", "organisation", "organisation_type", "post"), "name"
    ),
    **dict.fromkeys(("registration", "saved_export", "task", "term", "theme", "user", "visit"), "name"),
}
"""What lists sorted by before, for the way back."""
KINDS = re.compile(r"^(Tỉnh|Thành phố|Huyện|Thị xã|Xã|Phường|Thị trấn|Ấp|Khóm) ")
FREELY = {"recorded": True}

INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\u0080-\u009f]")
TYPED = str.maketrans(
    {
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‘’‚‛‹›′", "'"),
        **dict.fromkeys("\u2044\u2215", "/"),
        "Ð": "Đ",
        "ð": "đ",
    }
)


def plain(text: str) -> str:
    """The text as it is compared."""
    return " ".join(unicodedata.normalize("NFKC", INVISIBLE.sub("", text)).translate(TYPED).lower().split())


def rows(table: str, *names: str) -> Iterator[Any]:
    """These columns of all rows, by their ids."""
    source = sa.table(table, sa.column("id"), *(sa.column(name) for name in names))
    return iter(op.get_bind().execute(sa.select(*source.c).order_by(source.c.id), execution_options=FREELY).all())


def write(table: str, name: str, values: dict[int, str | None]) -> None:
    """Give rows these values of one column."""
    target = sa.table(table, sa.column("id"), sa.column(name))
    statement = target.update().where(target.c.id == sa.bindparam("row_id")).values({name: sa.bindparam("value")})
    if values:
        told = [{"row_id": id_, "value": value} for id_, value in values.items()]
        op.get_bind().execute(statement, told, execution_options=FREELY)


def tell_apart(table: str, name: str, columns: tuple[str, ...]) -> None:
    """Compute the keys of a code. Where two rows have one by now, the later is told by its id, until it is mended."""
    found: dict[int, str | None] = {}
    seen = set()
    for row in rows(table, *columns):
        values = row._mapping  # noqa: SLF001  a row's documented mapping
        if values[name] is None:
            continue
        key = plain(values[name])
        claim = (key, *(values[other] for other in columns if other != name))
        found[row.id] = f"{key} ~{row.id}" if claim in seen else key
        seen.add(claim)
    write(table, f"{name}_key", found)


def indexed(table: str, name: str, columns: tuple[str, ...]) -> tuple[str, str, list[str]]:
    """The index that lets one row have a code: its name, its table, its columns."""
    keys = [f"{column}_key" if column == name else column for column in columns]
    return op.f(f"ix_{table}_{'_'.join(keys)}"), table, keys


def upgrade() -> None:
    # No constraint, but an index: SQLite would copy the table for one.
    for (table, name), columns in CODES.items():
        op.add_column(table, sa.Column(f"{name}_key", KEY, nullable=True))
        tell_apart(table, name, columns)
        op.create_index(*indexed(table, name, columns), unique=True)
    for table, name in FOLDED.items():
        # One that another row would then have too stays as it is: people mend it, with both before them.
        texts = {row.id: getattr(row, name) for row in rows(table, name)}
        count = Counter(plain(text) for text in texts.values())
        write(table, name, {id_: plain(text) for id_, text in texts.items() if count[plain(text)] == 1})


def downgrade() -> None:
    for (table, name), columns in CODES.items():
        op.drop_index(indexed(table, name, columns)[0], table)
        op.drop_column(table, f"{name}_key")
    for table, name in TITLES.items():
        key: Callable[[str], str] = person_key_before if table == "person" else sort_key_before
        titles = {row.id: getattr(row, name) or "" for row in rows(table, name)}
        if table == "unit":
            titles = {id_: KINDS.sub("", text) for id_, text in titles.items()}
        write(table, "title_key", {id_: key(text)[:400] for id_, text in titles.items()})


TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
SHAPES = {"\u0306": {"a": "1"}, "\u0302": {"a": "2", "e": "1", "o": "1"}, "\u031b": {"o": "2", "u": "1"}}


def sort_key_before(text: str) -> str:
    """The key by which the program before this step sorts."""
    text = re.sub(r"\d+", lambda number: number.group().zfill(9), text[:64])
    letters: list[str] = []
    tones: list[str] = []
    for char in unicodedata.normalize("NFD", text.lower()):
        if char in TONES and letters:
            tones[-1] = str(TONES[char])
        elif char in SHAPES and letters:
            letters[-1] = letters[-1][0] + SHAPES[char].get(letters[-1][0], letters[-1][1])
        elif char in "đð" or char.isspace() or (char.isascii() and char.isalnum()):
            letters.append("d1" if char in "đð" else "  " if char.isspace() else f"{char}0")
            tones.append("0")
    return "".join(letters) + "!" + "".join(tones).rstrip("0")


def person_key_before(name: str) -> str:
    """The same for a person: given name, middle, family name."""
    words = name.split()
    return " ".join(sort_key_before(" ".join(part)) for part in (words[-1:], words[1:-1], words[:-1][:1]))
