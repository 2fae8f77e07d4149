import { fail } from '../errors/index.ts'
import { encodeCommands, encodeMessage, int, type Command, type Reply } from '../scsynth/index.ts'
import type { Probe } from './engine.ts'
import { monitorDef } from './monitor.ts'
import type { WasmHost } from './wasm-host.ts'

interface Job extends Probe {
  readonly samples: Float32Array
  readonly done: (samples: Float32Array) => void
  readonly failed: (error: unknown) => void
}

interface Running extends Job {
  /** Which of the outputs that nobody hears; none for a control bus, which is asked for. */
  readonly monitor: number | undefined
  /** Samples so far. */
  count: number
}

/** Node ids of monitors: no patch comes near. */
const firstId = 1_900_000_000
const nothing: readonly Uint8Array[] = []

/** Buses that are looked at, block by block, through outputs that nobody hears. */
export class Probes {
  readonly #host: WasmHost
  /** The outputs: their number, and the first of them. */
  readonly #monitors: { readonly count: number; readonly first: number }
  readonly #waiting: Job[] = []
  #running: Running[] = []
  #loaded = false
  readonly #over: number[] = []

  constructor(host: WasmHost, monitors: { readonly count: number; readonly first: number }) {
    this.#host = host
    this.#monitors = monitors
  }

  /** Synths that are there for nothing but looking. */
  get synths(): number {
    return this.#over.length + this.#running.filter(({ monitor }) => monitor !== undefined).length
  }

  /** SynthDefs that are there for nothing but looking. */
  get synthDefs(): number {
    return Number(this.#loaded)
  }

  add(probe: Probe): Promise<Float32Array> {
    if (probe.rate === 'audio' && this.#monitors.count === 0)
      fail({ code: 'engine-failed', path: 'probe', message: 'this engine has no outputs to look at audio buses through' }) // prettier-ignore
    const length = probe.blocks * (probe.rate === 'audio' ? this.#host.blockSize : 1)
    return new Promise((done, failed) => {
      this.#waiting.push({ ...probe, samples: new Float32Array(length), done, failed })
    })
  }

  /** What is to be sent for the block that is computed next. */
  take(): readonly Uint8Array[] {
    if (this.#over.length === 0 && this.#waiting.length === 0 && this.#running.length === 0) return nothing
    const commands: Command[] = []
    if (this.#over.length > 0) commands.push({ call: '/n_free', ids: this.#over.splice(0).map(idOf) })
    for (const job of this.#waiting.splice(0)) {
      const monitor = job.rate === 'audio' ? this.#freeMonitor() : undefined
      if (job.rate === 'audio' && monitor === undefined) {
        this.#waiting.push(job)
        continue
      }
      this.#running.push({ ...job, monitor, count: 0 })
      if (monitor === undefined) continue
      if (!this.#loaded) commands.push({ call: '/d_recv', ...monitorDef })
      this.#loaded = true
      const controls = { bus: job.bus, out: this.#monitors.first + monitor }
      // at the very end of all that runs
      commands.push({ call: '/s_new', def: monitorDef.name, id: idOf(monitor), action: 'tail', target: 0, controls }) // prettier-ignore
    }
    const asked = this.#running.flatMap(({ rate, bus }) => (rate === 'control' ? [int(bus)] : []))
    return [
      ...(commands.length > 0 ? [encodeCommands(commands)] : []),
      ...(asked.length > 0 ? [encodeMessage({ address: '/c_get', args: asked })] : []),
    ]
  }

  #freeMonitor(): number | undefined {
    const taken = new Set(this.#running.map(({ monitor }) => monitor))
    for (let i = 0; i < this.#monitors.count; i++) if (!taken.has(i) && !this.#over.includes(i)) return i
    return undefined
  }

  /** Looks at the block that was just computed. */
  look(replies: readonly Reply[]): void {
    if (this.#running.length === 0) return
    const values = new Map<number, number>()
    for (const reply of replies)
      if (reply.kind === 'buses') for (const [bus, value] of reply.values) values.set(bus, value)
    for (const probe of this.#running) {
      const { monitor, samples, bus } = probe
      if (monitor === undefined) samples[probe.count++] = values.get(bus) ?? 0
      else {
        samples.set(this.#host.output(this.#monitors.first + monitor), probe.count)
        probe.count += this.#host.blockSize
      }
      if (probe.count < samples.length) continue
      if (monitor !== undefined) this.#over.push(monitor)
      probe.done(samples)
    }
    this.#running = this.#running.filter(({ count, samples }) => count < samples.length)
  }

  /** Nothing more will be seen. */
  fail(error: unknown): void {
    for (const { failed } of [...this.#waiting.splice(0), ...this.#running.splice(0)]) failed(error)
  }
}

const idOf = (monitor: number): number => firstId + monitor
