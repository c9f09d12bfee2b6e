"""What a record says when it refuses: sentences for people, one for each field at fault."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from models.records.words import _


@dataclass(frozen=True)
class Problem:
    """One thing wrong with one record.

    `message` is in the words of the office and may hold `%(name)s` places, filled from `values`. `field` names the
    attribute it concerns, or is None for the record as a whole. A problem with a `confirm` key is a warning: it
    passes once that key stands in the record's `confirmed` set.
    """

    message: str
    field: str | None = None
    values: dict[str, Any] = dataclasses.field(default_factory=dict)
    confirm: str | None = None

    def __str__(self) -> str:
        return self.message % self.values if self.values else self.message


class Refused(ValueError):
    """A record breaks a rule; nothing was written. The people at the screen can mend it."""

    def __init__(self, problems: Iterable[Problem], record: object | None = None) -> None:
        self.problems = tuple(problems)
        self.record = record
        super().__init__(" ".join(str(problem) for problem in self.problems))


MISSING = _("Chưa nhập.")
TOO_LONG = _("Dài quá %(limit)s ký tự.")
TOO_SMALL = _("Không được nhỏ hơn %(limit)s.")
TOO_LARGE = _("Không được lớn hơn %(limit)s.")
TAKEN = _("Đã có ở “%(other)s”.")
TAKEN_ELSEWHERE = _("Đã có ở nơi khác.")
TOO_FINE = _("“%(value)s” có quá %(places)s chữ số thập phân.")
UNKNOWN_CHOICE = _("“%(value)s” không có trong danh sách chọn.")
WRONG_KIND = _("“%(value)s” không đúng kiểu dữ liệu.")
CONSTRAINT = _("Không lưu được: trùng hoặc vướng dữ liệu khác vừa được ghi. Hãy tải lại trang rồi thử lại.")
