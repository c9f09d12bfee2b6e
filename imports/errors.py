"""What is wrong with a row, in words for whoever typed it."""

from __future__ import annotations

from models.records.words import _

IN_CELL = _("dòng %(line)s, cột “%(column)s”: %(reason)s")
IN_ROW = _("dòng %(line)s: %(reason)s")


class RowError(ValueError):
    """A row that can't be taken in. `line` is 0 or `column` "" where none is to blame."""

    def __init__(self, file: str, line: int, column: str, reason: str) -> None:
        self.file = file
        self.line = line
        self.column = column
        self.reason = reason
        super().__init__(file, line, column, reason)

    def __str__(self) -> str:
        where = IN_CELL if self.column else IN_ROW
        said = where % vars(self) if self.line or self.column else self.reason
        return f"{self.file}, {said}" if self.file else said


NOT_UTF8 = _("Tệp không phải mã UTF-8. Hãy lưu lại dưới dạng “CSV UTF-8”.")
NOT_CSV = _("Không đọc được dòng này: dấu ngoặc kép mở mà không đóng, hoặc đóng sai chỗ.")
NO_HEADER = _("Tệp trống: không có dòng tiêu đề cột.")
NAMELESS_COLUMN = _("Có cột không có tiêu đề.")
COLUMN_TWICE = _("Cột này có hai lần.")
CELL_COUNT = _("Dòng có %(cells)s ô, tiêu đề có %(columns)s cột.")
UNKNOWN_COLUMN = _("Không có cột này ở “%(label)s”.")
DERIVED_COLUMN = _("Cột này do phần mềm tự tính, không nhập được.")
NOT_A_NUMBER = _("“%(value)s” không phải là số, ví dụ 1.234,5.")
NOT_WHOLE = _("“%(value)s” phải là số nguyên.")
NOT_A_DAY = _("“%(value)s” không phải là ngày, ví dụ 15/5/2023.")
NOT_A_MOMENT = _("“%(value)s” không phải là thời điểm, ví dụ 2023-05-15T08:00+07:00.")
NOT_YES_NO = _("“%(value)s” không phải là “có” hay “không”.")
NO_SUCH = _("Không có “%(value)s” trong “%(label)s”.")
SEVERAL_SUCH = _("Có nhiều “%(value)s” trong “%(label)s”; hãy ghi mã đầy đủ.")
ROW_TWICE = _("Trùng với dòng %(line)s của tệp.")
NOT_A_SAMPLE = _("“%(record)s” là dữ liệu thật; dòng mẫu không được ghi đè.")
