"""Mutants of campaigns: what a page's statement says, turns, and what a repeat may do."""

from tests.mutants.copies import Mutant

AGREES, PACE, CAMPAIGN = "test_campaign_agrees.py", "test_campaign_pace.py", "test_campaign.py"
STATEMENT = "push/campaign_sql.py"

MUTANTS = (
    Mutant(
        "a page forgets who muted the topic",
        STATEMENT,
        "                when $5 = any(muted) then 'dropped topic'\n",
        "                when $5 = '' then 'dropped topic'\n",
        (AGREES,),
    ),
    Mutant(
        "a page asks of obstacles after the end",
        STATEMENT,
        "                when coalesce(apart.obstacle, $6) <> '' then 'dropped ' || coalesce(apart.obstacle, $6)\n"
        "                when $7::bigint <= $3 then 'dropped ended'\n",
        "                when $7::bigint <= $3 then 'dropped ended'\n"
        "                when coalesce(apart.obstacle, $6) <> '' then 'dropped ' || coalesce(apart.obstacle, $6)\n",
        (AGREES,),
    ),
    Mutant(
        "a page tells what ends with the quiet hours",
        STATEMENT,
        "                when $7 <= clock.free_at then 'dropped ends-in-quiet-hours'\n",
        "                when $7 < clock.free_at then 'dropped ends-in-quiet-hours'\n",
        (AGREES,),
    ),
    Mutant(
        "a page counts a day as the last 24 hours",
        STATEMENT,
        "count(*) filter (where at >= day_since and at < day_until) as day\n",
        "count(*) filter (where at > $3 - 86400) as day\n",
        (AGREES,),
    ),
    Mutant(
        "a page counts what came silently",
        STATEMENT,
        "     where member_id between $24 and $25 and sent_at > to_timestamp($3::bigint - 604800)\n"
        "       and kind = 'offer' and channel in ('push', 'google') and id <> $4\n",
        "     where member_id between $24 and $25 and sent_at > to_timestamp($3::bigint - 604800)\n"
        "       and kind = 'offer' and id <> $4\n",
        (AGREES,),
    ),
    Mutant(
        "a page looks at the zone of a phone that nothing reaches",
        STATEMENT,
        "       and case when address_kind = 'web' then $11::boolean else $12::boolean end\n",
        "       and coalesce($11::boolean, $12::boolean, address_kind = 'web') is not null\n",
        (AGREES,),
    ),
    Mutant(
        "a page looks at visits of whoever did not agree to it",
        STATEMENT,
        "portrait.consents & 2 > 0",
        "portrait.consents & 3 > 0",
        (AGREES, CAMPAIGN),
    ),
    Mutant(
        "turns go on into quiet hours",
        "push/pacing.py",
        "        stop = loud_until(cursor, min(quarter + QUARTER, until), free)\n",
        "        stop = min(quarter + QUARTER, until)\n",
        (PACE,),
    ),
    Mutant(
        "turns forget what other pages took",
        "push/pacing.py",
        "            taken[quarter] = first + count\n",
        "            taken[quarter] = count\n",
        (PACE,),
    ),
    Mutant(
        "turns go on after the end",
        "push/pacing.py",
        "        stop = loud_until(cursor, min(quarter + QUARTER, until), free)\n",
        "        stop = loud_until(cursor, quarter + QUARTER, free)\n",
        (PACE,),
    ),
    Mutant(
        "a page that is told again raises what waits",
        "foundation/pages.py",
        "            on conflict (member_id, reaction, key) do nothing\n",
        "            on conflict (member_id, reaction, key) do update set version = outbox.version + 1\n",
        (CAMPAIGN,),
    ),
    Mutant(
        "a paused offer goes on telling",
        "push/campaign.py",
        '        if audience.telling.state == "paused":\n',
        '        if audience.telling.state == "ended":\n',
        (CAMPAIGN,),
    ),
    Mutant(
        "the rest of a page of cards is forgotten",
        "passes/campaign.py",
        "    if len(some) < len(holders) or len(members) == LOOKED_AT_ONCE:\n",
        "    if len(members) == LOOKED_AT_ONCE:\n",
        (CAMPAIGN,),
    ),
)
