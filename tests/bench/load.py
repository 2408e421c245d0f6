"""Has the generator run, away from the process that is measured, and reads what it found."""

import json
import time
from dataclasses import asdict

from tests.bench.generator import Load, Order
from tests.bench.ground import Ground


async def load(ground: Ground, order: Order, cores: frozenset[int] | None = None) -> Load:
    """One order, carried out. Raises ``RuntimeError`` if any answer was not 200."""
    notes = ground.directory / f"load-{time.monotonic_ns()}.json"
    words = (json.dumps(asdict(order)), str(notes))
    async with ground.run("tests.bench.generator", *words, cores=cores or ground.cores.others) as running:
        if await running.process.wait():
            raise RuntimeError("the load generator failed; its words stand above")
    found = Load(**json.loads(notes.read_text(encoding="ascii")))
    if set(found.statuses) != {"200"}:
        raise RuntimeError(f"not every answer was 200: {found.statuses}")
    return found
