import type { DeviceType } from '../devices/index.ts'
import type { ParsedPatch, Patch } from '../patch/index.ts'
import type { Trouble } from './trouble.ts'
import type { Allocation, Network, PlanInput } from '../plan/index.ts'

/** What a patch has become on the engine. */
export interface Running {
  readonly patch: Patch
  readonly parsed: ParsedPatch
  readonly network: Network
  readonly allocation: Allocation
}

/** Device types by name. */
export type Catalogue = Readonly<Record<string, DeviceType>>

/** What a change needs besides the patch. */
export interface ChangeInput extends Pick<PlanInput, 'position' | 'keys'> {
  /** What the devices of the patch are. */
  readonly catalogue: Catalogue
}

/** What came of a look after what goes on by itself. */
export interface Looked {
  /** Something was done: synths were freed, or voices sleep. */
  readonly changed: boolean
  /** The same patch should be planned anew. */
  readonly again: boolean
  readonly found: readonly Trouble[]
  /** Troubles that are over. */
  readonly over: readonly Trouble[]
}
