#!/usr/bin/env node
/** The entry point of the command. @module */
import { runCommand } from './command/run-command.ts'

const status = await runCommand(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
})
// A subject may have left something running; what is written goes out first.
process.stdout.write('', () => process.exit(status))
