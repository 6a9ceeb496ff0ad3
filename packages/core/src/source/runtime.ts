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
  return process?.versions?.node === undefined ? 'other' : 'node'
}

/**
 * @param instead the road that works there
 * @throws TypeError on Workers, where Cloudflare ends TLS and no peer is told
 */
export function refuseWorkers(source: string, instead: string): void {
  if (currentRuntime() === 'workers') throw new TypeError(`${source}: not on Workers; use ${instead}`)
}
