"""What each command does, by what it is about. Whatever is slow to import is imported when its command runs."""

from .backtesting import backtest_file
from .doctoring import DOCTOR, DOCTOR_ARGUMENTS, doctor
from .importing import import_data
from .lifting import LIFT, LIFT_ARGUMENTS, show_lift
from .passing import PASS_ARGUMENTS, PASS_COMMANDS
from .promising import check_file, publish_file
from .reconciling import reconcile_file
from .running import DEMO, DEMO_ARGUMENTS, play_demo, serve, work
from .signing import SIGN, SIGN_ARGUMENTS, sign
from .told import IMPORT, RECONCILE
from .upkeep import add_operator, audit_all, migrate
from .watching import show_odd_patterns

__all__ = [
    "DEMO",
    "DEMO_ARGUMENTS",
    "DOCTOR",
    "DOCTOR_ARGUMENTS",
    "IMPORT",
    "LIFT",
    "LIFT_ARGUMENTS",
    "PASS_ARGUMENTS",
    "PASS_COMMANDS",
    "RECONCILE",
    "SIGN",
    "SIGN_ARGUMENTS",
    "add_operator",
    "audit_all",
    "backtest_file",
    "check_file",
    "doctor",
    "import_data",
    "migrate",
    "play_demo",
    "publish_file",
    "reconcile_file",
    "serve",
    "show_lift",
    "show_odd_patterns",
    "sign",
    "work",
]
