"""The tools every room uses: settings, the database, time, words, refusals, identity and the outbox."""
