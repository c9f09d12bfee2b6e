"""Documents: a sign and its date, what a sign looks like, how a document is found."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from models import Document
from models.documents import SIGN
from tests.models.builders import DAY, build, refused, save


@pytest.mark.parametrize(
    "sign",
    [
        "12/QĐ-MTTQ-BTT",
        "96/HD-MTTW-BTT",
        "06/2022/QH15",
        "1620/QĐ-TTg",
        "264-TB/TW",
        "01a/KH-MTTQ",
        "120-QĐ/TW",
        "05/CTr-UBND",
        "98/2023/NĐ-CP",
        "7đ/TTr-MTTQ-BTT",
        "11/BC-MTTQ&UBND",
    ],
)
def test_a_sign_is_a_number_and_letters(session: Session, sign: str) -> None:
    assert SIGN.fullmatch(sign)
    assert save(session, Document, sign=sign).sign == sign


@pytest.mark.parametrize(
    "sign",
    [
        "12",
        "QĐ-MTTQ-BTT",
        "12 QĐ-MTTQ-BTT",
        "12/qđ-mttq",
        "12/",
        "12/QĐ-",
        "số 12/QĐ-MTTQ",
        "123456/QĐ-X",
        "12/QĐ MTTQ",
    ],
)
def test_another_sign_is_refused(session: Session, sign: str) -> None:
    session.add(build(Document, sign=sign))
    assert refused(session) == {"sign": "Số, ký hiệu phải có dạng “12/QĐ-MTTQ-BTT”."}


@pytest.mark.parametrize("missing", ["sign", "issued_on"])
def test_sign_and_date_go_together(session: Session, missing: str) -> None:
    session.add(build(Document, **{missing: None}))
    assert refused(session) == {missing: "Số, ký hiệu và ngày ban hành phải đi cùng nhau."}


def test_a_document_may_have_neither_and_is_found_by_its_excerpt(session: Session) -> None:
    plan = save(session, Document, sign=None, issued_on=None, excerpt="Kế hoạch\nphong trào")
    assert Document.find(session, " Kế hoạch\r\nphong trào ") is plan
    assert str(plan) == "Kế hoạch\nphong trào"


def test_a_sign_may_come_back_another_year(session: Session) -> None:
    old = save(session, Document, sign="12/KH-MTTQ", issued_on=DAY)
    assert Document.find(session, "12/KH-MTTQ") is old
    new = save(session, Document, sign="12/KH-MTTQ", issued_on=date(2024, 1, 1))
    assert Document.find(session, "12/KH-MTTQ | 2024-01-01") is new
    with pytest.raises(LookupError):
        Document.find(session, "12/KH-MTTQ")
    session.add(build(Document, sign="12/KH-MTTQ", issued_on=DAY))
    assert set(refused(session)) == {"issued_on"}


def test_a_document_reads_as_kind_and_sign(session: Session) -> None:
    assert str(save(session, Document, kind="plan", sign="12/KH-MTTQ")) == "Kế hoạch 12/KH-MTTQ"
