"""Settings, read once from the environment (`YAKSOK_…`)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from pathlib import Path

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

MINIMUM_KEY = 32
"""Characters of the server key; everything secret is derived from it."""


class Settings(BaseSettings):
    """Everything that differs between a laptop, a test and the province's server."""

    model_config = SettingsConfigDict(env_prefix="YAKSOK_", frozen=True)

    database_url: str = "sqlite+aiosqlite:///var/yaksok.sqlite"
    server_key: SecretStr
    authority: str = ""
    """The province, as its residents call it; stands on every page."""
    base_url: str = "http://localhost:8000"
    """The address in messages; its host is answered, and with https cookies are marked `Secure`."""
    allowed_hosts: list[str] = Field(default_factory=lambda: ["localhost:8000", "127.0.0.1:8000"])
    """Further hosts (with ports) that are answered."""
    demonstration: bool = False
    demonstration_sign_ins: Path = Path("var/demonstration.json")
    board_folder: Path = Path("var/boards")
    evidence_folder: Path = Path("var/evidence")
    """Where evidence files lie, by their SHA-256; never below anything that is served."""
    evidence_largest: int = Field(default=20 * 1024 * 1024, le=30 * 1024 * 1024)
    """Bytes of one evidence file."""
    evidence_per_contract: int = 500 * 1024 * 1024
    """Bytes of all evidence files of one contract."""
    check_workers: int = 0
    """Processes that check ballots; 0 = one per core."""

    smtp_host: str = ""
    """The province's mail server; port 465 means TLS from the start, elsewhere STARTTLS is used where offered."""
    smtp_port: int = 25
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_starttls: bool = False
    mail_from: str = "yaksok@localhost"

    @field_validator("server_key")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        if len(value.get_secret_value()) < MINIMUM_KEY:
            raise ValueError(f"YAKSOK_SERVER_KEY needs at least {MINIMUM_KEY} characters")
        return value

    def key_for(self, purpose: str) -> bytes:
        """A 256-bit key for one purpose, derived from the server key (HMAC-SHA256)."""
        return hmac.new(
            self.server_key.get_secret_value().encode(), purpose.encode(), hashlib.sha256
        ).digest()

    def text_key_for(self, purpose: str) -> str:
        """The same key as URL-safe text."""
        return base64.urlsafe_b64encode(self.key_for(purpose)).decode()

    @property
    def secure(self) -> bool:
        """Whether the site is served over https, and so may mark its cookies `Secure`."""
        return self.base_url.startswith("https://")

    def cookie(self, name: str) -> str:
        """A cookie's full name: with https no other host of the domain can set it (`__Host-`)."""
        return f"__Host-{name}" if self.secure else name
