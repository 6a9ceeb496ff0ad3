/** Which JavaScript runtime this is, where sources work on some and cannot on others. @module */

export type Runtime = 'node' | 'bun' | 'deno' | 'workers' | 'other'

export function currentRuntime(): Runtime {
  const { Bun, Deno, navigator, process } = globalThis as {
    Bun?: unknown
    Deno?: unknown
    navigator?: { readonly userAgent?: unknown }
    process?: { readonly versions?: { readonly node?: unknown } }
  }
  // The others imitate Node, so it is asked for last.
  if (Bun !== undefined) return 'bun'
  if (Deno !== undefined) return 'deno'
  if (navigator?.userAgent === 'Cloudflare-Workers') return 'workers'
  return typeof process?.versions?.node === 'string' ? 'node' : 'other'
}

/**
 * @param instead why it cannot work, and the road that does
 * @throws TypeError on that runtime
 */
export function refuseRuntime(runtime: Runtime, source: string, instead: string): void {
  if (currentRuntime() === runtime) throw new TypeError(`${source}: not on ${NAMES[runtime]}: ${instead}`)
}

const NAMES: Readonly<Record<Runtime, string>> = {
  node: 'Node',
  bun: 'Bun',
  deno: 'Deno',
  workers: 'Workers',
  other: 'this runtime',
}
