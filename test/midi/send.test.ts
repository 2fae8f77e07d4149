import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { MegasynthError } from '../../src/errors/index.ts'
import type { Played, Patch, SynthEvents } from '../../src/index.ts'
import type { MidiNews } from '../../src/midi/connect.ts'
import { sendMidi, type SendMidiOptions } from '../../src/midi/send.ts'
import { FakePorts } from './fake-ports.ts'

/** A synth that plays what the test says, on the clock of the test. */
class Player {
  tempo = 120
  running = true
  patch: Patch = { knobs: { cutoff: { value: 0.5, midi: { cc: 74 } } }, devices: {} }
  readonly #listeners = new Set<(what: Played) => void>()
  get time(): number {
    return Date.now() / 1000
  }
  get beat(): number {
    return (this.time * this.tempo) / 60
  }
  on<E extends keyof SynthEvents>(_: E, listener: (what: SynthEvents[E]) => void): () => void {
    const own = listener as (what: Played) => void
    this.#listeners.add(own)
    return () => this.#listeners.delete(own)
  }
  knob(): number {
    return 0.5
  }
  plays(what: Played): void {
    for (const listener of this.#listeners) listener(what)
  }
  note(note: number, at = this.time): void {
    this.plays({ kind: 'note', event: { kind: 'on', note, velocity: 1 }, at })
  }
  turn(position: number): void {
    this.plays({ kind: 'knob', name: 'cutoff', position, at: this.time })
  }
}

function set(options: Partial<SendMidiOptions> = { port: 'box' }) {
  const ports = new FakePorts('box', 'other')
  const synth = new Player()
  const news: string[] = []
  const onNews = (what: MidiNews): void => void news.push(`${what.kind} ${what.port.name}`)
  const sending = sendMidi(synth, { ports, onNews, ...options })
  const sent = (id = 'box'): number[][] => ports.sent.get(id) ?? []
  return { ports, synth, news, sending, sent }
}

beforeEach(() => void vi.useFakeTimers({ now: 0 }))
afterEach(() => void vi.useRealTimers())

describe('sending', () => {
  it('sends notes at once, and those to come when it is their time, in its order', () => {
    const { synth, sent } = set()
    synth.note(60)
    synth.note(62, 0.5)
    synth.note(61, 0.2)
    expect(sent()).toEqual([[0x90, 60, 127]])
    vi.advanceTimersByTime(198)
    expect(sent()).toHaveLength(1)
    vi.advanceTimersByTime(302)
    expect(sent().map(([, note]) => note)).toEqual([60, 61, 62])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('forgets at a panic what was to come, and silences the receiver', () => {
    const { synth, sent } = set()
    synth.note(60)
    synth.note(62, 0.5)
    synth.plays({ kind: 'panic', at: synth.time })
    synth.note(64)
    vi.advanceTimersByTime(1000)
    expect(sent()).toEqual([
      [0x90, 60, 127],
      [0x80, 60, 64],
      [0xb0, 64, 0],
      [0xb0, 66, 0],
      [0xb0, 120, 0],
      [0x90, 64, 127],
    ])
  })

  it('sends a knob as its control, a hundred times a second at most, and the last place always', () => {
    const { synth, sent } = set()
    for (let i = 1; i <= 1000; i++) {
      synth.turn(i / 1000)
      vi.advanceTimersByTime(1)
    }
    vi.advanceTimersByTime(100)
    expect(sent()[0]).toEqual([0xb0, 74, 0])
    expect(sent().at(-1)).toEqual([0xb0, 74, 127])
    expect(sent().length).toBeGreaterThan(80)
    expect(sent().length).toBeLessThanOrEqual(101)
  })

  it('sends a knob on its way step by step, and not where it ends before it is there', () => {
    const { synth, sent } = set()
    synth.plays({ kind: 'knob', name: 'cutoff', position: 1, at: 0.5, over: 2 })
    vi.advanceTimersByTime(505)
    expect(sent().length).toBeLessThanOrEqual(1)
    vi.advanceTimersByTime(1000)
    expect(sent().at(-1)?.[2]).toBeGreaterThan(93)
    expect(sent().at(-1)?.[2]).toBeLessThan(97)
    vi.advanceTimersByTime(1100)
    const values = sent().map(([, , value]) => value ?? NaN)
    expect(values).toEqual(values.toSorted((a, b) => a - b))
    expect(values.length).toBeGreaterThan(50)
    expect(values.at(-1)).toBe(127)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('has a port of its own', () => {
    const { synth, sent, sending } = set({ virtual: 'Megasynth', channel: 16 })
    synth.note(60)
    expect(sent('Megasynth')).toEqual([[0x9f, 60, 127]])
    expect(sending.output?.name).toBe('Megasynth')
  })

  it('uses a port again that was unplugged', () => {
    const { ports, synth, news, sending, sent } = set()
    ports.unplug('box')
    synth.note(60)
    expect(sending.output).toBeUndefined()
    ports.plug('box')
    synth.note(62)
    expect(sent()).toEqual([[0x90, 62, 127]])
    ports.unplug('box')
    ports.busy.add('box')
    ports.plug('box')
    ports.plug('more')
    expect(news).toEqual(['opened box', 'gone box', 'opened box', 'gone box', 'failed box'])
  })

  it('lets go of what sounds at the receiver, and hears no more, when it is closed', () => {
    const { ports, synth, sending, sent } = set()
    synth.note(60)
    synth.note(62, 1)
    sending.close()
    synth.note(64)
    vi.advanceTimersByTime(2000)
    expect(sent()).toEqual([
      [0x90, 60, 127],
      [0x80, 60, 64],
      [0xb0, 64, 0],
      [0xb0, 66, 0],
    ])
    expect([ports.isWatched, vi.getTimerCount()]).toEqual([false, 0])
  })

  it('has nothing to do any more when the synth has been closed', () => {
    const { synth, sent } = set({ port: 'box', clock: true })
    synth.note(60, 0.5)
    const before = sent().length
    Object.defineProperty(synth, 'time', {
      get: () => {
        throw new Error('closed')
      },
    })
    vi.advanceTimersByTime(2000)
    expect([sent().length, vi.getTimerCount()]).toEqual([before, 0])
  })

  it('needs one port, and says which there are', () => {
    expect(() => set({})).toThrow(/invalid-option[^]*either the name of a port/)
    expect(() => set({ port: 'box', virtual: 'x' })).toThrow(MegasynthError)
    expect(() => set({ port: 'bix' })).toThrow(/unknown-midi-port[^]*box, other[^]*did you mean "box"/)
  })
})

describe('sending the clock', () => {
  it('sends 24 ticks a beat at the tempo of the synth, and stops at the end', () => {
    const { synth, sending, sent } = set({ port: 'box', clock: true })
    vi.advanceTimersByTime(2000)
    expect(sent()[0]).toEqual([0xfa])
    // four beats, and the first tick of the next
    expect(sent().filter(([status]) => status === 0xf8)).toHaveLength(4 * 24 + 1)
    synth.tempo = 60
    sending.close()
    expect(sent().at(-1)).toEqual([0xfc])
  })

  it('sends none unless asked', () => {
    const { sent } = set()
    vi.advanceTimersByTime(2000)
    expect(sent()).toEqual([])
  })
})
