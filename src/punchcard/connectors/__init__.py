"""Other people's tills: a POS that posts its own JSON, and files of sales."""
