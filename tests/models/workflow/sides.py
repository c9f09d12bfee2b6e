"""Two sides: a district that sends and the province that decides, each with its council; records at any stage."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.orm import Session

from models import (
    Appraisal,
    Author,
    AwardDecision,
    AwardForm,
    AwardRound,
    Committee,
    Council,
    Document,
    DossierFile,
    DossierItem,
    Figure,
    GoldenBookYear,
    Initiative,
    Nomination,
    Period,
    Record,
    Report,
    Score,
    Task,
)
from models.access.scope import limited_to, scope_of
from models.accounts.users import Role
from models.appraisals import Conclusion
from models.awards import Authority, DecisionStatus, NominationStage
from models.dossiers import DossierKind, Presence
from models.history.audit import Actor, actor
from models.initiatives import Stage
from models.records.choices import Choice
from models.reports import ReportStatus
from models.tasks import TaskStatus
from models.units import Level
from tests.models.builders import DAY, build, district, save


class Sides:
    """The district and the province; `at` makes a record of the district's at any stage, with all that it needs."""

    def __init__(self, session: Session) -> None:
        self.session = session
        unit = district()
        self.province = save(session, Committee, unit=unit.parent, level=Level.PROVINCE)
        self.district = save(session, Committee, unit=unit, level=Level.DISTRICT, parent=self.province)
        self.councils = {
            home: save(session, Council, unit=home.unit, level=home.level) for home in (self.district, self.province)
        }
        self.round = save(session, AwardRound, organisation=self.councils[self.province])
        self.form = save(session, AwardForm, authority=Authority.PROVINCE_STATE)
        self.document = save(session, Document)
        self.period = save(session, Period)
        self._number = itertools.count(1)
        save(session, GoldenBookYear, year=DAY.year, quota=1000, due_on=DAY)
        session.commit()

    @contextmanager
    def acting(self, home: Committee, role: Role = Role.APPROVER) -> Iterator[None]:
        """Someone of this role at work for one of the sides."""
        token = actor.set(Actor("Chị Hoa", role=role))
        try:
            with limited_to(scope_of(home)):
                yield
        finally:
            actor.reset(token)

    def at(self, stage: Choice) -> Any:
        """A record of the district's at this stage, in the database."""
        record = self._made(stage)
        record.confirmed.update({"alike", "quota", "same-movement"})
        self.session.add(record)
        self.session.commit()
        return record

    def _made(self, stage: Choice) -> Record:
        match stage:
            case ReportStatus():
                return self._report(stage)
            case DecisionStatus():
                return self._decision(stage)
            case NominationStage():
                return self._nomination(stage)
            case TaskStatus():
                return build(Task, owner=self.district, status=stage, done_on=DAY if stage is TaskStatus.DONE else None)
        return self._initiative(Stage(stage))

    def _report(self, status: ReportStatus) -> Report:
        figures = [build(Figure, report=None)]
        return build(
            Report,
            organisation=self.district,
            period=self.period,
            revision=next(self._number),
            status=status,
            figures=figures,
            sent_on=DAY,
            return_reason="Thiếu",
        )

    def _decision(self, status: DecisionStatus) -> AwardDecision:
        cancelled = {"cancelled_on": DAY, "cancel_reason": "Sai tên"} if status is DecisionStatus.CANCELLED else {}
        return build(AwardDecision, issuer=self.province, status=status, bases=[self.document], **cancelled)

    def _nomination(self, stage: NominationStage) -> Nomination:
        decision = None
        if stage is NominationStage.AWARDED:
            decision = build(AwardDecision, issuer=self.province, status=DecisionStatus.ISSUED)
        return build(
            Nomination,
            organisation=self.district,
            unit=self.district.unit,
            round=self.round,
            form=self.form,
            decision=decision,
            stage=stage,
            papers_complete=True,
            council_met_on=DAY,
            council_present=9,
            council_votes=9,
        )

    def _initiative(self, stage: Stage) -> Initiative:
        return build(
            Initiative,
            organisation=self.district,
            unit=self.district.unit,
            stage=stage,
            golden_book=True,
            sent_on=DAY,
            golden_book_year=DAY.year,
            decision=self.document,
            authors=[build(Author, initiative=None, share=100)],
            dossier=[DossierItem(kind=kind, presence=Presence.PAPER) for kind in DossierKind],
            appraisals=[
                Appraisal(
                    council=council,
                    met_on=DAY,
                    minutes=self.document,
                    conclusion=Conclusion.CHOSEN,
                    scores=[Score(full_name=name) for name in ("An", "Bình", "Chi")],
                )
                for council in self.councils.values()
            ],
            attachments=[build(DossierFile, owner=None)],
        )
