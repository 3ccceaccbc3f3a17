// What stands over every screen: a till that asks for a yes, and now and then a blossom.

import { html } from '../vendor/preact.js'
import { Approve } from './approve.js'
import './keeping.js'
import { Party } from './party.js'

export const Screen = () => html`<${Approve} /><${Party} />`
