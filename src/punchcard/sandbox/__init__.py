"""Stand-ins for other people's machines, on loopback, and phones that use them as strictly as real ones do."""
