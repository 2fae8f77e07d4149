import { describe, expect, it } from 'vitest'
import { out, standard } from '../../src/devices/index.ts'
import { limits } from '../../src/patch/limits.ts'
import { parsePatch, partsOf } from '../../src/patch/index.ts'

const lfo = { type: 'lfo' }
const shared = { type: 'lfo', shared: true }

/** `a>b` is a cable, `a~b` one with feedback. */
const parts = (devices: Record<string, object>, cables: string): Record<string, string> => {
  const connections = cables
    .split(' ')
    .filter((text) => text !== '')
    .map((text) => {
      const [from = '', to = ''] = text.split(/[>~]/)
      return { from, to: `${to}.frequency`, feedback: text.includes('~') }
    })
  return Object.fromEntries(partsOf(parsePatch({ devices, connections }, standard, out)))
}

describe('partsOf', () => {
  it('puts shared devices before the voices, unless they read a voice', () => {
    expect(parts({ a: shared, v: lfo, z: shared, lone: shared }, 'a>v v>z')).toEqual({
      a: 'before',
      v: 'voice',
      z: 'after',
      lone: 'before',
    })
  })

  it('follows chains of shared devices, in whatever order they are declared', () => {
    expect(
      parts(
        { z3: shared, z2: shared, z1: shared, v: lfo, a1: shared, a2: shared },
        'v>z1 z1>z2 z2>z3 a1>a2 a2>v a2>z3',
      ),
    ).toEqual({
      z3: 'after',
      z2: 'after',
      z1: 'after',
      v: 'voice',
      a1: 'before',
      a2: 'before',
    })
  })

  it('leaves feedback out', () => {
    expect(parts({ a: shared, v: lfo }, 'a>v v~a')).toEqual({ a: 'before', v: 'voice' })
    expect(parts({ v: lfo, z: shared }, 'v>z z~v')).toEqual({ v: 'voice', z: 'after' })
  })

  it('follows a chain as long as a patch may be', () => {
    const names = Array.from({ length: limits.devices }, (_, i) => `n${i}`)
    const devices = Object.fromEntries(names.map((name, i) => [name, i === 0 ? lfo : shared]))
    const cables = names.slice(1).map((name, i) => `${names[i]}>${name}`)
    expect(Object.values(parts(devices, cables.join(' '))).filter((part) => part === 'after')).toHaveLength(
      limits.devices - 1,
    )
  })
})
