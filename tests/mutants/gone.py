"""Mutants of who is signed in in a browser: who has gone stays gone, who comes next hears and sees nothing of them."""

from tests.mutants.copies import Mutant

STATIC, SESSION = "surfaces/web/static/", "browser/test_app_session.py"

MUTANTS = (
    Mutant(
        "an answer that comes after signing out brings the member back",
        STATIC + "app/session.js",
        "  if (kept()?.refresh_token !== held.refresh_token) throw",
        "  if (false) throw",
        (SESSION,),
    ),
    Mutant(
        "the stream of who signed out goes on",
        STATIC + "app/events.js",
        "  const stay = session.subscribe(now => now?.member_id !== mine && stop.abort())\n",
        "  const stay = () => {}\n",
        (SESSION,),
    ),
    Mutant(
        "what was kept of anybody is shown to everybody",
        STATIC + "app/kept.js",
        "  const known = found?.of === whose() ? found : null",
        "  const known = found",
        (SESSION,),
    ),
    Mutant(
        "a finger that taps twice erases the member",
        STATIC + "app/privacy.js",
        """      ${last && html`<${Act} key="erase" class="btn no" press=${leave}>${t('privacy.erase')}<//>`}
      <button key="stay" type="button" class="btn soft" ref=${stay} onClick=${close}>${t('privacy.stay')}</button>
""",
        """      <button key="stay" type="button" class="btn soft" ref=${stay} onClick=${close}>${t('privacy.stay')}</button>
      ${last && html`<${Act} key="erase" class="btn no" press=${leave}>${t('privacy.erase')}<//>`}
""",
        (SESSION,),
    ),
    Mutant(
        "every word after # that an object knows is a screen",
        STATIC + "app/main.js",
        "Object.hasOwn(SCREENS, name)",
        "name in SCREENS",
        (SESSION,),
    ),
)
