/** Every case that an adapter is judged by, in the order of a report. @module */
import type { Case } from '../case/case.ts'
import { acceptCases } from './accept.ts'

export const adapterCases: readonly Case[] = [...acceptCases]
