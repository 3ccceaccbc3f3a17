"""Mutants of web push and the inbox: nobody else is dialled, nobody else reads it, and what is read is read once."""

from tests.mutants.copies import Mutant

SEALED, TOLD, INBOX = "test_webpush.py", "test_webpush_told.py", "test_inbox.py"

MUTANTS = (
    Mutant(
        "a browser's address may lie anywhere on the net",
        "push/webpush.py",
        "        if not is_known(theirs.endpoint, self.hosts):\n",
        "        if False:\n",
        (SEALED,),
    ),
    Mutant(
        "an address that only ends like a push service is dialled",
        "push/webpush.py",
        '(each.startswith(".") and host.endswith(each))), "")\n',
        'host.endswith(each.lstrip("."))), "")\n',
        (SEALED,),
    ),
    Mutant(
        "a wrong key of ours forgets every browser",
        "push/webpush.py",
        "        case 404 | 410:\n",
        "        case 404 | 410 | 401 | 403:\n",
        (SEALED,),
    ),
    Mutant(
        "every message is sealed with one salt",
        "push/sealing.py",
        "salt or secrets.token_bytes(SALT_BYTES)",
        "salt or bytes(SALT_BYTES)",
        (SEALED,),
    ),
    Mutant(
        "a receipt's link is good for every message",
        "push/by_browser.py",
        '    return f"receipt {message_id}"\n',
        '    return "receipt" + message_id[:0]\n',
        (TOLD,),
    ),
    Mutant(
        "any address is registered as a browser",
        "push/browsers.py",
        "    if not is_known(data.endpoint, hosts(settings)):\n",
        "    if False:\n",
        (TOLD,),
    ),
    Mutant(
        "what was read is read again",
        "push/inbox_sql.py",
        "id = any($2::text[]) and read_at is null",
        "id = any($2::text[])",
        (INBOX,),
    ),
    Mutant(
        "the inbox shows what waits or was dropped",
        "push/inbox_sql.py",
        "         where member_id = $1 and (state in ('sent', 'inbox') or sent_at is not null) and kind <> 'notice'\n",
        "         where member_id = $1 and kind <> 'notice'\n",
        (INBOX,),
    ),
    Mutant(
        "the outage of one push service stops them all",
        "push/by_browser.py",
        "    host = host_of(phone.address)\n",
        '    host = ""\n',
        ("test_webpush_told.py",),
    ),
)
