#!/usr/bin/env node
/** The command `countersign`. @module */
import process from 'node:process'
import { runCommandLine } from './command/run-command-line.ts'

process.exitCode = await runCommandLine(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
})
