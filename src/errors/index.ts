export { figure, quantity } from './figure.ts'
export {
  MegasynthError,
  fail,
  formatProblem,
  formatProblems,
  problemIn,
  problemsOf,
  plain,
  type Paint,
  type Problem,
  type ProblemCode,
} from './problem.ts'
export { didYouMean, listNames, show } from './suggest.ts'
