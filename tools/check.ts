/** `npm run check`: everything about the repository that is not a test run. Builds first, since packages are packed. @module */

import { runSteps, type Step } from './steps.ts'

const BUILD: Step = { name: 'build', command: 'node tools/clean.ts && tsc -b' }

/** They look at what the build made. The long one first, so that two at a time end together. */
const OF_THE_BUILD: readonly Step[] = [
  { name: 'packages (contents, publint, attw)', command: 'node tools/check-packages.ts' },
  { name: 'size', command: 'node tools/check-size.ts' },
]

const OF_THE_SOURCES: readonly Step[] = [
  { name: 'types of tests, examples, tools', command: 'tsc -p tsconfig.test.json' },
  { name: 'docs (links, code blocks)', command: 'node tools/check-docs.ts' },
  { name: 'unused code and dependencies', command: 'knip' },
  { name: 'lint and format', command: 'biome ci --colors=off .' },
  { name: 'layers', command: 'node tools/check-layers.ts' },
  { name: 'manifests', command: 'node tools/check-manifests.ts' },
  { name: 'lockfile', command: 'node tools/check-lockfile.ts' },
  { name: 'traces of a machine', command: 'node tools/check-traces.ts' },
]

const build = await runSteps([BUILD])
const built = build.every(({ ok }) => ok)
const checks = await runSteps([...(built ? OF_THE_BUILD : []), ...OF_THE_SOURCES], 2)
if (!built) console.log(`Not run without a build: ${OF_THE_BUILD.map(({ name }) => name).join('; ')}`)
process.exitCode = [...build, ...checks].every(({ ok }) => ok) ? 0 : 1
