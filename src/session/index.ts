/** Loading, building, running and ending: what every face and every test does with a machine. */
export { exitStatus, type End, type Outcome } from './end';
export { firmwarePrograms, type BootImage, type Piece } from './boot/boot-image';
export { SECTOR } from '../machine/devices/ata/disk';
export { isElf } from './boot/elf';
export { programOfImage } from './boot/image-program';
export { debugInfoOf } from './boot/elf-program';
export { asLoaded, assembleText, flatAt, flatImage } from './boot/flat';
export {
  bootFirmware,
  bootFlatAt,
  bootImageFrom,
  bootProgram,
  type BootOptions,
} from './boot/boot';
export type { NamedBytes } from './boot/options';
export {
  WritableImages,
  type ImageFiles,
  type Unwritten,
  type WriteObstacle,
} from './written-images';
export { UnbootableImage } from './boot/unbootable';
export {
  Machine,
  MONITORS,
  type MachineOptions,
  type MachineOutput,
  type MonitorName,
} from './machine';
export type { Paging } from '../vmm';
export { MOST_PROCESSORS } from '../machine/processors';
export {
  neededProcessor,
  processorAndMonitor,
  nestedObstacle,
  severalObstacle,
  type NestedObstacle,
  type SeveralObstacle,
} from './processors';
export type { ProfileName } from '../processor/profile/amd';
export { HoleCounts, type CountedHole } from './hole-counts';
export { WAYS, type Way } from './ways';
export { CountedRun, type Marks } from './counted-run';
export {
  between,
  instructionsOf,
  measure,
  modelledCycles,
  together,
  type EventCounts,
  type Measurement,
} from './cost/measurement';
export { SPENDINGS, spentCycles, type Spending } from './cost/spending';
export { COST_EVENTS, COST_PROFILES, type CostEvent, type CostProfile, type Figure } from '../vmm';
export { Pace } from './pace';
export { MachineRun, type Stop } from './run';
export { guestNames } from './guest-names';
export {
  HOSTINGS,
  hostingObstacle,
  hostingOf,
  type HostingName,
  type HostingObstacle,
  type HostingWish,
} from './hosting';
export { MOST_FRUITLESS, Recorder } from './recording/recorder';
export type { Timeline } from './recording/timeline';
export type { Course } from './recording/course';
export { compareMoments, isEarlier, type Moment } from './recording/moment';
export { applyControls, NO_CONTROLS, type Controls } from './recording/controls';
export { applyInput, type Input } from './recording/input';
export { recordingOf, sourceFilesOf } from './recording/file/save';
export { writeRecording } from './recording/file/write';
export { readRecording } from './recording/file/read';
export { machineOf, orDamaged, Replay } from './recording/file/replay';
export { isRecording, RINGSIDE } from './recording/file/envelope';
export { UnreadableRecording } from './recording/file/unreadable';
export type {
  RecordedBookmark,
  RecordedGuest,
  RecordedMoment,
  Recording,
} from './recording/file/recording';
