"""Python's garbage collector, set for a process that serves: a tenth of a sale's CPU went into it."""

import gc

NEW_OBJECTS, YOUNG_ROUNDS, OLD_ROUNDS = 20_000, 20, 50


def rest() -> None:
    """Call it once all is loaded: what stands now is never looked at again, and what comes is looked at more seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, YOUNG_ROUNDS, OLD_ROUNDS)
