import type { EngineEvent } from '../engine/index.ts'
import { fadesSoon, hasSurplus, settle } from '../plan/index.ts'
import type { Command } from '../scsynth/index.ts'
import type { Chokes } from './chokes.ts'
import { bornIn, idsPerCommand } from './pieces.ts'
import { withoutSilent } from './ringing.ts'
import type { Looked, Running } from './running.ts'
import type { Sleepers } from './sleepers.ts'
import type { Troubles } from './trouble.ts'
import { synthsOf } from './verify.ts'

// blocks for which what an edit left is kept beyond its last reader's fade
const grace = 64

/** What a look needs to know. */
interface View {
  readonly keepers: {
    readonly sleepers: Sleepers
    readonly chokes: Chokes
    readonly troubles: Troubles
  }
  /** What synths found in themselves since the last look. */
  readonly findings: readonly Extract<EngineEvent, { type: 'trouble' }>[]
  /** Block of the engine. */
  readonly block: number
  /** Blocks that a fade takes. */
  readonly fade: number
  /** Whether a voice's key is down. */
  readonly isHeld: (voice: number) => boolean
}

/** Does what is due in what runs: frees what has left, lets silent voices sleep. */
export function lookedAfter(
  running: Running,
  { keepers: { sleepers, chokes, troubles }, findings, block, fade, isHeld }: View,
): { readonly running: Running; readonly commands: readonly Command[]; readonly looked: Looked } {
  const { network } = running
  let { allocation } = running
  troubles.note(findings)
  const found = findings.flatMap(
    (one) => troubles.find(one.node, one.state, one.block, network, allocation) ?? [],
  )
  const later = block + fade + grace
  allocation = withoutSilent(allocation, network, (id) => sleepers.isOff(id), block, later)
  const faded = chokes.takeOver(allocation, block - fade)
  const goesOn = (voice: number): boolean =>
    isHeld(voice) || chokes.isToldLater(allocation.voices[voice]?.group ?? -1, block)
  const asleep = sleepers.sleep(allocation, network, goesOn, faded, block)
  // what has faded, or falls asleep while it does, begins its next note from nothing
  const over = [...faded, ...chokes.takeOver(asleep.allocation, block - fade)]
  const renewed = sleepers.renew(asleep.allocation, over)
  troubles.born(bornIn(renewed.commands))
  const settled = settle(renewed.allocation, block, idsPerCommand)
  const back = chokes.forget(asleep.allocation, over)
  const commands = [...asleep.commands, ...back, ...renewed.commands, ...settled.commands]
  allocation = settled.allocation
  const well = troubles.over(block, () => synthsOf(allocation))
  const again = hasSurplus(allocation, network.voiceCount) || fadesSoon(allocation, network.tails, later)
  const looked = { again, changed: commands.length > 0, found, over: well }
  return { running: { ...running, allocation }, commands, looked }
}
