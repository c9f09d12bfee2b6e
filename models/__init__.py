"""The domain: every kept thing, its fields and its rules. Knows nothing of the web or of Excel."""

from models.access import row_security
from models.accounts.calendar_links import CalendarLink
from models.accounts.users import Role, User
from models.appraisals import Appraisal, Score
from models.awards import AwardDecision, AwardForm, AwardRound, Nomination
from models.documents import Attachment, Document
from models.events import Event, FestivalResult, PilotArea, Recommendation, Theme, Visit
from models.history.audit import AuditEntry, AuditKind
from models.initiatives import (
    Adoption,
    Author,
    DossierFile,
    DossierItem,
    GoldenBookYear,
    Initiative,
    InitiativeField,
)
from models.jobs import Job
from models.media import MediaItem
from models.movements import Club, Movement, Registration
from models.office import Office, Signer
from models.organisations import (
    Committee,
    Council,
    Department,
    MemberCount,
    MemberOrganisation,
    Organisation,
    OrganisationType,
)
from models.people import Person, Position, Post, Term
from models.periods import Period
from models.plan import Clause, ClauseMeasure
from models.records.base import Base, Record
from models.records.choices import Choice
from models.records.errors import Problem, Refused
from models.reports import Figure, Indicator, Report
from models.saved_exports import SavedExport
from models.tasks import Task
from models.units import Succession, Unit

__all__ = [
    "Adoption",
    "Appraisal",
    "Attachment",
    "AuditEntry",
    "AuditKind",
    "Author",
    "AwardDecision",
    "AwardForm",
    "AwardRound",
    "Base",
    "CalendarLink",
    "Choice",
    "Clause",
    "ClauseMeasure",
    "Club",
    "Committee",
    "Council",
    "Department",
    "Document",
    "DossierFile",
    "DossierItem",
    "Event",
    "FestivalResult",
    "Figure",
    "GoldenBookYear",
    "Indicator",
    "Initiative",
    "InitiativeField",
    "Job",
    "MediaItem",
    "MemberCount",
    "MemberOrganisation",
    "Movement",
    "Nomination",
    "Office",
    "Organisation",
    "OrganisationType",
    "Period",
    "Person",
    "PilotArea",
    "Position",
    "Post",
    "Problem",
    "Recommendation",
    "Record",
    "Refused",
    "Registration",
    "Report",
    "Role",
    "SavedExport",
    "Score",
    "Signer",
    "Succession",
    "Task",
    "Term",
    "Theme",
    "Unit",
    "User",
    "Visit",
    "row_security",
]
