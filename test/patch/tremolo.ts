import example from '../../examples/tremolo.ts'

/** The patch that the project began with, free to be spoilt. */
export const tremolo = structuredClone(example)
