"""The tills' own totals against the ledger, line by line: what was dropped, doubled or altered."""
