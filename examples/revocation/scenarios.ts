/** What an operator or a CA does, and what a partner on an open connection sees of it. @module */
import { setTimeout as delay } from 'node:timers/promises'
import { denialFor } from '@countersign/core/registry'
import { parseCertificate } from '@countersign/core/x509'
import { type Client, createWorld } from './world.ts'

export interface Step {
  readonly what: string
  readonly expected: readonly number[]
  readonly seen: readonly number[]
}

/** Each is a status before and one after, on the same connection where there is one. */
export async function runScenarios(): Promise<readonly Step[]> {
  const world = await createWorld()
  const steps: Step[] = []
  const note = (what: string, expected: readonly number[], seen: readonly number[]): void =>
    void steps.push({ what, expected, seen })
  try {
    const filed = await world.clients.byFile()
    const before = await filed.get()
    const feed = filed.feed()
    await feed.opened
    await world.publishFile(filed.certificate)
    note('a list in a file is replaced', [200, 401], [before, await lastStatus(filed)])
    note('the feed that was running ends', [1], [(await feed.ended).endsWith('data: over\n\n') ? 1 : 0])

    const [listed, free] = [await world.clients.byUrl(), await world.clients.byUrl()]
    world.revoke(listed.certificate)
    note('a list is fetched from where the certificate says', [401, 200], [await listed.get(), await free.get()])
    world.stopCrlServer()
    note('its server is gone; the list counts on', [401, 200], [await listed.get(), await free.get()])

    const [asked, unasked] = [await world.clients.byOcsp(), await world.clients.byOcsp()]
    world.revoke(asked.certificate)
    note('a responder is asked', [401, 200], [await asked.get(), await unasked.get()])

    const denied = await world.clients.byFile()
    const allowed = await denied.get()
    const { der } = denied.certificate.certificate
    world.authenticator.denyLocally(await denialFor(parseCertificate(der), 'public-key'))
    note('an operator denies the key before the CA publishes', [200, 401], [allowed, await denied.get()])
    return steps
  } finally {
    await world.close()
  }
}

/** The first status that is no acceptance, within the second that is promised. */
async function lastStatus(client: Client): Promise<number> {
  const changed = performance.now()
  for (;;) {
    const status = await client.get()
    if (status !== 200 || performance.now() - changed > 1_000) return status
    await delay(20)
  }
}
