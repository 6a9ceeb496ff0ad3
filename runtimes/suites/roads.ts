/** Sources that a runtime cannot serve throw at construction, and name the road that works. @module */

import { currentRuntime, type Runtime } from '../../packages/core/src/source/runtime.ts'
import { forwarded, tlsPeer } from '../../packages/core/src/sources.ts'
import { runSuite, type SuiteResult } from './suite.ts'

const mute = (create: () => unknown, says: RegExp) => (): string | undefined => {
  try {
    create()
  } catch (error) {
    return error instanceof TypeError && says.test(error.message) ? undefined : `threw ${error}`
  }
  return 'did not throw'
}

const serves = (create: () => unknown) => (): undefined => void create()

const from = ['10.0.0.0/8']

const ROADS: Readonly<Record<Runtime, Readonly<Record<string, () => string | undefined>>>> = {
  node: { 'tlsPeer()': serves(() => tlsPeer()), 'forwarded()': serves(() => forwarded('nginx', { from })) },
  bun: {
    'tlsPeer()': mute(() => tlsPeer(), /node:tls/),
    "tlsPeer({ listener: 'node:tls' })": serves(() => tlsPeer({ listener: 'node:tls' })),
    'forwarded()': serves(() => forwarded('nginx', { from })),
  },
  deno: {
    'tlsPeer()': mute(() => tlsPeer(), /node:https/),
    "tlsPeer({ listener: 'node:https' })": serves(() => tlsPeer({ listener: 'node:https' })),
    'forwarded()': serves(() => forwarded('nginx', { from })),
  },
  workers: {
    'tlsPeer()': mute(() => tlsPeer(), /cloudflareWorkers/),
    'forwarded()': mute(() => forwarded('nginx', { from }), /cloudflareWorkers/),
  },
  other: {},
}

export function roads(): Promise<SuiteResult> {
  const runtime = currentRuntime()
  const cases = Object.entries(ROADS[runtime]).map(([id, run]) => ({ id: `${id} on ${runtime}`, run }))
  return runSuite('roads', cases.length > 0 ? cases : [{ id: runtime, run: () => 'a runtime that nobody knows' }])
}
