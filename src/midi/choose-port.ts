import { didYouMean, fail, listNames, show } from '../errors/index.ts'
import type { MidiPortInfo } from './ports.ts'

/** A port of the system that echoes what is sent to it: nobody plays it. */
const isThrough = ({ name }: MidiPortInfo): boolean => /\bmidi through\b/i.test(name)

/** The ports that are meant: of that id, else of that name, else with that in their name; all of them if nothing is said. */
export function portsNamed(
  ports: readonly MidiPortInfo[],
  wanted: string | undefined,
): readonly MidiPortInfo[] {
  if (wanted === undefined || wanted === '') return ports.filter((port) => !isThrough(port))
  const lower = wanted.toLowerCase()
  const tries = [
    ports.filter(({ id }) => id === wanted),
    ports.filter(({ name }) => name === wanted),
    ports.filter(({ name }) => name.toLowerCase().includes(lower)),
  ]
  return tries.find((found) => found.length > 0) ?? []
}

/** Says that no port is meant. @throws MegasynthError `unknown-midi-port` */
export function noSuchPort(ports: readonly MidiPortInfo[], wanted: string | undefined, what: string): never {
  const names = ports.map(({ name }) => name)
  return fail({
    code: 'unknown-midi-port',
    path: wanted ?? what,
    message: wanted === undefined ? `there is no ${what}` : `there is no such ${what}`,
    ...(wanted === undefined ? {} : { found: show(wanted) }),
    expected: `one of ${listNames(names)}`,
    suggestion: 'plug the device in, or open a virtual port',
    ...didYouMean(wanted, names),
  })
}

/** Says that there are no ports of our own. */
export function noVirtualPorts(name: string): never {
  return fail({
    code: 'midi-unavailable',
    path: name,
    message: 'this system has no virtual MIDI ports',
    expected: 'Linux or macOS',
    suggestion: 'on Windows, make a port with a loopback driver, and name it as an ordinary port',
  })
}
