/** Cases that are one request and what must come of it. @module */
import type { Reason } from '@countersign/core'
import type { Case, Level, Need } from '../case/case.ts'
import type { RefusalExpectation } from '../world/check-refusal.ts'
import type { Pki } from '../world/pki.ts'
import type { CallOptions, Service, ServiceOptions } from '../world/service.ts'

interface OneRequest {
  readonly id: string
  readonly title: string
  /** Default `MUST`. */
  readonly level?: Level
  readonly source: string
  /** Default: what the transport says. */
  readonly needs?: readonly Need[]
  readonly serve?: (pki: Pki) => ServiceOptions | Promise<ServiceOptions>
  readonly call?: (service: Service) => CallOptions | Promise<CallOptions>
}

export interface RefusalCase extends OneRequest {
  readonly reason: Reason['code']
  readonly expectation?: RefusalExpectation
}

export function refusalCase({ reason, expectation, ...each }: RefusalCase): Case {
  return oneRequest(each, async (service, options) => {
    service.expectRefused(await service.call(options), reason, expectation)
  })
}

export interface AcceptanceCase extends OneRequest {
  /** Default `acme`. */
  readonly partner?: string
}

export function acceptanceCase({ partner = 'acme', ...each }: AcceptanceCase): Case {
  return oneRequest(each, async (service, options) => {
    service.expectAccepted(await service.call(options), { partner })
  })
}

function oneRequest(each: OneRequest, judge: (service: Service, options: CallOptions) => Promise<void>): Case {
  const { id, title, level = 'MUST', source, needs = ['https'], serve, call } = each
  return {
    id,
    title,
    level,
    source,
    needs,
    async run(context) {
      const service = await context.serve(await serve?.(context.pki))
      await judge(service, (await call?.(service)) ?? {})
    },
  }
}
