"""A record of 15 fields and its screen, for `bench.excel`; apart, for whoever imports it gets a table more."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.orm import Mapped

from bench.excel import NAMES
from models.records.base import Record
from models.records.fields import code_field, date_field, decimal, integer, long_text, moment, money, text
from views.core.screen import RecordView
from views.core.sections import Section


class Entry(Record):
    """Fields of every kind that a cell is written for."""

    label = "Hồ sơ"
    natural_key = ("code",)
    code: Mapped[str] = code_field("Mã hồ sơ", unique=True)
    name: Mapped[str] = text("Họ và tên")
    born_on: Mapped[date | None] = date_field("Ngày sinh")
    sex: Mapped[str | None] = text("Giới tính")
    district: Mapped[str | None] = text("Huyện")
    commune: Mapped[str | None] = text("Xã")
    address: Mapped[str | None] = text("Địa chỉ")
    identity: Mapped[str | None] = code_field("Số căn cước")
    amount: Mapped[int | None] = money("Số tiền (đồng)")
    area: Mapped[Decimal | None] = decimal("Diện tích (m²)")
    share: Mapped[Decimal | None] = decimal("Tỷ lệ (%)")
    sent_at: Mapped[datetime | None] = moment("Thời điểm nộp")
    state: Mapped[str | None] = text("Trạng thái")
    note: Mapped[str | None] = long_text("Ghi chú")
    people: Mapped[int | None] = integer("Nhân khẩu")


class EntryView(RecordView):
    """The list of all of them."""

    record = Entry
    section = Section.MOVEMENTS
    column_list = NAMES
    column_default_sort = "code"
