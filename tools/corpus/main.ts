/**
 * `npm run corpus -- FILE [--json] [--primitives node|web]`: runs the validator over a file of public cases and says where
 * it differs. What is known to differ stands in `divergences.json`, each with its reason; such a case that agrees fails,
 * for its reason no longer holds.
 * @module
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type CorpusResult, runCorpus } from './run-corpus.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, primitives: { type: 'string', default: 'node' } },
})
const [file] = positionals
if (file === undefined) {
  console.log('skipped: no file of cases was given (npm run corpus -- FILE [--json])')
} else {
  const known = JSON.parse(readFileSync(new URL('./divergences.json', import.meta.url), 'utf8')) as Record<
    string,
    string
  >
  // A relative path is the caller's; npm runs scripts in the repository.
  const path = resolve(process.env.INIT_CWD ?? '', file)
  const result = await runCorpus(path, values.primitives === 'web' ? 'web' : 'node')
  const problems = report(result, known)
  if (values.json) {
    const { run, agree, wronglyAccepted, wronglyRejected, hangs, slowestMs } = result
    console.log(JSON.stringify({ run, agree, wronglyAccepted, wronglyRejected, hangs, slowestMs: round(slowestMs) }))
  }
  process.exitCode = problems === 0 ? 0 : 1
}

/** Prints what happened; the number of problems that no reason explains. */
function report(result: CorpusResult, known: Readonly<Record<string, string>>): number {
  const { run, agree, wronglyAccepted, wronglyRejected, hangs, slowestMs, slowest, unsupported, ids, classes } = result
  const differing = [...wronglyAccepted, ...wronglyRejected]
  const unexplained = differing.filter((id) => !Object.hasOwn(known, id))
  const passed = Object.keys(known).filter((id) => ids.includes(id) && !differing.includes(id) && !hangs.includes(id))
  const word = (id: string): string => (wronglyAccepted.includes(id) ? 'wrongly accepted' : 'wrongly rejected')
  for (const id of differing.filter((each) => Object.hasOwn(known, each)))
    console.log(`known     ${id}: ${word(id)}. ${known[id]}`)
  for (const id of unexplained) console.log(`DIFFERS   ${id}: ${word(id)} (${result.reasons.get(id)})`)
  for (const id of hangs) console.log(`HANGS     ${id}`)
  for (const id of passed) console.log(`AGREES    ${id}: listed as a divergence, and is none any more`)
  for (const [name, each] of classes) console.log(`${name}: ${each.agree} of ${each.run}`)
  console.log(
    [
      `run ${run}`,
      `agree ${agree}`,
      `wrongly accepted ${wronglyAccepted.length}`,
      `wrongly rejected ${wronglyRejected.length}`,
      `hangs ${hangs.length}`,
      `slowest ${round(slowestMs)} ms (${slowest})`,
      ...(unsupported > 0 ? [`not run, algorithm missing ${unsupported}`] : []),
    ].join(', '),
  )
  return unexplained.length + hangs.length + passed.length
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100
}
