/** What runs on every runtime: cases without a test runner, because none runs on all of them. @module */

export interface SuiteResult {
  readonly name: string
  readonly passed: number
  /** What went wrong, one line a case. */
  readonly failed: readonly string[]
}

export interface SuiteCase {
  readonly id: string
  /** What is wrong, or nothing. */
  readonly run: () => Promise<string | undefined> | string | undefined
}

export async function runSuite(name: string, cases: readonly SuiteCase[]): Promise<SuiteResult> {
  const failed: string[] = []
  for (const { id, run } of cases) {
    try {
      const problem = await run()
      if (problem !== undefined) failed.push(`${id}: ${problem}`)
    } catch (error) {
      failed.push(`${id}: threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    }
  }
  return { name, passed: cases.length - failed.length, failed }
}
