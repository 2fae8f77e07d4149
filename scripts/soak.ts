/** `npm run soak -- --minutes 10 --seed 1`: plays a live synth at random and checks all along; exit code 1 if something failed. */
import { parseArgs } from 'node:util'
import { soak } from '../bench/soak/soak.ts'

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string' } },
})
const minutes = Number(values.minutes)
const seed = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed)
if (!(minutes > 0) || !Number.isInteger(seed)) {
  console.error('usage: npm run soak -- [--minutes 10] [--seed 1]')
  process.exit(2)
}

const stop = new AbortController()
process.on('SIGINT', () => {
  // once ends it cleanly, twice at once
  if (stop.signal.aborted) process.exit(130)
  console.log('\nending, with a last look at everything…')
  stop.abort()
})

console.log(`${minutes} minutes, seed ${seed}`)
const { failures, warnings, tally, bursts } = await soak({
  seconds: minutes * 60,
  seed,
  signal: stop.signal,
  tell: (line) => console.log(line),
})
const { notes, scheduled, knobs, edits, refused, panics, probes } = tally
console.log(
  `\n${bursts} bursts: ${notes} notes, ${scheduled} events ahead of their time, ${knobs} knobs turned, ${edits} edits (${refused} more refused), ${panics} panics, ${probes} looks`,
)
for (const warning of warnings) console.log(`warning: ${warning}`)
for (const failure of failures) console.error(`FAILED: ${failure}`)
console.log(
  failures.length === 0 ? 'all is well' : `again: npm run soak -- --minutes ${minutes} --seed ${seed}`,
)
process.exit(failures.length === 0 ? 0 : 1)
