/** All suites, in the order in which they are reported. A further one is one file and one line. @module */
import { decisions } from './decisions.ts'
import { paths } from './paths.ts'
import { roads } from './roads.ts'
import { sources } from './sources.ts'
import type { SuiteResult } from './suite.ts'

export async function runAll(): Promise<readonly SuiteResult[]> {
  return [await roads(), await sources(), await paths(), await decisions()]
}
