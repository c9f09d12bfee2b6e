"""nginx and Caddy, as they are by default, really before the book: with a prefix and without."""

import http.client
import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from urllib.parse import urlencode

import pytest
import waitress
from flask import Flask

from backoffice.commands.serving import waitress_settings
from models.accounts.users import UserSession
from tests import needs
from tests.conftest import PASSWORD, running_on, token_of
from tests.databases import ON_SQLITE, Databases
from tests.program import free_port
from views.core.session import db

NGINX = """daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/log;
events {{}}
http {{
  access_log off; client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{ listen 127.0.0.1:{port}; location {place} {{ proxy_pass http://127.0.0.1:{book}{end}; {more} }} }}
}}
"""
PARAMS = "include /etc/nginx/proxy_params;"
CADDY = (
    "{{\n admin off\n auto_https off\n}}\nhttp://:{port} {{\n {place} {{\n  reverse_proxy 127.0.0.1:{book}\n }}\n}}\n"
)
CALLER = "127.0.0.9"
"""Where the browser is, as seen by the proxy."""


class Browser:
    """Speaks to a proxy as a browser does that came by https, from an address of its own."""

    def __init__(self, port: int, forged: str = "") -> None:
        self._port, self._forged, self._cookies = port, forged, dict[str, str]()

    def ask(self, path: str, **form: str) -> tuple[int, http.client.HTTPMessage, str]:
        """Status, headers and text of the answer; with a form, to sending it."""
        line = http.client.HTTPConnection("127.0.0.1", self._port, source_address=(CALLER, 0), timeout=20)
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        headers = {"Host": "so.example", "Cookie": cookies}
        if self._forged:
            headers["X-Forwarded-For"] = self._forged
        if form:
            headers |= {"Origin": "https://so.example", "Content-Type": "application/x-www-form-urlencoded"}
        line.request("POST" if form else "GET", path, urlencode(form) if form else None, headers)
        answer = line.getresponse()
        text = answer.read().decode("utf-8", "replace")
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _equals, value = cookie.split("; ")[0].partition("=")
            self._cookies[name] = value
        line.close()
        return answer.status, answer.headers, text


@pytest.fixture(scope="module", params=["", "/mttq"])
def book(
    request: pytest.FixtureRequest, databases: Databases, filled: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Flask, str, int]]:
    """A book that is served, its prefix, and its port."""
    with pytest.MonkeyPatch.context() as patch, databases(filled) as url:
        patch.setenv("BACKOFFICE_ADDRESS", f"https://so.example{request.param}")
        patch.setenv("BACKOFFICE_PROXIES", "1")
        with running_on(url, tmp_path_factory.mktemp("instance")) as app:
            patch.undo()
            server = waitress.create_server(app, host="127.0.0.1", port=0, **waitress_settings(app))
            thread = Thread(target=server.run, daemon=True)
            thread.start()
            yield app, request.param, server.effective_port
            server.close()


@contextmanager
def nginx(folder: Path, prefix: str, book: int, *, strips: bool, more: str) -> Iterator[int]:
    """The port of an nginx before the book."""
    path, port = needs.proxy("nginx"), free_port()
    if more and not Path("/etc/nginx/proxy_params").exists():
        pytest.skip("needs Debian's /etc/nginx/proxy_params")
    place, end = f"{prefix}/", "/" if strips else ""
    text = NGINX.format(folder=folder, port=port, place=place, book=book, end=end, more=more)
    (folder / "conf").write_text(text, encoding="utf-8")
    with running([path, "-c", str(folder / "conf"), "-e", str(folder / "log")], port, folder):
        yield port


@contextmanager
def caddy(folder: Path, prefix: str, book: int, *, strips: bool) -> Iterator[int]:
    """The port of a Caddy before the book."""
    path, port = needs.proxy("caddy"), free_port()
    place = f"{'handle_path' if strips else 'handle'} {prefix}/*"
    (folder / "Caddyfile").write_text(CADDY.format(port=port, place=place, book=book), encoding="utf-8")
    with running([path, "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"], port, folder):
        yield port


@contextmanager
def running(command: list[str], port: int, home: Path) -> Iterator[None]:
    """The program runs, and answers at the port, as long as the block."""
    with (home / "out").open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env={**os.environ, "HOME": str(home)}, cwd=home)
    try:
        for _try in range(100):
            try:
                Browser(port).ask("/healthz")
                break
            except OSError:
                assert process.poll() is None, (home / "out").read_text()
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(10)


Before = Callable[[Path, str, int], object]
WAYS = {
    "nginx": (lambda folder, prefix, port: nginx(folder, prefix, port, strips=False, more=""), "127.0.0.1"),
    "nginx with its proxy_params": (
        lambda folder, prefix, port: nginx(folder, prefix, port, strips=True, more=PARAMS),
        CALLER,
    ),
    "caddy": (lambda folder, prefix, port: caddy(folder, prefix, port, strips=False), CALLER),
    "caddy that takes the prefix off": (lambda folder, prefix, port: caddy(folder, prefix, port, strips=True), CALLER),
}


@ON_SQLITE
@pytest.mark.parametrize("way", WAYS)
def test_the_book_works_behind(book: tuple[Flask, str, int], tmp_path: Path, way: str) -> None:
    app, prefix, port = book
    before, caller = WAYS[way]
    tmp_path.chmod(0o777)
    with before(tmp_path, prefix, port) as proxy:
        # nginx hands on what the sender wrote, unless it is told to add who that was.
        browser = Browser(proxy, forged="" if way == "nginx" else "6.6.6.6")
        status, headers, _text = browser.ask(f"{prefix}/units/?page=1")
        assert (status, headers["Location"][: len(prefix) + 6]) == (302, f"{prefix}/login")
        _status, _headers, door = browser.ask(headers["Location"])
        form = {"username": "viewer", "password": PASSWORD, "csrf_token": token_of(door)}
        status, headers, text = browser.ask(f"{prefix}/login", **form, next=f"{prefix}/units/?page=1")
        assert (status, headers["Location"]) == (302, f"{prefix}/units/?page=1"), text
        assert "Secure" in headers["Set-Cookie"]
        status, _headers, page = browser.ask(headers["Location"])
        assert status == 200
        for place in re.findall(r'<(?:link|script)[^>]*(?:href|src)="([^"]+)"', page):
            assert browser.ask(place)[0] == 200, place
        token = token_of(browser.ask(f"{prefix}/account")[2])
        link = browser.ask(f"{prefix}/account/calendar", csrf_token=token)[2].split("https://so.example", 1)[1]
        status, headers, _text = browser.ask(link.split("<", 1)[0])
        assert (status, headers.get_content_type()) == (200, "text/calendar")
        assert link.startswith(f"{prefix}/calendar/")
    with app.app_context():
        newest = db.session.query(UserSession).order_by(UserSession.id.desc()).first()
        assert newest is not None
        assert newest.address == caller
