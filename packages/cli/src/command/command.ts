/** What a command is made of: each is one file in `commands/` and one line in `commands.ts`. @module */
import type { Command } from 'commander'

/** Where a command writes; nothing else of the process is its business. */
export interface CommandIo {
  out(text: string): void
  err(text: string): void
}

/** 0: what was asked holds. 1: it does not. 2: the question could not be answered, for instance because of unusable input. */
export type ExitCode = 0 | 1 | 2

/**
 * Adds one command to the program. Its action ends by `exit(code)`; an exception is a defect and ends with 2.
 * @param program the program, or for `cert verify` and the like whatever the command stands below
 */
export type CommandFactory = (program: Command, io: CommandIo, exit: (code: ExitCode) => void) => void

/** Text for the user about what was given and cannot be used; ends the command with 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The command of that name below `parent`, made if it is not there yet: several files share `cert`, `partner`, `key`. */
export function group(parent: Command, name: string, description: string): Command {
  return parent.commands.find((command) => command.name() === name) ?? parent.command(name).description(description)
}
