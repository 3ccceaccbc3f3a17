"""What happens to members, told to the merchant's systems: signed, at least once, in each member's order."""
