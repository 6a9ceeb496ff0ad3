/** Removes what builds and tests leave behind: the compiler keeps the output of a source that is gone. @module */

import { globSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { ROOT } from './steps.ts'

for (const path of globSync(['packages/*/dist', '.packs', 'coverage', 'docs/.blocks'], { cwd: ROOT }))
  rmSync(resolve(ROOT, path), { recursive: true, force: true })
