"""Initiatives: shares that make up the whole, dossiers, votes."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from models import Appraisal, Author, DossierItem, Initiative
from models.initiatives import Stage
from tests.models.builders import build, refused, save


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
