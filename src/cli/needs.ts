import { MegasynthError } from '../errors/index.ts'
import { engineSize, type EngineOptions } from '../engine/index.ts'
import { wasmLimits } from '../engine/limits.ts'
import { checkFit } from '../live/fit.ts'
import { compile, emptyAllocation, plan, type Allocation, type Network } from '../plan/index.ts'
import { PatchProblems } from './failure.ts'
import type { OpenPatch } from './open.ts'

/** What a patch takes of an engine. */
export interface Needs {
  readonly synths: number
  readonly synthDefs: number
  readonly synthDefBytes: number
  readonly audioBuses: number
  readonly controlBuses: number
}

/** A patch that is compiled, and what it takes. */
export interface Blueprint {
  readonly network: Network
  readonly allocation: Allocation
  readonly needs: Needs
}

/** Channels that come out: buses that every patch has. */
const outputs = 2

/** Compiles a patch and plans it on an empty engine; nothing is started. */
export function blueprint({ parsed, catalogue }: OpenPatch): Blueprint {
  const network = compile(parsed, { catalogue })
  const { load, report, allocation } = plan(emptyAllocation(outputs), network, {
    position: (knob) => parsed.knobs[knob]?.value ?? 0,
  })
  return {
    network,
    allocation,
    needs: {
      synths: report.synths.born,
      synthDefs: load.length,
      synthDefBytes: load.reduce((sum, { bytes }) => sum + bytes.length, 0),
      audioBuses: allocation.audioBuses.next - outputs,
      controlBuses: allocation.controlBuses.next,
    },
  }
}

/**
 * Refuses a patch for which the engine has no room, before it is started.
 *
 * @throws PatchProblems `engine-limit`, with each limit, by how much it is exceeded, and the flag that raises it
 */
export function checkRoom({ network, allocation }: Blueprint, options: EngineOptions, file: string): void {
  try {
    // how much a block can take matters only to an engine that runs
    const size = engineSize(options)
    checkFit(network, allocation, wasmLimits(size, 0), size.sampleRate)
  } catch (error) {
    throw error instanceof MegasynthError ? new PatchProblems(file, error.problems) : error
  }
}
