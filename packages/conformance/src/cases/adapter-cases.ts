/** Every case that an adapter is judged by, in the order of a report. @module */
import type { Case } from '../case/case.ts'
import { acceptCases } from './accept.ts'
import { acceptedCertificateCases } from './accept-certificates.ts'
import { acceptedForwardedCases } from './accept-forwarded.ts'
import { certificateCases } from './certificate.ts'
import { concurrencyCases } from './concurrency.ts'
import { connectionCases } from './connection.ts'
import { constructionCases } from './construction.ts'
import { eventCases } from './events.ts'
import { exposureCases } from './exposure.ts'
import { faultCases } from './faults.ts'
import { forwardedCases } from './forwarded.ts'
import { forwardedFormatCases } from './forwarded-formats.ts'
import { frameworkCases } from './framework.ts'
import { framingCases } from './framing.ts'
import { keyCases } from './key.ts'
import { limitCases } from './limits.ts'
import { optionalCases } from './optional.ts'
import { platformCases } from './platform.ts'
import { presenceCases } from './presence.ts'
import { registryFaultCases } from './registry-faults.ts'
import { responseCases } from './response.ts'
import { revocationCases } from './revocation.ts'
import { revocationSourceCases } from './revocation-sources.ts'
import { scopeCases } from './scopes.ts'
import { streamCases } from './stream.ts'
import { tokenCases } from './token.ts'
import { transportCases } from './transport.ts'

export const adapterCases: readonly Case[] = [
  ...acceptCases,
  ...acceptedCertificateCases,
  ...acceptedForwardedCases,
  ...transportCases,
  ...exposureCases,
  ...presenceCases,
  ...framingCases,
  ...forwardedCases,
  ...forwardedFormatCases,
  ...platformCases,
  ...keyCases,
  ...certificateCases,
  ...revocationCases,
  ...revocationSourceCases,
  ...registryFaultCases,
  ...faultCases,
  ...limitCases,
  ...scopeCases,
  ...tokenCases,
  ...optionalCases,
  ...responseCases,
  ...connectionCases,
  ...concurrencyCases,
  ...streamCases,
  ...eventCases,
  ...frameworkCases,
  ...constructionCases,
]
