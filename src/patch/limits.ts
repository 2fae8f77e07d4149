/**
 * Bounds that no patch made by a person meets, so that a hostile or broken file is refused quickly and by name.
 * What the engine can play is another, smaller question, answered when the patch is planned.
 */
export const limits = {
  /** Four times the largest patch of the benchmarks. */
  devices: 4096,
  /** A knob costs a bus at most; more than devices make no sense. */
  knobs: 4096,
  /** Five cables for each device. */
  connections: 20_000,
  /** Characters of a name: it is repeated in cables, errors and labels of buses. */
  nameLength: 64,
  /** Characters of a title or label. */
  textLength: 1000,
  /** Values in the whole patch, its `layout` included. */
  values: 500_000,
  /** Nesting; a patch itself needs four levels, its `layout` what the studio likes. */
  depth: 32,
  /** Attenuation of a cable, in both directions. */
  amount: 1000,
  /** Ends of a knob's own range, in both directions: far beyond every unit, and far from what a float holds. */
  rangeEnd: 1e6,
  voices: 128,
  /** Snapshots of one patch: eight banks of a hardware synthesizer. */
  snapshots: 1024,
  /** Degrees of a scale, keys of a keyboard map: the largest scales in use have some hundreds. */
  degrees: 4096,
  /** Cents of a degree, in both directions: some hundred octaves. */
  cents: 1_000_000,
  /** What a key may be tuned to, in Hz. */
  lowestHertz: 0.001,
  highestHertz: 1e6,
  /** Characters of a Scala file. */
  tuningText: 1_000_000,
  /** Voices of one note. */
  unison: 16,
  /** Cycles named in one go: each may be as long as the patch. */
  reportedCycles: 100,
  /** Names compared for all "did you mean" of one check together: each comparison costs time. */
  comparisons: 100_000,
} as const
