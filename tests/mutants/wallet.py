"""Mutants of the card in Google Wallet: in each one rule is broken, and the tests named beside it must notice."""

from tests.mutants.copies import Mutant

MUTANTS = (
    Mutant(
        "google wallet rings as often as there is news",
        "passes/google/messages.py",
        "max(0, NOTIFICATIONS_A_DAY_MAX - len(self.lately(at)))",
        "NOTIFICATIONS_A_DAY_MAX",
        ("test_passes_google_messages.py",),
    ),
    Mutant(
        "google wallet counts what rang for points apart",
        "passes/google/sending.py",
        "        recent = [*listener.lately(at), at] if notify else listener.lately(at)\n",
        "        recent = listener.lately(at)\n",
        ("test_passes_google_messages.py", "test_passes_google_refresh.py"),
    ),
    Mutant(
        "google wallet rings before it is kept that it did",
        "passes/google/sending.py",
        "            if not await sql.tell(db, card.member_id, replace(new, notified=True)):\n                continue\n",
        "",
        ("test_passes_google_messages.py",),
    ),
    Mutant(
        "google wallet rings in quiet hours",
        "passes/google/messages.py",
        "        return 0 if self.is_quiet(at) else ",
        "        return ",
        ("test_passes_google_messages.py",),
    ),
    Mutant(
        "google wallet rings for offers without consent",
        "passes/google/messages.py",
        "    if not member.consents.get(OFFERS, False):\n",
        "    if False:\n",
        ("test_passes_google_messages.py",),
    ),
    Mutant(
        "an offer stays linked in google wallet after its end",
        "passes/google/operations.py",
        '    body |= {"id": card.object_id}\n',
        '    body = {"linkedOfferIds": card.sent.get("linkedOfferIds", [])} | body | {"id": card.object_id}\n',
        ("test_passes_google_offers.py",),
    ),
    Mutant(
        "an offer that is over stays active in google wallet",
        "passes/google/offers.py",
        "    return given is not None and given.until <= at\n",
        "    return False\n",
        ("test_passes_google_offers.py",),
    ),
    Mutant(
        "each card makes the offer anew in google wallet",
        "passes/google/offers.py",
        "            known = await states(world, wanted)\n            for offer",
        "            for offer",
        ("test_passes_google_offers.py",),
    ),
    Mutant(
        "a card that nobody holds costs calls to google",
        "passes/google/operations.py",
        "    if seen.face.is_open and not may_be_seen(world, card, at):\n        return Done(task)\n",
        "",
        ("test_passes_google_holders.py",),
    ),
    Mutant(
        "a link asked for again saves an old google card",
        "passes/google/operations.py",
        "    if not held.held:\n",
        "    if False:\n",
        ("test_passes_google_holders.py",),
    ),
    Mutant(
        "a lost answer of google wallet is taken for a no",
        "passes/google/sql.py",
        "set in_doubt = true, ",
        "set in_doubt = false, ",
        ("test_passes_google_trouble.py",),
    ),
    Mutant(
        "what should be gone stays in google wallet when nobody knew of it",
        "passes/google/sending.py",
        'if card.known else ("PUT", change.body)',
        'if card.known else ("PATCH", change.body)',
        ("test_passes_google_trouble.py",),
    ),
    Mutant(
        "a card is given up while google is away",
        "passes/google/sending.py",
        "        case Outcome.LATER if task.attempts + 1 >= ATTEMPTS_MAX:\n",
        "        case Outcome.LATER if task.attempts < 0:\n",
        ("test_passes_google_trouble.py",),
    ),
    Mutant(
        "google is asked for each card while it is away",
        "passes/google/sending.py",
        " or self.failed >= AT_ONCE\n",
        "\n",
        ("test_passes_google_trouble.py",),
    ),
)
