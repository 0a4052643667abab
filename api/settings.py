"""What was this process told to do? Every setting, read once from the environment.

Nothing else in the project reads the environment. A wrong value is one clear line (`SettingsError`), never a stack,
and never shows the value of a secret.
"""

import os
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AliasChoices, Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from api.tokens import Token, read_tokens

MIB = 1024 * 1024


class SettingsError(ValueError):
    """The environment says something that cannot be; the message is one line for the person who set it."""


class Settings(BaseSettings):
    """Frozen. Each field is `WANGGE_<NAME>`, except `DATABASE_URL`; an empty variable counts as absent."""

    model_config = SettingsConfigDict(env_prefix="WANGGE_", env_ignore_empty=True, frozen=True, extra="ignore")

    database_url: str | None = Field(
        default=None, repr=False, validation_alias=AliasChoices("DATABASE_URL", "database_url")
    )
    """The service role's store; None means the private cluster in `data`."""
    owner_url: str | None = Field(default=None, repr=False)
    """The role that migrates; `database_url` when absent."""
    data: Path = Field(default_factory=lambda: _data_home() / "wangge")
    host: str = Field(default="127.0.0.1", min_length=1)
    port: int = Field(default=8000, ge=0, le=65535)
    """0 takes any free port."""
    tokens: Annotated[tuple[Token, ...], NoDecode] = Field(default=(), repr=False)
    """`name:token,name:token`; only digests are kept."""
    cors_origins: Annotated[tuple[str, ...], NoDecode] = ()
    public_url: str | None = None
    """Where clients reach the service through a proxy; no closing slash."""
    timezone: str = "Asia/Shanghai"
    lang: Literal["zh", "en"] = "en"
    """Language of the command line."""
    near_boundary_m: float = Field(default=10.0, ge=0, le=1000)
    """Without a stated accuracy, a point nearer to a border than this is `near_boundary`; metres."""
    body_bytes: int = Field(default=64 * MIB, ge=1)
    features: int = Field(default=200_000, ge=1)
    """Features in one request."""
    vertices: int = Field(default=3_000_000, ge=4)
    """Vertices in one request; 64 MiB of GeoJSON hold about this many."""
    json_depth: int = Field(default=32, ge=8, le=512)
    """Nested arrays and objects; a feature collection of multi-polygons needs 9."""
    url_bytes: int = Field(default=8192, ge=256)
    header_bytes: int = Field(default=32 * 1024, ge=1024)
    body_seconds: float = Field(default=60.0, gt=0)
    """A body must be in after this time."""
    check_seconds: float = Field(default=60.0, gt=0)
    """One piece of heavy geometry may take this long, and wait as long for its turn."""
    upload_bytes: int = Field(default=256 * MIB, ge=1)
    """A file sent to `POST /v1/imports`."""
    upload_seconds: float = Field(default=600.0, gt=0)
    """Such a file must be in after this time."""
    tile_cache_bytes: int = Field(default=256 * MIB, ge=0)
    """Tiles in memory, those in gzip among them."""
    tile_disk_bytes: int = Field(default=0, ge=0)
    """Tiles under `data`, to begin with after a start; 0 keeps none."""
    tile_seconds: float = Field(default=20.0, gt=0)
    """A tile is there within this time, or told 503 while what it is cut from is being made."""
    tile_ahead: bool = True
    """What tiles of Web Mercator are cut from is made before anybody asks for one."""
    streams: int = Field(default=4, ge=1, le=64)
    """Streams of points that are answered at once."""
    stream_seconds: float = Field(default=3600.0, gt=0)
    """One of them may take this long."""
    listeners: int = Field(default=100, ge=1, le=10_000)
    """Callers of `GET /v1/events` at once."""
    heartbeat_seconds: float = Field(default=15.0, gt=0, le=3600)
    """They are told something at least this often, so that proxies keep the connection."""
    job_workers: int = Field(default=1, ge=0, le=16)
    """Long jobs this service does at once; 0 leaves them to others on the same database."""
    jobs_waiting: int = Field(default=20, ge=1, le=10_000)
    """Jobs that may wait for their turn."""
    job_seconds: float = Field(default=6 * 3600.0, gt=0)
    """One job may take this long."""
    job_days: float = Field(default=7.0, gt=0, le=3650)
    """What came of a job is kept for this long."""
    request_seconds: float = Field(default=150.0, gt=0)
    """A request whose body is in is answered within this time, or told 503."""
    workers: int = Field(default=1, ge=1, le=64)
    """Processes that answer; all of them read the published map from one snapshot."""
    pool_workers: int = Field(default=2, ge=1, le=64)
    pool_queue: int = Field(default=8, ge=0, le=1000)
    edit_bytes: int = Field(default=8 * MIB, ge=1024)
    """The body of a request with edits."""
    plan_steps: int = Field(default=10_000, ge=1)
    """Steps of a plan, those that were undone among them."""
    code_keeps: Literal["larger", "none"] = "larger"
    """Which part of a split or merged grid keeps a code; with `none` all parts get new ones."""
    desk_plans: int = Field(default=16, ge=1, le=1000)
    """Plans that stay open in memory between two edits."""
    desk_vertices: int = Field(default=8_000_000, ge=1000)
    """Vertices of all open plans together; a larger plan is open alone."""
    desk_queue: int = Field(default=16, ge=0, le=1000)
    """Edits that may wait for their turn."""

    @field_validator("tokens", mode="before")
    @classmethod
    def _tokens(cls, value: Any) -> Any:
        return read_tokens(value) if isinstance(value, str) else value

    @field_validator("database_url", "owner_url")
    @classmethod
    def _store(cls, value: str | None) -> str | None:
        if value is not None and not _is_postgresql(value):
            raise ValueError("must be like postgresql://user@host:5432/database")
        return value

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _origins(cls, value: Any) -> Any:
        return tuple(_origin(part.strip()) for part in value.split(",")) if isinstance(value, str) else value

    @field_validator("public_url")
    @classmethod
    def _public_url(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if not _is_plain_url(value):
            raise ValueError("must be like https://maps.example.org or https://example.org/wangge")
        return value.rstrip("/")

    @field_validator("timezone")
    @classmethod
    def _timezone(cls, value: str) -> str:
        try:
            return ZoneInfo(value).key
        except (ValueError, OSError, ZoneInfoNotFoundError):
            raise ValueError("must be the name of a time zone, such as Asia/Shanghai") from None

    @model_validator(mode="after")
    def _times(self) -> Self:
        if self.request_seconds < 2 * self.check_seconds:
            raise ValueError("WANGGE_REQUEST_SECONDS must be at least twice WANGGE_CHECK_SECONDS")
        return self

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def is_loopback(self) -> bool:
        """Whether the service is bound to this machine only."""
        return is_loopback(self.host)


def read(**stated: Any) -> Settings:
    """The settings of this process, `stated` ones over the environment.

    Raises `SettingsError` with one line that names the variable.
    """
    try:
        return Settings(**stated)
    except ValidationError as error:
        raise SettingsError(_line(error)) from None


@lru_cache(maxsize=256)
def is_loopback(host: str) -> bool:
    """Whether an address or name stands for this machine alone; names other than localhost do not."""
    if host.lower() == "localhost":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _line(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    message = first["msg"].removeprefix("Value error, ")
    if not first["loc"]:
        return message
    name = str(first["loc"][0])
    variable = name if name.isupper() else f"WANGGE_{name.upper()}"
    return f"{variable}: {message[:1].lower()}{message[1:]}"


def _data_home() -> Path:
    """The XDG base directory for data; the specification says that a relative value is to be ignored."""
    stated = Path(os.environ.get("XDG_DATA_HOME", ""))
    return stated if stated.is_absolute() else Path.home() / ".local" / "share"


def _origin(text: str) -> str:
    if text != "*" and not (_is_plain_url(text) and text.count("/") == 2):
        raise ValueError("must be * or origins like https://maps.example.org, separated by commas")
    return text.lower()


def _is_postgresql(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"postgres", "postgresql", "postgresql+psycopg"} and parts.port != 0
    except ValueError:  # a port that is no number, an open bracket
        return False


def _is_plain_url(text: str) -> bool:
    scheme, separator, rest = text.partition("://")
    visible = all("!" <= character <= "~" for character in rest)
    return bool(
        separator
        and scheme.lower() in {"http", "https"}
        and visible
        and rest.strip("/")
        and not set(rest) & set("?#@,")
    )
