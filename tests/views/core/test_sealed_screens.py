"""Seals on screen: what was sent is text with the reason, what is sent all the same is refused in words, and opened."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from models import AuditEntry, AwardDecision, Council, Initiative, Nomination, Report, Role
from models.awards import DecisionStatus, NominationStage
from models.history.audit import AuditKind
from models.initiatives import Stage
from models.reports import ReportStatus
from models.units import Level
from models.workflow.openings import ACT
from tests.conftest import add_person, browser_of
from tests.databases import ON_SQLITE
from tests.pages import Element, read, record_form, save, sent
from views.core.session import db

pytestmark = ON_SQLITE
REPORT = "thì không sửa, không xóa; muốn đính chính thì lập lần gửi mới."
INITIATIVE = "nên không sửa, không xóa; Mặt trận tỉnh mở được, có ghi lý do."


@pytest.fixture(scope="module")
def district(desk: Flask) -> FlaskClient:
    """The browser of an editor of Mỹ Xuyên's committee."""
    return browser_of(desk, add_person(desk, Role.EDITOR, "MTTQ-947").username)


@pytest.fixture(scope="module")
def province(desk: Flask) -> FlaskClient:
    """The browser of an approver of the province's office."""
    return browser_of(desk, add_person(desk, Role.APPROVER).username)


def one(desk: Flask, cls: Any, *conditions: Any) -> Any:
    """The newest such record, detached, with what the tests read."""
    with desk.app_context():
        record = db.session.scalars(select(cls).where(*conditions).order_by(cls.id.desc())).first()
        assert record is not None
        for name in cls.fields():
            getattr(record, name)
        db.session.expunge_all()
        return record


@pytest.fixture(scope="module")
def report(desk: Flask) -> Any:
    return one(desk, Report, Report.status == ReportStatus.ACCEPTED, Report.organisation.has(code="MTTQ-947"))


@pytest.fixture(scope="module")
def initiative(desk: Flask) -> Any:
    return one(desk, Initiative, Initiative.stage == Stage.PUBLISHED, Initiative.code.like("SK-947-%"))


@pytest.fixture(scope="module")
def nomination(desk: Flask) -> Any:
    return one(
        desk, Nomination, Nomination.stage == NominationStage.CHECKED, Nomination.organisation.has(code="MTTQ-947")
    )


def said(page: str) -> str:
    """What a page says is wrong."""
    tree = read(page)
    return " ".join(each.text for each in tree.walk() if {"flash", "errors"} & each.classes)


def forged(client: FlaskClient, url: str, typed: dict[str, str]) -> str:
    """What the form answers to whoever sends what it doesn't offer."""
    values: dict[str, Any] = sent(record_form(client.get(url).text))
    answer = client.post(url, data=values | typed)
    assert answer.status_code == 200, "saved"
    return said(answer.text)


def sealed_in(form: Element) -> dict[str, str]:
    """What of a form is text: label and value."""
    parts = [each for each in form.all("div") if "sealed" in each.classes]
    return {part.all("span", class_="label")[0].text: part.text for part in parts}


# -- the four cases of the year's walk, over HTTP


def test_an_accepted_reports_figure_and_the_report_stay(desk: Flask, district: FlaskClient, report: Any) -> None:
    figure = report.figures[0]
    typed = {"figures-0-id": str(figure.id), "figures-0-indicator": str(figure.indicator_id), "figures-0-value": "9999"}
    assert REPORT in forged(district, f"/reports/edit/?id={report.id}", typed)
    token = sent(record_form(district.get(f"/reports/edit/?id={report.id}").text))["csrf_token"]
    answer = district.post("/reports/delete/", data={"id": report.id, "csrf_token": token})
    assert REPORT in said(answer.text)
    kept = one(desk, Report, Report.id == report.id)
    assert [each.value for each in kept.figures] == [each.value for each in report.figures]


def test_what_is_in_the_golden_book_stays(desk: Flask, district: FlaskClient, initiative: Any) -> None:
    url, author = f"/initiatives/edit/?id={initiative.id}", initiative.authors[0]
    assert INITIATIVE in forged(district, url, {"name": "Tên khác hẳn"})
    swapped = {"authors-0-id": str(author.id), "authors-0-full_name": "Người khác", "authors-0-share": "100"}
    assert INITIATIVE in forged(district, url, swapped)
    token = sent(record_form(district.get(url).text))["csrf_token"]
    answer = district.post("/initiatives/delete/", data={"id": initiative.id, "csrf_token": token})
    assert INITIATIVE in said(answer.text)
    assert one(desk, Initiative, Initiative.id == initiative.id).name == initiative.name


def test_a_provincial_councils_appraisal_is_not_written_by_a_district(
    desk: Flask, district: FlaskClient, initiative: Any
) -> None:
    council = one(desk, Council, Council.level == Level.PROVINCE)
    own = one(desk, Initiative, Initiative.stage == Stage.REGISTERED, Initiative.organisation.has(code="MTTQ-947"))
    typed = {"council": str(council.id), "met_on": "1/2/2023", "present": "9", "votes_for": "9", "conclusion": "chosen"}
    answer = save(district, "/appraisals/new/", typed | {"initiative": str(own.id), "members": "9"})
    assert answer.status_code == 200
    assert f"chỉ {council} ghi được." in said(answer.text)


def test_a_nomination_at_the_provinces_council_stays(desk: Flask, district: FlaskClient, nomination: Any) -> None:
    url = f"/nominations/edit/?id={nomination.id}"
    assert "ghi được." in forged(district, url, {"council_present": "9", "council_votes": "9"})
    assert "ghi được." in forged(district, url, {"papers_complete": "false"})
    assert "mở được, có ghi lý do." in forged(district, url, {"recipient": "Người khác"})
    assert one(desk, Nomination, Nomination.id == nomination.id).recipient == nomination.recipient


# -- what screens show


@pytest.mark.parametrize(("noun", "labels"), [("report", 5), ("initiative", 10), ("nomination", 5)])
def test_a_form_shows_what_is_sealed_as_text(
    request: pytest.FixtureRequest, district: FlaskClient, noun: str, labels: int
) -> None:
    record = request.getfixturevalue(noun)
    page = district.get(f"/{noun}s/edit/?id={record.id}").text
    assert "không sửa, không xóa" in read(page).one("p", class_="flash seal").text
    assert len(sealed_in(record_form(page))) > labels
    buttons = [each.text for each in record_form(page).all("button") if each.get("type") == "submit"]
    assert ("Lưu" in buttons) == (noun == "initiative")


def test_a_records_page_says_why_and_offers_what_can_be_done(
    district: FlaskClient, province: FlaskClient, report: Any, initiative: Any
) -> None:
    page = read(district.get(f"/reports/details/?id={report.id}").text)
    offered = {each.text for each in page.all("a", class_="btn")} | {
        each.text for each in page.all("a", class_="btn main")
    }
    assert "Lập lần gửi mới" in offered
    assert not {"Sửa", "Xóa…"} & offered
    assert REPORT in page.one("p", class_="flash seal").text
    links = [read(who.get(f"/initiatives/details/?id={initiative.id}").text).all("a") for who in (district, province)]
    assert ["Mở để sửa…" in [each.text for each in found] for found in links] == [False, True]
    assert all("Xóa…" not in [each.text for each in found] for found in links)


def test_what_goes_on_living_is_saved_beside_what_is_sealed(
    desk: Flask, district: FlaskClient, initiative: Any
) -> None:
    url = f"/initiatives/edit/?id={initiative.id}"
    answer = save(district, url, {"adoptions-0-result": "Làm theo từ năm nay"})
    assert answer.status_code == 302, said(answer.text)
    kept = one(desk, Initiative, Initiative.id == initiative.id)
    assert [each.result for each in kept.adoptions][:1] == ["Làm theo từ năm nay"]
    assert [each.full_name for each in kept.authors] == [each.full_name for each in initiative.authors]
    assert (len(kept.appraisals), len(kept.dossier)) == (len(initiative.appraisals), len(initiative.dossier))


def test_bulk_edit_says_what_is_sealed(district: FlaskClient, initiative: Any, nomination: Any) -> None:
    page = read(district.get(f"/initiatives/bulk/?id={initiative.id}").text)
    assert {each["value"] for each in page.all("input", name="set")} == {"worth_spreading"}
    assert "1 trong 1 bản ghi không sửa được mục này: Đã chuyển lên tỉnh" in page.text


# -- opening


def test_the_provinces_approver_opens_with_a_reason(
    desk: Flask, district: FlaskClient, province: FlaskClient, initiative: Any
) -> None:
    url = f"/initiatives/edit/?id={initiative.id}&open=1"
    assert INITIATIVE in forged(district, url, {"name": "Tên khác", "opened_because": "Sai"})
    name = f"{initiative.name} (đính chính)"
    answer = save(province, url, {"name": name})
    assert answer.status_code == 200
    assert "phải ghi lý do" in said(answer.text)
    assert sent(record_form(answer.text))["name"] == [name]
    assert save(province, url, {"name": name, "opened_because": "Sai chính tả"}).status_code == 302
    page = read(province.get(f"/initiatives/details/?id={initiative.id}").text)
    assert "Sai chính tả" in page.one("section", class_="card pad openings").text
    with desk.app_context():
        query = select(AuditEntry).where(AuditEntry.act_name == f"{ACT}Sai chính tả")
        entries = list(db.session.scalars(query))
        assert len({entry.act for entry in entries}) == 1
        assert {(e.noun, e.kind) for e in entries} == {("Initiative", AuditKind.CHANGED)}
    assert INITIATIVE in forged(province, f"/initiatives/edit/?id={initiative.id}", {"name": "Lại khác"})


# -- another version, another decision


def test_a_decision_is_cancelled_and_another_takes_its_place(desk: Flask, province: FlaskClient) -> None:
    issued = one(desk, AwardDecision, AwardDecision.status == DecisionStatus.ISSUED)
    links = {e.text: e["href"] for e in read(province.get(f"/award-decisions/details/?id={issued.id}").text).all("a")}
    assert "to=cancelled" in links["Hủy để thay…"]
    gone = one(desk, AwardDecision, AwardDecision.status == DecisionStatus.CANCELLED)
    links = {e.text: e["href"] for e in read(province.get(f"/award-decisions/details/?id={gone.id}").text).all("a")}
    form = sent(record_form(province.get(links["Lập quyết định thay"]).text))
    assert form["replaces"] == [str(gone.id)]
    assert form["excerpt"] == [gone.excerpt]


def test_undo_says_which_rows_were_sealed_since(desk: Flask, district: FlaskClient, report: Any) -> None:
    with desk.app_context():
        query = select(AuditEntry).where(AuditEntry.noun == "Report", AuditEntry.record_id == report.id)
        entry = db.session.scalars(query.order_by(AuditEntry.id)).first()
    if entry is None:
        pytest.skip("the demo year tells of no history of reports")
    page = read(district.get(f"/history/undo/?act={entry.act}").text)
    assert REPORT in page.text


def test_the_sum_names_the_version_that_it_counts(district: FlaskClient, report: Any) -> None:
    url = f"/reports/sums/?period={report.period_id}&organisation={report.organisation_id}"
    assert "Xem báo cáo lần 1" in [link.text for link in read(district.get(url).text).all("a")]
