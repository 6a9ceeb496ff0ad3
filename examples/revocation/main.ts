/** Runs the scenarios and prints what was seen. @module */
import { runScenarios } from './scenarios.ts'

for (const { what, expected, seen } of await runScenarios()) {
  const isRight = seen.join() === expected.join()
  if (!isRight) process.exitCode = 1
  console.log(`${isRight ? 'as expected' : 'NOT SO     '}  ${seen.join(' → ').padEnd(10)} ${what}`)
}
