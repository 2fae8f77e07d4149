import { out, standard } from '../../src/devices/index.ts'
import { parsePatch, type ParsedPatch, type Patch } from '../../src/patch/index.ts'
import {
  compile,
  emptyAllocation,
  plan,
  type Allocation,
  type Network,
  type Plan,
} from '../../src/plan/index.ts'
import { ServerModel } from '../plan/model.ts'

/** What a patch has become on a model of the server. */
export interface Started {
  readonly parsed: ParsedPatch
  readonly network: Network
  readonly planned: Plan
  readonly model: ServerModel
}

export const compiled = (patch: Patch): { parsed: ParsedPatch; network: Network } => {
  const parsed = parsePatch(patch, standard, out)
  return { parsed, network: compile(parsed, { catalogue: standard }) }
}

/** Where the knobs of random patches are, whatever patch declares what. */
export const position = (name: string): number => ({ k0: 0.25, k1: 0, k2: 0.8125 })[name] ?? NaN

/** Goes from what is running to a patch, on a model. */
export function go(model: ServerModel, from: Allocation, patch: Patch): Started {
  const { parsed, network } = compiled(patch)
  const planned = plan(from, network, { position })
  model.load(planned.load)
  model.run([...planned.transaction, ...planned.start])
  return { parsed, network, planned, model }
}

/** Starts a patch where nothing is running. */
export const start = (patch: Patch): Started => go(new ServerModel(), emptyAllocation(), patch)

/** Ends everything. */
export function end(model: ServerModel, from: Allocation): Plan {
  const planned = plan(from, undefined, { position: () => 0 })
  model.load(planned.load)
  model.run([...planned.transaction, ...planned.start])
  return planned
}
