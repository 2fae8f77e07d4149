import { describe, expect, it } from 'vitest'
import type { Paint } from '../../src/errors/index.ts'
import { terminalText } from '../../src/picture/index.ts'
import { columnsOf } from '../../src/picture/text.ts'
import { tremolo } from '../patch/tremolo.ts'
import { hostile } from './hostile.ts'
import { fifty } from './large.ts'
import { drawn } from './pictures.ts'

const marked = (name: string) => (text: string) => `<${name}>${text}</${name}>`
const paint: Paint = {
  bold: marked('bold'),
  dim: marked('dim'),
  red: marked('red'),
  green: marked('green'),
  yellow: marked('yellow'),
  cyan: marked('cyan'),
}
const plainly = (text: string): string => text.replaceAll(/<\/?(bold|dim|red|green|yellow|cyan)>/g, '')

describe('a patch in the terminal', () => {
  it('is a drawing', () => {
    expect(terminalText(drawn(tremolo), { width: 60 })).toBe(
      `tremolo
one voice, always on (drone), 3 devices, 3 knobs, 6 cables

  volume ▕████████        ▏ 0.5
  rate   ▕██████▍         ▏ 0.4
  depth  ▕████▊           ▏ 0.3

╭─ in the voice that is always on ──
│ ╭ lfo0 ──────────────────────────╮
│ │ lfo sine                       │
│ │ frequency  ← rate              │
│ │ amplitude  ← depth             │
│ ╰───────────────── control mono ─┴─╮
│ ╭ mixer0 ────────────────────────╮ │
│ │ mixer                          │ │
│ │ in1  ← lfo0                    ◂─╯
│ │ in2  ← volume                  │
│ ╰───────────────── control mono ─┴─╮
│ ╭ oscillator0 ───────────────────╮ │
│ │ oscillator saw                 │ │
│ │ frequency  keys.pitch (normal) │ │
│ │ amplitude  ← mixer0            ◂─╯
│ │ gate       keys.gate (normal)  │
│ ╰─────────────────── audio mono ─┶━┓
╰─────────────────────────────────── ┃
                                     ┃
  ╭ out ───────────────────────────╮ ┃
  │ final stage                    │ ┃
  │ in  ← oscillator0              ◂━┛
  ╰────────────────────────────────╯`,
    )
  })

  it('shows feedback as a cable that leads back, and crossings as crossings', () => {
    const text = terminalText(
      drawn({
        devices: {
          lfo0: { type: 'lfo' },
          noise0: { type: 'noise' },
          mixer0: { type: 'mixer' },
          filter0: { type: 'filter', bypass: true, label: 'Loop' },
        },
        connections: [
          ['lfo0', 'filter0.cutoff', 1 / 128],
          ['noise0', 'mixer0.in1'],
          { from: 'filter0', to: 'mixer0.in2', amount: 0.5, feedback: true },
          ['mixer0', 'filter0.in'],
          ['mixer0', 'out'],
        ],
      }),
    )
    expect(text.slice(text.indexOf('╭─ in'))).toBe(
      `╭─ in each of the 8 voices ───────────────
│ ╭ noise0 ──────────────────────────────╮
│ │ noise                                │
│ ╰───────────────────────── audio mono ─┶━┓
│ ╭ mixer0 ──────────────────────────────╮ ┃
│ │ mixer                                │ ┃
│ │ in1  ← noise0                        ◂━┛
│ │ in2  ← filter0 × 0.5, one block late ◂━━━┓
│ ╰───────────────────────── audio mono ─┶━━━╋━┓
│ ╭ lfo0 ────────────────────────────────╮   ┇ ┃
│ │ lfo                                  │   ┇ ┃
│ ╰─────────────────────── control mono ─┴─╮ ┇ ┃
│ ╭ filter0 Loop ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╮ │ ┇ ┃
│ ╎ filter                               ╎ │ ┇ ┃
│ ╎ in      ← mixer0                     ◂━┿━╋━┫
│ ╎ cutoff  ← lfo0 1 st                  ◂─╯ ┇ ┃
│ ╰╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌ bypassed ╌┶━━━┛ ┃
╰─────────────────────────────────────────     ┃
                                               ┃
  ╭ out ─────────────────────────────────╮     ┃
  │ final stage                          │     ┃
  │ in  ← mixer0                         ◂━━━━━┛
  ╰──────────────────────────────────────╯`,
    )
  })

  it('of nothing is out', () => {
    expect(terminalText(drawn({ devices: {} }))).toBe(
      `untitled patch
8 voices (poly), 0 devices, 0 knobs, 0 cables

  ╭ out ─────────────────╮
  │ final stage          │
  ╰──────────────────────╯`,
    )
  })

  it('is coloured by what runs through the cables, and the same without colours', () => {
    const text = terminalText(drawn(tremolo), { width: 60, paint })
    expect(plainly(text)).toBe(terminalText(drawn(tremolo), { width: 60 }))
    expect(text).toMatch(/<yellow>┶<\/yellow>.*<yellow>┓<\/yellow>/)
    expect(text).toMatch(/<cyan>← lfo0 *<\/cyan> <cyan>◂<\/cyan>.*<cyan>╯<\/cyan>/)
    expect(text).toMatch(/<green>← volume *<\/green>/)
    expect(text).toContain('<bold>mixer0</bold>')
  })

  it.each([40, 46, 52, 60, 80, 100, 200])('is no wider than %d columns', (width) => {
    for (const patch of [fifty, hostile, tremolo]) {
      const lines = terminalText(drawn(patch), { width }).split('\n')
      expect(lines.filter((line) => columnsOf(line) > width)).toEqual([])
    }
  })

  it('names every cable at its port, where there is no room to draw it', () => {
    const wide = terminalText(drawn(fifty), { width: 100 })
    const narrow = terminalText(drawn(fifty), { width: 40 })
    const taps = (text: string): number => text.split('◂').length
    expect(taps(narrow)).toBeLessThan(taps(wide))
    expect(narrow.split('← ').length).toBe(wide.split('← ').length)
  })

  it('keeps its edges straight beside wide characters', () => {
    const lines = terminalText(drawn(hostile), { width: 90 }).split('\n')
    const tops = lines.filter((line) => /^. ╭/.test(line)).map((line) => columnsOf(line.replace(/╮.*$/, '╮')))
    expect(new Set(tops).size).toBe(1)
  })

  it('lets no escape sequence through', () => {
    expect(terminalText(drawn(hostile)).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u)
  })
})
