"""Which names stand behind which tokens?

Only SHA-256 digests are kept: a token cannot be read back from the settings, a log or a stack. Tokens are random and at
least 16 characters long, so a plain digest is enough; a slow password hash would only slow down each request.
"""

import re
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest

SHORTEST = 16
"""Characters of a token; 16 random ones cannot be guessed."""
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")
"""What `Authorization: Bearer` can carry (RFC 6750, section 2.1)."""
LOCAL = "local"
"""The actor of a request from this machine itself; no token may take that name."""


@dataclass(frozen=True, slots=True)
class Token:
    name: str
    digest: bytes


def read_tokens(text: str) -> tuple[Token, ...]:
    """`name:token,name:token`. Raises ValueError with a line that never shows a token."""
    tokens = tuple(_token(part.strip(), place) for place, part in enumerate(text.split(","), start=1))
    if len({token.name for token in tokens}) < len(tokens):
        raise ValueError("names must differ")
    if len({token.digest for token in tokens}) < len(tokens):
        raise ValueError("two names have the same token")
    return tokens


def name_of(given: str, tokens: tuple[Token, ...]) -> str | None:
    """The name whose token this is. Compares with every token in constant time, so time tells nothing."""
    digest = sha256(given.encode("utf-8", "surrogateescape")).digest()
    names = [token.name for token in tokens if compare_digest(token.digest, digest)]
    return names[0] if names else None


def _token(part: str, place: int) -> Token:
    name, colon, secret = part.partition(":")
    if not colon:
        raise ValueError(f"entry {place} must be name:token")
    if not NAME.fullmatch(name) or name == LOCAL:
        raise ValueError(f"the name of entry {place} must be 1-64 letters, digits, dots, dashes; not '{LOCAL}'")
    if len(secret) < SHORTEST:
        raise ValueError(f"the token of '{name}' must have at least {SHORTEST} characters")
    if not TOKEN.fullmatch(secret):
        raise ValueError(f"the token of '{name}' may hold letters, digits and -._~+/ only")
    return Token(name, sha256(secret.encode("ascii")).digest())
