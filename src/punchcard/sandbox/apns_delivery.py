"""What happens to a push between Apple's yes and the phone: it may be lost, come late, twice, or after a later one."""

import asyncio
import random
from collections.abc import Callable

from msgspec import Struct, field

Wake = Callable[[], None]


class Delivery(Struct):
    """Shares are of all pushes, from 0 to 1. A Delivery as it is made brings each push at once."""

    lost: float = 0.0
    repeated: float = 0.0
    overtaken: float = 0.0
    """Held until the next push was brought."""
    late_seconds_max: float = 0.0
    """Each comes after some time up to this, so that they overtake one another, too."""
    chance: random.Random = field(default_factory=lambda: random.Random(1))
    held: list[Wake] = []

    def bring(self, wake: Wake) -> None:
        """Bring one push to its phone, or not."""
        if self.chance.random() < self.lost:
            return
        for _ in range(2 if self.chance.random() < self.repeated else 1):
            if self.late_seconds_max:
                asyncio.get_running_loop().call_later(self.chance.uniform(0, self.late_seconds_max), wake)
            elif self.chance.random() < self.overtaken:
                self.held.append(wake)
            else:
                wake()
                while self.held:
                    self.held.pop()()
