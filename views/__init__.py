"""The screens: one module a noun, each screen a declaration."""

from __future__ import annotations

from views.adoptions import AdoptionView
from views.appraisals import AppraisalView
from views.audit import AuditEntryView
from views.awards import AwardFormView, AwardRoundView
from views.calendar import CalendarView
from views.core.page_view import PageView
from views.core.screen import RecordView
from views.documents import DocumentView
from views.events import (
    EventView,
    FestivalResultView,
    VisitView,
)
from views.festival import FestivalView
from views.initiatives import GoldenBookYearView, InitiativeFieldView, InitiativeView
from views.media import MediaItemView
from views.movements import ClubView, MovementView, RegistrationView
from views.nominations import AwardDecisionView, NominationView
from views.office import OfficeView
from views.organisations import (
    CommitteeView,
    CouncilView,
    DepartmentView,
    MemberOrganisationView,
    OrganisationTypeView,
)
from views.packs import PackView
from views.people import PersonView, PositionView, PostView, TermView
from views.periods import PeriodView
from views.pilot_areas import PilotAreaView
from views.plan import ClauseView, PlanView
from views.recommendations import RecommendationView
from views.reports import IndicatorView, ReportView
from views.saved_exports import SavedExportsView
from views.successions import SuccessionView
from views.tasks import TaskView
from views.themes import ThemeView
from views.units import UnitView
from views.users import UserView

SCREENS: tuple[type[RecordView], ...] = (
    CommitteeView,
    MemberOrganisationView,
    DepartmentView,
    CouncilView,
    PersonView,
    PositionView,
    UnitView,
    SuccessionView,
    MovementView,
    RegistrationView,
    ClubView,
    EventView,
    FestivalResultView,
    PilotAreaView,
    VisitView,
    RecommendationView,
    InitiativeView,
    AppraisalView,
    AdoptionView,
    GoldenBookYearView,
    AwardRoundView,
    NominationView,
    AwardDecisionView,
    AwardFormView,
    ReportView,
    PeriodView,
    TaskView,
    IndicatorView,
    DocumentView,
    MediaItemView,
    OfficeView,
    UserView,
    AuditEntryView,
    OrganisationTypeView,
    PostView,
    TermView,
    ThemeView,
    ClauseView,
    InitiativeFieldView,
)
"""Every screen, in the order of the menu."""
PAGES: tuple[type[PageView], ...] = (PackView, SavedExportsView, CalendarView, FestivalView, PlanView)
"""Every page that is no screen of one record; each stands first in its section of the menu."""
