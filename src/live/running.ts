import type { ParsedPatch, Patch } from '../patch/index.ts'
import type { Allocation, Network, PlanInput } from '../plan/index.ts'

/** What a patch has become on the engine. */
export interface Running {
  readonly patch: Patch
  readonly parsed: ParsedPatch
  readonly network: Network
  readonly allocation: Allocation
}

/** What a change needs besides the patch. */
export type ChangeInput = Pick<PlanInput, 'position' | 'keys'>
