/** Services that several cases ask for. @module */
import { setTimeout as delay } from 'node:timers/promises'
import type { Registry, RegistryAdmin } from '@countersign/core/registry'
import { rfc9440, type TrustedHopOptions } from '@countersign/core/sources'
import { ConformanceFailure } from '../case/failure.ts'
import type { ServiceOptions } from '../world/service.ts'

/** Plain HTTP behind a proxy on this machine, which forwards certificates as RFC 9440 says. */
export function behindHop(from: TrustedHopOptions['from'] = ['127.0.0.1/32']): ServiceOptions {
  return { transport: 'http', certificate: { source: rfc9440({ from }) } }
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
