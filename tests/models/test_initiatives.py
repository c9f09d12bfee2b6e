"""Initiatives: shares that make up the whole, dossiers, votes."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from models import Adoption, Appraisal, Author, Committee, Council, DossierItem, Initiative, Score, Unit
from models.access.scope import limited_to, scope_of
from models.appraisals import Conclusion, Vote
from models.dossiers import DossierKind, Presence
from models.initiatives import Stage
from models.units import Level
from tests.models.builders import DAY, build, district, refused, save

pytestmark = pytest.mark.database


def authors(*shares: str) -> list[Author]:
    return [Author(full_name=f"Người {place}", place=place, share=Decimal(s)) for place, s in enumerate(shares, 1)]


@pytest.fixture
def initiative(session: Session) -> Initiative:
    made = save(session, Initiative, authors=authors("60", "40"))
    session.commit()
    return made


@pytest.mark.parametrize("shares", [[], ["100"], ["60", "40"], ["33.33", "33.33", "33.34"], ["100", "0"]])
def test_shares_make_up_the_whole(session: Session, shares: list[str]) -> None:
    session.add(build(Initiative, authors=authors(*shares)))
    session.flush()


@pytest.mark.parametrize(
    ("shares", "total"), [(["99.99"], "99,99"), (["60", "50"], "110"), (["33.33"] * 3, "99,99"), (["0"], "0")]
)
def test_shares_that_do_not_are_refused(session: Session, shares: list[str], total: str) -> None:
    session.add(build(Initiative, authors=authors(*shares)))
    assert refused(session) == {"authors": f"Tổng tỷ lệ của các tác giả là {total} %, phải bằng 100 %."}


@pytest.mark.parametrize(
    "change",
    [
        lambda session, it: setattr(it.authors[0], "share", Decimal(50)),
        lambda session, it: session.delete(it.authors[0]),
        lambda session, it: session.add(Author(initiative=it, full_name="Người 3", share=Decimal(1))),
        lambda session, it: session.add(Author(initiative_id=it.id, full_name="Người 3", share=Decimal(1))),
        lambda session, it: setattr(it.authors[0], "initiative", build(Initiative)),
        lambda session, it: setattr(it.authors[0], "initiative_id", save(session, Initiative).id),
    ],
    ids=["share", "delete", "add", "add by key", "move", "move by key"],
)
def test_shares_make_up_the_whole_when_only_an_author_changes(
    session: Session, initiative: Initiative, change: Callable[[Session, Initiative], None]
) -> None:
    change(session, initiative)
    assert "authors" in refused(session)


def test_an_author_alone_in_hand_asks_the_initiative(session: Session, initiative: Initiative) -> None:
    id_ = initiative.authors[0].id
    session.expunge_all()
    session.get_one(Author, id_).share = Decimal(61)
    assert "authors" in refused(session)


def test_shares_may_change_together(session: Session, initiative: Initiative) -> None:
    one, two = initiative.authors
    one.share, two.share = Decimal(50), Decimal(50)
    session.flush()
    session.delete(one)
    two.share = Decimal(100)
    session.flush()
    session.delete(two)
    session.flush()
    assert initiative.authors == []


def test_what_is_published_has_its_year(session: Session) -> None:
    initiative = build(Initiative, stage=Stage.PUBLISHED)
    session.add(initiative)
    assert refused(session) == {"golden_book_year": "Đã công bố thì phải có năm công bố."}
    initiative.golden_book_year = 2023
    session.flush()


@pytest.mark.parametrize(
    ("members", "present", "votes", "wrong"),
    [
        (9, 9, 9, None),
        (9, None, None, None),
        (None, 7, 7, None),
        (None, None, 7, None),
        (9, 10, 7, "present"),
        (9, 7, 8, "votes_for"),
        (9, 0, 1, "votes_for"),
    ],
)
def test_no_more_vote_than_are_there(
    session: Session, members: int | None, present: int | None, votes: int | None, wrong: str | None
) -> None:
    session.add(build(Appraisal, members=members, present=present, votes_for=votes))
    if wrong is None:
        session.flush()
    else:
        assert set(refused(session)) == {wrong}


def test_a_paper_is_in_a_dossier_once(session: Session) -> None:
    paper = save(session, DossierItem)
    session.add(build(DossierItem, initiative=paper.initiative))
    assert set(refused(session)) == {"kind"}


def test_a_council_votes_once_a_day(session: Session) -> None:
    vote = save(session, Appraisal)
    session.add(build(Appraisal, initiative=vote.initiative, council=vote.council))
    assert set(refused(session)) == {"met_on"}


@pytest.mark.parametrize("sample", [False, True])
def test_a_new_initiative_gets_its_checklist(session: Session, sample: bool) -> None:
    there = DossierItem(kind=DossierKind.CLIP, presence=Presence.FILE, sample=sample)
    initiative = save(session, Initiative, dossier=[there], sample=sample)
    assert {item.kind: item.presence is Presence.FILE for item in initiative.dossier} == {
        kind: kind is DossierKind.CLIP for kind in DossierKind
    }
    assert {item.sample for item in initiative.dossier} == {sample}


# -- titles that are much alike


@pytest.fixture
def first(session: Session) -> Initiative:
    by = Author(full_name="Thạch Sang", birth_year=1970, share=Decimal(100))
    made = save(session, Initiative, name="Máy gieo lúa cải tiến dùng pin", authors=[by])
    session.commit()
    return made


def another(first: Initiative, **values: object) -> Initiative:
    return build(Initiative, **{"name": "MÁY GIEO LÚA dùng pin", "unit": first.unit, **values})


@pytest.mark.parametrize(
    ("values", "asked"),
    [
        ({}, True),
        ({"name": "Máy gặt lúa dùng pin"}, False),
        ({"unit": None}, False),
        ({"unit": None, "authors": [("Thạch Sang", None)]}, True),
        ({"unit": None, "authors": [("THẠCH SANG", 1970)]}, True),
        ({"unit": None, "authors": [("Thạch Sang", 1971)]}, False),
    ],
)
def test_a_title_much_like_another_is_asked_about(
    session: Session, first: Initiative, values: dict[str, object], asked: bool
) -> None:
    if "unit" in values:
        values = {**values, "unit": build(Unit)}
    if names := values.get("authors"):
        values = {**values, "authors": [Author(full_name=n, birth_year=y, share=Decimal(100)) for n, y in names]}  # type: ignore[attr-defined]
    other = another(first, **values)
    session.add(other)
    if asked:
        said = f"Tên trùng hoặc rất giống “{first.name} ({first.code})”, cùng tác giả hoặc cùng đơn vị."
        assert refused(session) == {"name": said}
        other.confirmed.add("alike")
    session.commit()
    other.note = "Không hỏi lại"
    session.flush()


def test_two_alike_in_one_flush_are_asked_about(session: Session) -> None:
    one = build(Initiative, name="Máy gieo lúa")
    session.add_all([one, another(one, name="Máy gieo lúa")])
    assert "name" in refused(session)


def test_an_initiative_of_others_is_not_named(session: Session, first: Initiative) -> None:
    home = save(session, Committee, unit=district(), level=Level.DISTRICT)
    session.commit()
    by = Author(full_name="Thạch Sang", share=Decimal(100))
    other = another(first, unit=home.unit, organisation=home, authors=[by])
    session.commit()
    with limited_to(scope_of(home)):
        session.add(other)
        assert "“một sáng kiến của nơi khác”" in refused(session)["name"]


# -- councils


def test_the_tally_follows_from_the_members_votes(session: Session) -> None:
    scores = [
        Score(full_name="An", vote=Vote.FOR, points=Decimal(90)),
        Score(full_name="Bình", vote=Vote.AGAINST, points=Decimal("85.5")),
        Score(full_name="Chi", vote=Vote.ABSENT),
    ]
    meeting = save(session, Appraisal, scores=scores, members=99)
    assert (meeting.members, meeting.present, meeting.votes_for, meeting.score) == (3, 2, 1, Decimal("87.75"))
    scores[2].points = Decimal(50)
    assert refused(session) == {"points": "Vắng mặt thì không có điểm."}


@pytest.mark.parametrize(
    ("threshold", "votes", "right"), [(None, 5, True), (None, 4, False), (66, 6, True), (67, 6, False), (100, 9, True)]
)
def test_what_is_chosen_has_the_votes(session: Session, threshold: int | None, votes: int, right: bool) -> None:
    council = build(Council, threshold=threshold)
    session.add(build(Appraisal, council=council, present=9, votes_for=votes, conclusion=Conclusion.CHOSEN))
    if right:
        session.flush()
    else:
        assert refused(session) == {"votes_for": f"{votes}/9 phiếu tán thành: chưa đủ tỷ lệ phải có."}


def test_a_members_vote_asks_up_to_the_initiative(session: Session) -> None:
    """A vote belongs to a meeting, the meeting to an initiative: what stands on it is asked again."""
    meeting = Appraisal(council=build(Council, level=Level.DISTRICT), met_on=DAY, conclusion=Conclusion.CHOSEN)
    meeting.scores = [Score(full_name=name, vote=Vote.FOR) for name in ("An", "Bình", "Chi")]
    papers = [DossierItem(kind=kind, presence=Presence.PAPER) for kind in DossierKind]
    initiative = save(session, Initiative, appraisals=[meeting], dossier=papers, stage=Stage.APPRAISED)
    session.commit()
    version = initiative.version
    meeting.scores[0].vote = Vote.AGAINST
    session.commit()
    assert (meeting.votes_for, initiative.version) == (2, version + 1)
    meeting.scores[1].vote = Vote.AGAINST
    assert "votes_for" in refused(session)


def test_only_a_model_worth_spreading_is_taken_up(session: Session) -> None:
    initiative = save(session, Initiative, worth_spreading=True, adoptions=[Adoption(unit=build(Unit))])
    initiative.worth_spreading = False
    assert refused(session) == {"worth_spreading": "Có nơi làm theo thì phải đánh dấu mô hình nhân rộng."}
