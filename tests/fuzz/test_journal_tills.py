"""Tills that work at once on one member, longer: PUNCHCARD_EXAMPLES says how many members."""

import os

from tests.test_journal_model import hunt

EXAMPLES = int(os.environ.get("PUNCHCARD_EXAMPLES") or 150)


def test_whatever_tills_do_at_once_the_journal_is_what_its_facts_say(server: str):
    hunt(server, EXAMPLES, derandomize=False)
