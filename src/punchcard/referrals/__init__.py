"""Friends who bring friends. The room stands; what a referral earns is an activity in the rulebook until it has words of its own."""
