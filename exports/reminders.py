"""Reminders of reports that are missing or were sent back: a letter's text to copy, and a list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from exports.listing import Listing
from exports.workbook import ListColumn
from models.obligations import Obligation, Standing
from models.organisations import Organisation
from models.periods import Period
from models.records.fields import Kind
from models.records.words import _
from models.reports import Report

DAY = "%d/%m/%Y"


def letter(found: Sequence[Obligation], period: Period, sender: Organisation | None, day: date) -> str:
    """The text of a reminder, in Vietnamese whatever the reader's language: it goes to Vietnamese offices."""
    who = f"Ban Thường trực {sender.name}" if sender is not None else "Chúng tôi"
    what = f"báo cáo “{period}” (hạn gửi {period.due_on:{DAY}})"
    lines = [
        "Kính gửi: các đơn vị có tên dưới đây.",
        "",
        f"Tính đến ngày {day:{DAY}}, {who} chưa nhận được {what} của {len(found):02d} đơn vị:",
        *(f"{place}. {one.organisation}: {_state(one)}." for place, one in enumerate(found, 1)),
        "",
        "Đề nghị các đơn vị khẩn trương gửi báo cáo để kịp tổng hợp; đơn vị đã gửi xin báo lại để đối chiếu."
        + (f" Nơi nhận: {sender.email}." if sender is not None and sender.email else ""),
    ]
    return "\n".join(lines)


def _state(one: Obligation) -> str:
    late = f", trễ {one.days_late} ngày" if one.days_late else ""
    if one.standing is Standing.RETURNED and one.shown is not None:
        return f"đã được trả lại ({(one.shown.return_reason or '').rstrip('.')}), chưa gửi lại{late}"
    return f"chưa gửi{late}"


def listing(found: Sequence[Obligation], title: str, about: str) -> Listing:
    """The same as a workbook's list."""
    place, dues, reports = Organisation.fields(), Period.fields(), Report.fields()
    specs = (place["name"], place["level"], dues["name"], dues["due_on"])
    contacts = (place["phone"], place["email"])
    return Listing(
        title=title,
        about=about,
        columns=[
            *(ListColumn(spec.label, spec.kind) for spec in specs),
            ListColumn(_("Số ngày trễ"), Kind.INTEGER),
            ListColumn(reports["status"].label, Kind.CHOICE),
            ListColumn(reports["return_reason"].label, Kind.TEXT),
            *(ListColumn(spec.label, spec.kind, length=spec.length or 0) for spec in contacts),
        ],
        rows=[
            [
                str(one.organisation),
                one.organisation.level.label,
                str(one.period),
                one.period.due_on,
                one.days_late,
                one.standing.label,
                one.shown.return_reason if one.shown else None,
                one.organisation.phone,
                one.organisation.email,
            ]
            for one in found
        ],
    )
