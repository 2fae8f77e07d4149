import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { out, standard } from '../../src/devices/index.ts'
import { parsePatch, type DeviceInfo, type Patch } from '../../src/patch/index.ts'
import { portOf } from '../../src/patch/ports.ts'
import { clockName, compile, type Network } from '../../src/plan/index.ts'
import { hashBytes } from '../../src/plan/hash.ts'
import { decodeSynthDefs, encodeSynthDefs } from '../../src/scsynth/index.ts'
import { patchArbitrary, runs } from './patches.ts'
import { compiled } from './start.ts'

const catalogue: Readonly<Record<string, DeviceInfo>> = standard

describe('compile', () => {
  it('is deterministic: the same patch read twice gives the same network, byte for byte', () => {
    fc.assert(
      fc.property(patchArbitrary(), (patch) => {
        const [once, twice] = [
          compiled(patch).network,
          compiled(JSON.parse(JSON.stringify(patch)) as Patch).network,
        ]
        expect(twice).toEqual(once)
        expect([...twice.knobs.keys()]).toEqual([...once.knobs.keys()])
        expect(twice.nodes.map(({ name }) => name)).toEqual(once.nodes.map(({ name }) => name))
        // not because it remembers: it knows types that it has compiled already by their identity
        const catalogue = Object.fromEntries(
          Object.entries(standard).map(([name, type]) => [name, { ...type }]),
        )
        const again = compile(parsePatch(patch, catalogue, out), { catalogue })
        expect([again.nodes, again.synthDefs]).toEqual([once.nodes, once.synthDefs])
      }),
      runs(40),
    )
  })

  it('names every SynthDef by its type and the hash of its content', () => {
    fc.assert(
      fc.property(patchArbitrary(), (patch) => {
        const { network } = compiled(patch)
        expect([...network.synthDefs.keys()].toSorted()).toEqual(
          [...new Set(network.nodes.map(({ def }) => def))].toSorted(),
        )
        for (const [name, { bytes }] of network.synthDefs) {
          const defs = decodeSynthDefs(bytes)
          expect(defs.map((def) => def.name)).toEqual([name])
          const content = encodeSynthDefs(defs.map((def) => ({ ...def, name: '' })))
          expect(name.replace(/^[^-]+-/, '')).toBe(hashBytes(content))
        }
      }),
      runs(40),
    )
  })

  it('compiles constants, knob positions, names and labels to controls: they never change the set of SynthDefs', () => {
    fc.assert(
      fc.property(patchArbitrary(), fc.infiniteStream(fc.integer({ min: 0, max: 16 })), (patch, numbers) => {
        const next = (): number => Number(numbers.next().value) / 16
        const devices = Object.fromEntries(
          Object.entries(patch.devices).map(([name, device]) => {
            const info = catalogue[device.type] as DeviceInfo
            const constants = Object.entries(device).map(([key, value]) => {
              const port = portOf(info, key)
              if (port?.kind === 'value')
                return [key, Math.min(port.max, port.min + next() * (port.max - port.min))]
              return [key, port?.kind === 'gate' ? next() : value]
            })
            return [name, { ...(Object.fromEntries(constants) as typeof device), label: 'another' }]
          }),
        )
        const knobs = Object.fromEntries(
          Object.entries(patch.knobs ?? {}).map(([name, knob]) => [
            name,
            typeof knob === 'number' ? next() : { ...knob, value: next() },
          ]),
        )
        const [before, after] = [
          compiled(patch).network,
          compiled({ ...patch, name: 'x', devices, knobs }).network,
        ]
        expect(after.nodes.map(({ name, def }) => [name, def])).toEqual(
          before.nodes.map(({ name, def }) => [name, def]),
        )
        expect([...after.synthDefs]).toEqual([...before.synthDefs])
      }),
      runs(40),
    )
  })

  it('shares the SynthDef of equal shapes: twins have one', () => {
    fc.assert(
      fc.property(patchArbitrary(), (patch) => {
        // every device twice, each set wired in itself
        const twin = (name: string): string => `${name}_twin`
        const isDevice = (name: string): boolean => Object.hasOwn(patch.devices, name)
        const end = (to: string): string => (to.startsWith('out') ? to : to.replace(/^[^.]+/, twin))
        const devices = {
          ...patch.devices,
          ...Object.fromEntries(Object.entries(patch.devices).map(([name, device]) => [twin(name), device])),
        }
        const inside = (patch.connections ?? []).map((c) =>
          'from' in c ? c : { from: c[0], to: c[1], ...(c[2] !== undefined && { amount: c[2] }) },
        )
        const twins = inside
          .filter(({ from, to }) => !to.startsWith('out') || isDevice(from))
          .map((c) => ({ ...c, from: isDevice(c.from) ? twin(c.from) : c.from, to: end(c.to) }))
          // only what comes from devices is another pair
          .filter(({ from, to }) => to !== 'out.level' || isDevice(from) || from.endsWith('_twin'))
        const parsed = parsePatch({ ...patch, devices, connections: [...inside, ...twins] }, standard, out)
        const { nodes } = compile(parsed, { catalogue: standard })
        const defs = new Map(nodes.map(({ name, def }) => [name, def]))
        for (const { name, def } of nodes)
          // out and the clock are there once
          if (name !== 'out' && name !== clockName)
            expect(defs.get(twin(name.replace('_twin', '')))).toBe(def)
      }),
      runs(40),
    )
  })

  it('is not changed by the order in which connections are written, as far as sound goes', () => {
    fc.assert(
      fc.property(patchArbitrary(), (patch) => {
        const reversed = compiled({ ...patch, connections: (patch.connections ?? []).toReversed() }).network
        const before = compiled(patch).network
        expect(reversed.nodes.map(({ name }) => name).toSorted()).toEqual(
          before.nodes.map(({ name }) => name).toSorted(),
        )
        const outputs = (network: Network): unknown =>
          Object.fromEntries(network.wired.map(({ name, output }) => [name, output]))
        expect(outputs(reversed)).toEqual(outputs(before))
      }),
      runs(40),
    )
  })
})
