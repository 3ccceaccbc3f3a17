"""Almond and its people: the story that `punchcard demo` plays on this machine, from joining to a changed card."""
