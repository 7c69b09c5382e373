"""Names planted in a running newsroom, and searched for in everything that it writes, sends and returns.

`make attack` plants 200 (ATTACK_NAMES), other runs a few. A public decoy proves that the main places are searched.
"""

from __future__ import annotations

import base64
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus
from uuid import uuid4

import httpx
import pytest
import redis
from drf_spectacular.generators import SchemaGenerator

from editorial.management.demo import loader
from editorial.policy.roles import Scope
from newsroom import local
from newsroom.local.postgres import binary
from tests.attack.encodings import ENCODINGS, Name, forms, invent
from tests.attack.search import Search
from tests.support.live import RunningProcess, clean_environment, free_port, start_newsroom, wait_until
from tests.support.receivers import WebhookReceiver, serve_in_background
from tests.support.servers import ROOT, temporary_folder

COUNT = int(os.environ.get("ATTACK_NAMES", "10"))
ALL_READERS = ("mina", "karim", "alma", "tomas", "felix", "cora", "edith", "sabine", "stanley", "lena")
READERS = ALL_READERS if COUNT >= 100 else ALL_READERS[:3]
SCHEMA: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)["paths"]  # type: ignore[no-untyped-call]
LISTS = [path for path, operations in SCHEMA.items() if "get" in operations and "{" not in path]


@dataclass
class Attacked:
    """A newsroom, its URLs, and all its responses."""

    address: str
    data: Path
    names: list[Name]
    decoy: Name
    answers: dict[str, list[bytes]] = field(default_factory=lambda: {"API": [], "admin": [], "refusal": []})
    sources: dict[Name, str] = field(default_factory=dict)
    claim: str = ""

    @contextmanager
    def client(self, username: str) -> Iterator[httpx.Client]:
        """The API for one user."""
        with closing(httpx.Client(base_url=self.address, timeout=60, trust_env=False)) as client:
            yield self._with_token(client, username)

    def _with_token(self, client: httpx.Client, username: str) -> httpx.Client:
        credentials = {"username": username, "password": loader.PASSWORD, "scopes": list(Scope), "replace_oldest": True}
        token = client.post("/api/v1/tokens", json=credentials)
        assert token.status_code == 201, token.text
        client.headers["Authorization"] = f"Bearer {token.json()['token']}"
        return client

    @contextmanager
    def browser(self, username: str) -> Iterator[httpx.Client]:
        """The admin for one user."""
        with closing(httpx.Client(base_url=self.address, timeout=60, trust_env=False, follow_redirects=True)) as client:
            self._sign_in(client, username)
            yield client

    def _sign_in(self, client: httpx.Client, username: str) -> None:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', client.get("/admin/login/").text)
        assert token
        form = {"username": username, "password": loader.PASSWORD, "csrfmiddlewaretoken": token[1], "next": "/admin/"}
        assert "My work" in client.post("/admin/login/", data=form, headers={"Referer": self.address}).text


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder that the embedded servers can reach."""
    with temporary_folder("newsroom-attack-") as path:
        yield path


@pytest.fixture(scope="module")
def places(folder: Path) -> dict[str, list[Path]]:
    """Plant names in a newsroom, use it, back it up, stop it. Returns all that remains, by place."""
    invented = list(invent(COUNT + 1, seed=13))
    data, backups, port = folder / "data", folder / "backups", free_port()
    unlimited = {"MATCHING_PER_PERSON": "9999", "MATCHING_PER_DESK": "9999", "MATCHING_ALERT": "9999"}
    receiver = WebhookReceiver()
    with (
        serve_in_background(receiver),
        start_newsroom(data, port=port, WEBHOOKS_ALLOW_PRIVATE_HOSTS="1", **unlimited) as running,
    ):
        attacked = Attacked(f"http://localhost:{port}", data, invented[1:], invented[0])
        _sign_everybody_in(attacked)
        _subscribe(attacked, receiver)
        _plant(attacked)
        _provoke_refusals(attacked)
        _read_everything(attacked)
        wait_until(lambda: bool(receiver.requests) and bool(list((data / "mail").glob("*"))), within=120)
        _manage(data, "backup", str(backups))
        (folder / "redis").write_bytes(_redis_content(data))
    return _collect(folder, attacked, running, receiver)


def _subscribe(attacked: Attacked, receiver: WebhookReceiver) -> None:
    with attacked.client("alma") as client:
        desk = _desk(client)
        url = f"http://127.0.0.1:{receiver.server_address[1]}/"
        assert client.post("/api/v1/webhooks", json={"desk": desk, "url": url}).status_code == 201


def _sign_everybody_in(attacked: Attacked) -> None:
    """Make their address known before sign-ins from it fail."""
    for reader in {*READERS, "edith"}:
        with attacked.browser(reader):
            pass


def _desk(client: httpx.Client) -> str:
    desks = client.get("/api/v1/desks").json()["results"]
    return next(str(desk["id"]) for desk in desks if desk["slug"] == "politics")


def _plant(attacked: Attacked) -> None:
    """Every name goes into the vault: by registering a source, or in a case. The decoy goes into a claim."""
    with attacked.client("mina") as client:
        desk = _desk(client)
        decoy = client.post(
            "/api/v1/claims", json={"desk": desk, "text": f"{attacked.decoy.full} left.", "risk": "serious"}
        )
        assert decoy.status_code == 201, decoy.text
        attacked.claim = decoy.json()["id"]
        for number, name in enumerate(attacked.names):
            source = {
                "type": "person", "name": f"keeper number {number}", "unnamed": True,
                "description": "Saw it.", "identity_name": name.full, "identity_known_by": f"of {name.last}, 1970",
            }  # fmt: skip
            if number % 5 == 4:
                case = {"desk": desk, "sources": [source | {"ref": "keeper"}]}
                answer = client.post("/api/v1/cases", json=case, headers={"Idempotency-Key": str(uuid4())})
            else:
                answer = client.post("/api/v1/sources", json={"desk": desk} | source)
            assert answer.status_code == 201, answer.text
            attacked.answers["API"].append(answer.content)
            if "id" not in answer.json():
                continue
            attacked.sources[name] = answer.json()["id"]
            statement = {
                "claim": attacked.claim, "source": attacked.sources[name], "stance": "affirms",
                "directness": "first_hand",
            }  # fmt: skip
            if number < 20:
                assert client.post("/api/v1/statements", json=statement).status_code == 201


def _provoke_refusals(attacked: Attacked) -> None:
    """Send names in all kinds of refused input: text, malformed bodies, URLs, searches, headers, sign-ins."""
    seen = attacked.answers["refusal"]
    with attacked.client("mina") as client:
        desk = _desk(client)
        for name, source in list(attacked.sources.items())[:40]:
            quote = f"It was {name.full} who said so."
            statement = {"claim": attacked.claim, "source": source, "stance": "denies", "directness": "first_hand"}
            refused = client.post("/api/v1/statements", json=statement | {"quote": quote})
            assert refused.status_code == 422, "the text names a sealed source"
            plain = name.full.encode("ascii", "replace").decode()
            typed = {"desk": desk, "type": "person", "name": name.full, "identity_name": name.full}
            responses = [
                refused,
                client.post("/api/v1/sources", json=typed),
                client.post("/api/v1/sources", content=f'{{"name": "{name.full}'.encode()),
                client.post("/api/v1/sources", json={name.full: name.full}),
                client.post("/api/v1/claims", json={"desk": name.full, "text": [name.full], "risk": name.full}),
                client.get(f"/api/v1/sources/{name.full}"),
                client.get(f"/{name.full}"),
                client.get("/api/v1/sources", params={"q": name.full}),
                client.get("/api/v1/statements", params={name.last: name.full}),
                client.get("/api/v1/me", headers={"X-Request-ID": plain, "User-Agent": name.full.encode()}),
                client.request(re.sub("[^A-Za-z]", "", name.first), "/api/v1/me"),
                client.post("/api/v1/tokens", json={"username": f"u{name.last}", "password": name.full}),
                httpx.get(attacked.address, headers={"Host": f"{name.last.lower().encode('idna').decode()}.example"}),
            ]
            seen += [_without_request(response) for response in responses]
    with attacked.browser("edith") as browser:
        for name in attacked.names[:20]:
            for path in ("source/", "claim/", "event/"):
                response = browser.get(f"/admin/editorial/{path}", params={"q": name.full})
                # The page repeats the search in its own field and links, and nowhere else.
                seen.append(_without_own_input(response.text, name).encode())
            seen.append(browser.get(f"/admin/editorial/{name.full}/").content)
            seen.append(browser.get("/admin/editorial/source/", params={"name__startswith": name.full}).content)


def _without_request(response: httpx.Response) -> bytes:
    """The response, without a body that may repeat the caller's own input (a field's name, a rejected choice)."""
    echoed = response.status_code == 422 and b"errors" in response.content
    return str(response.headers).encode() if echoed else str(response.headers).encode() + response.content


def _without_own_input(page: str, name: Name) -> str:
    """The page without what the reader typed, which it shows again in its search field and links."""
    for typed in (name.full, escape(name.full), quote(name.full), quote_plus(name.full)):
        page = page.replace(typed, "…")
    return page


def _read_everything(attacked: Attacked) -> None:
    """Read every list of the API and the admin, and ten sources, as each reader."""
    for reader in READERS:
        with attacked.client(reader) as client:
            for path in LISTS:
                attacked.answers["API"].append(client.get(path, params={"limit": "200"}).content)
                attacked.answers["API"].append(client.get(path).content)
            for source in list(attacked.sources.values())[:10]:
                attacked.answers["API"].append(client.get(f"/api/v1/sources/{source}").content)
        with attacked.browser(reader) as browser:
            index = browser.get("/admin/").text
            paths = set(re.findall(r'href="(/admin/editorial/\w+/)', index))
            pages = [
                *paths,
                *(f"/admin/editorial/source/{source}/change/" for source in list(attacked.sources.values())[:10]),
            ]
            attacked.answers["admin"] += [browser.get(path).content for path in pages]


def _manage(data: Path, *command: str) -> None:
    environment = clean_environment(NEWSROOM_DATA=str(data))
    arguments = [sys.executable, "manage.py", *command]
    outcome = subprocess.run(arguments, cwd=ROOT, env=environment, capture_output=True, text=True)  # noqa: S603
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def _redis_content(data: Path) -> bytes:
    """Every key, and every value as Redis stores it."""
    client = redis.Redis.from_url(local.redis_url(data))
    try:
        return b"\n".join(key + b" " + (client.dump(key) or b"") for key in client.scan_iter())
    finally:
        client.close()


def _collect(
    folder: Path, attacked: Attacked, running: RunningProcess, receiver: WebhookReceiver
) -> dict[str, list[Path]]:
    """Everything as files, by place."""
    (dump,) = (folder / "backups").rglob("*.dump")
    plain = folder / "dump.sql"
    subprocess.run([binary("pg_restore"), f"--file={plain}", str(dump)], check=True)  # noqa: S603
    written: dict[str, list[Path]] = {"dump": [plain], "Redis": [folder / "redis"]}
    contents = {"output": [running.output.encode()], **attacked.answers}
    contents["webhooks"] = [str(request).encode() + request.body for request in receiver.requests]
    for place, content in contents.items():
        written[place] = [folder / f"{place}.answers"]
        written[place][0].write_bytes(b"\n".join(content))
    written["backup"] = [path for path in (folder / "backups").rglob("*") if path.is_file()]
    for path in attacked.data.rglob("*"):
        if path.is_file() and not path.is_symlink():
            written.setdefault(_place(path.relative_to(attacked.data)), []).append(path)
    return written


def _place(path: Path) -> str:
    for part, place in (("pg_wal", "WAL"), ("base", "heap"), ("mail", "mail"), ("log", "logs")):
        if any(each.startswith(part) for each in path.parts):
            return place
    return "other files"


@pytest.mark.servers
def test_no_planted_name_is_found_in_any_encoding_in_any_place(
    places: dict[str, list[Path]], folder: Path, subtests: Any
) -> None:
    decoy, *names = invent(COUNT + 1, seed=13)
    control_folder = folder / "control"
    control_folder.mkdir()
    search, control = Search(forms(names), folder), Search(forms([decoy]), control_folder)
    assert len(ENCODINGS) >= 40
    for place, files in places.items():
        with subtests.test(place):
            assert sum(path.stat().st_size for path in files) > 0
            assert search.in_files(files) == set()
    for place in ("dump", "heap", "WAL", "API", "admin"):
        assert control.in_files(places[place]), f"{place} was not searched"
    assert {"Redis", "mail", "webhooks", "backup", "output", "refusal"} <= places.keys()


@pytest.mark.parametrize("before", range(7))
def test_every_form_is_found_wherever_it_starts(tmp_path: Path, before: int) -> None:
    names = list(invent(3, seed=1))
    search = Search(forms(names), tmp_path)
    for name in names:
        for encoding, encode in ENCODINGS.items():
            found = search.in_bytes(b"x" * before + encode(name) + b"y", "here", tmp_path)
            assert any(name.full in each for each in found), encoding
        hidden = base64.b64encode(b"x" * before + name.full.encode() + b"and more")
        assert search.in_bytes(hidden, "here", tmp_path), "base64 of a longer text"


def test_the_names_of_a_seed_are_the_same_and_those_of_another_differ() -> None:
    assert list(invent(200, seed=1)) == list(invent(200, seed=1))
    assert not set(invent(200, seed=1)) & set(invent(200, seed=2))
    assert len(forms(list(invent(200, seed=1)))) > 200 * 40
