/** A figure of the project's budgets as it was measured. */
export interface Row {
  /** As in the budgets; empty for a figure that belongs to the row above. */
  readonly number: string
  readonly figure: string
  readonly measured: string
  /** Empty for what is only told. */
  readonly budget: string
  readonly kept: boolean
}

/** How thoroughly everything is measured. */
export interface Thoroughness {
  /** Interleaved runs of which the median counts. */
  readonly rounds: number
  /** For trying: less of what takes long. */
  readonly quick: boolean
}
