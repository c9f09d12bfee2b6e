"""Saved exports: the page where a list is laid out for a meeting, and the lists that are made with one press."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import select

from models.accounts.users import Role
from models.records.words import _
from models.saved_exports import SavedExport
from views.core.commit import commit_or_flash
from views.core.fields.formatting import many
from views.core.layouts import GROUPED_BY, LAYOUT, ORDERED_BY, columns_of, layout_of, named
from views.core.page_view import PageView
from views.core.pages.export import ExportPage
from views.core.query import is_id
from views.core.sections import Section
from views.core.session import db
from views.desk import address_of, saved_exports

if TYPE_CHECKING:
    from views.core.screen import RecordView

NAME, SHARED, SCREEN = "save_as", "shared_with", "screen"
DO, EXPORT = "do", "export"
LONGEST = SavedExport.fields()["name"].length or 0
NO_NAME = _("Hãy đặt tên cho mẫu rồi bấm “Lưu thành mẫu”.")
LONG_NAME = _("Tên mẫu dài quá 150 ký tự.")


class SavedExportsView(PageView):
    """The pages under "/saved-exports/"."""

    label = _("Mẫu xuất")
    section = Section.MEETINGS
    path = "saved-exports"

    @expose("/")
    def index_view(self) -> ResponseReturnValue:
        """Every saved export that the reader may press."""
        return self.render("admin/saved_exports/index.html", saved=self._rows())

    @expose("/layout/")
    def layout_view(self) -> ResponseReturnValue:
        """Choose columns, order, groups, title and paper for the list of a screen."""
        screen = self._screen(request.args.get(SCREEN, ""))
        layout = layout_of(screen, request.args)
        rest = [name for name in columns_of(screen.record) if name not in layout.columns]
        able = [(name, gettext(screen.specs[name].label)) for name in (*layout.columns, *rest)]
        return self.render(
            "admin/saved_exports/layout.html",
            title=gettext("Xuất: %(what)s", what=many(screen.record.label)),
            columns=[(name, label, name in layout.columns) for name, label in able],
            groups=_labelled(screen, named(screen, GROUPED_BY)),
            orders=_labelled(screen, named(screen, ORDERED_BY)),
            layout=layout,
            usual_title=many(screen.record.label),
            hidden=[(n, v) for n, v in request.args.items(multi=True) if n not in (*LAYOUT, NAME, SHARED, SCREEN)],
            said=screen.page(ExportPage).said(),
            screen=screen.endpoint,
            name=request.args.get(NAME, ""),
            shared=request.args.get(SHARED, ""),
            roles=[(role.value, gettext(role.label)) for role in Role],
            save_url=self.get_url(".save"),
            list_url=screen.get_url(".index_view"),
        )

    @expose("/save/", methods=("POST",))
    def save(self) -> ResponseReturnValue:
        """Make the workbook, or keep the layout under a name: one's own of that name is replaced."""
        screen = self._screen(request.form.get(SCREEN, ""))
        said = [(n, v) for n, v in request.form.items(multi=True) if v and n not in (NAME, SHARED, DO, "csrf_token")]
        asked = urlencode(said)
        if request.form.get(DO) == EXPORT:
            return redirect(f"{screen.get_url('.export', export_type='xlsx')}?{asked}", 303)
        name = " ".join(request.form.get(NAME, "").replace("\x00", "").split())
        back = f"{self.get_url('.layout_view')}?{asked}&{urlencode({NAME: name, SHARED: request.form.get(SHARED, '')})}"
        if not name or len(name) > LONGEST:
            flash(gettext(LONG_NAME if name else NO_NAME), "error")
            return redirect(back)
        query = select(SavedExport).where(SavedExport.owner_id == current_user.id, SavedExport.name == name)
        saved = db.session.scalars(query).first()
        if saved is None:
            saved = SavedExport(name=name, owner_id=current_user.id, organisation_id=current_user.organisation_id)
            db.session.add(saved)
        saved.screen, saved.asked = screen.endpoint, asked
        saved.shared_with = Role.read(request.form.get(SHARED, ""))
        if not commit_or_flash(lambda: None):
            return redirect(back)
        flash(gettext("Đã lưu mẫu “%(name)s”. Lần sau chỉ cần bấm tên mẫu.", name=name), "success")
        return redirect(self.get_url(".index_view"))

    @expose("/delete/", methods=("POST",))
    def delete(self) -> ResponseReturnValue:
        """Forget a saved export of one's own."""
        id_ = request.form.get("id", "")
        query = select(SavedExport).where(SavedExport.owner_id == current_user.id)
        saved = db.session.scalars(query.where(SavedExport.id == int(id_))).first() if is_id(id_) else None
        if saved is None:
            abort(404)
        db.session.delete(saved)
        if commit_or_flash(lambda: None):
            flash(gettext("Đã xóa mẫu “%(name)s”.", name=saved.name), "success")
        return redirect(self.get_url(".index_view"))

    def _rows(self) -> list[SimpleNamespace]:
        """What the reader may press, with what else is to be said of each, and where each is laid out anew."""
        return [
            SimpleNamespace(
                id=saved.id,
                name=saved.name,
                list=many(screen.record.label),
                owner=None if saved.owner_id == current_user.id else str(saved.owner),
                shared=gettext(saved.shared_with.label) if saved.shared_with else "",
                url=address_of(saved, screen),
                layout_url=f"{self.get_url('.layout_view')}?{saved.asked or ''}&{urlencode(_names(saved))}",
            )
            for saved, screen in saved_exports()
        ]

    def _screen(self, endpoint: str) -> RecordView:
        found = next((each for each in self.screens.values() if each.endpoint == endpoint), None)
        if found is None or not found.can_export:
            abort(404)
        return found


def _labelled(screen: RecordView, names: list[str]) -> list[tuple[str, str]]:
    return [(name, gettext(screen.specs[name].label)) for name in names]


def _names(saved: SavedExport) -> dict[str, str]:
    return {NAME: saved.name, SHARED: saved.shared_with.value if saved.shared_with else ""}
