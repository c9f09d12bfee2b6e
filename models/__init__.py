"""The domain: every kept thing, its fields and its rules. Knows nothing of the web or of Excel."""

from models.appraisals import Appraisal, Score
from models.audit import AuditEntry, AuditKind
from models.awards import AwardDecision, AwardForm, AwardRound, Nomination
from models.base import Base, Record
from models.choices import Choice
from models.documents import Attachment, Document
from models.errors import Problem, Refused
from models.events import Event, FestivalResult, PilotArea, Theme
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
from models.reports import Figure, Indicator, Period, Report
from models.tasks import Task
from models.units import Succession, Unit
from models.users import Role, User

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
    "Choice",
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
    "Record",
    "Refused",
    "Registration",
    "Report",
    "Role",
    "Score",
    "Signer",
    "Succession",
    "Task",
    "Term",
    "Theme",
    "Unit",
    "User",
]
