"""The process that holds the pass certificate's key for the others."""

import argparse
import asyncio
import os
import pwd
from pathlib import Path

from punchcard.foundation import settings
from punchcard.foundation.settings import BadSettings

SIGN = """\
Holds the pass certificate's key, so that `serve` and `work` need not: set PUNCHCARD_APPLE_SIGNER=PATH for them, and
PUNCHCARD_APPLE_CERTIFICATE, PUNCHCARD_APPLE_KEY, PUNCHCARD_APPLE_WWDR (and PUNCHCARD_APPLE_KEY_PASSWORD_FILE) for this
one alone. It needs no database and no other setting.

    PUNCHCARD_APPLE_KEY=/etc/punchcard/pass.key … punchcard sign --socket /run/punchcard/signer.sock

The socket has mode 0600 and belongs to this process's user, or with --user to the one who runs `serve` and `work` (this needs
root or CAP_CHOWN): then a break-in there gets signatures under passes, but never the key. Only that user, this one and root
are answered. It signs nothing but manifests of passes, and takes exchanged files without a restart.

A worker without the key cannot open its connection to APNs by certificate: give it a token key instead."""


def sign(words: argparse.Namespace) -> int:
    """`punchcard sign`."""
    import logging

    from punchcard import passes

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    passes.apple.keep_memory_private()
    config = settings.read(os.environ)
    owner = user_id(words.user) if words.user else None
    asyncio.run(passes.apple.serve_signatures(config, words.socket, owner))
    return 0


def user_id(name: str) -> int:
    try:
        return pwd.getpwnam(name).pw_uid
    except KeyError:
        raise BadSettings(f"there is no user {name}") from None


SIGN_ARGUMENTS = (
    ("--socket", {"type": Path, "required": True, "metavar": "PATH", "help": "where to listen"}),
    ("--user", {"metavar": "NAME", "help": "give the socket to this user, who alone may ask then (with us and root)"}),
)
