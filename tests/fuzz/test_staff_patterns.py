"""The month of a hundred shops, many times over."""

from tests.shifts import Month

SEEDS = range(100, 112)


def test_in_a_year_of_months_the_bad_ones_are_found_and_the_good_ones_left_alone():
    months = [Month(seed).judged() for seed in SEEDS]

    bad, late = sum(each.bad for each in months), [who for each in months for who in each.late]
    good, flagged = sum(each.good for each in months), [who for each in months for who in each.flagged]
    print(f"{bad - len(late)} of {bad} bad ones by the next day; {len(flagged)} of {good} good ones ever flagged")
    assert len(late) <= 0.05 * bad, late
    assert len(flagged) <= 0.01 * good, flagged
