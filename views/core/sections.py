"""The sections of the side menu, in the order of the office's work."""

from models.records.choices import Choice
from models.records.words import _


class Section(Choice):
    """A group of screens in the menu."""

    MEETINGS = "meetings", _("Họp")
    ORGANISATIONS = "organisations", _("Tổ chức")
    MOVEMENTS = "movements", _("Phong trào")
    EVENTS = "events", _("Sự kiện")
    INITIATIVES = "initiatives", _("Sáng kiến")
    AWARDS = "awards", _("Khen thưởng")
    REPORTS = "reports", _("Báo cáo")
    DOCUMENTS = "documents", _("Văn bản")
    SYSTEM = "system", _("Hệ thống")
