import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { float, int, type OscArg } from '../../src/scsynth/osc.ts'
import { parseReply, type TreeGroup, type TreeNode } from '../../src/scsynth/replies.ts'
import { oscMessages } from './arbitraries.ts'
import { isRefused, problemOf } from './problem-of.ts'

const parse = (address: string, ...args: OscArg[]): unknown => parseReply({ address, args })
const place = (address: string, ...args: OscArg[]): string => {
  const { code, path } = problemOf(() => parse(address, ...args))
  expect(code).toBe('invalid-osc')
  return path
}

describe('a reply', () => {
  it('to /sync, or that something is done or has failed', () => {
    expect(parse('/synced', int(7))).toEqual({ kind: 'synced', id: 7 })
    expect(parse('/done', '/b_alloc', int(3))).toEqual({ kind: 'done', command: '/b_alloc', args: [int(3)] })
    expect(parse('/fail', '/s_new', 'SynthDef not found')).toEqual({
      kind: 'fail',
      command: '/s_new',
      error: 'SynthDef not found',
      args: [],
    })
  })

  it.each(['go', 'end', 'off', 'on', 'move', 'info'])('about a node: /n_%s', (event) => {
    const synth = [1000, 1, -1, 1001, 0].map(int)
    expect(parse(`/n_${event}`, ...synth)).toEqual({
      kind: 'node',
      event,
      id: 1000,
      parent: 1,
      previous: null,
      next: 1001,
    })
    const group = [100, 1, 99, -1, 1, 1000, -1].map(int)
    expect(parse(`/n_${event}`, ...group)).toEqual({
      kind: 'node',
      event,
      id: 100,
      parent: 1,
      previous: 99,
      next: null,
      group: { head: 1000, tail: null },
    })
  })

  it('to /status', () => {
    const loads = [float(1.5), float(3), { double: 48000 }, { double: 47999.5 }]
    expect(parse('/status.reply', int(1), int(20), int(3), int(2), int(9), ...loads)).toEqual({
      kind: 'status',
      ugens: 20,
      synths: 3,
      groups: 2,
      synthDefs: 9,
      averageCpu: 1.5,
      peakCpu: 3,
      nominalSampleRate: 48000,
      sampleRate: 47999.5,
    })
  })

  it('that Megasynth has no use for stays as it is', () => {
    const message = { address: '/tr', args: [int(1), int(2), float(3)] }
    expect(parseReply(message)).toEqual({ kind: 'other', message })
  })

  it('with wrong arguments is refused with the place', () => {
    expect(place('/synced')).toBe('/synced[0]')
    expect(place('/synced', float(7))).toBe('/synced[0]')
    expect(place('/fail', '/s_new', int(1))).toBe('/fail[1]')
    expect(place('/n_go', int(1), int(2), int(3), int(4))).toBe('/n_go[4]')
    expect(place('/n_go', ...[1, 2, 3, 4, 1, 5].map(int))).toBe('/n_go[6]')
    expect(place('/status.reply', ...[1, 2, 3, 4, 5].map(int), 'x')).toBe('/status.reply[5]')
  })
})

/** A tree as the server lists it. */
function listing(root: TreeGroup, withControls: boolean): OscArg[] {
  const list = (node: TreeNode): OscArg[] => {
    if ('children' in node) return [int(node.id), int(node.children.length), ...node.children.flatMap(list)]
    const head = [int(node.id), int(-1), node.def]
    if (!withControls) return head
    const controls = Object.entries(node.controls).flatMap(([name, value]): OscArg[] => {
      if (typeof value === 'number') return [name, float(value)]
      return [name, 'controlBus' in value ? `c${value.controlBus}` : `a${value.audioBus}`]
    })
    return [...head, int(controls.length / 2), ...controls]
  }
  return [int(withControls ? 1 : 0), ...list(root)]
}

describe('/g_queryTree.reply', () => {
  const tree = (...args: OscArg[]): unknown => parse('/g_queryTree.reply', ...args)

  it('is a tree, with the controls of the synths', () => {
    const args: OscArg[][] = [
      [int(1), int(0), int(2)],
      [int(1), int(2)],
      [int(1000), int(-1), 'sine', int(3), 'freq', float(440), 'amp', 'c4', int(2), 'a16'],
      [int(2), int(0)],
      [int(1001), int(-1), 'out', int(0)],
    ]
    expect(tree(...args.flat())).toEqual({
      kind: 'tree',
      withControls: true,
      root: {
        id: 0,
        children: [
          {
            id: 1,
            children: [
              { id: 1000, def: 'sine', controls: { freq: 440, amp: { controlBus: 4 }, 2: { audioBus: 16 } } },
              { id: 2, children: [] },
            ],
          },
          { id: 1001, def: 'out', controls: {} },
        ],
      },
    })
  })

  it('law: a listed tree is read back', () => {
    const bus = fc.nat({ max: 4095 })
    const control = fc.oneof(
      fc.float({ noNaN: true }),
      bus.map((controlBus) => ({ controlBus })),
      bus.map((audioBus) => ({ audioBus })),
    )
    const { group } = fc.letrec<{ group: TreeGroup; node: TreeNode }>((tie) => ({
      group: fc.record({ id: fc.nat(), children: fc.array(tie('node'), { maxLength: 4 }) }),
      node: fc.oneof(
        { depthSize: 'small' },
        fc.record({ id: fc.nat(), def: fc.string(), controls: fc.dictionary(fc.string(), control) }),
        tie('group'),
      ),
    }))
    fc.assert(
      fc.property(group, (root) => {
        expect(tree(...listing(root, true))).toEqual({ kind: 'tree', withControls: true, root })
      }),
    )
  })

  it('without controls has none', () => {
    const root = { id: 0, children: [{ id: 1000, def: 'sine', controls: {} }] }
    expect(tree(...listing(root, false))).toEqual({ kind: 'tree', withControls: false, root })
  })

  it('takes no harm from the names of controls', () => {
    const reply = parseReply({
      address: '/g_queryTree.reply',
      args: [int(1), int(0), int(1), int(5), int(-1), 'd', int(1), '__proto__', 'c1'],
    })
    const synth = reply.kind === 'tree' ? reply.root.children[0] : undefined
    expect(synth !== undefined && 'controls' in synth && Object.entries(synth.controls)).toEqual([
      ['__proto__', { controlBus: 1 }],
    ])
  })

  it('may be as deep as it likes', () => {
    const depth = 100_000
    const args = [
      int(0),
      ...Array.from({ length: depth }, (_, i) => [int(i), int(1)]).flat(),
      int(-5),
      int(0),
    ]
    let node: TreeNode | undefined
    const reply = parseReply({ address: '/g_queryTree.reply', args })
    if (reply.kind === 'tree') node = reply.root
    let levels = 0
    for (; node !== undefined && 'children' in node; node = node.children[0]) levels++
    expect(levels).toBe(depth + 1)
  })

  it('that is not formed so is refused with the place', () => {
    const path = (...args: OscArg[]): string =>
      place('/g_queryTree.reply', ...args).slice('/g_queryTree.reply'.length)
    expect(path(int(0), int(0))).toBe('[2]')
    expect(path(int(0), int(0), int(2 ** 31 - 1))).toBe('[2]')
    expect(path(int(0), int(0), int(-1))).toBe('[2]')
    expect(path(int(0), int(0), int(0), int(1))).toBe('[3]')
    expect(path(int(0), int(0), int(1), int(5), int(-2), 'd')).toBe('[4]')
    expect(path(int(1), int(0), int(1), int(5), int(-1), 'd', int(9), 'a', float(1))).toBe('[6]')
    expect(path(int(1), int(0), int(1), int(5), int(-1), 'd', int(1), 'a', 'x1')).toBe('[8]')
    expect(path(int(1), int(0), int(1), int(5), int(-1), 'd', int(1), null, float(1))).toBe('[7]')
  })
})

it('whatever a known address comes with, only a MegasynthError is thrown', () => {
  const address = fc.constantFrom(
    '/synced',
    '/done',
    '/fail',
    '/n_go',
    '/n_info',
    '/g_queryTree.reply',
    '/status.reply',
  )
  fc.assert(
    fc.property(address, oscMessages, (address, { args }) => {
      isRefused('invalid-osc', () => parseReply({ address, args }))
    }),
    { numRuns: 1000 },
  )
})
