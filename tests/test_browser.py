"""The screens in a browser: no page complains, spills over or asks elsewhere; and what people do with them works."""

import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Position, expect, sync_playwright
from sqlalchemy import func, select
from waitress import wasyncore
from waitress.server import create_server

from models import AwardDecision, Club, Initiative, Nomination, Office
from models.accounts.users import Role
from models.awards import DecisionStatus, NominationStage
from models.initiatives import Stage
from models.records.base import Record
from tests import needs
from tests.conftest import PASSWORD, WRITTEN, add_person, running_on
from tests.databases import ON_SQLITE, Databases
from views import SCREENS
from views.core.screen import RecordView
from views.core.session import db

DESK = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
ABORTED = "net::ERR_ABORTED"
SPILL = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
TREES = [cls for cls in SCREENS if cls.tree_columns]

pytestmark = ON_SQLITE


@pytest.fixture(scope="module")
def app(databases: Databases, filled: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application over a copy that these tests may change."""
    with databases(filled) as url, running_on(url, tmp_path_factory.mktemp("instance")) as app:
        yield app


@pytest.fixture(scope="module")
def site(app: Flask) -> Iterator[str]:
    """The application's address while it is served."""
    sockets: dict[int, object] = {}
    server = create_server(app, map=sockets, host="127.0.0.1", port=0, threads=4)
    stop = threading.Event()

    def serve() -> None:
        while not stop.is_set():
            wasyncore.loop(timeout=0.1, map=sockets, count=1)

    thread = threading.Thread(target=serve)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    stop.set()
    thread.join()
    server.task_dispatcher.shutdown()
    wasyncore.close_all(sockets)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = needs.chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def desk(browser: Browser, site: str) -> Iterator[BrowserContext]:
    """The administrator's browser at a desk."""
    with browser.new_context(base_url=site, viewport=DESK) as context:
        page = context.new_page()
        sign_in(page)
        page.close()
        yield context


@pytest.fixture
def page(desk: BrowserContext) -> Iterator[Page]:
    with watched(desk) as page:
        yield page


@contextmanager
def watched(context: BrowserContext) -> Iterator[Page]:
    """A page about which nothing may be complained: no error, no warning, no refusal, nothing from elsewhere."""
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: said.type in ("error", "warning") and complaints.append(f"{page.url}: {said.text}"))
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
    # A look-up is given up while one goes on typing, a page when it turns out to be a file.
    page.on("requestfailed", lambda asked: asked.failure == ABORTED or complaints.append(f"{page.url}: {asked.url}"))
    hosts: set[str] = set()
    page.on("request", lambda asked: asked.url.startswith("data:") or hosts.add(asked.url.split("/")[2]))
    yield page
    here = page.url.split("/")[2]
    page.close()
    assert complaints == []
    assert hosts <= {here}


def sign_in(page: Page, username: str = Role.ADMINISTRATOR.value) -> None:
    page.goto("/login")
    page.get_by_label("Tên đăng nhập").fill(username)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url(lambda url: "/login" not in url)
    # Who only enters is not asked for a second factor.
    if "/second-factor" in page.url:
        page.locator("form[action$='/later'] button").click()
    page.wait_for_url("**/")


def fits(page: Page, url: str) -> None:
    """The page opens, and at neither size does it spill over to the side."""
    page.set_viewport_size(DESK)
    answer = page.goto(url)
    assert answer
    assert answer.ok, url
    assert page.evaluate(SPILL) <= 0, url
    page.set_viewport_size(PHONE)
    assert page.evaluate(SPILL) <= 0, f"{url} on a phone"


def path_of(app: Flask, cls: type[RecordView]) -> str:
    return f"/{app.extensions['screens'][cls.record].endpoint}"


def count(app: Flask, record: type[Record], *conditions: object) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(record).where(*conditions)) or 0


# -- every page at both sizes


@pytest.mark.parametrize("cls", WRITTEN)
def test_every_page_of_a_screen_fits(app: Flask, page: Page, cls: type[RecordView]) -> None:
    path = path_of(app, cls)
    with app.app_context():
        id_ = db.session.scalar(select(func.max(cls.record.id)))
    for url in [f"{path}/", f"{path}/new/", *(f"{path}/{each}/?id={id_}" for each in ("details", "edit", "delete"))]:
        if id_ is not None or "id=" not in url:
            fits(page, url)


@pytest.mark.parametrize("cls", TREES)
def test_every_tree_fits(app: Flask, page: Page, cls: type[RecordView]) -> None:
    fits(page, f"{path_of(app, cls)}/tree/")
    fits(page, f"{path_of(app, cls)}/tree/?search=my+xuyen")


@pytest.mark.parametrize(
    "url",
    [
        "/",
        "/search",
        "/search?q=my+xuyen",
        "/search?q=zzzzzz",
        "/account",
        "/account/password",
        "/account/second-factor",
        "/users/rights/",
        "/initiatives/history/?id=1",
        "/initiatives/bulk/?id=1&id=2",
        "/units/?search=zzzzzz",
        "/initiatives/?flt_stage_is=recognised&page_size=200&sort=code&desc=1",
    ],
)
def test_the_other_pages_fit(page: Page, url: str) -> None:
    fits(page, url)


def test_an_errors_page_fits(desk: BrowserContext) -> None:
    page = desk.new_page()
    page.goto("/khong-co")
    assert page.evaluate(SPILL) <= 0
    expect(page.get_by_role("heading", name="Lỗi 404")).to_be_visible()
    page.close()


def test_a_page_runs_no_code_but_ours(desk: BrowserContext) -> None:
    page = desk.new_page()
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text))
    page.goto("/")
    page.evaluate("""document.body.insertAdjacentHTML("beforeend", "<img src='data:,' onerror='window.hit = 1'>")""")
    page.wait_for_timeout(200)
    assert page.evaluate("window.hit") is None
    assert any("Content Security Policy" in text for text in refused)
    page.close()


# -- acts


def test_signing_in_and_out(browser: Browser, site: str) -> None:
    with browser.new_context(base_url=site, viewport=DESK) as context, watched(context) as page:
        fits(page, "/units/?flt_level_is=area")
        assert "/login" in page.url
        page.get_by_label("Tên đăng nhập").fill("administrator")
        page.get_by_label("Mật khẩu").fill("không phải thế")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("tên đăng nhập hoặc mật khẩu không đúng")
        page.get_by_label("Tên đăng nhập").fill("administrator")
        page.get_by_label("Mật khẩu").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.locator("form[action$='/later'] button").click()
        page.wait_for_url("**/units/?flt_level_is=area")
        page.locator("summary .who").click()
        page.get_by_role("button", name="Đăng xuất").click()
        page.wait_for_url("**/login")


def test_a_record_is_entered_with_a_lookup_and_deleted_after_a_look(app: Flask, page: Page) -> None:
    page.goto("/clubs/new/")
    page.get_by_label("Mã", exact=False).first.fill("CLB-TD")
    page.get_by_label("Tên câu lạc bộ").fill("Câu lạc bộ Tham Đôn")
    box = page.get_by_role("combobox", name="Địa bàn")
    box.press_sequentially("tham don")
    options = page.get_by_role("option")
    expect(options.first).to_contain_text("Xã Tham Đôn")
    box.press("Enter")
    assert box.input_value() == "Xã Tham Đôn, Huyện Mỹ Xuyên"
    page.get_by_role("button", name="Lưu", exact=True).click()
    page.wait_for_url("**/clubs/")
    expect(page.get_by_role("status")).to_be_visible()
    with app.app_context():
        club = db.session.scalars(select(Club).where(Club.code == "CLB-TD")).one()
        assert str(club.unit) == "Xã Tham Đôn, Huyện Mỹ Xuyên"

    page.goto("/clubs/?search=clb-td")
    button = page.get_by_role("button", name="Xóa mục đã chọn")
    expect(button).to_be_disabled()
    page.get_by_label("Chọn Câu lạc bộ Tham Đôn").check()
    button.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Xóa: Câu lạc bộ")
    assert count(app, Club, Club.code == "CLB-TD") == 1
    page.get_by_role("button", name="Xóa hẳn").click()
    page.wait_for_url(re.compile(r"/clubs/\?.*search=clb-td"))
    assert count(app, Club, Club.code == "CLB-TD") == 0


def test_a_choice_is_made_with_the_mouse_and_taken_back(page: Page) -> None:
    page.goto("/clubs/new/")
    box = page.get_by_role("combobox", name="Địa bàn")
    hidden = page.locator("input[name=unit]")
    box.click()
    page.get_by_role("option").nth(2).click()
    assert hidden.input_value().isdigit()
    box.fill("không có nơi nào như thế")
    expect(page.get_by_role("option")).to_have_text("Không có kết quả")
    assert hidden.input_value() == ""
    page.keyboard.press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)


def test_a_row_is_added_below_a_record_and_struck_out(app: Flask, page: Page) -> None:
    with app.app_context():
        id_ = db.session.scalars(select(Office.id)).first()
    page.goto(f"/offices/edit/?id={id_}")
    table = page.locator("fieldset.children")
    before = table.locator("tbody tr").count()
    table.get_by_role("button", name="Thêm dòng").click()
    table.get_by_role("button", name="Thêm dòng").click()
    assert table.locator("tbody tr").count() == before + 2
    table.get_by_role("button", name="Xóa dòng").last.click()
    row = table.locator("tbody tr").last
    row.get_by_label("Chức vụ").fill("Ủy viên thử")
    page.get_by_role("button", name="Lưu và sửa tiếp").click()
    page.wait_for_load_state()
    rows = table.locator("tbody tr")
    assert rows.count() == before + 1
    added = rows.filter(has=page.locator("input[value='Ủy viên thử']"))
    added.get_by_label("Xóa dòng").check()
    page.get_by_role("button", name="Lưu và sửa tiếp").click()
    page.wait_for_load_state()
    assert rows.count() == before


def test_a_form_that_is_refused_says_where_and_keeps_what_was_typed(page: Page) -> None:
    page.goto("/clubs/new/")
    page.get_by_label("Số thành viên").fill("mười")
    page.get_by_role("button", name="Lưu", exact=True).click()
    summary = page.get_by_role("alert").filter(has_text="Chưa lưu được.")
    assert page.get_by_label("Số thành viên").input_value() == "mười"
    summary.get_by_role("link", name="Số thành viên").click()
    assert page.evaluate("document.activeElement.id || location.hash").endswith("members")
    expect(page.get_by_label("Số thành viên")).to_have_attribute("aria-invalid", "true")


def test_the_menu_folds_and_stays_folded(page: Page) -> None:
    page.goto("/")
    part = page.locator("nav.side details").first
    link = part.get_by_role("link").first
    expect(link).to_be_visible()
    part.locator("summary").click()
    expect(link).to_be_hidden()
    page.reload()
    expect(link).to_be_hidden()
    part.locator("summary").click()
    page.reload()
    expect(link).to_be_visible()


def test_the_menu_opens_on_a_phone(page: Page) -> None:
    page.set_viewport_size(PHONE)
    page.goto("/")
    menu = page.get_by_role("navigation", name="Menu chính")
    expect(menu).to_be_hidden()
    page.get_by_title("Đóng, mở menu chính").click()
    expect(menu).to_be_visible()
    assert page.evaluate(SPILL) <= 0


def test_a_stroke_leads_to_the_search_over_everything(page: Page) -> None:
    page.goto("/units/")
    page.keyboard.press("/")
    page.keyboard.type("my xuyen")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=my+xuyen")
    expect(page.get_by_role("link", name="Huyện Mỹ Xuyên").first).to_be_visible()


def test_a_filter_is_set_and_taken_off(page: Page) -> None:
    page.goto("/units/?page=0")
    page.locator("details.filters > summary").click()
    page.locator("select[name=flt_level_is]").select_option(label="Xã")
    page.get_by_role("button", name="Lọc danh sách").click()
    page.wait_for_url(re.compile(r"/units/\?.*flt_level_is=commune"))
    expect(page.locator(".foot")).to_contain_text("trong 109")
    page.get_by_role("link", name="Bỏ lọc Cấp").click()
    page.wait_for_url("**/units/?page=0")


def test_a_workbook_is_downloaded_under_its_vietnamese_name(page: Page) -> None:
    page.goto("/units/?flt_level_is=commune")
    with page.expect_download() as download:
        page.get_by_role("link", name="Xuất Excel").click()
    assert download.value.suggested_filename.startswith("Đơn vị hành chính ")
    assert download.value.path().stat().st_size > 5_000


def test_without_scripts_people_read_search_and_enter(browser: Browser, site: str, app: Flask) -> None:
    with browser.new_context(base_url=site, viewport=DESK, java_script_enabled=False) as context:
        page = context.new_page()
        sign_in(page)
        charts = page.locator("section.chart svg")
        assert charts.count() >= 3
        for chart in charts.all():
            expect(chart).to_be_visible()
        page.goto("/units/tree/")
        page.get_by_role("link", name="Mở Huyện Mỹ Xuyên").click()
        expect(page.get_by_role("link", name="Xã Tham Đôn").first).to_be_visible()
        page.goto("/clubs/new/")
        page.locator("#code").fill("CLB-KS")
        page.locator("#name").fill("Câu lạc bộ không script")
        page.get_by_role("button", name="Lưu", exact=True).click()
        page.wait_for_url("**/clubs/")
        page.close()
    assert count(app, Club, Club.code == "CLB-KS") == 1


# -- the plan's way, from desk to desk

DISTRICT, PROVINCE = "MTTQ-947", "MTTQ-94"


@pytest.fixture(scope="module")
def desks(app: Flask, browser: Browser, site: str) -> Iterator[dict[tuple[str, Role], Page]]:
    """Four people at their desks: who enters and who approves, in a district and in the province."""
    with ExitStack() as open_:
        found = {}
        for home in (DISTRICT, PROVINCE):
            for role in (Role.EDITOR, Role.APPROVER):
                context = open_.enter_context(browser.new_context(base_url=site, viewport=DESK))
                found[home, role] = page = open_.enter_context(watched(context))
                sign_in(page, add_person(app, role, home).username)
        yield found


def choose(page: Page, label: str, words: str, found: str, *, within: str = "form.record") -> None:
    """Look a record up and take it."""
    box = page.locator(within).get_by_role("combobox", name=label, exact=True).last
    box.press_sequentially(words)
    page.get_by_role("option").filter(has_text=found).first.click()


def keep(page: Page) -> None:
    """Save the form."""
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.get_by_role("status").first).to_be_visible()


def move(desks: dict[tuple[str, Role], Page], home: str, role: Role, url: str, end: str, day: str = "") -> None:
    """All four open the record: those who may not make the move read why, the one who may makes it."""
    for desk, page in desks.items():
        page.goto(url)
        if desk != (home, role) and not page.get_by_role("button", name=end).count():
            expect(page.locator(".stage .closed li", has_text=end)).to_contain_text("Chỉ ")
    page = desks[home, role]
    if day:
        page.locator("#move-day").fill(day)
    page.get_by_role("button", name=end).click()
    expect(page.get_by_role("status").first).to_contain_text(f"sang “{end}”")
    expect(page.locator(".stage h2 .tag")).to_have_text(end)


def test_an_initiative_goes_from_the_unit_to_the_golden_book(app: Flask, desks: dict[tuple[str, Role], Page]) -> None:
    writer, head = desks[DISTRICT, Role.EDITOR], desks[DISTRICT, Role.APPROVER]
    clerk, chair = desks[PROVINCE, Role.EDITOR], desks[PROVINCE, Role.APPROVER]
    writer.goto("/initiatives/new/")
    for name, value in (
        ("code", "SK-DI"),
        ("name", "Xuồng ba lá chạy điện"),
        ("year", "2023"),
        ("registered_on", "1/3/2023"),
    ):
        writer.locator(f"#{name}").fill(value)
    choose(writer, "Đơn vị", "tham don", "Xã Tham Đôn")
    keep(writer)
    with app.app_context():
        id_ = db.session.scalars(select(Initiative.id).where(Initiative.code == "SK-DI")).one()
    url, form = f"/initiatives/details/?id={id_}", f"/initiatives/edit/?id={id_}"

    writer.goto(url)
    expect(writer.locator(".stage .closed")).to_contain_text("Hồ sơ còn thiếu: Công văn đề nghị, Báo cáo tóm tắt")
    writer.goto(form)
    expect(writer.locator("#stage")).to_have_count(0)
    papers = writer.locator("select[name$='-presence']:visible")
    assert papers.count() == 6
    for paper in papers.all():
        paper.select_option(label="Có (bản giấy)")
    keep(writer)
    move(desks, DISTRICT, Role.EDITOR, url, "Đủ hồ sơ")

    head.goto(form)
    table = head.locator("#appraisals")
    table.get_by_role("button", name="Thêm dòng").click()
    choose(head, "Hội đồng", "thi dua my xuyen", "Mỹ Xuyên", within="#appraisals")
    table.get_by_label("Ngày họp").last.fill("10/4/2023")
    table.get_by_label("Kết luận").last.select_option(label="Chọn")
    keep(head)
    move(desks, DISTRICT, Role.APPROVER, url, "Cơ sở đã thẩm định")

    clerk.goto("/appraisals/new/")
    choose(clerk, "Sáng kiến", "xuong ba la", "Xuồng ba lá")
    choose(clerk, "Hội đồng", "tuyen chon", "Hội đồng tuyển chọn")
    clerk.get_by_label("Ngày họp").fill("7/9/2023")
    clerk.get_by_label("Kết luận").select_option(label="Chọn")
    choose(clerk, "Biên bản", "12/bb", "12/BB")
    for name, vote, points in (
        ("Lý Thị Mai", "Tán thành", "90"),
        ("Sơn Hùng", "Tán thành", "80"),
        ("Võ An", "Vắng mặt", ""),
    ):
        clerk.get_by_role("button", name="Thêm dòng").click()
        row = clerk.locator("#scores tbody tr").last
        row.get_by_label("Ủy viên").fill(name)
        row.get_by_label("Phiếu").select_option(label=vote)
        row.get_by_label("Điểm").fill(points)
    keep(clerk)
    move(desks, PROVINCE, Role.EDITOR, url, "Hội đồng tỉnh đã chọn")
    tally = clerk.locator("section.part", has_text="Thẩm định").locator("tbody tr").last
    expect(tally).to_contain_text("85")

    chair.goto(form)
    choose(chair, "Văn bản quyết định", "58/qd", "58/QĐ")
    chair.get_by_label("Đề nghị Sách vàng").check()
    keep(chair)
    move(desks, PROVINCE, Role.APPROVER, url, "Ban Thường trực quyết định")
    chair.locator("#move-day").fill("11/11/2023")
    chair.get_by_role("button", name="Đã gửi Trung ương").click()
    expect(chair.get_by_role("alert").first).to_contain_text("Quá hạn gửi Trung ương: 10/11/2023.")
    move(desks, PROVINCE, Role.APPROVER, url, "Đã gửi Trung ương", "9/11/2023")
    move(desks, PROVINCE, Role.APPROVER, url, "Công bố Sách vàng", "6/12/2023")
    assert chair.locator(".stage .steps li").count() == len(
        [Stage.REGISTERED, *Initiative.workflow.transitions[:5], Stage.PUBLISHED]
    )


def test_an_award_round_goes_from_the_proposal_to_the_award(app: Flask, desks: dict[tuple[str, Role], Page]) -> None:
    writer, clerk, chair = (
        desks[d] for d in ((DISTRICT, Role.EDITOR), (PROVINCE, Role.EDITOR), (PROVINCE, Role.APPROVER))
    )
    chair.goto("/award-rounds/new/")
    for name, value in (("code", "KT-DI"), ("name", "Đợt đi từ đầu đến cuối"), ("year", "2023"), ("unit_quota", "1")):
        chair.locator(f"#{name}").fill(value)
    choose(chair, "Hình thức được đề nghị", "bk-mttq", "Bằng khen")
    keep(chair)

    for code, who in (("DN-1", "Thạch Sô Phi"), ("DN-2", "Kim Thị Sà Rây")):
        writer.goto("/nominations/new/")
        for name, value in (("code", code), ("recipient", who), ("proposed_on", "1/10/2023")):
            writer.locator(f"#{name}").fill(value)
        writer.get_by_label("Đối tượng").select_option(label="Cá nhân")
        choose(writer, "Đợt khen thưởng", "dot di tu dau", "Đợt đi từ đầu")
        choose(writer, "Đơn vị hành chính", "tham don", "Xã Tham Đôn")
        choose(writer, "Hình thức đề nghị", "bk-mttq", "Bằng khen")
        if code == "DN-2":
            writer.get_by_role("button", name="Lưu", exact=True).click()
            expect(writer.locator(".confirm")).to_contain_text("đã đề nghị đủ 1 của đợt này")
            writer.get_by_label("Vẫn lưu").check()
        keep(writer)
    with app.app_context():
        id_ = db.session.scalars(select(Nomination.id).where(Nomination.code == "DN-1")).one()
    url, form = f"/nominations/details/?id={id_}", f"/nominations/edit/?id={id_}"

    clerk.goto(form)
    clerk.get_by_label("Đủ hồ sơ").check()
    keep(clerk)
    move(desks, PROVINCE, Role.EDITOR, url, "Hồ sơ hợp lệ")
    clerk.goto(form)
    clerk.get_by_label("Hội đồng có mặt").fill("9")
    clerk.get_by_label("Phiếu tán thành").fill("8")
    keep(clerk)
    move(desks, PROVINCE, Role.EDITOR, url, "Hội đồng thông qua", "5/11/2023")
    move(desks, PROVINCE, Role.EDITOR, url, "Trình Ban Thường trực")

    chair.goto("/award-decisions/new/")
    for name, value in (("number", "99/QĐ-MTTQ-BTT"), ("issued_on", "10/11/2023"), ("excerpt", "Tặng Bằng khen")):
        chair.locator(f"#{name}").fill(value)
    keep(chair)
    chair.goto(form)
    choose(chair, "Quyết định", "99/qd", "99/QĐ")
    keep(chair)
    with app.app_context():
        decision = db.session.scalars(select(AwardDecision.id).where(AwardDecision.number == "99/QĐ-MTTQ-BTT")).one()
    chair.goto(f"/award-decisions/details/?id={decision}")
    chair.get_by_role("button", name="Đã ban hành").click()
    expect(chair.get_by_role("status").first).to_contain_text("Đã chuyển 1 bản ghi sang “Đã ban hành”.")
    writer.goto(url)
    expect(writer.locator(".stage h2 .tag")).to_have_text("Được khen thưởng")
    with app.app_context():
        assert db.session.get_one(Nomination, id_).stage is NominationStage.AWARDED
        assert db.session.get_one(AwardDecision, decision).status is DecisionStatus.ISSUED


def test_cards_of_a_board_are_moved_by_mouse_and_keyboard(app: Flask, page: Page) -> None:
    def stage_of(id_: int) -> NominationStage:
        with app.app_context():
            return db.session.get_one(Nomination, id_).stage

    page.goto("/nominations/?flt_stage_is=council")
    page.get_by_role("link", name="Xem dạng bảng").click()
    cards = page.locator("[data-lane=council] [data-card]")
    dragged, typed = (int((cards.nth(n).get_attribute("id") or "").removeprefix("card-")) for n in range(2))
    lane, head = page.locator("[data-lane=standing]"), Position(x=60, y=15)
    page.locator(f"#card-{dragged}").drag_to(lane, target_position=head)
    expect(page.get_by_role("status").first).to_contain_text("sang “Trình Ban Thường trực”")
    expect(lane.locator(f"#card-{dragged}")).to_be_focused()
    assert stage_of(dragged) is NominationStage.STANDING

    # Nobody takes a card where it has no way to: the lane doesn't open for it.
    page.locator(f"#card-{typed}").drag_to(page.locator("[data-lane=proposed]"), target_position=head)
    assert stage_of(typed) is NominationStage.COUNCIL

    first = cards.first
    first.focus()
    page.keyboard.press("ArrowDown")
    expect(first).not_to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(first).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(lane.locator("[data-card]").first).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(first).to_be_focused()
    page.locator(f"#card-{typed}").focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"#card-{typed} button").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(lane.locator(f"#card-{typed}")).to_be_focused()
    assert stage_of(typed) is NominationStage.STANDING

    back = page.locator(f"#card-{typed}")
    back.press("Enter")
    back.get_by_role("button", name="Hội đồng thông qua").click()
    page.get_by_label("Lý do, ghi chú").fill("Họp lại")
    page.get_by_role("button", name="Chuyển", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Đề nghị khen thưởng")
    assert stage_of(typed) is NominationStage.COUNCIL
    page.set_viewport_size(PHONE)
    page.goto("/nominations/board/")
    assert page.evaluate(SPILL) <= 0


def test_back_and_save_again_leads_to_the_record_that_was_made(page: Page) -> None:
    page.goto("/themes/new/")
    page.fill("#name", "Chủ đề bấm hai lần")
    page.click("form.record button.main")
    page.wait_for_url("**/themes/**")
    page.go_back()
    page.fill("#name", "Chủ đề bấm hai lần")
    page.click("form.record button.main")
    page.wait_for_url("**/themes/details/**")
    assert "không làm lần nữa" in page.inner_text("main")
    page.goto("/themes/?search=bấm hai lần")
    assert page.locator("tbody tr").count() == 1


def test_back_and_something_else_is_asked_about_and_then_saved(page: Page) -> None:
    page.goto("/themes/new/")
    page.fill("#name", "Chủ đề một")
    page.click("form.record button.main")
    page.wait_for_url(lambda url: "/new/" not in url)
    page.go_back()
    page.fill("#name", "Chủ đề khác")
    page.click("form.record button.main")
    assert "đã gửi một lần" in page.inner_text("main")
    page.click("form.record button.main")
    page.wait_for_url(lambda url: "/new/" not in url)
    page.goto("/themes/?search=Chủ đề khác")
    assert page.locator("tbody tr").count() == 1
