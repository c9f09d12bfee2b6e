"""The domain: every kept thing, its fields and its rules. Knows nothing of the web or of Excel."""

from models.accounts.calendar_links import CalendarLink
from models.accounts.users import Role, User
from models.adoptions import Adoption
from models.appraisals import Appraisal, Score
from models.awards import AwardForm, AwardRound
from models.documents import Attachment, Document
from models.dossiers import DossierFile, DossierItem
from models.events import Event, FestivalResult, Visit
from models.form_numbers import FormNumber
from models.history.audit import AuditEntry, AuditKind
from models.initiatives import Author, GoldenBookYear, Initiative, InitiativeField
from models.jobs import Job
from models.listeners import install
from models.media import MediaItem
from models.movements import Club, Movement, Registration
from models.nominations import AwardDecision, Nomination
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
from models.pilot_areas import PilotArea
from models.plan import Clause, ClauseMeasure
from models.recommendations import Recommendation
from models.records.base import Base, Record
from models.records.choices import Choice
from models.records.errors import Problem, Refused
from models.reports import Figure, Indicator, Report
from models.saved_exports import SavedExport
from models.successions import Succession
from models.tasks import Task
from models.themes import Theme
from models.units import Unit
