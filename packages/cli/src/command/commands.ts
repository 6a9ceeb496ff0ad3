/** Every command there is, in the order in which help lists them. @module */
import { config } from '../commands/config.ts'
import type { CommandFactory } from './command.ts'

export const COMMANDS: readonly CommandFactory[] = [config]
