/** Proves the structure: rooms import one way, neutral doors reach no `node:`, packages meet through doors. @module */

import { resolve } from 'node:path'
import { checkCore } from './layers/check-core.ts'
import { checkPackages } from './layers/check-packages.ts'
import { readWorkspace } from './layers/read-workspace.ts'

export function checkLayers(root: string): readonly string[] {
  const workspace = readWorkspace(root)
  const core = workspace.packages.find(({ name }) => name === '@countersign/core')
  const inCore = core ? checkCore(core).map((problem) => `${core.folder}/${problem}`) : ['there is no package core']
  return [...inCore, ...checkPackages(workspace)]
}

if (process.argv[1] === import.meta.filename) {
  const problems = checkLayers(resolve(import.meta.dirname, '..'))
  for (const problem of problems) console.error(problem)
  process.exitCode = problems.length > 0 ? 1 : 0
}
