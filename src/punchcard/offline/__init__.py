"""What happened without a network: batches of facts that a till brings later, in any order and any number of times."""
