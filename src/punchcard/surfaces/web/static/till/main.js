// The till.

import { html, render } from '../vendor/preact.js'
import { t } from '../core/words.js'

render(html`<main class="till"><h1>${t('frame.title')}</h1></main>`, document.getElementById('face'))
