/** The demo: three APIs brought up, every case played against each, the outcome told. @module */
import { createApis } from './apis.ts'
import { CASES } from './cases.ts'
import { formatCount, formatOutcomes, type Style } from './report.ts'
import { type Outcome, runCases } from './run-cases.ts'
import { type ServedApi, serveApi } from './serve-api.ts'
import type { World } from './world.ts'

export interface DemoApi extends ServedApi {
  readonly framework: string
}

export async function serveApis(world: World): Promise<readonly DemoApi[]> {
  return Promise.all(
    createApis(world.authenticator).map(async ({ framework, listener }) => ({
      framework,
      ...(await serveApi(listener, world.server)),
    })),
  )
}

/** @returns what came of all cases, in all frameworks */
export async function runDemo(
  world: World,
  apis: readonly DemoApi[],
  style: Style,
  print: (text: string) => void,
): Promise<readonly Outcome[]> {
  print(`${style.strong('One API, three times, behind mutual TLS.')}
Acme calls it with a client certificate and an API key. Everybody else has only some of that.`)
  const all: Outcome[] = []
  for (const api of apis) {
    print(`\n${style.strong(api.framework)}  ${style.faint(`${api.secure}  ${api.plain}`)}`)
    const outcomes = await runCases(CASES, world, api)
    print(formatOutcomes(outcomes, style))
    print(`  ${formatCount(outcomes, style)}`)
    all.push(...outcomes)
  }
  print(`\n${formatCount(all, style)}`)
  return all
}
