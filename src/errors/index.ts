export { figure, quantity } from './figure.ts'
export {
  MegasynthError,
  fail,
  formatProblem,
  formatProblems,
  problemsOf,
  plain,
  type Paint,
  type Problem,
  type ProblemCode,
} from './problem.ts'
export { didYouMean, listNames, show } from './suggest.ts'
