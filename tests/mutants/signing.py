"""Mutants of what is counted and of who signs: a flush in doubt, an unfit certificate, a key's guard, a signer's door."""

from tests.mutants.copies import Mutant

COUNTS, PAPERS, SIGNER = "test_metrics.py", "test_certificates.py", "test_signer.py"
UNFIT = f"{PAPERS}::test_an_unfit_one_is_refused_and_the_former_stays_in_use"

MUTANTS = (
    Mutant(
        "a flush whose commit was not answered counts twice",
        "foundation/metrics.py",
        "         where metric_flush.batch < excluded.batch\n",
        "",
        (COUNTS,),
    ),
    Mutant(
        "a flush that was rolled back is forgotten",
        "foundation/metrics.py",
        "        if not self.sending:\n",
        "        if True:\n",
        (COUNTS,),
    ),
    Mutant(
        "a stopping process keeps its last counts to itself",
        "foundation/metrics.py",
        "            async with asyncio.timeout(LAST_FLUSH_SECONDS):\n                await tried(database, tally)\n",
        "            pass\n",
        (COUNTS,),
    ),
    Mutant(
        "a reload takes a key that is not the certificate's",
        "passes/apple/signing.py",
        "        if public_bytes(self.key) != public_bytes(self.papers.certificate):\n",
        "        if False:\n",
        (UNFIT,),
    ),
    Mutant(
        "a reload takes a certificate for another pass type",
        "passes/apple/keeping.py",
        "            check_same(self.signer(self.made), self.signer(made))\n",
        "",
        (UNFIT,),
    ),
    Mutant(
        "a certificate that ended is taken",
        "passes/apple/certificates.py",
        "    if not since <= now < until:\n",
        "    if not since <= now:\n",
        (UNFIT,),
    ),
    Mutant(
        "a key that any group can read is taken",
        "passes/apple/certificates.py",
        "    if found.st_mode & OTHERS or (found.st_mode & GROUP and not as_mounted):\n",
        "    if found.st_mode & OTHERS:\n",
        (f"{PAPERS}::test_a_key_that_its_group_can_read_is_refused",),
    ),
    Mutant(
        "a key is taken from a folder where others can exchange it",
        "passes/apple/certificates.py",
        "        if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:\n",
        "        if False:\n",
        (PAPERS,),
    ),
    Mutant(
        "the password stays where every program that we start inherits it",
        "foundation/settings.py",
        "environment.pop(PASSWORD)",
        "environment[PASSWORD]",
        (PAPERS,),
    ),
    Mutant(
        "the signer answers every user",
        "passes/apple/service.py",
        "            if user not in self.users or",
        "            if",
        (SIGNER,),
    ),
    Mutant(
        "the signer signs whatever it is told",
        "passes/apple/service.py",
        "        if why := unfit(message):\n",
        '        if why := "":\n',
        (SIGNER,),
    ),
    Mutant(
        "the event loop stands still while another process signs",
        "passes/apple/printing.py",
        "            return await asyncio.to_thread(self.print, sheet, at)\n",
        "            return self.print(sheet, at)\n",
        (f"{SIGNER}::test_one_that_does_not_answer_is_waited_for_a_second_and_no_more",),
    ),
    Mutant(
        "what was unfit once is never tried again",
        "passes/apple/keeping.py",
        "        if stamped == self.stamped and not (self.is_unfit and time.monotonic() >= self.again_at):\n",
        "        if stamped == self.stamped:\n",
        (f"{PAPERS}::test_what_is_unfit_now_is_tried_again_as_it_lies_there",),
    ),
    Mutant(
        "a certificate that has ended signs on",
        "passes/apple/signing.py",
        "        if time.time() >= self.ends:\n",
        "        if False:\n",
        (f"{PAPERS}::test_when_a_certificate_has_ended_nothing_is_signed",),
    ),
)
