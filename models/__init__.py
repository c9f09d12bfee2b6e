"""The domain: every kept thing, its fields and its rules. Knows nothing of the web or of Excel."""

from models.audit import AuditEntry, AuditKind
from models.awards import AwardDecision, AwardForm, AwardRound, Nomination
from models.base import Base, Record
from models.choices import Choice
from models.documents import Attachment, Document
from models.errors import Problem, Refused
from models.events import Event, FestivalResult, PilotArea, Theme
from models.initiatives import Appraisal, Author, DossierItem, Initiative, InitiativeField
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
from models.reports import Figure, Indicator, Report
from models.tasks import Task
from models.units import Succession, Unit
from models.users import Role, User

__all__ = [
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
    "DossierItem",
    "Event",
    "FestivalResult",
    "Figure",
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
    "Signer",
    "Succession",
    "Task",
    "Term",
    "Theme",
    "Unit",
    "User",
]
