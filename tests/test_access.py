"""Who may act, and what must a change bring along?"""

from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter
from fastapi.testclient import TestClient
from starlette.responses import Response

from api.access import Actor, Inner
from api.frame import framed
from api.preconditions import InIdempotencyKey, InIfMatch
from api.settings import Settings, SettingsError, read
from api.tokens import name_of, read_tokens

TOKEN = "correct-horse-battery"  # long enough
TOKENS = f"street-office:{TOKEN},desk:another-long-secret-1"
router = APIRouter()


@router.post("/act")
def act(actor: Actor) -> str:
    return actor


@router.get("/inner")
def inner(actor: Inner) -> str:
    return actor


@router.patch("/change")
def change(states: InIfMatch) -> str:
    states.require('"5"')
    return "changed"


@router.post("/make")
def make(key: InIdempotencyKey) -> str:
    return key


@router.get("/state")
def state() -> Response:
    return Response(b"x" * 4096, headers={"ETag": '"5"'})


def asking(peer: str = "127.0.0.1", host: str = "127.0.0.1:8000", **settings: Any) -> TestClient:
    app = framed(Settings(**settings))
    app.include_router(router)
    return TestClient(app, base_url=f"http://{host}", client=(peer, 40000))


LOCAL_HOSTS = ("127.0.0.1:8000", "localhost", "LOCALHOST:1", "[::1]:8000", "127.8.8.8")


@pytest.mark.parametrize("host", LOCAL_HOSTS)
@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_this_machine_itself_is_local(peer: str, host: str) -> None:
    client = asking(peer, host)
    assert client.post("/act", headers={"Origin": f"http://{host.lower()}"}).json() == "local"
    assert client.get("/inner").json() == "local"


@pytest.mark.parametrize(
    ("peer", "host", "headers"),
    [
        ("192.0.2.7", "127.0.0.1:8000", {}),
        ("", "127.0.0.1:8000", {}),
        ("127.0.0.1", "evil.example:8000", {}),
        ("127.0.0.1", "localhost.evil.example", {}),
        ("127.0.0.1", "127.0.0.1.evil.example", {}),
        ("127.0.0.1", "0.0.0.0:8000", {}),
        ("127.0.0.1", "127.0.0.1:8000", {"Host": "localhost:80@evil.example"}),
        ("127.0.0.1", "127.0.0.1:8000", {"Host": ""}),
        ("127.0.0.1", "127.0.0.1:8000", {"X-Forwarded-For": "127.0.0.1"}),
        ("127.0.0.1", "127.0.0.1:8000", {"X-Forwarded-Host": "maps.example.org"}),
        ("127.0.0.1", "127.0.0.1:8000", {"Forwarded": "for=192.0.2.7"}),
        ("127.0.0.1", "127.0.0.1:8000", {"X-Real-IP": "192.0.2.7"}),
        ("127.0.0.1", "127.0.0.1:8000", {"Via": "1.1 proxy"}),
        ("127.0.0.1", "127.0.0.1:8000", {"Origin": "https://evil.example"}),
        ("127.0.0.1", "127.0.0.1:8000", {"Origin": "null"}),
        ("127.0.0.1", "127.0.0.1:8000", {"Origin": "http://127.0.0.1:8001"}),
        ("127.0.0.1", "127.0.0.1:8000", {"Origin": "https://127.0.0.1:8000"}),
        ("127.0.0.1", "127.0.0.1:8000", {"Origin": "http://localhost:8000"}),
        ("127.0.0.1", "127.0.0.1:8000", {"Authorization": "Bearer wrong-token-entirely"}),
        ("127.0.0.1", "127.0.0.1:8000", {"Authorization": ""}),
    ],
)
def test_nothing_else_is_local(peer: str, host: str, headers: dict[str, str]) -> None:
    for told in (
        asking(peer, host).post("/act", headers=headers),
        asking(peer, host, tokens=TOKENS).get("/inner", headers=headers),
    ):
        assert (told.status_code, told.json()["type"]) == (401, "/problems/token-required")
        assert told.headers["www-authenticate"].startswith("Bearer")


def test_two_host_or_two_authorization_headers_are_nobody() -> None:
    client = asking(tokens=TOKENS)
    twice = [("Host", "127.0.0.1:8000"), ("Host", "evil.example")]
    assert client.post("/act", headers=twice).status_code == 401
    good = ("Authorization", f"Bearer {TOKEN}")
    assert client.post("/act", headers=[good, good]).status_code == 401


@pytest.mark.parametrize("bound", ["127.0.0.1", "0.0.0.0", "192.0.2.1", "::"])
def test_a_token_names_the_actor_from_anywhere(bound: str) -> None:
    client = _bound(bound, tokens=TOKENS)
    headers = {"Authorization": f"bearer {TOKEN}", "X-Forwarded-For": "198.51.100.1", "Origin": "https://a.example"}
    assert client.post("/act", headers=headers).json() == "street-office"
    for wrong in (
        "Bearer",
        f"Basic {TOKEN}",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        "Bearer street-office",
        "Bearer ü",
    ):
        assert client.post("/act", headers=[(b"Authorization", wrong.encode("latin-1"))]).status_code == 401


def _bound(address: str, **settings: Any) -> TestClient:
    app = framed(Settings(host=address, **settings))
    app.include_router(router)
    return TestClient(app, base_url="http://127.0.0.1:8000", client=("127.0.0.1", 40000))


def test_bound_elsewhere_this_machine_is_nobody_special() -> None:
    assert _bound("0.0.0.0", tokens=TOKENS).post("/act").status_code == 401
    told = _bound("0.0.0.0").post("/act")
    assert (told.status_code, told.json()["type"]) == (403, "/problems/read-only")
    assert "WANGGE_TOKENS" in told.json()["detail"]
    assert _bound("0.0.0.0").get("/state").status_code == 200


def test_tokens_are_kept_as_digests() -> None:
    settings = Settings(tokens=TOKENS)  # type: ignore[arg-type]  # the text is what the environment holds
    assert TOKEN not in repr(settings) + str(settings.model_dump())
    assert name_of(TOKEN, settings.tokens) == "street-office"
    assert name_of("", settings.tokens) is None


@pytest.mark.parametrize(
    "text",
    [
        "street-office",
        "a:short",
        f":{TOKEN}",
        f"local:{TOKEN}",
        f"a b:{TOKEN}",
        f"a:{TOKEN},a:{TOKEN}2",
        f"a:{TOKEN},b:{TOKEN}",
        "a:contains a blank in it",
        f"a:{TOKEN},",
        "a:全角全角全角全角全角全角全角全角",
    ],
)
def test_bad_tokens_are_refused_in_one_line_that_keeps_them(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match=r"entry|names|token"):
        read_tokens(text)
    monkeypatch.setenv("WANGGE_TOKENS", text)
    with pytest.raises(SettingsError, match=r"^WANGGE_TOKENS: .+$") as told:
        read()
    assert "\n" not in str(told.value)
    assert TOKEN not in str(told.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WANGGE_PORT", "70000"),
        ("WANGGE_PORT", "http"),
        ("WANGGE_TIMEZONE", "Asia/Nowhere"),
        ("WANGGE_TIMEZONE", "../../etc/passwd"),
        ("WANGGE_CORS_ORIGINS", "maps.example.org"),
        ("WANGGE_CORS_ORIGINS", "https://a.example/path"),
        ("WANGGE_PUBLIC_URL", "maps.example.org"),
        ("WANGGE_PUBLIC_URL", "https://maps.example.org/?a=b"),
        ("WANGGE_CHECK_SECONDS", "nan"),
        ("WANGGE_POOL_WORKERS", "0"),
    ],
)
def test_a_wrong_setting_is_one_clear_line(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=rf"^{name}: [^\n]+$"):
        read()


def test_times_must_fit_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANGGE_CHECK_SECONDS", "100")
    with pytest.raises(SettingsError, match="WANGGE_REQUEST_SECONDS"):
        read()


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DATABASE_URL", "WANGGE_OWNER_URL", "WANGGE_DATA", "WANGGE_HOST", "WANGGE_PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert (read().data, read().port, read().is_loopback) == (tmp_path / "wangge", 8000, True)
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    assert read().data == Path.home() / ".local/share/wangge"
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://service:secret@db/wangge")
    monkeypatch.setenv("WANGGE_HOST", "0.0.0.0")
    monkeypatch.setenv("WANGGE_PORT", "")
    monkeypatch.setenv("WANGGE_PUBLIC_URL", "https://maps.example.org/wangge/")
    settings = read()
    assert settings.database_url == "postgresql+psycopg://service:secret@db/wangge"
    assert "secret" not in repr(settings)
    assert (settings.is_loopback, settings.port) == (False, 8000)
    assert settings.public_url == "https://maps.example.org/wangge"
    assert settings.zone.key == "Asia/Shanghai"


PREFLIGHT = {"Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "authorization, if-match"}


def test_no_origin_is_allowed_by_default() -> None:
    told = asking().get("/state", headers={"Origin": "https://a.example"})
    assert "access-control-allow-origin" not in told.headers
    told = asking().options("/change", headers={"Origin": "https://a.example", **PREFLIGHT})
    assert (told.status_code, told.headers["content-type"]) == (405, "application/problem+json")


def test_allowed_origins_see_the_tag_and_the_publication() -> None:
    client = asking(cors_origins="https://a.example, http://b.example:8080")
    told = client.get("/state", headers={"Origin": "https://a.example"})
    assert told.headers["access-control-allow-origin"] == "https://a.example"
    assert {"ETag", "X-Publication"} <= set(told.headers["access-control-expose-headers"].split(", "))
    assert "Origin" in told.headers["vary"]
    told = client.options("/change", headers={"Origin": "http://b.example:8080", **PREFLIGHT})
    assert (told.status_code, told.headers["access-control-allow-origin"]) == (204, "http://b.example:8080")
    told = client.options("/change", headers={"Origin": "https://c.example", **PREFLIGHT})
    assert (told.status_code, told.json()["type"]) == (400, "/problems/origin-not-allowed")
    assert "access-control-allow-origin" not in told.headers
    told = client.get("/nowhere", headers={"Origin": "https://a.example"})
    assert (told.status_code, told.headers["access-control-allow-origin"]) == (404, "https://a.example")


def test_an_allowed_page_is_still_not_local() -> None:
    client = asking(cors_origins="*")
    assert client.get("/state", headers={"Origin": "https://x.example"}).headers["access-control-allow-origin"] == "*"
    assert client.post("/act", headers={"Origin": "https://x.example"}).status_code == 401


@pytest.mark.parametrize(
    ("tag", "status"),
    [
        (None, 428),
        ('"5"', 200),
        ('"4", "5"', 200),
        ('"5-gzip"', 200),
        ('"4"', 412),
        ('W/"5"', 400),
        ("*", 400),
        ("5", 400),
        ('"5', 400),
        ("", 400),
        ('"5",', 400),
    ],
)
def test_if_match(tag: str | None, status: int) -> None:
    told = asking().patch("/change", headers={} if tag is None else {"If-Match": tag})
    assert told.status_code == status
    if status == 412:
        assert (told.json()["current_etag"], told.headers["etag"]) == ('"5"', '"5"')


def test_the_tag_of_a_compressed_read_is_good_for_a_change() -> None:
    client = asking()
    read_ = client.get("/state", headers={"Accept-Encoding": "gzip"})
    assert read_.headers["content-encoding"] == "gzip"
    assert client.patch("/change", headers={"If-Match": read_.headers["etag"]}).status_code == 200


@pytest.mark.parametrize(
    ("keys", "status"),
    [
        ([], 400),
        (["7b6e"], 200),
        (["k" * 255], 200),
        (["k" * 256], 400),
        (["a b"], 400),
        ([""], 400),
        (["é"], 400),
        (["a", "b"], 400),
    ],
)
def test_idempotency_key(keys: list[str], status: int) -> None:
    told = asking().post("/make", headers=[(b"Idempotency-Key", key.encode("latin-1")) for key in keys])
    assert told.status_code == status
    if status == 400:
        assert told.json()["type"].endswith("idempotency-key" if keys else "idempotency-key-required")
