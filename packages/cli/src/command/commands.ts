/** Every command there is, in the order in which help lists them. @module */
import type { CommandFactory } from './command.ts'

export const COMMANDS: readonly CommandFactory[] = []
