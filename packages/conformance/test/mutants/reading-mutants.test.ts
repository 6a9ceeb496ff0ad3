import { judgeMutants } from './judge-mutants.ts'
import { readingMutants } from './reading-mutants.ts'

judgeMutants(readingMutants)
