import type { Command } from '../scsynth/index.ts'
import { audioBus, controlBus, type Instance, type Leaving } from './allocation.ts'
import { controlNames } from './device-synthdef.ts'
import type { NetworkNode } from './network.ts'

/** A synth that is wanted in a group, as far as fades are concerned. */
interface Staying {
  readonly node: NetworkNode
  readonly instance: Instance
  readonly mix?: number
  readonly how: 'kept' | 'back' | 'born'
  readonly predecessor?: (Instance & { readonly node: NetworkNode }) | undefined
}

/**
 * Who fades in and out where two synths write one bus. On a bus of its own, the one that runs later fades over the other
 * and the other stays as it is; into a sum, and at the input of what rings, both fade. Either way it adds up to one,
 * also when it is turned round on the way. What only loses its readers need not fade: they go over themselves.
 */
export class Fades {
  readonly #start = new Map<number, Record<string, number>>()
  readonly #fresh: ReadonlySet<number>

  readonly #end: number

  /**
   * @param fresh buses (`audioBus`, `controlBus`) that nobody can be reading yet
   * @param end block in which a fade that begins now is over
   */
  constructor(fresh: ReadonlySet<number>, end: number) {
    this.#fresh = fresh
    this.#end = end
  }

  /** One group. Gives controls for those that are born, and what leaves with the fades that it has had. */
  fade(
    wanted: readonly Staying[],
    leaving: readonly Leaving[],
    order: readonly number[],
    paused: boolean,
  ): { readonly births: ReadonlyMap<number, Readonly<Record<string, number>>>; readonly leaving: Leaving[] } {
    const births = new Map<number, Record<string, number>>()
    if (paused) return { births, leaving: [...leaving] }
    const place = new Map(order.map((id, i) => [id, i]))
    const faded = new Map(leaving.map(({ id, faded: before }) => [id, new Set(before)]))
    const out = ({ id }: Leaving, control: string): void => {
      const done = faded.get(id)
      if (done?.has(control) !== false) return
      done.add(control)
      this.#set(id, control, 0)
    }
    for (const one of wanted) {
      const { node, instance, how, mix } = one
      const rivals = leaving.filter(({ name }) => name === node.name)
      const onOwn = rivals.filter(({ own }) => own !== undefined && own === instance.own)
      const onMix = rivals.filter((rival) => rival.mix !== undefined && rival.mix === mix)
      const fadesIn = (control: string): void => {
        if (how === 'kept') return
        if (how === 'born') births.set(instance.id, { ...births.get(instance.id), [control]: 0 })
        this.#set(instance.id, control, 1)
      }
      const busName = node.rate === 'audio' ? audioBus : controlBus
      const isRead = (bus: number | undefined): boolean => bus !== undefined && !this.#fresh.has(busName(bus))
      if (node.rings) {
        if (how === 'back' || isRead(instance.own) || isRead(mix)) fadesIn(controlNames.fade)
        else fadesIn(controlNames.onset)
        for (const rival of rivals) out(rival, controlNames.fade)
      } else {
        const behind = onOwn.filter(({ id }) => (place.get(id) ?? 0) > (place.get(instance.id) ?? 0))
        for (const rival of behind) out(rival, controlNames.fade)
        // under one that fades out it must be there from the start
        const isUnder = behind.length > 0 && behind.length === onOwn.length
        if (node.own && (how === 'back' || (isRead(instance.own) && !isUnder))) fadesIn(controlNames.fade)
        if (node.mix && (how === 'back' || isRead(mix))) fadesIn(controlNames.mixFade)
        // what rings fades its input
        for (const rival of onMix) if (!rival.node.rings) out(rival, controlNames.mixFade)
      }
      this.#resume(one, births)
    }
    for (const rival of leaving) if (rival.node.rings) out(rival, controlNames.fade)
    return {
      births,
      leaving: leaving.map((rival) => {
        const now = [...(faded.get(rival.id) ?? [])]
        // it must not end before its fade does
        const until = now.length > rival.faded.length ? Math.max(rival.until, this.#end) : rival.until
        return { ...rival, faded: now, until }
      }),
    }
  }

  /** It goes on from where its predecessor on the same bus was. */
  #resume({ node, instance, how, predecessor }: Staying, births: Map<number, Record<string, number>>): void {
    if (how !== 'born' || node.continues === undefined || predecessor === undefined) return
    if (predecessor.own !== instance.own || predecessor.node.type !== node.type) return
    const controls = [controlNames.resume, controlNames.pulse]
    births.set(instance.id, {
      ...births.get(instance.id),
      ...Object.fromEntries(controls.map((name) => [name, 1])),
    })
    for (const control of controls) this.#set(instance.id, control, 0)
  }

  #set(id: number, control: string, value: number): void {
    this.#start.set(id, { ...this.#start.get(id), [control]: value })
  }

  /** To be sent together, in a block after the births. */
  commands(): Command[] {
    return [...this.#start].map(([id, controls]) => ({ call: '/n_set', id, controls }))
  }
}
