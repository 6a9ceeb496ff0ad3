/** Parses the arguments, runs one command, and gives its exit code. @module */
import { Command, CommanderError } from 'commander'
import { type CommandIo, type ExitCode, UsageError } from './command.ts'
import { COMMANDS } from './commands.ts'

/**
 * @param args without the program's own name
 * @returns the exit code; never rejects
 */
export async function runCommandLine(args: readonly string[], io: CommandIo): Promise<ExitCode> {
  let code: ExitCode = 0
  const program = new Command('countersign')
    .description('Client certificates and API keys that vouch for each other.')
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.out(text), writeErr: (text) => io.err(text) })
  const exit = (given: ExitCode): void => {
    code = given
  }
  for (const add of COMMANDS) add(program, io, exit)
  try {
    await program.parseAsync(args, { from: 'user' })
    return code
  } catch (error) {
    // Commander has already said what is wrong with the arguments, or printed its help.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    io.err(`countersign: ${error instanceof UsageError ? error.message : describe(error)}\n`)
    return 2
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
