"""`punchcard doctor`: what members would notice next, found before they do."""

import argparse
import asyncio
import os
import time
from collections.abc import Awaitable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from punchcard.foundation import settings as reading
from punchcard.foundation.checkup import Found, fail, ok, warn
from punchcard.foundation.settings import BadSettings, Settings

if TYPE_CHECKING:
    from punchcard.foundation.database import Database

DOCTOR = """\
Looks at everything that can be wrong before a member notices, and says what to do about it, a line each:

    settings, secrets and the public address       are they there, strong, https, and reached from here
    database                                       is it reached, is its schema this version's, does a worker run
    Apple                                          certificates (30 days ahead), the key, designs, a connection to APNs
    Google                                         the account, and `jwt/validate` of a sample card: Google's own verdict
    Firebase                                       a message that is only validated
    mail                                           can one-time codes leave

Nothing is written, pushed or saved anywhere, so it can be run at any time and as often as you like; run it where `serve` and
`work` run, with their environment. Exits 0 when nothing fails (warnings allowed), 1 otherwise. --json prints a list of
{check, state, says, do}; state is ok, off (not set up here), warn or fail."""

DOCTOR_ARGUMENTS = (("--json", {"action": "store_true", "help": "print JSON instead of lines"}),)
REACH_SECONDS_MAX = 5.0
LATE_SECONDS = 60
MAKE_A_SECRET = "put the output of `openssl rand -hex 32` into it"  # noqa: S105 - advice


def doctor(words: argparse.Namespace) -> int:
    """`punchcard doctor`."""
    found = asyncio.run(looked())
    if words.json:
        print(msgspec.json.format(msgspec.json.encode(found)).decode())
    else:
        width = max(len(each.check) for each in found)
        for each in found:
            print(f"{each.state:4}  {each.check:{width}}  {each.says}")
            if each.do:
                print(f"{'':4}  {'':{width}}  → {each.do}")
    return 1 if any(each.state == "fail" for each in found) else 0


async def looked() -> list[Found]:
    """Every check, side by side; one that breaks is a finding, too."""
    try:
        config = reading.read(os.environ)
    except BadSettings as error:
        return [fail("settings", str(error), "mend this setting, then ask again")]
    from punchcard import passes, push

    now = int(time.time())
    rooms: dict[str, Awaitable[list[Found]]] = {
        "public_url": of_address(config),
        "database": of_database(config),
        "apple": passes.apple.checks(config, now),
        "google": passes.google.checks(config, now),
        "fcm": push.checks(config),
        "mail": of_mail(config),
    }
    found = await asyncio.gather(*rooms.values(), return_exceptions=True)
    said = [
        [fail(room, f"the check itself broke: {each!r}", "tell us")] if isinstance(each, BaseException) else each
        for room, each in zip(rooms, found, strict=True)
    ]
    return [of_settings(config), *(each for part in said for each in part)]


def of_settings(config: Settings) -> Found:
    try:
        reading.load(os.environ)
    except BadSettings as error:
        return fail("settings", str(error), MAKE_A_SECRET if "SECRET" in str(error) else "leave it out")
    if config.demo:
        return warn("settings", "this is a demo: weak secrets and stand-ins are allowed", "leave out PUNCHCARD_DEMO")
    return ok("settings", f"every setting can be read; {len(config.secrets)} secret(s) are accepted")


async def of_address(config: Settings) -> list[Found]:
    """Phones accept passes whose service is https alone; and who signs in must not be overheard."""
    import httpx

    found, url = [], config.public_url
    if urlsplit(url).scheme != "https":
        do = "set PUNCHCARD_PUBLIC_URL to the https address that phones reach"
        found.append((warn if config.demo else fail)("public_url", f"{url} is not https; phones refuse it", do))
    try:
        async with httpx.AsyncClient(timeout=REACH_SECONDS_MAX) as http:
            answer = await http.get(f"{url}/health")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        do = "start `punchcard serve`, or look at the proxy; that only this machine cannot reach it is no fault"
        return [*found, warn("public_url", f"{url} is not reached from here: {error or type(error).__name__}", do)]
    if answer.status_code != 200:
        do = "look at the proxy: it must pass every path on to `punchcard serve`"
        return [*found, fail("public_url", f"{url}/health answers {answer.status_code}", do)]
    return [*found, ok("public_url", f"{url} answers")]


async def of_database(config: Settings) -> list[Found]:
    from punchcard.foundation import database as databases

    if not config.database_url:
        do = "set PUNCHCARD_DATABASE_URL where it should outlive this machine"
        return [warn("database", f"none is named: our own in {config.data_dir} is started when needed", do)]
    try:
        database = await databases.connect(str(config.database_url), connections_max=2)
    except Exception as error:
        do = "start PostgreSQL, or mend PUNCHCARD_DATABASE_URL"
        return [fail("database", f"it is not reached: {error or type(error).__name__}", do)]
    try:
        return await of_contents(database)
    finally:
        await database.close()


async def of_contents(database: "Database") -> list[Found]:
    """The schema's version, and whether the work that follows from sales is done."""
    from punchcard.foundation import migrate, outbox

    missing = await migrate.missing(database.dsn)
    if missing:
        do = "run `punchcard migrate`; `serve` and `work` do so when they start"
        return [fail("database", f"{len(missing)} migration(s) are not applied, first {missing[0]}", do)]
    async with database.reading() as db:
        workers = await outbox.alive(db)
        depths, now = await outbox.depths(db), int(time.time())
    found = [ok("database", "it is reached, and its schema is this version's")]
    if workers:
        found.append(ok("worker", f"{workers} run(s)"))
    else:
        found.append(fail("worker", "none runs: cards go stale and no code is sent", "start `punchcard work`"))
    for each in depths:
        if each.dead:
            do = "look at them (table outbox_dead); each says its error"
            found.append(warn("outbox", f"{each.dead} row(s) of {each.reaction} were laid aside", do))
        if each.oldest_due_at is not None and now - each.oldest_due_at > LATE_SECONDS:
            late = f"{each.reaction} waits since {now - each.oldest_due_at} seconds ({each.waiting} row(s))"
            found.append(warn("outbox", late, "look at the worker's log: somebody outside does not answer"))
    return found


async def of_mail(config: Settings) -> list[Found]:
    """Whether a server takes our letters. None is sent."""
    from punchcard.foundation import sender

    try:
        found = sender.sender_of(config)
    except BadSettings as error:
        return [fail("mail", str(error), "without it nobody can sign in")]
    if not isinstance(found, sender.SmtpSender):
        return [warn("mail", "one-time codes land in a file", "set PUNCHCARD_SMTP_URL outside the demo")]
    answer = await asyncio.to_thread(found.greet)
    if answer.reason:
        do = "mend PUNCHCARD_SMTP_URL, or let this machine reach the server"
        return [fail("mail", f"{found.url.hostname} does not take our letters: {answer.reason}", do)]
    return [ok("mail", f"{found.url.hostname} takes letters from {config.smtp_from}")]
