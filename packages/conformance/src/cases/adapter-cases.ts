/** Every case that an adapter is judged by, in the order of a report. @module */
import type { Case } from '../case/case.ts'
import { acceptCases } from './accept.ts'
import { exposureCases } from './exposure.ts'
import { forwardedCases } from './forwarded.ts'
import { framingCases } from './framing.ts'
import { keyCases } from './key.ts'
import { presenceCases } from './presence.ts'
import { transportCases } from './transport.ts'

export const adapterCases: readonly Case[] = [
  ...acceptCases,
  ...transportCases,
  ...exposureCases,
  ...presenceCases,
  ...framingCases,
  ...forwardedCases,
  ...keyCases,
]
