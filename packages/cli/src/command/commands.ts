/** Every command there is, in the order in which help lists them. @module */
import { certVerify } from '../commands/cert-verify.ts'
import { config } from '../commands/config.ts'
import { doctor } from '../commands/doctor.ts'
import type { CommandFactory } from './command.ts'

export const COMMANDS: readonly CommandFactory[] = [certVerify, config, doctor]
