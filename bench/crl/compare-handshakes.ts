/** Handshakes a second of several servers, in short slices that take turns. @module */
import { readFileSync } from 'node:fs'
import { request } from 'node:https'

export interface ComparedServers {
  readonly base: number
  /** The same once more: what the method can tell apart. */
  readonly control: number
  readonly subject: number
  readonly slow: number
  readonly parties: string
  readonly pairs: number
}

export interface ComparedHandshakes {
  readonly basePerSecond: number
  /** Medians of the ratios to the base. */
  readonly control: number
  readonly controlRange: string
  readonly subject: number
  readonly subjectRange: string
  readonly slow: number
}

const SLICE_MILLISECONDS = 400

const CONCURRENCY = 4

export async function compareHandshakes(servers: ComparedServers): Promise<ComparedHandshakes> {
  const { ca, client } = JSON.parse(readFileSync(servers.parties, 'utf8')) as {
    readonly ca: string
    readonly client: { readonly cert: string; readonly key: string }
  }
  const rateOf = (port: number): Promise<number> => slice(() => handshake(port, { ...client, ca }))
  for (const port of [servers.base, servers.control, servers.subject]) await rateOf(port)
  const base: number[] = []
  const control: number[] = []
  const subject: number[] = []
  for (let pair = 0; pair < servers.pairs; pair++) {
    // Both ways round, so that whoever comes first gains nothing by it.
    const order = pair % 2 === 0 ? (['base', 'subject', 'control'] as const) : (['control', 'subject', 'base'] as const)
    const rates = { base: 0, control: 0, subject: 0 }
    for (const name of order) rates[name] = await rateOf(servers[name])
    base.push(rates.base)
    control.push(rates.control / rates.base)
    subject.push(rates.subject / rates.base)
  }
  const slow: number[] = []
  for (let round = 0; round < 3; round++) slow.push((await rateOf(servers.slow)) / median(base))
  return {
    basePerSecond: median(base),
    control: median(control),
    controlRange: quartiles(control),
    subject: median(subject),
    subjectRange: quartiles(subject),
    slow: median(slow),
  }
}

/** Completed a second, at most `CONCURRENCY` at a time. */
async function slice(work: () => Promise<void>): Promise<number> {
  const started = performance.now()
  let completed = 0
  const worker = async (): Promise<void> => {
    while (performance.now() - started < SLICE_MILLISECONDS) {
      await work()
      completed++
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, worker))
  return completed / ((performance.now() - started) / 1000)
}

/** No agent, so no session is kept and none resumed. */
function handshake(
  port: number,
  tls: { readonly cert: string; readonly key: string; readonly ca: string },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ port, host: '127.0.0.1', servername: 'localhost', agent: false, ...tls }, (incoming) => {
      incoming.resume()
      incoming.on('end', () =>
        incoming.statusCode === 200 ? resolve() : reject(new Error(`status ${incoming.statusCode}`)),
      )
    })
    outgoing.on('error', reject)
    outgoing.end()
  })
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}

function quartiles(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number): string => (sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN).toFixed(3)
  return `${at(0.25)}..${at(0.75)}`
}
