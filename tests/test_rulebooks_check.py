"""Every mistake that a merchant can make in a file: its line and its sentence. `#!` marks the line that must be named."""

from pathlib import Path

import pytest

from punchcard import rulebooks

WHOLE = """
[programme]
name = { en = "Plain" }
zone = "Europe/Berlin"
currency = "EUR"
languages = ["en"]
"""
TIERS = """
[[tier]]
id = "member"
name = { en = "Member" }
[[tier]]
id = "gold"
name = { en = "Gold" }
threshold = 100
"""
REST = """
[[activity]]
id = "workout"
name = { en = "A workout" }
[[activity.field]]
id = "sport"
choices = ["run", "ride"]
[[activity.field]]
id = "km"
kind = "number"
most = 100
[[activity.field]]
id = "outdoors"
kind = "yes-no"

[[earn]]
id = "base"
name = { en = "A point a euro" }
award = { kind = "per-amount", points = 1, per = 100 }

[[challenge]]
id = "three"
name = { en = "Three visits" }
kind = "count"
target = 3
reward = 50
every = "month"
"""
PLAIN = WHOLE + TIERS + REST


def named(table: str, id: str, body: str, head: str = "") -> str:
    return f'\n[[{table}]] {head}\nid = "{id}"\nname = {{ en = "X" }}\n{body}\n'


LAPSED = '{ type = "not-visited-within", days = 60 }'


def segment(who: str) -> str:
    return named("segment", "lapsed", f"who = {who}")


def earn(body: str, id: str = "x", head: str = "") -> str:
    award = "" if "award" in body else '\naward = { kind = "fixed", points = 10 }'
    return named("earn", id, body + award, head)


def challenge(body: str, id: str = "x", head: str = "", kind: str = "count") -> str:
    lines = [body, f'kind = "{kind}"', "reward = 5"]
    lines += ["target = 3"] if "target" not in body and kind not in ("set", "sequence", "quiz") else []
    lines += ['every = "month"'] if "every" not in body and "window_days" not in body else []
    return named("challenge", id, "\n".join(lines), head)


def reward(body: str, id: str = "x") -> str:
    return named("reward", id, body if "points" in body else body + "\npoints = 10")


def currency(body: str, id: str = "x", head: str = "") -> str:
    return named("currency", id, body, head)


def ladder(body: str, id: str = "tier") -> str:
    return named("ladder", id, body)


ENTRY = '[[ladder.tier]]\nid = "member"\nname = { en = "Member" }\n'
THING = currency('kind = "thing"', "bag") + reward('currency = "bag"', "fetch")
NEVER_TOGETHER = "it requires `b`, and the two never hold at the same time: "


def leaning(one: str, other: str) -> str:
    """A promise that requires another."""
    return earn(one + '\nrequires = ["b"] #!', "a") + earn(other, "b")


SHAPE = [
    (WHOLE + TIERS + "[[ern]] #!", "`ern` is not known here; known are programme, points, currency, tier"),
    (WHOLE + TIERS + "[earn] #!\nid = 'x'", "write [[earn]]: there may be several"),
    (WHOLE + TIERS + "[[points]] #!\nvalue = 1", "write [points]: there is only one"),
    (WHOLE + TIERS + REST + "[points]\nvalu = 1 #!", "`valu` is not known here; did you mean `value`?"),
    (PLAIN + earn("goods = { category = ['x'] } #!"), "`goods.category` is not known here"),
    (PLAIN + earn("goods = { apart_from = { apart_from = {} } } #!"), "`goods.apart_from.apart_from` is not known here"),
    (PLAIN + "[[activity]]\nid = 'y'\nname = { en = 'Y' }\n[[activity.field]]\nid = 'z'\nkeys = [] #!",
     "`field.0.keys` is not known here"),
    (PLAIN + earn("minimum = -5 #!"), "`minimum`: expected `int` >= 0"),
    (PLAIN + earn("hold_out_percent = 100 #!"), "`hold_out_percent`: expected `int` <= 99"),
    (PLAIN + earn("draw_percent = 250 #!"), "`draw_percent`: expected `int` <= 99"),
    (PLAIN + earn("priority = 5.5 #!"), "`priority`: expected `int`, got `float`"),
    (PLAIN + earn("award = { kind = 'times', percent = 100 } #!"), "`award.percent`: expected `int` >= 101"),
    (PLAIN + earn("award = { kind = 'gift' } #!"), "`award.kind`: invalid value 'gift'"),
    (PLAIN + earn("award = { kind = 'tiered', rates = [], per = 1 } #!"), "`award.rates`: expected `array` of length >= 1"),
    (PLAIN + earn("award = { kind = 'per-amount', points = 1, per = 9, rounding = 'away' } #!"),
     "`award.rounding`: invalid enum value 'away'"),
    (PLAIN + earn("birthday = 'year' #!"), "`birthday`: invalid enum value 'year'"),
    (PLAIN + earn("hours = { weekdays = ['funday'] } #!"), "`hours.weekdays.0`: invalid enum value 'funday'"),
    (PLAIN + "[points]\nshare_percent = 101 #!", "`share_percent`: expected `int` <= 100"),
    (PLAIN + "[points]\ndiscount_percent = 120 #!", "`discount_percent`: expected `int` <= 100"),
    (PLAIN + "[points]\nkind = 'status' #!", "`kind`: invalid enum value 'status'"),
    (PLAIN + currency("kind = 'shells' #!"), "`kind`: invalid enum value 'shells'"),
    (PLAIN + reward("stock = -1 #!"), "`stock`: expected `int` >= 0"),
    (PLAIN + challenge("rests = ['sun'] #!", kind="streak"), "`rests.0`: invalid enum value 'sun'"),
    (PLAIN + challenge("kind_ = 'x' #!"), "`kind_` is not known here"),
    (PLAIN.replace('zone = "Europe/Berlin"', 'zone = "Europe/Berlim" #!'),
     "there is no time zone `Europe/Berlim`; did you mean Europe/Berlin?"),
    (WHOLE + REST, "there is no [[tier]]"),
]  # fmt: skip

NAMES = [
    (PLAIN + earn('tiers = ["glod"] #!'), "there is no tier `glod`; did you mean `gold`? There are member, gold"),
    (PLAIN + reward('tiers = ["silver"] #!'), "there is no tier `silver`; there are member, gold"),
    (PLAIN + earn('group = "bonsu" #!') + "[[group]]\nid = 'bonus'", "there is no group `bonsu`; did you mean `bonus`?"),
    (PLAIN + earn('segment = "lapsde" #!') + segment(LAPSED), "there is no segment `lapsde`; did you mean `lapsed`?"),
    (PLAIN + earn('segment = "vip" #!') + segment(LAPSED), "there is no segment `vip`; there are lapsed"),
    (PLAIN + earn('segment = "vip" #!'), "there is no segment `vip`: declare it with [[segment]]"),
    (PLAIN + segment(LAPSED) + segment(LAPSED).replace("[[segment]] ", "[[segment]]").replace('"lapsed"', '"lapsed" #!'),
     "there is another segment `lapsed`"),
    (PLAIN + segment('{ type = "tier-in", tiers = ["glod"] } #!'), "there is no tier `glod`; did you mean `gold`?"),
    (PLAIN + segment('{ type = "any", of = [{ type = "rich" }] } #!'), "this is no condition: Invalid value 'rich'"),
    (PLAIN + segment('{ type = "visited-within", days = 0 } #!'), "this is no condition: Expected `int` >= 1 - at `who.days`"),
    (PLAIN + segment("{ type = 'not', of = " * 8 + LAPSED + " }" * 8 + " #!"), "so many conditions within conditions"),
    (PLAIN + earn('currency = "pionts" #!'), "there is no currency `pionts`; did you mean `points`? There are points"),
    (PLAIN + challenge('currency = "gems" #!'), "there is no currency `gems`; there are points"),
    (PLAIN + reward('currency = "gems" #!'), "there is no currency `gems`"),
    (PLAIN + earn("award = { kind = 'extend', days = 9, currency = 'gems' } #!"), "there is no currency `gems`"),
    (PLAIN + earn('on = "workuot" #!'), "there is no activity `workuot`; did you mean `workout`? There are sale, workout"),
    (PLAIN + challenge('on = "dance" #!'), "there is no activity `dance`; there are sale, workout"),
    (WHOLE + TIERS + earn('on = "dance" #!'), "there is no activity `dance`: declare it with [[activity]]"),
    (PLAIN + earn('awaits = "dance" #!\nawaits_days = 9'), "there is no activity `dance`; there are workout"),
    (PLAIN + '[points]\nawaits_days = 9\nawaits = "dance" #!', "there is no activity `dance`; there are workout"),
    (PLAIN + earn('requires = ["bass"] #!'), "there is no earn `bass`; did you mean `base`? There are base, x"),
    (PLAIN + challenge('after = "threee" #!'), "there is no challenge `threee`; did you mean `three`?"),
    (PLAIN + "[[limit]]\nid = 'l'\nlimit = 50\nevery = 'day'\nearn = ['bas'] #!",
     "there is no earn `bas`; did you mean `base`? There are base"),
    (PLAIN + "[[limit]]\nid = 'l'\nlimit = 50\nevery = 'day'\ncurrency = 'x' #!", "there is no currency `x`"),
    (WHOLE + ladder('currencies = ["x"] #!\n' + ENTRY) + REST, "there is no currency `x`; there are points"),
    (PLAIN + earn("").replace('id = "x"', 'id = "base" #!'), "`base` is already taken: every promise needs an id of its own"),
    (PLAIN + "[points]\n" + currency("value = 1").replace('"x"', '"points" #!'), "there is another currency `points`"),
    (PLAIN + "[[group]]\nid = 'g'\n[[group]]\nid = 'g' #!", "there is another group `g`"),
    (PLAIN + "[[limit]]\nid = 'l'\nlimit = 50\nevery = 'day'\n[[limit]]\nid = 'l' #!\nlimit = 5\nevery = 'day'",
     "there is another limit `l`"),
    (PLAIN + named("activity", "workout", "").replace('"workout"', '"workout" #!'), "there is another activity `workout`"),
    (PLAIN + named("activity", "sale", "").replace('"sale"', '"sale" #!'), "`sale` is what a purchase is called"),
    (PLAIN + named("activity", "y", "[[activity.field]]\nid = 'a'\n[[activity.field]]\nid = 'a' #!"),
     "there is another field `a`"),
    (WHOLE + ladder(ENTRY) + ladder(ENTRY.replace('"member"', '"other"')).replace('"tier"', '"tier" #!') + REST,
     "there is another ladder `tier`"),
    (WHOLE + ladder(ENTRY) + ladder(ENTRY.replace('"member"', '"member" #!'), "b") + REST, "there is another tier `member`"),
]  # fmt: skip

WINDOWS = [
    (PLAIN + earn("since = 2026-02-01\nuntil = 2026-01-31 #!"), "it would end before it begins"),
    (PLAIN + reward("until = 1999-01-01 #!"), "the year 1999 is not one of 2000 to 2199"),
    (PLAIN + challenge("since = 09:00:00 #!"), "write a date, 2026-12-31"),
    (PLAIN.replace('["en"]', '["en"]\nclosed_days = [\n2026-12-25,\n2026-12-26T09:00:00, #!\n]'), "write dates, 2026-12-25"),
    (PLAIN.replace('["en"]', '["en"]\nclosed_days = ["2026-12-25"] #!'), "write dates, 2026-12-25"),
    (PLAIN + "[points]\nextend_to = 'spring' #!", "write a date, 2026-12-31"),
    (PLAIN + earn('hours = { since = "09:00", until = "09:00" } #!'), "these hours end before they begin"),
    (PLAIN + earn('requires = ["x"] #!'), "`requires` goes in a circle: x → x"),
    (PLAIN + earn('requires = ["b"] #!', "a") + earn('requires = ["c"]', "b") + earn('requires = ["a"]', "c"),
     "`requires` goes in a circle: a → b → c → a"),
    (PLAIN + challenge('after = "b" #!', "a") + challenge('after = "a"', "b"), "`after` goes in a circle: a → b → a"),
    (PLAIN + challenge('after = "a" #!', "a"), "`after` goes in a circle: a → a"),
    (PLAIN + leaning("until = 2026-01-31", "since = 2026-02-01"), NEVER_TOGETHER + "their windows do not meet"),
    (PLAIN + leaning("on = 'workout'", ""), NEVER_TOGETHER + "this is for a workout, that for a sale"),
    (PLAIN + leaning("partners = ['a']", "partners = ['b']"), NEVER_TOGETHER + "they share none of their partners"),
    (PLAIN + leaning("channels = ['web']", "channels = ['app']"), NEVER_TOGETHER + "they share none of their channels"),
    (PLAIN + leaning("hours = { weekdays = ['monday'] }", "hours = { weekdays = ['friday'] }"),
     NEVER_TOGETHER + "they share no weekday"),
    (PLAIN + leaning("hours = { until = '09:00' }", "hours = { since = '09:00' }"), NEVER_TOGETHER + "they share no hour"),
    (PLAIN + leaning("tiers = ['gold']", "tiers = ['member']"), NEVER_TOGETHER + "they share no tier"),
    (PLAIN + leaning("group = 'g'", "group = 'g'\npriority = 2"), NEVER_TOGETHER + "of group `g` only one applies"),
    (PLAIN + leaning("group = 'g'", "group = 'h'") + "[[group]]\nid = 'g'\n[[group]]\nid = 'h'\nexclusive = true",
     NEVER_TOGETHER + "group `h` excludes every other group"),
    (PLAIN.replace('id = "three"', 'id = "three"\nsince = 2026-02-01') + challenge('until = 2026-01-31\nafter = "three" #!'),
     "its window lies outside that of `three`, after which it opens"),
]  # fmt: skip

COINS = [
    (PLAIN + currency("kind = 'stamps'").replace('"x"', '"x" #!'),
     "nobody can spend `x`: write a [[reward]] that costs it, give it a `value` at tills, or make it `status`"),
    (PLAIN + currency("kind = 'cashback'\nvalue = 0").replace('"x"', '"x" #!'), "nobody can spend `x`"),
    (PLAIN + "[points] #!\nvalue = 0", "nobody can spend `points`"),
    (PLAIN + "[points]\n" + currency("kind = 'thing'").replace('"x"', '"x" #!'), "nobody can fetch `x`"),
    (PLAIN + "[points]\n" + currency("kind = 'status' #!") + reward("currency = 'x'", "y"),
     "`x` is status and cannot be spent, yet a [[reward]] costs it"),
    (PLAIN + "[points]\n" + currency("kind = 'status'\nvalue = 3 #!"), "what is status counts for a tier and pays nothing"),
    (PLAIN + "[points]\n" + currency("kind = 'money'\nvalue = 2 #!"), "money is worth what it says: its value is 1"),
    (PLAIN + currency("kind = 'money' #!"), "the first currency is what a card shows: points, stamps, cashback, not money"),
    (PLAIN + currency("kind = 'thing' #!") + reward("currency = 'x'", "y"), "the first currency is what a card shows"),
    (PLAIN + "[points]\npending_days = 3\nawaits_days = 9\nawaits = 'workout' #!", "it would wait for days and for an activity"),
    (
        PLAIN + "[points]\nawaits = 'workout'\nawaits_days = 9\n" + earn("pending_days = 3 #!"),
        "it would wait for days and for an activity",
    ),
    (PLAIN + earn('awaits = "workout" #!'), "it could wait for ever: say for how many `awaits_days`"),
    (PLAIN + earn("awaits_days = 3 #!"), "`awaits_days` needs an activity that it `awaits`"),
    (PLAIN + earn("expiry = { round = 'day' } #!"), "points would expire as soon as they are earned"),
    (PLAIN + earn("expiry = { round = 'month', down = true } #!"), "points would expire as soon as they are earned"),
    (PLAIN + "[points]\nexpiry = { days = 9, rolling = true, down = true } #!", "points that roll are not rounded"),
    (PLAIN + challenge("expiry = { months = 1, rolling = true } #!"), "points that roll live so many `days`"),
]  # fmt: skip

LADDERS = [
    (PLAIN.replace("threshold = 100", "threshold = 0 #!"), "`gold` must ask for more points than `member`"),
    (PLAIN.replace('id = "member"', 'id = "member"\nthreshold = 5 #!'), "the first tier is the entry: its threshold is 0"),
    (PLAIN.replace('id = "member"', 'id = "member"\ninvited = true #!'), "the first tier is the entry: everybody is in it"),
    (PLAIN.replace("threshold = 100", "threshold = 100 #!\ninvited = true"), "a tier that is given has no threshold"),
    (WHOLE + TIERS.replace("[[tier]]", "[[tier]] #!", 1) + ladder(ENTRY.replace("member", "other")) + REST,
     "write [[tier]], or [[ladder]] with [[ladder.tier]], not both"),
    (WHOLE + "season = 'year' #!\n" + ladder(ENTRY) + REST, "with [[ladder]] each of them has its own `season`"),
    (WHOLE + "warn_days = 3 #!\n" + ladder(ENTRY) + REST, "with [[ladder]] each of them has its own `warn_days`"),
    (WHOLE + ladder("counts = 'visits'\ncurrencies = ['points'] #!\n" + ENTRY) + REST,
     "a ladder that counts visits counts no currencies"),
    (WHOLE + ladder(ENTRY + ENTRY.replace('"member"', '"b"') + "threshold = 0 #!") + REST, "`b` must ask for more points"),
    (PLAIN + "[[limit]]\nid = 'l'\nlimit = 50\nevery = 'day'\ncurrency = 'bag'\nearn = ['base'] #!\n[points]\n" + THING,
     "`base` gives points, which this limit of bag does not count"),
    (PLAIN + named("activity", "y", "[[activity.field]]\nid = 'a'\nkind = 'number'\nchoices = ['1'] #!"),
     "only a text has choices"),
    (PLAIN + named("activity", "y", "[[activity.field]]\nid = 'a'\nkind = 'number'\nmost = 3\nleast = 4 #!"),
     "the least, 4, is more than the most, 3"),
]  # fmt: skip


def tiered(rates: str) -> str:
    return earn(f"[earn.award]\nkind = 'tiered'\nper = 100\nrates = [\n{rates}\n]")


EARNING = [
    (PLAIN + earn("cap = { limit = 5, every = 'day' } #!"), "the cap of 5 is below its step: it gives 10 at a time"),
    (PLAIN + earn("award = { kind = 'per-unit', points = 10 }\ncap = { limit = 9, every = 'sale' } #!"),
     "the cap of 9 is below its step: it gives 10 at a time"),
    (PLAIN + earn("caps = [\n{ limit = 50, every = 'day' },\n{ limit = 8, every = 'sale' }, #!\n]"), "the cap of 8 is below"),
    (PLAIN + earn("award = { kind = 'per-amount', points = 7, per = 100, rounding = 'whole-steps' }\n"
                  "cap = { limit = 5, every = 'day' } #!"), "the cap of 5 is below its step: it gives 7 at a time"),
    (PLAIN + earn("budget = { limit = 5 } #!"), "the budget of 5 is below its step: it gives 10 at a time"),
    (PLAIN + earn("") + "[[limit]]\nid = 'l'\nlimit = 9 #!\nevery = 'day'",
     "`x` gives 10 at a time, more than this limit of 9"),
    (PLAIN + earn("cap = { limit = 1, every = 'sale', of = 'uses' } #!"), "it is used once a sale anyway"),
    (PLAIN + tiered("{ since = 0, points = 1 },\n{ since = 0, points = 2 }, #!"), "there are two rates from 0 on"),
    (PLAIN + tiered("{ since = 50, points = 1 },\n{ since = 20, points = 2 }, #!"), "rates go up by amount: 20 comes after 50"),
    (PLAIN + earn("award = { kind = 'tiered', per = 1, rates = [{ since = 0, points = 0 }] } #!"), "none of these rates"),
    (PLAIN + earn("award = { kind = 'extend' } #!"), "it would extend by nothing: give days or months"),
    (PLAIN + earn("award = { kind = 'extend', days = 9 }\nbudget = { limit = 5 } #!"), "what extends gives no points"),
    (PLAIN + earn("where = { sport = 'run' } #!"), "a sale says nothing of itself"),
    (PLAIN + earn("on = 'workout'\ngoods = { skus = ['x'] } #!"), "only a sale has `goods`, and this is for the activity"),
    (PLAIN + earn("on = 'workout'\ntenders = ['card'] #!"), "only a sale has `tenders`"),
    (PLAIN + earn("on = 'workout'\nbasket_minimum = 5 #!"), "only a sale has `basket_minimum`"),
    (PLAIN + earn("on = 'workout'\nwhere = { sprot = 'run' } #!"),
     "there is no field `sprot`; did you mean `sport`? There are sport, km, outdoors"),
    (PLAIN + earn("on = 'workout'\nwhere = { sport = ['run', 'swim'] } #!"), "`sport` is never `swim`; it is one of run, ride"),
    (PLAIN + earn("on = 'workout'\nwhere = { sport = 3 } #!"), "`sport` is a text, and `3` is none"),
    (PLAIN + earn("on = 'workout'\nwhere = { km = 101 } #!"), "`km` is never 101; it is from 0 to 100"),
    (PLAIN + earn("on = 'workout'\nwhere = { km = true } #!"), "`km` is a number, and true is none"),
    (PLAIN + earn("on = 'workout'\nwhere = { outdoors = 1 } #!"), "`outdoors` is true or false, not `1`"),
    (PLAIN + earn("goods = { skus = ['x'], apart_from = {} } #!"), "apart from everything there is nothing"),
    (PLAIN + challenge("items = [\n{ skus = ['x'] },\n{ apart_from = {} }, #!\n]", kind="set"), "apart from everything"),
    (PLAIN + reward("kind = 'discount' #!"), "a discount needs an `amount` in minor units"),
]  # fmt: skip

CHALLENGES = [
    (PLAIN.replace('every = "month"\n', "").replace("[[challenge]]", "[[challenge]] #!"), "`every` is missing"),
    (PLAIN + challenge("freezes = 1 #!"), "`freezes` belongs to streak, and this is count"),
    (PLAIN + challenge("answers = { q = 'a' } #!"), "`answers` belongs to quiz, and this is count"),
    (PLAIN + challenge("items = [{ skus = ['x'] }] #!"), "`items` belongs to sequence or set"),
    (PLAIN + challenge("unit = 'day' #!", kind="days"), "`unit` belongs to streak"),
    (PLAIN + challenge("every = 'month'\nwindow_days = 9 #!"), "choose one window: `every`, by the calendar, or `window_days`"),
    (
        PLAIN + challenge("recurs = 'completion'\non_return = 'undo' #!", kind="days"),
        "it begins anew without its marks, so that no return can undo it",
    ),
    (PLAIN + challenge("most = 3 #!"), '`most` belongs to `recurs = "completion"`'),
    (PLAIN + challenge("rests = ['sunday'] #!", kind="streak"), "only a streak of days rests on weekdays"),
    (PLAIN + challenge("unit = 'day'\nrests = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] #!",
                       kind="streak"), "it rests on every day of the week: no day is left for the streak"),
    (PLAIN + challenge("answers = { sport = 'run' }\non = 'sale' #!", kind="quiz"), "a quiz is answered in an activity"),
    (PLAIN + challenge("on = 'workout'", kind="quiz", head="#!"), "a quiz needs `answers`"),
    (PLAIN + challenge("on = 'workout'\nanswers = { sport = 'run', km = '7' }\ntarget = 3 #!", kind="quiz"),
     "it asks for 3, and there are 2 answers"),
    (PLAIN + challenge("on = 'workout'\nanswers = { sprot = 'run' } #!", kind="quiz"), "there is no field `sprot`"),
    (PLAIN + challenge("on = 'workout'\nanswers = { sport = 'swim' } #!", kind="quiz"), "`sport` is never `swim`"),
    (PLAIN + challenge("on = 'workout'\nanswers = { km = 'far' } #!", kind="quiz"), "`km` is a number, and `far` is none"),
    (PLAIN + challenge("on = 'workout'\nanswers = { outdoors = 'true' } #!", kind="quiz"), "`outdoors` is yes or no"),
    (PLAIN + challenge("", kind="set", head="#!"), "a set needs `items`, or `keys` of what it goes `by`"),
    (PLAIN + challenge("", kind="sequence", head="#!"), "a sequence needs `items`"),
    (PLAIN + challenge("items = [{ skus = ['x'] }]\nkeys = ['y'] #!", kind="set"), "write `items` or `keys`, not both"),
    (PLAIN + challenge("on = 'workout'\nitems = [{ skus = ['x'] }] #!", kind="set"), "only a sale has goods"),
    (PLAIN + challenge("keys = ['a', 'a'] #!", kind="set"), "one of these keys stands twice"),
    (PLAIN + challenge("keys = ['a', 'b', 'c', 'd', 'e']\ntarget = 6 #!", kind="set"), "it asks for 6, and there are 5 items"),
    (PLAIN + challenge("on = 'workout'", kind="distinct", head="#!"), "say `by` which field of the activity it goes"),
    (PLAIN + challenge("by = 'colour' #!", kind="distinct"), "there is no field `colour`; there are category, sku, brand"),
    (PLAIN + challenge("on = 'workout'\nby = 'sporty' #!", kind="distinct"), "there is no field `sporty`; did you mean `sport`?"),
    (PLAIN + challenge("on = 'workout'\nby = 'sport'\nkeys = ['swim'] #!", kind="set"), "`sport` is never `swim`"),
    (PLAIN + challenge("on = 'workout'\nby = 'sport'\ntarget = 3 #!", kind="distinct"),
     "it asks for 3, and its window has room for 2 at most"),
    (PLAIN + challenge("target = 8 #!", kind="streak"), "it asks for 8, and its window has room for 6 at most"),
    (PLAIN + challenge("target = 32 #!", kind="days"), "it asks for 32, and its window has room for 31 at most"),
    (PLAIN + challenge("window_days = 9\ntarget = 11 #!", kind="days"), "it asks for 11, and its window has room for 10"),
    (PLAIN + challenge("").replace("target = 3\nevery", "every").replace('] \nid = "x"', '] #!\nid = "x"'),
     "`target` is missing"),
    (PLAIN + challenge("steps = [{ at = 1, reward = 5 }] #!\nrecurs = 'completion'"), "what begins again on completion has no"),
    (PLAIN + challenge("steps = [\n{ at = 2, reward = 5 },\n{ at = 1, reward = 5 }, #!\n]"), "steps go up: 1 comes after 2"),
    (PLAIN + challenge("steps = [\n{ at = 1, reward = 5 },\n{ at = 3, reward = 5 }, #!\n]"),
     "the step at 3 is not before the target, 3"),
    (PLAIN + challenge("goods = { skus = ['x'] } #!\non = 'workout'"), "only a sale has `goods`"),
    (PLAIN + challenge("where = { sport = 'swim' } #!\non = 'workout'"), "`sport` is never `swim`"),
]  # fmt: skip

DOUBTS = [
    (PLAIN.replace('languages = ["en"]', 'languages = ["en", "he"]').replace('"Plain" }', '"Plain" } #!'),
     "no text in he"),
    (PLAIN + earn("expiry = { days = 90, round = 'day' } #!"), "points of every single day would be kept apart"),
    (PLAIN + "[points]\nname = { de = 'Punkte' } #!", "no text in en"),
    (PLAIN + challenge("every = 'ever' #!", kind="distinct"), "it would keep count for ever"),
    (PLAIN + earn("group = 'g'", "a") + earn("group = 'g'", "b", "#!"), "another promise of group `g` has this priority"),
    (PLAIN + "[[group]] #!\nid = 'g'", "nothing is of group `g`"),
    (WHOLE + TIERS + earn("award = { kind = 'times', percent = 200 } #!"), "there is nothing to multiply"),
    (WHOLE + TIERS + "[points]\nexpiry = { months = 1 }\n" + earn("cap = { limit = 10, every = 'month' }")
     + reward("points = 41 #!", "y"), "nobody can have 41: caps let a member earn 40 at most before they expire"),
    (WHOLE + TIERS + earn("cap = { limit = 3, every = 'ever', of = 'uses' }") + reward("points = 31 #!", "y"),
     "nobody can have 31: caps let a member earn 30 at most"),
    (WHOLE + TIERS + "[points]\nexpiry = { months = 1 }\n" + earn("") + "[[limit]]\nid = 'l'\nlimit = 20\nevery = 'month'"
     + reward("points = 81 #!", "y"), "nobody can have 81: caps let a member earn 80 at most"),
    (WHOLE + TIERS + "[points]\n" + currency("kind = 'thing'", "bag") + challenge("currency = 'bag'\nrecurs = 'never'", "c")
     + reward("currency = 'bag'\npoints = 6 #!", "y"), "nobody can have 6: caps let a member earn 5 at most"),
]  # fmt: skip
FAULTS = [*SHAPE, *NAMES, *WINDOWS, *COINS, *LADDERS, *EARNING, *CHALLENGES]


def said(text: str, warning: bool) -> list[tuple[int, str]]:
    return [(each.line, each.reason) for each in rulebooks.check(text) if each.warning is warning]


def marked(text: str) -> int:
    """The line with the mark; the first one where there is none."""
    return next((number for number, line in enumerate(text.splitlines(), 1) if "#!" in line), 1)


@pytest.mark.parametrize(("text", "sentence"), FAULTS, ids=[sentence[:60] for _, sentence in FAULTS])
def test_a_mistake_is_named_with_its_line_and_nothing_else_is(text: str, sentence: str):
    ((line, reason),) = said(text, warning=False)

    assert reason.startswith(sentence)
    assert line == marked(text)


@pytest.mark.parametrize(("text", "sentence"), DOUBTS, ids=[sentence[:60] for _, sentence in DOUBTS])
def test_a_doubt_is_named_with_its_line_and_stops_nobody(text: str, sentence: str):
    found = said(text, warning=True)

    assert any(reason.startswith(sentence) and line == marked(text) for line, reason in found), found
    assert said(text, warning=False) == []


GOOD = [
    ("points that live to the end of the month", PLAIN + earn("expiry = { round = 'month' }")),
    ("a cap of one step", PLAIN + earn("cap = { limit = 10, every = 'day' }")),
    ("a cap below a proportional rate", PLAIN + earn(
        "award = { kind = 'per-amount', points = 10, per = 100 }\ncap = { limit = 5, every = 'day' }")),
    ("a thing that a challenge gives and a reward takes", PLAIN + "[points]\n" + THING),
    ("a group that nothing describes", PLAIN + earn("group = 'g'")),
    ("a requirement that shares a part of its window",
     PLAIN + leaning("since = 2026-01-01\nuntil = 2026-02-01", "since = 2026-02-01\nuntil = 2026-03-01")),
    ("tiers of two ladders in one requirement", WHOLE + ladder(ENTRY, "a") + ladder(ENTRY.replace('"member"', '"fan"'), "b")
     + REST + leaning("tiers = ['member']", "tiers = ['fan']")),
    ("two of a group of which two apply",
     PLAIN + leaning("group = 'g'", "group = 'g'\npriority = 2") + "[[group]]\nid = 'g'\nat_most = 2"),
    ("an invited tier between others", WHOLE + ladder(ENTRY + ENTRY.replace('"member"', '"b"') + "invited = true\n"
     + ENTRY.replace('"member"', '"c"') + "threshold = 5") + REST),
    ("stamps that come first and are spent",
     PLAIN + currency("kind = 'stamps'", "stamps") + reward("", "y")),
    ("a quiz that is opted into", PLAIN + challenge("opt_in = true\non = 'workout'\nanswers = { km = '42' }", kind="quiz")),
    ("a programme with every key", (Path(__file__).parents[1] / "docs/rulebook.toml").read_text()),
]  # fmt: skip


@pytest.mark.parametrize("text", [text for _, text in GOOD], ids=[what for what, _ in GOOD])
def test_nothing_is_wrong_with(text: str):
    found = said(text, warning=False)

    assert found == []


def test_two_circles_are_both_named_and_each_once():
    text = PLAIN + earn('requires = ["b"]', "a") + earn('requires = ["a", "d"]', "b") + earn('requires = ["b"]', "d")
    circles = [reason for _, reason in said(text, warning=False)]

    assert circles == ["`requires` goes in a circle: a → b → a", "`requires` goes in a circle: b → d → b"]


def test_several_mistakes_are_named_at_once_in_the_order_of_the_lines():
    text = PLAIN + earn('tiers = ["glod"]\ncap = { limit = 5, every = "day" }') + challenge("freezes = 2", "y")
    lines = [line for line, _ in said(text, warning=False)]

    assert lines == sorted(lines) and len(lines) == 3


def test_a_circle_of_a_thousand_promises_is_found():
    chain = "".join(earn(f'requires = ["e{(n + 1) % 999}"]', f"e{n}") for n in range(999))
    found = said(PLAIN + chain, warning=False)

    assert len(found) == 1 and found[0][1].startswith("`requires` goes in a circle: e0 → e1 → e2 →")
