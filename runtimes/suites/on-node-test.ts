/** For `node --test`. @module */
import { test } from 'node:test'
import { registerCases } from './register-cases.ts'

registerCases(test)
