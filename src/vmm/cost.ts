/** What operations of the monitor cost; the figures are in `costs/`. */
export { Cost, type OperationCost } from './costs';
