/** The command line as functions, for programs and tests. @module */

export type { CommandIo } from './command/command.ts'
export { runCommandLine } from './command/run-command-line.ts'
