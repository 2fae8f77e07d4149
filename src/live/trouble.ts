import type { Soundness } from '../engine/index.ts'
import type { Allocation, Network } from '../plan/index.ts'

/** A device that puts out what is no sound: it is muted until it is well. */
export interface Trouble {
  /** The device where it began. */
  readonly device: string
  /** Number of the voice, from 1; absent for a shared device. */
  readonly voice?: number
  /** `nan`: no number. `runaway`: infinite, or more than 48 dB above full scale. */
  readonly kind: Exclude<Soundness, 'sound'>
}

interface Place {
  readonly device: string
  readonly voice: number | undefined
}

/** Blocks for which a device must have been heard again before it counts as well: a loop is well until it is heard. */
const patience = 75

/** No synth has this id. */
const nobody = -1

/** Who is in trouble, and who began it. Fed by what the synths find in themselves. */
export class Troubles {
  /** Synths whose last finding was bad. */
  readonly #bad = new Map<number, Trouble['kind']>()
  /** By place: the synth may be another by now. */
  readonly #blamed = new Map<
    string,
    { readonly trouble: Trouble; readonly node: number; well: number | undefined }
  >()

  /** Synths whose state may be spoilt. Others are not: what leaves a device in trouble is silence. */
  get poisoned(): ReadonlySet<number> {
    return new Set(this.#bad.keys())
  }

  /** Takes note of findings before any of them is judged: the device above may have been a little later. */
  note(findings: readonly { readonly node: number; readonly state: Soundness }[]): void {
    for (const { node, state } of findings) if (state !== 'sound') this.#bad.set(node, state)
  }

  /** Takes a finding; gives the trouble that it makes known. */
  find(
    node: number,
    state: Soundness,
    block: number,
    network: Network,
    allocation: Allocation,
  ): Trouble | undefined {
    const place = placeOf(node, allocation)
    const key = JSON.stringify(place)
    const blamed = this.#blamed.get(key)
    if (state === 'sound') {
      this.#bad.delete(node)
      if (blamed) blamed.well = block
      return undefined
    }
    if (place === undefined) return undefined
    this.#bad.set(node, state)
    if (blamed) {
      this.#blamed.set(key, { ...blamed, node, well: undefined })
      return undefined
    }
    if (this.#comesFromAbove(place, network, allocation)) return undefined
    const { device, voice } = place
    const trouble = { device, kind: state, ...(voice !== undefined && { voice: voice + 1 }) }
    this.#blamed.set(key, { trouble, node, well: undefined })
    return trouble
  }

  /** Troubles that are over: the device is well for a while, or its synth is gone. @param living gives the synths that are there */
  over(block: number, living: () => ReadonlySet<number>): Trouble[] {
    if (this.#bad.size === 0 && this.#blamed.size === 0) return []
    const alive = living()
    for (const node of this.#bad.keys()) if (!alive.has(node)) this.#bad.delete(node)
    return [...this.#blamed].flatMap(([key, { trouble, node, well }]) => {
      if (alive.has(node) && (well === undefined || block - well < patience)) return []
      this.#blamed.delete(key)
      return [trouble]
    })
  }

  /** Synths that are new: what was known of others with their ids is not theirs. */
  born(ids: ReadonlySet<number>): void {
    for (const id of ids) this.#bad.delete(id)
    for (const [key, blamed] of this.#blamed)
      if (ids.has(blamed.node)) this.#blamed.set(key, { ...blamed, node: nobody })
  }

  /** All synths are others now. What is still wrong will be found again, without being told again. */
  forget(): void {
    this.#bad.clear()
    for (const [key, blamed] of this.#blamed) this.#blamed.set(key, { ...blamed, node: nobody })
  }

  /** What it reads, directly or through others, is in trouble itself. */
  #comesFromAbove({ device, voice }: Place, network: Network, allocation: Allocation): boolean {
    const nodes = new Map(network.nodes.map((node) => [node.name, node]))
    const seen = new Set([device])
    for (const name of seen)
      for (const source of Object.values(nodes.get(name)?.controls ?? {}))
        if ('node' in source && source.node !== device) seen.add(source.node)
    seen.delete(device)
    return [...seen].some((name) =>
      (allocation.nodes.get(name)?.instances ?? []).some(
        ({ id }, index) =>
          this.#bad.has(id) && (voice === undefined || nodes.get(name)?.part !== 'voice' || index === voice),
      ),
    )
  }
}

function placeOf(id: number, { nodes }: Allocation): Place | undefined {
  for (const [device, { node, instances }] of nodes) {
    const index = instances.findIndex((instance) => instance.id === id)
    if (index >= 0) return { device, voice: node.part === 'voice' ? index : undefined }
  }
  return undefined
}
