"""Press and broadcast pieces."""

import pytest
from sqlalchemy.orm import Session

from models import MediaItem
from tests.models.builders import build, refused, save


@pytest.mark.parametrize("address", ["https://baosoctrang.org.vn/x", "HTTP://baosoctrang.org.vn", None, "  "])
def test_an_address_is_one_of_the_web(session: Session, address: str | None) -> None:
    save(session, MediaItem, address=address)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "baosoctrang.org.vn", "ftp://x", "/x", "data:text/html,x"])
def test_another_address_is_refused(session: Session, address: str) -> None:
    session.add(build(MediaItem, address=address))
    assert refused(session) == {"address": "Đường dẫn phải bắt đầu bằng https:// hoặc http://."}
