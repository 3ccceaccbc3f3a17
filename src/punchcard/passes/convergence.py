"""How long a card stays wrong: from the change to the moment when somebody's wallet has it, whichever wallet it is."""

from punchcard.foundation import metrics

CONVERGENCE = metrics.histogram(
    "punchcard_pass_convergence_seconds",
    "From a change of a pass to the moment when a device has it.",
    (0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600, 86400),
    ("wallet",),
)
