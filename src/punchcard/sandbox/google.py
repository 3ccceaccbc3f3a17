"""Google on loopback: accounts, Wallet and Firebase behind one address."""

import contextlib
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from . import fcm_door
from .fcm import Fcm
from .fcm_door import Door
from .google_accounts import GoogleAccounts
from .google_callbacks import KEYS_PATH, GoogleCallbacks
from .google_wallet import ROOT, GoogleWallet
from .server import Reply, Request, serve


class Google:
    """The three stand-ins; `url` is where they answer, `service_account` the file that opens them."""

    def __init__(self, project: str, issuer: str, now: Callable[[], int], key: RSAPrivateKey | None = None):
        self.accounts = GoogleAccounts(project, key)
        self.wallet = GoogleWallet(self.accounts, issuer, now)
        self.callbacks = GoogleCallbacks(issuer, now)
        self.wallet.tell = self.callbacks.tell
        self.fcm = Fcm(self.accounts, project, now)
        self.project, self.issuer = project, issuer
        self.url = ""
        self.service_account = Path()
        self.door: Door
        """Where Firebase is reached as the real one is: over TLS."""

    async def answer(self, request: Request) -> Reply:
        if request.path.startswith(ROOT):
            return await self.wallet.answer(request)
        if request.path == "/token":
            return await self.accounts.answer(request)
        if request.path == KEYS_PATH:
            return self.callbacks.keys()
        return await self.fcm.answer(request)


@contextlib.asynccontextmanager
async def google(
    folder: Path,
    project: str = "punchcard-sandbox",
    issuer: str = "3388000000022222222",
    now: Callable[[], int] = lambda: int(time.time()),
    port: int = 0,
    key: RSAPrivateKey | None = None,
) -> AsyncIterator[Google]:
    """Start the stand-ins on loopback and write the service account into `folder`.

    Point the settings at them: google_service_account, google_issuer_id, google_wallet_url (`url`), google_callback_keys_url
    (`callbacks.keys_url`), fcm_project, fcm_url and fcm_authority (`door.url` and `door.authority`)."""
    stand_in = Google(project, issuer, now, key)
    async with serve(stand_in.answer, port=port) as url, fcm_door.opened(stand_in.fcm, folder) as door:
        stand_in.door = door
        stand_in.url = stand_in.accounts.url = stand_in.callbacks.url = url
        stand_in.service_account = stand_in.accounts.write(folder / "google-service-account.json")
        yield stand_in
