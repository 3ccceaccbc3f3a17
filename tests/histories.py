"""Random histories of one member: every kind of fact, at any time, about deals that are there or are not."""

from hypothesis import strategies as st

from punchcard.programme import (
    NEVER,
    Activation,
    Activity,
    Adjustment,
    AnyFact,
    Cap,
    Challenge,
    Coin,
    Currency,
    Donation,
    Expiry,
    Extend,
    Extension,
    Fixed,
    Frame,
    Goods,
    Group,
    Hold,
    Hours,
    Ladder,
    Limit,
    Line,
    Load,
    Lot,
    OptIn,
    OptOut,
    PerAmount,
    PerUnit,
    Placement,
    Places,
    Rate,
    Release,
    Return,
    Rulebook,
    Sale,
    Spend,
    Step,
    Tender,
    Term,
    Tier,
    Tiered,
    Times,
    TransferIn,
    TransferOut,
    Unspend,
)

DAY = 86400
START = 1_489_000_000  # 8 March 2017, so that a history crosses the change to summer time
SPAN = 120 * DAY
END = START + SPAN + DAY
HALF = START + SPAN // 2

DAIRY, FRUIT = Goods(categories=frozenset({"dairy"})), Goods(categories=frozenset({"fruit"}))
SHORT = Coin(expiry=Expiry(days=20), funder="seller")
MONTHLY = Coin(funder="brand", expiry=Expiry(months=1, round="month"))
ROLLING = Coin(expiry=Expiry(days=25, rolling=True))
PENDING = Coin(pending_days=5, expiry=Expiry(days=30))
WAITING = Coin(awaits="review", awaits_days=20, expiry=Expiry(days=15))
MONEY = Coin("money", expiry=Expiry(months=2, round="month"))
HAPPY = Hours(frozenset({0, 1, 2}), 40, 60)
LADDER = Ladder(
    (Tier("plain"), Tier("silver", threshold=150), Tier("gold", threshold=400), Tier("club", invited=True)), "month"
)
STEEPER = Ladder(
    (Tier("plain"), Tier("silver", threshold=200), Tier("rose", threshold=300), Tier("gold", threshold=500)),
    grace_days=9,
)
SPENDERS = Ladder(
    (Tier("guest"), Tier("regular", threshold=4000)), "change", "spend", counts="spend", downgrade="earned"
)
VISITORS = Ladder((Tier("new"), Tier("often", threshold=3)), "anniversary", "visits", counts="visits", keeps="season")
HOLDERS = Ladder((Tier("thin"), Tier("thick", threshold=250)), id="balance", counts="balance")

RULEBOOK = Rulebook(
    zone="Europe/Berlin",
    week_starts=6,
    currencies=(
        Currency(value=1),
        Currency("coffee", "thing"),
        Currency("status", "status"),
        Currency("money", "money", value=1),
    ),
    terms=(
        Term("base", award=PerAmount(1, 100), coin=SHORT),
        Term("silver", award=Times(150), tiers=frozenset({"silver"}), coin=SHORT),
        Term("gold", award=Times(300), tiers=frozenset({"gold", "rose", "regular"}), coin=SHORT),
        Term("dairy", award=PerUnit(5), goods=DAIRY, caps=(Cap(20, "week"), Cap(12, "sale")), coin=MONTHLY),
        Term("fruit", award=PerAmount(10, 500, "whole-steps"), goods=FRUIT, coin=PENDING, group="fresh", priority=1),
        Term("greens", award=PerAmount(30, 100), goods=FRUIT, minimum=900, coin=PENDING, group="fresh"),
        Term("happy", award=Fixed(50), hours=HAPPY, caps=(Cap(2, "month", "uses"),), coin=ROLLING),
        Term("first", award=Fixed(200), first_purchase=True, coin=ROLLING),
        Term("budget", award=Fixed(500), scarce=True, coin=MONTHLY),
        Term("spring", award=Fixed(7), since=START + 10 * DAY, until=START + 30 * DAY + 17),
        Term("run", award=PerUnit(2), on="workout", caps=(Cap(30, "day"),), qualifying=False, coin=ROLLING),
        Term("nola", award=PerUnit(3), places=Places(partners=frozenset({"nola"})), coin=SHORT),
        Term("welcome", award=Fixed(40), minimum=1000, coin=WAITING),
        Term("bands", award=Tiered((Rate(0, 1), Rate(3000, 4)), 100, rounding="half-up"), coin=Coin("status")),
        Term("longer", award=Extend(days=3), on="review"),
        Term("reviewed", award=Fixed(15), on="review", caps=(Cap(2, "month", "uses"),), coin=SHORT),
        Term("bigger", award=Fixed(33), basket_minimum=4000, requires=frozenset({"base"}), group="big", coin=SHORT),
        Term("biggest", award=Fixed(60), basket_minimum=6000, group="big", coin=MONTHLY),
        Term("half", award=Fixed(5), hold_out_percent=50, coin=MONTHLY),
    ),
    challenges=(
        Challenge("visits", kind="count", target=3, reward=100, every="week", coin=SHORT),
        Challenge("days", kind="days", target=3, reward=40, every="month", coin=SHORT),
        Challenge("milk", kind="sum", target=2000, reward=70, every="month", goods=DAIRY, coin=PENDING),
        Challenge("taste", kind="distinct", target=3, reward=90, every="week", on_return="keep"),
        Challenge("streak", kind="streak", target=3, reward=150, every="quarter", minimum=300, coin=Coin("coffee")),
        Challenge("gym", kind="sum", target=40, reward=60, every="week", on="workout", coin=ROLLING),
        Challenge("easter", kind="count", target=4, reward=60, every="ever", until=START + 40 * DAY, coin=SHORT),
        Challenge("again", kind="count", target=2, reward=9, every="month", recurs="completion", most=3, coin=SHORT),
        Challenge("stairs", kind="sum", target=9000, reward=80, steps=(Step(2000, 10), Step(5000, 20)), coin=MONTHLY),
        Challenge("dared", kind="days", target=4, reward=70, opt_in=True, window_days=20, coin=SHORT),
        Challenge("run-on", kind="streak", unit="day", target=4, reward=30, freezes=1, coin=SHORT),
        Challenge("pair", kind="set", target=2, reward=25, items=(DAIRY, FRUIT), every="week", coin=SHORT),
        Challenge("in-turn", kind="sequence", target=2, reward=45, items=(DAIRY, FRUIT), coin=SHORT),
        Challenge("once", kind="count", target=5, reward=500, recurs="never", every="quarter", coin=MONTHLY),
        Challenge("then", kind="count", target=1, reward=6, after="once", coin=SHORT),
    ),
    frames=(
        Frame(START, (LADDER, SPENDERS, VISITORS), {"points": SHORT, "money": MONEY}),
        Frame(
            HALF, (STEEPER, SPENDERS, HOLDERS), {"points": MONTHLY, "money": MONEY}, 10,
            groups=(Group("big", "most", exclusive=True),), limits=(Limit("most", 400, "month"),),
            clawback="balance", extend_to=HALF + 4 * DAY,
        ),
    ),
)  # fmt: skip

instants = st.integers(0, SPAN).map(lambda offset: START + offset) | st.integers(0, SPAN // DAY).map(
    lambda day: START + day * DAY
)
lines = st.lists(
    st.builds(
        Line,
        sku=st.just("x"),
        category=st.sampled_from(["dairy", "fruit", "bread", "meat"]),
        brand=st.just(""),
        quantity=st.integers(1, 4),
        amount=st.integers(0, 3000),
    ),
    min_size=1,
    max_size=4,
).map(tuple)
currencies = st.sampled_from(["points", "points", "points", "money", "coffee"])
KINDS = [
    "sale", "sale", "sale", "sale", "sale", "spend", "return", "return", "unspend", "activity", "adjustment",
    "activation", "donation", "extension", "send", "receive", "load", "hold", "release", "opt-in", "opt-out", "place",
]  # fmt: skip


@st.composite
def histories(draw, most: int = 14) -> list[AnyFact]:
    """Any kind of fact at any time: returns before their sale, or twice; holds released twice; opting in and out."""
    facts: list[AnyFact] = []
    deals: list[str] = []
    holds: list[str] = []
    for n in range(draw(st.integers(2, most))):
        id, at = f"{draw(st.integers(0, 9))}-{n}", draw(instants)
        kind = draw(st.sampled_from(KINDS))
        earlier = draw(st.sampled_from(deals)) if deals else "unknown"
        match kind:
            case "sale":
                facts.append(draw(sales(id, at, deals, holds)))
                deals.append(id)
            case "spend":
                currency = draw(st.sampled_from(["points", "points", "coffee"]))
                until = at + draw(st.integers(1, 30 * DAY)) if draw(st.booleans()) else 0
                points = draw(st.integers(1, 300))
                facts.append(Spend(id=id, at=at, points=points, reward="mug", currency=currency, until=until))
                deals.append(id)
            case "return":
                quantities = draw(st.dictionaries(st.integers(0, 4), st.integers(1, 4), max_size=4))
                refunds = draw(st.dictionaries(st.sampled_from(["points", "money"]), st.integers(0, 60), max_size=2))
                facts.append(Return(id=id, at=at, deal=earlier, quantities=quantities, refunds=refunds))
            case "hold":
                until = at + draw(st.integers(1, 20 * DAY))
                points = draw(st.integers(1, 300))
                voucher = earlier if draw(st.booleans()) else ""
                facts.append(Hold(id=id, at=at, points=points, until=until, currency=draw(currencies), voucher=voucher))
                holds.append(id)
            case "release":
                facts.append(Release(id=id, at=at, deal=draw(st.sampled_from(holds)) if holds else "unknown"))
            case _:
                facts.append(draw(others(kind, id, at, earlier)))
    return facts


@st.composite
def others(draw, kind: str, id: str, at: int, earlier: str) -> AnyFact:
    some = draw(st.integers(1, 300))
    match kind:
        case "unspend":
            return Unspend(id=id, at=at, deal=earlier)
        case "activity":
            done = draw(st.sampled_from(["workout", "workout", "review"]))
            return Activity(
                id=id, at=at, kind=done, value=draw(st.integers(1, 30)), deal=draw(st.sampled_from(["", earlier]))
            )
        case "adjustment":
            return Adjustment(
                id=id, at=at, points=draw(st.integers(-300, 300)), reason="goodwill", currency=draw(currencies)
            )
        case "activation":
            return Activation(id=id, at=at, deal=earlier, cancel=draw(st.booleans()))
        case "donation":
            return Donation(id=id, at=at, points=some, cause="shelter")
        case "extension":
            return Extension(id=id, at=at, days=draw(st.integers(0, 20)), reason="sorry")
        case "send":
            return TransferOut(id=id, at=at, points=some, to="friend")
        case "receive":
            lot = Lot("points", at + draw(st.integers(-5, 50)) * DAY, 0, 0, "house", some)
            return TransferIn(
                id=id,
                at=at,
                lots=(lot, Lot("points", NEVER, 0, 0, "", 7)),
                sender="friend",
                of="x",
                pooled=draw(st.booleans()),
            )
        case "load":
            until = draw(st.sampled_from([0, at + 10 * DAY]))
            return Load(id=id, at=at, points=some, until=until)
        case "opt-in":
            challenge = draw(st.sampled_from(["dared", "visits"]))
            return OptIn(id=id, at=at, challenge=challenge, target=draw(st.integers(0, 4)))
        case "opt-out":
            return OptOut(id=id, at=at, challenge="dared")
    tier = draw(st.sampled_from(["club", "gold", "regular", "thick", ""]))
    until = draw(st.sampled_from([0, at + 15 * DAY]))
    ladder = draw(st.sampled_from(["tier", "spend"]))
    return Placement(id=id, at=at, tier=tier, ladder=ladder, until=until, floor=draw(st.booleans()))


@st.composite
def sales(draw, id: str, at: int, deals: list[str], holds: list[str]) -> Sale:
    basket = draw(lines)
    gross = sum(line.amount for line in basket)
    points = draw(st.sampled_from([0, 0, 0, 30, 400]))
    currency = draw(st.sampled_from(["points", "points", "money"]))
    hold = draw(st.sampled_from(holds)) if points and holds and draw(st.booleans()) else ""
    paid = Tender(currency, gross // 3, points, currency, hold)
    free = Tender(draw(st.sampled_from(["voucher", "shortfall"])), gross // 4)
    tenders = draw(st.sampled_from([(paid, Tender("cash", gross - gross // 3)), (paid, free)])) if points else ()
    vouchers = (draw(st.sampled_from(deals)),) if deals and draw(st.booleans()) else ()
    grants = draw(st.sampled_from([{}, {"budget": 120}]))
    partner = draw(st.sampled_from(["", "nola", "miro"]))
    named = tuple(draw(st.lists(st.sampled_from(holds), max_size=2, unique=True))) if holds else ()
    return Sale(
        id=id, at=at, lines=basket, tenders=tenders, grants=grants, vouchers=vouchers, partner=partner, holds=named
    )  # fmt: skip
