/** `npm run check`: everything about the repository that is not a test run. Builds first, since packages are packed. @module */

import { runSteps, type Step } from './steps.ts'

const BUILD: Step = { name: 'build', command: 'node tools/clean.ts && tsc -b' }

/** The long ones first, so that two at a time end together. */
const CHECKS: readonly Step[] = [
  { name: 'packages (contents, publint, attw)', command: 'node tools/check-packages.ts' },
  { name: 'types of tests, examples, tools', command: 'tsc -p tsconfig.test.json' },
  { name: 'lint and format', command: 'biome ci --colors=off .' },
  { name: 'unused code and dependencies', command: 'knip' },
  { name: 'layers', command: 'node tools/check-layers.ts' },
  { name: 'manifests', command: 'node tools/check-manifests.ts' },
  { name: 'lockfile', command: 'node tools/check-lockfile.ts' },
  { name: 'traces of a machine', command: 'node tools/check-traces.ts' },
  { name: 'size', command: 'node tools/check-size.ts' },
  { name: 'docs (links, code blocks)', command: 'node tools/check-docs.ts' },
]

const built = await runSteps([BUILD])
const checked = built.every(({ ok }) => ok) ? await runSteps(CHECKS, 2) : []
process.exitCode = [...built, ...checked].every(({ ok }) => ok) ? 0 : 1
