"""Made-up work of the year: registrations, clubs, events, tasks, pieces in the press."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from imports.reader import Cell
from seed.demo.dice import day, dice, pick, thousands
from seed.demo.people import individuals
from seed.demo.places import DemoDistrict
from seed.demo.words import WORKS

BRANCHES = ("LDLD", "HND", "DTN", "HLHPN", "HCCB")
MOVEMENTS = {"DKST": 6, "NTM-DTVM": 3, "HANG-VIET": 1, "DOT-20-NAM": 2}
REGISTRATIONS = 22
STATUSES = {"done": 12, "under_way": 6, "registered": 3, "dropped": 1}
KINDS = {"works": 6, "task": 6, "model": 7, "product": 3}
TWO_CLUBS = {"soc-trang", "my-xuyen", "vinh-chau", "ke-sach"}

EVENTS = {
    "workshop": "Tọa đàm “Đoàn kết sáng tạo” với phát triển kinh tế",
    "supervision": "Giám sát việc hỗ trợ ứng dụng khoa học công nghệ",
    "training": "Tập huấn công tác phong trào cho cán bộ Mặt trận",
    "contest": "Hội thi Mô hình sáng tạo",
    "inspection": "Kiểm tra việc thực hiện phong trào “Đoàn kết sáng tạo”",
    "publicity": "Tuyên truyền lưu động về phong trào “Đoàn kết sáng tạo”",
    "criticism": "Phản biện xã hội dự thảo kế hoạch hỗ trợ khởi nghiệp",
    "launch": "Phát động phong trào thi đua năm 2023",
}
PROVINCE_EVENTS = (
    "workshop",
    "supervision",
    "training",
    "contest",
    "inspection",
    "criticism",
    "launch",
)
OUTLETS = {
    "press": "Báo của tỉnh",
    "online": "Trang tin Mặt trận tỉnh",
    "television": "Đài Phát thanh – Truyền hình tỉnh",
    "radio": "Đài truyền thanh huyện",
    "social": "Trang mạng xã hội của Mặt trận",
}
PIECES = (
    "Cách làm hay trong phong trào “Đoàn kết sáng tạo”",
    "Người dân chung tay làm đường hoa",
    "Mô hình nhỏ, hiệu quả lớn",
    "Ngày hội ấm tình đoàn kết",
    "Gương sáng ở khu dân cư",
    "Sáng kiến của nông dân",
)
RECOMMENDED = (
    "Công khai định mức hỗ trợ ứng dụng khoa học công nghệ",
    "Rút ngắn thời gian nghiệm thu đề tài",
    "Bố trí kinh phí cho mô hình sáng tạo ở cơ sở",
    "Lấy ý kiến nhân dân trước khi ban hành",
)
FIRST, LAST = date(2023, 1, 10), date(2023, 12, 20)


def registrations(district: DemoDistrict) -> Iterator[dict[str, Cell]]:
    """What the communes and branches of a district registered, and what came of it."""
    rng = dice(district.slug, "registrations")
    for n in range(1, REGISTRATIONS + 1):
        commune = rng.choice(district.communes)
        branch = rng.random() < 0.25
        kind = pick(rng, KINDS)
        registered = day(rng, date(2023, 2, 20), date(2023, 6, 30))
        yield {
            "code": f"DK-2023-{district.code}-{n:02d}",
            "name": f"{rng.choice(WORKS[kind])}, {commune.inline}",
            "kind": kind,
            "movement": pick(rng, MOVEMENTS),
            "organisation": f"{rng.choice(BRANCHES)}-{district.code}" if branch else commune.committee,
            "unit": commune.code,
            "registered_on": registered.isoformat(),
            "due_on": "2023-11-15",
            "target": rng.choice(("01 công trình", "02 mô hình", "100 % hộ tham gia", "500 m", "10 hộ")),
            **_status(rng, registered),
        }


def _status(rng: Random, registered: date) -> dict[str, Cell]:
    status = pick(rng, STATUSES)
    if status != "done":
        return {"status": status}
    return {
        "status": status,
        "done_on": day(rng, registered, date(2023, 12, 10)).isoformat(),
        "result": "Hoàn thành, nhân dân đồng tình.",
        "value": thousands(rng, 5_000, 400_000),
        "participants": str(rng.randint(15, 350)),
    }


def clubs(district: DemoDistrict) -> Iterator[dict[str, Cell]]:
    """A club or two for start-ups and creativity."""
    rng = dice(district.slug, "clubs")
    for n in range(1, 3 if district.slug in TWO_CLUBS else 2):
        branch = rng.choice(("DTN", "HLHPN", "HND"))
        yield {
            "code": f"CLB-{district.code}-{n}",
            "name": f"Câu lạc bộ “Khởi nghiệp, sáng tạo” số {n}, {district.inline}",
            "organisation": f"{branch}-{district.code}",
            "unit": district.code,
            "movement": "DKST",
            "leader": individuals(district)[n].code,
            "founded_on": day(rng, date(2019, 1, 1), date(2023, 9, 30)).isoformat(),
            "members": str(rng.randint(12, 60)),
            "activity": "Sinh hoạt hằng tháng, trao đổi kinh nghiệm, góp vốn xoay vòng.",
        }


def events(district: DemoDistrict) -> Iterator[dict[str, Cell]]:
    """Three of the events that the plan asks for."""
    rng = dice(district.slug, "events")
    for n, kind in enumerate(rng.sample(list(EVENTS), 3), 1):
        yield _event(rng, f"HD-2023-{district.code}-{n}", kind, district.code, district.inline, "district")


def province_events() -> Iterator[dict[str, Cell]]:
    """The events of the provincial committee."""
    rng = dice("province", "events")
    for n, kind in enumerate(PROVINCE_EVENTS, 1):
        yield _event(rng, f"HD-2023-94-{n}", kind, "94", "tỉnh Sóc Trăng", "province")


def _event(rng: Random, code: str, kind: str, unit: str, where: str, level: str) -> dict[str, Cell]:
    sent = rng.randint(1, 6) if kind in ("supervision", "criticism") else 0
    held = rng.random() < 0.85
    event: dict[str, Cell] = {
        "code": code,
        "name": f"{EVENTS[kind]}, {where}",
        "kind": kind,
        "year": "2023",
        "unit": unit,
        "organisation": f"MTTQ-{unit}",
        "level": level,
        "movement": "DKST",
        "starts_on": (on := day(rng, FIRST, LAST)).isoformat(),
        "place": f"Hội trường {where}",
        "status": "held" if held else "planned",
        "attendees": str(rng.randint(25, 150)) if held else "",
        "state_budget": thousands(rng, 3_000, 40_000) if held else "",
    }
    answered = rng.randint(0, sent) if held else 0
    asked = [_recommendation(rng, on, n, answered=n <= answered) for n in range(1, sent + 1)] if held else []
    return event | {"recommendations": asked} if asked else event


def _recommendation(rng: Random, held_on: date, n: int, *, answered: bool) -> dict[str, str]:
    sent = held_on + timedelta(days=rng.randint(3, 15))
    answer = sent + timedelta(days=rng.randint(5, 40))
    replied = {"answered_on": answer.isoformat(), "answer": "Đã tiếp thu, sẽ thực hiện trong năm."} if answered else {}
    return {
        "content": f"{rng.choice(RECOMMENDED)} ({n})",
        "sent_to": rng.choice(("Ủy ban nhân dân cùng cấp", "Sở Khoa học và Công nghệ", "Sở Tài chính")),
        "sent_on": sent.isoformat(),
        "due_on": (sent + timedelta(days=30)).isoformat(),
        **replied,
    }


def tasks(district: DemoDistrict) -> Iterator[dict[str, Cell]]:
    """Two tasks that a district's committee set itself."""
    rng = dice(district.slug, "tasks")
    done = day(rng, date(2023, 4, 1), date(2023, 8, 31))
    status = pick(rng, {"to_do": 1, "under_way": 3, "dropped": 1})
    common: dict[str, Cell] = {
        "owner": district.committee,
        "movement": "DKST",
        "starts_on": "2023-03-01",
    }
    yield common | {
        "code": f"MAU-{district.code}-1",
        "name": f"Ban hành kế hoạch phong trào “Đoàn kết sáng tạo” của {district.inline}",
        "due_on": "2023-04-30",
        "status": "done",
        "done_on": done.isoformat(),
        "result": "Đã ban hành và gửi các xã, phường, thị trấn.",
    }
    yield common | {
        "code": f"MAU-{district.code}-2",
        "name": f"Chọn mô hình tiêu biểu của {district.inline} để nhân rộng",
        "due_on": day(rng, date(2023, 9, 1), date(2023, 12, 15)).isoformat(),
        "status": status,
    }


def media(district: DemoDistrict) -> Iterator[dict[str, Cell]]:
    """Three pieces about a district."""
    return _media(district.code, district.inline, f"MTTQ-{district.code}", 3)


def province_media() -> Iterator[dict[str, Cell]]:
    """Seven pieces about the province."""
    return _media("94", "tỉnh Sóc Trăng", "MTTQ-94", 7)


def _media(unit: str, where: str, organisation: str, count: int) -> Iterator[dict[str, Cell]]:
    rng = dice("media", unit)
    for n in range(1, count + 1):
        kind = rng.choice(list(OUTLETS))
        yield {
            "name": f"{rng.choice(PIECES)}, {where} ({n})",
            "kind": kind,
            "outlet": OUTLETS[kind],
            "published_on": day(rng, FIRST, LAST).isoformat(),
            "address": f"https://example.com/tin/{unit}-{n}" if kind in ("online", "social") else "",
            "movement": "DKST",
            "organisation": organisation,
        }
