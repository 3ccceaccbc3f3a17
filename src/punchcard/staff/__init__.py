"""Who stands at the tills, what they may not do for themselves, and what looks odd."""
