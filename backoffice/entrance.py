"""The entrance: a request is put as it was at its sender's end, and answered at the book's own address alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app, request
from flask_babel import gettext

from backoffice.address import OWN_MACHINE, USUAL_PORTS, Address, Proxies, SettingError, ip_of, without_port
from backoffice.errors import page
from backoffice.sessions import ANSWERED_TO_ALL

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ELSEWHERE = "backoffice.elsewhere"
"""What the request's environment holds where it was sent to another host."""


def init_app(app: Flask) -> None:
    """Let the application see each request as its sender sent it, and answer at its own address alone."""
    app.wsgi_app = Entrance(app.wsgi_app, app.config["ADDRESS"], app.config["PROXIES"])  # type: ignore[method-assign, assignment]
    app.before_request(_refuse_other_hosts)


def check_prefix(app: Flask) -> None:
    """Raise SettingError where the prefix is a page's own name: nobody could tell which of both is asked for."""
    prefix = app.config["APPLICATION_ROOT"].split("/")[1]
    if prefix and any(rule.rule.split("/")[1] == prefix for rule in app.url_map.iter_rules()):
        raise SettingError(f"BACKOFFICE_ADDRESS can't end in /{prefix}: a page of the book has that name.")


def is_exposed() -> bool:
    """Whether the application answers to more than its own machine: directly, or through a proxy."""
    config = current_app.config
    address: Address | None = config["ADDRESS"]
    there = {config["HOST"]} | ({address.name.strip("[]")} if address else set())
    return not there <= OWN_MACHINE or bool(config["SESSION_COOKIE_SECURE"]) or config["PROXIES"].hops > 0


def is_plain_http() -> bool:
    """Whether people reach the application over the network without encryption."""
    return is_exposed() and not current_app.config["SESSION_COOKIE_SECURE"] and not request.is_secure


class Entrance:
    """Puts into the environment of a request what is so at the sender's end."""

    def __init__(self, app: WSGIApplication, address: Address | None, proxies: Proxies) -> None:
        self._app, self._address, self._proxies = app, address, proxies

    def __call__(self, given: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer the request."""
        believed = self._proxies.believes(given.get("REMOTE_ADDR", ""))
        if believed:
            self._hear(given)
        if self._address:
            self._place(given, self._address, believed=believed)
        return self._app(given, start_response)

    def _hear(self, given: WSGIEnvironment) -> None:
        """Take the sender's address and scheme from what the proxies say."""
        sender = ip_of(self._said(given, "HTTP_X_FORWARDED_FOR"))
        if sender is not None:
            given["REMOTE_ADDR"] = str(sender)
        scheme = self._said(given, "HTTP_X_FORWARDED_PROTO").lower()
        if scheme in USUAL_PORTS:
            given["wsgi.url_scheme"] = scheme

    def _said(self, given: WSGIEnvironment, header: str) -> str:
        """What the farthest proxy that is believed says: each adds to the end, and before it anyone may write."""
        return str(given.get(header, "")).split(",")[-self._proxies.hops :][0].strip()

    def _place(self, given: WSGIEnvironment, address: Address, *, believed: bool) -> None:
        asked = _host_of(str(given.get("HTTP_HOST", "")), address.scheme)
        here = without_port(asked).strip("[]") in OWN_MACHINE or asked.endswith(f":{given.get('SERVER_PORT')}")
        if believed and here and asked != address.host:
            # A proxy that says nothing of the host, as nginx by default, asks by where it found the application.
            asked = _host_of(self._said(given, "HTTP_X_FORWARDED_HOST"), address.scheme) or address.host
        # nginx's $host leaves the port out.
        if asked != address.host and not (believed and asked == address.name):
            given[ELSEWHERE] = True
        port = address.host.removeprefix(address.name).lstrip(":")
        given["wsgi.url_scheme"] = address.scheme
        given["HTTP_HOST"] = address.host
        given["SERVER_NAME"], given["SERVER_PORT"] = address.name, port or USUAL_PORTS[address.scheme]
        given["SCRIPT_NAME"] = address.prefix
        # Some proxies take the prefix off, some leave it.
        path = given.get("PATH_INFO", "")
        if address.prefix and (path == address.prefix or path.startswith(f"{address.prefix}/")):
            given["PATH_INFO"] = path.removeprefix(address.prefix) or "/"


def _host_of(text: str, scheme: str) -> str:
    return text.strip().lower().removesuffix(f":{USUAL_PORTS[scheme]}")


def _refuse_other_hosts() -> Any:
    if ELSEWHERE in request.environ and request.endpoint not in ANSWERED_TO_ALL:
        text = gettext(
            "Sổ này chỉ trả lời ở địa chỉ %(address)s – hãy vào đó.", address=str(current_app.config["ADDRESS"])
        )
        return page(421, text)
    return None
