import { MegasynthError, fail } from '../errors/index.ts'
import { createRing, entryHeader, type Ring } from './ring.ts'
import { engineImports } from './wasm-imports.ts'

/** Sizes of the engine's world; they are fixed when it starts. */
export interface WorldOptions {
  /** Output channels. */
  readonly outputs: number
  /** A power of two: others hang the engine. */
  readonly maxNodes: number
  readonly audioBuses: number
  readonly controlBuses: number
  readonly maxSynthDefs: number
  readonly maxBuffers: number
  /** Memory of the running synths, in KiB. */
  readonly memory: number
  readonly wireBuffers: number
  readonly randomGenerators: number
}

/** One scsynth in WebAssembly, driven block by block by whoever holds it, on a clock that only its blocks advance. */
export interface WasmHost {
  readonly sampleRate: number
  /** Frames per block: 128. */
  readonly blockSize: number
  /** What the engine calls itself. */
  readonly version: string
  /** Largest packet that `send` takes, in bytes. */
  readonly maxPacket: number
  /** Blocks processed so far. */
  readonly blocks: number
  /** Virtual time at which the next block begins, in seconds. */
  readonly time: number
  /** Why it is dead, if it is. */
  readonly death: MegasynthError | undefined
  /** Bytes free in the input ring; an entry takes 16 more than its packet, rounded up to 4. */
  free(): number
  /** Hands one OSC packet over, to be run when the next block begins; false, and nothing sent, when the ring has no room. */
  send(packet: Uint8Array): boolean
  /** Runs what was handed over (at most 32 packets), then computes one block. Throws 'engine-failed' when the engine traps, and ever after. */
  process(): void
  /** The last block of an output channel: a view that the next `process` overwrites. */
  output(channel: number): Float32Array
  /** Takes out what the engine answered: OSC packets. */
  replies(): Uint8Array[]
  /** Takes out what the engine printed, line by line. */
  debug(): string[]
  /** Packets that the engine itself counts as dropped. */
  dropped(): number
}

// The memory is imported by the module with exactly this size.
const pages = 1280
const pageBytes = 65536
const blockSize = 128
/** Where the options are expected, after the start of the rings. */
const optionsOffset = 65536
const magicEntry = 0xdeadbeef
/** Virtual time begins here (2020-09-13, 12:26:40 UTC), in every run. */
const epochSeconds = 1_600_000_000
const secondsFrom1900To1970 = 2_208_988_800

/** Index of each word of the layout that the engine reports. */
const layoutWord = {
  inStart: 0,
  inSize: 1,
  outStart: 2,
  outSize: 3,
  debugStart: 4,
  debugSize: 5,
  controlStart: 6,
  controlSize: 7,
  ntpStart: 16,
  totalSize: 30,
  maxMessage: 31,
  magic: 32,
  padding: 33,
} as const
const layoutWords = 36

const broken = (message: string, cause?: unknown): MegasynthError =>
  new MegasynthError(
    [
      {
        code: 'engine-failed',
        path: 'engine',
        message,
        ...(cause instanceof Error ? { found: cause.message } : {}),
      },
    ],
    { cause },
  )

/** Compiling takes most of the start: all engines that are given the same bytes share one module. */
const modules = new WeakMap<Uint8Array, Promise<WebAssembly.Module>>()

function compiled(wasm: Uint8Array): Promise<WebAssembly.Module> {
  const known = modules.get(wasm)
  if (known !== undefined) return known
  const module = WebAssembly.compile(wasm)
  modules.set(wasm, module)
  return module
}

type Export = (...args: number[]) => number

function exportsOf(instance: WebAssembly.Instance) {
  const get = (name: string): Export => {
    const value = instance.exports[name]
    if (typeof value !== 'function') throw broken(`the engine has no export "${name}"`)
    return value as Export
  }
  return {
    ringBase: get('get_ring_buffer_base'),
    layout: get('get_buffer_layout'),
    init: get('init_memory'),
    process: get('process_audio'),
    outputBus: get('get_audio_output_bus'),
    blockFrames: get('get_audio_buffer_samples'),
    dropped: get('get_messages_dropped'),
    version: get('get_supersonic_version_string'),
  }
}

function readLayout(
  memory: ArrayBufferLike,
  address: number,
  base: number,
): Record<keyof typeof layoutWord, number> {
  if (address % 4 !== 0 || address + 4 * layoutWords > memory.byteLength)
    throw broken(`the engine's layout is outside of its memory (at ${address})`)
  const words = new Uint32Array(memory, address, layoutWords)
  const layout = Object.fromEntries(
    Object.entries(layoutWord).map(([name, index]) => [name, words[index] ?? 0]),
  ) as Record<keyof typeof layoutWord, number>
  if (layout.magic !== magicEntry) throw broken('the engine reports a layout that this version does not know')
  const rooms = [
    [layout.inStart, layout.inSize],
    [layout.outStart, layout.outSize],
    [layout.debugStart, layout.debugSize],
    [layout.controlStart, layout.controlSize],
    [0, layout.totalSize],
  ] as const
  for (const [start, size] of rooms)
    if (size === 0 || start % 4 !== 0 || base + start + size > memory.byteLength)
      throw broken(`the engine reports a region outside of its memory (${start}, ${size} bytes)`)
  return layout
}

/** World options as the engine reads them: words in this order. */
const worldWords = (sampleRate: number, world: WorldOptions): number[] => [
  world.maxBuffers,
  world.maxNodes,
  world.maxSynthDefs,
  world.wireBuffers,
  world.audioBuses,
  0, // inputs
  world.outputs,
  world.controlBuses,
  blockSize,
  world.memory,
  world.randomGenerators,
  0, // real time
  0, // memory locking
  0, // load SynthDefs from disk
  sampleRate,
  0, // verbosity
  1, // replies are read by us, from the rings, after each block
]

function readText(memory: ArrayBufferLike, address: number): string {
  const bytes = new Uint8Array(memory, address, Math.min(256, memory.byteLength - address)).slice()
  const end = bytes.indexOf(0)
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end))
}

/**
 * Starts an engine from the bytes of `scsynth-nrt.wasm`. The same bytes object is compiled once.
 * Two hosts with equal options that are given equal packets before equal blocks compute equal bytes.
 *
 * Throws 'engine-failed' when the bytes are not the engine that this host knows, or when it does not start.
 *
 * @example
 * const host = await createWasmHost({ wasm: await loadEngineWasm(), sampleRate: 48000, world })
 * host.send(packet)
 * host.process()
 * host.output(0) // 128 frames
 */
export async function createWasmHost(options: {
  readonly wasm: Uint8Array
  readonly sampleRate: number
  readonly world: WorldOptions
}): Promise<WasmHost> {
  const { sampleRate, world } = options
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true })
  if (memory.buffer.byteLength !== pages * pageBytes) throw broken('no memory for the engine')
  let blocks = 0
  let printed: string[] = []
  const clock = {
    now: () =>
      BigInt(epochSeconds) * 1_000_000_000n + BigInt(Math.round((blocks * blockSize * 1e9) / sampleRate)),
  }

  let engine: ReturnType<typeof exportsOf>
  let base: number
  let layout: ReturnType<typeof readLayout>
  try {
    const module = await compiled(options.wasm)
    const imports = engineImports(memory, clock, (text) => printed.push(...text.split('\n')))
    engine = exportsOf(await WebAssembly.instantiate(module, imports))
    base = engine.ringBase()
    layout = readLayout(memory.buffer, engine.layout(), base)
    new Uint32Array(memory.buffer, base + optionsOffset, 32).set(worldWords(sampleRate, world))
    engine.init(sampleRate)
  } catch (error) {
    throw error instanceof MegasynthError ? error : broken('the engine does not start', error)
  }
  new DataView(memory.buffer).setFloat64(base + layout.ntpStart, epochSeconds + secondsFrom1900To1970, true)

  const ring = (name: string, start: number, size: number, index: number): Ring => {
    const control = base + layout.controlStart
    // Three pairs of head and tail, then the three running numbers.
    const place = {
      name,
      start: base + start,
      size,
      head: control + 8 * index,
      tail: control + 8 * index + 4,
      sequence: control + 24 + 4 * index,
    }
    return createRing(memory.buffer, place, { entry: layout.magic, padding: layout.padding })
  }
  const input = ring('input', layout.inStart, layout.inSize, 0)
  const output = ring('reply', layout.outStart, layout.outSize, 1)
  const text = ring('debug', layout.debugStart, layout.debugSize, 2)

  let channels: Float32Array[] = []
  let busAddress = -1
  const findOutputs = (): void => {
    const address = engine.outputBus()
    if (address === busAddress) return
    const frames = engine.blockFrames()
    const end = address + world.outputs * frames * 4
    if (frames !== blockSize || address <= 0 || address % 4 !== 0 || end > memory.buffer.byteLength)
      throw broken(`the engine reports ${frames} frames of output at ${address}`)
    busAddress = address
    channels = Array.from(
      { length: world.outputs },
      (_, channel) => new Float32Array(memory.buffer, address + channel * frames * 4, frames),
    )
  }

  let death: MegasynthError | undefined
  const alive = (): void => {
    if (death !== undefined) throw death
  }
  /** Anything thrown out of the engine or found corrupt in its memory is the end of it. */
  const guarded = <T>(run: () => T): T => {
    alive()
    try {
      return run()
    } catch (error) {
      death = error instanceof MegasynthError ? error : broken('the engine crashed', error)
      throw death
    }
  }

  const compute = (): void => {
    const running = engine.process((blocks * blockSize) / sampleRate, world.outputs, 0)
    blocks++
    if (running === 0) throw broken('the engine stopped')
    findOutputs()
  }
  const decoder = new TextDecoder()
  const takeLines = (): string[] => {
    const [said, told] = [printed, text.drain()]
    // so it is nearly always
    if (said.length === 0 && told.length === 0) return []
    printed = []
    const lines = told.flatMap((line) => decoder.decode(line).replace(/\0+$/, '').split('\n'))
    return [...said, ...lines].filter((line) => line.trim() !== '')
  }
  return {
    sampleRate,
    blockSize,
    version: readText(memory.buffer, engine.version()),
    maxPacket: Math.min(layout.maxMessage, layout.inSize - 4 - entryHeader),
    get blocks() {
      return blocks
    },
    get time() {
      return (blocks * blockSize) / sampleRate
    },
    get death() {
      return death
    },
    free: () => guarded(input.free),
    send: (packet) => guarded(() => input.write(packet)),
    process: () => guarded(compute),
    output: (channel) => {
      const view = channels[channel]
      if (view === undefined)
        return fail({
          code: 'engine-failed',
          path: 'engine',
          message: blocks === 0 ? 'no block has been processed yet' : 'no such output channel',
          found: String(channel),
        })
      return view
    },
    replies: () => guarded(output.drain),
    debug: () => guarded(takeLines),
    dropped: () => guarded(engine.dropped),
  }
}
