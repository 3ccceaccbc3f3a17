"""Mutants of what the app keeps for without a network: one tree after the other, nobody waits, nothing of anybody in a cache."""

from tests.mutants.copies import Mutant

WORKER, KEPT, CODE = "surfaces/web/worker_shell.js", "browser/test_app_worker.py", "browser/test_app_code.py"

MUTANTS = (
    Mutant(
        "the app's worker hears no house that answers",
        WORKER,
        "    if (said.status < 500) return said\n",
        "    if (said.status < 500) return (await kept()) ?? said\n",
        (KEPT,),
    ),
    Mutant(
        "the app's worker waits for a slow house",
        WORKER,
        "const PATIENCE_MS = 1500\n",
        "const PATIENCE_MS = 60_000\n",
        (KEPT,),
    ),
    Mutant(
        "the app's worker drops a tree under an open page",
        WORKER,
        " || (pages.length && !used)) return\n",
        ") return\n",
        (KEPT,),
    ),
    Mutant(
        "the app's worker keeps old trees for good",
        WORKER,
        "  if (pages.every(({id}) => id === page.id)) await dropOld(tree)\n",
        "",
        (KEPT,),
    ),
    Mutant(
        "the app's worker keeps what the house says of a member",
        WORKER,
        "  else if (treeOf(pathname)) event.respondWith(file(request, pathname))\n",
        "  else event.respondWith(fetch(request).then(async said => {\n"
        "    await (await caches.open(OURS + TREE)).put(pathname, said.clone())\n"
        "    return said\n"
        "  }))\n",
        (KEPT,),
    ),
    Mutant(
        "the app's worker keeps no words of the page",
        WORKER,
        "  if (tree === TREE) await keepAll",
        "  if (false) await keepAll",
        (KEPT,),
    ),
    Mutant(
        "the app's code is cut at another place",
        "surfaces/web/static/app/totp.js",
        "  const offset = mac[19] & 0xf\n",
        "  const offset = mac[18] & 0xf\n",
        (CODE,),
    ),
    Mutant(
        "the app's later screens have modules of their own",
        "surfaces/web/joined.py",
        "        if source.startswith(VENDORED) or source not in called:\n",
        "        if True:\n",
        ("test_joined.py",),
    ),
    Mutant(
        "two modules of the app import each other",
        "surfaces/web/joined.py",
        "    if name in above:\n",
        "    if False:\n",
        ("test_joined.py",),
    ),
)
