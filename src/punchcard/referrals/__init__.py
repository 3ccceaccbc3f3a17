"""Friends who bring friends. The room stands; until it has words of its own, a referral
is an activity in the rulebook."""
