import { describe, expect, it } from 'vitest'
import { keyPitches } from '../../src/patch/index.ts'
import { cli, scratch } from './helpers.ts'
import { openTuning } from '../../src/cli/tuning.ts'

const { path, write } = scratch()
const scale = '! five.scl\nPelog Ø\n 5\n 9/8\n 5/4\n 3/2\n 27/16\n 2/1\n'
// Latin-1: its letter is no UTF-8
write(
  'five.scl',
  Uint8Array.from(scale, (letter) => letter.charCodeAt(0)),
)
write('low.kbm', '0\n0\n127\n60\n69\n220\n0\n')
write(
  'osc.json',
  JSON.stringify({
    devices: { osc: { type: 'oscillator' } },
    connections: [['osc', 'out']],
    tuning: { a4: 450 },
  }),
)

describe('--tuning and --keyboard', () => {
  it('read Scala files in Latin-1 and in UTF-8', () => {
    expect(openTuning(path, { tuning: 'five.scl' })).toEqual({
      label: 'Pelog Ø',
      scale: ['9/8', '5/4', '3/2', '27/16', '2/1'],
    })
    write('utf8.scl', scale)
    expect(openTuning(path, { tuning: 'utf8.scl' })?.label).toBe('Pelog Ø')
    expect(openTuning(path, {})).toBeUndefined()
  })

  it('are each good alone, and together', () => {
    const low = openTuning(path, { keyboard: 'low.kbm' })
    expect(keyPitches(low ?? {})[69]).toBeCloseTo(57, 9)
    const both = openTuning(path, { tuning: 'five.scl', keyboard: 'low.kbm' })
    expect(keyPitches(both ?? {})[69]).toBeCloseTo(57, 9)
    expect(keyPitches(both ?? {})[74]).toBeCloseTo(69, 9)
  })

  it('stand for the tuning of the patch, and what is wrong in them is said by line', async () => {
    const flags = ['render', 'osc.json', '--notes', 'A4', '--force']
    const run = async (...more: string[]) => await cli([...flags, ...more], { cwd: path })
    expect((await run('--tuning', 'five.scl')).code).toBe(0)
    write('wrong.scl', 'wrong\n2\n3/2\n2/0\n')
    const { code, stderr } = await run('--tuning', 'wrong.scl')
    expect(code).toBe(1)
    expect(stderr).toContain('wrong.scl, line 4: is not a pitch [invalid-tuning]')
    expect((await run('--keyboard', 'nowhere.kbm')).stderr).toContain('cannot be read')
  })
})
