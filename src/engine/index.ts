export { createOfflineEngine } from './offline.ts'
export type {
  DefToLoad,
  Engine,
  EngineEvent,
  EngineStatus,
  OfflineEngine,
  Probe,
  ServerCounts,
  Soundness,
} from './engine.ts'
export { mixed } from './mix.ts'
export type { Moment } from './schedule.ts'
export { share } from './share.ts'
export { engineSize, type EngineLimits, type EngineOptions } from './limits.ts'
export { describeCommand } from './diagnose.ts'
export { createWasmHost, type WasmHost, type WorldOptions } from './wasm-host.ts'
