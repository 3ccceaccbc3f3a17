"""Every setting, in one struct. `PUNCHCARD_<NAME>` in the environment, or `PUNCHCARD_<NAME>_FILE` for a file that holds it."""

import os
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any, get_type_hints

import msgspec
from msgspec import Struct

WEAK = frozenset({"secret", "changeme", "password", "test", "demo", "default", "punchcard"})
SECRET_BYTES_MIN = 32
PASSWORD = "PUNCHCARD_APPLE_KEY_PASSWORD"  # noqa: S105 - a name


class Secret(str):
    """A string that does not show itself in logs and error messages."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Secret(…)"


class Settings(Struct, frozen=True, kw_only=True):
    database_url: Secret = Secret("")
    """postgresql://… ; empty: a PostgreSQL of our own in `data_dir`."""
    data_dir: Path = Path("var")
    """Where our own PostgreSQL and the demo keep their files."""
    demo: bool = False
    """The demo: throw-away secrets and the sandbox are allowed."""
    host: str = "127.0.0.1"
    port: int = 8000
    api_processes: int = 1
    public_url: str = "http://127.0.0.1:8000"
    """Where phones and tills reach this API, without a slash at the end; it stands in passes and links."""
    secret: Secret = Secret("")
    """Signs access tokens, card links and pass tokens: at least 32 random bytes, for example from `openssl rand -hex 32`."""
    previous_secrets: Secret = Secret("")
    """Older secrets that are still accepted, separated by spaces, while one is exchanged."""
    programme_name: str = "Almond"
    late_days: int = 30
    """What a till tells later than this is settled as an adjustment of today instead of changing what was on those days."""
    claim_days: int = 14
    """How long the receipt of a basket without a card can be claimed."""
    spend_token_worth: int = 50_00
    """What a spend token for a shop without a network is worth at most, in minor units."""
    spend_token_minutes: int = 120
    """How long a till may take it."""
    adjustment_alone: int = 500
    """Points that one operator may give or take by hand at once, and ten times as many within a day; above it a second
    person decides."""
    offer_approval_cents: int = 10_000_00
    """What an offer may cost that one operator publishes alone, in minor units; above it a second one approves the version."""
    clock_file: Path | None = None
    """Demo only: eight bytes that say by how many seconds the story's clock runs ahead."""
    designs_dir: Path = Path(__file__).parents[3] / "passes"
    """The pass designs: one folder a tier and the Google member object."""
    badges_dir: Path | None = None
    """The wallets' official badges: apple.en.svg, google.he.png and so on; empty: faces draw buttons of their own."""

    apple_certificate: Path | None = None
    """The pass type certificate (PEM). Its subject says the pass type and the team."""
    apple_key: Path | None = None
    """Its private key (PEM, readable by this user alone)."""
    apple_key_password: Secret = Secret("")
    apple_key_password_file: Path | None = None
    """A file that holds the password: better than the environment, and read anew when the key is exchanged."""
    apple_wwdr: Path | None = None
    """Apple's intermediate certificate that issued it (PEM)."""
    apple_signer: Path | None = None
    """The socket of `punchcard sign`, which then holds the key instead of this process."""
    apple_nfc_public_key: str = ""
    """The readers' public key (P-256, base64 of its X.509 SubjectPublicKeyInfo): passes then answer a tap at the till."""
    apns_url: str = "https://api.push.apple.com:443"
    apns_authority: Path | None = None
    """Root that the APNs server's certificate must descend from; empty: the system's. The sandbox has its own."""
    apns_connections: int = 2
    """So many at most; the second is dialled when the first is full."""
    apns_key: Path | None = None
    """A key of the team's for push tokens (.p8): with it pushes need no pass certificate in the worker."""
    apns_key_id: str = ""
    apns_team: str = ""
    """Whose key it is; empty: the pass certificate's team."""
    apns_push_type: str = ""
    """Sent as apns-push-type, for example background; empty: left out, as Apple names none for passes."""
    apns_priority: int = 0
    """Sent as apns-priority: 10 or 5; 0: left out."""

    google_service_account: Path | None = None
    """The service account's JSON: signs save links and fetches access tokens."""
    google_issuer_id: str = ""
    google_wallet_url: str = "https://walletobjects.googleapis.com"
    google_smart_tap_issuers: str = ""
    """Issuers whose terminals may read the card by Smart Tap, separated by spaces; empty: cards are scanned only."""
    google_calls_per_second: float = 18.0
    """Google allows 20 a second for the whole project; all workers share this bucket."""
    google_callback_keys_url: str = "https://pay.google.com/gp/m/issuer/keys"
    """Where Google's root keys stand, under which it signs that a card was saved or deleted."""
    google_callback_sender: str = "GooglePayPasses"
    """Who Google calls itself in those signatures."""
    redesign_pushes_per_second: int = 200
    """How many phones a second a re-design wakes: each comes back for its pass, which is signed then."""
    fcm_project: str = ""
    fcm_url: str = "https://fcm.googleapis.com"
    fcm_authority: Path | None = None
    """Root that Firebase's certificate must descend from; empty: the system's. The sandbox has its own."""
    fcm_connections: int = 4
    """So many at most from one process; the next is dialled when those before are full."""
    fcm_per_second: float = 9000.0
    """Firebase allows 600,000 messages a minute for the whole project; the workers that are alive share these."""
    push_probe_seconds: float = 30.0
    """While a provider of messages is away, a worker tries one message so often."""
    push_ramp_per_second: float = 500.0
    """So many messages a second of what waited come back from each worker once the provider does."""

    web_push_key: Path | None = None
    """Our key for web push (VAPID): a P-256 private key in PEM, from `openssl ecparam -name prime256v1 -genkey -noout`."""
    web_push_contact: str = ""
    """Whom a push service may write to about our messages, mailto:… or https://…; Apple wants one."""
    web_push_hosts: str = ""
    """More push services than those of Chrome, Firefox, Safari and Edge, separated by spaces; the sandbox's host and port."""

    messages_a_day: int = 1
    """So many offers a member is told of on a local day at most, whatever they allow a week; 0: of none."""
    messages_a_week: int = 7
    """The same in any seven days."""

    smtp_url: Secret = Secret("")
    """smtp://user:password@host:587 ; empty: letters land in `data_dir`/messages.jsonl (demo only)."""
    smtp_from: str = ""

    webhooks_private: bool = False
    """Webhooks may go to private networks, where the merchant's systems stand beside us."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """The signing secret, then the ones that are still accepted."""
        return (str(self.secret), *self.previous_secrets.split())


class BadSettings(Exception):
    """A setting is missing, weak or cannot be read; the message names it and says what to do."""


def load(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings, or say which one is wrong."""
    settings = read(environment)
    if not settings.demo:
        refuse_weak(settings)
    return settings


def shelter(environment: MutableMapping[str, str] = os.environ) -> bool:
    """Take the key's password out of the environment, which every program that we start would inherit and could show:
    it is read from a file in this process's memory instead. True when it was there: then /proc/PID/environ still shows what
    we were started with, until the process executes itself anew."""
    if not environment.get(PASSWORD) or environment.get(f"{PASSWORD}_FILE") or not hasattr(os, "memfd_create"):
        return False
    kept = os.memfd_create("punchcard", 0)
    os.write(kept, environment.pop(PASSWORD).encode())
    environment[f"{PASSWORD}_FILE"] = f"/proc/{os.getpid()}/fd/{kept}"
    return True


def read(environment: Mapping[str, str]) -> Settings:
    found: dict[str, Any] = {}
    for name, kind in get_type_hints(Settings).items():
        variable = f"PUNCHCARD_{name.upper()}"
        text = environment.get(variable)
        if path := environment.get(f"{variable}_FILE"):
            try:
                text = Path(path).read_text().strip()
            except OSError as error:
                raise BadSettings(f"{variable}_FILE: {error.strerror}: {path}") from None
        if name == "database_url" and text is None:
            text = environment.get("DATABASE_URL")
        if text is not None:
            found[name] = convert(variable, text, kind)
    return Settings(**found)


def convert(variable: str, text: str, kind: Any) -> Any:
    if kind is Secret:
        return Secret(text)
    if kind is Path or kind == Path | None:
        return Path(text) if text else None
    try:
        return msgspec.convert(text, kind, strict=False)
    except msgspec.ValidationError as error:
        raise BadSettings(f"{variable}: {error}") from None


def refuse_weak(settings: Settings) -> None:
    for secret in settings.secrets:
        if len(secret.encode()) < SECRET_BYTES_MIN or secret.lower() in WEAK or len(set(secret)) < 10:
            raise BadSettings(
                "PUNCHCARD_SECRET must hold at least 32 random bytes, for example from `openssl rand -hex 32`. "
                "Only the demo makes its own."
            )
    if settings.clock_file:
        raise BadSettings("PUNCHCARD_CLOCK_FILE moves the clock of the demo's story; it is refused elsewhere")
    if os.environ.get("FIREBASE_AUTH_EMULATOR_HOST"):
        raise BadSettings("FIREBASE_AUTH_EMULATOR_HOST accepts unsigned tokens; it is refused outside the demo")
