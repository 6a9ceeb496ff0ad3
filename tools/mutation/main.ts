/**
 * `npm run mutation [-- --sample 600] [--seed 1] [--rooms path,key] [--limit 50]`: breaks core's decision rooms in one place at
 * a time and asks whether any test notices. Goes on where an earlier run of the same seed and sample ended, and writes
 * `.reports/mutation.json`.
 * @module
 */
import { spawn } from 'node:child_process'
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ROOT } from '../steps.ts'
import type { Verdict } from './judge.ts'
import { type Mutant, mutantsOf } from './mutants-of.ts'
import { sample } from './sample.ts'

interface Result {
  readonly id: string
  readonly outcome: 'killed' | 'timeout' | 'survived'
  readonly killedBy?: string
}

const ROOMS = ['source', 'path', 'revocation', 'key', 'policy', 'problem', 'authenticate']
const REPORT = resolve(ROOT, '.reports/mutation.json')

/** All tests take half of it on a busy machine. */
const MUTANT_LIMIT_MILLISECONDS = 180_000

const { values } = parseArgs({
  options: {
    sample: { type: 'string', default: '600' },
    seed: { type: 'string', default: '1' },
    rooms: { type: 'string', default: ROOMS.join(',') },
    limit: { type: 'string', default: 'Infinity' },
    list: { type: 'boolean', default: false },
  },
})

const all = values.rooms.split(',').flatMap((room) =>
  globSync(`packages/core/src/${room}/*.ts`, { cwd: ROOT })
    .filter((path) => !path.endsWith('.test.ts'))
    .sort()
    .flatMap((path) => mutantsOf(readFileSync(resolve(ROOT, path), 'utf8'), path)),
)
const chosen = sample(all, Number(values.sample), Number(values.seed))
const key = `${values.seed}/${values.sample}/${values.rooms}`

if (values.list) for (const mutant of chosen) console.log(`${idOf(mutant)}`)
else await run()

async function run(): Promise<void> {
  const known = existsSync(REPORT)
    ? (JSON.parse(readFileSync(REPORT, 'utf8')) as { key: string; results: Result[] })
    : undefined
  const results = known?.key === key ? known.results : []
  const done = new Set(results.map(({ id }) => id))
  // Spread over all rooms, so that a run that was cut short says something about each.
  const left = sample(chosen, chosen.length, Number(values.seed) + 1)
    .map((mutant, place) => ({ mutant, place: (place * 7919) % chosen.length }))
    .sort((a, b) => a.place - b.place)
    .map(({ mutant }) => mutant)
    .filter((mutant) => !done.has(idOf(mutant)))
    .slice(0, Number(values.limit))
  console.log(`${all.length} mutants in all, ${chosen.length} chosen, ${left.length} to try`)
  const untouched = await judge(null)
  if (untouched?.killedBy !== null) throw new Error(`without a mutant, ${untouched?.killedBy ?? 'something'} fails`)
  for (const mutant of left) {
    const verdict = await judge(mutant)
    const result = resultOf(mutant, verdict)
    results.push(result)
    mkdirSync(resolve(ROOT, '.reports'), { recursive: true })
    writeFileSync(REPORT, JSON.stringify({ key, all: all.length, results }, undefined, 1))
    console.log(`${String(results.length).padStart(4)} ${result.outcome.padEnd(8)} ${result.id}`)
  }
  conclude(results)
}

function resultOf(mutant: Mutant, verdict: Verdict | undefined): Result {
  const id = idOf(mutant)
  if (verdict === undefined) return { id, outcome: 'timeout' }
  return verdict.killedBy === null ? { id, outcome: 'survived' } : { id, outcome: 'killed', killedBy: verdict.killedBy }
}

function conclude(results: readonly Result[]): void {
  const byRoom = Map.groupBy(results, ({ id }) => id.split('/')[0] ?? '')
  for (const [room, members] of [...byRoom, ['all', results] as const]) {
    const survived = members.filter(({ outcome }) => outcome === 'survived').length
    const score = (100 * (members.length - survived)) / members.length
    console.log(`${room.padEnd(14)} ${members.length - survived} of ${members.length} killed (${score.toFixed(1)} %)`)
  }
}

/** Names a place by what stands there, so that lines above it may come and go. */
function idOf({ file, line, operator, original }: Mutant): string {
  const text = original.replace(/\s+/g, ' ')
  return `${file.replace('packages/core/src/', '')}:${line} ${operator}: ${text.length > 60 ? `${text.slice(0, 60)}…` : text}`
}

/** `undefined` where no answer comes in time, or the process ended without one. */
function judge(mutant: Mutant | null): Promise<Verdict | undefined> {
  return new Promise((done) => {
    // A process group of its own, with the workers in it.
    const child = spawn(process.execPath, [resolve(import.meta.dirname, 'judge.ts'), JSON.stringify(mutant)], {
      cwd: ROOT,
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    const timer = setTimeout(() => process.kill(-(child.pid as number), 'SIGKILL'), MUTANT_LIMIT_MILLISECONDS)
    child.once('close', () => {
      clearTimeout(timer)
      done(verdictIn(output))
    })
  })
}

function verdictIn(output: string): Verdict | undefined {
  const line = output.trimEnd().split('\n').at(-1) ?? ''
  return line.startsWith('{"killedBy":') ? (JSON.parse(line) as Verdict) : undefined
}
