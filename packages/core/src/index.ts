/** Countersign's core: one authenticator, and what an adapter needs to serve it. @module */

export type { Admission, Guard } from './authenticate/admissions.ts'
export { Admissions } from './authenticate/admissions.ts'
export type { AnchorHealth, AuthenticatorHealth } from './authenticate/authenticator-health.ts'
export type { CertificateFiles } from './authenticate/certificate-files.ts'
export type { Authenticator } from './authenticate/create-authenticator.ts'
// Making an authenticator
export { createAuthenticator } from './authenticate/create-authenticator.ts'
// Its answers
export type { Acceptance, Anonymous, Decision, Refusal } from './authenticate/decision.ts'
export { PrincipalEnded } from './authenticate/live-principals.ts'
export type { AuthenticatorOptions, CertificateOptions, KeyOptions, LimitOptions } from './authenticate/options.ts'
export type {
  Principal,
  PrincipalCertificate,
  PrincipalKey,
  PrincipalPartner,
  PrincipalToken,
} from './authenticate/principal.ts'
export type { PrincipalReader } from './authenticate/principal-reader.ts'
export { principalReader } from './authenticate/principal-reader.ts'
export { toAuthenticator } from './authenticate/to-authenticator.ts'
export type { CertificateData, CertificateInput, LabelledCertificates } from './authenticate/trust.ts'
// What it tells
export type {
  AcceptedEvent,
  CountersignEvent,
  DegradedEvent,
  EventMap,
  EventType,
  ExpiringEvent,
  ExposedEvent,
  HandlerFailedEvent,
  Listeners,
  RefusedEvent,
  ReloadedEvent,
  RequestFacts,
  RevocationEvent,
} from './events/events.ts'
// Writing an adapter
export type { Exchange, ExchangeHeaders, Peer } from './exchange/exchange.ts'
export { fetchExchange } from './exchange/fetch-exchange.ts'
export { fetchRefusal } from './exchange/fetch-refusal.ts'
export type { NodeRequest, NodeResponse } from './exchange/node-exchange.ts'
export { nodeExchange } from './exchange/node-exchange.ts'
export { ResponseEnd } from './exchange/response-end.ts'
export type { FinishedRefusal, RefusalWriter, RefusedRequest } from './exchange/send-refusal.ts'
export { sendRefusal } from './exchange/send-refusal.ts'
export type { BodyReader, ByteReader } from './exchange/unread-body.ts'
export { bodyIsPending, drainBody, UNREAD_BODY_LIMIT_BYTES } from './exchange/unread-body.ts'
export { webHeaders } from './exchange/web-headers.ts'
// Counting requests
export type { RateLimiter, RateLimitKind, RateQuota, RateVerdict } from './policy/rate-limiter.ts'
export type { Require } from './policy/requirement.ts'
// Running the core on other primitives
export type { MaybePromise } from './primitives/flow.ts'
export type { Primitives } from './primitives/primitives.ts'
export { internalProblem } from './problem/internal-problem.ts'
export type { Problem, ProblemCode, ProblemDefinition } from './problem/problem.ts'
export { PROBLEMS } from './problem/problem.ts'
export type { OnRefused, ProblemResponse, RefusalBody } from './problem/problem-response.ts'
export { problemResponse } from './problem/problem-response.ts'
export type { FaultReason, Reason } from './problem/reason.ts'
