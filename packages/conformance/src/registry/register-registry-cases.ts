/** Gives the registry cases to whatever test runner is there. @module */
import type { RegistryCase } from './registry-case.ts'
import type { RegistrySubject } from './registry-subject.ts'
import { canRun, runRegistryCase } from './run-registry-case.ts'

/** `test(name, function, timeout in milliseconds)` of Vitest, Jest and Bun; node:test and Deno take the first two. */
export type DefineTest = (name: string, run: () => Promise<void>, timeoutMilliseconds: number) => unknown

/** Setting up and taking down come on top of what a case may take. */
const MARGIN_SECONDS = 20

/** One test for each case whose needs the subject meets. */
export function registerRegistryCases(
  test: DefineTest,
  cases: readonly RegistryCase[],
  subject: RegistrySubject,
): void {
  for (const one of cases) {
    if (!canRun(one, subject)) continue
    test(
      `${one.id}: ${one.title}`,
      () => runRegistryCase(one, subject),
      ((one.timeoutSeconds ?? 10) + MARGIN_SECONDS) * 1000,
    )
  }
}
