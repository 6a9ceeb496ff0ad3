/** One suite for every adapter: cases as data, and what runs them against a subject. @module */

// The cases
export type { Case, Level, Need } from './case/case.ts'
export { ConformanceFailure } from './case/failure.ts'
export { adapterCases } from './cases/adapter-cases.ts'
// Running them
export { markdownReport } from './command/markdown-report.ts'
export { reportSchema } from './command/report-schema.ts'
// Judging a path validator
export type { PathCase } from './path/path-case.ts'
export { pathCases } from './path/path-cases.ts'
export type { PathAnswer, PathFeature, PathQuestion, PathSubject } from './path/path-subject.ts'
// Judging a registry
export type { DefineTest } from './registry/register-registry-cases.ts'
export { registerRegistryCases } from './registry/register-registry-cases.ts'
export type { RegistryCase, RegistryContext } from './registry/registry-case.ts'
export { registryCases } from './registry/registry-cases.ts'
export type { RegistryFeature, RegistryPlace, RegistrySubject } from './registry/registry-subject.ts'
export type { Divergence } from './run/divergences.ts'
export type { EvaluateOptions } from './run/evaluate.ts'
export { evaluate } from './run/evaluate.ts'
export type { TestFunction } from './run/register.ts'
export { register } from './run/register.ts'
export type { CaseResult, FailureReport, Outcome, Profile, Report } from './run/report.ts'
// Judging a source
export type { SourceCase, SourceContext } from './source/source-case.ts'
export { sourceCases } from './source/source-cases.ts'
export type { SourceFeature, SourceSubject } from './source/source-subject.ts'
// Writing a subject
export { answerUpgrade } from './subject/answer-upgrade.ts'
export type { RequestListener, UpgradeListener } from './subject/listen.ts'
export { listen } from './subject/listen.ts'
export type {
  AnonymousView,
  Application,
  CaughtView,
  EchoView,
  Feature,
  PrincipalView,
  RunningSubject,
  Subject,
  SubjectSetup,
  SubjectTls,
  Transport,
} from './subject/subject.ts'
// What a case is given
export type { Answer, HeaderList, SentRequest } from './world/answer.ts'
export type { CaseContext } from './world/case-context.ts'
