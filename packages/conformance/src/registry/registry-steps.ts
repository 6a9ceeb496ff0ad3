/** Steps that many registry cases share. @module */
import { setTimeout as sleep } from 'node:timers/promises'
import type {
  CertificateNames,
  CertificateRule,
  IssuedKey,
  KeyRecord,
  Page,
  PageOf,
  Partner,
  RegistryAdmin,
} from '@countersign/core/registry'
import { ConformanceFailure } from '../case/failure.ts'

/** Never aborted. */
export const SIGNAL: AbortSignal = new AbortController().signal

export const DAY = 86_400_000

/** How long a change may take to be seen elsewhere (everywhere within a second). */
const PROPAGATION_MILLISECONDS = 1000

export function hex(octet: number, length = 32): string {
  return octet.toString(16).padStart(2, '0').repeat(length)
}

/** A certificate with no name at all but what is given. */
export function namesOf(given: Partial<CertificateNames> = {}): CertificateNames {
  return {
    subject: '3000',
    issuer: '3000',
    serialNumber: '01',
    dns: [],
    uri: [],
    ip: [],
    email: [],
    publicKey: hex(0xaa),
    certificate: hex(0xbb),
    anchor: undefined,
    onlyAnchor: true,
    ...given,
  }
}

export async function partner(
  registry: RegistryAdmin,
  id = 'acme',
  rules: readonly CertificateRule[] = [],
): Promise<Partner> {
  return registry.createPartner({ id, scopes: ['orders:read', 'orders:write'], rules })
}

export async function partnerWithKey(registry: RegistryAdmin, id = 'acme'): Promise<IssuedKey> {
  await partner(registry, id)
  return registry.issueKey({ partnerId: id })
}

export async function found(registry: RegistryAdmin, keyId: string): Promise<KeyRecord | undefined> {
  return (await registry.findKey(keyId, SIGNAL))?.key
}

/** Which partner the certificate names: an id, `ambiguous` or `undefined`. */
export async function named(registry: RegistryAdmin, names: Partial<CertificateNames>): Promise<string | undefined> {
  const answer = await registry.findPartner(namesOf(names), SIGNAL)
  return typeof answer === 'object' ? answer.id : answer
}

/** @throws ConformanceFailure unless it rejects with an error of this code */
export async function assertRejects(work: Promise<unknown>, code: string, rule: string): Promise<void> {
  const outcome = await work.then(
    () => 'resolved',
    (error: unknown) => (error as { code?: unknown }).code ?? String(error),
  )
  if (outcome !== code) throw new ConformanceFailure(rule, code, outcome)
}

/** @throws ConformanceFailure unless it rejects with a TypeError */
export async function assertRejectsType(work: () => Promise<unknown>, rule: string): Promise<void> {
  const outcome = await (async () => work())().then(
    () => 'resolved',
    (error: unknown) => (error as Error).name,
  )
  if (outcome !== 'TypeError') throw new ConformanceFailure(rule, 'TypeError', outcome)
}

/** @throws ConformanceFailure unless the condition comes about within the time */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  rule: string,
  milliseconds: number = PROPAGATION_MILLISECONDS,
): Promise<void> {
  const deadline = performance.now() + milliseconds
  while (!(await condition())) {
    if (performance.now() > deadline) throw new ConformanceFailure(rule, `within ${milliseconds} ms`, 'not yet')
    await sleep(5)
  }
}

/** All pages, one after the other. */
export async function allOf<T>(list: (page: Page) => Promise<PageOf<T>>, limit = 1000): Promise<T[]> {
  const items: T[] = []
  let after: string | undefined
  do {
    const page: PageOf<T> = await list(after === undefined ? { limit } : { after, limit })
    items.push(...page.items)
    after = page.next
  } while (after !== undefined)
  return items
}

/** Runs the work for each number below `count`, so many at a time. */
export async function inParallel(count: number, atOnce: number, work: (n: number) => Promise<unknown>): Promise<void> {
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
}
