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


def test_a_day_goes_with_a_sign(session: Session) -> None:
    session.add(build(Document, sign=None))
    assert refused(session) == {"sign": "Có ngày ban hành thì phải có số, ký hiệu."}


def test_a_sign_whose_day_nobody_knows_is_kept_as_such(session: Session) -> None:
    kept = save(session, Document, sign="107/HD-MTTW-BTT", issued_on=None)
    assert kept.issued_on is None
    assert Document.find(session, "107/HD-MTTW-BTT") is kept
    assert str(kept).endswith("107/HD-MTTW-BTT")


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (None, None, "Đã có văn bản số này, chưa rõ ngày."),
        (None, DAY, "Đã có văn bản số này, chưa rõ ngày."),
        (DAY, None, f"Đã có văn bản số này, ngày {DAY:%d/%m/%Y}."),
    ],
)
def test_two_of_one_sign_may_be_one_where_a_day_is_unknown(
    session: Session, first: date | None, second: date | None, said: str
) -> None:
    save(session, Document, sign="12/KH-MTTQ", issued_on=first)
    session.add(build(Document, sign="12/kh-mttq".upper(), issued_on=second))
    assert refused(session) == {"issued_on": said}


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
