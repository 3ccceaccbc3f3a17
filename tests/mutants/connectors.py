"""Mutants of what comes from others' points of sale, and of the comparison with them."""

from tests.mutants.copies import Mutant

MUTANTS = (
    Mutant(
        "a callback is heard whoever signed it",
        "connectors/signing.py",
        "    if not any(matches):\n",
        "    if False:\n",
        ("test_connectors.py::test_only_what_a_holding_secret_has_signed_within_five_minutes_is_heard",),
    ),
    Mutant(
        "a callback is heard whenever it was signed",
        "connectors/signing.py",
        " or abs(int(sent_at) - at) > TOLERANCE_SECONDS:\n",
        ":\n",
        ("test_connectors.py::test_only_what_a_holding_secret_has_signed_within_five_minutes_is_heard",),
    ),
    Mutant(
        "a secret holds for ever",
        "connectors/sql.py",
        "case when previous_until > $2 then previous_secret_id end",
        "case when $2::timestamptz is not null then previous_secret_id end",
        ("test_connectors.py::test_two_secrets_hold_for_a_day_while_one_is_exchanged",),
    ),
    Mutant(
        "amounts of others are read by float",
        "foundation/exact.py",
        "    scaled = number(value).scaleb(decimals)\n",
        "    scaled = Decimal(int(float(number(value)) * 10**decimals))\n",
        ("test_connectors.py::test_an_amount_is_read_exactly_as_number_or_text",),
    ),
    Mutant(
        "goods of an article come back as often as one likes from its first line",
        "connectors/operations.py",
        "each.quantity - each.returned - found",
        "each.quantity - found",
        ("test_connectors.py",),
    ),
    Mutant(
        "a receipt's second line is dropped",
        "connectors/dropping.py",
        "    lines = [line_of(each, known.digits) for each in rows]\n",
        "    lines = [line_of(each, known.digits) for each in rows[:1]]\n",
        ("test_import_sales.py::test_lines_of_a_receipt_find_each_other_and_the_second_run_writes_nothing",),
    ),
    Mutant(
        "a receipt goes in without its bad lines",
        "connectors/dropping.py",
        "    if bad:\n",
        "    if False:\n",
        ("test_import_sales.py::test_one_bad_line_keeps_its_receipt_out_and_no_other_and_says_why",),
    ),
    Mutant(
        "rejects are formulas",
        "foundation/tables.py",
        '    return f"\'{cell}" if cell.startswith(FORMULA)',
        '    return f"{cell}" if cell.startswith(FORMULA)',
        ("test_import_sales.py",),
    ),
    Mutant(
        "a doubled line is taken as one",
        "reconciliation/comparing.py",
        "    left, other = list(theirs), list(ours)\n",
        "    left, other = list(dict.fromkeys(theirs)), list(ours)\n",
        ("test_reconciliation.py",),
    ),
    Mutant(
        "what only we have is passed over",
        "reconciliation/comparing.py",
        '    findings += [finding("not-in-file", line) for line in other]\n',
        "",
        ("test_reconciliation.py",),
    ),
    Mutant(
        "a till that tells nothing is taken to agree",
        "reconciliation/operations.py",
        "    if not day.version:\n",
        "    if not day.version:\n        return None\n    if not day.version:\n",
        (
            "test_reconciliation_day.py::test_a_till_that_tells_nothing_is_missing_and_one_that_reckons_otherwise_is_named_with_the_difference",
        ),
    ),
    Mutant(
        "a correction takes the place of what a till told first",
        "reconciliation/operations.py",
        "    if known and known.totals == totals:\n",
        "    if known:\n",
        ("test_reconciliation_day.py::test_a_correction_is_a_new_version_and_the_old_one_stays",),
    ),
)
