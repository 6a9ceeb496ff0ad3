import { adapterMutants } from './adapter-mutants.ts'
import { judgeMutants } from './judge-mutants.ts'

judgeMutants(adapterMutants)
