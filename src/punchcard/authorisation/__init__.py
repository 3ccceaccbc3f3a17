"""Whether the card that was shown may spend: how strongly it was proven, the floor limit, the lock, the pace."""
