/** Everything that the process writes while a case looks. @module */

export interface CapturedOutput {
  readonly text: string
  /** Must be called; until then nothing is written. */
  restore(): void
}

/** One at a time. */
export function captureOutput(): CapturedOutput {
  const streams = [process.stdout, process.stderr]
  const writes = streams.map((stream) => stream.write)
  const methods = ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const
  const printers = methods.map((method) => console[method])
  let text = ''
  const capture = (...args: readonly unknown[]): boolean => {
    text += `${args.map(String).join(' ')}\n`
    return true
  }
  for (const stream of streams) stream.write = capture
  for (const method of methods) console[method] = capture
  return {
    get text() {
      return text
    },
    restore() {
      for (const [at, stream] of streams.entries()) stream.write = writes[at] ?? stream.write
      for (const [at, method] of methods.entries()) console[method] = printers[at] ?? console[method]
    },
  }
}
