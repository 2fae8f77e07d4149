import { out, standard, type DeviceType } from '../../src/devices/index.ts'
import { parsePatch, type Patch } from '../../src/patch/index.ts'
import { compile, type Network, type NetworkNode } from '../../src/plan/index.ts'
import type { Reading } from '../../src/plan/wiring.ts'

/** What a patch compiles to, and short ways to what the tests look at. */
export interface Compiled {
  readonly network: Network
  readonly reading: (port: string) => Reading
  readonly node: (name: string) => NetworkNode
}

export function compiled(patch: Patch, catalogue: Readonly<Record<string, DeviceType>> = standard): Compiled {
  const network = compile(parsePatch(patch, catalogue, out), { catalogue })
  const found = <T>(value: T | undefined, name: string): T => {
    if (value === undefined) throw new Error(`there is no ${name}`)
    return value
  }
  return {
    network,
    reading: (place) => {
      const [device, port] = place.split('.')
      const wired = network.wired.find(({ name }) => name === device)
      return found(
        wired?.readings.find((reading) => reading.port === port),
        place,
      )
    },
    node: (name) =>
      found(
        network.nodes.find((node) => node.name === name),
        name,
      ),
  }
}
