"""The reminder: who is named, with which day and delay, in the letter and in the workbook's list."""

from datetime import date

import pytest

from exports.reminders import letter, listing
from models import Committee, Period
from models.obligations import Obligation, Version
from models.reports import ReportStatus

DUE, DAY = date(2023, 5, 15), date(2023, 5, 18)


@pytest.fixture
def found() -> list[Obligation]:
    period = Period(kind="half_year", name="6 tháng đầu năm 2023", due_on=DUE)
    returned = Version(1, 1, ReportStatus.RETURNED, DUE, "Thiếu số liệu.")
    return [
        Obligation(Committee(name="UBMTTQ huyện Kế Sách", level="district", phone="0299 3876 123"), period, DAY),
        Obligation(Committee(name="UBMTTQ huyện Mỹ Tú", level="district"), period, DAY, (returned,)),
    ]


def test_the_letter_names_them_with_day_and_delay(found: list[Obligation]) -> None:
    text = letter(found, found[0].period, Committee(name="UBMTTQ tỉnh", email="a@b.vn"), DAY)
    lines = text.splitlines()
    assert lines[2].startswith("Tính đến ngày 18/05/2023, Ban Thường trực UBMTTQ tỉnh chưa nhận được báo cáo ")
    assert lines[2].endswith(" “6 tháng đầu năm 2023” (hạn gửi 15/05/2023) của 02 đơn vị:")
    assert lines[3:5] == [
        "1. UBMTTQ huyện Kế Sách: chưa gửi, trễ 3 ngày.",
        "2. UBMTTQ huyện Mỹ Tú: đã được trả lại (Thiếu số liệu), chưa gửi lại, trễ 3 ngày.",
    ]
    assert text.endswith("Nơi nhận: a@b.vn.")


def test_the_list_has_a_value_under_each_heading(found: list[Obligation]) -> None:
    made = listing(found, "Chưa gửi", "6 tháng")
    rows = [dict(zip([column.label for column in made.columns], row, strict=True)) for row in made.rows]
    assert [row["Tên tổ chức"] for row in rows] == ["UBMTTQ huyện Kế Sách", "UBMTTQ huyện Mỹ Tú"]
    assert rows[0]["Số ngày trễ"] == 3
    assert rows[0]["Điện thoại"] == "0299 3876 123"
    assert (rows[1]["Tình trạng"], rows[1]["Lý do trả lại"]) == ("Trả lại", "Thiếu số liệu.")
