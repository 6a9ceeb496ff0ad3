/** Runs named commands, two at a time where asked, and says what each cost; the output of one that passes stays away. @module */

import { spawn } from 'node:child_process'
import { delimiter, resolve } from 'node:path'

export interface Step {
  readonly name: string
  readonly command: string
  /** Shows the output as it comes. */
  readonly live?: boolean
}

export interface StepResult {
  readonly name: string
  readonly ok: boolean
  readonly seconds: number
}

export const ROOT: string = resolve(import.meta.dirname, '..')

export async function runSteps(steps: readonly Step[], atOnce = 1): Promise<readonly StepResult[]> {
  const results: StepResult[] = []
  const waiting = [...steps]
  const work = async (): Promise<void> => {
    for (let step = waiting.shift(); step; step = waiting.shift()) results.push(await runStep(step))
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return steps.flatMap(({ name }) => results.find((result) => result.name === name) ?? [])
}

async function runStep({ name, command, live = false }: Step): Promise<StepResult> {
  const start = performance.now()
  if (live) console.log(`\n--- ${name}: ${command}`)
  const { code, output } = await run(command, live)
  const seconds = (performance.now() - start) / 1000
  const ok = code === 0
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${name} (${seconds.toFixed(1)} s)`)
  if (!ok) console.log(`${output}\nThe command was: ${command}\n`)
  return { name, ok, seconds }
}

function run(command: string, live: boolean): Promise<{ readonly code: number; readonly output: string }> {
  const path = `${resolve(ROOT, 'node_modules/.bin')}${delimiter}${process.env.PATH}`
  const child = spawn(command, {
    cwd: ROOT,
    shell: true,
    stdio: live ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    env: live ? { ...process.env, PATH: path } : { ...process.env, PATH: path, NO_COLOR: '1' },
  })
  let output = ''
  child.stdout?.on('data', (chunk) => {
    output += chunk
  })
  child.stderr?.on('data', (chunk) => {
    output += chunk
  })
  return new Promise((done) => {
    child.on('error', (error) => done({ code: 1, output: `${output}${error}` }))
    child.on('close', (code) => done({ code: code ?? 1, output }))
  })
}
