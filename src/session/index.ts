/** Loading, building, running and ending: what every face and every test does with a machine. */
export { exitStatus, type End, type Outcome } from './end';
export {
  asLoaded,
  assembleText,
  imageFrom,
  imageOf,
  UnloadableImage,
  type BootImage,
} from './image';
export { Machine, type MachineOptions, type MachineOutput, type MonitorName } from './machine';
export { MachineRun, type Stop } from './run';
