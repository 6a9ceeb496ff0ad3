/** Services that several cases ask for. @module */
import { setTimeout as delay } from 'node:timers/promises'
import type { Registry, RegistryAdmin } from '@countersign/core/registry'
import { rfc9440, type TrustedHopOptions } from '@countersign/core/sources'
import type { IssuedCertificate } from '@countersign/testing'
import { ConformanceFailure } from '../case/failure.ts'
import type { Service, ServiceOptions } from '../world/service.ts'

/** What a hop of ours adds to its requests, where it was given one. */
export const HOP_SECRET = 'hop-secret-of-more-than-thirty-two-characters'

/** Plain HTTP behind a proxy on this machine, which forwards certificates as RFC 9440 says. */
export function behindHop(from: TrustedHopOptions['from'] = ['127.0.0.1/32']): ServiceOptions {
  return { transport: 'http', certificate: { source: rfc9440({ from }) } }
}

/** A certificate that acme is known by from now on, beside its first one. */
export async function issuedFor(
  service: Service,
  issue: (pki: Service['pki']) => Promise<IssuedCertificate>,
): Promise<IssuedCertificate> {
  const certificate = await issue(service.pki)
  const rules = [service.pki.acme, certificate].map(({ publicKeyHash: value }) => ({
    kind: 'public-key' as const,
    value,
  }))
  await service.registry.updatePartner('acme', { rules })
  return certificate
}

/** What looks like a promise and is none: taken for a value it would be truthy. */
export function thenable(value: unknown): unknown {
  // biome-ignore lint/suspicious/noThenProperty: a foreign thenable is the subject.
  return { then: (resolve: (settled: unknown) => void) => resolve(value) }
}

/** Some answers are not those of the real registry. */
export function withAnswers(answers: Partial<Registry>): (real: RegistryAdmin) => Registry {
  return (real) => ({
    findKey: (id, signal) => real.findKey(id, signal),
    findPartner: (certificate, signal) => real.findPartner(certificate, signal),
    denied: (certificate, signal) => real.denied?.(certificate, signal) ?? false,
    watch: (onChange) => real.watch?.(onChange) ?? { close() {} },
    ...answers,
  })
}

/** A registry elsewhere: it answers a little later, and not always in the order in which it was asked. */
export function slowRegistry(maxMilliseconds: number): (real: RegistryAdmin) => Registry {
  return (real) => {
    // The same delays in every run (Park and Miller's generator).
    let state = 1
    const wait = () => {
      state = (state * 16_807) % 2_147_483_647
      return delay((state / 2_147_483_647) * maxMilliseconds)
    }
    return withAnswers({
      async findKey(id, signal) {
        await wait()
        return real.findKey(id, signal)
      },
      async denied(certificate, signal) {
        await wait()
        return (await real.denied?.(certificate, signal)) ?? false
      },
    })(real)
  }
}

/** @throws ConformanceFailure if it does not come true within two seconds */
export async function eventually(condition: () => boolean, rule: string, limitMilliseconds = 2_000): Promise<void> {
  for (let waited = 0; waited < limitMilliseconds; waited += 5) {
    if (condition()) return
    await delay(5)
  }
  throw new ConformanceFailure(rule, `within ${limitMilliseconds} ms`, 'not so')
}
